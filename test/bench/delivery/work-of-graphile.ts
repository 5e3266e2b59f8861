// graphile-worker: it claims and completes each job by itself, so that a task records before it is completed. What its tasks have to record at a moment
// goes into one transaction, as the gateway's own does: more than most of its users do for themselves, and several times as fast as each on its own.
import { EventEmitter } from 'node:events';

import { Logger, runTaskList } from 'graphile-worker';
import type { TaskList, WorkerEvents } from 'graphile-worker';
import pg from 'pg';

import { takeMessages } from '../../../src/results/take.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { loadDossiers } from '../../../src/store/deliveries.ts';
import { together } from '../../../src/store/together.ts';
import { readAnswers, speakerOf, takingIn } from './answers.ts';
import { ANSWERS, DELIVERIES } from './contestants.ts';
import { claimOf, ONE_BACKEND, recordForwarded } from './dossiers.ts';
import type { Ready, Task } from './worker-process.ts';

/** For jobs the fastest on two cores; for the others enough that its tasks have something to record together. */
const CONCURRENCY = { jobs: 24, dossiers: 64, answered: 64 } as const;
const MOST_TOGETHER = 1_000;

export const readyGraphile: Ready = async (task) => {
  const concurrency = CONCURRENCY[task.work];
  const pool = new pg.Pool({ connectionString: task.url, max: concurrency + 1 });
  pool.on('error', () => undefined);
  await Promise.all(Array.from({ length: concurrency }, () => pool.query('SELECT 1')));
  const tasks = task.work === 'jobs' ? { [DELIVERIES]: () => Promise.resolve() } : await tasksOf(task);
  return () => {
    const events: WorkerEvents = new EventEmitter();
    events.on('job:complete', () => { task.count(1); });
    const runner = runTaskList({ concurrency, noHandleSignals: true, logger: new Logger(() => () => undefined), events }, tasks, pool);
    return () => runner.gracefulShutdown();
  };
};

async function tasksOf({ work, url, folder }: Task): Promise<TaskList> {
  const database = await openDatabase({ url, connections: 4 });
  const gathering = { mostTogether: MOST_TOGETHER, atOnce: 1, mostWaiting: Infinity, gathers: true };
  const deliver = together({
    ...gathering,
    work: async (ids: readonly string[]) => {
      const loaded = await loadDossiers(database.query, ids.map(claimOf));
      await database.transaction((query) => recordForwarded(query, [...loaded.keys()]));
      return ids;
    },
  });
  const tasks: TaskList = { [DELIVERIES]: async (payload) => { await deliver(String(dossierOf(payload))); } };
  if (work === 'dossiers') return tasks;
  const answers = new Map(readAnswers(folder).map(({ dossier, body }) => [dossier, body]));
  const settings = takingIn(folder, database);
  const speaker = speakerOf(ONE_BACKEND);
  const take = together({
    ...gathering,
    work: async (bodies: readonly Buffer[]) => {
      await takeMessages(settings, speaker, bodies.map((body) => ({ position: null, body })), new Date(), () => Promise.resolve(true));
      return bodies;
    },
  });
  return { ...tasks, [ANSWERS]: async (payload) => { await take(answers.get(dossierOf(payload)) ?? Buffer.alloc(0)); } };
}

function dossierOf(payload: unknown): number {
  return typeof payload === 'object' && payload !== null && 'dossier' in payload ? Number(payload.dossier) : 0;
}
