// One way to PostgreSQL: TypeORM's DataSource for migrations and typed reading, a pool for raw SQL and transactions, a connection of its own
// for LISTEN. A database that is away is `Unavailable`; a statement that fails for another reason is a bug and passes through.
import type { Writable } from 'node:stream';

import pg from 'pg';
import { DataSource, QueryFailedError } from 'typeorm';

import { Foundation1795305600000 } from '../../migrations/1795305600000-foundation.ts';
import { AwaitingTheUnit1796810000000 } from '../../migrations/1796810000000-awaiting-the-unit.ts';
import { BackendFacts1796920000000 } from '../../migrations/1796920000000-backend-facts.ts';
import { OutageProposals1796930000000 } from '../../migrations/1796930000000-outage-proposals.ts';
import { PutAside1796940000000 } from '../../migrations/1796940000000-put-aside.ts';
import { TermsAndLapses1796910000000 } from '../../migrations/1796910000000-terms-and-lapses.ts';
import { Registers1795392000000 } from '../../migrations/1795392000000-registers.ts';
import { TrustParts1795478400000 } from '../../migrations/1795478400000-trust-parts.ts';
import { ContractsAndRegistrations1795564800000 } from '../../migrations/1795564800000-contracts-and-registrations.ts';
import { Shadow1795651200000 } from '../../migrations/1795651200000-shadow.ts';
import { Declarations1795737600000 } from '../../migrations/1795737600000-declarations.ts';
import { UnitTiesAndLateness1795824000000 } from '../../migrations/1795824000000-unit-ties-and-lateness.ts';
import { Delivery1796000000000 } from '../../migrations/1796000000000-delivery.ts';
import { AgencyMessages1796100000000 } from '../../migrations/1796100000000-agency-messages.ts';
import { DeliveryCore1796600000000 } from '../../migrations/1796600000000-delivery-core.ts';
import { DeliveryLeases1796650000000 } from '../../migrations/1796650000000-delivery-leases.ts';
import { Feeds1796200000000 } from '../../migrations/1796200000000-feeds.ts';
import { Obligations1796500000000 } from '../../migrations/1796500000000-obligations.ts';
import { Supplements1796700000000 } from '../../migrations/1796700000000-supplements.ts';
import { UnitCertificateFingerprint1796210000000 } from '../../migrations/1796210000000-unit-certificate-fingerprint.ts';
import { Subscriptions1796300000000 } from '../../migrations/1796300000000-subscriptions.ts';
import { CheaperRecords1796950000000 } from '../../migrations/1796950000000-cheaper-records.ts';
import { ToldApart1796960000000 } from '../../migrations/1796960000000-told-apart.ts';
import { CorrectedOutages1796970000000 } from '../../migrations/1796970000000-corrected-outages.ts';
import { Log1797000000000 } from '../../migrations/1797000000000-log.ts';
import { Stamps1797200000000 } from '../../migrations/1797200000000-stamps.ts';
import { Erasure1797400000000 } from '../../migrations/1797400000000-erasure.ts';
import { WithheldSubscriptions1796900000000 } from '../../migrations/1796900000000-withheld-subscriptions.ts';
import { Unavailable } from '../errors/outcomes.ts';
import { entities } from './tables.ts';

/**
 * Runs one statement and gives its rows; the row type is the caller's word for what the statement selects. One with a name, always of the same text, is
 * parsed and planned once for each connection: for the hot path. A plan fits the tables as they were then, so no connection lives long.
 */
export type Query = <Row>(sql: string, parameters?: readonly unknown[], name?: string) => Promise<Row[]>;

