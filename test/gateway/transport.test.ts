// Guarantee: whatever comes over the wire, in whatever pieces, is answered in form or cut off; the certificate decides who speaks; and the
// next sender is served.
import { once } from 'node:events';
import { connect as connectPlainly } from 'node:net';
import { connect } from 'node:tls';
import type { ConnectionOptions, TLSSocket } from 'node:tls';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createAuthority, issueCertificate } from '../../src/development/certificates.ts';
import { daysAfter } from '../../src/development/pki.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { employerLike, identityOf } from '../support/pki.ts';
import { expectProblem } from '../support/problems.ts';
import { callerTo, startSite } from '../support/site.ts';
import type { Answer, Site } from '../support/site.ts';

let site: Site;
let accepted = 0;

beforeAll(async () => {
  site = await startSite({ environment: { GATEWAY_BODY_TIMEOUT_SECONDS: '1' } });
});

afterAll(() => site.stop());

function dossier(): Promise<Buffer> {
  return signedDossier(identityOf(site.pki.employer), { mark: `đường truyền ${accepted}` });
}

async function expectStillServing(): Promise<void> {
  expect((await site.ivan.post('/v1/dossiers', await dossier())).status).toBe(201);
  accepted += 1;
}

function trusting(options: ConnectionOptions = {}): ConnectionOptions {
  return { host: '127.0.0.1', port: site.gateway.port, ca: [site.pki.root.certificatePem], servername: 'localhost', ...options };
}

async function open(options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect(trusting(options));
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  return socket;
}

/** Everything the gateway says on this socket until it ends it. */
async function answerOn(socket: TLSSocket): Promise<Answer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'close');
  const [head = '', body = ''] = Buffer.concat(chunks).toString('latin1').split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(lines.map((line) => line.split(': ')).map(([name = '', value = '']) => [name.toLowerCase(), value]));
  return { status: Number(statusLine.split(' ')[1]), headers, body: Buffer.from(body, 'latin1') };
}

async function sendRaw(text: string): Promise<Answer> {
  const socket = await open();
  const answer = answerOn(socket);
  socket.write(text);
  return answer;
}

const head = (more: string): string => `POST /v1/dossiers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/xml\r\n${more}\r\n\r\n`;

describe('a client certificate', () => {
  const post = async (cert: string, key: string): Promise<Answer> => {
    const caller = callerTo(site.gateway.url, site.pki, { cert, key });
    const answer = await caller.post('/v1/dossiers', await dossier());
    caller.close();
    return answer;
  };

  it('that is not registered is nobody’s, whoever issued it', async () => {
    const known = employerLike(site.pki, { extendedKeyUsage: ['clientAuth'] });
    expectProblem(await post(known.certificatePem, known.privateKeyPem), 'IDENTITY_UNKNOWN');
    const now = new Date();
    const lifetime = { notBefore: daysAfter(now, -1), notAfter: daysAfter(now, 1) };
    const authority = createAuthority({ subject: { CN: 'Somebody else' }, ...lifetime });
    const foreign = issueCertificate({ subject: { CN: 'I-VAN (Development)' }, issuer: authority, ...lifetime });
    expectProblem(await post(foreign.certificatePem, foreign.privateKeyPem), 'IDENTITY_UNKNOWN');
    const own = issueCertificate({ subject: { CN: 'I-VAN (Development)' }, notBefore: daysAfter(now, -9), notAfter: daysAfter(now, -8) });
    expectProblem(await post(own.certificatePem, own.privateKeyPem), 'IDENTITY_UNKNOWN');
  });

  it('without its key proves nothing', async () => {
    const caller = callerTo(site.gateway.url, site.pki, { cert: site.pki.ivan.chainPem, key: site.pki.employer.privateKeyPem });
    await expect(caller.post('/v1/dossiers', '<Hoso/>')).rejects.toThrow();
  });
});

