// The connection standard's tables, read and checked once at start: procedures, agencies, I-VANs, provinces, code lists, calendar, and the
// digest of the rule set they form with the schemas. A damaged or missing file stops the start with its name. Immutable afterwards.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../paths.ts';
import { fieldPolicy, strictPolicy } from '../signature/policy.ts';
import type { JudgingPolicy } from '../signature/policy.ts';
import type { Agencies } from './agencies.ts';
import type { CalendarYear, WorkCalendar } from './calendar.ts';
import { ruleSetDigest } from './digest.ts';
import type { RuleFile } from './digest.ts';
import { entriesOf, keyed, listOf, memberOf, optionalMemberOf, parseJson, textOf } from './json.ts';
import type { JsonValue } from './json.ts';
import { readProcedures } from './procedures.ts';
import type { Procedure } from './procedures.ts';

const TABLES = 'src/standard/tables';
const SCHEMAS = 'schemas';
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
 * Reads the tables below `root`, the package's folder unless a test says otherwise.
 * @throws Error naming file and place when a table is missing, is not JSON or has the wrong shape.
 */
export function loadStandard(root: string = packageRoot, signaturePolicy: JudgingPolicy = fieldPolicy): Standard {
  const policyFile = { path: 'signature-policy', bytes: Buffer.from(`${signaturePolicy.name}\n`) };
  const files = [...filesBelow(root, TABLES, '.json'), ...filesBelow(root, SCHEMAS, '.xsd'), policyFile];
  const table = (name: string): JsonValue => parseTable(files, `${TABLES}/${name}.json`);
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
    digest: ruleSetDigest(files),
  };
}

/** The rule sets that dossiers may have been judged by: one for each policy. */
export function loadStandards(): readonly Standard[] {
  return [fieldPolicy, strictPolicy].map((policy) => loadStandard(packageRoot, policy));
}

function filesBelow(root: string, folder: string, extension: string): RuleFile[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(extension))
    .map((name) => ({ path: `${folder}/${name.replaceAll('\\', '/')}`, bytes: readFileSync(join(root, folder, name)) }));
}

function parseTable(files: readonly RuleFile[], path: string): JsonValue {
  const file = files.find((entry) => entry.path === path);
  if (file === undefined) throw new Error(`${path} is missing`);
  return parseJson(file.bytes, path);
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
