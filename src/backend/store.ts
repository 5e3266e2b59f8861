// The backend's own PostgreSQL schema, `backend`: one row for each dossier, one statement for each step, so that a process killed between
// any two of them has lost nothing and repeated nothing. Knows no XML and no HTTP. A database that is away is `Unavailable`.
import pg from 'pg';

import { Unavailable } from '../errors/outcomes.ts';
import { migrations } from './migrations.ts';
import type { ReceivedDossier } from './reception.ts';

export interface StoreOptions {
  readonly url: string;
  /** Overrides the password in `url`. */
  readonly password?: string;
}

export interface Store {
  /** Stores the dossier once, however often it comes. */
  put(dossier: ReceivedDossier, receivedAt: Date, dueAt: Date): Promise<Reception>;
  find(digest: string): Promise<StoredCase | undefined>;
  /** The submission's octets. */
  dossierOf(digest: string): Promise<Buffer>;
  /** The answer that is now the dossier's for ever: this one, or that of whoever was first. */
  keepAnswer(digest: string, answer: Buffer, answeredAt: Date): Promise<Buffer>;
  /** In the order of reception. */
  list(): Promise<readonly DossierRow[]>;
  close(): Promise<void>;
}

export interface Reception {
  readonly timesPut: number;
  readonly answered: boolean;
}

export interface StoredCase {
  readonly dossierNumber: string;
  readonly transactionCode: string;
  readonly dueAt: Date;
  readonly answer: Buffer | null;
}

export interface DossierRow extends Reception {
  readonly digest: string;
}

const CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 3_000;
/** A dossier of 100 MB takes its time. */
const QUERY_TIMEOUT_MS = 60_000;

type Query = <Row>(sql: string, parameters?: readonly unknown[]) => Promise<Row[]>;

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
  const query: Query = <Row>(sql: string, parameters: readonly unknown[] = []) =>
    asUnavailable(async () => (await pool.query<Row & pg.QueryResultRow>(sql, [...parameters])).rows);
  return storeOn(query, () => pool.end());
}

/** In the URL, because pg takes the password from there, even none, over one given beside it. */
function connectionString({ url, password }: StoreOptions): string {
  if (password === undefined) return url;
  const whole = new URL(url);
  whole.password = encodeURIComponent(password);
  return whole.href;
}

function storeOn(query: Query, close: () => Promise<void>): Store {
  return {
    put: async ({ digest, dossier, receipt, dossierNumber, transactionCode }, receivedAt, dueAt) =>
      only(await query<Reception>(PUT, [digest, dossier, receipt, dossierNumber, transactionCode, receivedAt, dueAt])),
    find: async (digest) => (await query<StoredCase>(FIND, [digest]))[0],
    dossierOf: async (digest) => only(await query<{ dossier: Buffer }>('SELECT dossier FROM backend.dossiers WHERE digest = $1', [digest])).dossier,
    keepAnswer: async (digest, answer, answeredAt) => only(await query<{ answer: Buffer }>(KEEP_ANSWER, [digest, answer, answeredAt])).answer,
    list: () => query<DossierRow>(LIST),
    close,
  };
}

const PUT = `
  INSERT INTO backend.dossiers AS stored (digest, dossier, receipt, dossier_number, transaction_code, received_at, due_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT (digest) DO UPDATE SET times_put = stored.times_put + 1
  RETURNING times_put AS "timesPut", answer IS NOT NULL AS answered`;

const FIND = `
  SELECT dossier_number AS "dossierNumber", transaction_code AS "transactionCode", due_at AS "dueAt", answer
  FROM backend.dossiers WHERE digest = $1`;

/** A second writer waits for the first one's row lock, then sees its answer and keeps it. */
const KEEP_ANSWER = `
  UPDATE backend.dossiers SET answer = COALESCE(answer, $2), answered_at = COALESCE(answered_at, $3)
  WHERE digest = $1 RETURNING answer`;

const LIST = `
  SELECT digest, times_put AS "timesPut", answer IS NOT NULL AS answered
  FROM backend.dossiers ORDER BY received_at, digest`;

function only<Row>([row]: readonly Row[]): Row {
  if (row === undefined) throw new Error('a dossier that was there is not there');
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
