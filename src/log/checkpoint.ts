// Checkpoints after C2SP tlog-checkpoint: a tree's size and root under the log's name, as the text of a signed note. Pure.
import { decodeBase64 } from './base64.ts';
import { HASH_OCTETS } from './merkle.ts';
import type { Hash } from './merkle.ts';

export interface Checkpoint {
  /** The log's name. */
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
}

/** The note's text. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}

/** Undefined for what is no checkpoint. Lines that follow its three are passed over: nothing is known of them. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const lines = text.split('\n');
  const [origin = '', size = '', encoded = ''] = lines;
  if (lines.length < 4 || lines.at(-1) !== '' || lines.slice(0, -1).includes('') || !/^(?:0|[1-9]\d{0,15})$/.test(size)) return undefined;
  const root = decodeBase64(encoded);
  return root?.length === HASH_OCTETS && Number.isSafeInteger(Number(size)) ? { origin, size: Number(size), root } : undefined;
}
