// Guarantee: the backend takes exactly the dossiers that a gateway it knows has accepted, each of them once, and loses none.
import { connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import type { Backend } from '../../src/backend/server.ts';
import { LIMIT, call, makeDossier, makeSite, put, receiptOf, sha256, signedReceipt } from './support.ts';
import type { Answer, Call, Site } from './support.ts';

let site: Site;
let backend: Backend;
let dossier: Buffer;
let digest: string;
let receipt: Buffer;

beforeAll(async () => {
  site = await makeSite();
  backend = await site.start();
});

afterAll(() => site.end());

beforeEach(async () => {
  dossier = await makeDossier(site.pki, [{ HoTen: 'Nguyễn Văn Thử', MasoBHXH: '0100000001' }]);
  digest = sha256(dossier);
  receipt = await signedReceipt(site.pki, dossier);
});

afterEach(() => {
  Object.assign(backend.behaviour, { failNext: 0, dropNext: 0, delayMs: 0, answerWith: undefined });
});

const timesPut = async (key = digest): Promise<number> => (await backend.dossiers()).find((row) => row.digest === key)?.timesPut ?? 0;

async function expectRejected(answer: Promise<Answer>, status: number, error: string): Promise<void> {
  const { headers, json, status: found } = await answer;
  expect([found, json]).toEqual([status, expect.objectContaining({ error })]);
  expect(headers['content-type']).toBe('application/json');
  expect(await timesPut()).toBe(0);
}

describe('a dossier with its receipt', () => {
  test('is received, and a repeat is told so and stored no second time', async () => {
    expect(await put(site, backend, digest, dossier, receipt)).toMatchObject({ status: 202, json: { state: 'received' } });
    expect(await put(site, backend, digest, dossier, receipt)).toMatchObject({ status: 200, json: { state: 'received' } });
    expect((await backend.dossiers()).filter((row) => row.digest === digest)).toEqual([{ digest, timesPut: 2, answered: false }]);
  });

  test('put many times at once is received once', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => put(site, backend, digest, dossier, receipt)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 202]);
    expect(await timesPut()).toBe(6);
  });

  test('whose answer is lost is there, and the repeat finds it', async () => {
    backend.behaviour.dropNext = 1;
    await expect(put(site, backend, digest, dossier, receipt)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await timesPut()).toBe(1);
    expect(await put(site, backend, digest, dossier, receipt)).toMatchObject({ status: 200, json: { state: 'received' } });
    expect(await timesPut()).toBe(2);
  });

  test('is received over TLS 1.2 or later only', async () => {
    const { gatewayClient, root } = site.pki;
    const failure = await new Promise((resolve) => {
      const options = { port: backend.port, host: '127.0.0.1', ca: root.certificatePem, cert: gatewayClient.chainPem, key: gatewayClient.privateKeyPem };
      connect({ ...options, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }, () => { resolve('connected'); }).on('error', ({ message }) => { resolve(message); });
    });
    expect(failure).toMatch(/protocol version|unsupported protocol/i);
  });
});

