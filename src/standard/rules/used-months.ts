// What was used up by unemployment benefit (CV 3722/BHXH-CST of 19/11/2015, 3142/TB-BHXH): since 01/01/2015 each month of benefit uses twelve
// months of contribution; before, a benefit used the whole period. Pure.

const CONTRIBUTION_MONTHS = 12;
/** January 2015, as months since year 0. */
export const PROPORTIONAL_FROM = 2015 * 12;

/** Months of contribution that `benefit` months of unemployment benefit use of `contributed`. */
export function usedMonths(benefit: number, contributed: number, beganInMonth: number): number {
  if (benefit <= 0) return 0;
  return beganInMonth < PROPORTIONAL_FROM ? contributed : Math.min(contributed, benefit * CONTRIBUTION_MONTHS);
}

/** Could benefits since 2015 have used so many months, and no more or fewer? */
export function isWholeUse(used: number): boolean {
  return used >= 0 && used === usedMonths(Math.floor(used / CONTRIBUTION_MONTHS), used, PROPORTIONAL_FROM);
}
