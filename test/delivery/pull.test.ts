// Guarantee: an agency that fetches gets its own dossiers and nobody else's, in order, each until it says that it has it; what it does not say, says
// twice or says too late loses nothing and doubles nothing; and every answer is one that the interface description describes.
import { createHash, randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import type { Credential } from '../../src/development/certificates.ts';
import { daysAfter } from '../../src/development/pki.ts';
import type { DevelopmentPki } from '../../src/development/pki.ts';
import { agencyOperations } from '../../src/http/operations/agency.ts';
import { listDeadLetters, replay } from '../../src/store/dead-letters.ts';
import { issueWith } from '../../src/receipts/issue.ts';
import { insertAccepted } from '../support/accepted.ts';
import { answerXml } from '../support/agency-answer.ts';
import { readDescription } from '../support/described.ts';
import type { Described } from '../support/described.ts';
import { signedDossier } from '../support/dossiers.ts';
import { employerLike, identityOf, loadPki, pkiFolder } from '../support/pki.ts';
import { callerTo, fingerprintOf, startSite } from '../support/site.ts';
import type { Answer, Caller, Site } from '../support/site.ts';

const LEASE_SECONDS = 60;

let pki: DevelopmentPki;
let site: Site;
let description: Described;
let routes: string;
/** Stands still but for `later`: how long the machine takes ends no lease. */
const began = Date.now();
let shiftMs = 0;
const now = (): Date => new Date(began + shiftMs);
const callers = new Map<string, Caller>();
const clients = new Map<string, Credential>();

function client(name: string, notAfter = daysAfter(new Date(), 300)): Credential {
  return employerLike(pki, { subject: { C: 'VN', CN: `Agency ${name} (Development)` }, uids: [], keyUsage: ['digitalSignature'], extendedKeyUsage: ['clientAuth'], notAfter });
}

beforeAll(async () => {
  pki = await loadPki();
  for (const name of ['north', 'south', 'small']) clients.set(name, client(name));
  clients.set('expired', client('expired', daysAfter(new Date(), -1)));
  const folder = pkiFolder();
  const agencyFiles = { answerSigners: ['agency-signing.pem'], transport: 'pull' };
  const clientsOf = (...names: string[]): string[] => names.map((name) => fingerprintOf(clients.get(name)?.certificatePem ?? ''));
  routes = join(folder, `routes-${randomUUID()}.json`);
  writeFileSync(routes, JSON.stringify({
    backends: {
      north: { ...agencyFiles, pull: { clients: clientsOf('north', 'expired'), leaseSeconds: LEASE_SECONDS } },
      south: { ...agencyFiles, pull: { clients: clientsOf('south') } },
      small: { ...agencyFiles, pull: { clients: clientsOf('small'), mostOctets: 60 } },
    },
    routes: { '*': 'north', '079': 'south', '080': 'small' },
  }));
  site = await startSite({ environment: { GATEWAY_ROUTES_FILE: routes }, world: { now, random: () => 0.5 } });
  for (const [name, { certificatePem, privateKeyPem }] of clients) callers.set(name, callerTo(site.gateway.url, pki, { cert: certificatePem, key: privateKeyPem }));
  description = await readDescription(site);
});

afterAll(async () => {
  for (const caller of callers.values()) caller.close();
  await site.stop();
  rmSync(routes);
});

beforeEach(async () => {
  // What other tests left is nobody's business here.
  await site.gateway.database.query(`UPDATE delivery SET state = 'delivered', delivered_at = due_at WHERE state <> 'delivered'`);
});

const later = (seconds: number): void => { shiftMs += seconds * 1000; };

interface Given { readonly sha256: string; readonly number: string; readonly attempts: number; readonly dossier: string; readonly receipt: string; readonly transactionCode: string }

/** One call of an agency, and its answer as the description has it. */
async function call(id: string, agency: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly json: Record<string, unknown> }> {
  const operation = agencyOperations.find((one) => one.id === id);
  const caller = callers.get(agency);
  if (operation === undefined || caller === undefined) throw new Error(`${id} by ${agency}`);
  const answer: Answer = await caller.call(operation.method, `/v1/agency/dossiers${path}`, body === undefined ? undefined : JSON.stringify(body), body === undefined ? {} : { 'content-type': 'application/json' });
  description.check(operation, answer);
  return { status: answer.status, json: JSON.parse(answer.body.toString('utf8')) as Record<string, unknown> };
}

async function fetched(agency: string, query = '?limit=100'): Promise<Given[]> {
  const { status, json } = await call('fetchDossiers', agency, query);
  expect(status).toBe(200);
  return json['dossiers'] as Given[];
}

async function bring(agency: string, message: Buffer): Promise<{ readonly status: number; readonly json: Record<string, unknown> }> {
  const operation = agencyOperations.find(({ id }) => id === 'bringMessage');
  const answer = await callers.get(agency)?.post('/v1/agency/messages', message);
  if (operation === undefined || answer === undefined) throw new Error(agency);
  description.check(operation, answer);
  return { status: answer.status, json: JSON.parse(answer.body.toString('utf8')) as Record<string, unknown> };
}

const numbers = (dossiers: readonly Given[]): string[] => dossiers.map(({ number }) => number);
const acknowledge = (agency: string, digest: string) => call('acknowledgeDossier', agency, `/${digest}/acknowledge`);
const rejectIt = (agency: string, digest: string, body: unknown = { code: 'receipt-signature-invalid', reason: 'không đọc được' }) => call('rejectDossier', agency, `/${digest}/reject`, body);
const insert = (...dossiers: Parameters<typeof insertAccepted>[1][number][]): Promise<string[]> => insertAccepted(site.gateway.database, dossiers);
const eventsOf = async (digest: string): Promise<string[]> =>
  (await site.gateway.database.query<{ kind: string }>(`SELECT e.kind FROM audit_event e JOIN submission s ON s.id = e.submission_id WHERE s.digest = $1 AND e.kind LIKE 'deliver%' ORDER BY e.id`, [digest])).map(({ kind }) => kind);

describe('who may fetch', () => {
  it('is an agency with a client certificate of the route file, as long as the certificate is valid', async () => {
    const codeFor = async (caller: Caller): Promise<unknown> => {
      const { status, body } = await caller.get('/v1/agency/dossiers');
      return [status, (JSON.parse(body.toString('utf8')) as { code: string }).code];
    };
    expect(await codeFor(site.direct)).toEqual([403, 'AGENCY_UNKNOWN']);
    expect(await codeFor(site.ivan)).toEqual([403, 'AGENCY_UNKNOWN']);
    expect((await call('fetchDossiers', 'expired', '')).json['code']).toBe('AGENCY_CERTIFICATE_TIME');
    expect((await call('fetchDossiers', 'north', '')).status).toBe(200);
  });

  it('sees its own lane alone, and can neither acknowledge nor reject another’s', async () => {
    const [ours = '', theirs = ''] = await insert({ unitCode: 'TS1' }, { agency: '07901', unitCode: 'TS1' });
    expect((await fetched('north')).map(({ sha256 }) => sha256)).toEqual([ours]);
    expect((await fetched('south')).map(({ sha256 }) => sha256)).toEqual([theirs]);
    expect([await acknowledge('north', theirs), await rejectIt('north', theirs)].map(({ json }) => json['code'])).toEqual(['DOSSIER_UNKNOWN', 'DOSSIER_UNKNOWN']);
    expect((await acknowledge('south', theirs)).status).toBe(200);
  });
});

describe('what is fetched', () => {
  it('is the octets that were received, under their digest, with the receipt that was given', async () => {
    const bytes = await signedDossier(identityOf(pki.employer), { mark: 'để cơ quan lấy về' });
    const { body: receipt } = await site.ivan.post('/v1/dossiers', bytes);
    const [dossier] = await fetched('north', '?wait=30');
    expect(dossier).toMatchObject({ sha256: createHash('sha256').update(bytes).digest('hex'), dossier: bytes.toString('base64'), receipt: receipt.toString('base64'), attempts: 1 });
    expect(receipt.toString('utf8')).toContain(`<SO_HSO>${dossier?.number}</SO_HSO>`);
    expect(receipt.toString('utf8')).toContain(`<MA_GDICH>${dossier?.transactionCode}</MA_GDICH>`);
  });

  it('comes nearest deadline first, one of an employer at a time, and at most as many as asked for', async () => {
    const soon = new Date(Date.UTC(2026, 10, 23, 1, 30));
    const digests = await insert({ unitCode: 'TS1' }, { unitCode: 'TS1' }, { unitCode: 'TS2', dueAt: soon }, { unitCode: 'TS3' });
    const order = await Promise.all(digests.map(async (digest) => (await site.gateway.database.query<{ number: string }>('SELECT d.number FROM dossier d JOIN submission s ON s.id = d.submission_id WHERE s.digest = $1', [digest]))[0]?.number));
    expect(numbers(await fetched('north', '?limit=2'))).toEqual([order[2], order[0]]);
    expect(numbers(await fetched('north'))).toEqual([order[3]]);
    await acknowledge('north', digests[0] ?? '');
    expect(numbers(await fetched('north'))).toEqual([order[1]]);
  });

  it('is bounded in octets, but never nothing', async () => {
    await insert({ agency: '08001', unitCode: 'TS1' }, { agency: '08001', unitCode: 'TS2' }, { agency: '08001', unitCode: 'TS3' });
    const sizes = [await fetched('small'), await fetched('small')].map((dossiers) => [dossiers.length, dossiers.map(({ attempts }) => attempts)]);
    // <Hoso>00001/2026/08001</Hoso> has 29 octets: two fit into 60.
    expect(sizes).toEqual([[2, [1, 1]], [1, [1]]]);
  });

  it('may be waited for: the answer comes with the dossier, without one at the end of the wait, and at once when the gateway stops', async () => {
    const waiting = fetched('south', '?wait=30');
    const [digest = ''] = await insert({ agency: '07901', unitCode: 'TS9' });
    await site.gateway.database.query("SELECT pg_notify('delivery', '')");
    expect((await waiting).map(({ sha256 }) => sha256)).toEqual([digest]);
    expect(await fetched('south', '?wait=1')).toEqual([]);
    const another = await startSite({ environment: { GATEWAY_ROUTES_FILE: routes } });
    const { certificatePem: cert, privateKeyPem: key } = clients.get('south') ?? { certificatePem: '', privateKeyPem: '' };
    const caller = callerTo(another.gateway.url, pki, { cert, key });
    const held = caller.get('/v1/agency/dossiers?wait=60');
    await caller.get('/v1/agency/dossiers'); // answered after the other call had begun to wait
    await another.stop();
    expect((await held).status).toBe(200); // what is still open when the grace is over is cut, and has no status
    caller.close();
  });

  it('is asked for in its own words only', async () => {
    const codes = await Promise.all(['?limit=0', '?limit=101', '?wait=61', '?most=1'].map(async (query) => (await call('fetchDossiers', 'north', query)).json['code']));
    expect(codes).toEqual(['QUERY_VALUE', 'QUERY_VALUE', 'QUERY_VALUE', 'QUERY_NAME']);
    await insert({ unitCode: 'TS1' });
    expect((await callers.get('north')?.call('HEAD', '/v1/agency/dossiers'))?.status).toBe(405);
    expect(await fetched('north')).toHaveLength(1);
  });
});

describe('a lease', () => {
  it('keeps a dossier until it runs out; then it is given again, and tells that it was', async () => {
    const [digest = ''] = await insert({ unitCode: 'TS1' });
    expect(await fetched('north')).toHaveLength(1);
    later(LEASE_SECONDS - 5);
    expect(await fetched('north')).toEqual([]);
    later(6);
    expect(await fetched('north')).toEqual([expect.objectContaining({ sha256: digest, attempts: 2 })]);
  });

  it('is ended by the acknowledgement, which may come twice, late, or during the next lease, and is recorded once', async () => {
    const [digest = ''] = await insert({ unitCode: 'TS1' });
    await fetched('north');
    later(LEASE_SECONDS + 1);
    await fetched('north');
    later(LEASE_SECONDS + 1);
    const first = await acknowledge('north', digest);
    expect(first).toMatchObject({ status: 200, json: { state: 'delivered' } });
    later(60);
    expect(await acknowledge('north', digest)).toEqual(first);
    expect(await fetched('north')).toEqual([]);
    expect(await eventsOf(digest)).toEqual(['delivered']);
  });

  it('must have been given: what was never fetched cannot be acknowledged or rejected', async () => {
    const [digest = ''] = await insert({ unitCode: 'TS1' });
    expect([await acknowledge('north', digest), await rejectIt('north', digest)].map(({ status, json }) => [status, json['code']])).toEqual([[409, 'DOSSIER_NOT_LEASED'], [409, 'DOSSIER_NOT_LEASED']]);
    expect((await acknowledge('north', 'abc')).json['code']).toBe('DIGEST_FORMAT');
    expect((await acknowledge('north', 'a'.repeat(64))).json['code']).toBe('DOSSIER_UNKNOWN');
  });
});

describe('a dossier that the agency rejects', () => {
  it('comes again later, and after five times waits for an operator, who can send it again', async () => {
    const [digest = ''] = await insert({ unitCode: 'TS1' });
    const states: unknown[] = [];
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect(await fetched('north')).toHaveLength(1);
      states.push((await rejectIt('north', digest)).json['state'], (await rejectIt('north', digest)).json['state']); // the answer may be lost
      expect(await fetched('north')).toEqual([]);
      later(3_600);
    }
    expect(states).toEqual([...Array.from({ length: 8 }, () => 'waiting'), 'dead', 'dead']);
    const { database } = site.gateway;
    expect(await listDeadLetters(database.query, { most: 10 })).toEqual([expect.objectContaining({ digest, rejections: 5, lastError: 'receipt-signature-invalid: không đọc được' })]);
    expect((await acknowledge('north', digest)).json['code']).toBe('DOSSIER_NOT_LEASED');
    await database.transaction((query) => replay(query, { lane: 'agency:north' }, now()));
    await fetched('north');
    expect((await acknowledge('north', digest)).status).toBe(200);
    expect((await rejectIt('north', digest)).json['code']).toBe('DOSSIER_NOT_LEASED');
  });

  it('is rejected with a code and a reason, or not at all', async () => {
    const [digest = ''] = await insert({ unitCode: 'TS1' });
    await fetched('north');
    const bodies = [{ code: 'a' }, { code: 'a b', reason: 'b' }, { code: 'a', reason: '' }, { code: 'a', reason: 'b', more: 1 }];
    for (const body of bodies) expect((await rejectIt('north', digest, body)).json['code']).toBe('FIELD_INVALID');
    expect((await acknowledge('north', digest)).status).toBe(200);
  });
});

