// An I-VAN's yearly downtime against what it may have (NĐ 166/2016/NĐ-CP Điều 6(1): maintenance at most 2 % of the hours of the year): announced windows
// and recorded outages, what overlaps counted once, cut at the year's ends in Vietnam. Pure.
export interface Interval {
  readonly from: Date;
  /** Undefined: it lasts. */
  readonly until: Date | undefined;
}

export interface Downtime {
  readonly year: number;
  readonly budgetMs: number;
  /** Of the year, what is announced as well. */
  readonly spentMs: number;
  /** Until now. */
  readonly pastMs: number;
  readonly isExceeded: boolean;
}

export function downtimeOf(year: number, intervals: readonly Interval[], perMille: number, now: Date): Downtime {
  const [begin, end] = [startOfYear(year), startOfYear(year + 1)];
  const spentMs = covered(intervals, begin, end, now);
  const budgetMs = ((end - begin) * perMille) / 1000;
  return { year, budgetMs, spentMs, pastMs: covered(intervals, begin, Math.min(end, now.getTime()), now), isExceeded: spentMs > budgetMs };
}

function covered(intervals: readonly Interval[], begin: number, end: number, now: Date): number {
  const cut = intervals
    .map(({ from, until }) => ({ from: Math.max(from.getTime(), begin), until: Math.min((until ?? now).getTime(), end) }))
    .filter(({ from, until }) => from < until)
    .sort((a, b) => a.from - b.from);
  let sum = 0;
  let reached = begin;
  for (const { from, until } of cut) {
    sum += Math.max(0, until - Math.max(from, reached));
    reached = Math.max(reached, until);
  }
  return sum;
}

function startOfYear(year: number): number {
  return new Date(`${year}-01-01T00:00:00+07:00`).getTime();
}
