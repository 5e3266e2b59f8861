// Guarantee: an I-VAN's downtime is 2 % of the hours of the year, leap years included; what overlaps counts once, and a window over New Year to each year its part.
import { describe, expect, it } from '@jest/globals';

import { downtimeOf } from '../../src/outages/downtime.ts';

const hour = 3_600_000;
const at = (text: string): Date => new Date(`${text}+07:00`);
const now = at('2028-12-31T12:00:00');

describe('the budget', () => {
  it.each([[2026, 175.2], [2027, 175.2], [2028, 175.68], [2100, 175.2]])('of %i is %d hours', (year, hours) => {
    expect(downtimeOf(year, [], 20, now)).toEqual({ year, budgetMs: hours * hour, spentMs: 0, pastMs: 0, isExceeded: false });
  });

  it('is kept to the last millisecond, and not a millisecond longer', () => {
    const from = at('2028-03-01T00:00:00');
    expect(downtimeOf(2028, [{ from, until: new Date(from.getTime() + 175.68 * hour) }], 20, now).isExceeded).toBe(false);
    expect(downtimeOf(2028, [{ from, until: new Date(from.getTime() + 175.68 * hour + 1) }], 20, now).isExceeded).toBe(true);
  });
});

describe('what is spent', () => {
  it('counts overlapping windows and outages once', () => {
    const windows = [
      { from: at('2026-05-01T04:00:00'), until: at('2026-05-01T06:00:00') }, { from: at('2026-05-01T00:00:00'), until: at('2026-05-01T05:00:00') },
      { from: at('2026-05-01T01:00:00'), until: at('2026-05-01T02:00:00') }, { from: at('2026-05-02T00:00:00'), until: at('2026-05-02T01:00:00') },
    ];
    expect(downtimeOf(2026, windows, 20, now).spentMs).toBe(7 * hour);
  });

  it('is told from what lies behind already', () => {
    const windows = [{ from: at('2026-05-01T00:00:00'), until: at('2026-05-01T04:00:00') }, { from: at('2026-06-01T00:00:00'), until: at('2026-06-01T05:00:00') }];
    expect(downtimeOf(2026, windows, 20, at('2026-05-01T03:00:00'))).toMatchObject({ spentMs: 9 * hour, pastMs: 3 * hour });
    expect(downtimeOf(2027, windows, 20, at('2026-05-01T03:00:00'))).toMatchObject({ spentMs: 0, pastMs: 0 });
  });

  it('is cut at New Year in Vietnam, and at now while it lasts', () => {
    const over = [{ from: at('2026-12-31T22:00:00'), until: at('2027-01-01T03:00:00') }];
    expect([2026, 2027, 2028].map((year) => downtimeOf(year, over, 20, now).spentMs)).toEqual([2 * hour, 3 * hour, 0]);
    expect(downtimeOf(2028, [{ from: at('2028-12-31T09:00:00'), until: undefined }], 20, now).spentMs).toBe(3 * hour);
  });
});
