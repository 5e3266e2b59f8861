// The backend's own PostgreSQL schema, `backend`: connections, transactions, migrations. Every transition of a case is one transaction, so
// that a process killed between any two of them has lost nothing and repeated nothing. A database that is away is `Unavailable`.
import pg from 'pg';

import { Unavailable } from '../errors/outcomes.ts';
import { migrations } from './migrations.ts';

export interface StoreOptions {
  readonly url: string;
  /** Overrides the password in `url`. */
  readonly password?: string;
}

export type Query = <Row>(sql: string, parameters?: readonly unknown[]) => Promise<Row[]>;

export interface Store {
  readonly query: Query;
  /** All of it or nothing; nothing is read or written outside `query`. */
  transaction<Value>(work: (query: Query) => Promise<Value>): Promise<Value>;
  close(): Promise<void>;
}

const CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 3_000;
/** A dossier of 100 MB takes its time. */
const QUERY_TIMEOUT_MS = 60_000;

/** Connects and applies the migrations. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const pool = new pg.Pool({
    connectionString: connectionString(options),
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
  });
  pool.on('error', () => undefined); // an idle connection that breaks is replaced at the next use
  try {
    await asUnavailable(() => migrate(pool));
  } catch (error) {
    await pool.end();
    throw error;
  }
  return {
    query: queryOn(pool),
    transaction: (work) => transact(pool, work),
    close: () => pool.end(),
  };
}

function queryOn(client: pg.Pool | pg.PoolClient): Query {
  return <Row>(sql: string, parameters: readonly unknown[] = []) => asUnavailable(async () => (await client.query<Row & pg.QueryResultRow>(sql, [...parameters])).rows);
}

async function transact<Value>(pool: pg.Pool, work: (query: Query) => Promise<Value>): Promise<Value> {
  const client = await asUnavailable(() => pool.connect());
  const query = queryOn(client);
  client.on('error', ignore); // a connection that breaks fails the statement that is under way, or the next one
  let broken = true; // closing a connection in doubt rolls back
  try {
    await query('BEGIN');
    const value = await work(query);
    await query('COMMIT');
    broken = false;
    return value;
  } finally {
    if (!broken) client.off('error', ignore);
    client.release(broken);
  }
}

function ignore(): void {
  // nothing to do
}

/** In the URL, because pg takes the password from there, even none, over one given beside it. */
function connectionString({ url, password }: StoreOptions): string {
  if (password === undefined) return url;
  const whole = new URL(url);
  whole.password = encodeURIComponent(password);
  return whole.href;
}

export function only<Row>([row]: readonly Row[]): Row {
  if (row === undefined) throw new Error('a row that was there is not there');
  return row;
}

/** One process at a time migrates; the others wait for it and then find nothing to do. */
async function migrate(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock(991, 2)');
    await client.query('CREATE SCHEMA IF NOT EXISTS backend');
    await client.query('CREATE TABLE IF NOT EXISTS backend.migrations (number integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())');
    const { rows } = await client.query<{ number: number }>('SELECT number FROM backend.migrations');
    const applied = new Set(rows.map(({ number }) => number));
    for (const [index, sql] of migrations.entries()) {
      if (applied.has(index + 1)) continue;
      await client.query(sql);
      await client.query('INSERT INTO backend.migrations (number) VALUES ($1)', [index + 1]);
    }
    await client.query('COMMIT');
    client.release();
  } catch (error) {
    client.release(true); // closing the connection rolls back
    throw error;
  }
}

async function asUnavailable<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw isAway(error) ? new Unavailable('DATABASE_AWAY', { cause: error }) : error;
  }
}

/** What the server says with a class of "away, starting, stopping, out of resources, deadlock", and everything that never reached it. */
function isAway(error: unknown): boolean {
  return !(error instanceof pg.DatabaseError) || /^(?:08|40|53|57|58)/.test(error.code ?? '');
}
