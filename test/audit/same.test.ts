// Guarantee: two values are the same exactly when they are the same as JSON, whatever the order of names and whatever has no value.
import { expect, it } from '@jest/globals';

import { sameJson } from '../../src/audit/same.ts';

const at = new Date(0);
const values: readonly unknown[] = [
  null, true, false, 0, 1, '', '1', 'a', at.toISOString(), [], [null], [1], [1, 2], [2, 1], {}, { a: 1 }, { a: 1, b: 2 }, { a: 1, b: null }, { a: [1, { b: 2, c: [] }] }, { a: [1, { b: 2, c: {} }] }, { a: { b: '2' } }, { toString: 1 }, { length: 0 }, { 0: 1, length: 1 },
];
const written: readonly (readonly [unknown, unknown])[] = [
  [{ b: 2, a: 1 }, { a: 1, b: 2 }], [{ a: 1, b: undefined }, { a: 1 }], [{ a: 1 }, { a: 1, b: undefined }], [[undefined], [null]], [{ at }, { at: at.toISOString() }], [at, at.toISOString()], [undefined, undefined], [{ a: [{ c: 1, b: [at] }] }, { a: [{ b: [at.toISOString()], c: 1 }] }],
];

it.each(values.map((value, place) => [JSON.stringify(value), value, place] as const))('%s is itself and nothing else', (_text, value, place) => {
  values.forEach((other, index) => { expect([index, sameJson(value, structuredClone(other)), sameJson(structuredClone(other), value)]).toEqual([index, index === place, index === place]); });
});

it.each(written)('%j is %j written otherwise', (a, b) => {
  expect([sameJson(a, b), sameJson(b, a)]).toEqual([true, true]);
});

it.each([[{ a: undefined, b: 1 }, { a: 1 }], [{ a: 1 }, { b: undefined, c: 1 }], [undefined, null]])('%j is not %j', (a, b) => {
  expect([sameJson(a, b), sameJson(b, a)]).toEqual([false, false]);
});
