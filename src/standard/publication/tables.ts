// The rows of the published tables: what stands in the file, member by member, so that a new member needs no code, and over it what the
// gateway read from the row, which is what it judges by. Pure.
import { parseJson } from '../json.ts';
import type { Standard } from '../tables.ts';
import { TABLES_FOLDER } from '../digest.ts';
import type { StandardFiles } from '../standard-files.ts';
import { isList, isMembers, membersOf } from './value.ts';
import type { Members, Value } from './value.ts';

/** The table's members; empty when there is no such table. */
export function tableOf(files: StandardFiles, name: string): Members {
  const path = `${TABLES_FOLDER}/${name}.json`;
  const bytes = files.get(path);
  return bytes === undefined ? {} : membersOf(parseJson(bytes, path).value);
}

/** The rows of a list in a table; a plain text stands for a row of its `code`. */
export function rowsOf(value: Value | undefined): readonly Members[] {
  if (!isList(value)) return [];
  return value.map((row) => (isMembers(row) ? row : { code: row }));
}

export function procedureRows(files: StandardFiles, standard: Standard): readonly Members[] {
  return rowsOf(tableOf(files, 'procedures')['procedures']).map((row) => ({ ...row, ...membersOf(standard.procedures.get(codeOf(row))) }));
}

/** Every agency on record with the province of today that its digits belong to, then the codes that are for tests only. */
export function agencyRows(files: StandardFiles): readonly Members[] {
  const { known, test } = tableOf(files, 'agencies');
  const province = provinceOf(files);
  const placed = (row: Members): Members => ({ ...row, ...province(row) });
  return [...rowsOf(known).map(placed), ...rowsOf(test).map((row) => ({ ...placed(row), test: true }))];
}

/** A code's digits are those of a province before 2025-07-01 (agencies.ts); it is today's that took it up. Nothing where a row says it itself. */
function provinceOf(files: StandardFiles): (row: Members) => Members {
  const current = rowsOf(tableOf(files, 'provinces')['current']);
  const heirs = new Map(current.flatMap((row) => listed(row['mergedFrom']).map((former) => [former, codeOf(row)] as const)));
  return (row) => {
    const former = /^0(\d{2})(?:\d{2})?$/.exec(codeOf(row))?.[1];
    const heir = former === undefined ? undefined : heirs.get(former);
    return heir === undefined || 'province' in row ? {} : { province: heir };
  };
}

export function calendarRows(files: StandardFiles): readonly Members[] {
  const { years } = tableOf(files, 'calendar');
  return isMembers(years) ? Object.entries(years).map(([year, row]) => ({ year: Number(year), ...(isMembers(row) ? row : {}) })) : rowsOf(years);
}

export function codeListRows(files: StandardFiles): readonly Members[] {
  const { lists } = tableOf(files, 'codes');
  return isMembers(lists) ? Object.entries(lists).map(([name, codes]) => (isMembers(codes) ? { name, ...codes } : { name, codes: rowsOf(codes) })) : rowsOf(lists);
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
