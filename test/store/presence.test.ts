// Guarantee: what a gateway that is gone had in hand is free at once; what one that is there has, what an agency has leased, and one's own is not.
import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { startPresence } from '../../src/delivery/presence.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { endLeasesOfGone, holderName } from '../../src/store/presence.ts';
import { cloneDatabase } from '../support/site.ts';
import { until } from '../support/until.ts';

let database: Database;

beforeAll(async () => {
  database = await openDatabase({ url: await cloneDatabase(), connections: 4 });
});
afterAll(() => database.close());
beforeEach(() => database.query('TRUNCATE delivery_lease, backend_feed'));

async function lease(...workers: readonly string[]): Promise<void> {
  for (const worker of workers) await database.query(`INSERT INTO delivery_lease (lane, worker, hands, deliveries, until) VALUES ('agency:a', $1, 1, '{1}', now() + interval '1 minute')`, [worker]);
}

async function readFeed(backend: string, reader: string): Promise<void> {
  await database.query(`INSERT INTO backend_feed (backend, due_at, claimed_by, claimed_until) VALUES ($1, now(), $2, now() + interval '1 minute')`, [backend, reader]);
}

const workers = async (): Promise<string[]> => (await database.query<{ worker: string }>('SELECT worker FROM delivery_lease ORDER BY id')).map(({ worker }) => worker);
const readers = async (): Promise<(string | null)[]> => (await database.query<{ reader: string | null }>('SELECT claimed_by AS reader FROM backend_feed ORDER BY backend')).map(({ reader }) => reader);
const named = (): string => holderName(randomUUID());

describe('what stands under the name of a gateway', () => {
  it('is free when nobody holds the name any more, and not before', async () => {
    const [gone, there, self] = [named(), named(), named()];
    const held = await database.hold(there);
    await lease(gone, there, self, 'pull:hanoi', randomUUID(), gone);
    const before = (await workers()).filter((worker) => worker !== gone);
    await readFeed('a', there);
    await readFeed('b', gone);
    await readFeed('c', self);
    expect(await endLeasesOfGone(database.query, self)).toBe(3);
    expect([await workers(), await readers()]).toEqual([before, [there, null, self]]);
    expect(await endLeasesOfGone(database.query, self)).toBe(0);

    await held.close();
    await until('it is seen to be gone', async () => (await endLeasesOfGone(database.query, self)) === 2);
    expect([await workers(), await readers()]).toEqual([before.filter((worker) => worker !== there), [null, null, self]]);
  });

  it('stays its own while its connection is broken, once that is made again', async () => {
    const there = named();
    const held = await database.hold(there);
    await lease(there);
    await database.query(`SELECT pg_terminate_backend(pid, 60000) FROM pg_locks WHERE locktype = 'advisory' AND objid = (hashtext($1)::bigint & 4294967295)::oid`, [there]);
    await until('it is held again', async () => (await database.query(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = (hashtext($1)::bigint & 4294967295)::oid`, [there])).length === 1);
    expect([await endLeasesOfGone(database.query, named()), await workers()]).toEqual([0, [there]]);
    await held.close();
  });

  it('is taken over by whoever is there, and said', async () => {
    const said: unknown[] = [];
    await lease(named());
    const presence = await startPresence(database, (message, details) => said.push([message, details]));
    await lease(presence.holder);
    await until('it is taken over', async () => (await workers()).length === 1);
    expect([await workers(), said]).toEqual([[presence.holder], [['a gateway is gone; what it had in hand is taken over', { leases: 1 }]]]);
    await presence.stop();
  });
});
