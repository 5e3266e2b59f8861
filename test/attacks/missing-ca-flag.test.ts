// Attack: a certificate without the mark of an authority – no basicConstraints, or cA false, or version 1 – stands as issuer in the path, as
// verifiers take it that do not look (RFC 5280 §6.1.4(k); CVE-2020-0601 shows what one unchecked field of a path costs).
import { afterAll, describe, expect, it } from '@jest/globals';

import { openPaths, usage, x509 } from './paths.ts';
import { openStage } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });
const paths = openPaths(stage);

const root = await paths.root('Root');
const trust = await paths.material([root]);
const usages = [usage.keyCertSign, usage.cRLSign];

describe('an issuer without the mark of an authority', () => {
  it('lives: with it, the same path is accepted', async () => {
    const authority = await paths.authority(root, 'CA', { usages });
    expect(stage.judged(paths.signed(await paths.leaf(authority), [authority]), await paths.material([root, authority]))).toBe('accepted');
  });

  it.each([
    ['for want of basicConstraints', { ca: false }],
    ['for cA = FALSE', { ca: false, extensions: [new x509.BasicConstraintsExtension(false, undefined, true)] }],
  ])('%s is no issuer, shown by the sender or laid into the folder by an operator', async (_why, shape) => {
    const authority = await paths.authority(root, 'CA', { usages, ...shape });
    expect(stage.judged(paths.signed(await paths.leaf(authority), [authority, root]), trust)).toMatch(/^(?:NO_CERTIFICATE_CHAIN_FOUND|CHAIN_CONSTRAINTS_FAILURE)/);
    // The folder may hold it, for those that sign revocation data are none; it issues nothing for that.
    const { anchors, intermediates } = await paths.material([root, authority]);
    expect([...anchors, ...intermediates]).not.toContain(authority.certificate);
    expect(stage.judged(paths.signed(await paths.leaf(authority), [authority, root]), await paths.material([root, authority]))).toMatch(/^(?:NO_CERTIFICATE_CHAIN_FOUND|CHAIN_CONSTRAINTS_FAILURE)/);
  });

  it('is no trust anchor either', async () => {
    const self = await paths.root('Root 2', { ca: false, usages });
    const material = await paths.material([self]);
    expect(material.anchors).not.toContain(self.certificate);
    expect(stage.judged(paths.signed(await paths.leaf(self)), material)).toMatch(/^NO_CERTIFICATE_CHAIN_FOUND/);
  });
});
