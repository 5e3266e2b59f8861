// Guarantee: what is not a dossier's body is turned away with a problem before anything is read or stored, and the next sender is served.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import supertest from 'supertest';

import type { ProblemCode } from '../../src/errors/problems.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf } from '../support/pki.ts';
import { expectProblem, signedXml } from '../support/problems.ts';
import { startSite } from '../support/site.ts';
import type { Site } from '../support/site.ts';

const mostBytes = 100_000;

let site: Site;
let accepted = 0;
let marks = 0;

beforeAll(async () => {
  site = await startSite({ environment: { GATEWAY_MAX_BODY_BYTES: String(mostBytes) } });
});

afterAll(async () => {
  await site.stop();
});

function dossier(): Promise<Buffer> {
  marks += 1;
  return signedDossier(identityOf(site.pki.employer), { mark: `tiếp nhận ${marks}` });
}

async function submissions(): Promise<number> {
  const [row] = await site.gateway.database.query<{ count: number }>('SELECT count(*)::int AS count FROM submission');
  return row?.count ?? -1;
}

/** The gateway still takes a dossier. */
async function expectStillServing(): Promise<void> {
  expect((await site.ivan.post('/v1/dossiers', await dossier())).status).toBe(201);
  accepted += 1;
}

describe('a body that is not application/xml in UTF-8', () => {
  const types: readonly (string | undefined)[] = [
    'application/json', 'text/html', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/octet-stream', 'application/xmlx', 'text/plain', 'xml', '',
    'application/xml; charset=utf-16', 'application/xml;charset="windows-1258"', 'application/xml; charset=us-ascii', 'application/soap+xml', undefined,
  ];

  it.each(types)('(%p) is turned away', async (type) => {
    const answer = await site.ivan.call('POST', '/v1/dossiers', await dossier(), type === undefined ? {} : { 'content-type': type });
    expectProblem(answer, 'MEDIA_TYPE');
  });

  it.each(['text/xml', 'application/xml; charset=UTF-8', 'application/xml;charset="utf-8"', 'Application/XML ; Charset=utf-8', 'application/xml; version=1'])('(%s) is not such a body', async (type) => {
    expect((await site.ivan.post('/v1/dossiers', await dossier(), { 'content-type': type })).status).toBe(201);
    accepted += 1;
  });
});

describe('a compressed body', () => {
  it('is what it inflates to: the digest is that of the dossier, and the dossier itself is its resend', async () => {
    const bytes = await dossier();
    const packed = await site.ivan.post('/v1/dossiers', gzipSync(bytes), { 'content-encoding': 'gzip' });
    accepted += 1;
    expect([packed.status, packed.headers.location]).toEqual([201, `/v1/dossiers/${createHash('sha256').update(bytes).digest('hex')}`]);
    const plain = await site.ivan.post('/v1/dossiers', bytes);
    expect([plain.status, plain.body.equals(packed.body)]).toEqual([200, true]);
  });

  const damaged: readonly (readonly [string, (packed: Buffer) => Buffer])[] = [
    ['cut off', (packed) => packed.subarray(0, -20)],
    ['changed', (packed) => Buffer.concat([packed.subarray(0, 200), Buffer.from('changed'), packed.subarray(207)])],
    ['with another checksum', (packed) => Buffer.concat([packed.subarray(0, -8), Buffer.alloc(8, 1)])],
    ['not compressed at all', () => Buffer.from('<Hoso/>')],
    ['only a header', (packed) => packed.subarray(0, 10)],
  ];

  it.each(damaged)('that is %s is turned away', async (_name, damage) => {
    expectProblem(await site.ivan.post('/v1/dossiers', damage(gzipSync(await dossier())), { 'content-encoding': 'gzip' }), 'BODY_COMPRESSION');
  });

  it.each(['br', 'deflate', 'gzip, gzip', 'compress', 'gzip;q=1'])('in %s is turned away', async (encoding) => {
    expectProblem(await site.ivan.post('/v1/dossiers', await dossier(), { 'content-encoding': encoding }), 'CONTENT_ENCODING');
  });

  it('that inflates beyond the bound is turned away', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));
    const small = gzipSync(Buffer.alloc(mostBytes + 1));
    for (const packed of [small, ...(bomb.length > mostBytes ? [] : [bomb])]) expectProblem(await site.ivan.post('/v1/dossiers', packed, { 'content-encoding': 'gzip' }), 'BODY_TOO_LARGE');
    const nested = gzipSync(gzipSync(Buffer.alloc(50 * 1024 * 1024)));
    expect((await site.ivan.post('/v1/dossiers', nested, { 'content-encoding': 'gzip' })).status).toBe(422); // the inner gzip is no XML
    await expectStillServing();
  });
});

