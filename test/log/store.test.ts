// Guarantee: nobody who writes to the database by its ordinary means takes anything away from the log, empties one of its tables, or moves its head back.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { startSite } from '../support/site.ts';
import type { Site } from '../support/site.ts';
import { until } from '../support/until.ts';

let site: Site;
const query = <Row>(sql: string): Promise<Row[]> => site.gateway.database.query<Row>(sql);

beforeAll(async () => {
  site = await startSite();
  await query(`INSERT INTO audit_event (at, kind, detail) SELECT now(), 'test', '{}' FROM generate_series(1, 300)`);
  await until('the log to have all', async () => (await query('SELECT 1 FROM log_waiting')).length === 0);
}, 60_000);
afterAll(() => site.stop());

describe('the tables of the log', () => {
  it.each(['log_key', 'log_head', 'log_waiting', 'log_entry', 'log_node', 'log_checkpoint', 'log_cosignature'])('%s is not emptied', async (table) => {
    await expect(query(`TRUNCATE ${table} CASCADE`)).rejects.toThrow(/never changed/);
  });

  it.each(['log_key', 'log_head', 'log_entry', 'log_node', 'log_checkpoint'])('%s loses no row', async (table) => {
    expect(await query(`SELECT 1 FROM ${table}`)).not.toEqual([]);
    await expect(query(`DELETE FROM ${table}`)).rejects.toThrow(/never changed/);
  });

  it.each(['size - 1', 'size', '0'])('the head does not become %s', async (size) => {
    await expect(query(`UPDATE log_head SET size = ${size}, edge = ''`)).rejects.toThrow(/never changed but to a larger tree/);
  });
});
