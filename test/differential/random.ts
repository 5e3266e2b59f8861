// Seeded numbers: every run, on every machine, makes the same documents and the same changes from one seed.

/** A whole number from 0 up to, and without, `bound`. */
export type Random = (bound: number) => number;

/** mulberry32. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[random(items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

/** True once in `times`. */
export function once(random: Random, times: number): boolean {
  return random(times) === 0;
}

export function shuffled<Item>(random: Random, items: readonly Item[]): Item[] {
  return items.map((item) => ({ item, order: random(2 ** 30) })).sort((a, b) => a.order - b.order).map(({ item }) => item);
}
