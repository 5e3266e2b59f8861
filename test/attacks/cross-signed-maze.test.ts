// Attack: certificates that sign each other in loops or layers, so that the number of paths grows without bound and the verifier's work with it
// (CVE-2018-16875 Go, CVE-2023-23524; "Path building with hostile certificates", RFC 4158 §6.1).
import { afterAll, describe, expect, it } from '@jest/globals';

import { makeKeys, openPaths } from './paths.ts';
import type { Holder } from './paths.ts';
import { openStage } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });
const paths = openPaths(stage);

const root = await paths.root('Root');

/** Layers of one name each, every one of a layer signed by every one of the layer above: width ** depth paths. */
async function maze(top: readonly Holder[], width: number, depth: number): Promise<{ all: Holder[]; last: Holder[] }> {
  const all: Holder[] = [];
  let above = top;
  for (let level = 0; level < depth; level += 1) {
    const keys = await Promise.all(Array.from({ length: width }, () => makeKeys()));
    const layer = await Promise.all(above.flatMap((issuer) => keys.map((pair) => paths.authority(issuer, `Tầng ${level}`, { keys: pair }))));
    all.push(...layer);
    above = layer.slice(0, width);
  }
  return { all, last: [...above] };
}

describe('a maze of certificates', () => {
  it('shown by the sender changes nothing for a good path', async () => {
    const authority = await paths.authority(root, 'CA');
    const stranger = await paths.root('Lạ');
    const { all } = await maze([stranger], 2, 3);
    expect(stage.judged(paths.signed(await paths.leaf(authority), all.slice(0, 9)), await paths.material([root, authority]))).toBe('accepted');
  });

  it('shown by the sender leads nowhere, and more certificates than any signer has are refused unread', async () => {
    const stranger = await paths.root('Lạ');
    const { all, last } = await maze([stranger], 2, 3);
    const [issuer] = last;
    if (issuer === undefined) throw new Error('no maze');
    const leaf = await paths.leaf(issuer);
    const trust = await paths.material([root]);
    expect(stage.judged(paths.signed(leaf, all.slice(0, 9)), trust)).toBe('NO_CERTIFICATE_CHAIN_FOUND');
    expect(stage.judged(paths.signed(leaf, [...all, ...all, ...all].slice(0, 10)), trust)).toBe('SIGNATURE_FORMAT');
  });

  it('in the material itself ends with "not now" and not with hours of work', async () => {
    const stranger = await paths.root('Lạ');
    const { all, last } = await maze([stranger], 4, 4);
    const [issuer] = last;
    if (issuer === undefined) throw new Error('no maze');
    // Without its anchor every path must be tried before there is none.
    const trust = await paths.material([root, ...all]);
    expect(stage.judged(paths.signed(await paths.leaf(issuer)), trust)).toMatch(/^(?:not now: TRUST_MATERIAL|NO_CERTIFICATE_CHAIN_FOUND)$/);
  });

  it('of two authorities that signed each other is no path', async () => {
    const [one, other] = [await makeKeys(), await makeKeys()];
    const first = await paths.authority({ name: (await paths.root('B', { keys: other })).name, keys: other }, 'A', { keys: one });
    const second = await paths.authority(first, 'B', { keys: other });
    expect(stage.judged(paths.signed(await paths.leaf(first), [first, second]), await paths.material([root, first, second]))).toBe('NO_CERTIFICATE_CHAIN_FOUND');
  });

  it('does not hide a good path at its edge', async () => {
    const authority = await paths.authority(root, 'CA');
    const stranger = await paths.root('Lạ');
    const crossed = await paths.authority(stranger, 'CA', { keys: authority.keys });
    expect(stage.judged(paths.signed(await paths.leaf(authority), [crossed]), await paths.material([root, authority, crossed]))).toBe('accepted');
  });
});
