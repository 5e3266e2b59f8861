// pg-boss: batches of jobs, fetched and completed; what is recorded of a batch goes into the transaction of its completion, which its `complete` allows.
// Its own `work` is not used, because of the pauses between batches that it makes, which would be all that is measured.
import PgBoss from 'pg-boss';

import { takeMessages } from '../../../src/results/take.ts';
import { openDatabase } from '../../../src/store/database.ts';
import type { Query } from '../../../src/store/database.ts';
import { loadDossiers } from '../../../src/store/deliveries.ts';
import { readAnswers, speakerOf, takingIn } from './answers.ts';
import { ANSWERS, DELIVERIES } from './contestants.ts';
import { claimOf, ONE_BACKEND, recordForwarded } from './dossiers.ts';
import type { Ready, Task } from './worker-process.ts';

/** For jobs the fastest on two cores; of answers as many as the gateway reads of a feed at once. */
const BATCH = { jobs: 1_000, dossiers: 500, answered: 250 } as const;
const LOOPS = 2; // of each queue

interface Fetched {
  readonly dossiers: readonly number[];
  /** In a transaction, or by itself. */
  readonly complete: (query?: Query) => Promise<void>;
}

type Handler = (fetched: Fetched) => Promise<void>;

export const readyBoss: Ready = async (task) => {
  const { work, url, count } = task;
  const boss = new PgBoss({ connectionString: url, max: 2 * LOOPS + 1, supervise: false, schedule: false, migrate: false });
  boss.on('error', () => undefined);
  await boss.start();
  let ending = false;
  const loop = async (queue: string, handle: Handler): Promise<void> => {
    while (!ending) {
      const jobs = await boss.fetch<{ dossier: number }>(queue, { batchSize: BATCH[work] });
      const ids = jobs.map(({ id }) => id);
      if (jobs.length > 0) await handle({ dossiers: jobs.map(({ data }) => data.dossier), complete: (query) => complete(boss, queue, ids, query) });
      else await new Promise((resolve) => setTimeout(resolve, 100));
      count(jobs.length);
    }
  };
  const handlers = await handlersOf(task);
  return () => {
    const loops = [...handlers].flatMap(([queue, handle]) => Array.from({ length: LOOPS }, () => loop(queue, handle)));
    return async () => {
      ending = true;
      await Promise.all(loops);
    };
  };
};

async function complete(boss: PgBoss, queue: string, ids: readonly string[], query: Query | undefined): Promise<void> {
  if (query === undefined) return boss.complete(queue, [...ids]);
  const db: PgBoss.Db = { executeSql: async (text, values: unknown[]) => ({ rows: await query(text, values) }) };
  // It takes several ids beside a connection, which its declarations have only for one.
  return boss.complete(queue, ids as unknown as string, {}, { db });
}

async function handlersOf({ work, url, folder }: Task): Promise<ReadonlyMap<string, Handler>> {
  if (work === 'jobs') return new Map([[DELIVERIES, (fetched) => fetched.complete()]]);
  const database = await openDatabase({ url, connections: 2 * LOOPS });
  const deliver: Handler = async (fetched) => {
    const loaded = await loadDossiers(database.query, fetched.dossiers.map((dossier) => claimOf(String(dossier))));
    await database.transaction(async (query) => {
      await fetched.complete(query);
      await recordForwarded(query, [...loaded.keys()]);
    });
  };
  if (work === 'dossiers') return new Map([[DELIVERIES, deliver]]);
  const answers = new Map(readAnswers(folder).map(({ dossier, body }) => [dossier, body]));
  const settings = takingIn(folder, database);
  const speaker = speakerOf(ONE_BACKEND);
  const take: Handler = async (fetched) => {
    const incoming = fetched.dossiers.map((dossier) => ({ position: null, body: answers.get(dossier) ?? Buffer.alloc(0) }));
    await takeMessages(settings, speaker, incoming, new Date(), async (query) => {
      await fetched.complete(query);
      return true;
    });
  };
  return new Map([[DELIVERIES, deliver], [ANSWERS, take]]);
}
