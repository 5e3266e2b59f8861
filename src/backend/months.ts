// Months of insurance as numbers that can be counted: year × 12 + month from 0. Written MM/yyyy. Pure.

export type Month = number;

export function month(year: number, number: number): Month {
  return year * 12 + number - 1;
}

/** December of the year before filing: up to there a book is reviewed (3142/TB-BHXH). `filedOn` at +07:00. */
export function cutoffOf(filedOn: Date): Month {
  return month(new Date(filedOn.getTime() + 7 * 3_600_000).getUTCFullYear() - 1, 12);
}

export function monthOf(instant: Date): Month {
  const local = new Date(instant.getTime() + 7 * 3_600_000);
  return month(local.getUTCFullYear(), local.getUTCMonth() + 1);
}

/** `MM/yyyy`. */
export function formatMonth(value: Month): string {
  return `${String((value % 12) + 1).padStart(2, '0')}/${Math.floor(value / 12)}`;
}
