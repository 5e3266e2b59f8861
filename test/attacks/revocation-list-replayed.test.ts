// Attack: an old list, from before the revocation, is served again in place of the new one: it is truly signed, and says that the stolen certificate is
// good (RFC 5280 §6.3.3; the reason for nextUpdate and cRLNumber).
import { afterAll, describe, expect, it } from '@jest/globals';

import { openPaths, revoked } from './paths.ts';
import { openStage } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });
const paths = openPaths(stage);

const root = await paths.root('Root');
const authority = await paths.authority(root, 'CA');
const leaf = await paths.leaf(authority);
const dossier = paths.signed(leaf, [authority]);
const ofRoot = await paths.list(root);
const judgedBy = async (...lists: readonly Buffer[]): Promise<string> => stage.judged(dossier, await paths.material([root, authority], [ofRoot, ...lists]));
const entries = [revoked(leaf.certificate, paths.day(-2))];

const old = await paths.list(authority, { thisUpdate: paths.day(-5), nextUpdate: paths.day(1), number: 1 });
const fresh = await paths.list(authority, { thisUpdate: paths.day(-1), nextUpdate: paths.day(1), number: 2, entries });

describe('a list from before the revocation', () => {
  it('lives: alone, and not yet due, it clears the certificate – nothing at hand can know better', async () => {
    expect(await judgedBy(old)).toBe('accepted');
  });

  it('does not clear what a newer one revokes, in whatever order they come', async () => {
    expect(await judgedBy(old, fresh)).toMatch(/^REVOKED/);
    expect(await judgedBy(fresh, old)).toMatch(/^REVOKED/);
  });

  it('does not do so by a later nextUpdate or a higher number', async () => {
    const boastful = await paths.list(authority, { thisUpdate: paths.day(-5), nextUpdate: paths.day(300), number: 127 });
    expect(await judgedBy(boastful, fresh)).toMatch(/^REVOKED/);
  });

  it('that is overdue clears nobody, beside an overdue newer one neither', async () => {
    const overdue = await paths.list(authority, { thisUpdate: paths.day(-5), nextUpdate: paths.day(-1) });
    const newer = await paths.list(authority, { thisUpdate: paths.day(-4), nextUpdate: paths.day(-1), number: 3 });
    expect(await judgedBy(overdue)).toBe('not now: REVOCATION_UNKNOWN');
    expect(await judgedBy(overdue, newer)).toBe('not now: REVOCATION_UNKNOWN');
  });

  it('does not come back to life because the newer one is overdue', async () => {
    const longLived = await paths.list(authority, { thisUpdate: paths.day(-5), nextUpdate: paths.day(30) });
    const newer = await paths.list(authority, { thisUpdate: paths.day(-3), nextUpdate: paths.day(-1), number: 3, entries });
    expect(await judgedBy(longLived, newer)).toMatch(/^(?:not now: REVOCATION_UNKNOWN|REVOKED)/);
  });

  it('without nextUpdate, which would never be overdue, is not used', async () => {
    expect(await judgedBy(await paths.list(authority, { nextUpdate: null }))).toBe('not now: REVOCATION_UNKNOWN');
  });

  it('of the anchor about the authority counts like any other', async () => {
    const staleRoot = await paths.list(root, { thisUpdate: paths.day(-5), nextUpdate: paths.day(-1) });
    const revoking = await paths.list(root, { entries: [revoked(authority.certificate, paths.day(-2))] });
    const current = await paths.list(authority);
    const by = async (...lists: readonly Buffer[]): Promise<string> => stage.judged(dossier, await paths.material([root, authority], [...lists, current]));
    expect([await by(ofRoot), await by(staleRoot), await by(revoking), await by(staleRoot, revoking)]).toEqual(['accepted', 'not now: REVOCATION_UNKNOWN', 'CHAIN_CONSTRAINTS_FAILURE', 'CHAIN_CONSTRAINTS_FAILURE']);
  });
});
