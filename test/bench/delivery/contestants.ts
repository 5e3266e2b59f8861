// Who is measured, and how each is given the same work anew for every round: so many jobs that say which dossier, on one PostgreSQL, each
// contestant in a database of its own. Every round begins with a filled, vacuumed queue and without what the round before left there.
import { makeWorkerUtils } from 'graphile-worker';
import PgBoss from 'pg-boss';
import pg from 'pg';

import { openRoutes } from '../../../src/delivery/routing.ts';
import type { Backend } from '../../../src/delivery/routes.ts';
import { setLane } from '../../../src/store/lanes.ts';
import { arise } from '../../../src/store/obligations.ts';
import { openDatabase } from '../../../src/store/database.ts';

/** The gateway twice: with deliveries that are nothing but claimed and completed, as the peers' jobs are, and with dossiers and all that is recorded of them. */
export const contestants = ['gateway', 'graphile-worker', 'pg-boss', 'gateway, dossiers'] as const;
export type ContestantName = (typeof contestants)[number];

export const QUEUE = 'dossier';
/** So many keys whose deliveries go one after the other: two of each wait. */
export const KEYS = 8_000;
export const LANE = 'webhook:1';
const AT_ONCE = 64;

export interface Contestant {
  /** Puts so many jobs in, and nothing else is there. */
  fill(jobs: number): Promise<void>;
  /** Jobs that are not done. */
  remaining(): Promise<number>;
  close(): Promise<void>;
}

export async function openContestant(name: ContestantName, url: string, most: number): Promise<Contestant> {
  if (name === 'graphile-worker') return graphile(url);
  if (name === 'pg-boss') return boss(url);
  return name === 'gateway' ? gateway(url) : gatewayOfDossiers(url, most);
}

async function gateway(url: string): Promise<Contestant> {
  const database = await openDatabase({ url, connections: 2 });
  await setLane(database.query, LANE, AT_ONCE);
  return {
    fill: async (jobs) => {
      await database.query('TRUNCATE delivery, delivery_lease');
      await database.query(
        `INSERT INTO delivery (kind, lane, order_key, feed, position, subscription, urgent_at, ordered_at, due_at)
         SELECT 'webhook', $2, 'dossier ' || n % ${KEYS}, 'bench', n, 1, '2026-11-23', '2026-11-23', '2026-11-23' FROM generate_series(1, $1::int) AS n`, [jobs, LANE]);
      await database.query('VACUUM ANALYZE delivery');
    },
    remaining: () => countIn(database.query, `SELECT count(*)::int AS count FROM delivery WHERE state <> 'delivered'`),
    close: () => database.close(),
  };
}

async function gatewayOfDossiers(url: string, most: number): Promise<Contestant> {
  const database = await openDatabase({ url, connections: 2 });
  const backend: Backend = { name: 'bench', url: 'https://127.0.0.1:9', certificateAuthorities: [], answerSigners: new Set(), mostAtOnce: AT_ONCE, timeoutMs: 30_000 };
  await openRoutes(database, { backends: new Map([['bench', backend]]), routes: new Map([['', 'bench']]) }, new Date());
  await insertDossiers(database.query, most, 20_000);
  return {
    fill: async (jobs) => {
      await database.query('TRUNCATE delivery, delivery_lease');
      await database.query(
        `INSERT INTO delivery (kind, lane, order_key, submission_id, octets, urgent_at, ordered_at, due_at)
         SELECT 'dossier', 'agency:bench', d.agency || '/' || d.unit_code, d.submission_id, octet_length(s.body), d.due_at, s.received_at, s.received_at
         FROM dossier d JOIN submission s ON s.id = d.submission_id ORDER BY s.id LIMIT $1`, [jobs]);
      await database.transaction(async (query) => {
        await query('SET LOCAL session_replication_role = replica'); // evidence is never emptied otherwise
        await query('TRUNCATE obligation, audit_event, feed_event, feed CASCADE');
        const rows = await query<{ submissionId: string }>('SELECT submission_id AS "submissionId" FROM delivery');
        await arise(query, rows.map(({ submissionId }) => ({ submissionId, kind: 'forward', arisenAt: new Date(), dueAt: new Date(Date.now() + 7_200_000), basis: 'bench' })));
      });
      await database.query('VACUUM ANALYZE delivery');
    },
    remaining: () => countIn(database.query, `SELECT count(*)::int AS count FROM delivery WHERE state <> 'delivered'`),
    close: () => database.close(),
  };
}

