// Which XSDs there are: one folder for each form and version. The folder's name is the form's code; which root its documents have is the XSD's
// to say, and when it is in force the table of forms.
import { formVersionAt, readForms } from './forms.ts';
import type { Form, Forms } from './forms.ts';
import { entriesOf, listOf, memberOf, parseJson, textOf } from './json.ts';
import type { JsonValue } from './json.ts';
import type { StandardFiles } from './standard-files.ts';

const SCHEMA_PATH = /^schemas\/([^/]+)\/(\d+)\/([^/]+)\.xsd$/;
export const FORMS_TABLE = 'src/standard/tables/forms.json';
export const CODES_TABLE = 'src/standard/tables/codes.json';

export interface SchemaFile {
  readonly form: string;
  readonly version: number;
  /** Inside the package. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** As the table of forms knows it; undefined when it does not. */
  readonly row: Form | undefined;
}

/** By form; of each the newest version first. */
export function schemaFiles(files: StandardFiles): ReadonlyMap<string, readonly SchemaFile[]> {
  const table = tableOf(files, FORMS_TABLE);
  const forms: Forms = table === undefined ? new Map() : readForms(table);
  const found = new Map<string, SchemaFile[]>();
  for (const [path, bytes] of files) {
    const [, form, folder, name] = SCHEMA_PATH.exec(path) ?? [];
    if (form === undefined || folder === undefined || name !== form) continue;
    const file = { form, version: Number(folder), path, bytes, row: forms.get(form) };
    found.set(form, [...(found.get(form) ?? []), file].sort((a, b) => b.version - a.version));
  }
  return found;
}

/** A form that the table does not know is always in force. */
export function isInForce({ row, version }: SchemaFile, root: string, at: Date): boolean {
  return row === undefined || formVersionAt(row, at, root)?.version === version;
}

/** The codes of each list of `codes.json`; none without that table. */
export function readCodeLists(files: StandardFiles): ReadonlyMap<string, ReadonlySet<string>> {
  const table = tableOf(files, CODES_TABLE);
  if (table === undefined) return new Map();
  const lists = entriesOf(memberOf(table, 'lists'));
  return new Map(lists.map(([name, list]) => [name, new Set(listOf(list, (row) => textOf(memberOf(row, 'code'))))]));
}

function tableOf(files: StandardFiles, path: string): JsonValue | undefined {
  const bytes = files.get(path);
  return bytes === undefined ? undefined : parseJson(bytes, path);
}
