// Guarantee: everybody sees the events of its own dossiers and nobody else's – tried with every certificate there is –, a page at a time or by
// waiting; who waits costs nothing but a place, and loses it by going away.
import { createHash, X509Certificate } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { Backend } from '../../src/backend/server.ts';
import type { Credential } from '../../src/development/certificates.ts';
import { issueCrl } from '../../src/development/revocation-lists.ts';
import { registerContract } from '../../src/registers/record-contract.ts';
import { endUnitCertificates, registerUnitCertificate } from '../../src/store/unit-certificates.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import type { Variation } from '../support/dossiers.ts';
import { employerLike, identityOf, loadPki, pkiFolder } from '../support/pki.ts';
import { callerTo, fingerprintOf, startReferenceBackend, startSite } from '../support/site.ts';
import type { Answer, Caller, Site } from '../support/site.ts';
import { until } from '../support/until.ts';

interface Page {
  readonly events: readonly { readonly position: number; readonly id: string; readonly kind: string; readonly at: string; readonly dossier: { readonly sha256: string; readonly number: string | null } | null; readonly detail: Record<string, unknown> }[];
  readonly last: number;
}

const day = 86_400_000;
let site: Site;
let backend: Backend;
let otherIvan: Caller;
/** By unit code; `both` is registered for two. */
let units: Readonly<Record<'TS1' | 'TS2' | 'both' | 'unregistered', Caller>>;
let credentials: Readonly<Record<'TS1' | 'TS2' | 'both' | 'unregistered', Credential>>;
let otherCredential: Credential;
/** Of the unit TS1, on the authority's list. */
let revoked: Credential;
let trustFolder: string;
let marks = 0;
const opened: Caller[] = [];

const now = (): Date => new Date();

function callerWith({ certificatePem, privateKeyPem }: Credential): Caller {
  const caller = callerTo(site.gateway.url, site.pki, { cert: certificatePem, key: privateKeyPem });
  opened.push(caller);
  return caller;
}

async function register(credential: Credential, unitCode: string, agency = '00101'): Promise<void> {
  const entry = { agency, unitCode, fingerprint: fingerprintOf(credential.certificatePem), serialNumber: '1', subject: 'CN=thử', validFrom: new Date(now().getTime() - day), validUntil: new Date(now().getTime() + 300 * day) };
  await registerUnitCertificate(site.gateway.database, entry, now());
}

async function contractOf(code: string, credential: Credential, state: 'active' | 'suspended' | 'ended', validUntil = new Date(now().getTime() + 300 * day)): Promise<void> {
  await registerContract(site.gateway.database, { ivanCode: code, fingerprint: fingerprintOf(credential.certificatePem), state, validFrom: new Date(now().getTime() - 2 * day), validUntil }, now());
}

const clientOf = (name: string): Credential => employerLike(site.pki, { subject: { C: 'VN', CN: name }, uids: [], extendedKeyUsage: ['clientAuth'] });

beforeAll(async () => {
  backend = await startReferenceBackend();
  const pki = await loadPki();
  revoked = employerLike(pki);
  trustFolder = mkdtempSync(join(tmpdir(), 'gateway-events-'));
  cpSync(join(pkiFolder(), 'trust'), trustFolder, { recursive: true });
  const [thisUpdate, nextUpdate] = [new Date(Date.now() - day / 24), new Date(Date.now() + 7 * day)];
  const serial = new X509Certificate(revoked.certificatePem).serialNumber;
  writeFileSync(join(trustFolder, 'subordinate.crl.pem'), issueCrl({ issuer: pki.subordinate, thisUpdate, nextUpdate, revoked: [{ serial, revokedAt: thisUpdate }] }));
  site = await startSite({ backendUrl: backend.url, environment: { GATEWAY_TRUST_FOLDER: trustFolder } });
  otherCredential = clientOf('I-VAN 00110');
  await contractOf('00110', otherCredential, 'active');
  otherIvan = callerWith(otherCredential);
  credentials = { TS1: employerLike(site.pki), TS2: employerLike(site.pki), both: employerLike(site.pki), unregistered: employerLike(site.pki) };
  units = { TS1: callerWith(credentials.TS1), TS2: callerWith(credentials.TS2), both: callerWith(credentials.both), unregistered: callerWith(credentials.unregistered) };
  await register(credentials.TS1, 'TS1');
  await register(credentials.TS2, 'TS2');
  await register(credentials.both, 'TS3');
  await register(credentials.both, 'TS4', '00102');
});

