// Guarantee: a virtual clock goes from due thing to due thing, everybody's, in the order of time, each at its own instant, and never back.
import { describe, expect, test } from '@jest/globals';

import { createVirtualClock } from '../../src/development/virtual-clock.ts';
import type { TimeKeeper, VirtualClock } from '../../src/development/virtual-clock.ts';

const at = (second: number): Date => new Date(Date.UTC(2017, 0, 3, 0, 0, second));

/** Does what is due, and writes down when; `then` may make more work. */
function keeper(clock: VirtualClock, name: string, dues: number[], done: string[], then: (second: number) => void = () => undefined): TimeKeeper {
  return {
    nextDue: () => Promise.resolve(dues.length === 0 ? undefined : at(Math.min(...dues))),
    work: () => {
      const due = dues.filter((second) => at(second) <= clock.now()).toSorted((one, other) => one - other);
      for (const second of due) {
        dues.splice(dues.indexOf(second), 1);
        done.push(`${name} ${second} at ${clock.now().getUTCSeconds()}`);
        then(second);
      }
      return Promise.resolve(due.length);
    },
  };
}

describe('a virtual clock', () => {
  test('stands still', () => {
    expect(createVirtualClock(at(5)).now()).toEqual(at(5));
  });

  test('does the things of all in the order of time, each when it is due', async () => {
    const clock = createVirtualClock(at(0));
    const done: string[] = [];
    clock.join(keeper(clock, 'a', [9, 1], done));
    clock.join(keeper(clock, 'b', [5, 20], done));
    expect(await clock.advanceTo(at(10))).toBe(3);
    expect(done).toEqual(['a 1 at 1', 'b 5 at 5', 'a 9 at 9']);
    expect(clock.now()).toEqual(at(10));
  });

  test('does at the same instant what one makes for another', async () => {
    const clock = createVirtualClock(at(0));
    const done: string[] = [];
    const mine: number[] = [];
    clock.join(keeper(clock, 'a', mine, done));
    clock.join(keeper(clock, 'b', [3], done, (second) => mine.push(second)));
    expect(await clock.advanceTo(at(4))).toBe(2);
    expect(done).toEqual(['b 3 at 3', 'a 3 at 3']);
  });

  test('goes to the next thing alone, and stays where there is none before the limit', async () => {
    const clock = createVirtualClock(at(0));
    const done: string[] = [];
    clock.join(keeper(clock, 'a', [7, 8], done));
    expect([await clock.advanceToNext(at(6)), clock.now()]).toEqual([undefined, at(0)]);
    expect([await clock.advanceToNext(at(30)), done]).toEqual([at(7), ['a 7 at 7']]);
  });

  test('does not go back', async () => {
    await expect(createVirtualClock(at(5)).advanceTo(at(4))).rejects.toThrow('time does not go back');
  });
});
