// The breaker of a lane and the times between tries, as pure functions. A breaker opens when a receiver fails so often in a row that the next
// try would fail too; while it is open nothing is claimed, so that what waits neither ages nor costs anything. Afterwards one delivery is
// tried: its success closes the breaker, its failure opens it for twice as long.
export interface Breaker {
  readonly failuresInARow: number;
  /** Null while it is closed. */
  readonly openUntil: Date | null;
  readonly timesOpened: number;
}

const FAILURES_TO_OPEN = 5;
const FIRST_OPEN_MS = 2_000;
const LONGEST_OPEN_MS = 5 * 60_000;

/** `random` is uniform in [0, 1). What fails while the breaker is open was under way before, and says nothing new. */
export function afterFailure(breaker: Breaker, now: Date, random: number): Breaker {
  const failuresInARow = breaker.failuresInARow + 1;
  if (isOpen(breaker, now) || (breaker.openUntil === null && failuresInARow < FAILURES_TO_OPEN)) return { ...breaker, failuresInARow };
  const timesOpened = breaker.timesOpened + 1;
  return { failuresInARow, timesOpened, openUntil: new Date(now.getTime() + backoff(FIRST_OPEN_MS, LONGEST_OPEN_MS, timesOpened, random)) };
}

/** How many may be under way at once. */
export function roomOf({ openUntil }: Pick<Breaker, 'openUntil'>, mostAtOnce: number, now: Date): number {
  if (openUntil === null) return mostAtOnce;
  return isOpen({ openUntil }, now) ? 0 : 1;
}

/** What is open for longer than it ever is was opened by a clock that has been put back since. */
function isOpen({ openUntil }: Pick<Breaker, 'openUntil'>, now: Date): boolean {
  return openUntil !== null && openUntil > now && openUntil.getTime() - now.getTime() <= LONGEST_OPEN_MS;
}

/** Milliseconds: doubling from `first` to `longest`, between half and all of it. `attempt` counts from 1. */
export function backoff(first: number, longest: number, attempt: number, random: number): number {
  const full = Math.min(longest, first * 2 ** Math.min(attempt - 1, 30));
  return Math.round(full * (0.5 + random / 2));
}
