// Guarantee: claiming many at once changes nothing of what single claims promise. Nothing is lost when a worker is killed in the middle, nothing is
// recorded twice, an employer's dossiers keep their order over all workers, and what a group has not begun when its receiver goes away costs no try.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { dossierPolicy, preparing } from '../../src/delivery/hand-over.ts';
import type { LaneTransport, Policy } from '../../src/delivery/hand-over.ts';
import { createPaces } from '../../src/delivery/pace.ts';
import { createWorker } from '../../src/delivery/worker.ts';
import type { Worker } from '../../src/delivery/worker.ts';
import { openRoutes } from '../../src/delivery/routing.ts';
import type { Backend } from '../../src/delivery/routes.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { listDeadLetters } from '../../src/store/dead-letters.ts';
import { loadDossiers } from '../../src/store/deliveries.ts';
import type { Claimed, HandOver } from '../../src/store/deliveries.ts';
import { listLanes, setLane } from '../../src/store/lanes.ts';
import { insertAccepted } from '../support/accepted.ts';
import { cloneDatabase } from '../support/site.ts';
import { until } from '../support/until.ts';

const start = Date.UTC(2026, 10, 23, 1);
const backend: Backend = { name: 'alpha', url: 'https://127.0.0.1:9', certificateAuthorities: [], answerSigners: new Set(), mostAtOnce: 8, timeoutMs: 30_000 };

let database: Database;
let now: Date;
let handed: string[];

beforeEach(async () => {
  database = await openDatabase({ url: await cloneDatabase(), connections: 6 });
  now = new Date(start);
  handed = [];
  await openRoutes(database, { backends: new Map([['alpha', backend]]), routes: new Map([['', 'alpha']]) }, now);
});

afterEach(() => database.close());

function workerWith(receive: (delivery: HandOver) => Promise<void>): Worker {
  const handOver = (delivery: HandOver): Promise<void> => {
    handed.push(delivery.dossierNumber);
    return receive(delivery);
  };
  return workerOver({ kind: 'dossier', prepare: preparing(loadDossiers, handOver), leaseMs: 60_000, policy: dossierPolicy });
}

function workerOver(transport: LaneTransport): Worker {
  return createWorker({ database, lanes: ['agency:', 'webhook:'], transportFor: () => transport, slipDueOf: () => undefined, now: () => now, random: () => 0.5, log: () => undefined });
}

