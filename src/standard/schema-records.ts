// The records of one list as a walk finds them, as numbers: the row of each, and of each of its elements.

/** What stands in a cell for an element whose text is empty, so that nobody need look at it to know. */
export function emptyCell(row: number): number {
  return -row - 2;
}

/** The row that a cell names; 0 when it names none. */
export function rowIn(cell: number): number {
  if (cell === UNREADABLE) return 0;
  return cell < 0 ? -cell - 2 : cell;
}

/** Of an element that is there more than once where one belongs, so that nobody can say which is meant, or that holds elements for text. */
export const UNREADABLE = -1;

/** Room made for records that were not seen yet: how a list begins says only so much of how it goes on. */
const MOST_EXPECTED = 16 * 1024;

export class Records {
  count = 0;
  /** Of the list, in the parent that is being read. */
  inParent = 0;
  /** Element row of each record, ascending. */
  rows = new Int32Array(1);
  /** `width` numbers for each record: the row of the element in a slot, or `emptyCell` of it; 0 when there is none. */
  cells: Int32Array;
  readonly width: number;

  constructor(width: number) {
    this.width = width;
    this.cells = new Int32Array(width);
  }

  /** The number of the new record, whose slots are empty. `expected` is how many more there may be. */
  add(row: number, expected = 0): number {
    const number = this.count;
    if (number === this.rows.length) {
      const records = Math.max(64, 2 * number, number + Math.min(expected, MOST_EXPECTED));
      this.rows = grown(this.rows, records);
      this.cells = grown(this.cells, records * this.width);
    }
    this.rows[number] = row;
    this.count += 1;
    return number;
  }

  cell(record: number, slot: number): number {
    return this.cells[record * this.width + slot] ?? 0;
  }

  /** Makes the slots from `from` to `to` of a record unreadable. */
  spoil(record: number, from: number, to: number): void {
    this.cells.fill(UNREADABLE, record * this.width + from, record * this.width + to);
  }

  /** Without the records that `isLeftOut` names by their row. */
  without(isLeftOut: (row: number) => boolean): Records {
    const kept = new Records(this.width);
    for (let record = 0; record < this.count; record += 1) {
      const row = this.rows[record] as number;
      if (isLeftOut(row)) continue;
      const number = kept.add(row); // which may move the cells
      kept.cells.set(this.cells.subarray(record * this.width, (record + 1) * this.width), number * this.width);
    }
    return kept;
  }

  /** The number of the record with this row; -1 when there is none. */
  find(row: number): number {
    let low = 0;
    for (let high = this.count; low < high;) {
      const middle = (low + high) >>> 1;
      if ((this.rows[middle] as number) < row) low = middle + 1;
      else high = middle;
    }
    return low < this.count && this.rows[low] === row ? low : -1;
  }
}

function grown(full: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(full);
  return larger;
}
