// Guarantee: on two gateways that write at once, whoever reads its feed on either, all the time and from its last position, is told every event
// once and in order; and whoever waits on one hears at once of what comes to the other.
import { createHash } from 'node:crypto';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import type { Backend } from '../../src/backend/server.ts';
import { registerDevelopmentIvan } from '../../src/development/ivan.ts';
import type { DevelopmentPki } from '../../src/development/pki.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { registerUnitCertificate } from '../../src/store/unit-certificates.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf, loadPki, pkiFolder } from '../support/pki.ts';
import { startProgram } from '../support/program.ts';
import type { Program } from '../support/program.ts';
import { callerTo, cloneDatabase, fingerprintOf, siteEnvironment, startReferenceBackend } from '../support/site.ts';
import type { Caller } from '../support/site.ts';

interface Told { readonly position: number; readonly kind: string; readonly dossier: { readonly sha256: string } }

const dossierCount = 90; // each accepted, forwarded, received by the agency, worked on in two steps, answered: 540 events
const STANDSTILL_MS = 120_000;
const unitCodes = Array.from({ length: 9 }, (_value, index) => `TS${index + 1}`);
let pki: DevelopmentPki;
let backend: Backend;
let databaseUrl: string;
let database: Database;
let programs: Program[];
/** Of the I-VAN and of a unit's certificate that is registered for all of them, at each gateway. */
let ivans: Caller[];
let units: Caller[];

beforeAll(async () => {
  pki = await loadPki();
  backend = await startReferenceBackend();
  databaseUrl = await cloneDatabase();
  database = await openDatabase({ url: databaseUrl, connections: 2 });
  const now = new Date();
  await registerDevelopmentIvan(database, pki, now);
  for (const unitCode of unitCodes) {
    await registerUnitCertificate(database, { agency: '00101', unitCode, fingerprint: fingerprintOf(pki.employer.certificatePem), serialNumber: '1', subject: 'CN=thử', validFrom: now, validUntil: new Date(now.getTime() + 86_400_000) }, now);
  }
  const environment = siteEnvironment(databaseUrl, backend.url, pkiFolder());
  programs = await Promise.all([startProgram(environment), startProgram(environment)]);
  ivans = programs.map(({ url }) => callerTo(url, pki, { cert: pki.ivan.chainPem, key: pki.ivan.privateKeyPem }));
  units = programs.map(({ url }) => callerTo(url, pki, { cert: pki.employer.certificatePem, key: pki.employer.privateKeyPem }));
});

afterAll(async () => {
  for (const caller of [...ivans, ...units]) caller.close();
  await Promise.all(programs.map((program) => program.end('SIGTERM')));
  await database.close();
  await backend.stop();
});

/** Everything the feed tells, in the order in which it was told, until so many dossiers are forwarded and answered; asks with or without waiting. */
async function readAll(caller: Caller, query: string, dossiers: number, wait: number): Promise<Told[]> {
  const count = (told: readonly Told[], wanted: string): number => told.filter(({ kind }) => kind === wanted).length;
  return readUntil(caller, query, (told) => count(told, 'forwarded') === dossiers && count(told, 'result') === dossiers, wait);
}

async function readUntil(caller: Caller, query: string, isEnough: (told: readonly Told[]) => boolean, wait: number): Promise<Told[]> {
  const told: Told[] = [];
  for (let end = Date.now() + STANDSTILL_MS; !isEnough(told); ) {
    const answer = await caller.get(`/v1/events?after=${told.at(-1)?.position ?? 0}&limit=20&wait=${wait}${query}`);
    const { events, last } = JSON.parse(answer.body.toString('utf8')) as { events: Told[]; last: number };
    told.push(...events);
    if (events.length > 0) end = Date.now() + STANDSTILL_MS;
    expect(last).toBeGreaterThanOrEqual(told.at(-1)?.position ?? 0);
    if (Date.now() > end) throw new Error(`only ${told.length} events`);
  }
  return told;
}

it('a reader that asks all the time is told of 540 events in order, none left out and none twice', async () => {
  const identity = identityOf(pki.employer);
  const byUnit = new Map(unitCodes.map((code, index) => [code, Array.from({ length: dossierCount }, (_value, nth) => nth).filter((nth) => nth % 9 === index).length]));
  const readers = [
    readAll(ivans[0] ?? fail(), '', dossierCount, 0),
    readAll(ivans[1] ?? fail(), '', dossierCount, 5),
    ...unitCodes.map((code, index) => readAll(units[index % 2] ?? fail(), `&unit=00101/${code}`, byUnit.get(code) ?? 0, 5)),
  ];
  const digests = new Set<string>();
  const sendings: Promise<void>[] = [];
  for (let nth = 0; nth < dossierCount; nth += 1) {
    const bytes = await signedDossier(identity, { mark: `luồng ${nth}`, unitCode: unitCodes[nth % 9] ?? '' });
    digests.add(createHash('sha256').update(bytes).digest('hex'));
    sendings.push((ivans[nth % 2] ?? fail()).post('/v1/dossiers', bytes).then(({ status }) => { expect(status).toBe(201); }));
  }
  await Promise.all(sendings);
  const feeds = await Promise.all(readers);
  for (const told of feeds) expect(told.map(({ position }) => position)).toEqual(told.map((_event, index) => index + 1));
  for (const told of feeds.slice(0, 2)) {
    const kinds = new Map<string, string[]>();
    for (const { dossier, kind } of told) kinds.set(dossier.sha256, [...(kinds.get(dossier.sha256) ?? []), kind]);
    expect(new Set(kinds.keys())).toEqual(digests);
    for (const [, those] of kinds) expect([those[0], those.filter((kind) => kind === 'result').length, those.length]).toEqual(['accepted', 1, 6]);
  }
  expect([feeds[0]?.length, feeds[0]]).toEqual([6 * dossierCount, feeds[1]]);
  await audit(databaseUrl);
}, 400_000);

it('who waits at one gateway hears of what comes to the other, and of the end of its own at once', async () => {
  const [here, there] = [units[0] ?? fail(), ivans[1] ?? fail()];
  const lastOf = async (caller: Caller): Promise<number> => Number((await caller.get('/v1/events?limit=1&unit=00101/TS1')).headers['ivan-feed-last']);
  const last = await lastOf(here);
  const waiting = readUntil(here, '&unit=00101/TS1', ({ length }) => length > last, 60);
  await there.post('/v1/dossiers', await signedDossier(identityOf(pki.employer), { mark: 'đang chờ', unitCode: 'TS1' }));
  expect((await waiting).at(last)).toMatchObject({ position: last + 1, kind: 'accepted' });

  const held = here.get(`/v1/events?unit=00101/TS2&after=${Number((await here.get('/v1/events?unit=00101/TS2')).headers['ivan-feed-last'])}&wait=60`);
  await here.get('/health/live');
  await programs[0]?.end('SIGTERM');
  expect((await held).status).toBe(200); // what is still open when the grace is over is cut, and has no status
});

function fail(): never {
  throw new Error('no such caller');
}