describe('a body of the wrong size', () => {
  it('beyond the bound by one octet is turned away, declared or chunked', async () => {
    const body = Buffer.alloc(mostBytes + 1, ' ');
    expectProblem(await site.ivan.post('/v1/dossiers', body), 'BODY_TOO_LARGE');
    expectProblem(await site.ivan.post('/v1/dossiers', body, { 'transfer-encoding': 'chunked' }), 'BODY_TOO_LARGE');
    await expectStillServing();
  });

  it('far beyond the bound is answered, too', async () => {
    const body = Buffer.alloc(300 * mostBytes, ' ');
    for (const headers of [{}, { 'transfer-encoding': 'chunked' }]) {
      const answer = await site.ivan.post('/v1/dossiers', body, headers).catch((error: unknown) => (error as NodeJS.ErrnoException).code);
      // What is not read is thrown away for a second only; whoever sends longer than that finds the connection cut.
      if (typeof answer === 'object') expectProblem(answer, 'BODY_TOO_LARGE');
      else expect(answer).toMatch(/ECONNRESET|EPIPE/);
    }
    await expectStillServing();
  });

  it('at the bound is read', async () => {
    expect((await site.ivan.post('/v1/dossiers', Buffer.alloc(mostBytes, ' '))).status).toBe(422);
  });

  it('of no octets is turned away, however it is sent', async () => {
    expectProblem(await site.ivan.post('/v1/dossiers', ''), 'BODY_EMPTY');
    expectProblem(await site.ivan.post('/v1/dossiers', '', { 'transfer-encoding': 'chunked' }), 'BODY_EMPTY');
    expectProblem(await site.ivan.post('/v1/dossiers', gzipSync(''), { 'content-encoding': 'gzip' }), 'BODY_EMPTY');
  });
});

describe('a request that is none of the interface', () => {
  const requests: readonly (readonly [method: 'get' | 'post' | 'put' | 'delete' | 'patch', path: string, code: ProblemCode, allow?: string])[] = [
    ['get', '/', 'NOT_FOUND'],
    ['get', '/v1', 'NOT_FOUND'],
    ['post', '/v2/dossiers', 'NOT_FOUND'],
    ['get', '/v1/dossiers/../../etc/passwd', 'NOT_FOUND'],
    ['get', '/favicon.ico', 'NOT_FOUND'],
    ['get', '/v1/dossiers', 'METHOD', 'POST'],
    ['put', '/v1/dossiers', 'METHOD', 'POST'],
    ['delete', `/v1/dossiers/${'0'.repeat(64)}`, 'METHOD', 'GET'],
    ['post', `/v1/dossiers/${'0'.repeat(64)}/result`, 'METHOD', 'GET'],
    ['patch', '/v1/errors', 'METHOD', 'GET'],
    ['post', '/health/live', 'METHOD', 'GET'],
    ['get', '/v1/dossiers/abc', 'DIGEST_FORMAT'],
    ['get', `/v1/dossiers/${'g'.repeat(64)}`, 'DIGEST_FORMAT'],
    ['get', `/v1/dossiers/${'0'.repeat(65)}/result`, 'DIGEST_FORMAT'],
    ['get', '/v1/dossiers/%zz', 'REQUEST_MALFORMED'],
    ['get', '/v1/dossiers/%c3', 'REQUEST_MALFORMED'],
  ];

  // Every row has all its places: jest would take a missing last one for its callback.
  it.each(requests.map(([method, path, code, allow]) => [method, path, code, allow] as const))('%s %s is a problem (%s)', async (method, path, code, allow) => {
    const { status, headers, text } = await supertest(site.gateway.url)[method](path).ca(site.pki.root.certificatePem).buffer(true);
    const headersOf = headers as Record<string, string>;
    expectProblem({ status, headers: headersOf, body: text }, code);
    expect(headersOf['allow']).toBe(allow);
  });

  it.each(['', 'khóa', 'a b', 'x'.repeat(129)])('with the key %j is a problem', async (key) => {
    const sent = Buffer.from(key).toString('latin1');
    expectProblem(await site.ivan.post('/v1/dossiers', await dossier(), { 'idempotency-key': sent }), 'KEY_FORMAT');
  });

  it('for an unknown digest is a signed statement that nothing was received', async () => {
    const digest = createHash('sha256').update('nothing').digest('hex');
    for (const path of [`/v1/dossiers/${digest}`, `/v1/dossiers/${digest.toUpperCase()}/result`]) {
      const answer = await site.direct.get(path);
      expect([answer.status, signedXml(site, answer).includes(digest)]).toEqual([404, true]);
    }
  });

  it('never gets HTML, a stack or the name of the server', async () => {
    const answer = await site.direct.get('/<script>');
    expect(answer.headers['x-powered-by']).toBeUndefined();
    expect(answer.body.toString()).not.toMatch(/<|\bat .*:\d+/);
  });
});

it('nothing of what was turned away is stored', async () => {
  expect(await submissions()).toBe(accepted + 2); // and the two that were read and refused
  expect(await audit(site.databaseUrl)).toMatchObject({ submissions: accepted + 2, accepted, refused: 2 });
});
