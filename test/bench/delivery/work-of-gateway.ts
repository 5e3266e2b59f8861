// The gateway's own worker, with a receiver that costs nothing; and its reader of agencies' feeds, with agencies that have answered everything already.
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';

import { startFeed } from '../../../src/delivery/feed.ts';
import { dossierPolicy, preparing } from '../../../src/delivery/hand-over.ts';
import type { LaneTransport, Prepare } from '../../../src/delivery/hand-over.ts';
import type { MessagePage } from '../../../src/delivery/https.ts';
import { startLoop } from '../../../src/delivery/loop.ts';
import type { Loop } from '../../../src/delivery/loop.ts';
import { MOST_AT_ONCE } from '../../../src/delivery/open.ts';
import { createWorker } from '../../../src/delivery/worker.ts';
import type { Worker } from '../../../src/delivery/worker.ts';
import { openDatabase } from '../../../src/store/database.ts';
import type { Database } from '../../../src/store/database.ts';
import { loadDossiers, nextDeliveryDueAt } from '../../../src/store/deliveries.ts';
import { readAnswers, speakerOf, takingIn } from './answers.ts';
import { LANE } from './contestants.ts';
import { backends, slipDueOf } from './dossiers.ts';
import type { Ready, Task } from './worker-process.ts';

const now = (): Date => new Date();
const log = (message: string, details: object): void => { process.stderr.write(`${message} ${JSON.stringify(details)}\n`); };

export const readyGateway: Ready = async (task) => {
  const database = await openDatabase({ url: task.url, connections: 8 });
  const feeds = task.work === 'answered' ? feedsOf(task, database) : [];
  return () => {
    const loops = [startDeliveries(task, database), ...feeds.map((start) => start())];
    return async () => { await Promise.all(loops.map((loop) => loop.stop())); };
  };
};

function startDeliveries({ work, count }: Task, database: Database): Loop {
  const lanes = [work === 'jobs' ? LANE : 'agency:'];
  const nothing = (): Promise<void> => Promise.resolve();
  const prepare: Prepare = work === 'jobs' ? (_query, claimed) => Promise.resolve(new Map(claimed.map(({ id }) => [id, nothing]))) : preparing(loadDossiers, nothing);
  let batch = { handedOver: 0 };
  const counted: Prepare = async (query, claimed) => {
    const counting = batch;
    const handOvers = await prepare(query, claimed);
    return new Map([...handOvers].map(([id, handOver]) => [id, () => {
      counting.handedOver += 1;
      return handOver();
    }]));
  };
  const transport: LaneTransport = { kind: work === 'jobs' ? 'webhook' : 'dossier', prepare: counted, leaseMs: 60_000, policy: dossierPolicy };
  const worker = createWorker({ database, lanes, transportFor: () => transport, slipDueOf, now, random: Math.random, log });
  const counting: Worker = {
    start: async (most) => {
      const own = { handedOver: 0 };
      batch = own;
      const hands = await worker.start(most);
      if (hands.length > 0) void Promise.all(hands).then(() => { count(own.handedOver); });
      return hands;
    },
  };
  return startLoop({ name: 'bench', database, channel: 'delivery', worker: counting, mostAtOnce: MOST_AT_ONCE, nextDueAt: () => nextDeliveryDueAt(database.query, lanes), now, log });
}

/** One of each backend; of all processes, who holds its lease reads it. */
function feedsOf({ folder, count }: Task, database: Database): (() => Loop)[] {
  const holder = randomUUID();
  const answers = readAnswers(folder);
  const settings = takingIn(folder, database);
  return [...backends.values()].map((backend) => {
    const messages = answers.filter((answer) => answer.backend === backend).map(({ body }, index) => ({ position: index + 1, body }));
    let brought = 0;
    const read = async (after: number, most: number, waitSeconds: number, signal: AbortSignal): Promise<MessagePage> => {
      if (after >= messages.length) await setTimeout(waitSeconds * 1000, undefined, { signal });
      const page = messages.slice(after, after + most);
      brought = page.length;
      return { messages: page, end: messages.length };
    };
    // The feed's one transaction is that in which what was brought is recorded.
    const transaction: Database['transaction'] = async (recording) => {
      const value = await database.transaction(recording);
      count(brought);
      return value;
    };
    return () => startFeed({ ...settings, database: { ...database, transaction }, speaker: speakerOf(backend), holder, read, report: () => Promise.resolve(), now, random: Math.random, log });
  });
}
