// How long a leave with benefit may be at most (Luật BHXH 41/2024/QH15 Điều 43, 44, 46, 53, 60): the most that anybody is entitled to, so that
// what is longer is worth a look. What a person has left of a year, this gateway does not know.
import type { Regime } from './benefit-lists.ts';
import { dayNumberOf } from './written.ts';

const DAY_MS = 86_400_000;
/** Hard work in a hard place, 30 years insured (Điều 43). */
const SICK_DAYS = 70;
/** A child under three, a year (Điều 44). */
const CHILD_DAYS = 20;
/** A year (Điều 46, 60). */
const CONVALESCENCE_DAYS = 10;
const BIRTH_MONTHS = 6;
/** The group of an ill child, as one client writes it; the list is not public. */
const SICK_CHILD = 'O2';

export interface Leave {
  readonly regime: Regime;
  readonly group: string;
  readonly from: string;
  readonly children: number;
}

/** In days; of a maternity leave in calendar days from `from` on: six months, and one for each child from the second (Điều 53). */
export function longestLeave({ regime, group, from, children }: Leave): number | undefined {
  if (regime === 'convalescence') return CONVALESCENCE_DAYS;
  const count = Math.max(1, children);
  if (regime === 'sickness') return group === SICK_CHILD ? CHILD_DAYS * count : SICK_DAYS;
  const first = dayNumberOf(from);
  if (first === undefined) return undefined;
  const day = new Date(first * DAY_MS);
  // The day with that number in the last month, or the first of the next where the month is shorter.
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + BIRTH_MONTHS + count - 1, day.getUTCDate()) / DAY_MS - first + 1;
}
