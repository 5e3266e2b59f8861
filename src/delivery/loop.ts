// Keeps a worker going: woken by NOTIFY when something was accepted, by the clock when something is due, and by nothing else when idle.
// Also keeps count of what waits, so that admission can stop before more is accepted than can be accounted for.
import type { Database, Listener } from '../store/database.ts';
import { deliveryOutlook } from '../store/deliveries.ts';
import type { Worker } from './worker.ts';

export interface DeliveryLoop {
  /** Dossiers that wait to be delivered, as last counted. */
  readonly waiting: number;
  /** Ends after the round under way. */
  stop(): Promise<void>;
}

export interface LoopSettings {
  readonly database: Database;
  readonly worker: Worker;
  readonly now: () => Date;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

const MOST_AT_ONCE = 16;
const BLOCKED_REST_MS = 500;
const LONGEST_REST_MS = 5_000;
const COUNT_EVERY_MS = 1_000;
const REST_AFTER_FAILURE_MS = 1_000;

export function startDeliveryLoop({ database, worker, now, log }: LoopSettings): DeliveryLoop {
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();
  const bell = createBell();
  const listener: Listener = database.listen('delivery', bell.ring);
  let waiting = 0;
  let countedAt = 0;

  /** Starts what can be started; gives how long there is nothing more to do unless the bell rings. */
  const round = async (): Promise<number> => {
    const started = underWay.size < MOST_AT_ONCE ? await worker.start(MOST_AT_ONCE - underWay.size) : [];
    for (const delivery of started) {
      underWay.add(delivery);
      void delivery.finally(() => {
        underWay.delete(delivery);
        bell.ring();
      });
    }
    if (started.length > 0 && now().getTime() - countedAt < COUNT_EVERY_MS) return 0;
    const outlook = await deliveryOutlook(database.query);
    waiting = outlook.waiting;
    countedAt = now().getTime();
    if (started.length > 0) return 0;
    const untilDue = outlook.nextDueAt === null ? LONGEST_REST_MS : outlook.nextDueAt.getTime() - countedAt;
    // What is due but was not claimed waits for an earlier one of its employer, which rings the bell; the rest is for those of other processes.
    return untilDue > 0 ? Math.min(LONGEST_REST_MS, untilDue) : BLOCKED_REST_MS;
  };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      const rung = bell.next();
      const ms = await round().catch((error: unknown) => {
        log('delivery round failed', { reason: error instanceof Error ? error.message : String(error) });
        return REST_AFTER_FAILURE_MS;
      });
      if (ms > 0) await firstOf(rung, ms);
    }
    await Promise.all(underWay);
  })();
  return {
    get waiting() {
      return waiting;
    },
    stop: async () => {
      stopping.abort();
      bell.ring();
      await running;
      await listener.close();
    },
  };
}

interface Bell {
  readonly ring: () => void;
  /** Resolves at the first ring after it was asked for. */
  readonly next: () => Promise<void>;
}

function createBell(): Bell {
  let resolve = (): void => undefined;
  return {
    ring: () => { resolve(); },
    next: () => new Promise((done) => { resolve = done; }),
  };
}

async function firstOf(rung: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => { timer = setTimeout(resolve, ms); });
  await Promise.race([rung, late]);
  clearTimeout(timer);
}
