// How many deliveries are claimed for one hand at a time: as many as its receiver takes in a tenth of a second, going by how long it took lately;
// one, as long as nothing is known of it or since it failed. So a fast receiver is kept busy, and nothing urgent waits behind a slow one.
export interface Paces {
  /** Deliveries for one hand. */
  eachOf(lane: string): number;
  took(lane: string, ms: number): void;
  failed(lane: string): void;
}

const AHEAD_MS = 100;
const MOST_AHEAD = 64;
const WEIGHT_OF_LAST = 0.2;
const MOST_LANES = 10_000;

export function createPaces(): Paces {
  const lately = new Map<string, number>();
  return {
    eachOf: (lane) => {
      const ms = lately.get(lane);
      return ms === undefined ? 1 : Math.max(1, Math.min(MOST_AHEAD, Math.floor(AHEAD_MS / Math.max(ms, 1))));
    },
    took: (lane, ms) => {
      if (lately.size >= MOST_LANES) lately.clear();
      const before = lately.get(lane) ?? ms;
      lately.set(lane, before + (ms - before) * WEIGHT_OF_LAST);
    },
    failed: (lane) => { lately.delete(lane); },
  };
}
