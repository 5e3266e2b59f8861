// Attack: a certificate given out for something else – servers, encryption, code – signs a dossier, or an authority's certificate that may not
// sign certificates does (RFC 5280 §4.2.1.3, §4.2.1.12, §6.1.4(n); "cross-protocol" use of keys).
import { afterAll, describe, expect, it } from '@jest/globals';

import { openPaths, usage, x509 } from './paths.ts';
import type { Shape } from './paths.ts';
import { openStage } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });
const paths = openPaths(stage);

const root = await paths.root('Root');
const trust = await paths.material([root]);
const purpose = (oid: string): Shape => ({ extensions: [new x509.ExtendedKeyUsageExtension([oid], true)] });

describe('a leaf', () => {
  it.each<[string, Shape]>([
    ['for signatures', { usages: [usage.digitalSignature] }],
    ['for non-repudiation', { usages: [usage.nonRepudiation] }],
    ['for e-mail, said critically', purpose('1.3.6.1.5.5.7.3.4')],
    ['for documents, said critically', purpose('1.3.6.1.4.1.311.10.3.12')],
  ])('%s may sign', async (_what, shape) => {
    expect(stage.judged(paths.signed(await paths.leaf(root, shape)), trust)).toBe('accepted');
  });

  it.each<[string, Shape]>([
    ['for encryption of keys', { usages: [usage.keyEncipherment] }],
    ['for certificates only', { usages: [usage.keyCertSign] }],
    ['for revocation lists only', { usages: [usage.cRLSign] }],
    ['for nothing', { usages: [] }],
    ['for servers, said critically', purpose('1.3.6.1.5.5.7.3.1')],
    ['for code, said critically', purpose('1.3.6.1.5.5.7.3.3')],
    ['for time stamps, said critically', purpose('1.3.6.1.5.5.7.3.8')],
    ['for OCSP answers, said critically', purpose('1.3.6.1.5.5.7.3.9')],
  ])('%s may not', async (_what, shape) => {
    expect(stage.judged(paths.signed(await paths.leaf(root, shape)), trust)).toBe('CHAIN_CONSTRAINTS_FAILURE');
  });

  it('that is an authority may not sign, in the folder or out of it', async () => {
    const authority = await paths.authority(root, 'CA', { usages: [usage.keyCertSign, usage.cRLSign, usage.digitalSignature] });
    const withUnit = await paths.leaf(root, { ca: true, usages: [usage.keyCertSign, usage.digitalSignature] });
    expect(stage.judged(paths.signed(authority), await paths.material([root, authority]))).toMatch(/^CHAIN_CONSTRAINTS_FAILURE/);
    expect(stage.judged(paths.signed(withUnit), trust)).toBe('CHAIN_CONSTRAINTS_FAILURE');
  });
});

describe('an authority', () => {
  it.each([
    ['that may sign certificates issues', [usage.keyCertSign, usage.cRLSign], 'accepted'],
    ['that may sign lists only does not', [usage.cRLSign], 'CHAIN_CONSTRAINTS_FAILURE'],
    ['that may sign documents only does not', [usage.digitalSignature, usage.cRLSign], 'CHAIN_CONSTRAINTS_FAILURE'],
  ])('%s', async (_what, usages, outcome) => {
    const authority = await paths.authority(root, 'CA', { usages });
    expect(stage.judged(paths.signed(await paths.leaf(authority), [authority]), await paths.material([root, authority]))).toBe(outcome);
  });
});
