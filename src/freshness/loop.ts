// Keeps the worker going: woken when something is wanted, by the clock when something is due, and by nothing else when idle.
import type { Freshness } from './worker.ts';

export interface FreshnessLoop {
  /** Ends what is under way, and resolves when it has ended. */
  stop(): Promise<void>;
}

const LONGEST_REST_MS = 15_000;
const SHORTEST_REST_MS = 100;

export function startFreshnessLoop(freshness: Freshness, now: () => Date): FreshnessLoop {
  const underWay = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const rest = (ms: number): void => {
    clearTimeout(timer);
    if (stopped) return;
    timer = setTimeout(round, ms);
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
  freshness.onHaste(() => { rest(0); });
  round();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      freshness.stop();
      await Promise.all(underWay);
    },
  };
}