afterAll(async () => {
  for (const caller of opened) caller.close();
  await audit(site.databaseUrl);
  await site.stop();
  await backend.stop();
  rmSync(trustFolder, { recursive: true });
});

const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function file(caller: Caller, variation: Variation): Promise<string> {
  marks += 1;
  const bytes = await signedDossier(identityOf(site.pki.employer), { mark: `sự kiện ${marks}`, ...variation });
  await caller.post('/v1/dossiers', bytes);
  return digestOf(bytes);
}

function pageIn(answer: Answer): Page {
  expect([answer.status, answer.status === 200 ? '' : answer.body.toString('utf8')]).toEqual([200, '']);
  const page = JSON.parse(answer.body.toString('utf8')) as Page;
  expect(answer.headers['ivan-feed-last']).toBe(String(page.last));
  return page;
}

const read = async (caller: Caller, query = ''): Promise<Page> => pageIn(await caller.get(`/v1/events${query}`));
const digestsIn = ({ events }: Page): Set<string> => new Set(events.flatMap(({ dossier }) => (dossier === null ? [] : [dossier.sha256])));
const refused = async (caller: Caller, query = ''): Promise<[number, string]> => {
  const answer = await caller.get(`/v1/events${query}`);
  return [answer.status, (JSON.parse(answer.body.toString('utf8')) as { code?: string }).code ?? 'events'];
};
const answered = (caller: Caller, digest: string): Promise<Page> =>
  until('the result', async () => {
    const page = pageIn(await caller.get(`/v1/dossiers/${digest}/events`));
    const kinds = new Set(page.events.map(({ kind }) => kind));
    return kinds.has('forwarded') && kinds.has('result') && page;
  });

