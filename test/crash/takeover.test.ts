// Guarantee: what a gateway had in hand when it was killed is handed over by another long before the lease would have ended by itself, and the agency
// has it once.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf } from '../support/pki.ts';
import { openProgramStage } from '../support/program-stage.ts';
import type { ProgramStage } from '../support/program-stage.ts';
import { until } from '../support/until.ts';

const PATIENCE_SECONDS = 300; // of the gateway with its agency; the lease is half a minute longer

let stage: ProgramStage;

beforeAll(async () => {
  stage = await openProgramStage();
  const routes = stage.environment['GATEWAY_ROUTES_FILE'] ?? '';
  const file = JSON.parse(readFileSync(routes, 'utf8')) as { backends: { reference: Record<string, unknown> } };
  file.backends.reference['timeoutSeconds'] = PATIENCE_SECONDS;
  writeFileSync(routes, JSON.stringify(file));
});

afterAll(() => stage.close());

it('a dossier whose gateway is killed while its agency hesitates is handed over by the other gateway, not a minute later', async () => {
  const { backend, database, pki } = stage;
  const victim = await stage.startGateway();
  backend.behaviour.delayMs = 1000 * (PATIENCE_SECONDS - 10); // it has it, and does not say so
  const bytes = await signedDossier(identityOf(pki.employer), { mark: 'đang giao thì chết' });
  const digest = createHash('sha256').update(bytes).digest('hex');
  const caller = stage.ivanAt(victim);
  expect((await caller.post('/v1/dossiers', bytes)).status).toBe(201);
  caller.close();
  await until('the agency has it', async () => (await backend.dossiers()).length === 1);
  const survivor = await stage.startGateway();
  const [lease] = await database.query<{ until: Date }>('SELECT until FROM delivery_lease');
  backend.behaviour.delayMs = 0;
  await victim.end('SIGKILL');
  await until('it is handed over again', async () => (await database.query(`SELECT 1 FROM delivery WHERE state = 'delivered'`)).length === 1);
  expect((lease?.until.getTime() ?? 0) - Date.now()).toBeGreaterThan(0);
  await until('its result is there', async () => (await database.query('SELECT 1 FROM result')).length === 1);
  await survivor.end('SIGTERM');
  expect((await backend.dossiers()).map((row) => [row.digest, row.timesPut])).toEqual([[digest, 2]]);
  expect(await audit(stage.databaseUrl)).toMatchObject({ accepted: 1, results: 1 });
}, 300_000);
