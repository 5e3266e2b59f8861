// Guarantee: kill -9 of the gateway while it tells a webhook loses no event: what was recorded is told after the restart, in order for each dossier,
// by the same id as before where it comes twice.
import { afterAll, beforeAll, expect, it } from '@jest/globals';

import type { Backend } from '../../src/backend/server.ts';
import { registerDevelopmentIvan } from '../../src/development/ivan.ts';
import type { DevelopmentPki } from '../../src/development/pki.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf, loadPki, pkiFolder } from '../support/pki.ts';
import { startProgram } from '../support/program.ts';
import { receiverEnvironment, startReceiver } from '../support/receiver.ts';
import type { Receiver } from '../support/receiver.ts';
import { callerTo, cloneDatabase, siteEnvironment, startReferenceBackend } from '../support/site.ts';
import type { Caller } from '../support/site.ts';
import { until } from '../support/until.ts';

const rounds = 3;
const perRound = 15;
let pki: DevelopmentPki;
let backend: Backend;
let databaseUrl: string;
let database: Database;
let receiver: Receiver;

beforeAll(async () => {
  pki = await loadPki();
  backend = await startReferenceBackend();
  databaseUrl = await cloneDatabase();
  database = await openDatabase({ url: databaseUrl, connections: 4 });
  await registerDevelopmentIvan(database, pki, new Date());
  receiver = await startReceiver();
});
afterAll(async () => {
  await receiver.stop();
  await database.close();
  await backend.stop();
});

const callerOf = (url: string): Caller => callerTo(url, pki, { cert: pki.ivan.chainPem, key: pki.ivan.privateKeyPem });

it('every event of the feed comes, however often the gateway is killed', async () => {
  const environment = { ...siteEnvironment(databaseUrl, backend.url, pkiFolder()), ...receiverEnvironment() };
  for (let round = 0; round < rounds; round += 1) {
    const program = await startProgram(environment);
    const caller = callerOf(program.url);
    if (round === 0) expect((await caller.post('/v1/webhooks', JSON.stringify({ url: receiver.url }), { 'content-type': 'application/json' })).status).toBe(201);
    const dossiers: Buffer[] = [];
    for (let index = 0; index < perRound; index += 1) dossiers.push(await signedDossier(identityOf(pki.employer), { mark: `giết ${round}/${index}`, unitCode: `TS6${index % 4}000` }));
    const killAt = receiver.events.length + 2 + 5 * round; // in the middle of telling
    const sent = Promise.all(dossiers.map((bytes) => caller.post('/v1/dossiers', bytes).catch(() => undefined)));
    await until('some were told', () => Promise.resolve(receiver.events.length >= killAt));
    await program.end('SIGKILL');
    await sent;
    caller.close();
    // What the dead left claimed is given back here instead of waiting until the leases end.
    await database.query('UPDATE delivery_lease SET until = now() WHERE until > now()');
  }
  const program = await startProgram(environment);
  const expected = async (): Promise<{ position: string; id: string; kind: string }[]> => database.query(`SELECT position, event_id AS id, kind FROM feed_event WHERE feed = 'ivan:00040' ORDER BY position`);
  await until('all results', async () => (await database.query('SELECT 1 FROM dossier d WHERE NOT EXISTS (SELECT 1 FROM result t WHERE t.submission_id = d.submission_id)')).length === 0);
  await until('all told', async () => (await database.query(`SELECT 1 FROM delivery WHERE kind = 'webhook' AND state <> 'delivered'`)).length === 0);
  await program.end('SIGTERM');

  const told = receiver.events.filter(({ kind }) => kind !== 'test');
  const distinct = new Map(told.map(({ position, id, kind }) => [position, `${position} ${id} ${kind}`]));
  expect([...distinct.values()].sort()).toEqual((await expected()).map(({ position, id, kind }) => `${position} ${id} ${kind}`).sort());
  // A repeat may come after a restart, never a later one before an earlier one was had.
  const first = [...new Map(told.toReversed().map((event) => [event.position, event])).values()].toReversed().toSorted((a, b) => told.indexOf(a) - told.indexOf(b));
  expect(first.every((event, index) => first.slice(0, index).every((earlier) => earlier.dossier?.sha256 !== event.dossier?.sha256 || earlier.position < event.position))).toBe(true);
  expect([receiver.untrusted, (await audit(databaseUrl)).otherRuleSets]).toEqual([[], 0]);
}, 120_000);
