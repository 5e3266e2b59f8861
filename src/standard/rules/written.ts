// What is written in a field, as something that can be compared: months, days, births, amounts, names. Undefined for whatever is not written so;
// that is the schema's finding, and a rule says nothing of it. Nothing here throws on any text.
import { parseDay } from '../time.ts';

const ZERO = 0x30;
const SLASH = 0x2f;
const DAY_MS = 86_400_000;
/** A number of so many digits is exact. */
const MOST_EXACT_DIGITS = 15;

/** `MM/yyyy` as the months since year 0. */
export function monthOf(text: string): number | undefined {
  if (text.length !== 7 || text.charCodeAt(2) !== SLASH) return undefined;
  const month = digitsOf(text, 0, 2);
  const year = digitsOf(text, 3, 7);
  return month < 1 || month > 12 || year < 1900 ? undefined : year * 12 + month - 1;
}

/** The month of an instant at +07:00. */
export function monthAt(instant: Date): number {
  const local = new Date(instant.getTime() + 7 * 3_600_000);
  return local.getUTCFullYear() * 12 + local.getUTCMonth();
}

export function formatMonth(month: number): string {
  return `${String((month % 12) + 1).padStart(2, '0')}/${Math.floor(month / 12)}`;
}

/** `dd/MM/yyyy` as a number that grows with the day. */
export function dayOf(text: string): number | undefined {
  const day = text.length === 10 ? parseDay(text) : undefined;
  return day === undefined ? undefined : (day.year * 12 + day.month) * 31 + day.day;
}

/** The day of an instant at +07:00, comparable with `dayOf`. */
export function dayAt(instant: Date): number {
  const local = new Date(instant.getTime() + 7 * 3_600_000);
  return (local.getUTCFullYear() * 12 + local.getUTCMonth() + 1) * 31 + local.getUTCDate();
}

/** `dd/MM/yyyy` as the days since 1970, to count with. */
export function dayNumberOf(text: string): number | undefined {
  const day = text.length === 10 ? parseDay(text) : undefined;
  return day === undefined ? undefined : Date.UTC(day.year, day.month - 1, day.day) / DAY_MS;
}

/** The day of an instant at +07:00, comparable with `dayNumberOf`. */
export function dayNumberAt(instant: Date): number {
  return Math.floor((instant.getTime() + 7 * 3_600_000) / DAY_MS);
}

/** How exactly a birth is written: 0 the day, 1 the month, 2 the year; the numbers of CCNS. */
export type Exactness = 0 | 1 | 2;

export interface Birth {
  readonly year: number;
  /** The first month it may be in. */
  readonly month: number;
  readonly exactness: Exactness;
}

/** `dd/MM/yyyy`, `MM/yyyy` or `yyyy`. */
export function birthOf(text: string): Birth | undefined {
  if (text.length === 4) {
    const year = digitsOf(text, 0, 4);
    return year < 1800 ? undefined : { year, month: year * 12, exactness: 2 };
  }
  const month = monthOf(text.length === 10 ? text.slice(3) : text);
  if (month === undefined || (text.length === 10 && dayOf(text) === undefined)) return undefined;
  return { year: Math.floor(month / 12), month, exactness: text.length === 10 ? 0 : 1 };
}

/** An amount in the schema's form; undefined for an empty field. */
export function amountOf(text: string): number | undefined {
  if (text === '') return undefined;
  const whole = text.length <= MOST_EXACT_DIGITS ? digitsOf(text, 0, text.length) : -1;
  if (whole !== -1) return whole; // nearly every amount, and lists have thousands
  return /^-?\d{1,15}(?:\.\d{1,6})?$/.test(text) ? Number(text) : undefined;
}

/** A name as it is compared: one form of Unicode, capitals, single blanks. */
export function nameOf(text: string): string {
  return text.normalize('NFC').toUpperCase().replace(/\s+/gu, ' ').trim();
}

/** The same without marks, as banks write it. */
export function plainNameOf(text: string): string {
  return nameOf(text).replaceAll('Đ', 'D').normalize('NFD').replace(/\p{M}+/gu, '').replace(/[^A-Z0-9 ]+/gu, '');
}

/** Do two forms say the same of a person in this field? Births agree as far as the less exact of the two goes. */
export function sameField(field: string, here: string, there: string): boolean {
  const [one, other] = field === 'NgaySinh' ? [birthOf(here), birthOf(there)] : [];
  if (one === undefined || other === undefined || one.exactness === other.exactness) return nameOf(here) === nameOf(there);
  return one.exactness === 2 || other.exactness === 2 ? one.year === other.year : one.month === other.month;
}

/** Digits only? */
export function isDigits(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const digit = text.charCodeAt(index) - ZERO;
    if (digit < 0 || digit > 9) return false;
  }
  return text !== '';
}

/** -1 when one of them is no digit, so that every range refuses it. */
function digitsOf(text: string, from: number, until: number): number {
  let value = 0;
  for (let index = from; index < until; index += 1) {
    const digit = text.charCodeAt(index) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}