describe('what the agency brings', () => {
  it('is recorded once however often it comes, gives the sender its result, and is told when it is not believed', async () => {
    const bytes = await signedDossier(identityOf(pki.employer), { mark: 'cơ quan mang kết quả đến' });
    await site.ivan.post('/v1/dossiers', bytes);
    const [dossier] = await fetched('north', '?wait=30');
    if (dossier === undefined) throw new Error('nothing was given');
    const { sha256: digest, number: dossierNumber, transactionCode } = dossier;
    await acknowledge('north', digest);
    const answer = answerXml({ digest, dossierNumber, transactionCode, decision: { code: '200', text: 'Đã giải quyết', agency: '00101' }, at: now() });
    const message = await issueWith(identityOf(pki.agencySigning))(answer);
    expect(await bring('south', message)).toMatchObject({ status: 202, json: { verdict: 'rejected' } });
    expect(await bring('north', message)).toMatchObject({ status: 202, json: { sha256: createHash('sha256').update(message).digest('hex'), verdict: 'taken', reason: null } });
    expect(await bring('north', message)).toMatchObject({ status: 200, json: { verdict: 'repeated' } });
    expect((await site.direct.get(`/v1/dossiers/${digest}/result`)).status).toBe(200);
    expect(await bring('north', Buffer.from('<BHXH/>'))).toMatchObject({ status: 202, json: { verdict: 'rejected' } });
    expect((await site.ivan.post('/v1/agency/messages', message)).status).toBe(403);
  });
});

