// Attack: a path over an authority that is no longer, or not yet, valid: its key may be out of anybody's care, and nobody lists its revocations
// any more (RFC 5280 §6.1.3(a)(2); the AddTrust root of 30 May 2020 shows the opposite fault, refusing although another path was good).
import { afterAll, describe, expect, it } from '@jest/globals';

import { makeKeys, openPaths } from './paths.ts';
import { openStage } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });
const paths = openPaths(stage);

const second = (date: Date, count: number): Date => new Date(date.getTime() + count * 1000);

describe('a path over an authority', () => {
  it.each([
    ['valid', {}, 'accepted'],
    ['expired a second ago', { notAfter: second(paths.day(0), -1) }, 'CHAIN_CONSTRAINTS_FAILURE'],
    ['valid from tomorrow', { notBefore: paths.day(1) }, 'CHAIN_CONSTRAINTS_FAILURE'],
  ])('%s is judged: %#', async (_when, shape, outcome) => {
    const root = await paths.root('Root');
    const authority = await paths.authority(root, 'CA', shape);
    expect(stage.judged(paths.signed(await paths.leaf(authority), [authority]), await paths.material([root, authority]))).toBe(outcome);
  });

  it('expired as anchor is refused', async () => {
    const root = await paths.root('Root', { notAfter: second(paths.day(0), -1) });
    expect(stage.judged(paths.signed(await paths.leaf(root)), await paths.material([root]))).toBe('CHAIN_CONSTRAINTS_FAILURE');
  });

  it('expired is no loss where the same key was certified anew', async () => {
    const [root, keys] = [await paths.root('Root'), await makeKeys()];
    const old = await paths.authority(root, 'CA', { keys, notAfter: second(paths.day(0), -1) });
    const renewed = await paths.authority(root, 'CA', { keys });
    const leaf = await paths.leaf(renewed);
    expect(stage.judged(paths.signed(leaf, [old]), await paths.material([root, old, renewed]))).toBe('accepted');
    expect(stage.judged(paths.signed(leaf, [old]), await paths.material([root, old]))).toBe('CHAIN_CONSTRAINTS_FAILURE');
  });

  it('of a leaf that expired, or is not valid yet, is refused in the leaf’s own words', async () => {
    const root = await paths.root('Root');
    const trust = await paths.material([root]);
    expect(stage.judged(paths.signed(await paths.leaf(root, { notAfter: second(paths.day(0), -1) })), trust)).toMatch(/^EXPIRED/);
    expect(stage.judged(paths.signed(await paths.leaf(root, { notBefore: paths.day(1) })), trust)).toMatch(/^NOT_YET_VALID/);
  });
});
