// The texts of one column of a list: octets that stand for themselves are gathered and decoded at once, because a call for each would cost
// more than all else that is done with a column; whatever is not plain text is decoded by itself.
import type { Content } from '../signature/verify.ts';
import { textOf, trimWhitespace } from '../xml/text.ts';
import { AFTER, ROW, SINGLE, NAMED } from '../xml/tree.ts';
import { Gaps } from './schema-gaps.ts';
import { isBlank } from './schema-text.ts';

const AMPERSAND = 0x26;
const LESS = 0x3c;
const RETURN = 0x0d;
/** Stands between two texts; a text with one is decoded by itself. */
const LINE_END = 0x0a;

const ROOM = 64 * 1024;
const room = Buffer.allocUnsafeSlow(ROOM);

/** One trimmed text for each row of an element without elements; '' for 0 and below. */
export function readTexts(content: Content, rows: Int32Array): readonly string[] {
  const { tree, bytes } = content.document;
  const gaps = new Gaps(content);
  const texts = new Array<string>(rows.length).fill('');
  let places: number[] = [];
  let length = 0;
  const decode = (): void => {
    if (places.length === 0) return;
    const decoded = room.toString('utf8', 0, length - 1).split('\n');
    for (let index = 0; index < places.length; index += 1) texts[places[index] as number] = decoded[index] as string;
    places = [];
    length = 0;
  };
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index] as number;
    if (row <= 0 || ((tree.rows[row * ROW + NAMED] as number) & SINGLE) !== 0) continue;
    let start = gaps.contentStart(row);
    let end = gaps.contentEnd(row);
    while (start < end && isBlank(bytes[start] as number)) start += 1;
    while (end > start && isBlank(bytes[end - 1] as number)) end -= 1;
    if (start === end) continue;
    const isLong = end - start >= ROOM;
    if (!isLong && length + end - start >= ROOM) decode();
    const after = isLong ? -1 : copyPlain(bytes, start, end, length);
    if (after === -1 || tree.rows[row * ROW + AFTER] !== row + 1 || gaps.areLeftOutOf(row)) {
      texts[index] = trimWhitespace(textOf(content.document, gaps.elementAt(row)));
      continue;
    }
    room[after] = LINE_END;
    length = after + 1;
    places.push(index);
  }
  decode();
  return texts;
}

/** Returns the offset after the copy; -1 when one of the octets stands for something else. */
function copyPlain(bytes: Buffer, start: number, end: number, to: number): number {
  let at = to;
  for (let from = start; from < end; from += 1) {
    const octet = bytes[from] as number;
    if (octet === AMPERSAND || octet === LESS || octet === RETURN || octet === LINE_END) return -1;
    room[at] = octet;
    at += 1;
  }
  return at;
}
