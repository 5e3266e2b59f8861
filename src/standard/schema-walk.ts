// One pass over the rows of a document that tells whether its form's XSD accepts it, and notes where every field of every record stands. What
// it accepts libxml2 accepts too (test/standard/schema-differential.test.ts); of what it does not accept, the engine is asked. Nothing is
// decoded that stands for itself, and nothing of an unknown element is read.
import type { Content } from '../signature/verify.ts';
import { AFTER, ATTRIBUTED, column, END, NAMED, PARENT, ROW, SINGLE, START } from '../xml/tree.ts';
import { strangeAttributes } from './schema-attributes.ts';
import type { ValueCheck } from './schema-check.ts';
import type { ElementPlan, FormPlan } from './schema-plan.ts';
import { emptyCell, Records, rowIn, UNREADABLE } from './schema-records.ts';
import { Gaps } from './schema-gaps.ts';

/** Of this many records that are not accepted the fields are read; a document with more is refused for what is found in these. */
const MOST_REFUSED = 50_000;

/** A value that has its type and fails the check of the standard. */
export interface Doubt {
  readonly row: number;
  readonly check: ValueCheck;
}

export interface Walked {
  readonly isAccepted: boolean;
  /** Of every scope of the plan; the first has one record, the form itself, or none when the root is another. */
  readonly records: readonly Records[];
  /** In document order. */
  readonly doubts: readonly Doubt[];
  /** Rows of the records that are not accepted, and of those around them. */
  readonly refused: ReadonlySet<number>;
  /** False when there are so many of these that the rest was not read. */
  readonly isWhole: boolean;
}

/** In the children of an element: the row of the next, where the one before ends, and what it was of those that belong there. */
interface Cursor {
  child: number;
  at: number;
  last: number;
  readonly followers: Int32Array;
}

/** `today` is the day of reception as a number `yyyyMMdd`. */
export function walkForm(plan: FormPlan, content: Content, today: number): Walked {
  return new Walk(plan, content, today).walk();
}

class Walk {
  readonly #plan: FormPlan;
  readonly #content: Content;
  readonly #today: number;
  readonly #gaps: Gaps;
  readonly #rows: Int32Array;
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #records: readonly Records[];
  readonly #doubts: Doubt[] = [];
  readonly #refused = new Set<number>();
  /** Rows of elements that come again. */
  readonly #ambiguous = new Set<number>();
  /** Of each element that holds text once in a record, the last one in order: where it starts and how long it is. */
  readonly #before: Int32Array;
  /** Which child last followed which, by the children's numbers plus one: most records are written like the one before. */
  readonly #followers = new Map<ElementPlan, Int32Array>();

  constructor(plan: FormPlan, content: Content, today: number) {
    this.#plan = plan;
    this.#content = content;
    this.#today = today;
    this.#gaps = new Gaps(content);
    this.#before = new Int32Array(2 * plan.leaves);
    this.#rows = content.document.tree.rows;
    const { bytes } = content.document;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#records = plan.scopes.map(({ width }) => new Records(width));
  }

  walk(): Walked {
    const { root } = this.#plan;
    const { row } = this.#content.root;
    const isAccepted = this.#isNamed(root, row) && this.#readRecord(root, row) && !this.#isStrange(row);
    const { records } = this;
    return { isAccepted, records, doubts: this.#doubts, refused: this.#refused, isWhole: this.#refused.size < MOST_REFUSED };
  }

  /** Without the records inside something that comes again. */
  get records(): readonly Records[] {
    if (this.#ambiguous.size === 0) return this.#records;
    const { tree } = this.#content.document;
    return this.#records.map((records) => records.without((row) => {
      for (let at = row; at !== -1; at = column(tree, at, PARENT)) if (this.#ambiguous.has(at)) return true;
      return false;
    }));
  }

  #readRecord(plan: ElementPlan, row: number): boolean {
    const records = this.#records[plan.scope] as Records;
    const record = records.add(row, records.count === records.rows.length ? this.#likeRow(row) : 0);
    return plan.text === undefined ? this.#readElements(plan, row, records, record) : this.#readText(plan, row, records, record);
  }

