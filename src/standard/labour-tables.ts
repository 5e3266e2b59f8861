// What the rules of the labour list and of senders reckon with: kinds of change, pay limits by day, usual rates, limits of a dossier.
// Read and checked once at start; immutable afterwards. What is certain of each table is said in the table.
import { countOf, entriesOf, keyed, listOf, memberOf, textOf } from './json.ts';
import type { JsonValue } from './json.ts';

const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;

export interface LabourChange {
  readonly code: string;
  /** 1 increase, 2 decrease, 3 adjustment; undefined where the name does not tell. */
  readonly section: number | undefined;
  /** The name itself says so. */
  readonly named: boolean;
  readonly pay: boolean;
  readonly closed: boolean;
}

export interface ZoneWages {
  /** First month, counted as `written.ts` counts months. */
  readonly from: number;
  readonly basis: string;
  readonly amounts: ReadonlyMap<string, number>;
}

export interface BaseSalary {
  readonly from: number;
  readonly basis: string;
  readonly amount: number;
}

export interface LabourTables {
  readonly changes: ReadonlyMap<string, LabourChange>;
  /** The newest first, as are the base salaries. */
  readonly zoneWages: readonly ZoneWages[];
  readonly baseSalaries: readonly BaseSalary[];
  /** How often the base salary the pay reckoned on may be. */
  readonly ceilingTimes: number;
  /** Whole rates of the funds together, in tenths of a percent. */
  readonly usualRates: ReadonlySet<number>;
  readonly ivanLimits: { readonly maxFiles: number; readonly maxBytes: number };
}

/** @throws Error naming file and place when a table has the wrong shape. */
export function readLabourTables(table: (name: string) => JsonValue): LabourTables {
  const changes = memberOf(table('labour-changes'), 'changes');
  const wages = table('minimum-wages');
  const limits = memberOf(table('sender-limits'), 'ivan');
  return {
    changes: keyed(listOf(changes, readChange), ({ code }) => code, changes.at),
    zoneWages: newestFirst(listOf(memberOf(wages, 'regional'), (row) => ({ ...readStart(row), amounts: new Map(entriesOf(memberOf(row, 'zones')).map(([zone, amount]) => [zone, countOf(amount)])) }))),
    baseSalaries: newestFirst(listOf(memberOf(wages, 'base'), (row) => ({ ...readStart(row), amount: countOf(memberOf(row, 'amount')) }))),
    ceilingTimes: countOf(memberOf(wages, 'ceilingTimes')),
    usualRates: sumsOf(entriesOf(memberOf(table('contribution-rates'), 'funds')).map(([, rates]) => listOf(rates, numberOf))),
    ivanLimits: { maxFiles: countOf(memberOf(limits, 'maxFiles')), maxBytes: countOf(memberOf(limits, 'maxBytes')) },
  };
}

/** The row in force in a month; the rows come newest first. */
export function inForce<T extends { readonly from: number }>(rows: readonly T[], month: number): T | undefined {
  for (const row of rows) if (row.from <= month) return row; // asked for every row of a list: no function is made for it
  return undefined;
}

function readChange(row: JsonValue): LabourChange {
  const section = memberOf(row, 'section');
  return {
    code: textOf(memberOf(row, 'code'), /^[A-Z]{2}$/),
    section: section.value === null ? undefined : countOf(section),
    named: flagOf(memberOf(row, 'named')),
    pay: flagOf(memberOf(row, 'pay')),
    closed: flagOf(memberOf(row, 'closed')),
  };
}

/** Decrees begin on the first of a month, so that a month has one amount. */
function readStart(row: JsonValue): { readonly from: number; readonly basis: string } {
  const from = memberOf(row, 'from');
  const [year = 0, month = 0, day = 0] = textOf(from, ISO_DAY).split('-').map(Number);
  if (day !== 1) throw new Error(`${from.at}: not the first day of a month`);
  return { from: year * 12 + month - 1, basis: textOf(memberOf(row, 'basis')) };
}

function newestFirst<T extends { readonly from: number }>(rows: readonly T[]): readonly T[] {
  return rows.toSorted((a, b) => b.from - a.from);
}

function sumsOf(funds: readonly (readonly number[])[]): ReadonlySet<number> {
  const sums = funds.reduce<readonly number[]>((known, rates) => [...new Set(known.flatMap((sum) => rates.map((rate) => sum + rate)))], [0]);
  return new Set(sums);
}

function flagOf({ value, at }: JsonValue): boolean {
  if (typeof value !== 'boolean') throw new Error(`${at}: not true or false`);
  return value;
}

function numberOf({ value, at }: JsonValue): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) throw new Error(`${at}: not a whole number`);
  return value;
}
