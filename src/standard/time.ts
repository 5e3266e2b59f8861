// Instants and days as the wire writes them, in the one time zone of the standard: +07:00 all year (Bộ luật Lao động and the notices know
// no other; Vietnam has no summer time). Pure; reads no clock and ignores the process's own time zone.

const OFFSET_MS = 7 * 3_600_000;
const INSTANT = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,3}))?\+07:00$/;
const SLASH = 0x2f;
const ZERO = 0x30;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const FIRST_YEAR = 1995;
const LAST_YEAR = 2100;

/** A day of the civil calendar; month and day count from 1. */
export interface CalendarDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** A month a declaration is for; month counts from 1. */
export interface Period {
  readonly year: number;
  readonly month: number;
}

/** `2026-11-23T06:08:42.123+07:00`; always milliseconds, so that texts sort as instants. */
export function formatInstant(instant: Date): string {
  return `${localIso(instant).slice(0, -1)}+07:00`;
}

/** `dd/MM/yyyy HH:mm:ss`, the form of NGAY_GDICH; milliseconds are cut off. */
export function formatDateTime(instant: Date): string {
  return `${formatDay(instant)} ${localIso(instant).slice(11, 19)}`;
}

/** `dd/MM/yyyy`, the day at +07:00. */
export function formatDay(instant: Date): string {
  const iso = formatIsoDay(instant);
  return `${iso.slice(8)}/${iso.slice(5, 7)}/${iso.slice(0, 4)}`;
}

/** `yyyy-MM-dd`, the day at +07:00. */
export function formatIsoDay(instant: Date): string {
  return localIso(instant).slice(0, 10);
}

/** `yyyy-MM-dd` of a day, or of the day at +07:00 on which an instant falls: as texts they sort as days. */
export function isoDayOf(day: CalendarDay | Date): string {
  if (day instanceof Date) return formatIsoDay(day);
  return [String(day.year).padStart(4, '0'), String(day.month).padStart(2, '0'), String(day.day).padStart(2, '0')].join('-');
}

/** Midnight at +07:00, `days` later. */
export function startOfDay(day: CalendarDay, days = 0): Date {
  return new Date(Date.parse(`${isoDayOf(day)}T00:00:00+07:00`) + days * 86_400_000);
}

/** The year at +07:00, as the dossier number counts it. */
export function yearOf(instant: Date): number {
  return Number(formatIsoDay(instant).slice(0, 4));
}

/** The instant written as `yyyy-MM-ddTHH:mm:ss[.SSS]+07:00`; undefined for any other form or an impossible time. */
export function parseInstant(text: string): Date | undefined {
  const match = INSTANT.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  if (year === undefined || month === undefined || day === undefined) return undefined;
  if (hour === undefined || minute === undefined || second === undefined) return undefined;
  if (!isRealDay({ year, month, day }) || hour > 23 || minute > 59 || second > 59) return undefined;
  return new Date(text);
}

/** What `formatDateTime` writes: `dd/MM/yyyy HH:mm:ss` at +07:00. */
export function parseDateTime(text: string): Date | undefined {
  const [, day = '', month = '', year = '', time = ''] = /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d:\d\d:\d\d)$/.exec(text) ?? [];
  return parseInstant(`${year}-${month}-${day}T${time}+07:00`);
}

/** The day written as `dd/MM/yyyy`; undefined when the form is another or the day does not exist. */
export function parseDay(text: string): CalendarDay | undefined {
  if (text.length !== 10 || text.charCodeAt(2) !== SLASH || text.charCodeAt(5) !== SLASH) return undefined;
  const found = { year: digitsAt(text, 6, 4), month: digitsAt(text, 3, 2), day: digitsAt(text, 0, 2) };
  return isRealDay(found) ? found : undefined;
}

/** The month written as `MM/yyyy`, of the years 1995 (when social insurance began as it is) to 2100; undefined otherwise. */
export function parsePeriod(text: string): Period | undefined {
  const match = /^(0[1-9]|1[0-2])\/(\d{4})$/.exec(text);
  if (match === null) return undefined;
  const year = Number(match[2]);
  return year < FIRST_YEAR || year > LAST_YEAR ? undefined : { year, month: Number(match[1]) };
}

/** 23:59:59.999 at +07:00 of the day the instant falls on. */
export function endOfDay(instant: Date): Date {
  return new Date(`${formatIsoDay(instant)}T23:59:59.999+07:00`);
}

/** 0 Sunday to 6 Saturday, of the day at +07:00. */
export function weekdayOf(instant: Date): number {
  return new Date(instant.getTime() + OFFSET_MS).getUTCDay();
}

/** The instants that were written last, and how: what is done of one dossier writes its reception and its due date again and again. */
let [latest, before] = [{ milliseconds: NaN, iso: '' }, { milliseconds: NaN, iso: '' }];

function localIso(instant: Date): string {
  const milliseconds = instant.getTime();
  if (milliseconds === latest.milliseconds) return latest.iso;
  [latest, before] = [milliseconds === before.milliseconds ? before : { milliseconds, iso: new Date(milliseconds + OFFSET_MS).toISOString() }, latest];
  return latest.iso;
}

function isRealDay({ year, month, day }: CalendarDay): boolean {
  if (year < 100 || month < 1 || month > 12 || day < 1) return false;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (month === 2 && isLeap ? 29 : MONTH_DAYS[month - 1] ?? 0);
}

/** -1 when one of the characters is no digit. No pattern, because long lists have many days. */
function digitsAt(text: string, start: number, length: number): number {
  let number = 0;
  for (let at = start; at < start + length; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    number = 10 * number + digit;
  }
  return number;
}