const received = (): Promise<void> => Promise.resolve();
const later = (seconds: number): void => { now = new Date(now.getTime() + seconds * 1000); };
const employers = (count: number): { unitCode: string }[] => Array.from({ length: count }, (_value, index) => ({ unitCode: `TS${index}` }));
const count = async (sql: string): Promise<number> => (await database.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${sql}`))[0]?.count ?? -1;
const settled = async (worker: Worker): Promise<number> => (await Promise.all(await worker.start(64))).length;

describe('a group', () => {
  it('is larger than the hands that hand it over, once the receiver is known to be fast', async () => {
    await insertAccepted(database, employers(40));
    const worker = workerWith(received);
    await settled(worker);
    expect(handed).toHaveLength(8);
    await settled(worker);
    expect(handed).toHaveLength(40);
    expect(await count('delivery_lease')).toBe(0);
  });

  it('of a worker killed in the middle is handed over by another when its lease is over; none is lost, and none recorded twice', async () => {
    await insertAccepted(database, employers(30));
    let answer = (): void => undefined;
    const killed = workerWith(() => (handed.length <= 11 ? received() : new Promise((resolve) => { const before = answer; answer = () => { before(); resolve(); }; })));
    await settled(killed);
    const hands = await killed.start(64); // three are taken, two hands hang
    await until('both hang', () => Promise.resolve(handed.length === 13));
    const before = handed.length;
    const other = workerWith(received);
    await settled(other);
    later(63);
    for (let round = 0; round < 4; round += 1) await settled(other);
    expect(handed.length).toBeGreaterThan(before);
    expect([new Set(handed).size, await count(`delivery WHERE state = 'delivered'`)]).toEqual([30, 30]);
    answer();
    await Promise.all(hands);
    expect([await count(`audit_event WHERE kind = 'delivered'`), await count('delivery_lease')]).toEqual([30, 0]);
  });

  it('gives back untried what it has not begun when the receiver goes away', async () => {
    await insertAccepted(database, employers(40));
    let isAway = false;
    const worker = workerWith(() => (isAway ? Promise.reject(new Error('connect ECONNREFUSED')) : received()));
    await settled(worker);
    isAway = true;
    await settled(worker);
    expect(handed).toHaveLength(8 + 2); // two hands, a quarter of the lane's
    expect([await count('delivery WHERE attempts = 1'), await count(`delivery WHERE state = 'waiting' AND attempts = 0`), await count('delivery_lease')]).toEqual([2, 30, 0]);
  });

  it('holds no more octets than fit into memory, and one that is larger alone', async () => {
    await insertAccepted(database, employers(6));
    await database.query('UPDATE delivery SET octets = 20 * 1024 * 1024');
    expect(await settled(workerWith(received))).toBe(1);
    await database.query('UPDATE delivery SET octets = 15 * 1024 * 1024');
    expect(await settled(workerWith(received))).toBe(2);
    await database.query('UPDATE delivery SET octets = 40 * 1024 * 1024');
    expect(await settled(workerWith(received))).toBe(1);
    expect(handed).toHaveLength(4);
  });

  it('is as small as one for each hand where the lane fails for another worker, or has just failed for this one', async () => {
    await insertAccepted(database, employers(60));
    let isAway = false;
    const worker = workerWith(() => (isAway ? Promise.reject(new Error('connect ECONNREFUSED')) : received()));
    const handedIn = async (): Promise<number> => {
      const before = handed.length;
      await settled(worker);
      return handed.length - before;
    };
    const failures = (rows: number): Promise<unknown> => database.query('UPDATE lane SET failures_in_a_row = $1', [rows]);
    await settled(worker);
    await failures(1);
    expect(await handedIn()).toBe(8);
    isAway = true;
    expect(await handedIn()).toBe(2);
    isAway = false;
    await failures(0); // as the next success of another does
    expect(await handedIn()).toBe(8);
  });
});

it('an employer’s dossiers go one after the other over all workers, whatever they claim together', async () => {
  await insertAccepted(database, Array.from({ length: 60 }, (_value, index) => ({ unitCode: `TS${index % 5}` })));
  const underWay = new Set<string>();
  const order = new Map<string, string[]>();
  const receive = async ({ unitCode, dossierNumber }: HandOver): Promise<void> => {
    expect(underWay.has(unitCode)).toBe(false);
    underWay.add(unitCode);
    await new Promise(setImmediate);
    underWay.delete(unitCode);
    order.set(unitCode, [...(order.get(unitCode) ?? []), dossierNumber]);
  };
  const workers = [workerWith(receive), workerWith(receive), workerWith(receive)];
  while (await count(`delivery WHERE state = 'waiting'`)) await Promise.all(workers.map(settled));
  expect(handed).toHaveLength(60);
  for (const numbers of order.values()) expect(numbers).toEqual(numbers.toSorted());
});

describe('what is sent to subscribers', () => {
  const policy: Policy = { ...dossierPolicy, mostAgeMs: 3 * 86_400_000 };
  const told: Claimed[] = [];
  let isAway: boolean;

  beforeEach(() => {
    isAway = false;
    told.length = 0;
  });

  const webhook: LaneTransport = {
    kind: 'webhook',
    prepare: (_query, claimed) => Promise.resolve(new Map(claimed.map((claim) => [claim.id, () => {
      told.push(claim);
      return isAway ? Promise.reject(new Error('away')) : received();
    }]))),
    leaseMs: 60_000,
    policy,
  };
  const order = (positions: readonly number[]): Promise<unknown> => database.query(
    `INSERT INTO delivery (kind, lane, order_key, feed, position, subscription, urgent_at, ordered_at, due_at) SELECT 'webhook', 'webhook:7', 'dossier', 'ivan:00040', p, 7, $2, $2, $2 FROM unnest($1::int[]) AS p`,
    [positions, now],
  );

  it('goes on lanes that appear while the worker runs, names its event, and is not kept', async () => {
    const worker = workerOver(webhook);
    expect(await settled(worker)).toBe(0);
    await setLane(database.query, 'webhook:7', 4);
    await order([1, 2]);
    await settled(worker);
    await settled(worker);
    expect(told.map(({ feed, position, subscription, submissionId }) => [feed, position, subscription, submissionId])).toEqual([['ivan:00040', '1', '7', null], ['ivan:00040', '2', '7', null]]);
    expect([await count('delivery'), await count(`audit_event WHERE kind = 'delivered'`)]).toEqual([0, 0]);
  });

  it('is given up when it is too old, with whatever else waits as long, and can be listed', async () => {
    await setLane(database.query, 'webhook:7', 4);
    await order([1, 2]);
    isAway = true;
    const worker = workerOver(webhook);
    await settled(worker);
    later(2 * 86_400);
    await order([3]);
    await settled(worker);
    expect(await count(`delivery WHERE state = 'dead'`)).toBe(0);
    later(86_400);
    await settled(worker);
    expect((await listDeadLetters(database.query, { most: 10 })).map(({ kind, position, digest }) => [kind, position, digest])).toEqual([['webhook', '1', null], ['webhook', '2', null]]);
    expect([await count(`audit_event WHERE kind = 'delivery_dead'`), await count(`audit_event WHERE kind = 'delivery_failed'`)]).toEqual([2, 0]);
    expect(await listLanes(database.query, now)).toContainEqual(expect.objectContaining({ name: 'webhook:7', waiting: 1, dead: 2 }));
  });
});

it('a hand takes as many as its receiver takes in a tenth of a second, and one when nothing is known or it failed', () => {
  const paces = createPaces();
  const each = (): number => paces.eachOf('agency:alpha');
  const seen = [each()];
  paces.took('agency:alpha', 10);
  seen.push(each());
  for (let more = 0; more < 50; more += 1) paces.took('agency:alpha', 200);
  seen.push(each());
  for (let more = 0; more < 50; more += 1) paces.took('agency:alpha', 0);
  seen.push(each());
  paces.failed('agency:alpha');
  expect([...seen, each()]).toEqual([1, 10, 1, 64, 1]);
});
