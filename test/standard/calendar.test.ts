import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { packageFile } from '../../src/paths.ts';
import { dueAfterWorkingDays, isWorkingDay, workingDaysOf } from '../../src/standard/calendar.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { formatInstant, formatIsoDay, parseInstant } from '../../src/standard/time.ts';

interface Vector { start: string; workingDays: number; due: string }
const vectors = JSON.parse(readFileSync(packageFile('test', 'standard', 'calendar.vectors.json'), 'utf8')) as Vector[];
const { calendar, procedures } = loadStandard();
const noon = (day: string): Date => new Date(`${day}T12:00:00.000+07:00`);

describe('a time limit ends on the day the law counts to', () => {
  test.each(vectors)('$start + $workingDays = $due', ({ start, workingDays, due }) => {
    for (const time of ['00:00:00.000', '09:30:41.000', '23:59:59.999']) {
      const { at } = dueAfterWorkingDays(calendar, new Date(`${start}T${time}+07:00`), workingDays, 'keep_time_of_day');
      expect(formatInstant(at)).toBe(`${due}T${time}+07:00`);
    }
  });

  test('the steps of process 320, one after the other, end where the whole ends', () => {
    const steps = procedures.get('320')?.steps ?? [];
    let at = noon('2017-01-03');
    const ends = steps.map((step) => {
      at = dueAfterWorkingDays(calendar, at, step.workingDays, 'keep_time_of_day').at;
      return formatIsoDay(at);
    });
    expect(ends).toEqual(['2017-01-04', '2017-02-07', '2017-04-03', '2017-04-04']);
  });

  test('the captured due date of the portal comes out to the second', () => {
    const due = dueAfterWorkingDays(calendar, new Date('2026-01-13T09:30:41+07:00'), 5, 'keep_time_of_day');
    expect(formatInstant(due.at)).toBe('2026-01-20T09:30:41.000+07:00');
    expect(due.provisional).toBe(false);
  });

  test('end_of_day gives the last millisecond of the same day', () => {
    const due = dueAfterWorkingDays(calendar, noon('2026-01-13'), 5, 'end_of_day');
    expect(formatInstant(due.at)).toBe('2026-01-20T23:59:59.999+07:00');
  });

  test('no working days is the instant itself', () => {
    expect(dueAfterWorkingDays(calendar, noon('2026-01-13'), 0, 'keep_time_of_day').at).toEqual(noon('2026-01-13'));
  });

  test('a dossier received on a rest day is counted from the next working day', () => {
    expect(formatIsoDay(dueAfterWorkingDays(calendar, noon('2026-01-31'), 1, 'keep_time_of_day').at)).toBe('2026-02-02');
  });

  test.each([-1, 1.5, Number.NaN, 1001])('%d is no number of working days', (days) => {
    expect(() => dueAfterWorkingDays(calendar, noon('2026-01-13'), days, 'end_of_day')).toThrow(RangeError);
  });
});

describe('a day is worked or not', () => {
  test.each(['2026-02-16', '2026-04-27', '2026-11-24', '2026-01-11', '2026-01-17'])('%s is off', (day) => {
    expect(isWorkingDay(calendar, noon(day))).toBe(false);
  });

  test.each(['2026-01-10', '2026-08-22', '2025-04-26', '2024-05-04', '2025-11-24', '2026-02-23'])('%s is worked', (day) => {
    expect(isWorkingDay(calendar, noon(day))).toBe(true);
  });

  test('the day is the day at +07:00', () => {
    expect(isWorkingDay(calendar, new Date('2026-01-09T16:59:59.999Z'))).toBe(true);
    expect(isWorkingDay(calendar, new Date('2026-01-10T17:00:00.000Z'))).toBe(false);
  });

  test.each([[2024, 251], [2025, 250], [2026, 249], [2027, 249]])('%d has %d working days', (year, expected) => {
    expect(workingDaysOf(calendar, year)).toBe(expected);
  });

  test('a day off says why', () => {
    const reasons = calendar.get(2026)?.reasons;
    expect(['2026-01-02', '2026-02-17', '2026-04-27', '2026-11-24'].map((day) => reasons?.get(day)?.nameEn)).toEqual(['Day off exchanged for a worked Saturday', 'Lunar New Year', 'Day off for a holiday on a rest day', 'Vietnam Culture Day']);
  });
});

describe('a year without an announced calendar is counted, and said to be provisional', () => {
  test('a limit that runs into a derived year', () => {
    expect(dueAfterWorkingDays(calendar, noon('2026-12-31'), 1, 'keep_time_of_day').provisional).toBe(true);
    expect(dueAfterWorkingDays(calendar, noon('2026-12-30'), 1, 'keep_time_of_day').provisional).toBe(false);
  });

  test('a year the table lacks knows weekends and the fixed holidays', () => {
    const off = ['2031-01-01', '2031-04-30', '2031-05-01', '2031-09-02', '2031-11-24', '2031-01-04'];
    expect(off.map((day) => isWorkingDay(calendar, noon(day)))).toEqual(off.map(() => false));
    expect(isWorkingDay(calendar, noon('2031-01-02'))).toBe(true);
    const due = dueAfterWorkingDays(calendar, noon('2030-12-31'), 1, 'end_of_day');
    expect(formatInstant(due.at)).toBe('2031-01-02T23:59:59.999+07:00');
    expect(due.provisional).toBe(true);
  });

  test('24/11 is no holiday before 2026', () => {
    expect(isWorkingDay(calendar, noon('2022-11-24'))).toBe(true);
  });

  test('the last instant of an announced year and the first of the next are told apart', () => {
    const last = parseInstant('2026-12-31T23:59:59.999+07:00');
    expect(last && dueAfterWorkingDays(calendar, last, 0, 'keep_time_of_day').provisional).toBe(false);
    const next = parseInstant('2027-01-01T00:00:00.000+07:00');
    expect(next && dueAfterWorkingDays(calendar, next, 0, 'keep_time_of_day').provisional).toBe(true);
  });
});
