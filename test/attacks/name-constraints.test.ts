// Attack: an authority that was given one corner of the name space issues for units outside of it (RFC 5280 §4.2.1.10, §6.1.4(g)); a verifier that
// passes over the constraint, or over any critical extension that it does not know, accepts (CVE-2015-1793 class, PKITS 4.13 and 4.16).
import { afterAll, describe, expect, it } from '@jest/globals';

import { nameOf, openPaths, uid, x509 } from './paths.ts';
import { openStage } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });
const paths = openPaths(stage);

/** permittedSubtrees: the directory name given, and nothing else. */
function permitted(name: string, critical = true): x509.Extension {
  const encoded = Buffer.from(new x509.Name(nameOf(name)).toArrayBuffer());
  const wrap = (tag: number, content: Buffer): Buffer => Buffer.concat([content.length < 128 ? Buffer.from([tag, content.length]) : Buffer.from([tag, 0x81, content.length]), content]);
  return new x509.Extension('2.5.29.30', critical, wrap(0x30, wrap(0xa0, wrap(0x30, wrap(0xa4, encoded)))));
}

const root = await paths.root('Root');

describe('a constrained authority', () => {
  it('lives: without the constraint its leaf is accepted', async () => {
    const authority = await paths.authority(root, 'CA');
    expect(stage.judged(paths.signed(await paths.leaf(authority), [authority]), await paths.material([root, authority]))).toBe('accepted');
  });

  it('does not issue for units outside of its names', async () => {
    const authority = await paths.authority(root, 'CA', { extensions: [permitted('Một đơn vị khác')] });
    expect(stage.judged(paths.signed(await paths.leaf(authority), [authority]), await paths.material([root, authority]))).toBe('CHAIN_CONSTRAINTS_FAILURE');
  });

  it('does not either where the constraint is not marked critical, or stands further up', async () => {
    const plain = await paths.authority(root, 'CA', { extensions: [permitted('Một đơn vị khác', false)] });
    expect(stage.judged(paths.signed(await paths.leaf(plain), [plain]), await paths.material([root, plain]))).toBe('CHAIN_CONSTRAINTS_FAILURE');
    const upper = await paths.authority(root, 'CA trên', { extensions: [permitted('Một đơn vị khác')] });
    const lower = await paths.authority(upper, 'CA dưới');
    expect(stage.judged(paths.signed(await paths.leaf(lower), [lower]), await paths.material([root, upper, lower]))).toBe('CHAIN_CONSTRAINTS_FAILURE CHAIN_CONSTRAINTS_FAILURE');
  });

  it('issues for units inside of its names', async () => {
    const authority = await paths.authority(root, 'CA', { extensions: [permitted('Một đơn vị')] });
    const leaf = await paths.leaf(authority, { subject: [...nameOf('Một đơn vị'), uid('MST:0101300842')] });
    expect(stage.judged(paths.signed(leaf, [authority]), await paths.material([root, authority]))).toBe('accepted');
  });

  it('that requires a policy which nobody here checks issues nothing', async () => {
    const authority = await paths.authority(root, 'CA', { extensions: [new x509.Extension('2.5.29.36', true, Buffer.from('3003800100', 'hex'))] });
    expect(stage.judged(paths.signed(await paths.leaf(authority), [authority]), await paths.material([root, authority]))).toBe('CHAIN_CONSTRAINTS_FAILURE');
  });

  it.each(['1.2.3.4', '2.5.29.33.1', '2.5.29.9', '2.5.29.46'])('nor does one whose critical extension %s nobody here understands', async (oid) => {
    const extension = new x509.Extension(oid, true, Buffer.from('3000', 'hex'));
    const authority = await paths.authority(root, 'CA', { extensions: [extension] });
    expect(stage.judged(paths.signed(await paths.leaf(authority), [authority]), await paths.material([root, authority]))).toBe('CHAIN_CONSTRAINTS_FAILURE');
  });

  it('and a leaf with such an extension is refused, with the same one not critical it is not', async () => {
    const trust = await paths.material([root]);
    const leaf = (critical: boolean) => paths.leaf(root, { extensions: [new x509.Extension('1.2.3.4', critical, Buffer.from('3000', 'hex'))] });
    expect(stage.judged(paths.signed(await leaf(true)), trust)).toBe('CHAIN_CONSTRAINTS_FAILURE');
    expect(stage.judged(paths.signed(await leaf(false)), trust)).toBe('accepted');
  });
});
