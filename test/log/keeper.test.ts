// Guarantee: whatever waits for the log and can be read is entered, whatever else waits beside it; what cannot be read is neither lost nor entered as something
// else, is told of once, and is entered as soon as it can be.
import { generateKeyPairSync } from 'node:crypto';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { enterWith } from '../../src/evidence/append.ts';
import { startLogKeeper } from '../../src/evidence/keeper.ts';
import type { LogKeeper } from '../../src/evidence/keeper.ts';
import { openLog } from '../../src/evidence/open.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { cloneDatabase, startSite } from '../support/site.ts';
import { until } from '../support/until.ts';

const keyPem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
let database: Database;
let keeper: LogKeeper;
const running: LogKeeper[] = [];
let now = new Date();
const log: { readonly message: string; readonly details: Readonly<Record<string, unknown>> }[] = [];

const query = <Row>(sql: string): Promise<Row[]> => database.query<Row>(sql);
const waiting = async (): Promise<string[]> => (await query<{ name: string }>(`SELECT kind || ' ' || subject AS name FROM log_waiting ORDER BY kind, subject`)).map(({ name }) => name);
const entered = async (kind: string): Promise<number[]> => (await query<{ subject: string }>(`SELECT subject FROM log_entry WHERE kind = '${kind}' ORDER BY subject`)).map(({ subject }) => Number(subject));
const addEvents = (from: number, to: number): Promise<unknown> => query(`INSERT INTO audit_event (id, at, kind, detail) OVERRIDING SYSTEM VALUE SELECT id, now(), 'test', '{}' FROM generate_series(${from}, ${to}) id`);
const left = (only: readonly string[]): Promise<unknown> => until(`nothing but ${only.join(', ')} to wait`, async () => (await waiting()).join() === only.join());

/** A statement may take 300 ms, as if the documents were so large that 15 s were too short. */
const impatient = (): Database => ({
  ...database,
  transaction: (work) => database.transaction(async (inside) => {
    await inside(`SET LOCAL statement_timeout = '300ms'`);
    return work(inside);
  }),
});

async function start(over: Database): Promise<void> {
  const enter = enterWith(await openLog(database.query, { origin: 'example.org/log', keyPem }, now));
  log.length = 0;
  keeper = startLogKeeper({ database: over, enter, now: () => now, log: (message, details) => log.push({ message, details }) });
  running.push(keeper);
}

beforeAll(async () => { database = await openDatabase({ url: await cloneDatabase(), connections: 4 }); }, 60_000);
afterAll(() => database.close());

