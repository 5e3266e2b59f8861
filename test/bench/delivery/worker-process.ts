// One worker process of a contestant: told whose it is, at which work and where its database, connects, waits for the word, works until it is told to
// end, and tells how many jobs it has completed. What it hands over to costs nothing and is the same for all.
import type { Engine, Work } from './contestants.ts';
import { readyGateway } from './work-of-gateway.ts';
import { readyGraphile } from './work-of-graphile.ts';
import { readyBoss } from './work-of-boss.ts';

export interface Task {
  readonly work: Work;
  readonly url: string;
  /** Where the PKI and the answers are. */
  readonly folder: string;
  /** So many more are completed: a dossier that was delivered and an answer that was taken are one each. */
  readonly count: (more: number) => void;
}

/** Connects; gives what starts the work, and that what ends it. */
export type Ready = (task: Task) => Promise<() => () => Promise<void>>;

const engines: Readonly<Record<Engine, Ready>> = { gateway: readyGateway, 'graphile-worker': readyGraphile, 'pg-boss': readyBoss };

const [engine = '', work = '', url = '', folder = ''] = process.argv.slice(2);
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

const start = await engines[engine as Engine]({ work: work as Work, url, folder, count });
let stop: (() => Promise<void>) | undefined;
process.on('message', (word) => {
  if (word === 'go') stop = start();
  else void (stop?.() ?? Promise.resolve()).finally(() => process.exit(0));
});
process.on('disconnect', () => process.exit(1));
process.send?.('ready');
