// Guarantee: what is due is due by the calendar at any pace, and what the officers do they do in office hours, in order, and in time.
import { describe, expect, test } from '@jest/globals';

import { officeMoment, planOf, readyAt } from '../../src/backend/plan.ts';
import type { Pacing } from '../../src/backend/plan.ts';
import type { Workflow } from '../../src/backend/workflow.ts';
import { loadWorkflows } from '../../src/backend/workflow.ts';
import { works } from '../../src/backend/works.ts';
import { isWorkingDay } from '../../src/standard/calendar.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { formatInstant, formatIsoDay } from '../../src/standard/time.ts';

const { calendar, procedureAt } = loadStandard();
const workflows = loadWorkflows(new Set(works.keys()));
const byCalendar: Pacing = { pace: { kind: 'calendar' }, calendar, slowness: 1 };
const of = (code: string, at: Date): { readonly workflow: Workflow; readonly days: number } => workflows.of(code, procedureAt(code, at));
const clockAt = (instant: string): string => formatInstant(new Date(instant)).slice(11, 16);

describe('process 320', () => {
  const at = new Date('2017-01-03T02:00:00Z');
  const { workflow, days } = of('320', at);

  test('is due as the notice says: 60 = 1 + 19 + 39 + 1', () => {
    expect([days, workflow.steps.map((step) => step.days)]).toEqual([60, [1, 19, 39, 1]]);
    expect(planOf(workflow, days, at, byCalendar).dues.map((due) => formatIsoDay(new Date(due)))).toEqual(['2017-01-04', '2017-02-07', '2017-04-03', '2017-04-04']);
  });

  test('is due at the same instants at another pace, and done within it, every move in its place', () => {
    const slow = planOf(workflow, days, at, byCalendar);
    const quick = planOf(workflow, days, at, { ...byCalendar, pace: { kind: 'compressed', ms: 60_000 } });
    expect(quick.dues).toEqual(slow.dues);
    expect(quick.moves.map(({ kind, work }) => [kind, work])).toEqual(slow.moves.map(({ kind, work }) => [kind, work]));
    expect(readyAt(quick)).toEqual(new Date(at.getTime() + 60_000));
  });
});

describe('officers', () => {
  test.each([
    ['2026-11-20T01:58:42Z', '600'], ['2026-11-20T15:59:00Z', '600'], ['2026-11-21T19:00:00Z', '600'], ['2026-11-21T23:30:00Z', '612'], ['2017-01-02T17:00:00Z', '320'], ['2026-11-23T16:59:59Z', '630a'],
  ])('work in office hours on working days and in time, received at %s by procedure %s', (received, code) => {
    const at = new Date(received);
    const { workflow, days } = of(code, at);
    const plan = planOf(workflow, days, at, byCalendar);
    expect(plan.moves.map((move) => move.at)).toEqual(plan.moves.map((move) => move.at).toSorted());
    for (const move of plan.moves.filter((one) => new Date(one.at).getTime() > at.getTime() + 3_600_000)) {
      expect(isWorkingDay(calendar, new Date(move.at))).toBe(true);
      expect(clockAt(move.at) >= '08:00' && clockAt(move.at) <= '17:00').toBe(true);
    }
    expect(readyAt(plan).toISOString() <= (plan.dues.at(-1) ?? '')).toBe(true);
  });

  test.each([
    ['2026-11-30T02:00:00Z', '2026-11-30T08:45'], ['2026-11-30T01:05:00Z', '2026-11-27T16:45'], ['2026-11-30T15:00:00Z', '2026-11-30T16:45'], ['2026-11-29T05:00:00Z', '2026-11-27T16:45'], ['2026-11-25T00:00:00Z', '2026-11-23T16:45'],
  ])('what is due at %s is done at %s', (due, done) => {
    expect(formatInstant(officeMoment(calendar, new Date(due), new Date('2026-11-01T00:00:00Z'))).slice(0, 16)).toBe(done);
  });

  test('never before it came', () => {
    const from = new Date('2026-11-30T02:00:00Z');
    expect(officeMoment(calendar, new Date('2026-11-30T02:10:00Z'), from)).toEqual(from);
  });
});

test('who is slow apologises before the day lapses', () => {
  const at = new Date('2026-11-20T02:00:00Z');
  const { workflow, days } = of('600', at);
  const plan = planOf(workflow, days, at, { ...byCalendar, slowness: 1.5 });
  const apology = plan.moves.find(({ kind }) => kind === 'apologise');
  expect(formatInstant(new Date(apology?.at ?? 0)).slice(0, 10)).toBe('2026-11-27');
  expect(readyAt(plan).toISOString() > (plan.dues.at(-1) ?? '')).toBe(true);
  expect(plan.moves.map((move) => move.at)).toEqual(plan.moves.map((move) => move.at).toSorted());
});
