// A way to PostgreSQL for whoever may only read: nothing is migrated, nothing can be written, and statements may take their time.
import pg from 'pg';

import { asUnavailable, urlWithPassword } from './database.ts';
import type { DatabaseOptions, Query } from './database.ts';

export interface Reader {
  readonly query: Query;
  close(): Promise<void>;
}

/** @throws `Unavailable` when the server cannot be reached. */
export async function openReader(options: DatabaseOptions): Promise<Reader> {
  const pool = new pg.Pool({ connectionString: urlWithPassword(options), max: options.connections, connectionTimeoutMillis: 5_000, keepAlive: true, options: '-c default_transaction_read_only=on -c jit=off' });
  pool.on('error', () => undefined);
  const query: Query = <Row>(sql: string, parameters: readonly unknown[] = []) => asUnavailable(async () => (await pool.query(sql, [...parameters])).rows as Row[]);
  await query('SELECT 1').catch(async (error: unknown) => {
    await pool.end();
    throw error;
  });
  return { query, close: () => pool.end() };
}
