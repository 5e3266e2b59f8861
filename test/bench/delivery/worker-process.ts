// One worker process of a contestant: told whose it is and where its database, connects, waits for the word, works until it is told to end,
// and tells how many jobs it has completed. What it hands over to costs nothing and is the same for all.
import { EventEmitter } from 'node:events';

import { Logger, runTaskList } from 'graphile-worker';
import type { WorkerEvents } from 'graphile-worker';
import PgBoss from 'pg-boss';
import pg from 'pg';

import { dossierPolicy, preparing } from '../../../src/delivery/hand-over.ts';
import type { LaneTransport, Prepare } from '../../../src/delivery/hand-over.ts';
import { startLoop } from '../../../src/delivery/loop.ts';
import { MOST_AT_ONCE } from '../../../src/delivery/open.ts';
import { createWorker } from '../../../src/delivery/worker.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { loadDossiers, nextDeliveryDueAt } from '../../../src/store/deliveries.ts';
import { LANE, QUEUE } from './contestants.ts';
import type { ContestantName } from './contestants.ts';

/** Found to be the fastest on two cores; README says so. */
const GRAPHILE_CONCURRENCY = 24;
const BOSS_BATCH = 1_000;
const BOSS_LOOPS = 2;

const [name = '', url = ''] = process.argv.slice(2);
let done = 0;
let told = 0;
const tell = (): void => {
  if (done === told) return;
  told = done;
  process.send?.({ done });
};
const count = (more: number): void => {
  if (done === told) setImmediate(tell);
  done += more;
};

const start = await ready(name as ContestantName);
let stop: (() => Promise<void>) | undefined;
process.on('message', (word) => {
  if (word === 'go') stop = start();
  else void (stop?.() ?? Promise.resolve()).finally(() => process.exit(0));
});
process.on('disconnect', () => process.exit(1));
process.send?.('ready');

/** Connected, and what starts it; that gives what ends it. */
async function ready(contestant: ContestantName): Promise<() => () => Promise<void>> {
  if (contestant === 'graphile-worker') return readyGraphile();
  if (contestant === 'pg-boss') return readyBoss();
  const database = await openDatabase({ url, connections: 4 });
  const isDossiers = contestant === 'gateway, dossiers';
  const lanes = [isDossiers ? 'agency:' : LANE];
  const nothing = (): Promise<void> => Promise.resolve();
  const prepare: Prepare = isDossiers ? preparing(loadDossiers, nothing) : (_query, claimed) => Promise.resolve(new Map(claimed.map(({ id }) => [id, nothing])));
  let batch = { handedOver: 0 };
  const counted: Prepare = async (query, claimed) => {
    const counting = batch;
    const handOvers = await prepare(query, claimed);
    return new Map([...handOvers].map(([id, handOver]) => [id, () => {
      counting.handedOver += 1;
      return handOver();
    }]));
  };
  const transport: LaneTransport = { kind: isDossiers ? 'dossier' : 'webhook', prepare: counted, leaseMs: 60_000, policy: dossierPolicy };
  const now = (): Date => new Date();
  const log = (message: string, details: object): void => { process.stderr.write(`${message} ${JSON.stringify(details)}\n`); };
  const worker = createWorker({ database, lanes, transportFor: () => transport, slipDueOf: (at) => ({ arisenAt: at, dueAt: new Date(at.getTime() + 7_200_000), basis: 'bench' }), now, random: Math.random, log });
  const counting: typeof worker = {
    start: async (most) => {
      const own = { handedOver: 0 };
      batch = own;
      const hands = await worker.start(most);
      if (hands.length > 0) void Promise.all(hands).then(() => { count(own.handedOver); });
      return hands;
    },
  };
  return () => startLoop({ name: 'bench', database, channel: 'delivery', worker: counting, mostAtOnce: MOST_AT_ONCE, nextDueAt: () => nextDeliveryDueAt(database.query, lanes), now, log }).stop;
}

async function readyGraphile(): Promise<() => () => Promise<void>> {
  const pool = new pg.Pool({ connectionString: url, max: GRAPHILE_CONCURRENCY + 1 });
  pool.on('error', () => undefined);
  await Promise.all(Array.from({ length: GRAPHILE_CONCURRENCY }, () => pool.query('SELECT 1')));
  return () => {
    const events: WorkerEvents = new EventEmitter();
    events.on('job:complete', () => { count(1); });
    const runner = runTaskList({ concurrency: GRAPHILE_CONCURRENCY, noHandleSignals: true, logger: new Logger(() => () => undefined), events }, { [QUEUE]: () => Promise.resolve() }, pool);
    return () => runner.gracefulShutdown();
  };
}

async function readyBoss(): Promise<() => () => Promise<void>> {
  const boss = new PgBoss({ connectionString: url, max: BOSS_LOOPS + 1, supervise: false, schedule: false, migrate: false });
  boss.on('error', () => undefined);
  await boss.start();
  let ending = false;
  /** As its `work` does, without the pauses between batches that it makes, which would be all that is measured. */
  const work = async (): Promise<void> => {
    while (!ending) {
      const jobs = await boss.fetch<{ dossier: number }>(QUEUE, { batchSize: BOSS_BATCH });
      await Promise.all(jobs.map(() => Promise.resolve()));
      if (jobs.length > 0) await boss.complete(QUEUE, jobs.map(({ id }) => id));
      else await new Promise((resolve) => setTimeout(resolve, 100));
      count(jobs.length);
    }
  };
  return () => {
    const loops = Array.from({ length: BOSS_LOOPS }, work);
    return async () => {
      ending = true;
      await Promise.all(loops);
    };
  };
}
