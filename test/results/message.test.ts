// Guarantee: of what an agency says, only that is believed which a certificate of that agency signed, whole, and in the published shape of its kind;
// an unknown revocation state is neither. And what the gateway issues on it has its own published shape.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { messageXml, noticeXml as unitMessageXml, slip, stepReport, supplementRequest, apology } from '../../src/backend/messages.ts';
import type { Saying } from '../../src/backend/messages.ts';
import { contributionNotice } from '../../src/backend/notice-forms.ts';
import { Unavailable } from '../../src/errors/outcomes.ts';
import { issueWith } from '../../src/receipts/issue.ts';
import type { Issuer } from '../../src/receipts/receipt.ts';
import { readMessage } from '../../src/results/message.ts';
import type { AgencyMessage, Reading } from '../../src/results/message.ts';
import { noticeXml } from '../../src/results/notices.ts';
import { readOne } from '../../src/results/take.ts';
import { verifySignature } from '../../src/signature/verify.ts';
import { messagePlace } from '../../src/standard/kind.ts';
import { judgeForm } from '../../src/standard/schema-findings.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { parse } from '../../src/xml/parse.ts';
import { createWorld } from '../client/support.ts';
import type { World } from '../client/support.ts';
import { answerXml } from '../support/agency-answer.ts';
import { fingerprintOf } from '../support/site.ts';

const digest = 'ab'.repeat(32);
const schemas = createSchemas();
const issuer: Issuer = { name: 'Cổng', certificateName: 'Cổng', certificateSerial: '01', placeName: 'Hà Nội', supportTelephone: '1900 9068' };
let world: World;
let reading: Reading;

beforeAll(async () => {
  world = await createWorld();
  reading = { schemas, trust: world.trust, signers: new Set([fingerprintOf(world.pki.agencySigning.certificatePem)]) };
});
afterAll(() => { schemas.dispose(); });

const about = () => ({ digest, dossierNumber: '00001/2026/00101', transactionCode: 'GD-1', number: 1, at: world.now, agency: '00101' });
const signed = (xml: Buffer, signer: 'agency' | 'gateway' = 'agency'): Promise<Buffer> => issueWith(world[signer])(xml);
const later = (days: number): Date => new Date(world.now.getTime() + days * 86_400_000);
const dossier = () => ({
  digest, transactionCode: 'GD-1', receivedAt: world.now, number: '00001/2026/00101', agency: '00101', unitCode: 'TZ00001', unitName: 'Công ty <Mẫu> & con', taxCode: '0101300842', procedure: '600',
});

const sayings: Readonly<Record<string, () => Saying>> = {
  TIEPNHAN_XULY: () => slip({ desk: 'Bộ phận Một cửa', officer: 'Nguyễn Văn A', days: 5, receivedAt: world.now, dueAt: later(7) }),
  BUOC_XULY: () => stepReport({ number: 1, name: 'Thẩm định', room: 'Phòng Thu', receivedAt: world.now, returnedAt: null, history: [{ at: world.now, officer: 'B', action: 'Nhận' }] }),
  BOSUNG_XULY: () => supplementRequest('BS-00001/2026', later(10), [{ file: 'D02-TS.xml', what: 'Hợp đồng', why: 'Thiếu' }, { file: '', what: 'CCCD', why: 'Chưa rõ' }]),
  HENLAI_XULY: () => apology(1, later(7), later(9), 'Cần xác minh'),
  KETQUA_XULY: () => ({ kind: 'KETQUA_XULY', outcome: { code: '200', text: 'Đã giải quyết', unitCode: 'TZ00009' }, documents: [] }),
};

