// Guarantee: what was told to have failed is not committed by whoever uses the connection next, and why it failed is told, however many statements were under way.
import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { Unavailable } from '../../src/errors/outcomes.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { cloneDatabase } from '../support/site.ts';
import { until } from '../support/until.ts';

let database: Database;

beforeAll(async () => {
  // One connection: the next to ask for one would get the one that failed.
  const url = await cloneDatabase();
  database = await again(() => openDatabase({ url, connections: 1 }));
  await again(() => database.query('CREATE TABLE note (text text UNIQUE)'));
});

afterAll(() => database.close());

/** Every failure here costs the one connection, and on a busy machine a new one may take longer than the gateway waits: then it says "not now". */
const again = <Value>(work: () => Promise<Value>): Promise<Value> =>
  until('a new connection', () => work().then((value) => ({ value }), (error: unknown) => {
    if (error instanceof Unavailable) return undefined;
    throw error;
  })).then(({ value }) => value);

const notes = async (): Promise<string[]> => (await database.query<{ text: string }>('SELECT text FROM note ORDER BY text')).map(({ text }) => text);

it('work that throws between two statements leaves nothing, though others commit after it', async () => {
  const failing = database.transaction(async (query) => {
    await query(`INSERT INTO note VALUES ('told to have failed')`);
    throw new Error('signing failed');
  });
  await expect(failing).rejects.toThrow('signing failed');
  await again(() => database.transaction((query) => query(`INSERT INTO note VALUES ('committed')`)));
  expect(await again(notes)).toEqual(['committed']);
});

it('a statement that fails takes its transaction with it', async () => {
  const failing = database.transaction(async (query) => {
    await query(`INSERT INTO note VALUES ('before the fault')`);
    await query(`INSERT INTO note VALUES ('committed')`);
  });
  await expect(failing).rejects.toThrow(/unique/);
  await again(() => database.transaction((query) => query(`INSERT INTO note VALUES ('after')`)));
  expect(await again(notes)).toEqual(['after', 'committed']);
});

it('of statements under way together the one that failed is told, not one that failed because of it, and nothing of any stays', async () => {
  const deep = async (work: () => Promise<unknown>, levels: number): Promise<unknown> => (levels === 0 ? work() : deep(work, levels - 1));
  for (let round = 0; round < 20; round += 1) {
    await again(() => database.query('SELECT 1'));
    const failing = database.transaction(async (query) => {
      const both = Promise.all([query(`INSERT INTO note VALUES ('with others')`), deep(() => query(`DO $$ BEGIN RAISE EXCEPTION 'lost a race' USING ERRCODE = '40P01'; END $$`), 20), query('SELECT 1')]);
      // So long that all answers are there when the first is read.
      for (const end = performance.now() + 20; performance.now() < end;);
      await both;
    });
await expect(failing).rejects.toMatchObject({ cause: { code: '40P01' } });
  }
  expect(await again(notes)).toEqual(['after', 'committed']);
});

it('a connection that is cut in mid-transaction is "not now", and the next works', async () => {
  const failing = database.transaction(async (query) => {
    await query(`INSERT INTO note VALUES ('cut off')`);
    await query('SELECT pg_terminate_backend(pg_backend_pid())');
  });
  await expect(failing).rejects.toThrow('DATABASE_AWAY');
  expect(await again(notes)).toEqual(['after', 'committed']);
});
