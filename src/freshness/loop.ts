// Keeps the worker going: woken when something is wanted, by the clock when something is due, and by nothing else when idle.
import type { Freshness } from './worker.ts';

export interface FreshnessLoop {
  /** Ends what is under way, and resolves when it has ended. */
  stop(): Promise<void>;
}

export interface LoopSettings {
  readonly now: () => Date;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

const LONGEST_REST_MS = 15_000;
const SHORTEST_REST_MS = 100;

export function startFreshnessLoop(freshness: Freshness, { now, log }: LoopSettings): FreshnessLoop {
  const underWay = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const rest = (ms: number): void => {
    clearTimeout(timer);
    if (stopped) return;
    timer = setTimeout(tryRound, ms);
    timer.unref();
  };
  function round(): void {
    for (const step of freshness.start()) {
      underWay.add(step);
      void step.finally(() => {
        underWay.delete(step);
        rest(0);
      });
    }
    const untilDue = (freshness.nextDueAt()?.getTime() ?? Infinity) - now().getTime();
    // What is due and was not started waits for a place, which rings; the clock may also have been set.
    rest(Math.min(LONGEST_REST_MS, Math.max(SHORTEST_REST_MS, untilDue)));
  }
  /** A fault in here must cost freshness, never the gateway. */
  function tryRound(): void {
    try {
      round();
    } catch (error) {
      log('freshness round failed', { reason: error instanceof Error ? error.message : String(error) });
      rest(LONGEST_REST_MS);
    }
  }
  freshness.onHaste(() => { rest(0); });
  tryRound();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      freshness.stop();
      await Promise.all(underWay);
    },
  };
}
