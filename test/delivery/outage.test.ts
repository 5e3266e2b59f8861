// Guarantee (promise 10), by counts of work and not by the clock: a backend that is away for a whole day delays only its own dossiers, is hardly
// asked meanwhile, loses none of them, and what intake does for a dossier, statement by statement and lock by lock, is the same as when it is there.
import { afterEach, beforeEach, expect, it } from '@jest/globals';

import { dossierPolicy, preparing, Rejected } from '../../src/delivery/hand-over.ts';
import type { LaneTransport } from '../../src/delivery/hand-over.ts';
import { openRoutes } from '../../src/delivery/routing.ts';
import type { Backend } from '../../src/delivery/routes.ts';
import { createWorker } from '../../src/delivery/worker.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database, Query } from '../../src/store/database.ts';
import { loadDossiers } from '../../src/store/deliveries.ts';
import type { HandOver } from '../../src/store/deliveries.ts';
import { lockFreeLanes } from '../../src/store/lanes.ts';
import { insertAccepted } from '../support/accepted.ts';
import { cloneDatabase } from '../support/site.ts';

const MINUTES_A_DAY = 24 * 60;
const STEP_MINUTES = 10;
const STEPS = MINUTES_A_DAY / STEP_MINUTES;
const backends = new Map(['alpha', 'beta'].map((name): [string, Backend] => [name, { name, url: 'https://127.0.0.1:9', certificateAuthorities: [], answerSigners: new Set(), mostAtOnce: 8, timeoutMs: 30_000 }]));

let database: Database;
let now: Date;
let isAway: boolean;
let handed: string[];

beforeEach(async () => {
  database = await openDatabase({ url: await cloneDatabase(), connections: 4 });
  now = new Date(Date.UTC(2026, 10, 23, 1));
  handed = [];
  isAway = true;
  await openRoutes(database, { backends, routes: new Map([['', 'alpha'], ['079', 'beta']]) }, now);
});

afterEach(() => database.close());

const handOver = ({ lane }: HandOver): Promise<void> => {
  handed.push(lane);
  return isAway && lane === 'agency:alpha' ? Promise.reject(new Error('connect ECONNREFUSED')) : Promise.resolve();
};
const transport: LaneTransport = { kind: 'dossier', prepare: preparing(loadDossiers, handOver), leaseMs: 60_000, policy: dossierPolicy };
const count = async (sql: string): Promise<number> => (await database.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${sql}`))[0]?.count ?? -1;

it('a day without one backend delays none of the other’s dossiers, and costs a few tries an hour', async () => {
  const worker = createWorker({ database, lanes: ['agency:'], transportFor: () => transport, slipDueOf: () => undefined, now: () => now, random: () => 0.5, log: () => undefined });
  const rounds = async (): Promise<void> => {
    for (let hands = await worker.start(64); hands.length > 0; hands = await worker.start(64)) await Promise.all(hands);
  };
  for (let step = 0; step < STEPS; step += 1) {
    await insertAccepted(database, [{ agency: '00101', unitCode: `TS${step}`, receivedAt: now }, { agency: '07901', unitCode: 'TS1', receivedAt: now }]);
    await rounds();
    expect(await count(`delivery WHERE lane = 'agency:beta' AND state = 'waiting'`)).toBe(0);
    now = new Date(now.getTime() + STEP_MINUTES * 60_000);
  }
  expect(handed.filter((lane) => lane === 'agency:beta')).toHaveLength(STEPS);
  const tries = handed.length - STEPS;
  expect(tries).toBeGreaterThan(STEPS / 2); // it is looked for all day
  expect(tries).toBeLessThanOrEqual(STEPS + 5);
  expect(await count(`delivery WHERE state = 'dead'`)).toBe(0);
  expect(await count(`delivery WHERE lane = 'agency:alpha' AND attempts = 0`)).toBeGreaterThan(STEPS - 10); // what waits behind does not age
  isAway = false;
  await rounds();
  now = new Date(now.getTime() + 3_600_000);
  await rounds();
  expect(await count(`delivery WHERE state = 'delivered'`)).toBe(2 * STEPS);
});

// PostgreSQL takes no NUL: what could not be recorded was tried again for ever, without rest, and never became a dead letter.
it('whatever characters a backend answers with, its word is recorded: one that is away is left alone, one that will not have a dossier gets it no more', async () => {
  const answers = [new Error('alpha answered 500: \u0000\n\ud800'), ...Array.from({ length: 5 }, () => new Rejected('alpha answered 422: \u0000'))];
  const failing: LaneTransport = { ...transport, prepare: preparing(loadDossiers, () => Promise.reject(answers.shift() ?? new Error('asked once more'))) };
  const worker = createWorker({ database, lanes: ['agency:'], transportFor: () => failing, slipDueOf: () => undefined, now: () => now, random: () => 0.5, log: () => undefined });
  await insertAccepted(database, [{ agency: '00101', unitCode: 'TS1', receivedAt: now }]);
  const recorded: unknown[] = [];
  for (let step = 0; step < 6; step += 1) {
    await Promise.all(await worker.start(64));
    recorded.push(...(await database.query('SELECT state, attempts, rejections, last_error AS error FROM delivery')));
    now = new Date(now.getTime() + 3_600_000);
  }
  expect([recorded[0], recorded[5]]).toEqual([
    { state: 'waiting', attempts: 1, rejections: 0, error: 'alpha answered 500: \ufffd' },
    { state: 'dead', attempts: 6, rejections: 5, error: 'alpha answered 422: ' },
  ]);
});

it('intake does the same, statement by statement and lock by lock, whether the backend is there or has been away with others waiting and a worker claiming', async () => {
  const [up, upLocks] = await workOfIntake('07901');
  await insertAccepted(database, Array.from({ length: 20 }, (_value, index) => ({ agency: '00101', unitCode: `TS${index}` })));
  await database.query(`UPDATE lane SET failures_in_a_row = 20, open_until = $1, times_opened = 9 WHERE name = 'agency:alpha'`, [new Date(now.getTime() + 3_600_000)]);
  const [down, downLocks] = await database.transaction(async (query) => {
    expect((await lockFreeLanes(query, ['agency:'])).map(({ name }) => name)).toContain('agency:alpha'); // as whoever claims there
    return workOfIntake('00101');
  });
  expect(down.length).toBeGreaterThan(4);
  expect([down, downLocks]).toEqual([up, upLocks]);
});

/** The statements of one more dossier of an agency, and the locks that its transaction held. */
async function workOfIntake(agency: string): Promise<[string[], string[]]> {
  await insertAccepted(database, [{ agency, unitCode: 'TS0' }]); // the agency's counter is there
  const statements: string[] = [];
  let locks: string[] = [];
  const counting: Database = {
    ...database,
    transaction: (work) => database.transaction(async (query) => {
      const counted: Query = (sql, parameters) => {
        statements.push(sql);
        return query(sql, parameters);
      };
      const value = await work(counted);
      const held = await query<{ lock: string }>(
        `SELECT locktype || ' ' || coalesce(relation::regclass::text, objid::text, '') || ' ' || mode AS lock FROM pg_locks l LEFT JOIN pg_class c ON c.oid = l.relation
         WHERE pid = pg_backend_pid() AND locktype NOT IN ('virtualxid', 'transactionid') AND coalesce(c.relkind, 'r') = 'r' AND coalesce(c.relname, '') NOT LIKE 'pg_%' ORDER BY 1`);
      locks = held.map(({ lock }) => lock);
      return value;
    }),
  };
  await insertAccepted(counting, [{ agency, unitCode: 'TS1' }]);
  return [statements, locks];
}
