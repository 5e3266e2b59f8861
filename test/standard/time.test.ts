import { describe, expect, test } from '@jest/globals';
import {
  endOfDay, formatDateTime, formatDay, formatInstant, formatIsoDay, parseDay, parseInstant, parsePeriod, weekdayOf, yearOf,
} from '../../src/standard/time.ts';

const instant = new Date('2026-11-22T23:08:42.123Z');
const lastSecondOfYear = new Date('2026-12-31T16:59:59.999Z');
const firstInstantOfYear = new Date('2026-12-31T17:00:00.000Z');

describe('what is written is Vietnamese time, whatever zone the process runs in', () => {
  test('an instant', () => {
    expect(formatInstant(instant)).toBe('2026-11-23T06:08:42.123+07:00');
    expect(formatInstant(firstInstantOfYear)).toBe('2027-01-01T00:00:00.000+07:00');
  });

  test('a day, in both styles, and a day with its time', () => {
    expect(formatDay(instant)).toBe('23/11/2026');
    expect(formatIsoDay(instant)).toBe('2026-11-23');
    expect(formatDateTime(instant)).toBe('23/11/2026 06:08:42');
  });

  test('the year turns at midnight of +07:00, not of UTC', () => {
    expect(yearOf(lastSecondOfYear)).toBe(2026);
    expect(yearOf(firstInstantOfYear)).toBe(2027);
  });

  test('the weekday and the end of the day follow the local day', () => {
    expect(weekdayOf(instant)).toBe(1);
    expect(formatInstant(endOfDay(instant))).toBe('2026-11-23T23:59:59.999+07:00');
  });
});

describe('an instant is read only in the form it is written in', () => {
  test('what was formatted is read back exactly', () => {
    expect(parseInstant(formatInstant(instant))).toEqual(instant);
    expect(parseInstant('2026-11-23T06:08:42+07:00')).toEqual(new Date('2026-11-22T23:08:42.000Z'));
  });

  test.each(['2026-11-23T06:08:42Z', '2026-11-23T06:08:42', '2026-02-30T06:08:42+07:00', '2026-11-23T24:00:00+07:00', '2026-11-23T06:60:00+07:00', ''])(
    '%s is refused',
    (text) => {
      expect(parseInstant(text)).toBeUndefined();
    },
  );
});

describe('a day is read only when it exists', () => {
  test('a leap day of a leap year', () => {
    expect(parseDay('29/02/2024')).toEqual({ year: 2024, month: 2, day: 29 });
    expect(parseDay('29/02/2000')).toEqual({ year: 2000, month: 2, day: 29 });
  });

  test.each(['29/02/2026', '29/02/1900', '31/04/2026', '00/01/2026', '01/13/2026', '1/1/2026', '2026-01-01', '01/01/26', '01/01/2026 ', ' 01/01/2026', '01/01/0050', '٠١/٠١/٢٠٢٦', ''])(
    '"%s" is refused',
    (text) => {
      expect(parseDay(text)).toBeUndefined();
    },
  );
});

describe('a period is a month of 1995 to 2100', () => {
  test.each([['01/1995', 1995, 1], ['12/2100', 2100, 12], ['05/2026', 2026, 5]])('%s', (text, year, month) => {
    expect(parsePeriod(text)).toEqual({ year, month });
  });

  test.each(['12/1994', '01/2101', '00/2026', '13/2026', '5/2026', '05-2026', '052026', '05/2026\n', ''])('"%s" is refused', (text) => {
    expect(parsePeriod(text)).toBeUndefined();
  });
});