describe('what waits for the log', () => {
  afterEach(() => Promise.all(running.splice(0).map((one) => one.stop())));
  beforeEach(async () => {
    await query('DELETE FROM log_waiting');
    now = new Date();
  });

  it('is entered though rows before it have no record, which stay, are told of once, and are entered when it comes', async () => {
    await query(`INSERT INTO log_waiting SELECT 'decision', id FROM generate_series(1, 600) id`);
    await query(`INSERT INTO log_waiting VALUES ('a kind of a later version', 1), ('event', 9001)`);
    await addEvents(1, 700);
    await start(database);
    const stuck = ['a kind of a later version 1', ...Array.from({ length: 600 }, (_value, at) => `decision ${at + 1}`), 'event 9001'];
    await left(stuck);
    expect(await entered('event')).toEqual(Array.from({ length: 700 }, (_value, at) => at + 1));
    const since = now;
    await until('it to be told', () => Promise.resolve(log.length > 0));
    expect(keeper.health()).toEqual({ stuck: 602, stuckSince: since, failing: undefined });
    await addEvents(701, 701);
    await left(stuck);
    expect(log).toEqual([{ message: 'rows wait that cannot be entered into the log', details: { rows: 602, first: expect.arrayContaining([expect.stringMatching(/^decision 1: its record is not there$/)]) } }]);

    await database.transaction(async (inside) => {
      await inside('SET LOCAL session_replication_role = replica');
      await inside(`INSERT INTO audit_event (id, at, kind, detail) OVERRIDING SYSTEM VALUE VALUES (9001, now(), 'test', '{}')`);
    });
    now = new Date(now.getTime() + 60_000);
    await left(stuck.slice(0, -1));
    expect(await entered('event')).toContain(9001);
    await until('it to be told', () => Promise.resolve(log.length > 1));
    expect(keeper.health()).toEqual({ stuck: 601, stuckSince: since, failing: undefined });

    await query('DELETE FROM log_waiting');
    await until('it to be told', () => Promise.resolve(log.length > 2));
    expect(keeper.health()).toEqual({ stuck: 0, stuckSince: undefined, failing: undefined });
  }, 30_000);

  it('is entered once, though a row of what is in the log waits again', async () => {
    await addEvents(2001, 2001);
    await start(database);
    await left([]);
    await query(`INSERT INTO log_waiting VALUES ('event', 2001)`);
    await addEvents(2002, 2002);
    await left([]);
    expect((await entered('event')).filter((id) => id === 2001 || id === 2002)).toEqual([2001, 2002]);
    expect(log).toEqual([]);
  });

  it('is entered by fewer at a time where a page takes too long, and without the row that cannot be read at all', async () => {
    await query('ALTER TABLE audit_event RENAME TO kept_event');
    await query(`INSERT INTO kept_event (id, at, kind, detail) OVERRIDING SYSTEM VALUE SELECT id, now(), 'test', '{}' FROM generate_series(3001, 3040) id`);
    // Each takes a while to read, and one for ever.
    await query(`CREATE VIEW audit_event AS SELECT id, at, kind, submission_id, CASE WHEN pg_sleep(CASE id WHEN 3007 THEN 60 WHEN 3010 THEN 0 ELSE 0.02 END) IS NULL THEN NULL ELSE detail END AS detail FROM kept_event WHERE id <> 3010 OR 1 / (id - 3010) > 0`);
    await start(impatient());
    await left(['event 3007', 'event 3010']);
    await until('it to be told', () => Promise.resolve(log.length > 0));
    expect(log).toEqual([{ message: 'rows wait that cannot be entered into the log', details: { rows: 2, first: ['event 3007: canceling statement due to statement timeout', 'event 3010: division by zero'] } }]);
    expect((await entered('event')).filter((id) => id > 3000 && id <= 3040)).toHaveLength(38);
    await query('DROP VIEW audit_event');
    await query('ALTER TABLE kept_event RENAME TO audit_event');
    now = new Date(now.getTime() + 60_000);
    await left([]);
  }, 60_000);

  it('is not entered twice by processes that enter at once, with rows among it that cannot be read', async () => {
    await query(`INSERT INTO log_waiting VALUES ('decision', 1), ('receipt', 77)`);
    await start(database);
    const first = keeper;
    await start(database);
    for (let from = 10_000; from < 12_000; from += 400) {
      await addEvents(from, from + 399);
      await Promise.all([first.work(), keeper.work()]);
    }
    await left(['decision 1', 'receipt 77']);
    expect((await entered('event')).filter((id) => id >= 10_000)).toHaveLength(2_000);
    const [sizes] = await query<{ head: string; entries: string }>('SELECT size::text AS head, (SELECT count(*) FROM log_entry)::text AS entries FROM log_head');
    expect(sizes?.head).toBe(sizes?.entries);
  }, 30_000);
});

describe('whoever watches the gateway', () => {
  it('is told how many rows cannot be entered and since when, while it goes on receiving', async () => {
    const site = await startSite();
    try {
      await site.gateway.database.query(`INSERT INTO log_waiting VALUES ('decision', 1)`);
      const health = async (): Promise<unknown> => JSON.parse((await site.direct.get('/health/ready')).body.toString());
      await until('it to be said', async () => JSON.stringify(await health()).includes('"stuck":1'));
      expect(await health()).toMatchObject({ ready: true, log: { setBack: null, stuck: 1, stuckSince: expect.stringMatching(/^\d{4}-/), failing: false } });
    } finally {
      await site.stop();
    }
  }, 30_000);
});
