// Guarantee: every dossier received gets one answer, signed by the agency, not before it is due, and the same octets for ever.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import type { Backend } from '../../src/backend/server.ts';
import { Refusal } from '../../src/errors/outcomes.ts';
import { verifySignature } from '../../src/signature/verify.ts';
import { formatInstant } from '../../src/standard/time.ts';
import { parseCertificate } from '../../src/trust/certificate.ts';
import { trustSigner } from '../../src/trust/path.ts';
import { childElements, elementAt } from '../../src/xml/document.ts';
import { parse } from '../../src/xml/parse.ts';
import { textOf } from '../../src/xml/text.ts';
import { call, identityOf, makeDossier, makeSite, put, sha256, signedReceipt } from './support.ts';
import type { Answer, Row, Site } from './support.ts';

let site: Site;
let backend: Backend;

beforeAll(async () => {
  site = await makeSite();
  backend = await site.start();
});

afterAll(() => site.end());

afterEach(() => {
  Object.assign(backend.behaviour, { failNext: 0, dropNext: 0, delayMs: 0, answerWith: undefined });
});

const pass = (milliseconds: number): void => { site.time = new Date(site.time.getTime() + milliseconds); };
const resultOf = (digest: string): Promise<Answer> => call(site, backend, { path: `/dossiers/${digest}/result` });

async function receive(rows?: readonly Row[]): Promise<string> {
  return receiveOctets(await makeDossier(site.pki, rows));
}

async function receiveOctets(dossier: Buffer): Promise<string> {
  const digest = sha256(dossier);
  const { status } = await put(site, backend, digest, dossier, await signedReceipt(site.pki, dossier));
  expect(status).toBe(202);
  return digest;
}

/** The fields of an answer that the agency's certificate vouches for. */
function readAnswer(octets: Buffer): Record<string, string> {
  const signed = verifySignature(parse(octets), { path: ['BHXH'] });
  trustSigner(parseCertificate(signed.certificate), site.settings.trust, site.time, 'signature');
  expect(signed.certificate).toEqual(identityOf(site.pki.agencySigning).certificates[0]);
  const branch = elementAt(signed.root, ['KETQUA_XULY']);
  return Object.fromEntries((branch === undefined ? [] : childElements(branch)).map((field) => [field.local, textOf(signed.document, field)]));
}

async function decisionOn(digest: string): Promise<Record<string, string>> {
  pass(2_000);
  return readAnswer((await resultOf(digest)).body);
}

describe('an answer', () => {
  test('is promised before it is due, with the seconds to wait, and given when it is', async () => {
    const digest = await receive([{ HoTen: 'Nguyễn Văn Thử', MasoBHXH: '0100000001' }]);
    const dueAt = new Date(site.time.getTime() + 2_000);
    const early = await resultOf(digest);
    expect([early.status, early.headers['retry-after'], early.json]).toEqual([202, '2', { state: 'received' }]);
    pass(1_999);
    expect((await resultOf(digest)).headers['retry-after']).toBe('1');
    pass(1);
    const { status, headers, body } = await resultOf(digest);
    expect([status, headers['content-type']]).toEqual([200, 'application/xml']);
    expect(readAnswer(body)).toMatchObject({
      SHA256: digest, SO_HSO: '00001/2026/01903', MA_GDICH: 'GD-0001', SO_THUTU: '4', MA_KQUA: '200', KQUA: 'Đã giải quyết: 1 người lao động.', THOIDIEM: formatInstant(dueAt), CO_QUAN: '01903',
    });
  });

  test('is the same octets for ever, whoever asks at once, and after a restart', async () => {
    const digest = await receive([{ HoTen: 'Trần Thị Mẫu', CMND: '001090000001' }]);
    pass(5_000);
    const [first, ...others] = await Promise.all([resultOf(digest), resultOf(digest), resultOf(digest)]);
    pass(86_400_000);
    await backend.stop();
    backend = await site.start();
    others.push(await resultOf(digest));
    for (const { body } of others) expect(body).toEqual(first.body);
    expect((await backend.dossiers()).find((row) => row.digest === digest)).toEqual({ digest, timesPut: 1, answered: true });
  });

  test('is told to whoever puts the dossier again', async () => {
    const dossier = await makeDossier(site.pki, [{ HoTen: 'Lê Văn Mới', CMND: '001090000009' }]);
    const digest = await receiveOctets(dossier);
    await decisionOn(digest);
    expect(await put(site, backend, digest, dossier, await signedReceipt(site.pki, dossier))).toMatchObject({ status: 200, json: { state: 'answered' } });
  });

  test('is due when it was promised, though the backend is started again with other settings', async () => {
    const digest = await receive();
    await backend.stop();
    backend = await site.start({ processingMs: 3_600_000 });
    expect(await resultOf(digest)).toMatchObject({ status: 202 });
    pass(2_000);
    expect(await resultOf(digest)).toMatchObject({ status: 200 });
    await backend.stop();
    backend = await site.start();
  });
});

describe('the decision', () => {
  test('counts people, not changes', async () => {
    const rows = [
      { HoTen: 'A & B <x>', MasoBHXH: '0100000001' },
      { HoTen: 'A', MasoBHXH: '0100000001', PA: 'DC', TuThang: '06/2026' },
      { HoTen: 'C', CMND: '001090000001' },
      { HoTen: 'D', PA: 'GH' },
      { HoTen: 'E', PA: 'GH' },
    ];
    expect(await decisionOn(await receive(rows))).toMatchObject({ MA_KQUA: '200', KQUA: 'Đã giải quyết: 4 người lao động.' });
  });

  test('is a refusal when a person is listed twice with the same change', async () => {
    const rows = [{ HoTen: 'A', MasoBHXH: '0100000001' }, { HoTen: 'C', CMND: '001090000002' }, { HoTen: 'A', MasoBHXH: '0100000001' }];
    expect(await decisionOn(await receive(rows))).toMatchObject({ MA_KQUA: 'GW-TC01', KQUA: 'Từ chối giải quyết: người lao động ở dòng 3 bị kê khai trùng.' });
  });

  test('is made of a dossier without a labour list too', async () => {
    expect(await decisionOn(await receive())).toMatchObject({ MA_KQUA: '200', CO_QUAN: '01903' });
  });

  test('is made even of octets that are no dossier, if a gateway vouches for them', async () => {
    expect(await decisionOn(await receiveOctets(Buffer.from('%PDF')))).toMatchObject({ MA_KQUA: 'GW-TC02', CO_QUAN: 'KHONG_RO' });
  });
});

describe('a wrong answer, when ordered,', () => {
  test('is about another dossier, and the right one stays the right one', async () => {
    const digest = await receive();
    backend.behaviour.answerWith = 'other-dossier';
    const wrong = await decisionOn(digest);
    expect(wrong['SHA256']).toMatch(/^[0-9a-f]{64}$/);
    expect(wrong['SHA256']).not.toBe(digest);
    backend.behaviour.answerWith = undefined;
    expect(readAnswer((await resultOf(digest)).body)['SHA256']).toBe(digest);
  });

  test('is signed by a key that nobody trusts', async () => {
    const digest = await receive();
    pass(2_000);
    backend.behaviour.answerWith = 'wrong-key';
    const { body } = await resultOf(digest);
    expect(() => readAnswer(body)).toThrow(Refusal);
    expect(() => readAnswer(body)).toThrow('NO_CERTIFICATE_CHAIN_FOUND');
    backend.behaviour.answerWith = undefined;
    expect(readAnswer((await resultOf(digest)).body)['SHA256']).toBe(digest);
  });
});
