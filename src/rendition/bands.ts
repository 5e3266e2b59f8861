// A table that is wider than paper → bands that each fit, one under the other, with the row's number and the first telling column repeated so
// that a row can be followed from band to band. Every cell stands in exactly one band.
import type { Label, Table } from './page.ts';

/** Of a line of the paper, in characters of a small font. */
const PAPER_WIDTH = 118;
const NARROWEST = 5;
const WIDEST = 30;
const NUMBER_WIDTH = 6;
/** Rows that are looked at to see how wide a column is. */
const SAMPLE = 200;

export interface Band {
  /** Column numbers in the table. */
  readonly columns: readonly number[];
  /** The column that is repeated to tell whose row it is; absent in the band where it stands itself. */
  readonly key: number | undefined;
  /** Of the row's number, the key if there is one, and each column: parts of 1. */
  readonly widths: readonly number[];
}

export function bandsOf(table: Table): Band[] {
  const widths = table.columns.map((label, column) => widthOf(table, label, column));
  const key = keyOf(table);
  const groups: number[][] = [];
  let used = Infinity;
  widths.forEach((width, column) => {
    if (used + width > PAPER_WIDTH) {
      groups.push([]);
      used = NUMBER_WIDTH + (groups.length > 1 && key !== undefined ? widths[key] ?? 0 : 0);
    }
    groups.at(-1)?.push(column);
    used += width;
  });
  return groups.map((columns) => {
    const repeated = key === undefined || columns.includes(key) ? undefined : key;
    const all = [NUMBER_WIDTH, ...(repeated === undefined ? [] : [widths[repeated] ?? NARROWEST]), ...columns.map((column) => widths[column] ?? NARROWEST)];
    const total = all.reduce((sum, width) => sum + width, 0);
    return { columns, key: repeated, widths: all.map((width) => width / total) };
  });
}

function widthOf({ rows }: Table, { vi, en }: Label, column: number): number {
  const longestWord = Math.max(...`${vi} ${en}`.split(' ').map((word) => word.length));
  const longestText = Math.max(0, ...rows.slice(0, SAMPLE).map((row) => row[column]?.length ?? 0));
  return Math.min(WIDEST, Math.max(NARROWEST, longestWord, longestText) + 1);
}

/** The first column of words: a name, most likely. */
function keyOf({ rows, columns }: Table): number | undefined {
  const [first] = rows;
  const found = columns.findIndex((_, column) => /\p{L}\p{M}* \p{L}/u.test(first?.[column] ?? ''));
  return found === -1 ? undefined : found;
}
