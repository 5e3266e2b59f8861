// Instants as a user gives them on the command line.
import { ClientError } from '../client/errors.ts';

/** An instant with its offset; undefined when none was given. Throws `ClientError` for anything else. */
export function instantOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const at = new Date(text);
  if (Number.isNaN(at.getTime()) || !/(?:Z|[+-]\d{2}:\d{2})$/.test(text)) throw new ClientError('USAGE', '--at', text);
  return at;
}
