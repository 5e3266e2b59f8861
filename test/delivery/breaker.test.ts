// Guarantee: a receiver that keeps failing is left alone, longer each time, and one success is enough to have it back.
import { describe, expect, it } from '@jest/globals';

import { afterFailure, backoff, roomOf } from '../../src/delivery/breaker.ts';
import type { Breaker } from '../../src/delivery/breaker.ts';

const at = (seconds: number): Date => new Date(Date.UTC(2026, 10, 23, 1, 0, seconds));
const fresh: Breaker = { failuresInARow: 0, openUntil: null, timesOpened: 0 };

function failing(times: number, from: Breaker = fresh, now = at(0)): Breaker {
  return Array.from({ length: times }).reduce<Breaker>((breaker) => afterFailure(breaker, now, 1), from);
}

describe('a breaker', () => {
  it('opens at the fifth failure in a row, and lets nothing through while it is open', () => {
    expect(failing(4)).toEqual({ failuresInARow: 4, openUntil: null, timesOpened: 0 });
    const open = failing(5);
    expect(open).toEqual({ failuresInARow: 5, openUntil: at(2), timesOpened: 1 });
    expect([roomOf(failing(4), 8, at(0)), roomOf(open, 8, at(1)), roomOf(open, 8, at(2))]).toEqual([8, 0, 1]);
  });

  it('is not opened for longer by what was under way when it opened', () => {
    expect(failing(20)).toMatchObject({ openUntil: at(2), timesOpened: 1 });
  });

  it('that a clock opened for longer than it is ever open, being put back since, lets one through and opens anew', () => {
    const ahead = failing(5, fresh, at(86_400));
    expect([roomOf(ahead, 8, at(0)), afterFailure(ahead, at(0), 1)]).toEqual([1, { failuresInARow: 6, openUntil: at(4), timesOpened: 2 }]);
  });

  it('opens for twice as long when the one that was tried fails, up to five minutes', () => {
    const again = afterFailure(failing(5), at(3), 1);
    expect(again).toMatchObject({ openUntil: at(7), timesOpened: 2 });
    const last = Array.from({ length: 40 }).reduce<Breaker>((breaker) => afterFailure(breaker, breaker.openUntil ?? at(0), 1), again);
    expect((afterFailure(last, last.openUntil ?? at(0), 1).openUntil?.getTime() ?? 0) - (last.openUntil?.getTime() ?? 0)).toBe(300_000);
  });
});

it('times between tries double, with jitter between half and all, and never pass their longest', () => {
  expect([1, 2, 3, 4].map((attempt) => backoff(500, 60_000, attempt, 1))).toEqual([500, 1000, 2000, 4000]);
  expect([backoff(500, 60_000, 3, 0), backoff(500, 60_000, 1000, 1)]).toEqual([1000, 60_000]);
});
