// How one document is timed: every contestant first proves that it accepts it and rejects its altered copies, then warms up, then all take
// turns for several rounds, forwards and backwards in turn, so that what else the machine does hits all alike. What a verification costs
// decides how many make a turn, and what costs too much takes part in fewer rounds.
import type { ContestantProcess, Outcome } from './contestant-process.ts';
import type { EntryId } from './contestants.ts';
import type { Copies } from './documents.ts';

export interface Pace {
  readonly rounds: number;
  /** One turn of one contestant. */
  readonly turnMs: number;
  /** On the processor, at least and at most: on a loaded machine the clock runs on without anything getting warm. */
  readonly warmUpMs: readonly [least: number, most: number];
  /** No further round of a document begins later than this, so that a loaded machine ends too. */
  readonly documentMs: number;
  /** On the processor, before the first document, for what is compiled while it runs: some thousands of runs, then it no longer changes. */
  readonly preheatMs: number;
}

export const usualPace: Pace = { rounds: 9, turnMs: 100, warmUpMs: [400, 1500], documentMs: 12_000, preheatMs: 2000 };
export const quickPace: Pace = { rounds: 3, turnMs: 40, warmUpMs: [200, 600], documentMs: 3000, preheatMs: 1500 };

/** How much longer than on the processor a thing may take on the clock. */
const PATIENCE = 4;

/** What is asked of a contestant here; its process, or a stand-in that this file's own tests make. */
export type Asked = Pick<ContestantProcess, 'load' | 'verify'>;

export interface Runner {
  readonly id: EntryId;
  readonly process: Asked;
  readonly copies: Copies;
}

/** Nanoseconds for one verification: on the clock, the median of the rounds; on the processor, which some count in hundredths of a second, the mean. */
export type Timing = { readonly time: number; readonly cpu: number } | { readonly unfit: string };

interface Racer extends Runner {
  readonly each: number;
  readonly turns: { readonly count: number; readonly nanoseconds: number; readonly cpu: number }[];
}

export async function timeDocument(runners: readonly Runner[], pace: Pace): Promise<ReadonlyMap<EntryId, Timing>> {
  const timings = new Map<EntryId, Timing>();
  const racers: Racer[] = [];
  for (const runner of runners) {
    try {
      await prove(runner);
      racers.push({ ...runner, each: await warmUp(runner.process, pace), turns: [] });
    } catch (error) {
      timings.set(runner.id, { unfit: error instanceof Error ? error.message : String(error) });
    }
  }
  const end = performance.now() + pace.documentMs;
  for (let round = 0; round < pace.rounds && (round < 3 || performance.now() < end); round += 1) {
    for (const racer of round % 2 === 0 ? racers : racers.toReversed()) {
      if (round >= roundsFor(racer.each, pace)) continue;
      const count = Math.max(1, Math.round((pace.turnMs * 1e6) / racer.each));
      const { nanoseconds, cpu } = await racer.process.verify(count);
      racer.turns.push({ count, nanoseconds, cpu });
    }
  }
  for (const { id, turns } of racers) {
    const cpu = turns.reduce((sum, turn) => sum + turn.cpu, 0) / turns.reduce((sum, { count }) => sum + count, 0);
    timings.set(id, { time: medianOf(turns.map(({ count, nanoseconds }) => nanoseconds / count)), cpu });
  }
  return timings;
}

/** Throws unless the good document is accepted and each altered copy is rejected. The good one stays loaded. */
export async function prove({ process, copies }: Pick<Runner, 'process' | 'copies'>): Promise<void> {
  for (const path of copies.altered) {
    await process.load(path);
    if ((await process.verify(1)).valid) throw new Error('accepts an altered copy');
  }
  await process.load(copies.good);
  const { valid, reason } = await process.verify(1);
  if (!valid) throw new Error(`does not accept the document${reason === '' ? '' : `: ${reason}`}`);
}

/** Verifies the document that is loaded for so long on the processor. */
export async function preheat(process: Asked, milliseconds: number): Promise<void> {
  const end = performance.now() + PATIENCE * milliseconds;
  for (let spent = 0; spent < milliseconds * 1e6 && performance.now() < end;) spent += (await process.verify(20)).cpu;
}

/** Until a turn is no longer faster than those before it, within the time for it. Gives the cost of one verification. */
async function warmUp(process: Asked, { turnMs, warmUpMs: [least, most] }: Pace): Promise<number> {
  let best = Infinity;
  let stale = 0;
  let spent = 0;
  let each = costOf(await process.verify(1), 1);
  if (each > 1e9) return each; // the proof has warmed it
  const end = performance.now() + PATIENCE * most;
  while (spent < least * 1e6 || (spent < most * 1e6 && stale < 3)) {
    if (performance.now() > end) break;
    const count = Math.max(1, Math.round((turnMs * 1e6) / each));
    const outcome = await process.verify(count);
    const { cpu } = outcome;
    spent += cpu;
    each = costOf(outcome, count);
    stale = cpu / count < best * 0.97 ? 0 : stale + 1;
    best = Math.min(best, cpu / count);
  }
  return each;
}

/** On the processor; on the clock where that is so much more that turns would take too long. */
function costOf({ cpu, nanoseconds }: Outcome, count: number): number {
  return Math.max(cpu, nanoseconds / PATIENCE) / count;
}

function roundsFor(each: number, { rounds }: Pace): number {
  if (each < 400e6) return rounds;
  return Math.min(rounds, each < 2e9 ? 3 : 1);
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] ?? NaN : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}
