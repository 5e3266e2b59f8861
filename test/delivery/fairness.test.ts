// Guarantee: receivers take turns. No lane takes all of a claim, no owner of many lanes all of a worker's hands, however slow its receivers are and
// however urgent what they wait for is; and a clock that was ahead and was put back puts nothing off.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { dossierPolicy } from '../../src/delivery/hand-over.ts';
import type { LaneTransport } from '../../src/delivery/hand-over.ts';
import { createWorker } from '../../src/delivery/worker.ts';
import type { Worker } from '../../src/delivery/worker.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { claimDeliveries } from '../../src/store/deliveries.ts';
import type { Claimed } from '../../src/store/deliveries.ts';
import { HELD_UNTIL, lockLane, setLane } from '../../src/store/lanes.ts';
import { cloneDatabase } from '../support/site.ts';

const start = Date.UTC(2026, 10, 23, 1);
const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 86_400_000];
let database: Database;
let now: Date;
let told: Claimed[];
/** What is under way ends when this is called. */
let release: (() => void)[];
let receive: () => Promise<void>;

beforeEach(async () => {
  database = await openDatabase({ url: await cloneDatabase(), connections: 6 });
  now = new Date(start);
  told = [];
  release = [];
  receive = () => Promise.resolve();
});
afterEach(() => database.close());

const later = (ms: number): void => { now = new Date(now.getTime() + ms); };
const slow = (): Promise<void> => new Promise((resolve) => { release.push(resolve); });

function worker(): Worker {
  const transport: LaneTransport = {
    kind: 'webhook', leaseMs: 30_000, policy: dossierPolicy,
    prepare: (_query, claimed) => Promise.resolve(new Map(claimed.map((claim) => [claim.id, () => {
      told.push(claim);
      return receive();
    }]))),
  };
  return createWorker({ database, lanes: ['webhook:'], transportFor: () => transport, slipDueOf: () => undefined, now: () => now, random: () => 1, log: () => undefined });
}

/** So many events for a lane, each of a dossier of its own. */
async function order(lane: number, count: number, at = now): Promise<void> {
  await database.query(
    `INSERT INTO delivery (kind, lane, order_key, feed, position, subscription, urgent_at, ordered_at, due_at)
     SELECT 'webhook', 'webhook:' || $1, p, 'ivan:' || $1, p, $1::int, $3, $3, $3 FROM generate_series(1 + (SELECT count(*) FROM delivery), $2 + (SELECT count(*) FROM delivery)) AS p`,
    [lane, count, at],
  );
}
const byLane = (claims: readonly Pick<Claimed, 'lane'>[]): Record<string, number> => {
  const counts = new Map<string, number>();
  for (const { lane } of claims) counts.set(lane, (counts.get(lane) ?? 0) + 1);
  return Object.fromEntries(counts);
};
/** Waits until what was started has begun. */
const begun = async (one: Worker, most: number): Promise<Promise<void>[]> => {
  const works = [...(await one.start(most))];
  await new Promise((resolve) => setTimeout(resolve, 20));
  return works;
};

describe('a claim', () => {
  it('is not filled by the lane whose deadlines are nearest', async () => {
    for (const lane of [1, 2, 3]) await setLane(database.query, `webhook:${lane}`, 8);
    await order(1, 50);
    await order(2, 50, new Date(start + 1));
    await order(3, 1, new Date(start + 2));
    later(MINUTE_MS);
    const claim = (most: number): Promise<Claimed[]> => database.transaction((query) => claimDeliveries(query, { now, worker: 'one', most, mostOctets: 1e9, lanes: ['webhook:'], termsOf: ({ mostAtOnce }) => ({ room: mostAtOnce, hands: mostAtOnce, each: 4, leaseMs: 30_000 }) }));
    expect(byLane(await claim(11))).toEqual({ 'webhook:1': 5, 'webhook:2': 5, 'webhook:3': 1 });
  });

  it('shares the hands there are, and who has fewer under way is first', async () => {
    for (const lane of [1, 2]) await setLane(database.query, `webhook:${lane}`, 8);
    receive = slow;
    await order(1, 50);
    const one = worker();
    const works = await begun(one, 8);
    expect(byLane(told)).toEqual({ 'webhook:1': 4 });
    await order(2, 50, new Date(start + 1));
    later(1_000);
    works.push(...(await begun(one, 4)));
    expect(byLane(told)).toEqual({ 'webhook:1': 4, 'webhook:2': 2 });
    for (const end of release) end();
    await Promise.all(works);
  });
});

describe('an owner of many lanes whose receivers take their time', () => {
  it('leaves hands to whoever comes next, and to the one after that', async () => {
    for (let lane = 1; lane <= 20; lane += 1) {
      await setLane(database.query, `webhook:${lane}`, 4, 'ivan:slow');
      await order(lane, 10);
    }
    receive = slow;
    const [one, most] = [worker(), 48];
    let works = await begun(one, most);
    for (let again = 0; again < 3; again += 1) works = [...works, ...(await begun(one, most - works.length))];
    expect(told).toHaveLength(24);
    for (const next of [21, 22]) {
      await setLane(database.query, `webhook:${next}`, 4, `ivan:${next}`);
      await order(next, 10);
      works = [...works, ...(await begun(one, most - works.length))];
      expect(byLane(told)).toMatchObject({ [`webhook:${next}`]: 4 });
    }
    expect(told).toHaveLength(32);
    for (const end of release) end();
    await Promise.all(works);
  });
});

describe('a clock that was ahead and was put back', () => {
  beforeEach(() => setLane(database.query, 'webhook:1', 4));
  const settled = async (): Promise<number> => {
    const before = told.length;
    await Promise.all(await worker().start(64));
    return told.length - before;
  };

  it('puts off no delivery that was ordered meanwhile', async () => {
    await order(1, 1, new Date(start + 40 * MINUTE_MS));
    expect(await settled()).toBe(1);
  });

  it.each([['a day', DAY_MS], ['two hours', 2 * HOUR_MS]])('by %s puts off no try, and keeps no breaker open', async (_text, ahead) => {
    await order(1, 6);
    later(ahead);
    receive = () => Promise.reject(new Error('away'));
    for (let again = 0; again < 3; again += 1) {
      await settled();
      later(MINUTE_MS);
    }
    expect((await database.transaction((query) => lockLane(query, 'webhook:1'))).timesOpened).toBeGreaterThan(0);
    now = new Date(start + 1_000);
    receive = () => Promise.resolve();
    expect([await settled(), await settled(), await settled()]).toEqual([1, 4, 1]);
  });

  it('keeps nothing under way that nobody has in hand', async () => {
    await order(1, 1);
    later(DAY_MS);
    receive = () => new Promise(() => undefined); // a worker that was killed
    expect(await begun(worker(), 8)).toHaveLength(1);
    now = new Date(start + 1_000);
    receive = () => Promise.resolve();
    expect(await settled()).toBe(1);
  });

  it('takes no lease from a process whose clock is a little ahead', async () => {
    await order(1, 1);
    later(20_000);
    receive = slow;
    const works = await begun(worker(), 8);
    now = new Date(start);
    expect(await settled()).toBe(0);
    for (const end of release) end();
    await Promise.all(works);
  });

  it('lets go nothing that is held', async () => {
    await order(1, 1, HELD_UNTIL);
    expect(await settled()).toBe(0);
  });
});
