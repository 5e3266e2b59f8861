// Guarantee: a server that fails is left alone longer and longer, gets one probe when its time is over, and is trusted again after one success;
// and nobody can make us ask more often than a bucket holds.
import { describe, expect, it } from '@jest/globals';

import { Breaker, Bucket, jittered, retryDelay } from '../../src/freshness/breaker.ts';

const start = Date.parse('2026-06-15T03:00:00Z');
const after = (seconds: number): Date => new Date(start + seconds * 1000);
const middle = 0.5; // no jitter

function failing(times: number, at = after(0)): Breaker {
  const breaker = new Breaker();
  for (let count = 0; count < times; count += 1) {
    breaker.enter(at);
    breaker.fail(at, middle);
  }
  return breaker;
}

describe('a breaker', () => {
  it('stays closed for four failures and opens at the fifth', () => {
    expect([failing(4).state(after(0)), failing(5).state(after(0))]).toEqual(['closed', 'open']);
  });

  it('counts failures in a row only', () => {
    const breaker = failing(4);
    breaker.succeed();
    breaker.fail(after(0), middle);
    expect([breaker.state(after(0)), breaker.failures]).toEqual(['closed', 1]);
  });

  it('says while it is open until when', () => {
    const breaker = failing(5);
    expect(breaker.enter(after(29))).toEqual(after(30));
  });

  it('lets one probe through when its time is over, and no second one beside it', () => {
    const breaker = failing(5);
    expect(breaker.state(after(30))).toBe('half-open');
    expect(breaker.enter(after(30))).toBeUndefined();
    expect(breaker.enter(after(30))).toBeInstanceOf(Date);
  });

  it('closes when the probe succeeds', () => {
    const breaker = failing(5);
    breaker.enter(after(30));
    breaker.succeed();
    expect([breaker.state(after(30)), breaker.enter(after(30)), breaker.enter(after(30))]).toEqual(['closed', undefined, undefined]);
  });

  it('opens for twice as long when the probe fails, ten minutes at most', () => {
    const breaker = failing(5);
    breaker.enter(after(30));
    breaker.fail(after(30), middle);
    expect(breaker.enter(after(89))).toEqual(after(90));
    expect(failing(50).enter(after(599))).toEqual(after(600));
  });
});

describe('the time after a failure', () => {
  it('doubles from five seconds to five minutes', () => {
    expect([1, 2, 3, 7, 100].map((failures) => retryDelay(failures, middle) / 1000)).toEqual([5, 10, 20, 300, 300]);
  });

  it('is spread by a fifth to either side', () => {
    expect([jittered(1000, 0), jittered(1000, 1)].map(Math.round)).toEqual([800, 1200]);
  });
});

describe('a bucket', () => {
  it('gives what it holds, then so many a second', () => {
    const bucket = new Bucket(3, 2, after(0));
    expect([0, 0, 0, 0, 0.4, 0.5, 0.5, 1].map((seconds) => bucket.take(after(seconds)))).toEqual([true, true, true, false, false, true, false, true]);
  });

  it('never holds more than its capacity, and gives nothing for a clock that is set back', () => {
    const bucket = new Bucket(2, 2, after(0));
    expect([1000, 1000, 1000, 0, 0].map((seconds) => bucket.take(after(seconds)))).toEqual([true, true, false, false, false]);
  });
});
