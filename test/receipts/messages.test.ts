// Guarantee: what the gateway signs has the published shape. Every message of ours, as issued and verified, is valid against the schema of its
// kind and of no other kind; every message with a schema has a sample, and every element has labels in both languages.
import { readdirSync, readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { XmlDocument, XmlValidateError, XsdValidator } from 'libxml2-wasm';

import { digestOf } from '../../src/client/verify-message.ts';
import { finding } from '../../src/errors/outcomes.ts';
import { packageFile } from '../../src/paths.ts';
import { issueWith } from '../../src/receipts/issue.ts';
import { receiptXml } from '../../src/receipts/receipt.ts';
import type { ReceiptFacts } from '../../src/receipts/receipt.ts';
import { verifySignature } from '../../src/signature/verify.ts';
import { messagePlace } from '../../src/standard/kind.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { canonicalDocument, inclusiveForm } from '../../src/xml/canonical.ts';
import { parse } from '../../src/xml/parse.ts';
import { answerXml } from '../support/agency-answer.ts';
import { createWorld, dossierOf, issuer, logStatementFor, nonReceiptFor, notAccepted, noticeFor, receiptFacts, registrationReceiptFacts, resultFor } from '../client/support.ts';
import type { World } from '../client/support.ts';

const XS = { xs: 'http://www.w3.org/2001/XMLSchema', std: 'urn:ivan-gateway:standard' };
const issued = ['BIENNHAN', 'TUCHOI', 'XUNGDOT', 'CHUANHAN', 'NHATKY', 'KETQUA', 'KETQUA_XULY', '01-TB-GD'];
const agencySays = ['TIEPNHAN_XULY', 'BUOC_XULY', 'BOSUNG_XULY', 'HENLAI_XULY', 'THONGBAO_XULY'];
const notices = ['03-TB-TS', 'C12-TS', 'D08a-TS', 'TNHT', 'YCBS', 'XLHL', 'XNSC', 'BC-GDDT', 'BC-IVAN'];
const messages = [...issued, ...agencySays, ...notices];

const fileOf = (code: string, name: string): Buffer => readFileSync(packageFile('schemas', code, '1', name));
const xsdOf = (code: string): XmlDocument => XmlDocument.fromBuffer(fileOf(code, `${code}.xsd`));
const validators = new Map<string, XsdValidator>();

/** What the engine says; empty when the document is valid. */
function wrongIn(code: string, bytes: Buffer): readonly string[] {
  const validator = validators.get(code);
  if (validator === undefined) throw new Error(`no schema ${code}`);
  const document = XmlDocument.fromBuffer(bytes);
  try {
    validator.validate(document);
    return [];
  } catch (error) {
    if (error instanceof XmlValidateError) return error.details.map(({ message }) => message);
    throw error;
  } finally {
    document.dispose();
  }
}

/** The signed content, as verification returns it. */
function contentOf(message: Buffer): Buffer {
  const { document, root } = verifySignature(parse(message), messagePlace);
  return canonicalDocument(document, root, inclusiveForm);
}

let world: World;
let dossier: Buffer;

beforeAll(async () => {
  for (const code of messages) {
    const xsd = xsdOf(code);
    validators.set(code, XsdValidator.fromDoc(xsd));
    xsd.dispose();
  }
  world = await createWorld();
  dossier = await dossierOf(world);
});

afterAll(() => {
  for (const validator of validators.values()) validator.dispose();
});

const issue = async (facts: ReceiptFacts): Promise<Buffer> => issueWith(world.gateway)(receiptXml(facts, issuer));

/** Nothing readable was declared: the parser had already refused. */
const bare = (facts: ReceiptFacts): ReceiptFacts => ({ ...facts, declared: undefined });

const returnable = (facts: ReceiptFacts): ReceiptFacts => (facts.accepted === undefined ? facts : { ...facts, accepted: { ...facts.accepted, returnBy: { at: world.now, provisional: true } } });
const ofFirstRegistration = (facts: ReceiptFacts): ReceiptFacts => ({ ...facts, declared: facts.declared && { ...facts.declared, kind: 'first-registration', unitCode: '', period: '' } });

const kinds: readonly (readonly [code: string, what: string, make: () => Promise<Buffer>])[] = [
  ['BIENNHAN', 'a receipt', () => issue(receiptFacts(world, dossier))],
  ['BIENNHAN', 'a receipt with a warning', () => issue({ ...receiptFacts(world, dossier), findings: [finding('FORM_WITHOUT_SCHEMA', { params: { form: 'D05-TS' } })] })],
  ['BIENNHAN', 'a receipt that says until when it may be returned', () => issue(returnable(receiptFacts(world, dossier)))],
  ['BIENNHAN', 'a receipt of a first registration', () => issue(ofFirstRegistration(receiptFacts(world, dossier)))],
  ['TUCHOI', 'a refusal of a first registration', () => issue(ofFirstRegistration(receiptFacts(world, dossier, 'refused')))],
  ['XUNGDOT', 'a conflict of first registrations', () => issue(ofFirstRegistration(receiptFacts(world, dossier, 'conflict')))],
  ['BIENNHAN', 'a receipt of a form 04', () => issue(registrationReceiptFacts(world, dossier))],
  ['01-TB-GD', 'a notice that a form 04 is accepted', () => noticeFor(world, dossier)],
  ['01-TB-GD', 'a notice that a form 04 is not accepted', () => noticeFor(world, dossier, notAccepted)],
  ['01-TB-GD', 'a notice with values at their longest', () => noticeFor(world, dossier, { ...notAccepted, reason: 'đ'.repeat(2000), unitName: '<&>'.repeat(170) })],
  ['TUCHOI', 'a refusal', () => issue(receiptFacts(world, dossier, 'refused'))],
  ['TUCHOI', 'a refusal of what cannot be read', () => issue(bare(receiptFacts(world, dossier, 'refused')))],
  ['TUCHOI', 'a refusal with values at their longest', () => issue({ ...receiptFacts(world, dossier, 'refused'), findings: [finding('VALUE_INVALID', { place: { file: 'x'.repeat(900), xpath: `/${'x'.repeat(500)}`.repeat(20) }, value: 'đ'.repeat(2000), params: { element: '<&>'.repeat(900) } })] })],
  ['XUNGDOT', 'a conflict of keys', () => issue(receiptFacts(world, dossier, 'conflict'))],
  ['XUNGDOT', 'a conflict of content', () => issue({ ...receiptFacts(world, dossier, 'conflict'), conflict: { digest: 'd'.repeat(64), receivedAt: world.now } })],
  ['CHUANHAN', 'a statement of non-receipt', () => nonReceiptFor(world, digestOf(dossier))],
  ['NHATKY', 'a statement on the log', () => logStatementFor(world)],
  ['KETQUA', 'a result', () => resultFor(world, dossier)],
  ['KETQUA_XULY', 'an answer of the reference backend', () => issueWith(world.agency)(answerXml({ digest: digestOf(dossier), dossierNumber: '00001/2026/01903', transactionCode: 'GD-1', decision: { code: '200', text: 'Đã giải quyết', agency: '01903' }, at: world.now }))],
  ['KETQUA_XULY', 'one that gives a unit its code', () => issueWith(world.agency)(answerXml({ digest: digestOf(dossier), dossierNumber: '00001/2026/01903', transactionCode: 'GD-1', decision: { code: '200', text: 'Đã cấp mã', agency: '01903', unitCode: 'TZ00001' }, at: world.now }))],
];

describe('what is issued has the shape of its kind', () => {
  test.each(kinds)('%s: %s', async (code, _, make) => {
    const content = contentOf(await make());
    expect(wrongIn(code, content)).toEqual([]);
    expect(issued.filter((other) => wrongIn(other, content).length === 0)).toEqual([code]);
  });

  test('an element more, or one less, is not that shape', async () => {
    const text = contentOf(await issue(receiptFacts(world, dossier))).toString('utf8');
    expect(wrongIn('BIENNHAN', Buffer.from(text.replace('<LOAI>', '<X></X><LOAI>')))).not.toEqual([]);
    const notice = contentOf(await noticeFor(world, dossier)).toString('utf8');
    expect(wrongIn('01-TB-GD', Buffer.from(notice.replace('<LOAI>CHAP', '<LOAI>CHUA')))).not.toEqual([]);
    expect(wrongIn('01-TB-GD', Buffer.from(notice.replace(/<HAN_CHUYEN>.*<\/HAN_CHUYEN>/, '')))).not.toEqual([]);
    expect(wrongIn('BIENNHAN', Buffer.from(text.replace(/<HAN_TRA>.*<\/HAN_TRA>/, '')))).not.toEqual([]);
  });
});

describe('the schemas of messages', () => {
  test('are all these, and every one with the root BHXH', () => {
    const ofTable = [...loadStandard().forms.values()].filter(({ kind }) => kind === 'message').map(({ code }) => code);
    expect(ofTable.toSorted()).toEqual([...messages].toSorted());
    expect(ofTable.map(rootOf)).toEqual(ofTable.map(() => 'BHXH'));
  });

  test.each(messages)('%s has a sample that is valid', (code) => {
    expect(wrongIn(code, fileOf(code, 'sample.xml'))).toEqual([]);
  });

  test.each(messages)('%s is labelled in both languages, with source and confidence', (code) => {
    const xsd = xsdOf(code);
    const names = (xpath: string): string[] => xsd.find(xpath, XS).map((node) => node.content.trim());
    expect(names('//xs:element[not(xs:annotation/xs:documentation[@xml:lang="vi"]) or not(xs:annotation/xs:documentation[@xml:lang="en"])]/@name')).toEqual([]);
    expect(names('//xs:element[not(xs:annotation/xs:appinfo/std:source[@confidence and string-length(.) > 3])]/@name')).toEqual([]);
    expect(names('//xs:element/xs:annotation/xs:documentation').map((text) => text.split('. ')[0] ?? '').filter((label) => label.length > 60)).toEqual([]);
    expect(xsd.find('/xs:schema/xs:annotation/xs:documentation', XS)).toHaveLength(2);
    xsd.dispose();
  });
});

function rootOf(form: string): string {
  const versions = readdirSync(packageFile('schemas', form));
  const text = readFileSync(packageFile('schemas', form, versions[0] ?? '', `${form}.xsd`), 'utf8');
  return /<xs:element name="([^"]+)"/.exec(text)?.[1] ?? '';
}
