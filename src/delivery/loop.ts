// Keeps a worker going: woken by NOTIFY when there is something new, by the clock when something is due, and by nothing else when idle.
import type { Database, Listener } from '../store/database.ts';
import type { Worker } from './worker.ts';

export interface Loop {
  /** Ends after what is under way. */
  stop(): Promise<void>;
}

export interface LoopSettings {
  readonly name: string;
  readonly database: Database;
  /** Rings when there may be something new. */
  readonly channel: string;
  readonly worker: Worker;
  readonly mostAtOnce: number;
  /** When the next thing is due, whoever will do it; null when nothing waits. */
  readonly nextDueAt: () => Promise<Date | null>;
  readonly now: () => Date;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

const FIRST_BLOCKED_REST_MS = 4;
const LONGEST_BLOCKED_REST_MS = 500;
const LONGEST_REST_MS = 5_000;
const REST_AFTER_FAILURE_MS = 1_000;

export function startLoop({ name, database, channel, worker, mostAtOnce, nextDueAt, now, log }: LoopSettings): Loop {
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();
  const bell = createBell();
  const listener: Listener = database.listen(channel, bell.ring);

  let blockedRest = FIRST_BLOCKED_REST_MS;

  /** Starts what can be started; gives how long there is nothing more to do unless the bell rings. */
  const round = async (): Promise<number> => {
    if (underWay.size >= mostAtOnce) return LONGEST_REST_MS; // whatever ends rings
    const started = await worker.start(mostAtOnce - underWay.size);
    for (const work of started) {
      underWay.add(work);
      void work.finally(() => {
        underWay.delete(work);
        bell.ring();
      });
    }
    if (started.length > 0) {
      blockedRest = FIRST_BLOCKED_REST_MS;
      return 0;
    }
    const due = await nextDueAt();
    const untilDue = due === null ? LONGEST_REST_MS : due.getTime() - now().getTime();
    if (untilDue > 0) return Math.min(LONGEST_REST_MS, untilDue);
    // What is due but was not claimed waits for an earlier one, which rings the bell, for room on its lane, or for another process that was just claiming.
    blockedRest = Math.min(LONGEST_BLOCKED_REST_MS, blockedRest * 2);
    return blockedRest;
  };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      const rung = bell.next();
      const ms = await round().catch((error: unknown) => {
        log(`${name}: round failed`, { reason: error instanceof Error ? error.message : String(error) });
        return REST_AFTER_FAILURE_MS;
      });
      if (ms > 0) await firstOf(rung, ms);
      await new Promise(setImmediate); // what ends together is made room for together
    }
    await Promise.all(underWay);
  })();
  return {
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
