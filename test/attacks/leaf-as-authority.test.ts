// Attack: whoever holds any unit's certificate issues certificates with its key, for other units, and shows it as their issuer
// (CVE-2002-0862 Internet Explorer, "BasicConstraints"; CVE-2011-0228 iOS; CVE-2021-3450 OpenSSL).
import { afterAll, describe, expect, it } from '@jest/globals';

import { openPaths, uid } from './paths.ts';
import { openStage } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });
const paths = openPaths(stage);

const root = await paths.root('Root');
const authority = await paths.authority(root, 'CA');
const trust = await paths.material([root, authority]);
const attacker = await paths.leaf(authority, { subject: [{ CN: ['Kẻ gian'] }, uid('MST:0109999999')] });

describe('a certificate issued by a leaf', () => {
  it('lives: one issued by the authority itself is accepted', async () => {
    expect(stage.judged(paths.signed(await paths.leaf(authority), [authority, root]), trust)).toBe('accepted');
  });

  it.each([
    ['plainly', {}],
    ['with key usage for certificates', { usages: [0, 1, 5, 6] }],
    ['without any key usage', { usages: 'absent' as const }],
  ])('%s is refused, shown with its whole path', async (_how, shape) => {
    const issuer = await paths.leaf(authority, { subject: attacker.name, ...shape });
    const forged = await paths.leaf(issuer);
    expect(stage.judged(paths.signed(forged), trust)).toBe('NO_CERTIFICATE_CHAIN_FOUND');
    expect(stage.judged(paths.signed(forged, [issuer, authority, root]), trust)).toMatch(/^(?:NO_CERTIFICATE_CHAIN_FOUND|CHAIN_CONSTRAINTS_FAILURE)/);
  });

  it('that says it is an authority is still issued by a leaf', async () => {
    const forgedAuthority = await paths.authority(attacker, 'CA giả');
    const forged = await paths.leaf(forgedAuthority);
    expect(stage.judged(paths.signed(forged, [forgedAuthority, attacker, authority, root]), trust)).toMatch(/^(?:NO_CERTIFICATE_CHAIN_FOUND|CHAIN_CONSTRAINTS_FAILURE)/);
  });

  it('in the name of the authority is not the authority’s', async () => {
    const forged = await paths.leaf({ name: authority.name, keys: attacker.keys });
    expect(stage.judged(paths.signed(forged, [attacker, authority, root]), trust)).toBe('NO_CERTIFICATE_CHAIN_FOUND');
  });
});
