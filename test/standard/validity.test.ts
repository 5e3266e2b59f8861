// Guarantee: a date has one answer: the first day counts, the last does not, days are those at +07:00, and rows that overlap are refused.
import { describe, expect, test } from '@jest/globals';

import { datedRows, inForceAt, inOrder, isInForce, readValidity } from '../../src/standard/validity.ts';

const row = (from: string | undefined, until: string | undefined, name = ''): { from: string | undefined; until: string | undefined; name: string } => ({ from, until, name });

describe('in force', () => {
  test.each([
    ['2025-06-30T16:59:59.999Z', false],
    ['2025-06-30T17:00:00Z', true],
    ['2026-04-30T16:59:59.999Z', true],
    ['2026-04-30T17:00:00Z', false],
  ])('from 2025-07-01 until 2026-05-01 at %s: %s', (text, expected) => {
    expect(isInForce(row('2025-07-01', '2026-05-01'), new Date(text))).toBe(expected);
  });

  test('open at either end', () => {
    expect(isInForce(row(undefined, '2026-05-01'), new Date(0))).toBe(true);
    expect(isInForce(row('2026-05-01', undefined), new Date('2100-01-01'))).toBe(true);
    expect(isInForce(row(undefined, undefined), new Date(0))).toBe(true);
  });

  test('of rows that leave a gap, none stands in it', () => {
    const rows = [row(undefined, '2025-01-01', 'first'), row('2025-02-01', undefined, 'second')];
    const at = (text: string): string | undefined => inForceAt(rows, new Date(`${text}T12:00:00+07:00`))?.name;
    expect([at('2024-12-31'), at('2025-01-15'), at('2025-02-01')]).toEqual(['first', undefined, 'second']);
  });
});

describe('rows', () => {
  test('are put in order of time, each key for itself', () => {
    const rows = [row('2026-01-01', undefined, 'b'), row('2020-01-01', '2026-01-01', 'b'), row(undefined, '2020-01-01', 'b'), row('2026-01-01', undefined, 'a')];
    expect(datedRows(rows, ({ name }) => name, 'table').get('b')?.map(({ from }) => from)).toEqual([undefined, '2020-01-01', '2026-01-01']);
  });

  test.each([
    [row('2020-01-01', '2026-01-02'), row('2026-01-01', undefined)],
    [row(undefined, undefined), row('2026-01-01', undefined)],
    [row('2026-01-01', undefined), row('2026-01-01', '2027-01-01')],
    [row(undefined, '2026-01-01'), row(undefined, '2027-01-01')],
  ])('that overlap are refused with their place', (a, b) => {
    expect(() => inOrder([a, b], 'table: x')).toThrow(/^table: x: two rows/);
    expect(() => inOrder([b, a], 'table: x')).toThrow(/^table: x: two rows/);
  });

  test.each([[{ from: '2026-05-01', until: '2026-05-01' }], [{ from: '2026-05-02', until: '2026-05-01' }], [{ from: '01/05/2026', until: null }], [{ from: null }], [{ until: null }]])('%j is no validity', (value) => {
    expect(() => readValidity({ value, at: 'table/0' })).toThrow(/^table\/0/);
  });
});
