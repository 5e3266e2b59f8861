// The forms of the standard with their versions by date, and which form a file is (wire-format §1.3): MaToKhai names it, under its code or
// another name seen in the field, with or without the suffix of a regulation; file names are free. The schema of a version is
// `schemas/<code>/<version>/<code>.xsd`.
import { trimWhitespace } from '../xml/text.ts';
import { countOf, keyed, listOf, memberOf, optionalMemberOf, textOf } from './json.ts';
import type { JsonValue } from './json.ts';
import { isInForce, readValidity } from './validity.ts';

/** Supporting papers (chứng từ đính kèm): any file that is not a structured, signed form. */
export const attachmentForm = 'CT-DK';

const regulationSuffix = /[-_](?:595|959|166)$/;

const formKinds = ['envelope', 'declaration', 'registration', 'message', 'internal', 'attachment'] as const;
/** `internal`: between rooms of the agency, no employer files it. */
export type FormKind = (typeof formKinds)[number];

export interface Form {
  readonly code: string;
  readonly kind: FormKind;
  readonly nameVi: string;
  readonly nameEn: string;
  readonly basis: string;
  /** Other names that clients write for it. */
  readonly aliases: readonly string[];
  /** In order of their number; none for attachments. */
  readonly versions: readonly FormVersion[];
}

export interface FormVersion {
  readonly version: number;
  /** Name of the document's root element. */
  readonly root: string;
  /** `yyyy-MM-dd`, the first day. */
  readonly from: string;
  /** The first day on which it is no longer in force. */
  readonly until: string | undefined;
  readonly basis: string;
}

export type Forms = ReadonlyMap<string, Form>;

/** Kinds that stand as files inside a dossier. */
const insideKinds: readonly FormKind[] = ['declaration', 'internal', 'attachment'];

/** The newest version in force, of those with this root where one is given. */
export function formVersionAt({ versions }: Pick<Form, 'versions'>, at: Date, root?: string): FormVersion | undefined {
  return versions.findLast((version) => isInForce(version, at) && (root === undefined || version.root === root));
}

/** The form of a dossier's file that MaToKhai names, by its code or by another name. */
export function formNamed(forms: Forms, written: string): Form | undefined {
  const code = formCode(written);
  const found = forms.get(code) ?? [...forms.values()].find(({ aliases }) => aliases.includes(code));
  return found !== undefined && insideKinds.includes(found.kind) ? found : undefined;
}

/** The form of a dossier's file with this root element. */
export function formOfRoot(forms: Forms, root: string, at: Date): Form | undefined {
  const inside = [...forms.values()].filter(({ kind }) => insideKinds.includes(kind));
  return inside.find((form) => formVersionAt(form, at, root) !== undefined) ?? inside.find(({ versions }) => versions.some((version) => version.root === root));
}

export function formCode(written: string): string {
  return trimWhitespace(written).replace(regulationSuffix, '');
}

/** Procedure codes carry the same suffixes in some clients. */
export function procedureCode(written: string): string {
  return trimWhitespace(written).replace(regulationSuffix, '');
}

/** Is the file an XML document by its extension, whatever its case? */
export function isXmlExtension(extension: string): boolean {
  return extension.trim().toLowerCase() === '.xml';
}

/** @throws Error naming the place when a row is not a form, or two forms claim one name. */
export function readForms(table: JsonValue): Forms {
  const rows = memberOf(table, 'forms');
  const forms = keyed(listOf(rows, readForm), ({ code }) => code, rows.at);
  const names = [...forms.values()].flatMap(({ code, aliases }) => [code, ...aliases]);
  if (new Set(names).size !== names.length) throw new Error(`${rows.at}: two forms have one name`);
  return forms;
}

function readForm(row: JsonValue): Form {
  const kind = textOf(memberOf(row, 'kind'));
  const known = formKinds.find((name) => name === kind);
  if (known === undefined) throw new Error(`${row.at}: no kind of form: ${kind}`);
  const aliases = optionalMemberOf(row, 'aliases');
  const versions = memberOf(row, 'versions');
  return {
    code: textOf(memberOf(row, 'code'), /^[A-Za-z0-9][\w-]*$/),
    kind: known,
    nameVi: textOf(memberOf(row, 'nameVi')),
    nameEn: textOf(memberOf(row, 'nameEn')),
    basis: textOf(memberOf(row, 'basis')),
    aliases: aliases === undefined ? [] : listOf(aliases, (name) => textOf(name)),
    versions: [...keyed(listOf(versions, readVersion), ({ version }) => String(version), versions.at).values()].toSorted((a, b) => a.version - b.version),
  };
}

function readVersion(row: JsonValue): FormVersion {
  const { from, until } = readValidity(row);
  if (from === undefined) throw new Error(`${row.at}: from is not a day`);
  return { version: countOf(memberOf(row, 'version')), root: textOf(memberOf(row, 'root')), from, until, basis: textOf(memberOf(row, 'basis')) };
}
