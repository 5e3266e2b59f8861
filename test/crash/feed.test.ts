// Guarantee: several gateways read an agency's feed as one. Whichever is killed, at whatever moment, another goes on where the store says: every
// message is recorded once, in order, and every dossier has one result.
import { createHash } from 'node:crypto';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { readScenario } from '../../src/backend/scenario.ts';
import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf } from '../support/pki.ts';
import { openProgramStage } from '../support/program-stage.ts';
import type { ProgramStage } from '../support/program-stage.ts';
import { until } from '../support/until.ts';

const rounds = 3;
const perRound = 20;
let stage: ProgramStage;

beforeAll(async () => {
  stage = await openProgramStage({ backend: { BACKEND_PROCESSING_MS: '300' } });
  stage.backend.behaviour.scenario = readScenario('seed=3,duplicate=0.3,reorder=0.3,wrong-code=0.2,other-dossier=0.2');
});

afterAll(() => stage.close());

const results = (): Promise<number> => stage.count('SELECT count(*)::int AS n FROM result');

it('a reader killed again and again loses no message and takes none twice', async () => {
  const { count: countOf, database, databaseUrl, pki } = stage;
  const digests: string[] = [];
  let survivor = await stage.startGateway();
  for (let round = 0; round < rounds; round += 1) {
    const victim = survivor;
    survivor = await stage.startGateway();
    const caller = stage.ivanAt(survivor);
    const before = await results();
    for (let index = 0; index < perRound; index += 1) {
      const bytes = await signedDossier(identityOf(pki.employer), { mark: `${round}/${index}`, unitCode: `TS${40000 + index}` });
      expect((await caller.post('/v1/dossiers', bytes)).status).toBe(201);
      digests.push(createHash('sha256').update(bytes).digest('hex'));
    }
    caller.close();
    await until('some results', async () => (await results()) > before);
    await victim.end('SIGKILL');
    await stage.releaseLeases();
  }
  await stage.allAnswered();
  const last = Number((await database.query<{ last: string }>('SELECT last_known AS last FROM backend_feed'))[0]?.last);
  await until('all that was said is read', async () => (await countOf(`SELECT after::int AS n FROM backend_feed WHERE after >= ${last} AND after = last_known`)) > 0);
  await survivor.end('SIGTERM');
  expect(await countOf('SELECT count(*)::int AS n FROM (SELECT position FROM agency_message GROUP BY position HAVING count(*) > 1) twice')).toBe(0);
  // What is said again and again has one row of its own; from then on it is counted on the message that it repeats.
  const recorded = await countOf('SELECT ((SELECT count(*) FROM agency_message) + (SELECT coalesce(sum(positions), 0) FROM agency_message_repeat))::int AS n');
  expect(recorded).toBe(await countOf('SELECT after::int AS n FROM backend_feed'));
  expect(await countOf(`SELECT count(DISTINCT verdict)::int AS n FROM agency_message`)).toBe(5); // all that can happen did
  expect(await audit(databaseUrl)).toMatchObject({ accepted: digests.length, results: digests.length });
}, 300_000);
