// Guarantee: on one database any number of workers share the deliveries: no receiver gets more at once than it may, nothing is handed over twice
// while a claim holds, each employer's dossiers go in order, the nearest legal deadline goes first, and a receiver that is down costs the others nothing.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { dossierPolicy, preparing, Rejected } from '../../src/delivery/hand-over.ts';
import type { LaneTransport } from '../../src/delivery/hand-over.ts';
import { changeRoute, openRoutes } from '../../src/delivery/routing.ts';
import { laneOf } from '../../src/delivery/routes.ts';
import type { Backend } from '../../src/delivery/routes.ts';
import { createWorker } from '../../src/delivery/worker.ts';
import type { Worker } from '../../src/delivery/worker.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { listDeadLetters, replay } from '../../src/store/dead-letters.ts';
import { loadDossiers } from '../../src/store/deliveries.ts';
import type { HandOver } from '../../src/store/deliveries.ts';
import { listLanes } from '../../src/store/lanes.ts';
import { insertAccepted } from '../support/accepted.ts';
import { cloneDatabase } from '../support/site.ts';
import { until } from '../support/until.ts';

const start = Date.UTC(2026, 10, 23, 1);
const names = ['alpha', 'beta'];
const backends = new Map(names.map((name): [string, Backend] => [name, { name, url: 'https://127.0.0.1:9', certificateAuthorities: [], answerSigners: new Set(), mostAtOnce: 3, timeoutMs: 30_000 }]));
const [alpha, beta] = names.map(laneOf);

let database: Database;
let now: Date;
/** What the receivers were handed, and what they do about it. */
let handed: HandOver[];
let receive: (delivery: HandOver) => Promise<void>;

beforeEach(async () => {
  database = await openDatabase({ url: await cloneDatabase(), connections: 6 });
  now = new Date(start);
  handed = [];
  receive = () => Promise.resolve();
  await openRoutes(database, { backends, routes: new Map([['', 'alpha'], ['079', 'beta']]) }, now);
});

afterEach(() => database.close());

function worker(): Worker {
  const handOver = (delivery: HandOver): Promise<void> => {
    handed.push(delivery);
    return receive(delivery);
  };
  const transport: LaneTransport = { kind: 'dossier', prepare: preparing(loadDossiers, handOver), leaseMs: 60_000, policy: dossierPolicy };
  return createWorker({ database, lanes: ['agency:'], transportFor: () => transport, slipDueOf: () => undefined, now: () => now, random: () => 0.5, log: () => undefined });
}

/** One round of claims, and all that comes of it; gives the numbers handed over. */
async function round(one = worker(), most = 64): Promise<string[]> {
  const before = handed.length;
  await Promise.all(await one.start(most));
  return handed.slice(before).map(({ dossierNumber }) => dossierNumber);
}

const later = (seconds: number): void => { now = new Date(now.getTime() + seconds * 1000); };
const states = async (): Promise<Record<string, number>> => {
  const rows = await database.query<{ state: string; count: number }>('SELECT state, count(*)::int AS count FROM delivery GROUP BY state');
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
};
const events = async (): Promise<string[]> => (await database.query<{ kind: string }>(`SELECT kind FROM audit_event WHERE kind NOT LIKE 'submission%' AND kind <> 'route_changed' ORDER BY id`)).map(({ kind }) => kind);

