// Attack: an authority that may issue leaves only (pathLenConstraint) issues another authority, which issues for everybody
// (RFC 5280 §6.1.4(l-m); CVE-2008-5077 and X.509 test suites PKITS 4.6).
import { afterAll, describe, expect, it } from '@jest/globals';

import { openPaths } from './paths.ts';
import { openStage } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });
const paths = openPaths(stage);

describe('an authority below one that may have none', () => {
  it.each([
    [1, 'accepted'],
    [0, 'CHAIN_CONSTRAINTS_FAILURE'],
  ])('with pathLenConstraint %i the path is: %s', async (pathLength, outcome) => {
    const root = await paths.root('Root');
    const authority = await paths.authority(root, 'CA', { pathLength });
    const below = await paths.authority(authority, 'CA dưới');
    expect(stage.judged(paths.signed(await paths.leaf(below), [below, authority]), await paths.material([root, authority, below]))).toBe(outcome);
  });

  it.each([
    [1, 'accepted'],
    [0, 'CHAIN_CONSTRAINTS_FAILURE'],
  ])('the anchor’s own pathLenConstraint %i binds too: %s', async (pathLength, outcome) => {
    const root = await paths.root('Root', { pathLength });
    const authority = await paths.authority(root, 'CA');
    expect(stage.judged(paths.signed(await paths.leaf(authority), [authority]), await paths.material([root, authority]))).toBe(outcome);
  });

  it('cannot be hidden behind the authority’s own name more than once for nothing: what it issues to itself does not count, what that issues does', async () => {
    const root = await paths.root('Root');
    const authority = await paths.authority(root, 'CA', { pathLength: 0 });
    const renewed = await paths.authority(authority, 'CA');
    const below = await paths.authority(renewed, 'CA dưới');
    const trust = await paths.material([root, authority, renewed, below]);
    expect(stage.judged(paths.signed(await paths.leaf(renewed)), trust)).toBe('accepted');
    expect(stage.judged(paths.signed(await paths.leaf(below)), trust)).toBe('CHAIN_CONSTRAINTS_FAILURE');
  });
});