describe('a backend that stops', () => {
  test('waits for no delay, and answers what is under way', async () => {
    const other = await site.start();
    other.behaviour.delayMs = 3_600_000;
    const answer = put(site, other, digest, dossier, receipt);
    while ((await timesPut()) === 0);
    await other.stop();
    expect(await answer).toMatchObject({ status: 202, headers: { connection: 'close' } });
    await expect(call(site, other, { path: '/health/live' })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('refused is', () => {
  test('a dossier altered by one octet', async () => {
    const altered = Buffer.concat([dossier, Buffer.from('\n')]);
    await expectRejected(put(site, backend, digest, altered, receipt), 422, 'dossier-digest-mismatch');
  });

  test('a receipt for another dossier', async () => {
    const other = await signedReceipt(site.pki, await makeDossier(site.pki));
    await expectRejected(put(site, backend, digest, dossier, other), 422, 'receipt-digest-mismatch');
  });

  test('a receipt that says refused', async () => {
    await expectRejected(put(site, backend, digest, dossier, await signedReceipt(site.pki, dossier, { kind: 'refused' })), 422, 'receipt-kind');
  });

  test('a receipt without a signature', async () => {
    await expectRejected(put(site, backend, digest, dossier, receiptOf(dossier)), 422, 'receipt-signature-invalid');
  });

  test('a receipt changed after signing', async () => {
    const forged = Buffer.from(receipt.toString().replace('00001/2026/01903', '00002/2026/01903'));
    await expectRejected(put(site, backend, digest, dossier, forged), 422, 'receipt-signature-invalid');
  });

  test('a receipt that is no XML', async () => {
    await expectRejected(put(site, backend, digest, dossier, Buffer.from('biên nhận')), 422, 'receipt-signature-invalid');
  });

  test('a receipt signed by an employer, whose certificate the same authority issued', async () => {
    await expectRejected(put(site, backend, digest, dossier, await signedReceipt(site.pki, dossier, {}, 'employer')), 422, 'receipt-signer-unknown');
  });

  test('a receipt of the gateway when its certificate has ended', async () => {
    const { time } = site;
    site.time = new Date(time.getTime() + 1000 * 86_400_000);
    try {
      await expectRejected(put(site, backend, digest, dossier, receipt), 422, 'receipt-signer-untrusted');
    } finally {
      site.time = time;
    }
  });

  test.each<[what: string, changes: (valid: Call) => Partial<Call>, error: string]>([
    ['a body that is not JSON', () => ({ body: '{"receipt"' }), 'body-malformed'],
    ['a JSON text that is no object', () => ({ body: 'null' }), 'body-malformed'],
    ['a body without a dossier', () => ({ body: JSON.stringify({ receipt: receipt.toString('base64') }) }), 'body-malformed'],
    ['base64 with stray characters', () => ({ body: JSON.stringify({ receipt: '*', dossier: '*' }) }), 'body-malformed'],
    ['no body', () => ({ body: '' }), 'body-malformed'],
    ['another media type', ({ headers = {} }) => ({ headers: { ...headers, 'Content-Type': 'application/xml' } }), 'media-type'],
    ['an idempotency key that is not the digest', ({ headers = {} }) => ({ headers: { ...headers, 'Idempotency-Key': sha256('x') } }), 'idempotency-key-mismatch'],
    ['no idempotency key', () => ({ headers: { 'Content-Type': 'application/json' } }), 'idempotency-key-mismatch'],
    ['a digest in capitals', () => ({ path: `/dossiers/${digest.toUpperCase()}` }), 'digest-malformed'],
    ['a digest cut short', () => ({ path: `/dossiers/${digest.slice(1)}` }), 'digest-malformed'],
  ])('%s', async (_what, changes, error) => {
    const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': digest };
    const answer = put(site, backend, digest, dossier, receipt, changes({ path: '', headers }));
    await expectRejected(answer, 422, error);
  });

  test('a body over the limit, said in advance or not', async () => {
    await expectRejected(put(site, backend, digest, dossier, receipt, { body: Buffer.alloc(LIMIT + 1, 0x20) }), 413, 'body-too-large');
    const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': digest, 'Transfer-Encoding': 'chunked' };
    await expectRejected(put(site, backend, digest, dossier, receipt, { headers, body: Buffer.alloc(LIMIT + 1, 0x20) }), 413, 'body-too-large');
  });
});

describe('not admitted is', () => {
  test('a client without a certificate', async () => {
    await expect(call(site, backend, { path: '/health/live', as: 'nobody' })).rejects.toThrow();
  });

  test('a client whose certificate is for other purposes', async () => {
    await expect(call(site, backend, { path: '/health/live', as: 'agencySigning' })).rejects.toThrow();
  });

  test('a client that is not the gateway, though the same authority vouches for it', async () => {
    await expectRejected(put(site, backend, digest, dossier, receipt, { as: 'ivan' }), 403, 'client-unknown');
    expect(await call(site, backend, { path: `/dossiers/${digest}/result`, as: 'employer' })).toMatchObject({ status: 403 });
  });
});

describe('every other request', () => {
  test.each<[method: string, path: string, status: number, error: string]>([
    ['GET', '/', 404, 'not-found'],
    ['GET', '/dossiers', 404, 'not-found'],
    ['GET', '/dossiers/a/b', 404, 'not-found'],
    ['GET', `/dossiers/${sha256('nothing')}/result`, 404, 'not-found'],
    ['GET', '/dossiers/x/result', 404, 'not-found'],
    ['GET', `/dossiers/${sha256('nothing')}`, 405, 'method-not-allowed'],
    ['DELETE', `/dossiers/${sha256('nothing')}/result`, 405, 'method-not-allowed'],
    ['POST', '/health/live', 405, 'method-not-allowed'],
  ])('%s %s is answered %d in JSON', async (method, path, status, error) => {
    const answer = await call(site, backend, { method, path });
    expect([answer.status, answer.json]).toEqual([status, expect.objectContaining({ error })]);
    if (status === 405) expect(answer.headers.allow).toMatch(/^(?:GET|PUT)$/);
  });

  test('of health is answered while it lives', async () => {
    expect(await call(site, backend, { path: '/health/live' })).toMatchObject({ status: 200, json: { state: 'live' } });
  });
});

describe('not now', () => {
  test('is said as often as ordered, and nothing is stored', async () => {
    backend.behaviour.failNext = 2;
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const { status, headers } = await put(site, backend, digest, dossier, receipt);
      expect([status, headers['retry-after']]).toEqual([503, '1']);
    }
    expect(await timesPut()).toBe(0);
    expect(await put(site, backend, digest, dossier, receipt)).toMatchObject({ status: 202 });
  });

  test('is said when the revocation of the gateway’s certificate is unknown, for that is no pass', async () => {
    const { time } = site;
    site.time = new Date(time.getTime() + 60 * 86_400_000);
    try {
      expect(await put(site, backend, digest, dossier, receipt)).toMatchObject({ status: 503, json: { error: 'unavailable' } });
    } finally {
      site.time = time;
    }
  });

  test('is said while the database is away, and what came before and after is there', async () => {
    const before = await backend.dossiers();
    await site.database.pause();
    try {
      const { status, headers, json } = await put(site, backend, digest, dossier, receipt);
      expect([status, headers['retry-after'], json]).toEqual([503, '5', { error: 'unavailable' }]);
      expect(await call(site, backend, { path: '/health/live' })).toMatchObject({ status: 200 });
      await expect(site.start()).rejects.toMatchObject({ name: 'Unavailable' });
    } finally {
      await site.database.resume();
    }
    expect(await put(site, backend, digest, dossier, receipt)).toMatchObject({ status: 202 });
    const after = await backend.dossiers();
    expect(after).toHaveLength(before.length + 1);
    expect(after).toEqual(expect.arrayContaining([...before, { digest, timesPut: 1, answered: false }]));
  });
});
