// How many dossiers wait to be delivered, counted now and then, so that admission can stop before more is accepted than can be accounted for.
import type { Database } from '../store/database.ts';
import { countWaiting } from '../store/deliveries.ts';

export interface Backlog {
  /** As last counted. */
  readonly waiting: number;
  stop(): void;
}

const COUNT_EVERY_MS = 1_000;

export function watchBacklog(database: Database): Backlog {
  let waiting = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const count = async (): Promise<void> => {
    // While the database is away nothing is accepted anyway; the last count stands.
    waiting = await countWaiting(database.query).catch(() => waiting);
    if (!stopped) timer = setTimeout(() => void count(), COUNT_EVERY_MS);
  };
  void count();
  return {
    get waiting() {
      return waiting;
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
