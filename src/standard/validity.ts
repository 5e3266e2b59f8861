// From when to when a row of the standard is in force: days at +07:00, `from` inclusive, `until` exclusive, absent where it is open. Several rows
// may stand for one thing at different times; that they do not overlap is checked when they are read, so that one date has one answer.
import { memberOf, textOf } from './json.ts';
import type { JsonValue } from './json.ts';
import { formatIsoDay } from './time.ts';

const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;

export interface Validity {
  /** `yyyy-MM-dd`; absent when it was always so, as far as the table goes. */
  readonly from: string | undefined;
  readonly until: string | undefined;
}

/** The members `from` and `until` of a row, each a day or null. @throws Error when one is missing or they are out of order. */
export function readValidity(row: JsonValue): Validity {
  const [from, until] = ['from', 'until'].map((name) => dayOrNull(memberOf(row, name)));
  if (from !== undefined && until !== undefined && from >= until) throw new Error(`${row.at}: from is not before until`);
  return { from, until };
}

export function isInForce({ from, until }: Validity, at: Date): boolean {
  const day = formatIsoDay(at);
  return (from === undefined || from <= day) && (until === undefined || day < until);
}

/** The row in force, of rows that do not overlap. */
export function inForceAt<Row extends Validity>(rows: readonly Row[], at: Date): Row | undefined {
  return rows.find((row) => isInForce(row, at));
}

/** By their first day, those without one first. @throws Error naming `at` when two rows are in force on one day. */
export function inOrder<Row extends Validity>(rows: readonly Row[], at: string): readonly Row[] {
  const sorted = rows.toSorted((a, b) => ((a.from ?? '') < (b.from ?? '') ? -1 : 1));
  const overlap = sorted.find((row, index) => index > 0 && !isBefore(sorted[index - 1], row));
  if (overlap !== undefined) throw new Error(`${at}: two rows are in force on ${overlap.from ?? 'the first day'}`);
  return sorted;
}

/** Rows by their key, those of one key in order of time. @throws Error when two rows of one key are in force on one day. */
export function datedRows<Row extends Validity>(rows: readonly Row[], keyOf: (row: Row) => string, at: string): ReadonlyMap<string, readonly Row[]> {
  const keys = new Set(rows.map(keyOf));
  return new Map([...keys].map((key) => [key, inOrder(rows.filter((row) => keyOf(row) === key), `${at}: ${key}`)]));
}

function isBefore(earlier: Validity | undefined, later: Validity): boolean {
  return earlier?.until !== undefined && later.from !== undefined && earlier.until <= later.from;
}

export function dayOrNull(value: JsonValue): string | undefined {
  return value.value === null ? undefined : textOf(value, ISO_DAY);
}
