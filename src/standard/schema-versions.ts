// Which XSD judges a form: one folder for each form and version, and in force as the table of forms says (`from` the first day, `until` the
// first day after). The folder's name is the form's code; which root its documents have is the XSD's to say.
import { entriesOf, listOf, memberOf, optionalMemberOf, parseJson, textOf } from './json.ts';
import type { JsonValue } from './json.ts';
import type { StandardFiles } from './standard-files.ts';
import { formatIsoDay } from './time.ts';

const SCHEMA_PATH = /^schemas\/([^/]+)\/(\d+)\/([^/]+)\.xsd$/;
const FORMS_TABLE = 'src/standard/tables/forms.json';

export interface SchemaFile {
  readonly form: string;
  readonly version: number;
  /** Inside the package. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly period: Period;
}

/** Days as `yyyy-MM-dd` at +07:00. */
interface Period {
  readonly from: string;
  readonly until: string | undefined;
}

const always: Period = { from: '', until: undefined };

/** By form; of each the newest version first. */
export function schemaFiles(files: StandardFiles): ReadonlyMap<string, readonly SchemaFile[]> {
  const periods = readPeriods(files);
  const found = new Map<string, SchemaFile[]>();
  for (const [path, bytes] of files) {
    const [, form, folder, name] = SCHEMA_PATH.exec(path) ?? [];
    if (form === undefined || folder === undefined || name !== form) continue;
    const version = Number(folder);
    const file = { form, version, path, bytes, period: periods.get(`${form}/${version}`) ?? always };
    found.set(form, [...(found.get(form) ?? []), file].sort((a, b) => b.version - a.version));
  }
  return found;
}

export function isInForce({ period: { from, until } }: Pick<SchemaFile, 'period'>, at: Date): boolean {
  const day = formatIsoDay(at);
  return from <= day && (until === undefined || day < until);
}

function readPeriods(files: StandardFiles): ReadonlyMap<string, Period> {
  const table = files.get(FORMS_TABLE);
  if (table === undefined) return new Map();
  const root = parseJson(table, FORMS_TABLE);
  const rows = Array.isArray(root.value) ? root : memberOf(root, 'forms');
  return new Map(listOf(rows, readForm).flat());
}

function readForm(row: JsonValue): [string, Period][] {
  const code = textOf(memberOf(row, 'code'));
  return listOf(memberOf(row, 'versions'), (version) => {
    const until = optionalMemberOf(version, 'until');
    return [`${code}/${String(memberOf(version, 'version').value)}`, { from: textOf(memberOf(version, 'from')), until: until === undefined || until.value === null ? undefined : textOf(until) }];
  });
}

/** The codes of each list of `codes.json`; undefined without that table. */
export function readCodeLists(files: StandardFiles): ReadonlyMap<string, ReadonlySet<string>> | undefined {
  const table = files.get(CODES_TABLE);
  if (table === undefined) return undefined;
  const lists = entriesOf(memberOf(parseJson(table, CODES_TABLE), 'lists'));
  return new Map(lists.map(([name, list]) => [name, new Set(listOf(list, (row) => textOf(memberOf(row, 'code'))))]));
}

const CODES_TABLE = 'src/standard/tables/codes.json';
