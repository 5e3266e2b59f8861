// Reading a backend's feed as a gateway does: every message verified as the agency's, valid against the schema of its kind, its fields by name.
import { expect } from '@jest/globals';

import { readUnsigned, verifySignature } from '../../src/signature/verify.ts';
import { readEnvelope } from '../../src/standard/envelope.ts';
import type { FormContent } from '../../src/standard/form-content.ts';
import { declarationPlace } from '../../src/standard/kind.ts';
import { applyRules, rulesOfForms } from '../../src/standard/rules/apply.ts';
import type { RuleContext } from '../../src/standard/rules/rule.ts';
import { judgeForm } from '../../src/standard/schema-findings.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { fullBudget } from '../../src/xml/faults.ts';
import { childElements } from '../../src/xml/document.ts';
import type { XmlDocument, XmlElement } from '../../src/xml/document.ts';
import { parse } from '../../src/xml/parse.ts';
import { placeOf } from '../../src/xml/place.ts';
import { textOf } from '../../src/xml/text.ts';
import { examplesReceivedAt, sampleOf } from '../support/examples.ts';
import { call, identityOf, sha256 } from './support.ts';
import type { Site } from './support.ts';
import type { Backend } from '../../src/backend/server.ts';

export interface Message {
  readonly position: number;
  readonly digest: string;
  readonly body: Buffer;
  readonly kind: string;
  /** Of the branch; a repeated element is a list. */
  readonly fields: Fields;
}

export interface Fields {
  readonly [name: string]: string | Fields | readonly Fields[];
}

const schemas = createSchemas();

/** What is wrong with a document by the schema named. */
export function wrongIn(form: string, bytes: Buffer): readonly string[] {
  const document = parse(bytes, fullBudget());
  const judged = judgeForm(schemas, form, readUnsigned(document, declarationPlace(document.root.local)), new Date('2027-12-31T00:00:00Z'));
  if (judged === undefined) throw new Error(`no schema ${form}`);
  const rules = applyRules(rulesOfForms, contextOf(form, judged.content));
  return [...judged.findings, ...rules].map(({ code, params }) => [code, ...Object.values(params)].join(' '));
}

const standard = loadStandard();

/** A document by itself: what the rules of its form say of it. */
function contextOf(form: string, content: FormContent): RuleContext {
  const document = parse(Buffer.from(sampleOf('Hoso').replaceAll('TS12345', 'TZ0001L')));
  const envelope = readUnsigned(document, { path: ['Hoso', 'CKy_Dvi'] });
  return {
    envelope: readEnvelope(envelope), procedure: undefined, standard, ruleSet: standard.ruleSetAt(examplesReceivedAt), receivedAt: examplesReceivedAt, signer: undefined, sender: { kind: 'direct' },
    formCodes: [form], files: [], forms: [content], placeOf: (field) => placeOf(document.bytes, envelope.root, field?.element ?? envelope.root),
  };
}

export interface Page {
  readonly messages: readonly { readonly position: number; readonly digest: string; readonly body: string }[];
  readonly end: number;
}

export async function page(site: Site, backend: Pick<Backend, 'port'>, query: string): Promise<Page> {
  const { status, json } = await call(site, backend, { path: `/messages?${query}` });
  expect(status).toBe(200);
  return json as Page;
}

/** All of them, checked; `signedBy` undefined: whoever. */
export async function readFeed(site: Site, backend: Pick<Backend, 'port'>, after = 0): Promise<Message[]> {
  const messages: Message[] = [];
  for (let at = after; ;) {
    const { messages: found } = await page(site, backend, `after=${at}&limit=50`);
    if (found.length === 0) return messages;
    for (const { position, digest, body } of found) {
      expect(position).toBe(at + 1); // gapless
      at = position;
      messages.push(readMessage(site, position, digest, Buffer.from(body, 'base64')));
    }
  }
}

function readMessage(site: Site, position: number, digest: string, body: Buffer): Message {
  expect(sha256(body)).toBe(digest);
  const { kind, fields, certificate } = readSigned(body);
  expect(certificate.equals(identityOf(site.signers.agencySigning).certificates[0] ?? Buffer.alloc(0))).toBe(true);
  expect([kind, wrongIn(kind, body)]).toEqual([kind, []]);
  return { position, digest, body, kind, fields };
}

/** A message whoever signed it. */
export function readSigned(body: Buffer): { readonly kind: string; readonly fields: Fields; readonly certificate: Buffer } {
  const signed = verifySignature(parse(body), { path: ['BHXH'] });
  const [branch] = childElements(signed.root);
  if (branch === undefined) throw new Error('a message without a branch');
  return { kind: branch.local, fields: fieldsOf(signed.document, branch), certificate: signed.certificate };
}

export function fieldsOf(document: XmlDocument, element: XmlElement): Fields {
  const grouped = new Map<string, XmlElement[]>();
  for (const child of childElements(element)) grouped.set(child.local, [...(grouped.get(child.local) ?? []), child]);
  return Object.fromEntries([...grouped].map(([name, children]) => {
    const values = children.map((child) => (childElements(child).length === 0 ? textOf(document, child) : fieldsOf(document, child)));
    const [first = ''] = values;
    return [name, values.length === 1 && typeof first === 'string' ? first : values.filter((value) => typeof value !== 'string')];
  }));
}

export function textAt(fields: Fields | undefined, name: string): string {
  const value = fields?.[name];
  return typeof value === 'string' ? value : '';
}

/** The rows of a repeated element; one alone is a list too. */
export function rows(fields: Fields, name: string): readonly Fields[] {
  const value = fields[name];
  return Array.isArray(value) ? (value as readonly Fields[]) : [];
}

/** The documents of a result, verified as the agency's and valid against the schema of their form. */
export function documentsOf(site: Site, result: Fields): readonly { readonly kind: string; readonly body: Buffer }[] {
  return rows(result, 'TAILIEU').map((row) => {
    const [kind, body] = [textAt(row, 'LOAI'), Buffer.from(textAt(row, 'NOIDUNG'), 'base64')];
    expect(sha256(body)).toBe(row['SHA256']);
    checkDocument(site, kind, body);
    return { kind, body };
  });
}

export function checkDocument(site: Site, kind: string, body: Buffer): void {
  const root = parse(body).root.local;
  const signed = verifySignature(parse(body), { path: root === 'BHXH' ? [root] : [root, 'Cky'] });
  expect(signed.certificate.equals(identityOf(site.signers.agencySigning).certificates[0] ?? Buffer.alloc(0))).toBe(true);
  expect([kind, wrongIn(kind, body)]).toEqual([kind, []]);
}
