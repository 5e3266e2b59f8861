// The rows of a dossier's labour list (form D02-TS): wire names in, English fields out. xml2js sees only the canonical octets of what a
// signature covers, never received ones, on which it and our parser could differ (house §8).
import { parseStringPromise } from 'xml2js';

import { verifySignature } from '../signature/verify.ts';
import type { SignedContent } from '../signature/verify.ts';
import type { Envelope, EnvelopeFile } from '../standard/envelope.ts';
import { attachmentForm, formCode, isXmlExtension } from '../standard/forms.ts';
import { decodeBase64 } from '../xml/base64.ts';
import { canonicalDocument, inclusiveForm } from '../xml/canonical.ts';
import type { XmlDocument } from '../xml/document.ts';
import { parse } from '../xml/parse.ts';
import { textOf } from '../xml/text.ts';

const labourForm = 'D02-TS';

export interface LabourChange {
  /** From 1, over all lists of the dossier. */
  readonly row: number;
  /** Insurance number, or else identity number; undefined when neither is given. */
  readonly person: string | undefined;
  readonly change: string;
  readonly fromMonth: string;
}

/** Undefined when the dossier has no such list. Throws `Refusal` when one cannot be read. */
export async function readChanges(signed: SignedContent, envelope: Envelope): Promise<readonly LabourChange[] | undefined> {
  const lists = envelope.files.flatMap((file) => labourListIn(signed, file) ?? []);
  if (lists.length === 0) return undefined;
  const rows = await Promise.all(lists.map(rowsOf));
  return rows.flat().map((row, index) => readChange(row, index + 1));
}

/** MaToKhai names the form, or the root element does where a vendor writes a code of its own there. */
function labourListIn({ document }: SignedContent, { form, extension, content }: EnvelopeFile): XmlDocument | undefined {
  const written = formCode(form?.text ?? '');
  if (content === undefined || written === attachmentForm) return undefined;
  if (written !== labourForm && !isXmlExtension(extension?.text ?? '')) return undefined;
  const bytes = decodeBase64(textOf(document, content));
  const inner = bytes && parse(bytes);
  return inner?.root.local === labourForm ? inner : undefined;
}

async function rowsOf(document: XmlDocument): Promise<readonly unknown[]> {
  const signed = verifySignature(document, { path: [labourForm, 'Cky'] });
  const octets = canonicalDocument(signed.document, signed.root, inclusiveForm);
  const tree: unknown = await parseStringPromise(octets.toString('utf8'), { explicitArray: true, trim: true });
  return childrenOf(tree, labourForm).flatMap((root) => childrenOf(root, 'NoiDung')).flatMap((body) => childrenOf(body, 'LaoDong'));
}

function readChange(row: unknown, number: number): LabourChange {
  const insured = fieldOf(row, 'MasoBHXH');
  const identity = fieldOf(row, 'CMND');
  const person = insured === '' ? identity : insured;
  return { row: number, person: person === '' ? undefined : person, change: fieldOf(row, 'PA'), fromMonth: fieldOf(row, 'TuThang') };
}

/** What xml2js makes of the children with this name: always a list, save for the root. */
function childrenOf(element: unknown, name: string): readonly unknown[] {
  if (typeof element !== 'object' || element === null) return [];
  const found: unknown = new Map<string, unknown>(Object.entries(element)).get(name);
  if (Array.isArray(found)) return found;
  return found === undefined ? [] : [found];
}

/** Text; '' for a field that is missing, empty or not plain text. */
function fieldOf(row: unknown, name: string): string {
  const [value] = childrenOf(row, name);
  return typeof value === 'string' ? value : '';
}
