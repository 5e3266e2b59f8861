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
  readonly spentMs: number;
  readonly isExceeded: boolean;
}

export function downtimeOf(year: number, intervals: readonly Interval[], perMille: number, now: Date): Downtime {
  const [begin, end] = [startOfYear(year), startOfYear(year + 1)];
  const cut = intervals
    .map(({ from, until }) => ({ from: Math.max(from.getTime(), begin), until: Math.min((until ?? now).getTime(), end) }))
    .filter(({ from, until }) => from < until)
    .sort((a, b) => a.from - b.from);
  let spentMs = 0;
  let reached = begin;
  for (const { from, until } of cut) {
    spentMs += Math.max(0, until - Math.max(from, reached));
    reached = Math.max(reached, until);
  }
  const budgetMs = ((end - begin) * perMille) / 1000;
  return { year, budgetMs, spentMs, isExceeded: spentMs > budgetMs };
}

function startOfYear(year: number): number {
  return new Date(`${year}-01-01T00:00:00+07:00`).getTime();
}
