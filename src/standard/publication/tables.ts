// The rows of the published tables: what stands in the file, member by member, so that a new member needs no code, and beside it what the
// gateway makes of the row (a time limit where none is on record). Pure.
import { agencyAt } from '../agencies.ts';
import { TABLES_FOLDER } from '../digest.ts';
import { parseJson } from '../json.ts';
import type { StandardFiles } from '../standard-files.ts';
import type { Standard } from '../tables.ts';
import { isList, isMembers, membersOf } from './value.ts';
import type { Members, Value } from './value.ts';

const LATEST = new Date('9999-12-31T00:00:00+07:00');

/** The table's members; empty when there is no such table. */
export function tableOf(files: StandardFiles, name: string): Members {
  const path = `${TABLES_FOLDER}/${name}.json`;
  const bytes = files.get(path);
  return bytes === undefined ? {} : membersOf(parseJson(bytes, path).value);
}

/** What the table says besides the rows that are published otherwise; a record keyed by codes is a list of rows. */
export function besides(table: Members, ...published: readonly string[]): Members {
  return Object.fromEntries(Object.entries(without(table, ...published)).map(([name, value]) => [name, isMembers(value) ? keyedRows(value, 'code') : value]));
}

/** The rows of a list in a table; a plain text stands for a row of its `code`. */
export function rowsOf(value: Value | undefined): readonly Members[] {
  if (!isList(value)) return [];
  return value.map((row) => (isMembers(row) ? row : { code: row }));
}

/** Each code once, with its rows in order of time as `versions`. */
export function procedureRows(files: StandardFiles, { datedProcedures }: Standard): readonly Members[] {
  const rows = rowsOf(tableOf(files, 'procedures')['procedures']);
  return [...datedProcedures].map(([code, dated]) => ({
    code,
    // Vietnamese names are in the row under their own word.
    versions: dated.map((read) => {
      const row = rows.find((candidate) => codeOf(candidate) === code && candidate['from'] === read.from) ?? {};
      return { ...without(row, 'code'), ...without(membersOf(read), 'code', 'name', 'firstRegistration') };
    }),
  }));
}

/** Every agency on record with the province that it is in once all that is on record has come, then the codes that are for tests only. */
export function agencyRows(files: StandardFiles, { agencies, datedProvinces }: Standard): readonly Members[] {
  const { known, test } = tableOf(files, 'agencies');
  const placed = (row: Members): Members => {
    const province = agencyAt(agencies, datedProvinces, codeOf(row), LATEST)?.province?.code;
    return province === undefined || 'province' in row ? row : { ...row, province };
  };
  return [...rowsOf(known).map(placed), ...rowsOf(test).map((row) => ({ ...row, test: true }))];
}

export function calendarRows(files: StandardFiles): readonly Members[] {
  const { years } = tableOf(files, 'calendar');
  if (!isMembers(years)) return rowsOf(years);
  return keyedRows(years, 'year').map(({ year, holidays, ...row }) => ({ year: Number(year), ...row, holidays: isMembers(holidays) ? keyedRows(holidays, 'day', 'reason') : rowsOf(holidays) }));
}

export function codeListRows(files: StandardFiles): readonly Members[] {
  const { lists, about } = tableOf(files, 'codes');
  if (!isMembers(lists)) return [];
  return Object.entries(lists).map(([name, codes]) => ({ name, ...(isMembers(about) ? membersOf(about[name]) : {}), codes: rowsOf(codes) }));
}

export function codeOf(row: Members): string {
  return textIn(row, 'code');
}

/** The text or number of a member; '' for none, and for anything else. */
export function textIn(row: Members, name: string): string {
  const value = row[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

export function listed(value: Value | undefined): readonly string[] {
  return isList(value) ? value.filter((item) => typeof item === 'string') : [];
}

function without(members: Members, ...names: readonly string[]): Members {
  return Object.fromEntries(Object.entries(members).filter(([name]) => !names.includes(name)));
}

/** A record's members as rows that say their key. */
function keyedRows(record: Members, key: string, valueName = 'value'): readonly Members[] {
  return Object.entries(record).map(([name, value]) => (isMembers(value) ? { [key]: name, ...value } : { [key]: name, [valueName]: value }));
}
