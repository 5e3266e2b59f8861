// One pass over the rows of a document that tells whether its form's XSD accepts it, and notes where every field of every record stands. What
// it accepts libxml2 accepts too (test/standard/schema-differential.test.ts); of what it does not accept, the engine is asked. Nothing is
// decoded that stands for itself, and nothing of an unknown element is read.
import type { Content } from '../signature/verify.ts';
import { sameOctets } from '../xml/runs.ts';
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
  /** Of each element whose texts cost something to judge, where the last one that was in order starts and ends. */
  readonly #before: Int32Array;
  /** Which child last followed which, by the children's numbers plus one: most records are written like the one before. */
  readonly #followers = new Map<ElementPlan, Int32Array>();

  constructor(plan: FormPlan, content: Content, today: number) {
    this.#plan = plan;
    this.#content = content;
    this.#today = today;
    this.#gaps = new Gaps(content);
    this.#before = new Int32Array(2 * plan.costly);
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
    const rows = this.#rows;
    const gaps = this.#gaps;
    const { children, lists } = plan;
    const followers = this.#followersOf(plan);
    const after = rows[row * ROW + AFTER] as number;
    const isPruned = gaps.areLeftOutOf(row);
    let isAccepted = isPruned ? gaps.isBlank(row) : true;
    for (const list of lists) (this.#records[list] as Records).inParent = 0;
    let at = gaps.contentStart(row);
    let last = -1;
    let highest = 0;
    for (let child = row + 1; child < after; child = rows[child * ROW + AFTER] as number) {
      const start = rows[child * ROW + START] as number;
      if (start !== at && !isPruned && !gaps.isBlankBetween(at, start)) isAccepted = false;
      at = rows[child * ROW + END] as number;
      if (isPruned && gaps.isLeftOut(child)) continue;
      let found = children[followers[last + 1] as number];
      if (found === undefined || !this.#isNamed(found, child)) {
        found = this.#find(plan, child);
        if (found !== undefined) followers[last + 1] = found.index;
      }
      if (found === undefined) {
        isAccepted = false;
        continue;
      }
      last = found.index;
      if (plan.isOrdered && last < highest) isAccepted = false;
      highest = last;
      if (!this.#readChild(found, child, records, record)) isAccepted = false;
    }
    if (!isPruned && !gaps.isBlankBetween(at, gaps.contentEnd(row))) isAccepted = false;
    return this.#isComplete(plan, records, record) && isAccepted;
  }

  #followersOf(plan: ElementPlan): Int32Array {
    const known = this.#followers.get(plan) ?? Int32Array.from({ length: plan.children.length + 1 }, (_, index) => index);
    this.#followers.set(plan, known);
    return known;
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
    if ((named & SINGLE) !== 0) return plan.takesEmpty && isPlain;
    return this.#readText(plan, row, records, record) && isPlain;
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
    if (isWhole && plan.costly !== -1 && this.#isAsBefore(plan.costly, start, end)) return true;
    const isAccepted = (isWhole ? text.acceptsOctets(this.#bytes, start, end) : undefined) ?? text.accepts(gaps.textOf(row));
    if (!isAccepted) return false;
    if (check !== undefined && !gaps.holds(check, row, this.#today)) this.#doubts.push({ row, check });
    else if (isWhole && plan.costly !== -1) {
      this.#before[2 * plan.costly] = start;
      this.#before[2 * plan.costly + 1] = end;
    }
    return true;
  }

  /** Is it what was last found in order in this element of another record? */
  #isAsBefore(costly: number, start: number, end: number): boolean {
    const before = this.#before[2 * costly] as number;
    return (this.#before[2 * costly + 1] as number) - before === end - start && sameOctets(this.#bytes, before, start, end - start);
  }

  /** Is this the element's name, in no namespace? */
  #isNamed(plan: ElementPlan, row: number): boolean {
    const base = row * ROW;
    if ((this.#rows[base + NAMED] as number) >> 4 !== plan.nameInRow) return false;
    return plan.name.isAt(this.#bytes, this.#view, (this.#rows[base + START] as number) + 1);
  }

  #find({ children }: ElementPlan, row: number): ElementPlan | undefined {
    return children.find((child) => this.#isNamed(child, row));
  }

  #isStrange(row: number): boolean {
    return strangeAttributes(this.#content.root.views.at(row)).length > 0;
  }
}
