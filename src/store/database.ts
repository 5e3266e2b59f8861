// One way to PostgreSQL: TypeORM's DataSource for pool, transactions and migrations, raw SQL for statements, a connection of its own for
// LISTEN. A database that is away is `Unavailable`; a statement that fails for another reason is a bug and passes through.
import pg from 'pg';
import { DataSource, QueryFailedError } from 'typeorm';
import type { QueryRunner } from 'typeorm';

import { Foundation1795305600000 } from '../../migrations/1795305600000-foundation.ts';
import { Unavailable } from '../errors/outcomes.ts';
import { entities } from './tables.ts';

/** Runs one statement and gives its rows; the row type is the caller's word for what the statement selects. */
export type Query = <Row>(sql: string, parameters?: readonly unknown[]) => Promise<Row[]>;

export interface Database {
  readonly query: Query;
  /** For typed reading through entities; the hot path uses `query`. */
  readonly source: DataSource;
  /** All or nothing; READ COMMITTED. */
  transaction<Value>(work: (query: Query) => Promise<Value>): Promise<Value>;
  /** Calls back for every notification, and once after each (re)connection, when some may have been missed. */
  listen(channel: string, notified: () => void): Listener;
  close(): Promise<void>;
}

export interface Listener {
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** Takes the place of the password in `url`. */
  readonly password?: string;
  readonly connections: number;
}

const CONNECT_TIMEOUT_MS = 3_000;
const QUERY_TIMEOUT_MS = 15_000;
const RECONNECT_MS = 1_000;

/** Connects and applies the migrations. Throws `Unavailable` when the server cannot be reached. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const url = urlWithPassword(options);
  const source = new DataSource({
    type: 'postgres',
    url,
    driver: pg,
    entities,
    migrations: [Foundation1795305600000],
    poolSize: options.connections,
    poolErrorHandler: () => undefined, // an idle connection that breaks is replaced at the next use
    extra: { connectionTimeoutMillis: CONNECT_TIMEOUT_MS, query_timeout: QUERY_TIMEOUT_MS, keepAlive: true },
  });
  await asUnavailable(() => source.initialize());
  await asUnavailable(() => migrate(source));
  return databaseOf(source, url);
}

/** pg takes the password of a connection string before one given beside it, even an empty one. */
function urlWithPassword({ url, password }: DatabaseOptions): string {
  if (password === undefined) return url;
  const complete = new URL(url);
  complete.password = encodeURIComponent(password);
  return complete.href;
}

/** One process at a time migrates; the others wait for it and then find nothing to do. */
async function migrate(source: DataSource): Promise<void> {
  const runner = source.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock(991)');
    await source.runMigrations({ transaction: 'all' });
  } finally {
    await runner.query('SELECT pg_advisory_unlock(991)').catch(() => undefined);
    await runner.release();
  }
}

function databaseOf(source: DataSource, url: string): Database {
  return {
    source,
    query: (sql, parameters) => withRunner(source, (runner) => run(runner, sql, parameters)),
    transaction: (work) =>
      withRunner(source, async (runner) => {
        await runner.startTransaction();
        try {
          const value = await work((sql, parameters) => run(runner, sql, parameters));
          await runner.commitTransaction();
          return value;
        } catch (error) {
          await runner.rollbackTransaction().catch(() => undefined); // the first error is the one to tell
          throw error;
        }
      }),
    listen: (channel, notified) => listen(url, channel, notified),
    close: () => source.destroy(),
  };
}

async function withRunner<Value>(source: DataSource, work: (runner: QueryRunner) => Promise<Value>): Promise<Value> {
  return asUnavailable(async () => {
    const runner = source.createQueryRunner();
    try {
      return await work(runner);
    } finally {
      await runner.release().catch(() => undefined);
    }
  });
}

async function run<Row>(runner: QueryRunner, sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
  const result = await runner.query(sql, [...parameters], true);
  return result.records as Row[];
}

async function asUnavailable<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw isAway(error) ? new Unavailable('DATABASE_AWAY', { cause: error }) : error;
  }
}

/** Connection lost or refused, server starting or stopping, out of resources, deadlock: anything that another try may mend. */
function isAway(error: unknown): boolean {
  if (error instanceof Unavailable) return false;
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (typeof cause !== 'object' || cause === null) return false;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  const message = 'message' in cause ? String(cause.message) : '';
  if (/^(?:08|40|53|57|58)/.test(code) || /^E(?:CONN|PIPE|HOST|NET|TIMEDOUT|NOTFOUND|AI_AGAIN)/.test(code)) return true;
  return code === '' && /connection|timeout|terminated|not queryable|not connected|closed/i.test(message);
}

function listen(url: string, channel: string, notified: () => void): Listener {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const connect = async (): Promise<void> => {
    const next = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS, keepAlive: true });
    client = next;
    next.on('notification', notified);
    next.on('error', () => undefined); // 'end' follows and connects again
    next.on('end', again);
    try {
      await next.connect();
      await next.query(`LISTEN ${next.escapeIdentifier(channel)}`);
      notified();
    } catch {
      again();
    }
  };
  const again = (): void => {
    if (closed || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      void connect();
    }, RECONNECT_MS);
  };
  void connect();
  return {
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