describe('claims', () => {
  it('of many workers at once pass no lane’s limit, and hand over nothing twice', async () => {
    await insertAccepted(database, Array.from({ length: 40 }, (_value, index) => ({ agency: index % 2 === 0 ? '00101' : '07901', unitCode: `TS${10_000 + index}` })));
    const underWay = new Map<string, number>();
    let most = 0;
    receive = async ({ lane }) => {
      underWay.set(lane, (underWay.get(lane) ?? 0) + 1);
      most = Math.max(most, underWay.get(lane) ?? 0);
      await new Promise((resolve) => setTimeout(resolve, 5));
      underWay.set(lane, (underWay.get(lane) ?? 0) - 1);
    };
    const workers = Array.from({ length: 4 }, worker);
    while ((await states())['waiting'] !== undefined) await Promise.all(workers.map((one) => round(one)));
    expect([handed.length, new Set(handed.map(({ id }) => id)).size, most]).toEqual([40, 40, 3]);
  });

  it('take an employer’s dossiers one after the other, and nobody else’s wait for them', async () => {
    await insertAccepted(database, [{ unitCode: 'TS1' }, { unitCode: 'TS1' }, { unitCode: 'TS2' }]);
    expect([await round(), await round(), await round()]).toEqual([['00001/2026/00101', '00003/2026/00101'], ['00002/2026/00101'], []]);
  });

  it('take first what is nearest to its legal deadline', async () => {
    await insertAccepted(database, [{ unitCode: 'TS1', dueAt: new Date(start + 86_400_000) }, { unitCode: 'TS2', dueAt: new Date(start + 60_000) }]);
    expect(await round(worker(), 1)).toEqual(['00002/2026/00101']);
  });

  it('of a worker that is gone end with their lease', async () => {
    await insertAccepted(database, [{ unitCode: 'TS1' }]);
    receive = () => new Promise(() => undefined);
    const neverEnding = await worker().start(64);
    expect(neverEnding).toHaveLength(1);
    await until('it is under way', () => Promise.resolve(handed.length === 1));
    receive = () => Promise.resolve();
    expect(await round()).toEqual([]);
    later(63);
    expect(await round()).toEqual(['00001/2026/00101']);
  });

  it('of workers that are gone are tries all the same', async () => {
    await insertAccepted(database, [{ unitCode: 'TS1' }]);
    receive = () => new Promise(() => undefined);
    for (let death = 1; death <= 3; death += 1) {
      expect(await worker().start(64)).toHaveLength(1);
      await until('it is under way', () => Promise.resolve(handed.length === death));
      later(63);
    }
    expect(handed.map(({ attempts }) => attempts)).toEqual([1, 2, 3]);
  });

  it('leave a worker nothing where others have taken all that a lane may have under way', async () => {
    await insertAccepted(database, Array.from({ length: 6 }, (_value, index) => ({ unitCode: `TS${index}` })));
    receive = () => new Promise(() => undefined);
    expect([(await worker().start(64)).length, (await worker().start(64)).length]).toEqual([3, 0]);
  });
});

describe('a receiver that is down', () => {
  beforeEach(async () => {
    await insertAccepted(database, [...Array.from({ length: 9 }, (_value, index) => ({ unitCode: `TS${index}` })), { agency: '07901', unitCode: 'TS1' }]);
    receive = ({ lane }) => (lane === alpha ? Promise.reject(new Error('connect ECONNREFUSED')) : Promise.resolve());
  });

  it('costs its own dossiers time and no others, and is not asked while its breaker is open', async () => {
    expect(await round()).toHaveLength(4);
    later(1);
    expect(await round()).toHaveLength(3);
    expect(await listLanes(database.query, now)).toEqual([
      expect.objectContaining({ name: alpha, failuresInARow: 6, timesOpened: 1, waiting: 9, leased: 0 }),
      expect.objectContaining({ name: beta, failuresInARow: 0, openUntil: null, waiting: 0 }),
    ]);
    expect(await round()).toEqual([]);
    await insertAccepted(database, [{ agency: '07901', unitCode: 'TS2' }]);
    expect(await round()).toEqual(['00002/2026/07901']);
    expect(await states()).toEqual({ delivered: 2, waiting: 9 });
  });

  it('is tried with one delivery, and has all of them as soon as it answers', async () => {
    await round();
    later(1);
    await round();
    later(3);
    expect(await round()).toHaveLength(1);
    expect(await listLanes(database.query, now)).toContainEqual(expect.objectContaining({ name: alpha, timesOpened: 2 }));
    receive = () => Promise.resolve();
    later(5);
    expect([(await round()).length, (await round()).length, (await round()).length, (await round()).length]).toEqual([1, 3, 3, 2]);
    expect(await states()).toEqual({ delivered: 10 });
    expect((await events()).filter((kind) => kind.startsWith('breaker'))).toEqual(['breaker_opened', 'breaker_opened', 'breaker_closed']);
  });
});

