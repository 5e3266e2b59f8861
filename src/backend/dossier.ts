// What the agency reads of a dossier: who files what, its labour list and its list of books; wire names in, English fields out. Only what a
// signature covers is read; xml2js sees canonical octets, never received ones, on which it and our parser could differ (house §8).
import { parseStringPromise } from 'xml2js';

import { verifySignature } from '../signature/verify.ts';
import type { SignedContent } from '../signature/verify.ts';
import { envelopePlace, readEnvelope } from '../standard/envelope.ts';
import type { Envelope, EnvelopeFile, Field } from '../standard/envelope.ts';
import { attachmentForm, formCode, isXmlExtension, procedureCode } from '../standard/forms.ts';
import { decodeBase64 } from '../xml/base64.ts';
import { canonicalDocument, inclusiveForm } from '../xml/canonical.ts';
import type { XmlDocument } from '../xml/document.ts';
import { parse } from '../xml/parse.ts';
import { textOf } from '../xml/text.ts';
import { readBookList, readChange } from './dossier-rows.ts';
import type { BookList, LabourChange } from './dossier-rows.ts';

export interface Dossier {
  /** '' in a first registration. */
  readonly procedure: string;
  /** A unit registers for the first time and has no code yet. */
  readonly registers: boolean;
  readonly agency: string;
  readonly unit: Unit;
  readonly signatory: string;
  readonly telephone: string;
  /** Codes of the forms in it, attachments among them. */
  readonly forms: readonly string[];
  /** Undefined when it has no labour list. */
  readonly changes: readonly LabourChange[] | undefined;
  /** Form 01 of process 320, if there is one. */
  readonly books: BookList | undefined;
}

export interface Unit {
  readonly code: string;
  readonly name: string;
  readonly taxCode: string;
}

const labourForms: ReadonlySet<string> = new Set(['D02-TS', 'D02-LT']);
const bookForm = 'M01-320';

/** Throws `Refusal` when it cannot be read. */
export async function readDossier(octets: Buffer): Promise<Dossier> {
  const signed = verifySignature(parse(octets), envelopePlace);
  const envelope = readEnvelope(signed);
  const files = envelope.files.map((file) => ({ file, inner: innerForm(signed, file) }));
  const lists = files.flatMap(({ inner }) => (inner !== undefined && labourForms.has(inner.root.local) ? [inner] : []));
  const rows = (await Promise.all(lists.map(async (list) => rowsOf(await treeOf(list), list.root.local, 'LaoDong')))).flat();
  const [books] = files.flatMap(({ inner }) => (inner?.root.local === bookForm ? [inner] : []));
  return {
    ...whoFiles(envelope),
    forms: files.map(({ file, inner }) => inner?.root.local ?? formCode(file.form?.text ?? '')),
    changes: lists.length === 0 ? undefined : rows.map((row, index) => readChange(row, index + 1)),
    books: books === undefined ? undefined : readBookList(rootOf(await treeOf(books), bookForm)),
  };
}

function whoFiles(envelope: Envelope): Pick<Dossier, 'procedure' | 'agency' | 'unit' | 'signatory' | 'telephone' | 'registers'> {
  const unit = { name: textIn(envelope.unitName), taxCode: textIn(envelope.taxCode) };
  const either = { agency: textIn(envelope.agency), telephone: textIn(envelope.telephone) };
  if (envelope.kind === 'first-registration') return { ...either, registers: true, procedure: '', signatory: '', unit: { ...unit, code: '' } };
  const { procedure, signatory, unitCode } = envelope;
  return { ...either, registers: false, procedure: procedureCode(textIn(procedure)), signatory: textIn(signatory), unit: { ...unit, code: textIn(unitCode) } };
}

function textIn(field: Field | undefined): string {
  return field?.text ?? '';
}

/** MaToKhai names the form, or the root element does where a vendor writes a code of its own there. */
function innerForm({ document }: SignedContent, { form, extension, content }: EnvelopeFile): XmlDocument | undefined {
  const written = formCode(form?.text ?? '');
  if (content === undefined || written === attachmentForm) return undefined;
  if (!labourForms.has(written) && written !== bookForm && !isXmlExtension(extension?.text ?? '')) return undefined;
  const bytes = decodeBase64(textOf(document, content));
  return bytes && parse(bytes);
}

async function treeOf(document: XmlDocument): Promise<unknown> {
  const signed = verifySignature(document, { path: [document.root.local, 'Cky'] });
  const octets = canonicalDocument(signed.document, signed.root, inclusiveForm);
  return parseStringPromise(octets.toString('utf8'), { explicitArray: true, trim: true });
}

function rootOf(tree: unknown, root: string): unknown {
  return childrenOf(tree, root)[0];
}

function rowsOf(tree: unknown, root: string, row: string): readonly unknown[] {
  return childrenOf(rootOf(tree, root), 'NoiDung').flatMap((body) => childrenOf(body, row));
}

/** What xml2js makes of the children with this name: always a list, save for the root. */
function childrenOf(element: unknown, name: string): readonly unknown[] {
  if (typeof element !== 'object' || element === null) return [];
  const found: unknown = new Map<string, unknown>(Object.entries(element)).get(name);
  if (Array.isArray(found)) return found;
  return found === undefined ? [] : [found];
}
