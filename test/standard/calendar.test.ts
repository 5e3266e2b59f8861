// Guarantee: a time limit ends on the day the law counts to; every year of the table is what the law and the lunar calendar give, worked out
// here from the moon and not from the table; a year nobody has announced is said to be provisional.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { packageFile } from '../../src/paths.ts';
import { dueAfterWorkingDays, isWorkingDay } from '../../src/standard/calendar.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { formatInstant, formatIsoDay, parseInstant } from '../../src/standard/time.ts';
import { lunarDay } from './lunar.ts';

interface Vector { start: string; workingDays: number; due: string }
const vectors = JSON.parse(readFileSync(packageFile('test', 'standard', 'calendar.vectors.json'), 'utf8')) as Vector[];
const { calendar, procedures } = loadStandard();
const noon = (day: string): Date => new Date(`${day}T12:00:00.000+07:00`);
const daysFrom = (day: string, days: number): string => formatIsoDay(new Date(noon(day).getTime() + days * 86_400_000));
const isRestDay = (day: string): boolean => [0, 6].includes(noon(day).getUTCDay());

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

  test.each([[2018, 250], [2019, 252], [2020, 252], [2021, 250], [2022, 249], [2023, 249], [2024, 251], [2025, 250], [2026, 249], [2027, 249]])('%d has %d working days', (year, expected) => {
    const days = Array.from({ length: 366 }, (_, index) => daysFrom(`${year}-01-01`, index)).filter((day) => day.startsWith(`${year}-`));
    expect(days.filter((day) => isWorkingDay(calendar, noon(day)))).toHaveLength(expected);
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

/**
 * The days off that the law gives in a year, without those exchanged: Bộ luật Lao động 2012 Điều 115 up to 2020, 2019 Điều 112 since (two days
 * for 2/9), 24/11 from 2026. What the Government chooses each year is how many days of Tết lie before it, and which neighbour 2/9 takes.
 */
function lawfulDaysOff(year: number, beforeTet: number, besideNational: '01' | '03'): ReadonlyMap<string, string> {
  const tet = lunarDay(year, 1, 1);
  const holidays = new Map([
    [`${year}-01-01`, 'newYear'], [lunarDay(year, 3, 10), 'hungKings'], [`${year}-04-30`, 'victory'], [`${year}-05-01`, 'labour'], [`${year}-09-02`, 'national'],
    ...[0, 1, 2, 3, 4].map((day): [string, string] => [daysFrom(tet, day - beforeTet), 'lunarNewYear']),
    ...(year < 2021 ? [] : [[`${year}-09-${besideNational}`, 'national'] as [string, string]]),
    ...(year < 2026 ? [] : [[`${year}-11-24`, 'culture'] as [string, string]]),
  ]);
  const off = new Map([...holidays].filter(([day]) => !isRestDay(day)));
  for (const day of [...holidays.keys()].filter(isRestDay).toSorted()) {
    let instead = day;
    while (isRestDay(instead) || off.has(instead)) instead = daysFrom(instead, 1);
    off.set(instead, 'compensation');
  }
  return new Map([...off].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

describe('the table is what the law and the moon give', () => {
  const years = [...calendar.keys()];
  const exchanged = [...calendar.values()].flatMap(({ reasons }) => [...reasons].filter(([, { nameEn }]) => nameEn.startsWith('Day off exchanged')).map(([day]) => day));
  const worked = [...calendar.values()].flatMap(({ workedSaturdays }) => [...workedSaturdays]);
  const reasonNames = JSON.parse(readFileSync(packageFile('src', 'standard', 'tables', 'calendar.json'), 'utf8')) as { years: Record<string, { holidays: Record<string, string> }> };

  test('it has every year from the first of process 320 to the next one', () => {
    expect(years).toEqual(Array.from({ length: 11 }, (_, index) => 2017 + index));
  });

  test.each(years)('%d has each holiday on its day, or the next working day for it', (year) => {
    const told = Object.entries(reasonNames.years[String(year)]?.holidays ?? {}).filter(([, reason]) => reason !== 'exchanged');
    const lawful = [1, 2].flatMap((beforeTet) => (['01', '03'] as const).map((besideNational) => [...lawfulDaysOff(year, beforeTet, besideNational)]));
    expect(lawful).toContainEqual(told);
  });

  test('a day off in exchange bridges days off, and one Saturday near it is worked', () => {
    for (const day of exchanged) expect([day, [-1, 1].map((step) => isWorkingDay(calendar, noon(daysFrom(day, step))))]).toEqual([day, [false, false]]);
    expect(worked).toHaveLength(exchanged.length);
    for (const [index, saturday] of worked.toSorted().entries()) {
      const apart = Math.abs(noon(saturday).getTime() - noon(exchanged.toSorted()[index] ?? '').getTime()) / 86_400_000;
      expect([saturday, apart < 14]).toEqual([saturday, true]);
    }
  });

  // Days that the almanacs print, some of them a day apart from the Chinese calendar (2007, 2030) or behind a leap month (2012, 2020, 2023).
  test.each([[2007, '2007-02-17', '2007-04-26'], [2012, '2012-01-23', '2012-03-31'], [2016, '2016-02-08', '2016-04-16'], [2020, '2020-01-25', '2020-04-02'], [2023, '2023-01-22', '2023-04-29'], [2030, '2030-02-02', '2030-04-12']])('the witness knows %d', (year, tet, hungKings) => {
    expect([lunarDay(year, 1, 1), lunarDay(year, 3, 10)]).toEqual([tet, hungKings]);
  });
});
