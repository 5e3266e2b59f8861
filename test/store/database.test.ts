// Guarantee: what was told to have failed is not committed by whoever uses the connection next.
import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { cloneDatabase } from '../support/site.ts';

let database: Database;

beforeAll(async () => {
  // One connection: the next to ask for one would get the one that failed.
  database = await openDatabase({ url: await cloneDatabase(), connections: 1 });
  await database.query('CREATE TABLE note (text text UNIQUE)');
});

afterAll(() => database.close());

const notes = async (): Promise<string[]> => (await database.query<{ text: string }>('SELECT text FROM note ORDER BY text')).map(({ text }) => text);

it('work that throws between two statements leaves nothing, though others commit after it', async () => {
  const failing = database.transaction(async (query) => {
    await query(`INSERT INTO note VALUES ('told to have failed')`);
    throw new Error('signing failed');
  });
  await expect(failing).rejects.toThrow('signing failed');
  await database.transaction((query) => query(`INSERT INTO note VALUES ('committed')`));
  expect(await notes()).toEqual(['committed']);
});

it('a statement that fails takes its transaction with it', async () => {
  const failing = database.transaction(async (query) => {
    await query(`INSERT INTO note VALUES ('before the fault')`);
    await query(`INSERT INTO note VALUES ('committed')`);
  });
  await expect(failing).rejects.toThrow(/unique/);
  await database.transaction((query) => query(`INSERT INTO note VALUES ('after')`));
  expect(await notes()).toEqual(['after', 'committed']);
});

it('a connection that is cut in mid-transaction is "not now", and the next works', async () => {
  const failing = database.transaction(async (query) => {
    await query(`INSERT INTO note VALUES ('cut off')`);
    await query('SELECT pg_terminate_backend(pg_backend_pid())');
  });
  await expect(failing).rejects.toThrow('DATABASE_AWAY');
  expect(await notes()).toEqual(['after', 'committed']);
});
