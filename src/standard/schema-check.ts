// The checks of the standard that no pattern can make (`std:check` of a type): a day or month that exists, a code that is in its list. Told
// from octets, because nearly every field of a long list has one. Empty is always fine: whether a field may be empty is its type's to say.
import type { StandardCheck } from './schema-types.ts';
import { textBetween } from '../xml/known-text.ts';
import { formatIsoDay } from './time.ts';

const SLASH = 0x2f;
const ZERO = 0x30;
const FIRST_YEAR = 1995;
const LAST_YEAR = 2100;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export type CodeLists = ReadonlyMap<string, ReadonlySet<string>>;

export class ValueCheck {
  readonly check: StandardCheck;
  readonly #codes: ReadonlySet<string>;

  /** @throws Error when the list of a code is none of `lists`. */
  constructor(check: StandardCheck, lists: CodeLists) {
    this.check = check;
    const codes = check.kind === 'code' ? lists.get(check.list) : new Set<string>();
    if (codes === undefined) throw new Error(`${check.kind === 'code' ? check.list : ''} is no list of codes.json`);
    this.#codes = codes;
  }

  /** Of the octets of a text that is trimmed and not empty; `today` is the day of reception as a number `yyyyMMdd`. */
  holds(octets: Buffer, start: number, end: number, today: number): boolean {
    switch (this.check.kind) {
      case 'code': return this.#codes.has(textBetween(octets, start, end));
      case 'day': return dayAt(octets, start, end) !== -1;
      case 'month': return isPeriod(monthAt(octets, start, end));
      case 'birth': return isBirth(octets, start, end, today);
    }
  }
}

/** `yyyyMMdd` at +07:00. */
export function dayNumber(instant: Date): number {
  return Number(formatIsoDay(instant).replaceAll('-', ''));
}

function isPeriod(month: number): boolean {
  return month >= FIRST_YEAR * 100 && month < (LAST_YEAR + 1) * 100;
}

/** A day, a month or a year that is not after today. What is not known of it counts as its first. */
function isBirth(octets: Buffer, start: number, end: number, today: number): boolean {
  if (end - start === 10) return isPast(dayAt(octets, start, end), today);
  if (end - start === 7) return isPast(monthAt(octets, start, end), Math.floor(today / 100));
  return end - start === 4 && isPast(numberAt(octets, start, 4), Math.floor(today / 10_000));
}

function isPast(date: number, today: number): boolean {
  return date > 0 && date <= today;
}

/** `yyyyMMdd` of `dd/MM/yyyy`; -1 when there is no such day. */
function dayAt(octets: Buffer, start: number, end: number): number {
  if (end - start !== 10 || octets[start + 2] !== SLASH) return -1;
  const day = numberAt(octets, start, 2);
  const month = monthAt(octets, start + 3, end);
  if (month === -1 || day < 1) return -1;
  const year = Math.floor(month / 100);
  const days = month % 100 === 2 && isLeap(year) ? 29 : MONTH_DAYS[(month % 100) - 1] ?? 0;
  return day > days ? -1 : month * 100 + day;
}

/** `yyyyMM` of `MM/yyyy`; -1 when there is no such month. Years begin at 100, as they do elsewhere in the standard. */
function monthAt(octets: Buffer, start: number, end: number): number {
  if (end - start !== 7 || octets[start + 2] !== SLASH) return -1;
  const month = numberAt(octets, start, 2);
  const year = numberAt(octets, start + 3, 4);
  return month < 1 || month > 12 || year < 100 ? -1 : year * 100 + month;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** -1 when one of the octets is no digit. */
function numberAt(octets: Buffer, start: number, length: number): number {
  let number = 0;
  for (let at = start; at < start + length; at += 1) {
    const digit = (octets[at] as number) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}
