// What a pass over a document knows at an octet: the open elements, the bindings in scope, the rows and edits written so far.
import { Bindings, NamespaceNames } from './namespaces.ts';
import { sameOctets } from './runs.ts';
import { Skipper } from './skip.ts';
import { AFTER, DECLARES, EDIT, EDIT_END, EDIT_START, EDIT_VALUE, EDIT_WHAT, EMPTY, END, NAME_OCTET, NAMED, nameOctets, PARENT, REPLACED, ROW, SINGLE, START } from './tree.ts';
import type { Tree } from './tree.ts';

const GT = 0x3e;
const FIRST_ROWS = 2048;
const FIRST_EDITS = 1024;
const FIRST_REPLACEMENTS = 16 * 1024;
/** Most that an array grows by at once: how a document begins says only so much of how it goes on. */
const LARGEST_STEP = 256;

/** Where every pass begins to write. A document that goes on beyond gets arrays of its own; one that does not gets a copy of what it used. */
const firstRows = new Int32Array(FIRST_ROWS * ROW);
const firstEdits = new Int32Array(FIRST_EDITS * EDIT);
const firstReplacements = Buffer.allocUnsafeSlow(FIRST_REPLACEMENTS);

export class Reading {
  readonly bytes: Buffer;
  readonly skipper: Skipper;
  readonly names = new NamespaceNames();
  readonly bindings = new Bindings(this.names);
  at: number;
  /** Nodes that may still be read. */
  nodes: number;
  /** Row of the innermost open element, -1 outside the root. */
  current = -1;
  depth = 0;
  rows = firstRows;
  count = 0;
  edits = firstEdits;
  editCount = 0;
  /** Octets that were read once more. */
  again = 0;
  readonly #start: number;
  readonly #nodes: number;
  #replacements = firstReplacements;
  readonly #replacementEnds: number[] = [];

  constructor(bytes: Buffer, start: number, nodes: number) {
    this.bytes = bytes;
    this.skipper = new Skipper(bytes);
    this.at = start;
    this.nodes = nodes;
    this.#start = start;
    this.#nodes = nodes;
  }

  /** A start tag ends at `tagEnd`; `named` is what `NAMED` says of it without the name's octets. */
  open(nameEnd: number, tagEnd: number, named: number): void {
    const base = this.count * ROW;
    if (base === this.rows.length) this.rows = this.#grown(this.rows, ROW);
    const { rows } = this;
    rows[base + START] = this.at;
    rows[base + PARENT] = this.current;
    rows[base + NAMED] = named + (nameEnd - this.at - 1) * NAME_OCTET;
    this.at = tagEnd;
    this.current = this.count;
    this.count += 1;
    this.depth += 1;
    if ((named & SINGLE) !== 0) this.close(tagEnd);
  }

  /** The innermost open element ends at `end`. */
  close(end: number): void {
    const { rows, current } = this;
    const base = current * ROW;
    rows[base + END] = end;
    rows[base + AFTER] = this.count;
    if (((rows[base + NAMED] ?? 0) & DECLARES) !== 0) this.bindings.leave(current);
    this.current = rows[base + PARENT] ?? -1;
    this.depth -= 1;
    this.at = end;
  }

  /** The innermost open element is closed, if the end tag at hand is its own and written as usual. */
  closesHere(): boolean {
    const { bytes, at, rows, current } = this;
    const length = nameOctets(rows[current * ROW + NAMED] as number);
    const after = at + 2 + length;
    if (after >= bytes.length || bytes[after] !== GT || !sameOctets(bytes, (rows[current * ROW + START] as number) + 1, at + 2, length)) return false;
    this.close(after + 1);
    return true;
  }

  edit(start: number, end: number, kind: number, value: number): void {
    const base = this.editCount * EDIT;
    if (base === this.edits.length) this.edits = this.#grown(this.edits, EDIT);
    const edits = this.edits;
    edits[base + EDIT_START] = start;
    edits[base + EDIT_END] = end;
    edits[base + EDIT_WHAT] = kind + EDIT_VALUE * value;
    this.editCount += 1;
  }

  /** The empty element that is about to be opened has its end tag written out. */
  editEmpty(start: number, end: number): void {
    this.edit(start, end, EMPTY, this.count);
  }