it('a dossier whose receiver was away is not tried again before its time, and its tries are counted', async () => {
  await insertAccepted(database, [{ unitCode: 'TS1' }]);
  receive = () => Promise.reject(new Error('connect ECONNREFUSED'));
  expect([(await round()).length, (await round()).length]).toEqual([1, 0]);
  later(1);
  expect([(await round()).length, (await round()).length]).toEqual([1, 0]);
  later(2);
  await round();
  expect(await database.query('SELECT attempts, rejections, last_error AS reason FROM delivery')).toEqual([{ attempts: 3, rejections: 0, reason: 'connect ECONNREFUSED' }]);
  expect(await events()).toEqual(['delivery_failed', 'delivery_failed']); // of the first, the second, the fourth …
});

it('a rejection shows that the receiver is there, and holds nothing', async () => {
  await insertAccepted(database, [{ unitCode: 'TS1' }]);
  receive = () => Promise.reject(new Error('connect ECONNREFUSED'));
  await round();
  later(1);
  receive = () => Promise.reject(new Rejected('alpha answered 422: unreadable'));
  await round();
  expect(await listLanes(database.query, now)).toContainEqual(expect.objectContaining({ name: alpha, failuresInARow: 0, waiting: 1, leased: 0 }));
  expect(await database.query('SELECT 1 FROM delivery_lease')).toEqual([]);
});

describe('a dossier that its receiver rejects', () => {
  beforeEach(async () => {
    await insertAccepted(database, [{ unitCode: 'TS1' }, { unitCode: 'TS1' }]);
    receive = ({ dossierNumber }) => (dossierNumber.startsWith('00001') ? Promise.reject(new Rejected('alpha answered 422: unreadable')) : Promise.resolve());
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await round();
      later(3600);
    }
  });

  it('becomes a dead letter, says why, and lets the employer’s next one pass', async () => {
    expect(await round()).toEqual(['00002/2026/00101']);
    expect(await listDeadLetters(database.query, { most: 10 })).toEqual([expect.objectContaining({ lane: alpha, dossierNumber: '00001/2026/00101', rejections: 5, lastError: 'alpha answered 422: unreadable' })]);
    expect(await events()).toEqual(['delivery_failed', 'delivery_failed', 'delivery_failed', 'delivery_failed', 'delivery_dead', 'delivered']);
    expect(await listLanes(database.query, now)).toContainEqual(expect.objectContaining({ name: alpha, failuresInARow: 0, dead: 1 }));
  });

  it('is sent again when an operator says so', async () => {
    receive = () => Promise.resolve();
    await round();
    expect((await database.transaction((query) => replay(query, { lane: alpha ?? '' }, now))).length).toBe(1);
    expect(await round()).toEqual(['00001/2026/00101']);
    expect(await states()).toEqual({ delivered: 2 });
  });
});

describe('a change of route', () => {
  it('takes what waits along, and is refused where some agency would have no backend', async () => {
    await insertAccepted(database, [{ agency: '07901', unitCode: 'TS1' }, { agency: '00101', unitCode: 'TS1' }]);
    const change = { prefix: '0790', backend: 'alpha', reason: 'sáp nhập', actor: 'Phạm Thị Trực', changedAt: now };
    expect(await changeRoute(database, backends, change)).toBe(1);
    await round();
    expect(handed.map(({ lane }) => lane)).toEqual([alpha, alpha]);
    await expect(changeRoute(database, backends, { ...change, backend: 'gamma' })).rejects.toMatchObject({ code: 'BACKEND_UNKNOWN' });
    await expect(changeRoute(database, backends, { ...change, prefix: '', backend: null })).rejects.toMatchObject({ code: 'ROUTE_UNKNOWN' });
    expect(await changeRoute(database, backends, { ...change, backend: null })).toBe(0);
    expect(await events()).toContain('delivered');
  });

  it('to a backend that the next start does not have keeps it from starting', async () => {
    await expect(openRoutes(database, { backends: new Map([...backends].slice(0, 1)), routes: new Map([['', 'alpha']]) }, now)).rejects.toThrow(/079: there is no backend beta/);
    expect(await openRoutes(database, { backends, routes: new Map([['', 'alpha'], ['08', 'beta']]) }, now)).toEqual(['079: beta, not –', '08: –, not beta']);
  });
});
