// Guarantee: when an agency moves to other NATS servers, gateways that were started before and after do not take each other's stream for a loss: what is
// unanswered is handed over again once, and what the old servers get is not taken for delivered.
import { afterEach, beforeEach, expect, it } from '@jest/globals';

import { declareBackends } from '../../src/delivery/backend-facts.ts';
import { streamKeeper } from '../../src/delivery/put-aside.ts';
import type { OwnStream } from '../../src/delivery/put-aside.ts';
import type { Backends } from '../../src/delivery/routes.ts';
import type { Database } from '../../src/store/database.ts';
import { insertAccepted } from '../support/accepted.ts';
import { openObligations } from '../support/obligation-stage.ts';

const now = new Date(Date.UTC(2026, 10, 23, 1));
let database: Database;
let lost: unknown[];

beforeEach(async () => {
  database = await openObligations();
  lost = [];
});

afterEach(() => database.close());

const backendAt = (server: string, signer: string): Backends => new Map([['one', {
  name: 'one', url: '', certificateAuthorities: [], answerSigners: new Set([signer]), mostAtOnce: 1, timeoutMs: 1, transport: { kind: 'nats', servers: [server], certificateAuthorities: [], replicas: 3, duplicateWindowMs: 1 },
}]]);

async function start(server: string, signer = 'aa'): Promise<OwnStream> {
  await declareBackends(database, backendAt(server, signer), `gateway:${server}`, now);
  return streamKeeper({ database, now: () => now, log: (_message, { again }) => lost.push(again) }, 'one', [server]);
}

async function delivered(): Promise<void> {
  await database.query(`UPDATE delivery SET state = 'delivered', delivered_at = $1`, [now]);
}

it('two gateways of which only one was started since do not hand everything over again and again', async () => {
  const before = await start('tls://old:4222');
  await before.isMade('old');
  await insertAccepted(database, [{ unitCode: 'TS1' }]);
  await delivered();
  const since = await start('tls://new:4222');
  await since.isMade('new');
  for (let look = 0; look < 3; look += 1) {
    await delivered();
    await expect(before.isMade('old')).rejects.toThrow('one was given another transport, or other servers');
    await since.isMade('new');
  }
  expect([lost, await database.query('SELECT replays FROM delivery')]).toEqual([[1], [{ replays: 1 }]]);
});

it('what a gateway hands to servers that were replaced is not delivered, and it leaves the rest to others', async () => {
  const before = await start('tls://old:4222');
  await before.check();
  expect(before.isReplaced()).toBe(false);
  const since = await start('tls://new:4222');
  await expect(before.check()).rejects.toThrow('only one that is started again serves it');
  await since.check();
  expect([before.isReplaced(), since.isReplaced()]).toEqual([true, false]);
  await start('tls://new:4222', 'bb'); // other signers are other settings, on the same servers
  await since.check();
  expect(since.isReplaced()).toBe(false);
});