  #readElements(plan: ElementPlan, row: number, records: Records, record: number): boolean {
    const gaps = this.#gaps;
    const after = this.#rows[row * ROW + AFTER] as number;
    const isPruned = gaps.areLeftOutOf(row);
    let isAccepted = isPruned ? gaps.isBlank(row) : true;
    for (const list of plan.lists) (this.#records[list] as Records).inParent = 0;
    const cursor = { child: row + 1, at: gaps.contentStart(row), last: -1, followers: this.#followersOf(plan) };
    while (cursor.child < after) {
      if (!isPruned) this.#passRepeated(plan, cursor, after, records, record);
      if (cursor.child < after && !this.#readNext(plan, cursor, isPruned, records, record)) isAccepted = false;
    }
    if (!isPruned && !gaps.isBlankBetween(cursor.at, gaps.contentEnd(row))) isAccepted = false;
    return this.#isComplete(plan, records, record) && isAccepted;
  }

  /** Passes children that are written, tags and all, as what was last found in order for them: nearly all of a long list. */
  #passRepeated(plan: ElementPlan, cursor: Cursor, after: number, { cells, width }: Records, record: number): void {
    const rows = this.#rows;
    const before = this.#before;
    const view = this.#view;
    const { children, isOrdered } = plan;
    const { followers } = cursor;
    const cellsBefore = record * width;
    for (; cursor.child < after; cursor.child += 1) {
      const found = children[followers[cursor.last + 1] as number];
      if (found === undefined || found.leaf === -1 || (isOrdered && found.index < cursor.last)) return;
      const base = cursor.child * ROW;
      const start = rows[base + START] as number;
      const end = rows[base + END] as number;
      const noted = 2 * found.leaf;
      const cell = cellsBefore + found.slot;
      if (before[noted + 1] !== end - start || cells[cell] !== 0) return;
      if (!sameWords(view, before[noted] as number, start, end - start)) return;
      if (start !== cursor.at && !this.#gaps.isBlankBetween(cursor.at, start)) return;
      cells[cell] = ((rows[base + NAMED] as number) & SINGLE) === 0 ? cursor.child : emptyCell(cursor.child);
      cursor.at = end;
      cursor.last = found.index;
    }
  }

  #readNext(plan: ElementPlan, cursor: Cursor, isPruned: boolean, records: Records, record: number): boolean {
    const rows = this.#rows;
    const { child, at, last } = cursor;
    const start = rows[child * ROW + START] as number;
    const isClose = start === at || isPruned || this.#gaps.isBlankBetween(at, start);
    cursor.child = rows[child * ROW + AFTER] as number;
    cursor.at = rows[child * ROW + END] as number;
    if (isPruned && this.#gaps.isLeftOut(child)) return true;
    const found = this.#childAt(plan, cursor, child);
    if (found === undefined) return false;
    cursor.last = found.index;
    const isInOrder = !plan.isOrdered || found.index >= last;
    return this.#readChild(found, child, records, record) && isInOrder && isClose;
  }

  /** What the row is of the elements that belong here; most likely what followed `last` before. */
  #childAt(plan: ElementPlan, { last, followers }: Cursor, row: number): ElementPlan | undefined {
    const expected = plan.children[followers[last + 1] as number];
    if (expected !== undefined && this.#isNamed(expected, row)) return expected;
    const found = plan.children.find((child) => this.#isNamed(child, row));
    if (found !== undefined) followers[last + 1] = found.index;
    return found;
  }

  #followersOf(plan: ElementPlan): Int32Array {
    const known = this.#followers.get(plan);
    if (known !== undefined) return known;
    const followers = Int32Array.from({ length: plan.children.length + 1 }, (_, index) => index);
    this.#followers.set(plan, followers);
    return followers;
  }

  #readChild(plan: ElementPlan, row: number, records: Records, record: number): boolean {
    const named = this.#rows[row * ROW + NAMED] as number;
    const isPlain = (named & ATTRIBUTED) === 0 || !this.#isStrange(row);
    if (plan.scope !== -1) return this.#readListed(plan, row, isPlain);
    const index = record * records.width + plan.slot;
    const { cells } = records;
    const before = cells[index] as number;
    if (before !== 0) {
      if (before !== UNREADABLE) this.#ambiguous.add(rowIn(before));
      records.spoil(record, plan.slot, plan.slotEnd);
      return false;
    }
    cells[index] = (named & SINGLE) === 0 ? row : emptyCell(row);
    if (plan.text === undefined) return this.#readElements(plan, row, records, record) && isPlain;
    if ((named & SINGLE) === 0) return this.#readText(plan, row, records, record) && isPlain;
    if (!plan.takesEmpty || !isPlain) return false;
    this.#note(plan, row);
    return true;
  }

  #readListed(plan: ElementPlan, row: number, isPlain: boolean): boolean {
    const records = this.#records[plan.scope] as Records;
    records.inParent += 1;
    if (this.#refused.size >= MOST_REFUSED) return false;
    if (this.#readRecord(plan, row) && isPlain && records.inParent <= plan.model.most) return true;
    this.#refused.add(row);
    return false;
  }

  /** How many elements like this one its parent has room for. */
  #likeRow(row: number): number {
    const parent = this.#rows[row * ROW + PARENT] as number;
    return parent === -1 ? 1 : Math.ceil(((this.#rows[parent * ROW + AFTER] as number) - row) / ((this.#rows[row * ROW + AFTER] as number) - row));
  }

  #isComplete(plan: ElementPlan, records: Records, record: number): boolean {
    const base = record * records.width;
    for (const slot of plan.required) if (records.cells[base + slot] === 0) return false;
    for (const { scope, model } of plan.requiredLists) if ((this.#records[scope] as Records).inParent < model.least) return false;
    return true;
  }

  /** Text that its type accepts. Notes whether it holds what the standard checks besides. */
  #readText(plan: ElementPlan, row: number, records: Records, record: number): boolean {
    const { text, check } = plan;
    const gaps = this.#gaps;
    if (text === undefined) return false;
    if (this.#rows[row * ROW + AFTER] !== row + 1 && gaps.holdsElements(row)) {
      if (plan.slot !== -1) records.spoil(record, plan.slot, plan.slotEnd);
      return false;
    }
    const start = gaps.contentStart(row);
    const end = gaps.contentEnd(row);
    if (start >= end) return plan.takesEmpty;
    if (plan.isOpaque) return gaps.holdsText(row) ? plan.takesOpaque : plan.takesEmpty;
    const isWhole = this.#rows[row * ROW + AFTER] === row + 1 && !gaps.areLeftOutOf(row);
    const isAccepted = (isWhole ? text.acceptsOctets(this.#bytes, start, end) : undefined) ?? text.accepts(gaps.textOf(row));
    if (!isAccepted) return false;
    if (check !== undefined && !gaps.holds(check, row, this.#today)) this.#doubts.push({ row, check });
    else if (isWhole) this.#note(plan, row);
    return true;
  }

  /**
   * That an element is in order which holds text, all of it its own. Written so it is in order in every record: a child in no namespace of a
   * parent in none. One with attributes may not be, whose prefixes can be bound otherwise there.
   */
  #note({ leaf }: ElementPlan, row: number): void {
    if (leaf === -1 || ((this.#rows[row * ROW + NAMED] as number) & ATTRIBUTED) !== 0) return;
    const start = this.#rows[row * ROW + START] as number;
    this.#before[2 * leaf] = start;
    this.#before[2 * leaf + 1] = (this.#rows[row * ROW + END] as number) - start;
  }

  /** Is this the element's name, in no namespace? */
  #isNamed(plan: ElementPlan, row: number): boolean {
    const base = row * ROW;
    if ((this.#rows[base + NAMED] as number) >> 4 !== plan.nameInRow) return false;
    return plan.name.isAt(this.#bytes, this.#view, (this.#rows[base + START] as number) + 1);
  }

  #isStrange(row: number): boolean {
    return strangeAttributes(this.#content.root.views.at(row)).length > 0;
  }
}

/** Are the `length` octets at `a` and at `b` the same? There are four at least. */
function sameWords(view: DataView, a: number, b: number, length: number): boolean {
  const last = length - 4;
  for (let i = 0; i < last; i += 4) if (view.getInt32(a + i, true) !== view.getInt32(b + i, true)) return false;
  return view.getInt32(a + last, true) === view.getInt32(b + last, true); // which may overlap the one before
}
