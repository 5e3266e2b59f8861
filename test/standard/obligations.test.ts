// Guarantee: due times, warnings, apologies and the extensions of outages are counted on the public-sector calendar by the rule set in force at their own
// instant: 3142/TB-BHXH's sixty working days, 5 working days of the pilot, 3 and 7 of the decrees since, over Tết too.
import { describe, expect, it } from '@jest/globals';

import { dueAfterWorkingDays, workingDaysBefore } from '../../src/standard/calendar.ts';
import { parseJson } from '../../src/standard/json.ts';
import { apologyAt, dueOf, extendDeadline, extensionOf, newDateOf, readObligationRules, warnAt } from '../../src/standard/obligations.ts';
import { loadStandard, readStandardFiles } from '../../src/standard/tables.ts';

const standard = loadStandard();
const at = (text: string): Date => new Date(`${text}+07:00`);
const shown = (instant: Date | undefined): string | undefined => instant && new Date(instant.getTime() + 7 * 3_600_000).toISOString().slice(0, 19);

describe('process 320', () => {
  const received = at('2017-01-03T09:00:00');
  const due = dueAfterWorkingDays(standard.calendar, received, 60, 'keep_time_of_day').at;

  it('received on 3 January 2017 is due on 4 April, apologised for the day before, and its new date lies at most ten working days on', () => {
    expect([shown(due), shown(apologyAt(standard, received, due)), shown(warnAt(standard, 'result', received, due))]).toEqual(['2017-04-04T09:00:00', '2017-04-03T09:00:00', '2017-03-31T09:00:00']);
    // Hùng Kings’ day, the 6th, is off.
    expect(newDateOf(standard, { arisenAt: received, dueAt: due, now: due })).toEqual({ dueAt: at('2017-04-19T09:00:00'), workingDays: 10 });
  });
});

describe('clocks', () => {
  it.each([
    ['acknowledge', '2026-11-23T08:00:00', '2026-11-23T08:15:00', 'qd366-2026: acknowledgementMinutes 15'],
    ['forward', '2016-02-06T23:30:00', '2016-02-07T01:30:00', 'qd08-2015: forwardMinutes 120'],
    ['slip', '2025-07-01T00:00:00', '2025-07-01T02:00:00', 'nd164-2025: receptionSlipMinutes 120'],
    ['relay', '2025-06-30T23:59:00', '2025-07-01T01:59:00', 'nd166-2016: relayMinutes 120'],
    ['return', '2026-11-23T08:00:00', '2026-11-27T08:00:00', 'qd366-2026: returnWorkingDays 3'],
    ['return', '2026-04-30T23:59:00', undefined, undefined],
  ] as const)('%s from %s runs out at %s', (kind, from, due, basis) => {
    const found = dueOf(standard, kind, at(from));
    expect([shown(found?.dueAt), found?.basis]).toEqual([due, basis]);
  });

  it('are said to be near their end with a fifth left', () => {
    expect(shown(warnAt(standard, 'forward', at('2026-11-23T08:00:00'), at('2026-11-23T10:00:00')))).toBe('2026-11-23T09:36:00');
  });
});

describe('working days before', () => {
  it.each([['2026-11-30T09:00:00', 1, '2026-11-27T09:00:00'], ['2026-11-25T09:00:00', 1, '2026-11-23T09:00:00'], ['2026-11-25T09:00:00', 0, '2026-11-25T09:00:00'], ['2026-11-28T09:00:00', 1, '2026-11-26T09:00:00']])('%s, %i: %s', (due, days, before) => {
    expect(shown(workingDaysBefore(standard.calendar, at(due), days))).toBe(before);
  });

  it('are the counterpart of due dates, from every working day of three years', () => {
    for (let day = at('2025-01-02T10:00:00'); day < at('2027-12-31T00:00:00'); day = new Date(day.getTime() + 86_400_000)) {
      const start = workingDaysBefore(standard.calendar, day, 0);
      expect(workingDaysBefore(standard.calendar, dueAfterWorkingDays(standard.calendar, start, 5, 'keep_time_of_day').at, 5)).toEqual(start);
    }
  });
});

describe('an outage over a deadline', () => {
  // Tết: 26 January to 1 February 2017, 14–20 February 2018, 16–20 February 2026.
  it.each([
    ['2017-01-25T17:00:00', 'thu', '2017-02-08T17:00:00', 'qd08-2015: outageExtension.collectionWorkingDays 5'],
    ['2017-01-25T17:00:00', 'che-do', '2017-02-08T17:00:00', 'qd08-2015: outageExtension.otherWorkingDays 5'],
    ['2018-02-13T17:00:00', 'thu', '2018-02-23T17:00:00', 'nd166-2016: outageExtension.collectionWorkingDays 3'],
    ['2018-02-13T17:00:00', 'so-the', '2018-03-01T17:00:00', 'nd166-2016: outageExtension.otherWorkingDays 7'],
    ['2026-02-13T17:00:00', 'thu', '2026-02-25T17:00:00', 'nd164-2025: outageExtension.collectionWorkingDays 3'],
    ['2026-02-13T17:00:00', 'che-do', '2026-03-03T17:00:00', 'nd164-2025: outageExtension.otherWorkingDays 7'],
    // The decree at the deadline counts, not that of the day before or after.
    ['2017-02-28T23:59:59', 'thu', '2017-03-07T23:59:59', 'qd08-2015: outageExtension.collectionWorkingDays 5'],
    ['2017-03-01T00:00:00', 'thu', '2017-03-06T00:00:00', 'nd166-2016: outageExtension.collectionWorkingDays 3'],
  ] as const)('of %s (%s) moves it to %s', (deadline, group, until, basis) => {
    const moved = extendDeadline(standard, group, at(deadline), at(deadline));
    expect([shown(moved.dueAt), moved.basis]).toEqual([until, basis]);
  });

  it('that outlasts the extension gives another, until the deadline lies after its end', () => {
    const moved = extendDeadline(standard, 'thu', at('2026-11-02T17:00:00'), at('2026-11-09T12:00:00'));
    expect([shown(moved.dueAt), moved.workingDays]).toEqual(['2026-11-10T17:00:00', 6]);
    expect(extendDeadline(standard, 'thu', at('2026-11-02T17:00:00'), null).workingDays).toBe(3);
  });

  it('lets a clock of hours begin anew at its end, and moves no acknowledgement', () => {
    const times = { arisenAt: at('2026-11-23T08:00:00'), firstDueAt: at('2026-11-23T10:00:00'), dueAt: at('2026-11-23T12:30:00') };
    expect(shown(extensionOf(standard, 'forward', 'thu', times, at('2026-11-23T20:00:00'))?.dueAt)).toBe('2026-11-23T22:00:00');
    expect(extensionOf(standard, 'acknowledge', 'thu', times, at('2026-11-23T20:00:00'))).toBeUndefined();
  });
});

describe('the table', () => {
  const text = Buffer.from([...readStandardFiles()].find(([name]) => name.endsWith('/obligations.json'))?.[1] ?? []).toString('utf8');

  it.each([['"forward":', '"send":'], ['"warnPerCent": 20', '"warnPerCent": "20"'], ['"outage": "restart"', '"outage": "stop"'], ['"lapses": true', '"lapses": 1']])('that says %s as %s stops the start', (from, to) => {
    expect(() => readObligationRules(parseJson(Buffer.from(text.replace(from, to)), 'obligations.json'))).toThrow(/obligations\.json/);
  });
});