describe('a message that is believed says', () => {
  it.each<[string, Partial<AgencyMessage['said']>]>([
    ['TIEPNHAN_XULY', { kind: 'slip', desk: 'Bộ phận Một cửa', officer: 'Nguyễn Văn A', days: 5 }],
    ['BUOC_XULY', { kind: 'step', step: 1, name: 'Thẩm định', room: 'Phòng Thu', returnedAt: undefined }],
    ['BOSUNG_XULY', { kind: 'supplement', reference: 'BS-00001/2026', items: [{ file: 'D02-TS.xml', what: 'Hợp đồng', why: 'Thiếu' }, { file: '', what: 'CCCD', why: 'Chưa rõ' }] }],
    ['HENLAI_XULY', { kind: 'apology', time: 1, reason: 'Cần xác minh' }],
    ['KETQUA_XULY', { kind: 'result', code: '200', text: 'Đã giải quyết', unitCode: 'TZ00009' }],
  ])('%s, as it was written', async (kind, said) => {
    const message = readMessage(await signed(messageXml(about(), sayings[kind]?.() ?? fail())), reading, world.now);
    expect(message.said).toMatchObject(said);
    expect(message.about).toMatchObject({ digest, dossierNumber: '00001/2026/00101', transactionCode: 'GD-1', number: 1, agency: '00101' });
  });

  it('an answer of the older shape: no number', async () => {
    const decision = { code: '200', text: 'Đã giải quyết', agency: '00101' };
    const { about: { number }, said } = readMessage(await signed(answerXml({ digest, dossierNumber: '00001/2026/00101', transactionCode: 'GD1', decision, at: world.now })), reading, world.now);
    expect([number, said]).toEqual([undefined, { kind: 'result', code: '200', text: 'Đã giải quyết', unitCode: '' }]);
  });

  it('the same sense when it is signed again, another when it promises another day', async () => {
    const senseOf = async (saying: Saying): Promise<string> => readMessage(await signed(messageXml({ ...about(), at: new Date() }, saying)), reading, world.now).sense;
    const made = (dueAt: Date): Saying => slip({ desk: 'X', officer: 'Y', days: 5, receivedAt: world.now, dueAt });
    expect(await senseOf(made(later(7)))).toBe(await senseOf(made(later(7))));
    expect(await senseOf(made(later(7)))).not.toBe(await senseOf(made(later(8))));
  });
});

function fail(): never {
  throw new Error('there is no such kind');
}

describe('a message is not believed', () => {
  const codeOf = async (body: Promise<Buffer> | Buffer, changes: Partial<Reading> = {}): Promise<string> => {
    const read = readOne(await body, { ...reading, ...changes }, world.now);
    return read instanceof Unavailable ? `not now: ${read.reason}` : typeof read === 'string' ? read : 'believed';
  };
  const right = () => messageXml(about(), sayings['KETQUA_XULY']?.() ?? fail());

  it('when another trusted certificate signed it', async () => { expect(await codeOf(signed(right(), 'gateway'))).toBe('ANSWER_SIGNER'); });

  it('when an octet of it was changed', async () => {
    const body = (await signed(right())).toString().replace('<MA_KQUA>200', '<MA_KQUA>201');
    expect(await codeOf(Buffer.from(body))).toBe('HASH_FAILURE');
  });

  it('when it is not XML, not signed, or of no kind that there is', async () => {
    expect(await codeOf(Buffer.from('không phải XML'))).not.toBe('believed');
    expect(await codeOf(right())).toBe('SIGNATURE_MISSING');
    expect(await codeOf(signed(Buffer.from('<BHXH><TRA_LOI>x</TRA_LOI></BHXH>')))).toBe('ELEMENT_UNKNOWN');
    expect(await codeOf(signed(Buffer.from('<BHXH></BHXH>')))).toBe('ELEMENT_UNKNOWN');
  });

  it('when it lacks what its kind must say, or says more', async () => {
    expect(await codeOf(signed(Buffer.from(right().toString().replace(/<MA_KQUA>.*<\/MA_KQUA>/, ''))))).toBe('ELEMENT_MISSING');
    expect(await codeOf(signed(Buffer.from(right().toString().replace('<MA_KQUA>', '<MA_THEM>x</MA_THEM><MA_KQUA>'))))).not.toBe('believed');
    expect(await codeOf(signed(Buffer.from(right().toString().replace('</BHXH>', '<KETQUA_XULY></KETQUA_XULY></BHXH>'))))).not.toBe('believed');
  });

  it('now, when nobody can say whether its signer is revoked: it is neither believed nor rejected', async () => {
    const late = new Date(world.now.getTime() + 300 * 86_400_000); // past the revocation lists, within the certificates
    const read = readOne(await signed(right()), reading, late);
    expect(read instanceof Unavailable ? read.reason : read).toBe('REVOCATION_UNKNOWN');
  });

  it('for good, whatever is unknown of its signer, when that one may not sign at all: the feed goes on', async () => {
    const late = new Date(world.now.getTime() + 300 * 86_400_000);
    expect(readOne(await signed(right(), 'gateway'), reading, late)).toBe('ANSWER_SIGNER');
  });
});

