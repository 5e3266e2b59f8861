// Attack: a leaf of the attacker's signs itself and bears the anchor's name, or the anchor's own certificate is shown with his signature
// (CVE-2015-1793 OpenSSL "alternative chains"; any verifier that takes a self-signed certificate of a known name for an anchor).
import { afterAll, describe, expect, it } from '@jest/globals';

import { nameOf, openPaths, uid, usage } from './paths.ts';
import { openStage } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });
const paths = openPaths(stage);

const root = await paths.root('Root');
const trust = await paths.material([root]);
const subject = [...nameOf('Root'), uid('MST:0101300842')];

describe('a certificate that signed itself', () => {
  it('lives: a leaf of the true anchor is accepted', async () => {
    expect(stage.judged(paths.signed(await paths.leaf(root)), trust)).toBe('accepted');
  });

  it('is nobody’s, under the name of the anchor, with the mark of an authority or without', async () => {
    const usages = [usage.digitalSignature, usage.keyCertSign];
    for (const shape of [{ ca: false }, { ca: true, usages }, { ca: false, usages: 'absent' as const }, { subject, ca: false, usages: [usage.digitalSignature] }]) {
      expect(stage.judged(paths.signed(await paths.root('Root', shape)), trust)).toMatch(/^NO_CERTIFICATE_CHAIN_FOUND/);
    }
  });

  it('is nobody’s, shown twice or with the anchor', async () => {
    const self = await paths.root('Root', { ca: false, usages: [usage.digitalSignature] });
    expect(stage.judged(paths.signed(self, [self, root]), trust)).toMatch(/^NO_CERTIFICATE_CHAIN_FOUND/);
  });

  it('is not signed by the anchor because the anchor is shown in its place: the key is not the attacker’s', async () => {
    const attacker = await paths.root('Root', { ca: false, usages: [usage.digitalSignature] });
    expect(stage.judged(paths.signed({ ...attacker, certificate: root.certificate }), trust)).toMatch(/^SIG_CRYPTO_FAILURE/);
  });

  it('is not trusted for lying among the intermediates that no anchor signed', async () => {
    const stranger = await paths.root('Root lạ');
    const below = await paths.authority(stranger, 'CA lạ');
    expect(stage.judged(paths.signed(await paths.leaf(below), [below, stranger]), await paths.material([root, below]))).toBe('NO_CERTIFICATE_CHAIN_FOUND');
  });
});
