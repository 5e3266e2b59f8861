// The connection standard, read and checked once at start from its files: procedures, agencies, I-VANs, provinces, code lists, calendar, and
// the digest of the rule set they form with the schemas. A damaged or missing file stops the start with its name. Pure; immutable afterwards.
import type { JudgingPolicy } from '../signature/policy.ts';
import type { Agencies } from './agencies.ts';
import type { CalendarYear, WorkCalendar } from './calendar.ts';
import { ruleSetDigest, TABLES_FOLDER } from './digest.ts';
import { entriesOf, keyed, listOf, memberOf, optionalMemberOf, parseJson, textOf } from './json.ts';
import type { JsonValue } from './json.ts';
import { readProcedures } from './procedures.ts';
import type { Procedure } from './procedures.ts';
import type { StandardFiles } from './standard-files.ts';

const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;

export interface Province {
  readonly code: string;
  readonly name: string;
}

export interface Standard {
  readonly procedures: ReadonlyMap<string, Procedure>;
  readonly agencies: Agencies;
  /** I-VAN names by code; names are for display, senders write them freely. */
  readonly ivans: ReadonlyMap<string, string>;
  /** The 34 provinces since 2025-07-01, by code. */
  readonly provinces: ReadonlyMap<string, Province>;
  /** List name → code → name; the name is '' where none is on record. */
  readonly codeLists: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly calendar: WorkCalendar;
  readonly signaturePolicy: JudgingPolicy;
  /** Hex SHA-256 over all tables, all schema files and the name of the signature policy, see `digest.ts`. */
  readonly digest: string;
}

/**
 * @throws Error naming file and place when a table is missing, is not JSON or has the wrong shape.
 */
export function readStandard(files: StandardFiles, signaturePolicy: JudgingPolicy): Standard {
  const table = (name: string): JsonValue => parseTable(files, `${TABLES_FOLDER}/${name}.json`);
  const provinces = table('provinces');
  const former = readProvinces(memberOf(provinces, 'former'));
  return {
    procedures: readProcedures(table('procedures')),
    agencies: readAgencies(table('agencies'), new Set(former.keys())),
    ivans: readNames(memberOf(table('ivans'), 'ivans')),
    provinces: readProvinces(memberOf(provinces, 'current')),
    codeLists: new Map(entriesOf(memberOf(table('codes'), 'lists')).map(([name, list]) => [name, readNames(list)])),
    calendar: readCalendar(memberOf(table('calendar'), 'years')),
    signaturePolicy,
    digest: digestOf(files, signaturePolicy),
  };
}

function digestOf(files: StandardFiles, { name }: JudgingPolicy): string {
  const policyFile = { path: 'signature-policy', bytes: Buffer.from(`${name}\n`) };
  return ruleSetDigest([...[...files].map(([path, bytes]) => ({ path, bytes })), policyFile]);
}

function parseTable(files: StandardFiles, path: string): JsonValue {
  const bytes = files.get(path);
  if (bytes === undefined) throw new Error(`${path} is missing`);
  return parseJson(bytes, path);
}

function readAgencies(table: JsonValue, provinces: ReadonlySet<string>): Agencies {
  const test = new Set(listOf(memberOf(table, 'test'), (code) => textOf(code, /^\d{3,5}$/)));
  return { known: readNames(memberOf(table, 'known')), test, provinces };
}

function readProvinces(rows: JsonValue): ReadonlyMap<string, Province> {
  const provinces = listOf(rows, (row) => ({ code: textOf(memberOf(row, 'code'), /^\d{2}$/), name: textOf(memberOf(row, 'name')) }));
  return keyed(provinces, (row) => row.code, rows.at);
}

function readNames(rows: JsonValue): ReadonlyMap<string, string> {
  const named = listOf(rows, (row) => {
    const name = optionalMemberOf(row, 'name');
    return { code: textOf(memberOf(row, 'code')), name: name === undefined ? '' : textOf(name) };
  });
  const map = keyed(named, (row) => row.code, rows.at);
  return new Map([...map].map(([code, row]) => [code, row.name]));
}

function readCalendar(years: JsonValue): WorkCalendar {
  return new Map(entriesOf(years).map(([year, row]) => [Number(year), readYear(row)]));
}

function readYear(row: JsonValue): CalendarYear {
  const days = (name: string): ReadonlySet<string> => new Set(listOf(memberOf(row, name), (day) => textOf(day, ISO_DAY)));
  const status = textOf(memberOf(row, 'status'), /^(announced|derived)$/);
  return {
    status: status === 'announced' ? 'announced' : 'derived',
    holidays: days('holidays'),
    workedSaturdays: days('workedSaturdays'),
  };
}
