// Attack: a revocation list in the authority's name, made with another key – by a stranger, by a unit, by a sister authority – which says that nobody is
// revoked, or that an honest unit is (RFC 5280 §6.3.3(f-g)).
import { afterAll, describe, expect, it } from '@jest/globals';

import { makeKeys, openPaths, revoked, usage } from './paths.ts';
import { openStage } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });
const paths = openPaths(stage);

const root = await paths.root('Root');
const authority = await paths.authority(root, 'CA');
const sister = await paths.authority(root, 'CA 2');
const leaf = await paths.leaf(authority);
const dossier = paths.signed(leaf, [authority]);
const ofRoot = await paths.list(root);
const judgedBy = async (lists: readonly Buffer[]): Promise<string> => stage.judged(dossier, await paths.material([root, authority, sister], [ofRoot, await paths.list(sister), ...lists]));
const entry = revoked(leaf.certificate, paths.day(-1));

describe('a list in the name of the authority', () => {
  it('lives: its own clears and revokes', async () => {
    expect(await judgedBy([await paths.list(authority)])).toBe('accepted');
    expect(await judgedBy([await paths.list(authority, { entries: [entry] })])).toMatch(/^REVOKED/);
  });

  it.each([
    ['a stranger’s key', async () => ({ name: authority.name, keys: await makeKeys() })],
    ['the unit’s key', () => Promise.resolve({ name: authority.name, keys: leaf.keys })],
    ['the sister’s key', () => Promise.resolve({ name: authority.name, keys: sister.keys })],
    ['the anchor’s key', () => Promise.resolve({ name: authority.name, keys: root.keys })],
  ])('with %s neither clears nor revokes', async (_who, forger) => {
    const forged = await forger();
    expect(await judgedBy([await paths.list(forged)])).toBe('not now: REVOCATION_UNKNOWN');
    expect(await judgedBy([await paths.list(forged, { entries: [entry] })])).toBe('not now: REVOCATION_UNKNOWN');
    // Beside the true one it changes nothing, though it is the newer.
    const newer = { thisUpdate: paths.day(0), number: 99 };
    expect(await judgedBy([await paths.list(forged, { ...newer, entries: [entry] }), await paths.list(authority)])).toBe('accepted');
    expect(await judgedBy([await paths.list(forged, newer), await paths.list(authority, { entries: [entry] })])).toMatch(/^REVOKED/);
  });

  it('under another authority’s name is that one’s: a serial number is revoked by its own issuer alone', async () => {
    expect(await judgedBy([await paths.list(authority), await paths.list(sister, { thisUpdate: paths.day(0), entries: [entry] })])).toBe('accepted');
    expect(await judgedBy([await paths.list({ name: sister.name, keys: authority.keys })])).toBe('not now: REVOCATION_UNKNOWN');
  });

  it('of an authority that may not sign lists is not used', async () => {
    const mute = await paths.authority(root, 'CA 3', { usages: [usage.keyCertSign] });
    const trust = await paths.material([root, mute], [ofRoot, await paths.list(mute)]);
    expect(stage.judged(paths.signed(await paths.leaf(mute)), trust)).toBe('not now: REVOCATION_UNKNOWN');
  });

  it('changed in one octet is not the list any more', async () => {
    const list = await paths.list(authority, { entries: [entry] });
    const at = list.indexOf(Buffer.from(leaf.certificate.serialNumber, 'hex')) + 1;
    const changed = Buffer.from(list);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(await judgedBy([changed])).toBe('not now: REVOCATION_UNKNOWN');
  });
});