describe('whose events', () => {
  let mine: string;
  let foreign: string;
  let direct: string;

  beforeAll(async () => {
    mine = await file(site.ivan, { unitCode: 'TS1' });
    foreign = await file(otherIvan, { ivan: '00110', unitCode: 'TS2' });
    direct = await file(site.direct, { ivan: '', unitCode: 'TS1' });
    for (const digest of [mine, foreign, direct]) await answered(site.direct, digest);
  });

  it('an I-VAN sees what it filed, from acceptance to result, and nobody else’s', async () => {
    const page = await read(site.ivan);
    expect([...digestsIn(page)]).toEqual([mine]);
    expect(page.events.map(({ position }) => position)).toEqual(page.events.map((_event, index) => index + 1));
    expect(page.events[0]).toMatchObject({ kind: 'accepted', detail: { document: `/v1/dossiers/${mine}` } });
    expect(page.events.find(({ kind }) => kind === 'forwarded')?.detail).toEqual({}); // how it was delivered is the gateway's own affair
    expect(page.events.find(({ kind }) => kind === 'result')?.detail).toMatchObject({ code: '200', document: `/v1/dossiers/${mine}/result` });
    expect([...digestsIn(await read(otherIvan))]).toEqual([foreign]);
  });

  it('a unit sees what an I-VAN filed for it and what it filed itself, with the ids the I-VAN has, and no other unit’s', async () => {
    const page = await read(units.TS1);
    expect([...digestsIn(page)].sort()).toEqual([mine, direct].sort());
    expect([...digestsIn(await read(units.TS2))]).toEqual([foreign]);
    const idsOf = ({ events }: Page): string[] => events.filter(({ dossier }) => dossier?.sha256 === mine).map(({ id }) => id);
    expect(idsOf(page)).toEqual(idsOf(await read(site.ivan)));
    for (const document of page.events.flatMap(({ detail }) => detail['document'] ?? [])) expect((await site.direct.get(typeof document === 'string' ? document : '')).status).toBe(200);
  });

  it('nobody sees anything by asking for another’s unit, or without a registered certificate', async () => {
    expect(await refused(units.TS1, '?unit=00101/TS2')).toEqual([403, 'FEED_FOREIGN']);
    expect(await refused(units.TS1, '?unit=00102/TS1')).toEqual([403, 'FEED_FOREIGN']);
    expect(await refused(site.ivan, '?unit=00101/TS1')).toEqual([403, 'FEED_CALLER']);
    expect(await refused(units.unregistered)).toEqual([403, 'FEED_CALLER']);
    expect(await refused(site.direct)).toEqual([403, 'FEED_CALLER']);
    expect(await refused(callerWith({ ...site.pki.employer }), '?unit=00101/TS1')).toEqual([403, 'FEED_CALLER']);
  });

  it('a certificate of several units says which it asks for', async () => {
    const [three, four] = [await file(site.ivan, { unitCode: 'TS3' }), await file(site.ivan, { unitCode: 'TS4', agency: '00102' })];
    const ambiguous = await units.both.get('/v1/events');
    expect([ambiguous.status, JSON.parse(ambiguous.body.toString('utf8'))]).toEqual([400, expect.objectContaining({ code: 'FEED_AMBIGUOUS', en: expect.stringContaining('00101/TS3, 00102/TS4') })]);
    expect([...digestsIn(await read(units.both, '?unit=00101/TS3'))]).toEqual([three]);
    expect([...digestsIn(await read(units.both, '?unit=00102/TS4'))]).toEqual([four]);
  });

  it('what was refused is told to the I-VAN that sent it, and never to the unit it names', async () => {
    const before = (await read(units.TS1)).last;
    const digest = await file(site.ivan, { unitCode: 'TS1', period: '13/2026' });
    expect((await read(site.ivan, '?limit=1000')).events.filter(({ dossier }) => dossier?.sha256 === digest)).toMatchObject([{ kind: 'refused', dossier: { number: null } }]);
    expect((await read(units.TS1)).last).toBe(before);
    const alone = await file(site.direct, { ivan: '', unitCode: 'TS1', period: '13/2026' });
    expect(pageIn(await site.direct.get(`/v1/dossiers/${alone}/events`))).toMatchObject({ events: [{ position: 1, kind: 'refused' }], last: 1 });
    expect((await read(units.TS1)).last).toBe(before);
  });

  it('the digest is the permission for one dossier’s events; what was never received gets the signed statement', async () => {
    const page = pageIn(await site.direct.get(`/v1/dossiers/${mine}/events`));
    expect(page.events.map(({ position, kind }) => [position, kind])).toEqual((await read(site.ivan)).events.filter(({ dossier }) => dossier?.sha256 === mine).map(({ kind }, index) => [index + 1, kind]));
    expect(page.last).toBe(page.events.length);
    expect(pageIn(await site.direct.get(`/v1/dossiers/${mine}/events?after=2`)).events).toEqual(page.events.slice(2));
    const unknown = await site.direct.get(`/v1/dossiers/${'a'.repeat(64)}/events`);
    expect([unknown.status, unknown.body.toString('utf8')]).toEqual([404, expect.stringContaining('CHUA_NHAN')]);
  });
});

describe('who may no longer', () => {
  it('a contract that is suspended, ended or over shows nothing', async () => {
    for (const [code, state] of [['00111', 'suspended'], ['00112', 'ended']] as const) {
      const credential = clientOf(`I-VAN ${code}`);
      await contractOf(code, credential, state);
      expect(await refused(callerWith(credential))).toEqual([403, 'FEED_CONTRACT']);
    }
    const over = clientOf('I-VAN 00113');
    await contractOf('00113', over, 'active', new Date(now().getTime() - day));
    expect(await refused(callerWith(over))).toEqual([403, 'FEED_CONTRACT']);
  });

  it('a unit’s certificate that was ended, has expired or was revoked shows nothing', async () => {
    const ended = employerLike(site.pki);
    await register(ended, 'TS1');
    const caller = callerWith(ended);
    expect((await read(caller)).last).toBeGreaterThan(0);
    await endUnitCertificates(site.gateway.database, { agency: '00101', unitCode: 'TS1', fingerprint: fingerprintOf(ended.certificatePem) }, now());
    expect(await refused(caller)).toEqual([403, 'FEED_CALLER']);
    const expired = employerLike(site.pki, { notBefore: new Date(Date.now() - 30 * day), notAfter: new Date(Date.now() - day) });
    await register(expired, 'TS1');
    expect(await refused(callerWith(expired))).toEqual([403, 'FEED_CERTIFICATE']);
    await register(revoked, 'TS1');
    expect(await refused(callerWith(revoked))).toEqual([403, 'FEED_CERTIFICATE']);
  });

  it('nor does it by having waited since before', async () => {
    const ended = employerLike(site.pki);
    await register(ended, 'TS1');
    const caller = callerWith(ended);
    const { last } = await read(caller);
    const waiting = refused(caller, `?after=${last}&wait=30`);
    await endUnitCertificates(site.gateway.database, { agency: '00101', unitCode: 'TS1', fingerprint: fingerprintOf(ended.certificatePem) }, now());
    await file(site.ivan, { unitCode: 'TS1' });
    expect(await waiting).toEqual([403, 'FEED_CALLER']);
  });
});

