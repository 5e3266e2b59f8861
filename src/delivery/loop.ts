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

const LONGEST_REST_MS = 5_000;
const COUNT_EVERY_MS = 1_000;
const REST_AFTER_FAILURE_MS = 1_000;

export function startDeliveryLoop({ database, worker, now, log }: LoopSettings): DeliveryLoop {
  const stopping = new AbortController();
  let waiting = 0;
  let woken = false;
  let wake = (): void => undefined;
  const listener: Listener = database.listen('delivery', () => {
    woken = true;
    wake();
  });
  const rest = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, woken || stopping.signal.aborted ? 0 : ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  let countedAt = 0;
  const round = async (): Promise<number> => {
    woken = false;
    const isBusy = (await worker.work()) > 0;
    if (isBusy && now().getTime() - countedAt < COUNT_EVERY_MS) return 0;
    const outlook = await deliveryOutlook(database.query);
    waiting = outlook.waiting;
    countedAt = now().getTime();
    if (isBusy) return 0;
    const untilDue = outlook.nextDueAt === null ? LONGEST_REST_MS : outlook.nextDueAt.getTime() - now().getTime();
    return Math.min(LONGEST_REST_MS, Math.max(20, untilDue));
  };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      const ms = await round().catch((error: unknown) => {
        log('delivery round failed', { reason: error instanceof Error ? error.message : String(error) });
        return REST_AFTER_FAILURE_MS;
      });
      if (ms > 0) await rest(ms);
    }
  })();
  return {
    get waiting() {
      return waiting;
    },
    stop: async () => {
      stopping.abort();
      wake();
      await running;
      await listener.close();
    },
  };
}
