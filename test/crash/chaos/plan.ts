// What is killed when, from a seed alone: every part has its turns, spread over the run by how far the run has come and not by the clock, so that
// a fast machine and a slow one kill the same at the same place.
import { randomFrom } from '../../differential/random.ts';

/** Shares of the run, in thousandths. */
export interface Strike {
  readonly part: string;
  readonly at: number;
  readonly backAt: number;
}

const FIRST = 20;
const LAST = 850; // and everything is back before the end
const MOST_DOWN = 15;

/** In order; of one part never two at once. */
export function planOf(seed: number, timesOf: ReadonlyMap<string, number>): Strike[] {
  const random = randomFrom(seed);
  const strikes: Strike[] = [];
  for (const [part, times] of timesOf) {
    const turn = Math.floor((LAST - FIRST) / times);
    for (let nth = 0; nth < times; nth += 1) {
      const at = FIRST + nth * turn + random(Math.floor(turn * 0.7));
      strikes.push({ part, at, backAt: at + random(MOST_DOWN) });
    }
  }
  return strikes.toSorted((a, b) => a.at - b.at);
}