describe('pages', () => {
  it('follow one another without a gap, and a position beyond the last is said to be one', async () => {
    const whole = await read(site.ivan, '?limit=1000');
    const found: Page['events'][number][] = [];
    for (let after = 0; ; ) {
      const page = await read(site.ivan, `?after=${after}&limit=2`);
      expect([page.events.length <= 2, page.last >= whole.last]).toEqual([true, true]);
      found.push(...page.events);
      const next = page.events.at(-1)?.position;
      if (next === undefined) break;
      after = next;
    }
    expect(found.slice(0, whole.events.length)).toEqual(whole.events);
    expect(found.map(({ position }) => position)).toEqual(found.map((_event, index) => index + 1));
    expect(await refused(site.ivan, '?after=999999')).toEqual([400, 'FEED_POSITION']);
    for (const wrong of ['?after=-1', '?limit=0', '?limit=1001', '?wait=61', '?unit=TS1', '?after=1&after=2', '?since=1']) expect((await refused(site.ivan, wrong))[0]).toBe(400);
  });
});

describe('waiting', () => {
  const latest = async (caller: Caller): Promise<number> => (await read(caller, '?limit=1')).last;

  it('ends when something comes, and by itself when its time is over', async () => {
    const after = await latest(units.TS2);
    expect(await read(units.TS2, `?after=${after}&wait=1`)).toEqual({ events: [], last: after });
    const begun = Date.now();
    const waiting = read(units.TS2, `?after=${after}&wait=60`); // by itself it ends after a minute, however busy the machine
    const digest = await file(site.ivan, { unitCode: 'TS2' });
    expect((await waiting).events[0]).toMatchObject({ position: after + 1, kind: 'accepted', dossier: { sha256: digest } });
    expect(Date.now() - begun).toBeLessThan(60_000);
  });

  it('for one dossier hears of that dossier, not of its unit’s others', async () => {
    const digest = await file(site.ivan, { unitCode: 'TS2' });
    const { last } = await answered(site.direct, digest);
    const waiting = site.direct.get(`/v1/dossiers/${digest}/events?after=${last}&wait=2`);
    await file(site.ivan, { unitCode: 'TS2' });
    expect(pageIn(await waiting)).toEqual({ events: [], last });
  });

  it('is for so many of one caller, and a place is free again when its client has gone', async () => {
    const after = await latest(otherIvan);
    const hold = (): { answer: Promise<number>; go: () => void } => {
      const { certificatePem: cert, privateKeyPem: key } = otherCredential;
      const outgoing = request(`${site.gateway.url}/v1/events?after=${after}&wait=60`, { ca: [site.pki.root.certificatePem], cert, key, agent: false });
      const answer = new Promise<number>((resolve) => {
        outgoing.on('response', (response) => { response.resume(); resolve(response.statusCode ?? 0); });
        outgoing.on('error', () => { resolve(0); });
      });
      outgoing.end();
      return { answer, go: () => outgoing.destroy() };
    };
    const held = Array.from({ length: 40 }, hold);
    const tooMany = await Promise.all([...Array(8).keys()].map(() => Promise.race(held.map(({ answer }) => answer))));
    expect(tooMany[0]).toBe(503);
    await until('all who got no place', async () => (await Promise.all(held.map(({ answer }) => Promise.race([answer, Promise.resolve(-1)])))).filter((status) => status === 503).length === 8);
    const full = await otherIvan.get(`/v1/events?after=${after}&wait=60`);
    expect([full.status, full.headers['retry-after']]).toEqual([503, '10']);
    // Others have their own places, and reading needs none.
    expect(await read(units.TS1, `?after=${await latest(units.TS1)}&wait=1`)).toMatchObject({ events: [] });
    expect((await otherIvan.get(`/v1/events?after=${after}`)).status).toBe(200);
    for (const { go } of held) go();
    await until('a free place', async () => (await otherIvan.get(`/v1/events?after=${after}&wait=1`)).status === 200);
  });
});
