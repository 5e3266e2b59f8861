// Guarantee: several gateways read an agency's feed as one. Whichever is killed, at whatever moment, another goes on where the store says: every
// message is recorded once, in order, and every dossier has one result.
import { createHash } from 'node:crypto';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { readScenario } from '../../src/backend/scenario.ts';
import type { Backend } from '../../src/backend/server.ts';
import { registerDevelopmentIvan } from '../../src/development/ivan.ts';
import type { DevelopmentPki } from '../../src/development/pki.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf, loadPki, pkiFolder } from '../support/pki.ts';
import { startProgram } from '../support/program.ts';
import type { Program } from '../support/program.ts';
import { callerTo, cloneDatabase, siteEnvironment, startReferenceBackend } from '../support/site.ts';
import { until } from '../support/until.ts';

const rounds = 3;
const perRound = 20;
let pki: DevelopmentPki;
let backend: Backend;
let databaseUrl: string;
let database: Database;

beforeAll(async () => {
  pki = await loadPki();
  backend = await startReferenceBackend({ BACKEND_PROCESSING_MS: '300' });
  backend.behaviour.scenario = readScenario('seed=3,duplicate=0.3,reorder=0.3,wrong-code=0.2,other-dossier=0.2');
  databaseUrl = await cloneDatabase();
  database = await openDatabase({ url: databaseUrl, connections: 4 });
  await registerDevelopmentIvan(database, pki, new Date());
});

afterAll(async () => {
  await database.close();
  await backend.stop();
});

const countOf = async (sql: string): Promise<number> => (await database.query<{ n: number }>(sql))[0]?.n ?? 0;
const results = (): Promise<number> => countOf('SELECT count(*)::int AS n FROM result');

/** What the dead held is given back here instead of waiting for it to run out. */
async function releaseLeases(): Promise<void> {
  await database.query('UPDATE backend_feed SET claimed_until = now() WHERE claimed_until > now()');
  await database.query('UPDATE delivery_lease SET until = now() WHERE until > now()');
}

it('a reader killed again and again loses no message and takes none twice', async () => {
  const environment = siteEnvironment(databaseUrl, backend.url, pkiFolder());
  const digests: string[] = [];
  let survivor: Program = await startProgram(environment);
  for (let round = 0; round < rounds; round += 1) {
    const victim = survivor;
    survivor = await startProgram(environment);
    const caller = callerTo(survivor.url, pki, { cert: pki.ivan.chainPem, key: pki.ivan.privateKeyPem });
    const before = await results();
    for (let index = 0; index < perRound; index += 1) {
      const bytes = await signedDossier(identityOf(pki.employer), { mark: `${round}/${index}`, unitCode: `TS${40000 + index}` });
      expect((await caller.post('/v1/dossiers', bytes)).status).toBe(201);
      digests.push(createHash('sha256').update(bytes).digest('hex'));
    }
    caller.close();
    await until('some results', async () => (await results()) > before);
    await victim.end('SIGKILL');
    await releaseLeases();
  }
  await until('every dossier answered', async () => (await results()) === digests.length);
  const last = Number((await database.query<{ last: string }>('SELECT last_known AS last FROM backend_feed'))[0]?.last);
  await until('all that was said is read', async () => (await countOf(`SELECT after::int AS n FROM backend_feed WHERE after >= ${last} AND after = last_known`)) > 0);
  await survivor.end('SIGTERM');
  expect(await countOf('SELECT count(*)::int AS n FROM (SELECT position FROM agency_message GROUP BY position HAVING count(*) > 1) twice')).toBe(0);
  expect(await countOf('SELECT count(*)::int AS n FROM agency_message')).toBe(await countOf('SELECT max(position)::int AS n FROM agency_message'));
  expect(await countOf(`SELECT count(DISTINCT verdict)::int AS n FROM agency_message`)).toBe(5); // all that can happen did
  expect(await audit(databaseUrl)).toMatchObject({ accepted: digests.length, results: digests.length });
}, 180_000);