export interface Database {
  readonly query: Query;
  /** For typed reading through entities; the hot path uses `query`. */
  readonly source: DataSource;
  /**
   * All or nothing; READ COMMITTED. Statements run in the order in which they are asked, one after the other; those that are asked without waiting share
   * their way to the server. Once one has failed, none after it does anything.
   */
  transaction<Value>(work: (query: Query) => Promise<Value>): Promise<Value>;
  /** Calls back for every notification, and once after each (re)connection, when some may have been missed. */
  listen(channel: string, notified: () => void): Listener;
  /** Holds a name, which nobody else has, by a connection of its own: everybody sees at once when this process is gone. Resolves when it is held. */
  hold(name: string): Promise<Listener>;
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
const STATEMENT_TIMEOUT_MS = 15_000;
const QUERY_TIMEOUT_MS = 20_000;
const RECONNECT_MS = 1_000;
const LONGEST_LIFE_SECONDS = 60;

/** Connects and applies the migrations. Throws `Unavailable` when the server cannot be reached. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const url = urlWithPassword(options);
  const source = new DataSource({
    type: 'postgres',
    url,
    driver: pg,
    entities,
    migrations: [Foundation1795305600000, Registers1795392000000, TrustParts1795478400000, ContractsAndRegistrations1795564800000, Shadow1795651200000, Declarations1795737600000, UnitTiesAndLateness1795824000000, Delivery1796000000000, AgencyMessages1796100000000, Feeds1796200000000, UnitCertificateFingerprint1796210000000, Subscriptions1796300000000, Obligations1796500000000, DeliveryCore1796600000000, DeliveryLeases1796650000000, Supplements1796700000000, AwaitingTheUnit1796810000000, WithheldSubscriptions1796900000000, TermsAndLapses1796910000000, BackendFacts1796920000000, OutageProposals1796930000000, PutAside1796940000000, CheaperRecords1796950000000, ToldApart1796960000000, CorrectedOutages1796970000000, Log1797000000000, Stamps1797200000000, Erasure1797400000000],
    poolSize: 2,
    poolErrorHandler: () => undefined, // an idle connection that breaks is replaced at the next use
    extra: { connectionTimeoutMillis: CONNECT_TIMEOUT_MS, keepAlive: true },
  });
  await asUnavailable(() => source.initialize());
  try {
    await asUnavailable(() => migrate(source));
  } catch (error) {
    await source.destroy().catch(() => undefined); // or its connections keep a process alive that could not start
    throw error;
  }
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connections,
    maxLifetimeSeconds: LONGEST_LIFE_SECONDS,
    // What is asked without waiting is sent at once, and answered in order.
    pipeline: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    // The server gives up a statement before the client gives up those that it asked together; a client that must drops the connection with whatever was open on it.
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
  });
  // A connection that is cut while it is in use, too, says so by an event that nobody may leave unheard; the statement fails besides.
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', () => undefined);
  return databaseOf(source, pool, url);
}

/** pg takes the password of a connection string before one given beside it, even an empty one. */
export function urlWithPassword({ url, password }: DatabaseOptions): string {
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

function databaseOf(source: DataSource, pool: pg.Pool, url: string): Database {
  return {
    source,
    query: (sql, parameters, name) => withClient(pool, (client) => run(client, sql, parameters, name)),
    transaction: (work) =>
      withClient(pool, async (client) => {
        await client.query('BEGIN');
        const value = await withCause(work, (sql, parameters, name) => run(client, sql, parameters, name));
        // The server answers ROLLBACK, and no error, where a statement had failed and nobody said so: what was made of it must not leave.
        if ((await client.query('COMMIT')).command !== 'COMMIT') throw new Error('the transaction was rolled back');
        return value;
      }),
    listen: (channel, notified) => stayConnected(url, notified, async (client) => {
      await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
      notified();
    }),
    hold: async (name) => {
      let listener: Listener | undefined;
      await new Promise<void>((resolve) => {
        listener = stayConnected(url, () => undefined, async (client) => {
          await client.query('SELECT pg_advisory_lock($1, hashtext($2))', [HELD_NAMES, name]);
          resolve();
        });
      });
      return listener ?? { close: () => Promise.resolve() };
    },
    close: async () => {
      await pool.end();
      await source.destroy();
    },
  };
}

/**
 * A connection on which anything failed is closed, not returned: the server then rolls back what was open on it. Were it reused, the next
 * one's COMMIT could commit what somebody was told had failed.
 */
async function withClient<Value>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<Value>): Promise<Value> {
  return asUnavailable(async () => {
    const client = await pool.connect();
    let failed = true;
    try {
      const value = await work(client);
      failed = false;
      return value;
    } finally {
      client.release(failed);
    }
  });
}

async function run<Row>(client: pg.PoolClient, text: string, parameters: readonly unknown[] = [], name?: string): Promise<Row[]> {
  sendTogether(client);
  const { rows } = await client.query({ ...(name === undefined ? {} : { name }), text, values: [...parameters] });
  return rows as Row[];
}

/** Of statements that are under way together, the one that failed makes the others fail, and any of them may be heard of first: what is thrown is why. */
async function withCause<Value>(work: (query: Query) => Promise<Value>, query: Query): Promise<Value> {
  let cause: unknown;
  const watched: Query = async (sql, parameters, name) => {
    try {
      return await query(sql, parameters, name);
    } catch (error) {
      if (!isOnlyAborted(error)) cause = error;
      throw error;
    }
  };
  return work(watched).catch((error: unknown) => { throw isOnlyAborted(error) ? (cause ?? error) : error; });
}

/** A statement that was not even tried, because the transaction had failed. */
function isOnlyAborted(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '25P02';
}

/** What is asked before anything else is done goes in one write. */
function sendTogether(client: pg.PoolClient): void {
  const { stream } = (client as pg.PoolClient & { readonly connection: { readonly stream: Writable } }).connection;
  stream.cork();
  process.nextTick(() => { stream.uncork(); });
}

export async function asUnavailable<Value>(work: () => Promise<Value>): Promise<Value> {
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
  if (/^(?:08|25006|28|3D|40|53|57|58)/.test(code) || /^E(?:CONN|PIPE|HOST|NET|TIMEDOUT|NOTFOUND|AI_AGAIN)/.test(code)) return true;
  return code === '' && /connection|timeout|terminated|not queryable|not connected|closed/i.test(message);
}

/** Advisory locks of names that are held, beside the hash of the name. */
export const HELD_NAMES = 992;

/** A connection that is made again whenever it breaks. */
function stayConnected(url: string, notified: () => void, connected: (client: pg.Client) => Promise<void>): Listener {
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
      await connected(next);
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
