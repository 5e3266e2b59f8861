// Guarantee: kill -9 of the gateway while it tells a webhook loses no event: what was recorded is told after the restart, in order for each dossier,
// by the same id as before where it comes twice.
import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf } from '../support/pki.ts';
import { openProgramStage } from '../support/program-stage.ts';
import type { ProgramStage } from '../support/program-stage.ts';
import { receiverEnvironment, startReceiver } from '../support/receiver.ts';
import type { Receiver } from '../support/receiver.ts';
import { until, untilNothing } from '../support/until.ts';

const rounds = 3;
const perRound = 15;
let stage: ProgramStage;
let receiver: Receiver;

beforeAll(async () => {
  stage = await openProgramStage({ gateway: receiverEnvironment() });
  receiver = await startReceiver();
});

afterAll(async () => {
  await receiver.stop();
  await stage.close();
});

it('every event of the feed comes, however often the gateway is killed', async () => {
  const { database, databaseUrl, pki } = stage;
  for (let round = 0; round < rounds; round += 1) {
    const program = await stage.startGateway();
    const caller = stage.ivanAt(program);
    if (round === 0) expect((await caller.post('/v1/webhooks', JSON.stringify({ url: receiver.url }), { 'content-type': 'application/json' })).status).toBe(201);
    const dossiers: Buffer[] = [];
    for (let index = 0; index < perRound; index += 1) dossiers.push(await signedDossier(identityOf(pki.employer), { mark: `giết ${round}/${index}`, unitCode: `TS6${index % 4}000` }));
    const killAt = receiver.events.length + 2 + 5 * round; // in the middle of telling
    const sent = Promise.all(dossiers.map((bytes) => caller.post('/v1/dossiers', bytes).catch(() => undefined)));
    await until('some were told', () => Promise.resolve(receiver.events.length >= killAt));
    await program.end('SIGKILL');
    await sent;
    caller.close();
    await stage.releaseLeases();
  }
  const program = await stage.startGateway();
  const expected = async (): Promise<{ position: string; id: string; kind: string }[]> => database.query(`SELECT position, event_id AS id, kind FROM feed_event WHERE feed = 'ivan:00040' ORDER BY position`);
  await stage.allAnswered();
  await untilNothing('all told', () => stage.count(`SELECT count(*)::int AS n FROM delivery WHERE kind = 'webhook' AND state <> 'delivered'`));
  await program.end('SIGTERM');

  const told = receiver.events.filter(({ kind }) => kind !== 'test');
  const distinct = new Map(told.map(({ position, id, kind }) => [position, `${position} ${id} ${kind}`]));
  expect([...distinct.values()].sort()).toEqual((await expected()).map(({ position, id, kind }) => `${position} ${id} ${kind}`).sort());
  // A repeat may come after a restart, never a later one before an earlier one was had.
  const first = [...new Map(told.toReversed().map((event) => [event.position, event])).values()].toReversed().toSorted((a, b) => told.indexOf(a) - told.indexOf(b));
  expect(first.every((event, index) => first.slice(0, index).every((earlier) => earlier.dossier?.sha256 !== event.dossier?.sha256 || earlier.position < event.position))).toBe(true);
  expect([receiver.untrusted, (await audit(databaseUrl)).otherRuleSets]).toEqual([[], 0]);
}, 300_000);
