// What of a book has been used for benefits and is cut from it (3142/TB-BHXH, step 3): one-off insurance takes the whole time before it, code
// CT; unemployment benefit before 01/01/2015 likewise of its fund, code TT; from then on one month of benefit takes twelve of contribution
// (CV 3722/BHXH-CST), the rest stays; a benefit ended early takes only what was paid. Known in the city's data or not, it is cut. Pure.
import { usedMonths } from '../../standard/rules/used-months.ts';
import { month } from '../months.ts';
import type { Month } from '../months.ts';
import type { Benefit, Cut, Fund, Period } from './book.ts';

const PRINTED_IN_QLST = month(2016, 1);

export interface CutBook {
  readonly kept: readonly Period[];
  readonly cuts: readonly Cut[];
  readonly left: Readonly<Record<Fund, number>>;
}

export function cutPeriods(periods: readonly Period[], benefits: readonly Benefit[]): CutBook {
  let kept = periods;
  const cuts: Cut[] = [];
  for (const benefit of benefits.toSorted((one, other) => one.decided - other.decided)) {
    const fund: Fund = benefit.kind === 'one-off' ? 'BHXH' : 'BHTN';
    const before = monthsOf(kept, fund);
    kept = withoutFirst(kept, fund, benefit.decided, monthsTaken(benefit, before));
    const months = before - monthsOf(kept, fund);
    if (months > 0) cuts.push({ code: benefit.kind === 'one-off' ? 'CT' : 'TT', fund, months, printedIn: benefit.kind === 'unemployment' && benefit.decided >= PRINTED_IN_QLST ? 'QLST' : 'SMS' });
  }
  return { kept, cuts, left: { BHXH: monthsOf(kept, 'BHXH'), BHTN: monthsOf(kept, 'BHTN') } };
}

/** Of what there was before the decision: all of it for a one-off, else by the rule of twelve for one, for the months really paid. */
function monthsTaken({ kind, decided, granted, paid }: Benefit, before: number): number {
  return kind === 'one-off' ? before : usedMonths(Math.min(granted, paid), before, decided);
}

export function monthsOf(periods: readonly Period[], fund: Fund): number {
  return periods.reduce((sum, period) => sum + (period.fund === fund ? period.to - period.from + 1 : 0), 0);
}

/** Without the earliest `months` of a fund that lie before the month of the decision. */
function withoutFirst(periods: readonly Period[], fund: Fund, decided: Month, months: number): Period[] {
  let left = months;
  return periods.toSorted((one, other) => one.from - other.from).flatMap((period) => {
    if (period.fund !== fund || left <= 0 || period.from >= decided) return [period];
    const taken = Math.min(left, Math.min(period.to, decided - 1) - period.from + 1);
    left -= taken;
    const from = period.from + taken;
    return from > period.to ? [] : [{ ...period, from }];
  });
}
