// Guarantee: however much is found, what refuses is told; the count says how much is not.
import { expect, it } from '@jest/globals';

import { finding } from '../../src/errors/outcomes.ts';
import { cut } from '../../src/intake/judge.ts';

const warnings = Array.from({ length: 600 }, () => finding('TELEPHONE_SHAPE'));
const refusing = finding('PERSON_REPEATED');

it('what refuses comes before six hundred warnings', () => {
  const kept = cut([...warnings, refusing]);
  expect([kept.length, kept[0], kept.at(-1)]).toEqual([501, refusing, finding('FINDINGS_OMITTED', { params: { count: 101 } })]);
});

it('what fits is left in its order, and counts of the rules are added together', () => {
  const few = [...warnings.slice(0, 3), refusing];
  expect(cut(few)).toBe(few);
  const counted = cut([...few, finding('FINDINGS_OMITTED', { params: { count: 7 } }), finding('FINDINGS_OMITTED', { params: { count: 5 } })]);
  expect(counted).toEqual([...few, finding('FINDINGS_OMITTED', { params: { count: 12 } })]);
});
