// A parsed document as the scanner leaves it: one row of numbers for every element, in document order, and the list of what differs between
// the received octets and the canonical ones. Text, comments and attributes have no rows; they are read again when somebody asks.
import type { NamespaceNames } from './namespaces.ts';

/** Columns of an element's row. Few, because they are most of what a document of many fields takes up beyond its octets. */
export const START = 0;
/** After the end tag's `>`, or after the start tag's when that is the whole element. */
export const END = 1;
/** Row number after the last descendant's. */
export const AFTER = 2;
/** Row number of the parent, -1 for the root. */
export const PARENT = 3;
/** Flags, octets of the name, number of the namespace. */
export const NAMED = 4;
export const ROW = 5;

export const DECLARES = 1;
/** Has attributes that are not declarations. */
export const ATTRIBUTED = 2;
export const PREFIXED = 4;
/** Written as one tag. */
export const SINGLE = 8;
/** What one octet of the name, and one in the number of the namespace, count in `NAMED`. */
export const NAME_OCTET = 16;
export const NAMESPACE = 16 * 512;
/** Namespace names that a document may have, so that their numbers have room there. */
export const MOST_NAMESPACES = 2 ** 18 - 1;

/** Columns of an edit: the received octets from `EDIT_START` to `EDIT_END` are written in another way. */
export const EDIT_START = 0;
export const EDIT_END = 1;
/** The kind, plus `EDIT_VALUE` times a value: the row of an `EMPTY` element, the number of a `REPLACED` tag's replacement. */
export const EDIT_WHAT = 2;
export const EDIT_VALUE = 8;
export const EDIT = 3;

export function editKind(what: number): number {
  return what & 7;
}

export function editValue(what: number): number {
  return what >> 3;
}

/** White space before a tag's `>`: nothing is written. */
export const REMOVED = 0;
/** Part of a run of text, from the first octet that is written in another way to the last. */
export const TEXT = 1;
/** A CDATA section with its delimiters. */
export const CDATA = 2;
/** A comment with its delimiters, which the forms without comments leave out. */
export const COMMENT = 3;
/** The end of an empty element's tag. */
export const EMPTY = 4;
/** A start tag. */
export const REPLACED = 5;

export interface Tree {
  readonly bytes: Buffer;
  readonly rows: Int32Array;
  /** Elements. */
  readonly count: number;
  readonly edits: Int32Array;
  readonly editCount: number;
  /** The canonical octets of replaced tags, one after the other, and where each ends. */
  readonly replacements: Buffer;
  readonly replacementEnds: readonly number[];
  readonly names: NamespaceNames;
  /** After the byte order mark and the XML declaration. */
  readonly start: number;
  /** What reading cost: octets, octets read twice, nodes, edits and look-ups. */
  readonly steps: number;
}

export function column(tree: Tree, row: number, which: number): number {
  return tree.rows[row * ROW + which] ?? 0;
}

export function flagsOf(tree: Tree, row: number): number {
  return column(tree, row, NAMED) & 15;
}

export function namespaceOf(tree: Tree, row: number): number {
  return namespaceIn(column(tree, row, NAMED));
}

/** Number of the namespace that a value of `NAMED` says. */
export function namespaceIn(named: number): number {
  return named >> 13;
}

/** Octets of the name that a value of `NAMED` says. */
export function nameOctets(named: number): number {
  return (named >> 4) & 511;
}

/** After the name in the start tag, which begins one octet after `START`. */
export function nameEndOf(tree: Tree, row: number): number {
  return column(tree, row, START) + 1 + nameOctets(column(tree, row, NAMED));
}

/** Is this the local name of a row's element? `wanted` has one character for each octet. */
export function isRowNamed({ bytes, rows }: Tree, row: number, wanted: string): boolean {
  const named = rows[row * ROW + NAMED] as number;
  const start = (rows[row * ROW + START] as number) + 1;
  const { length } = wanted;
  const from = start + nameOctets(named) - length;
  if ((named & PREFIXED) === 0 ? from !== start : from <= start || bytes[from - 1] !== 0x3a) return false;
  for (let i = 0; i < length; i += 1) if (bytes[from + i] !== wanted.charCodeAt(i)) return false;
  return true;
}

/** After the start tag's `>`: that of a tag that has been read, so only values can hold another `>`. */
export function tagEndOf(tree: Tree, row: number): number {
  const { bytes } = tree;
  let at = nameEndOf(tree, row);
  for (let quote = 0; quote !== 0 || bytes[at] !== 0x3e; at += 1) {
    const octet = bytes[at] as number;
    if (quote === 0 && (octet === 0x22 || octet === 0x27)) quote = octet;
    else if (octet === quote) quote = 0;
  }
  return at + 1;
}

/** Where the end tag of a row's element begins; its end when it has none. */
export function endTagStart(tree: Tree, row: number): number {
  const end = column(tree, row, END);
  return (flagsOf(tree, row) & SINGLE) === 0 ? tree.bytes.lastIndexOf(0x3c, end - 1) : end;
}

/** The number of the first edit that starts at `offset` or after it. */
export function firstEdit({ edits, editCount }: Tree, offset: number): number {
  let low = 0;
  for (let high = editCount; low < high;) {
    const middle = (low + high) >>> 1;
    if ((edits[middle * EDIT + EDIT_START] ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The rows from the root's to that of `row`'s parent. */
export function ancestorsOf(tree: Tree, row: number): number[] {
  const ancestors: number[] = [];
  for (let at = column(tree, row, PARENT); at !== -1; at = column(tree, at, PARENT)) ancestors.push(at);
  return ancestors.reverse();
}