describe('an agency that contradicts itself a thousand times', () => {
  const rowsOf = async (table: string): Promise<number> => (await site.gateway.database.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`))[0]?.count ?? 0;

  it('is answered each time, and leaves what it left the first time', async () => {
    const [digest = '', other = ''] = await insert({ unitCode: 'TS1' }, { agency: '07901', unitCode: 'TS1' });
    await fetched('north');
    await acknowledge('north', digest);
    const before = [await rowsOf("audit_event WHERE kind LIKE 'deliver%'"), await rowsOf('delivery_lease'), await eventsOf(digest)];
    for (let round = 0; round < 20; round += 1) {
      const answers = await Promise.all([acknowledge('north', digest), rejectIt('north', digest), acknowledge('north', other), rejectIt('north', 'e'.repeat(64)), rejectIt('north', other), acknowledge('north', digest)]);
      expect(answers.map(({ status }) => status)).toEqual([200, 409, 404, 404, 404, 200]);
    }
    expect([await rowsOf("audit_event WHERE kind LIKE 'deliver%'"), await rowsOf('delivery_lease'), await eventsOf(digest)]).toEqual(before);
  });

  it('with two clients that fetch at once gives each dossier to one of them, and takes the word of either', async () => {
    const digests = await insert(...Array.from({ length: 30 }, (_value, index) => ({ unitCode: `TS${700 + index}` })));
    const rounds = await Promise.all(Array.from({ length: 6 }, () => fetched('north', '?limit=7&wait=1')));
    const given = rounds.flat().map(({ sha256 }) => sha256);
    given.push(...(await fetched('north')).map(({ sha256 }) => sha256));
    expect(given.toSorted()).toEqual(digests.toSorted());
    // Both answer for every one, in different ways: the first word of each counts.
    await Promise.all(digests.flatMap((digest, index) => (index % 2 === 0 ? [acknowledge('north', digest), acknowledge('north', digest)] : [acknowledge('north', digest), rejectIt('north', digest)])));
    later(3_600);
    for (let left = await fetched('north'); left.length > 0; left = await fetched('north')) for (const { sha256 } of left) expect((await acknowledge('north', sha256)).status).toBe(200);
    for (const digest of digests) expect((await eventsOf(digest)).filter((kind) => kind === 'delivered')).toHaveLength(1);
  });

  it('by the same message costs no signature and no row after the first', async () => {
    const bytes = await signedDossier(identityOf(pki.employer), { mark: 'nói mãi một câu' });
    await site.ivan.post('/v1/dossiers', bytes);
    const [dossier] = await fetched('north', '?wait=30');
    if (dossier === undefined) throw new Error('nothing was given');
    const { sha256: digest, number: dossierNumber, transactionCode } = dossier;
    await acknowledge('north', digest);
    const message = await issueWith(identityOf(pki.agencySigning))(answerXml({ digest, dossierNumber, transactionCode, decision: { code: '200', text: 'Đã giải quyết', agency: '00101' }, at: now() }));
    expect((await bring('north', message)).json['verdict']).toBe('taken');
    const before = await rowsOf('agency_message');
    for (let round = 0; round < 50; round += 1) expect(await bring('north', message)).toMatchObject({ status: 200, json: { verdict: 'repeated' } });
    expect(await rowsOf('agency_message')).toEqual(before);
  });
});