  editTag(start: number, end: number, replacement: string): void {
    const from = this.#roomFor(replacement.length < FIRST_REPLACEMENTS ? 3 * replacement.length : Buffer.byteLength(replacement));
    this.#replace(start, end, from + this.#replacements.write(replacement, from));
  }

  editTagAs(start: number, end: number, replacement: Buffer): void {
    const from = this.#roomFor(replacement.length);
    this.#replacements.set(replacement, from);
    this.#replace(start, end, from + replacement.length);
  }

  /** Where the next replacement begins, with room for so many octets. */
  #roomFor(length: number): number {
    const from = this.#replacementEnds.at(-1) ?? 0;
    if (from + length > this.#replacements.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(from + length, 2 * this.#replacements.length));
      this.#replacements.copy(larger, 0, 0, from);
      this.#replacements = larger;
    }
    return from;
  }

  #replace(start: number, end: number, replacementEnd: number): void {
    this.edit(start, end, REPLACED, this.#replacementEnds.length);
    this.#replacementEnds.push(replacementEnd);
  }

  /** Rows and edits that stand in `from`, where the numbers of the first row and the first edit do. */
  take(from: Int32Array, rowsAt: number, rowCount: number, editsAt: number, editCount: number): void {
    if ((this.count + rowCount) * ROW > this.rows.length) this.rows = this.#grown(this.rows, ROW, this.count + rowCount);
    if ((this.editCount + editCount) * EDIT > this.edits.length) this.edits = this.#grown(this.edits, EDIT, this.editCount + editCount);
    copyNumbers(from, rowsAt, rowCount * ROW, this.rows, this.count * ROW);
    copyNumbers(from, editsAt, editCount * EDIT, this.edits, this.editCount * EDIT);
    this.count += rowCount;
    this.editCount += editCount;
  }

  tree(): Tree {
    const replaced = this.#replacementEnds.at(-1) ?? 0;
    const steps = this.bytes.length - this.#start + this.again + this.#nodes - this.nodes + this.editCount + this.bindings.steps + replaced;
    return {
      bytes: this.bytes,
      rows: this.rows === firstRows ? kept(firstRows, this.count * ROW) : this.rows,
      count: this.count,
      edits: this.edits === firstEdits ? kept(firstEdits, this.editCount * EDIT) : this.edits,
      editCount: this.editCount,
      replacements: this.#replacements === firstReplacements ? copiedOctets(replaced) : this.#replacements,
      replacementEnds: this.#replacementEnds,
      names: this.names,
      start: this.#start,
      steps,
    };
  }

  /** More room, for as much as the rest of the document needs when it goes on as it began: `used` up to here. */
  #grown(full: Int32Array, width: number, used = full.length / width): Int32Array<ArrayBuffer> {
    const expected = Math.ceil((used * 1.05 * this.bytes.length) / Math.max(this.at, 1));
    const larger = new Int32Array(width * Math.min(Math.max(expected, Math.ceil(used * 1.5)), LARGEST_STEP * used));
    larger.set(full);
    return larger;
  }
}

/** A call costs more than copying a few. */
function copyNumbers(from: Int32Array, start: number, length: number, to: Int32Array, at: number): void {
  if (length > 256) to.set(from.subarray(start, start + length), at);
  else for (let i = 0; i < length; i += 1) to[at + i] = from[start + i] as number;
}

/** Memory that short trees share: a piece of its own for each would cost more than to fill it. */
const SHARED = 16 * 1024;
let shared = new Int32Array(SHARED);
let sharedUsed = 0;

function kept(numbers: Int32Array, length: number): Int32Array {
  if (length > SHARED / 16) return numbers.slice(0, length);
  if (sharedUsed + length > SHARED) {
    shared = new Int32Array(SHARED);
    sharedUsed = 0;
  }
  const copy = shared.subarray(sharedUsed, sharedUsed + length);
  sharedUsed += length;
  copyNumbers(numbers, 0, length, copy, 0);
  return copy;
}

const noOctets = Buffer.alloc(0);

function copiedOctets(length: number): Buffer {
  if (length === 0) return noOctets;
  const copy = Buffer.allocUnsafe(length);
  // A call of native code costs more than copying a few.
  if (length > 256) firstReplacements.copy(copy, 0, 0, length);
  else for (let i = 0; i < length; i += 1) copy[i] = firstReplacements[i] as number;
  return copy;
}
