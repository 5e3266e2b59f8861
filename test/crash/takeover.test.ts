// Guarantee: what a gateway had in hand when it was killed is handed over by another long before the lease would have ended by itself, and the agency
// has it once.
import { createHash } from 'node:crypto';

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
import { callerTo, cloneDatabase, siteEnvironment, startReferenceBackend } from '../support/site.ts';
import { until } from '../support/until.ts';

let pki: DevelopmentPki;
let backend: Backend;
let databaseUrl: string;
let database: Database;

beforeAll(async () => {
  pki = await loadPki();
  backend = await startReferenceBackend();
  databaseUrl = await cloneDatabase();
  database = await openDatabase({ url: databaseUrl, connections: 2 });
  await registerDevelopmentIvan(database, pki, new Date());
});

afterAll(async () => {
  await database.close();
  await backend.stop();
});

it('a dossier whose gateway is killed while its agency hesitates is handed over by the other gateway, not a minute later', async () => {
  const environment = siteEnvironment(databaseUrl, backend.url, pkiFolder());
  const victim = await startProgram(environment);
  backend.behaviour.delayMs = 25_000; // it has it, and does not say so
  const bytes = await signedDossier(identityOf(pki.employer), { mark: 'đang giao thì chết' });
  const digest = createHash('sha256').update(bytes).digest('hex');
  const caller = callerTo(victim.url, pki, { cert: pki.ivan.chainPem, key: pki.ivan.privateKeyPem });
  expect((await caller.post('/v1/dossiers', bytes)).status).toBe(201);
  caller.close();
  await until('the agency has it', async () => (await backend.dossiers()).length === 1);
  const survivor = await startProgram(environment);
  // However long this takes here, the lease does not end by itself.
  expect(await database.query(`UPDATE delivery_lease SET until = until + interval '1 day' RETURNING id`)).toHaveLength(1);
  backend.behaviour.delayMs = 0;
  await victim.end('SIGKILL');
  await until('it is handed over again', async () => (await database.query(`SELECT 1 FROM delivery WHERE state = 'delivered'`)).length === 1);
  await until('its result is there', async () => (await database.query('SELECT 1 FROM result')).length === 1);
  await survivor.end('SIGTERM');
  expect((await backend.dossiers()).map((row) => [row.digest, row.timesPut])).toEqual([[digest, 2]]);
  expect(await audit(databaseUrl)).toMatchObject({ accepted: 1, results: 1 });
});
