// What a receipt carries: that an entry is in the log, in one text that is checked without the log (C2SP tlog-proof): its place, the path to the
// root, and the checkpoint. `extra` is the salt of the entry's commitment. Pure.
import { decodeBase64 } from './base64.ts';
import { HASH_OCTETS } from './merkle.ts';
import type { Hash } from './merkle.ts';
import { noteText, parseNote } from './note.ts';
import type { SignedNote } from './note.ts';

export interface LogProof {
  /** Empty: the line is left out. */
  readonly extra: Buffer;
  readonly index: number;
  /** From the leaf's sibling up to the root's child. */
  readonly path: readonly Hash[];
  readonly checkpoint: SignedNote;
}

const TITLE = 'c2sp.org/tlog-proof@v1';
const MOST_HASHES = 63;

export function proofText({ extra, index, path, checkpoint }: LogProof): string {
  return `${[TITLE, ...(extra.length === 0 ? [] : [`extra ${extra.toString('base64')}`]), `index ${index}`, ...path.map((hash) => hash.toString('base64'))].join('\n')}\n\n${noteText(checkpoint)}`;
}

/** Undefined for what is no proof. */
export function parseProof(text: string): LogProof | undefined {
  const end = text.indexOf('\n\n');
  const [title, ...rest] = text.slice(0, Math.max(0, end)).split('\n');
  const [, encoded] = /^extra (\S+)$/.exec(rest[0] ?? '') ?? [];
  const [indexLine = '', ...hashes] = encoded === undefined ? rest : rest.slice(1);
  const extra = decodeBase64(encoded ?? '');
  const [, index] = /^index (0|[1-9]\d{0,15})$/.exec(indexLine) ?? [];
  const path = hashes.map(decodeBase64).filter((hash) => hash?.length === HASH_OCTETS);
  const checkpoint = parseNote(text.slice(end + 2));
  if (title !== TITLE || extra === undefined || index === undefined || checkpoint === undefined || hashes.length > MOST_HASHES || path.length !== hashes.length) return undefined;
  return { extra, index: Number(index), path: path.filter((hash) => hash !== undefined), checkpoint };
}
