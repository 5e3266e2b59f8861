// For a clock that is advanced by hand: until when nothing more happens by itself. The loops do the work, as always; this wakes them and waits until
// what is due is delivered and what the backends have said is taken.
import { setTimeout } from 'node:timers/promises';

import type { Database } from '../store/database.ts';
import { countDue, nextDeliveryDueAt } from '../store/deliveries.ts';
import { findCursor } from '../store/backend-feeds.ts';

/** Says how many messages a backend has. */
export type LastMessageOf = () => Promise<number>;

export interface Rest {
  readonly nextDue: () => Promise<Date | undefined>;
  /** Gives whether there was something to wait for, as a count. @throws Error when it does not end. */
  readonly work: () => Promise<number>;
}

const ASK_AGAIN_MS = 10;
const MOST_TIMES = 6_000;

export function createRest(database: Database, lanes: readonly string[], backends: ReadonlyMap<string, LastMessageOf>, now: () => Date): Rest {
  const isSettled = async (): Promise<boolean> => {
    if ((await countDue(database.query, lanes, now())) > 0) return false;
    for (const [backend, last] of backends) if ((await findCursor(database.query, backend)) < (await last())) return false;
    return true;
  };
  return {
    nextDue: async () => (await nextDeliveryDueAt(database.query, lanes)) ?? undefined,
    work: async () => {
      if (await isSettled()) return 0;
      await database.query("SELECT pg_notify('delivery', '')");
      for (let times = 1; !(await isSettled()); times += 1) {
        if (times > MOST_TIMES) throw new Error('deliveries and messages do not come to rest');
        await setTimeout(ASK_AGAIN_MS);
      }
      return 1;
    },
  };
}
