// Elements that hold one text and nothing else, found by offsets alone: for readers that know what they look for, octet by octet. Whatever is
// written in a less usual way has no offset here, and is for `text.ts` and `tag.ts` to read.
import { textBetween } from './known-text.ts';
import { AFTER, column, END, nameEndOf, nameOctets, NAMED, ROW, SINGLE } from './tree.ts';
import type { Tree } from './tree.ts';

const QUOTE = 0x22;
const SLASH = 0x2f;
const SPACE = 0x20;
const LT = 0x3c;
const EQUALS = 0x3d;
const GT = 0x3e;

/** Where the content begins of an element without attributes and child elements; -1 when it is not certain. */
export function leafStart(tree: Tree, row: number): number {
  const { bytes } = tree;
  const start = nameEndOf(tree, row) + 1;
  if (column(tree, row, AFTER) !== row + 1 || (column(tree, row, NAMED) & SINGLE) !== 0 || bytes[start - 1] !== GT) return -1;
  const end = leafEnd(tree, row);
  return end >= start && bytes[end] === LT && bytes[end + 1] === SLASH ? start : -1;
}

/** Where it ends, if it begins anywhere. */
export function leafEnd({ rows }: Tree, row: number): number {
  return (rows[row * ROW + END] as number) - nameOctets(rows[row * ROW + NAMED] as number) - 3;
}

/** The value of the only attribute of an element, which has this name, as it is written; undefined when it is not certain. */
export function onlyAttribute(tree: Tree, row: number, name: string): string | undefined {
  const { bytes } = tree;
  const at = nameEndOf(tree, row);
  if (bytes[at] !== SPACE) return undefined;
  for (let i = 0; i < name.length; i += 1) if (bytes[at + 1 + i] !== name.charCodeAt(i)) return undefined;
  const start = at + name.length + 3;
  if (bytes[start - 2] !== EQUALS || bytes[start - 1] !== QUOTE) return undefined;
  let end = start;
  while (bytes[end] !== QUOTE) end += 1;
  const after = bytes[end + 1] === SPACE ? end + 2 : end + 1;
  return bytes[after] === GT || bytes[after] === SLASH ? textBetween(bytes, start, end) : undefined;
}
