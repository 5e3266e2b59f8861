// What follows the `?` of a published resource, read strictly by the parameters that the interface describes: a name that is not among them,
// one that comes twice or a value of another form is a problem, because a misspelt filter must not look like an answer to it.
import type { Request } from 'express';

import { Problem, shorten } from '../../errors/outcomes.ts';
import type { Parameter } from '../operations/operation.ts';

/** Name → value, by the parameters of the query only. */
export function readQuery(request: Request, parameters: readonly Parameter[]): ReadonlyMap<string, string> {
  const known = new Map(parameters.filter((parameter) => parameter.in === 'query').map((parameter) => [parameter.name, parameter]));
  const allowed = [...known.keys()].map((name) => `?${name}`).join(', ') || '∅';
  const found = new Map<string, string>();
  for (const [name, written] of Object.entries(request.query)) {
    const parameter = known.get(name);
    if (parameter === undefined || typeof written !== 'string') throw new Problem('QUERY_NAME', { name: shorten(name), allowed });
    // A plus sign that nobody escaped arrives as a blank; no value here has blanks.
    found.set(name, checked(parameter, written.replaceAll(' ', '+')));
  }
  for (const { name, required } of known.values()) if (required === true && !found.has(name)) throw new Problem('QUERY_NAME', { name, allowed });
  return found;
}

function checked({ name, schema, example }: Parameter, value: string): string {
  if (!new RegExp(String(schema['pattern'])).test(value)) throw new Problem('QUERY_VALUE', { name, example });
  return value;
}
