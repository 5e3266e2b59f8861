// The gateway's own look at the clocks of forms 04, 05 and 06: what ran out is entered though nobody asks. One round at a time; a round that fails is
// logged and the next one makes up for it.
import type { Database } from '../store/database.ts';
import { noteLateness } from '../store/registration-lateness.ts';

export interface ClockRounds {
  /** Ends after the round under way. */
  stop(): Promise<void>;
}

export interface ClockRoundSettings {
  readonly database: Database;
  readonly now: () => Date;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
  readonly everyMs?: number;
}

const EVERY_MS = 60_000;

export function startClockRounds({ database, now, log, everyMs = EVERY_MS }: ClockRoundSettings): ClockRounds {
  let underWay = Promise.resolve();
  let isIdle = true;
  const round = async (): Promise<void> => {
    try {
      const late = await database.transaction((query) => noteLateness(query, now()));
      if (late > 0) log('clocks of registrations ran out', { late });
    } catch (error) {
      log('the clocks of registrations could not be looked at', { reason: error instanceof Error ? error.message : String(error) });
    }
    isIdle = true;
  };
  const timer = setInterval(() => {
    if (!isIdle) return;
    isIdle = false;
    underWay = round();
  }, everyMs);
  timer.unref();
  return {
    stop: () => {
      clearInterval(timer);
      return underWay;
    },
  };
}
