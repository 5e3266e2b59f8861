// The forms of the standard as published: the rows of the table, the procedures that take each, and what the schema of each version says of
// its elements. A form that has no row yet is known by its schema or by the procedures that take it. Pure.
import { createHash } from 'node:crypto';

import { SCHEMAS_FOLDER } from '../digest.ts';
import type { StandardFiles } from '../standard-files.ts';
import { readSchemaReference } from './schema-reference.ts';
import type { SchemaReference } from './schema-reference.ts';
import { codeOf, listed, rowsOf, tableOf } from './tables.ts';
import { isList, membersOf } from './value.ts';
import type { Members } from './value.ts';

export interface PublishedSchema {
  readonly form: string;
  readonly version: number;
  readonly xsd: Uint8Array;
  readonly sample: Uint8Array | undefined;
  /** Read when it is first asked for: nobody may, and there are many. */
  readonly reference: () => SchemaReference;
}

/** Every schema, by form and then by version. */
export function schemasOf(files: StandardFiles): readonly PublishedSchema[] {
  return [...files].flatMap(([path, xsd]) => {
    const [folder, form = '', version = ''] = path.split('/');
    if (folder !== SCHEMAS_FOLDER || path !== `${SCHEMAS_FOLDER}/${form}/${version}/${form}.xsd`) return [];
    return [{ form, version: Number(version), xsd, sample: files.get(`${SCHEMAS_FOLDER}/${form}/${version}/sample.xml`), reference: once(() => readSchemaReference(xsd)) }];
  }).sort((a, b) => (a.form === b.form ? a.version - b.version : a.form < b.form ? -1 : 1));
}

/** Without the elements of its versions. The procedures that take a form are those that do so at any time. */
export function formRows(files: StandardFiles, schemas: readonly PublishedSchema[], procedures: readonly Members[]): readonly Members[] {
  const rows = rowsOf(tableOf(files, 'forms')['forms']);
  const known = new Set(rows.map(codeOf));
  const others = [...new Set(schemas.map(({ form }) => form))].filter((form) => !known.has(form)).map((code) => ({ code }));
  const takenBy = (wants: (version: Members) => boolean): readonly string[] => procedures.filter((row) => rowsOf(row['versions']).some(wants)).map(codeOf);
  return [...rows, ...others].map((row) => {
    const code = codeOf(row);
    return {
      ...row,
      requiredBy: takenBy((version) => listed(version['requiredForms']).includes(code)),
      oneOfIn: takenBy(({ requiredOneOf }) => isList(requiredOneOf) && requiredOneOf.some((choice) => listed(choice).includes(code))),
      optionalIn: takenBy((version) => listed(version['optionalForms']).includes(code)),
      versions: versionsOf(row, schemas.filter(({ form }) => form === code)),
    };
  });
}

/** The same with everything that the schemas say. */
export function withElements(row: Members, schemas: readonly PublishedSchema[]): Members {
  const versions = rowsOf(row['versions']).map((version) => {
    const reference = schemas.find(({ form, version: number }) => form === codeOf(row) && number === version['version'])?.reference();
    return reference === undefined ? version : { ...version, ...described(reference) };
  });
  return { ...row, versions };
}

export function schemaRows(schemas: readonly PublishedSchema[], forms: readonly Members[]): readonly Members[] {
  return schemas.map(({ form, version }) => {
    const row = forms.find((candidate) => codeOf(candidate) === form) ?? {};
    return { form, ...rowsOf(row['versions']).find((candidate) => candidate['version'] === version) };
  });
}

function versionsOf(row: Members, schemas: readonly PublishedSchema[]): readonly Members[] {
  const written = rowsOf(row['versions']);
  const missing = schemas.filter(({ version }) => !written.some((candidate) => candidate['version'] === version)).map(({ version }) => ({ version }));
  return [...written, ...missing].map((version) => {
    const schema = schemas.find((candidate) => candidate.version === version['version']);
    return schema === undefined ? version : { ...version, ...addressesOf(schema) };
  });
}

function addressesOf({ form, version, xsd, sample }: PublishedSchema): Members {
  const schema = `/v1/schemas/${form}/${version}`;
  return { schema, schemaSha256: createHash('sha256').update(xsd).digest('hex'), ...(sample === undefined ? {} : { sample: `${schema}/sample` }) };
}

/** Empty texts and lists say nothing and are left out. */
function described({ documentation, elements, types }: SchemaReference): Members {
  return { documentationVi: documentation.vi, documentationEn: documentation.en, elements: elements.map(spoken), types: types.map(spoken) };
}

function spoken(row: object): Members {
  return Object.fromEntries(Object.entries(membersOf(row)).filter(([, value]) => value !== '' && (typeof value !== 'object' || Object.keys(value).length > 0)));
}

function once<Result>(make: () => Result): () => Result {
  let made: { readonly result: Result } | undefined;
  return () => (made ??= { result: make() }).result;
}
