// Patience with servers that fail: a breaker for each host, how long to wait after so many failures, and a bucket that bounds how often
// anybody may make us ask. Pure state: the instant is an argument.

const FAILURES_TO_OPEN = 5;
const FIRST_OPEN_MS = 30_000;
const LONGEST_OPEN_MS = 10 * 60_000;
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 5 * 60_000;

export type BreakerState = 'closed' | 'open' | 'half-open';

/** Opens after failures in a row; when its time is over, one probe decides whether it closes or stays open for longer. */
export class Breaker {
  #failures = 0;
  #openUntil: number | undefined;
  #probing = false;

  get failures(): number {
    return this.#failures;
  }

  state(at: Date): BreakerState {
    if (this.#openUntil === undefined) return 'closed';
    return at.getTime() < this.#openUntil ? 'open' : 'half-open';
  }

  /** When the next try is let through, which must then be answered by `succeed` or `fail`; undefined when it is let through now. */
  enter(at: Date): Date | undefined {
    const state = this.state(at);
    if (state === 'closed') return undefined;
    if (state === 'open') return new Date(this.#openUntil ?? 0);
    if (this.#probing) return new Date(at.getTime() + FIRST_RETRY_MS);
    this.#probing = true;
    return undefined;
  }

  succeed(): void {
    this.#failures = 0;
    this.#openUntil = undefined;
    this.#probing = false;
  }

  /** `chance` is uniform in [0, 1). */
  fail(at: Date, chance: number): void {
    this.#failures += 1;
    this.#probing = false;
    const beyond = this.#failures - FAILURES_TO_OPEN;
    if (beyond >= 0) this.#openUntil = at.getTime() + jittered(doubled(FIRST_OPEN_MS, LONGEST_OPEN_MS, beyond), chance);
  }
}

/** How long to leave something alone after its nth failure in a row. */
export function retryDelay(failures: number, chance: number): number {
  return jittered(doubled(FIRST_RETRY_MS, LONGEST_RETRY_MS, failures - 1), chance);
}

/** Between 80 and 120 per cent, so that what failed together does not return together. */
export function jittered(ms: number, chance: number): number {
  return ms * (0.8 + 0.4 * chance);
}

function doubled(first: number, most: number, times: number): number {
  return Math.min(most, first * 2 ** Math.min(times, 30));
}

/** So many at once, and then so many a second. */
export class Bucket {
  readonly #capacity: number;
  readonly #perSecond: number;
  #level: number;
  #at: number;

  constructor(capacity: number, perSecond: number, at: Date) {
    this.#capacity = capacity;
    this.#perSecond = perSecond;
    this.#level = capacity;
    this.#at = at.getTime();
  }

  take(at: Date): boolean {
    // A clock that is set back gives nothing and takes nothing.
    const passed = Math.max(0, at.getTime() - this.#at) / 1000;
    this.#at = at.getTime();
    this.#level = Math.min(this.#capacity, this.#level + passed * this.#perSecond);
    if (this.#level < 1) return false;
    this.#level -= 1;
    return true;
  }
}