describe('the connection', () => {
  it('is TLS 1.2 or newer', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = await open({ minVersion: version, maxVersion: version });
      expect(socket.getProtocol()).toBe(version);
      socket.destroy();
    }
    for (const version of ['TLSv1', 'TLSv1.1'] as const) {
      const socket = connect(trusting({ minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' }));
      const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
      expect(error.code).toMatch(/PROTOCOL|ALERT|ECONNRESET/);
    }
  });

  it('in plain HTTP is cut without an answer', async () => {
    const socket = connectPlainly(site.gateway.port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'close');
    expect(Buffer.concat(chunks).toString('latin1')).not.toContain('HTTP/1.1 200');
    await expectStillServing();
  });
});

describe('octets that are no request', () => {
  it.each([
    ['not HTTP', '\u0016\u0003\u0001 no HTTP\r\n\r\n'],
    ['XML alone', '<?xml version="1.0"?><Hoso/>\r\n\r\n'],
    ['an unknown method', 'SUBMIT /v1/dossiers HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['an unknown version', 'GET /health/live HTTP/9.9\r\nHost: localhost\r\n\r\n'],
    ['a header without a colon', 'GET /health/live HTTP/1.1\r\nHost localhost\r\n\r\n'],
    ['two lengths', head('Content-Length: 7\r\nContent-Length: 8') + '<Hoso/>'],
    ['a length and chunks', head('Content-Length: 7\r\nTransfer-Encoding: chunked') + '0\r\n\r\n'],
    ['a length that is no number', head('Content-Length: -1')],
    ['a chunk that is none', head('Transfer-Encoding: chunked') + 'xyz\r\n<Hoso/>\r\n0\r\n\r\n'],
  ])('(%s) are a malformed request', async (_name, text) => {
    expectProblem(await sendRaw(text), 'REQUEST_MALFORMED');
  });

  it('with headers beyond the bound are refused as that', async () => {
    expectProblem(await sendRaw(head(`X-Long: ${'x'.repeat(20_000)}`)), 'HEADERS_TOO_LARGE');
    await expectStillServing();
  });

  it('without a Host, or with an unknown expectation, are a request like any other', async () => {
    expect((await sendRaw('GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n')).status).toBe(200);
    expect((await sendRaw('GET /health/live HTTP/1.1\r\nHost: localhost\r\nExpect: wonders\r\nConnection: close\r\n\r\n')).status).toBe(200);
  });
});

describe('a body', () => {
  it('may wait for the gateway to ask for it', async () => {
    const bytes = await dossier();
    const answer = await site.ivan.post('/v1/dossiers', bytes, { expect: '100-continue' });
    accepted += 1;
    expect(answer.status).toBe(201);
  });

  it('that does not arrive in time is refused, and so is one that comes in drops', async () => {
    const socket = await open();
    const answer = answerOn(socket);
    socket.write(head('Content-Length: 1000'));
    const drops = setInterval(() => socket.write(' '), 100);
    expectProblem(await answer, 'BODY_TIMEOUT');
    clearInterval(drops);
    await expectStillServing();
  });

  it('that is cut in the middle leaves nothing behind', async () => {
    const bytes = await dossier();
    for (const more of [`Content-Length: ${bytes.length}`, 'Transfer-Encoding: chunked']) {
      const socket = await open({ cert: site.pki.ivan.chainPem, key: site.pki.ivan.privateKeyPem });
      socket.write(head(more));
      if (more.startsWith('T')) socket.write(`${(bytes.length).toString(16)}\r\n`);
      socket.write(bytes.subarray(0, bytes.length / 2));
      await new Promise((resolve) => setTimeout(resolve, 50));
      socket.destroy();
      await once(socket, 'close');
    }
    expect((await site.ivan.post('/v1/dossiers', bytes)).status).toBe(201);
    accepted += 1;
  });
});

it('nothing but whole dossiers is stored, and no bug was logged', async () => {
  expect(site.log.filter(({ message }) => message === 'bug')).toEqual([]);
  expect(await audit(site.databaseUrl)).toMatchObject({ submissions: accepted, accepted });
});
