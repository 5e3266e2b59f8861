// Working days of the public sector and due dates counted in them (Bộ luật Lao động 2019 Điều 111, 112; Nghị quyết 28/2026/QH16 for 24/11).
// The day of reception is day 0. Pure. A year the table lacks does not stop intake: weekends and the fixed-date holidays are taken, and the
// due date says that it is provisional. It does not know the opening hours of offices.
import { entriesOf, listOf, memberOf, oneOf, textOf } from './json.ts';
import type { JsonValue } from './json.ts';
import { endOfDay, formatIsoDay, weekdayOf, yearOf } from './time.ts';

const DAY_MS = 86_400_000;
const MAX_DAYS = 1000;
const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;
const CULTURE_DAY_FROM = 2026;
const FIXED_HOLIDAYS: ReadonlySet<string> = new Set(['01-01', '04-30', '05-01', '09-02']);

export interface CalendarYear {
  /** `announced` by the Government, or `derived` from the law before the announcement. */
  readonly status: 'announced' | 'derived';
  /** `yyyy-MM-dd` days off besides Saturdays and Sundays. */
  readonly holidays: ReadonlySet<string>;
  /** Why each of them is off. */
  readonly reasons: ReadonlyMap<string, HolidayReason>;
  /** `yyyy-MM-dd` Saturdays worked in exchange for a day off. */
  readonly workedSaturdays: ReadonlySet<string>;
  readonly basis: string;
}

export interface HolidayReason {
  readonly nameVi: string;
  readonly nameEn: string;
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

/** The last instant of a working day, at the clock time of `due`, from which a time limit of `days` working days ends at `due`. */
export function workingDaysBefore(calendar: WorkCalendar, due: Date, days: number): Date {
  if (!Number.isInteger(days) || days < 0 || days > MAX_DAYS) throw new RangeError(`Not a number of working days: ${days}`);
  let at = due;
  for (let left = days; left > 0; at = new Date(at.getTime() - DAY_MS)) if (isWorkingDay(calendar, at)) left -= 1;
  while (!isWorkingDay(calendar, at)) at = new Date(at.getTime() - DAY_MS);
  return at;
}

/** @throws Error naming the place when a day is not one of its year, a holiday is no weekday, or a worked day is no Saturday. */
export function readCalendar(table: JsonValue): WorkCalendar {
  const reasons = new Map(entriesOf(memberOf(table, 'reasons')).map(([name, row]) => [name, { nameVi: textOf(memberOf(row, 'nameVi')), nameEn: textOf(memberOf(row, 'nameEn')) }]));
  return new Map(entriesOf(memberOf(table, 'years')).map(([year, row]) => [Number(year), readYear(row, year, reasons)]));
}

function readYear(row: JsonValue, year: string, known: ReadonlyMap<string, HolidayReason>): CalendarYear {
  const holidays = entriesOf(memberOf(row, 'holidays'));
  const reasons = new Map(holidays.map(([day, reason]) => [checkDay(day, year, [1, 2, 3, 4, 5], row.at), reasonOf(reason, known)]));
  return {
    status: oneOf(memberOf(row, 'status'), ['announced', 'derived'] as const),
    holidays: new Set(reasons.keys()),
    reasons,
    workedSaturdays: new Set(listOf(memberOf(row, 'workedSaturdays'), (day) => checkDay(textOf(day, ISO_DAY), year, [6], day.at))),
    basis: textOf(memberOf(row, 'basis')),
  };
}

function reasonOf(reason: JsonValue, known: ReadonlyMap<string, HolidayReason>): HolidayReason {
  const found = known.get(textOf(reason));
  if (found === undefined) throw new Error(`${reason.at}: no reason of that name`);
  return found;
}

function checkDay(day: string, year: string, weekdays: readonly number[], at: string): string {
  if (!ISO_DAY.test(day) || !day.startsWith(`${year}-`) || !weekdays.includes(weekdayOf(noonOf(day)))) throw new Error(`${at}: ${day} is not such a day of the year`);
  return day;
}

function noonOf(day: string): Date {
  return new Date(`${day}T12:00:00+07:00`);
}

function isAnnounced(calendar: WorkCalendar, date: Date): boolean {
  return calendar.get(yearOf(date))?.status === 'announced';
}

function isFixedHoliday(day: string): boolean {
  if (day.endsWith('-11-24')) return Number(day.slice(0, 4)) >= CULTURE_DAY_FROM;
  return FIXED_HOLIDAYS.has(day.slice(5));
}