describe('a notice to a unit', () => {
  const form = () => contributionNotice({ agency: '00101', code: 'TZ00001', name: 'Công ty Mẫu', taxCode: '0101300842', people: 3, wages: 30_000_000 }, '10/2026', world.now, world.agency);
  const wrapped = (text: Buffer, kind = 'C12-TS'): Buffer => unitMessageXml({ agency: '00101', recipient: 'TZ00001', taxCode: '0101300842', kind, month: '10/2026', at: world.now, text });

  it('is believed when the form inside is the agency’s too', async () => {
    const text = await signed(form());
    const { said } = readMessage(await signed(wrapped(text)), reading, world.now);
    expect(said).toEqual({ kind: 'notice', unitCode: 'TZ00001', taxCode: '0101300842', form: 'C12-TS', month: '10/2026', text });
  });

  it('is not when the form is another’s, is not signed, or is not of the kind that is said', async () => {
    const codes = await Promise.all([signed(form(), 'gateway'), form()].map(async (text) => readOne(await signed(wrapped(await text)), reading, world.now)));
    expect(codes).toEqual(['ANSWER_SIGNER', 'SIGNATURE_MISSING']);
    expect(readOne(await signed(wrapped(await signed(form()), 'D08a-TS')), reading, world.now)).toEqual(expect.stringContaining('ELEMENT_'));
    const ofAnother = unitMessageXml({ agency: '00101', recipient: 'TZ00002', taxCode: '0101300842', kind: 'C12-TS', month: '10/2026', at: world.now, text: await signed(form()) });
    expect(readOne(await signed(ofAnother), reading, world.now)).toBe('VALUE_INVALID');
    expect(readOne(await signed(wrapped(await signed(form()), 'TNHT')), reading, world.now)).toBe('VALUE_INVALID');
  });
});

describe('what the gateway issues on it', () => {
  it.each([['TIEPNHAN_XULY', 'TNHT'], ['BOSUNG_XULY', 'YCBS'], ['HENLAI_XULY', 'XLHL']] as const)('%s: has the shape of %s and of no other', async (kind, form) => {
    const message = readMessage(await signed(messageXml(about(), sayings[kind]?.() ?? fail())), reading, world.now);
    for (const listed of [{ procedureName: 'Báo tăng', files: ['D02-TS.xml', ''], provisional: true }, { procedureName: '', files: [], provisional: false }]) {
      const notice = noticeXml(message, dossier(), listed, world.now, issuer);
      const body = await signed(notice?.xml ?? fail(), 'gateway');
      const wrong = (other: string): number => judgeForm(schemas, other, verifySignature(parse(body), messagePlace), world.now)?.findings.length ?? -1;
      expect([notice?.form, wrong(form)]).toEqual([form, 0]);
      for (const other of ['TNHT', 'YCBS', 'XLHL', 'KETQUA'].filter((name) => name !== form)) expect(wrong(other)).toBeGreaterThan(0);
    }
  });

  it('says nothing of its own on a step', async () => {
    const message = readMessage(await signed(messageXml(about(), sayings['BUOC_XULY']?.() ?? fail())), reading, world.now);
    expect(noticeXml(message, dossier(), { procedureName: '', files: [], provisional: false }, world.now, issuer)).toBeUndefined();
  });
});
