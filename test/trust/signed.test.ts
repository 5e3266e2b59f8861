// Guarantee: a link is verified with the algorithm that both halves of the certificate name, and only if the key is of its kind.
import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { readDer } from '../../src/trust/der.ts';
import { isSignedBy, unsoundAlgorithm, type Signed } from '../../src/trust/signed.ts';
import { makeKeys, makeLeaf, makeRoot, rsa } from './support.ts';

describe('a link', () => {
  it.each([
    ['RSA with SHA-256', rsa(2048)],
    ['RSA with SHA-384', rsa(2048, 'SHA-384')],
    ['RSA with SHA-512', rsa(2048, 'SHA-512')],
    ['ECDSA on P-256', { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }],
    ['ECDSA on P-384', { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-256' }],
    ['ECDSA on P-521', { name: 'ECDSA', namedCurve: 'P-521', hash: 'SHA-256' }],
  ])('%s is verified and sound', async (_, algorithm) => {
    const issuer = await makeRoot('Root', { keys: await makeKeys(algorithm) });
    const leaf = await makeLeaf(issuer);
    expect(isSignedBy(leaf, issuer.certificate)).toBe(true);
    expect(unsoundAlgorithm(leaf.signed)).toBeUndefined();
  });

  it('with SHA-1 is verified but not sound', async () => {
    const issuer = await makeRoot('Root', { keys: await makeKeys(rsa(2048, 'SHA-1')) });
    const leaf = await makeLeaf(issuer);
    expect(isSignedBy(leaf, issuer.certificate)).toBe(true);
    expect(unsoundAlgorithm(leaf.signed)).toBe('sha1WithRSAEncryption');
  });

  it('with the key of another, or of another kind, is none', async () => {
    const leaf = await makeLeaf(await makeRoot());
    const [other, rsaRoot] = [await makeRoot('Other'), await makeRoot('RSA', { keys: await makeKeys(rsa(2048)) })];
    expect(isSignedBy(leaf, other.certificate)).toBe(false);
    expect(isSignedBy(leaf, rsaRoot.certificate)).toBe(false);
  });

  it('that says RSA and was made with an EC key is none', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const toBeSigned = readDer(Buffer.from('020105', 'hex'));
    const linkOf = (algorithm: string): Signed => ({
      fingerprint: `made with ${algorithm}`,
      signed: { toBeSigned, algorithm: readDer(Buffer.from(algorithm, 'hex')), signature: sign('sha256', toBeSigned.raw, privateKey) },
    });
    const issuer = { fingerprint: 'EC', publicKey };
    expect(isSignedBy(linkOf('300a06082a8648ce3d040302'), issuer)).toBe(true);
    expect(isSignedBy(linkOf('300d06092a864886f70d01010b0500'), issuer)).toBe(false);
  });

  it('is remembered by what it joins: the answer for one issuer is not that for another', async () => {
    const [issuer, other] = [await makeRoot(), await makeRoot()];
    const leaf = await makeLeaf(issuer);
    expect([isSignedBy(leaf, issuer.certificate), isSignedBy(leaf, other.certificate), isSignedBy(leaf, issuer.certificate)]).toEqual([true, false, true]);
  });

  it('is not verified a second time', async () => {
    const issuer = await makeRoot();
    const leaf = await makeLeaf(issuer);
    isSignedBy(leaf, issuer.certificate);
    const spoiled: Signed = { fingerprint: leaf.fingerprint, signed: { ...leaf.signed, signature: Buffer.alloc(64) } };
    expect(isSignedBy(spoiled, issuer.certificate)).toBe(true);
    expect(isSignedBy({ ...spoiled, fingerprint: 'another' }, issuer.certificate)).toBe(false);
  });
});
