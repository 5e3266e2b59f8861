// Chance that is the same every time: numbers from a seed and what they are for, so that a demonstration can be repeated and a test can say
// what will happen. Pure.
import { createHash } from 'node:crypto';

/** In [0, 1), evenly. */
export function seeded(...parts: readonly (string | number)[]): number {
  return createHash('sha256').update(parts.join('\u0000')).digest().readUInt32BE(0) / 2 ** 32;
}

/** A whole number from `least` to `most`. */
export function seededBetween(least: number, most: number, ...parts: readonly (string | number)[]): number {
  return least + Math.floor(seeded(...parts) * (most - least + 1));
}

export function seededOf<Item>(items: readonly [Item, ...Item[]], ...parts: readonly (string | number)[]): Item {
  return items[Math.floor(seeded(...parts) * items.length)] ?? items[0];
}
