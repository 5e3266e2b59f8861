// Who is measured, at which work, and how each is given the same work anew for every round: three queues on one database, and three kinds of work.
// Every round begins with a filled, vacuumed queue and without what the round before left there; afterwards all of it is there.
import { makeWorkerUtils } from 'graphile-worker';
import PgBoss from 'pg-boss';
import pg from 'pg';

import { setLane } from '../../../src/store/lanes.ts';
import { openDatabase } from '../../../src/store/database.ts';
import type { Database } from '../../../src/store/database.ts';
import { makeAnswers } from './answers.ts';
import { emptyRecords, KEYS, makeDossiers, orderDeliveries, unrecorded } from './dossiers.ts';

export const engines = ['gateway', 'graphile-worker', 'pg-boss'] as const;
export type Engine = (typeof engines)[number];

/** Claimed and completed, nothing else · dossiers, delivered with all that is recorded of it · and their answers taken. */
export const works = ['jobs', 'dossiers', 'answered'] as const;
export type Work = (typeof works)[number];

export interface Contestant {
  readonly engine: Engine;
  readonly work: Work;
}

export const contestants: readonly Contestant[] = works.flatMap((work) => engines.map((engine) => ({ engine, work })));

export function nameOf({ engine, work }: Contestant): string {
  return work === 'jobs' ? engine : `${engine}, ${work}`;
}

/** Names of the peers' queues: what is to be delivered, and the answers that are to be taken. */
export const DELIVERIES = 'dossier';
export const ANSWERS = 'answer';
export const LANE = 'webhook:1';
/** As many at once as a lane is given. */
export const AT_ONCE = 64;

export interface Stage {
  /** Puts so many jobs in, and nothing else is there. */
  fill(contestant: Contestant, jobs: number): Promise<void>;
  /** Jobs that are not done, or of which something is not recorded that should be. */
  remaining(contestant: Contestant, jobs: number): Promise<number>;
  close(): Promise<void>;
}

interface Queue {
  /** A job names a dossier by its number: 1, 2, 3 … */
  fill(contestant: Contestant, jobs: number): Promise<void>;
  remaining(contestant: Contestant): Promise<number>;
  close(): Promise<void>;
}

/** `most`: dossiers there are, and how many of them have an answer. */
export async function openStage(url: string, folder: string, most: { readonly dossiers: number; readonly answered: number }): Promise<Stage> {
  const database = await openDatabase({ url, connections: 2 });
  await makeDossiers(database, Math.max(most.dossiers, most.answered));
  await makeAnswers(database, folder, most.answered);
  const queues: Readonly<Record<Engine, Queue>> = { gateway: await gateway(database), 'graphile-worker': await graphile(url), 'pg-boss': await boss(url) };
  return {
    fill: async (contestant, jobs) => {
      if (contestant.work !== 'jobs') await emptyRecords(database, contestant.work, jobs);
      await queues[contestant.engine].fill(contestant, jobs);
      if (contestant.work !== 'jobs') await database.query('VACUUM ANALYZE obligation');
    },
    remaining: async (contestant, jobs) => (await queues[contestant.engine].remaining(contestant)) + (contestant.work === 'jobs' ? 0 : await unrecorded(database.query, contestant.work, jobs)),
    close: async () => {
      for (const queue of Object.values(queues)) await queue.close();
      await database.close();
    },
  };
}

const queuesOf = (work: Work): readonly string[] => (work === 'answered' ? [DELIVERIES, ANSWERS] : [DELIVERIES]);

async function gateway(database: Database): Promise<Queue> {
  await setLane(database.query, LANE, AT_ONCE);
  return {
    fill: async ({ work }, jobs) => {
      await database.query('TRUNCATE delivery, delivery_lease');
      if (work === 'jobs') {
        await database.query(
          `INSERT INTO delivery (kind, lane, order_key, feed, position, subscription, urgent_at, ordered_at, due_at)
           SELECT 'webhook', $2, 'dossier ' || n % ${KEYS}, 'bench', n, 1, '2026-11-23', '2026-11-23', '2026-11-23' FROM generate_series(1, $1::int) AS n`, [jobs, LANE]);
      } else {
        await orderDeliveries(database.query, work, jobs, 'waiting');
      }
      await database.query('VACUUM ANALYZE delivery');
    },
    remaining: () => countIn(database.query, `SELECT count(*)::int AS count FROM delivery WHERE state <> 'delivered'`),
    close: () => Promise.resolve(),
  };
}

async function graphile(url: string): Promise<Queue> {
  const pool = poolOf(url);
  const utils = await makeWorkerUtils({ pgPool: pool });
  await utils.migrate();
  const query = queryOf(pool);
  return {
    fill: async (contestant, jobs) => {
      await pool.query('TRUNCATE graphile_worker._private_jobs');
      await pool.query(
        `SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(SELECT json_populate_record(NULL::graphile_worker.job_spec, json_build_object('identifier', q, 'payload', json_build_object('dossier', n)))
         FROM generate_series(1, $1::int) AS n, unnest($2::text[]) AS q ORDER BY n, q))`, [jobs, queuesOf(contestant.work)]);
      await pool.query('VACUUM ANALYZE graphile_worker._private_jobs');
      await prepareForPeer(query, contestant, jobs);
    },
    remaining: () => countIn(query, 'SELECT count(*)::int AS count FROM graphile_worker._private_jobs'),
    close: async () => {
      await utils.release();
      await pool.end();
    },
  };
}

async function boss(url: string): Promise<Queue> {
  const pool = poolOf(url);
  const queue = new PgBoss({ connectionString: url, max: 2, supervise: false, schedule: false });
  queue.on('error', () => undefined);
  await queue.start();
  for (const name of [DELIVERIES, ANSWERS]) await queue.createQueue(name);
  const query = queryOf(pool);
  return {
    fill: async (contestant, jobs) => {
      await pool.query('TRUNCATE pgboss.job');
      for (const name of queuesOf(contestant.work)) {
        for (let from = 1; from <= jobs; from += 5_000) await queue.insert(Array.from({ length: Math.min(5_000, jobs - from + 1) }, (_value, index) => ({ name, data: { dossier: from + index } })));
      }
      await pool.query('VACUUM ANALYZE pgboss.job');
      await prepareForPeer(query, contestant, jobs);
    },
    remaining: () => countIn(query, `SELECT count(*)::int AS count FROM pgboss.job WHERE state <> 'completed'`),
    close: async () => {
      await queue.stop({ graceful: false, close: true });
      await pool.end();
    },
  };
}

/** A dossier is loaded, and its answer judged, by where it went: a peer, which has no deliveries, is given that for nothing. */
async function prepareForPeer(query: Query, { work }: Contestant, jobs: number): Promise<void> {
  if (work === 'jobs') return;
  await query('TRUNCATE delivery, delivery_lease');
  await orderDeliveries(query, work, jobs, 'delivered');
  await query('VACUUM ANALYZE delivery');
}

type Query = Database['query'];

function poolOf(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => undefined); // when the server is stopped because something failed, that is what is to be seen
  return pool;
}

function queryOf(pool: pg.Pool): Query {
  return async <Row>(sql: string, parameters: readonly unknown[] = []) => (await pool.query(sql, [...parameters])).rows as Row[];
}

async function countIn(query: Query, sql: string): Promise<number> {
  return (await query<{ count: number }>(sql))[0]?.count ?? 0;
}
