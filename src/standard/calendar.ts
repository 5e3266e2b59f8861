// Working days of the public sector and due dates counted in them (Bộ luật Lao động 2019 Điều 111, 112; Nghị quyết 28/2026/QH16 for 24/11).
// The day of reception is day 0. Pure. A year the table lacks does not stop intake: weekends and the fixed-date holidays are taken, and the
// due date says that it is provisional. It does not know the opening hours of offices.
import { endOfDay, formatIsoDay, weekdayOf, yearOf } from './time.ts';

const DAY_MS = 86_400_000;
const MAX_DAYS = 1000;
const CULTURE_DAY_FROM = 2026;
const FIXED_HOLIDAYS: ReadonlySet<string> = new Set(['01-01', '04-30', '05-01', '09-02']);

export interface CalendarYear {
  /** `announced` by the Government, or `derived` from the law before the announcement. */
  readonly status: 'announced' | 'derived';
  /** `yyyy-MM-dd` days off besides Saturdays and Sundays. */
  readonly holidays: ReadonlySet<string>;
  /** `yyyy-MM-dd` Saturdays worked in exchange for a day off. */
  readonly workedSaturdays: ReadonlySet<string>;
}

export type WorkCalendar = ReadonlyMap<number, CalendarYear>;

/** `keep_time_of_day`: due at the clock time of reception; `end_of_day`: due at 23:59:59.999 (+07:00). */
export type DueOption = 'keep_time_of_day' | 'end_of_day';

export interface DueDate {
  readonly at: Date;
  /** True when a day was counted in a year that is not announced: the date may move once it is. */
  readonly provisional: boolean;
}

/** Whether the day at +07:00 on which the instant falls is worked. */
export function isWorkingDay(calendar: WorkCalendar, date: Date): boolean {
  const day = formatIsoDay(date);
  const weekday = weekdayOf(date);
  const year = calendar.get(yearOf(date));
  if (weekday === 6) return year?.workedSaturdays.has(day) ?? false;
  if (weekday === 0) return false;
  return year === undefined ? !isFixedHoliday(day) : !year.holidays.has(day);
}

/**
 * The end of a time limit of `days` working days that begins at `instant` (day 0, whether or not it is worked).
 * @throws RangeError when `days` is not a whole number from 0 to 1000.
 */
export function dueAfterWorkingDays(calendar: WorkCalendar, instant: Date, days: number, option: DueOption): DueDate {
  if (!Number.isInteger(days) || days < 0 || days > MAX_DAYS) throw new RangeError(`Not a number of working days: ${days}`);
  let at = instant;
  let provisional = !isAnnounced(calendar, at);
  for (let left = days; left > 0;) {
    at = new Date(at.getTime() + DAY_MS);
    provisional ||= !isAnnounced(calendar, at);
    if (isWorkingDay(calendar, at)) left -= 1;
  }
  return { at: option === 'end_of_day' ? endOfDay(at) : at, provisional };
}

function isAnnounced(calendar: WorkCalendar, date: Date): boolean {
  return calendar.get(yearOf(date))?.status === 'announced';
}

function isFixedHoliday(day: string): boolean {
  if (day.endsWith('-11-24')) return Number(day.slice(0, 4)) >= CULTURE_DAY_FROM;
  return FIXED_HOLIDAYS.has(day.slice(5));
}
