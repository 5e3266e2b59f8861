// What the parser says when it refuses, with line and column of the octet it stopped at. The limits are a profile of honest dossiers:
// real ones are at most 10 deep, with 3 attributes and 60 fields a record.
import { refuse } from '../errors/outcomes.ts';
import type { ReasonCode } from '../errors/reasons.ts';

export const limits = {
  depth: 64,
  attributes: 64,
  nameOctets: 256,
  /** Declarations in scope: canonicalization looks at each of them for every element that makes one. */
  namespaces: 64,
  /** Tags, runs of text, comments: a labour list of 7,000 people has 950,000. One bound for a submission and all files in it. */
  nodes: 1_000_000,
  /** Start tags of an exclusive form, in lengths of the document: a namespace name is repeated wherever its prefix is used. */
  exclusiveGrowth: 32,
} as const;

/** What is left to read of a bound that several documents share. */
export interface Budget {
  nodes: number;
}

export function fullBudget(): Budget {
  return { nodes: limits.nodes };
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

interface Mark extends Position {
  readonly offset: number;
}

const MARK_EVERY = 4 * 1024;

/** Places already counted in each document, one every 4 KiB, so that no finding costs more than that, in whatever order they come. */
const marks = new WeakMap<Buffer, Mark[]>();

/** Line and column, both from 1; the column counts characters, not octets. A byte order mark is not a character of the text. */
export function positionAt(bytes: Buffer, offset: number): Position {
  const known = marks.get(bytes) ?? [{ offset: bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0, line: 1, column: 1 }];
  marks.set(bytes, known);
  let mark = known[Math.min(Math.floor(offset / MARK_EVERY), known.length - 1)];
  while (mark !== undefined && offset - mark.offset > MARK_EVERY) {
    mark = advance(bytes, mark, known.length * MARK_EVERY);
    known.push(mark);
  }
  const { line, column } = advance(bytes, mark ?? { offset: 0, line: 1, column: 1 }, offset);
  return { line, column };
}

function advance(bytes: Buffer, { offset, line, column }: Mark, until: number): Mark {
  const end = Math.min(until, bytes.length);
  let at = offset;
  for (; at < end; at += 1) {
    const octet = bytes[at] ?? 0;
    if (octet === 0x0a) {
      line += 1;
      column = 1;
    } else if ((octet & 0xc0) !== 0x80) column += 1;
  }
  return { offset: at, line, column };
}

export function malformed(bytes: Buffer, offset: number, reason: ReasonCode): never {
  refuse('XML_MALFORMED', { place: positionAt(bytes, offset), params: { reason } });
}

const limitNames = {
  depth: 'LIMIT_DEPTH',
  attributes: 'LIMIT_ATTRIBUTES',
  nameOctets: 'LIMIT_NAME',
  namespaces: 'LIMIT_NAMESPACES',
  nodes: 'LIMIT_NODES',
  exclusiveGrowth: 'LIMIT_EXCLUSIVE',
} as const satisfies Record<keyof typeof limits, ReasonCode>;

export function beyondLimit(bytes: Buffer, offset: number, limit: keyof typeof limits): never {
  refuse('XML_LIMIT', { place: positionAt(bytes, offset), params: { limit: limitNames[limit], maximum: limits[limit] } });
}