/** Random octets, so that they are stored as large as they are. */
async function insertDossiers(query: <Row>(sql: string, parameters?: readonly unknown[]) => Promise<Row[]>, most: number, octets: number): Promise<void> {
  await query(`INSERT INTO trust_material (digest, body) VALUES (repeat('0', 64), '')`);
  for (let from = 1; from <= most; from += 1_000) {
    await query(
      `WITH n AS (SELECT n, (SELECT string_agg(sha256((n::text || '/' || p::text)::bytea), '') FROM generate_series(1, $3::int / 32) AS p) AS body FROM generate_series($1::int, $2::int) AS n),
       s AS (
         INSERT INTO submission (digest, sender, sender_facts, received_at, outcome, findings, transaction_code, rule_set_digest, trust_digest, content_digest, signatures, filed_before, body)
         SELECT encode(sha256(n::text::bytea), 'hex'), 'ivan:00040', '{"kind":"direct"}', '2026-11-23', 'accepted', '[]', 'GW' || n, '', repeat('0', 64), encode(sha256(n::text::bytea), 'hex'), '[]', '[]', n.body FROM n
         RETURNING id),
       r AS (INSERT INTO receipt (submission_id, body) SELECT id, convert_to(repeat('<BHXH/>', 300), 'UTF8') FROM s)
       INSERT INTO dossier (submission_id, agency, year, sequence, number, unit_code, unit_name, tax_code, procedure, period, due_at)
       SELECT id, '00101', 2026, id, lpad(id::text, 5, '0') || '/2026/00101', 'TS' || id % ${KEYS}, 'CÔNG TY', '0101300842', '600', '11/2026', '2026-11-30' FROM s`,
      [from, Math.min(most, from + 999), octets],
    );
  }
}

async function graphile(url: string): Promise<Contestant> {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  const utils = await makeWorkerUtils({ pgPool: pool });
  await utils.migrate();
  return {
    fill: async (jobs) => {
      await pool.query('TRUNCATE graphile_worker._private_jobs');
      await pool.query(`SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(SELECT json_populate_record(NULL::graphile_worker.job_spec, json_build_object('identifier', '${QUEUE}', 'payload', json_build_object('dossier', n))) FROM generate_series(1, $1::int) AS n))`, [jobs]);
      await pool.query('VACUUM ANALYZE graphile_worker._private_jobs');
    },
    remaining: () => countIn(queryOf(pool), 'SELECT count(*)::int AS count FROM graphile_worker._private_jobs'),
    close: async () => {
      await utils.release();
      await pool.end();
    },
  };
}

async function boss(url: string): Promise<Contestant> {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  const queue = new PgBoss({ connectionString: url, max: 2, supervise: false, schedule: false });
  queue.on('error', () => undefined);
  await queue.start();
  await queue.createQueue(QUEUE);
  return {
    fill: async (jobs) => {
      await pool.query('TRUNCATE pgboss.job');
      for (let from = 1; from <= jobs; from += 5_000) await queue.insert(Array.from({ length: Math.min(5_000, jobs - from + 1) }, (_value, index) => ({ name: QUEUE, data: { dossier: from + index } })));
      await pool.query('VACUUM ANALYZE pgboss.job');
    },
    remaining: () => countIn(queryOf(pool), `SELECT count(*)::int AS count FROM pgboss.job WHERE state <> 'completed'`),
    close: async () => {
      await queue.stop({ graceful: false, close: true });
      await pool.end();
    },
  };
}

type Count = (sql: string) => Promise<{ count: number }[]>;

function queryOf(pool: pg.Pool): Count {
  return async (sql) => (await pool.query<{ count: number }>(sql)).rows;
}

async function countIn(query: Count, sql: string): Promise<number> {
  return (await query(sql))[0]?.count ?? 0;
}
