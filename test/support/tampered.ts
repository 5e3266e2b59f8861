// Rows changed as somebody could who owns the server: no trigger fires, and constraints may be taken away. Afterwards what was there is there again, and what
// a running gateway has written meanwhile stays.
import type { Database } from '../../src/store/database.ts';
import { untilNothing } from './until.ts';

export interface Tampering {
  /** Whose rows are put back. */
  readonly tables: readonly string[];
  /** Constraints of a table that are taken away first, and stay away unless `after` makes them again. */
  readonly before?: string;
  readonly change: string;
  readonly after?: string;
}

export async function tampered({ source, query }: Database, { tables, before, change, after }: Tampering, look: () => Promise<void>): Promise<void> {
  await untilNothing('everything in the log', async () => (await query('SELECT FROM log_waiting')).length); // or what is changed here would be entered as it is changed
  const runner = source.createQueryRunner();
  try {
    await runner.query(`SET session_replication_role = 'replica'`);
    if (before !== undefined) await runner.query(before);
    for (const table of tables) await runner.query(`CREATE TEMP TABLE kept_${table} AS SELECT * FROM ${table}`);
    try {
      await runner.query(change);
      await look();
    } finally {
      for (const table of tables) {
        const isNumbered = (await query(`SELECT 1 FROM information_schema.columns WHERE table_name = $1 AND column_name = 'id' AND data_type = 'bigint'`, [table])).length > 0;
        await runner.query(`DELETE FROM ${table}${isNumbered ? ` WHERE id <= (SELECT coalesce(max(id), 0) FROM kept_${table})` : ''}`);
        await runner.query(`INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM kept_${table}`);
        await runner.query(`DROP TABLE kept_${table}`);
      }
      if (after !== undefined) await runner.query(after);
    }
  } finally {
    await runner.query(`SET session_replication_role = 'origin'`);
    await runner.release();
  }
}
