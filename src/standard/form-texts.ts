// The texts of one column of a list: octets that stand for themselves are gathered and decoded at once, because a call for each would cost
// more than all else that is done with a column; whatever is not plain text is decoded by itself.
import type { Content } from '../signature/verify.ts';
import { textOf, trimWhitespace } from '../xml/text.ts';
import { sameOctets } from '../xml/runs.ts';
import { AFTER, ROW } from '../xml/tree.ts';
import { Gaps } from './schema-gaps.ts';
import { isBlank } from './schema-text.ts';

const AMPERSAND = 0x26;
const LESS = 0x3c;
const RETURN = 0x0d;
/** Stands between two texts; a text with one is decoded by itself. */
const LINE_END = 0x0a;

/** Of a column, for what is gathered. */
const ROOM = 8 * 1024;

/** Values that are remembered of a column, by their octets: most columns of a list say the same in nearly every record. */
const SLOTS = 256;

/** Records as a walk leaves them. */
export interface Cells {
  /** `width` numbers for each record: the row of an element without elements, or what is no row, for ''. */
  readonly cells: Int32Array;
  readonly width: number;
  readonly count: number;
  /** The columns wanted. */
  readonly slots: readonly number[];
}

export interface ColumnTexts {
  /** One trimmed text for each record. */
  readonly texts: readonly string[];
  /** Is it known that all records say the same? */
  readonly isConstant: boolean;
}

/** The columns wanted, in their order. */
export function readTexts(content: Content, { cells, width, count, slots }: Cells): readonly ColumnTexts[] {
  const columns = slots.map((): Column | undefined => undefined);
  for (let record = 0; record < count; record += 1) {
    for (let index = 0; index < slots.length; index += 1) {
      const row = cells[record * width + (slots[index] as number)] as number;
      if (row > 0) (columns[index] ??= new Column(content, count)).read(record, row);
    }
  }
  const blank = blankColumn(count);
  return columns.map((column) => column?.finish() ?? blank);
}

export function blankColumn(count: number): ColumnTexts {
  return { texts: new Array<string>(count).fill(''), isConstant: true };
}

class Column {
  readonly #content: Content;
  readonly #gaps: Gaps;
  readonly #texts: string[];
  #room: Buffer | undefined;
  /** Of each remembered value: its record, and where it starts and ends. */
  readonly #slots = new Int32Array(3 * SLOTS).fill(-1);
  /** Of each record, an earlier one that says the same, plus one; 0 when there is none. */
  readonly #alike: Int32Array;
  /** The records whose texts are gathered, as many as `#count`. */
  readonly #gathered: Int32Array;
  #count = 0;
  #length = 0;
  /** Records that say what the first one does. */
  #likeFirst = 0;

  constructor(content: Content, count: number) {
    this.#content = content;
    this.#gaps = new Gaps(content);
    this.#texts = new Array<string>(count).fill('');
    this.#alike = new Int32Array(count);
    this.#gathered = new Int32Array(count);
  }

  /** When all records have been read. */
  finish(): ColumnTexts {
    const texts = this.#texts;
    this.#decode();
    const alike = this.#alike;
    for (let record = 0; record < alike.length; record += 1) if (alike[record] !== 0) texts[record] = texts[(alike[record] as number) - 1] as string;
    return { texts, isConstant: this.#likeFirst === texts.length - 1 };
  }

  /** Records come in their order. */
  read(record: number, row: number): void {
    const { tree, bytes } = this.#content.document;
    const gaps = this.#gaps;
    let start = gaps.contentStart(row);
    let end = gaps.contentEnd(row);
    while (start < end && isBlank(bytes[start] as number)) start += 1;
    while (end > start && isBlank(bytes[end - 1] as number)) end -= 1;
    if (start >= end || this.#isRemembered(record, start, end)) return;
    const isLong = end - start >= ROOM;
    if (!isLong && this.#length + end - start >= ROOM) this.#decode();
    this.#room ??= Buffer.allocUnsafe(ROOM);
    const after = isLong ? -1 : copyPlain(bytes, start, end, this.#room, this.#length);
    if (after === -1 || tree.rows[row * ROW + AFTER] !== row + 1 || gaps.areLeftOutOf(row)) {
      this.#texts[record] = trimWhitespace(textOf(this.#content.document, gaps.elementAt(row)));
      return;
    }
    this.#room[after] = LINE_END;
    this.#length = after + 1;
    this.#gathered[this.#count] = record;
    this.#count += 1;
    this.#remember(record, start, end);
  }

  #isRemembered(record: number, start: number, end: number): boolean {
    const { bytes } = this.#content.document;
    const slot = slotOf(bytes, start, end);
    const known = this.#slots[slot + 1] as number;
    if (known === -1 || (this.#slots[slot + 2] as number) - known !== end - start || !sameOctets(bytes, known, start, end - start)) return false;
    const earlier = this.#slots[slot] as number;
    this.#alike[record] = earlier + 1;
    if (earlier === 0) this.#likeFirst += 1;
    return true;
  }

  #remember(record: number, start: number, end: number): void {
    const slot = slotOf(this.#content.document.bytes, start, end);
    this.#slots[slot] = record;
    this.#slots[slot + 1] = start;
    this.#slots[slot + 2] = end;
  }

  #decode(): void {
    if (this.#room === undefined || this.#count === 0) return;
    const decoded = this.#room.toString('utf8', 0, this.#length - 1).split('\n');
    for (let index = 0; index < this.#count; index += 1) this.#texts[this.#gathered[index] as number] = decoded[index] as string;
    this.#count = 0;
    this.#length = 0;
  }
}

function slotOf(bytes: Buffer, start: number, end: number): number {
  const middle = bytes[(start + end) >>> 1] as number;
  return 3 * (((bytes[start] as number) * 37 + (bytes[end - 1] as number) * 11 + middle * 5 + (end - start) * 59) & (SLOTS - 1));
}

/** Returns the offset after the copy; -1 when one of the octets stands for something else. */
function copyPlain(bytes: Buffer, start: number, end: number, room: Buffer, to: number): number {
  let at = to;
  for (let from = start; from < end; from += 1) {
    const octet = bytes[from] as number;
    if (octet === AMPERSAND || octet === LESS || octet === RETURN || octet === LINE_END) return -1;
    room[at] = octet;
    at += 1;
  }
  return at;
}
