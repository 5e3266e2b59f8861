// Attack: a certificate whose RSA key has exponent 1, for which every value is its own signature: anybody can sign for its holder. Needs a
// certificate from a trusted authority that looks at nothing (key checks of NIST SP 800-89 §5.3.3, which public CAs must make).
import { createPublicKey, X509Certificate } from 'node:crypto';
import forge from 'node-forge';

import { afterAll, describe, expect, it } from '@jest/globals';

import { keyInfoMarkup, openStage } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

/** The employer's certificate with another exponent, signed anew by the authority. */
function certified(exponent: number, modulus?: string): Buffer {
  const { publicKey } = new X509Certificate(stage.employer.certificate);
  const { n = '' } = publicKey.export({ format: 'jwk' });
  const number = (hex: string): forge.jsbn.BigInteger => new forge.jsbn.BigInteger(hex, 16);
  const made = forge.pki.certificateFromPem(stage.pki.employer.certificatePem);
  made.publicKey = forge.pki.setRsaPublicKey(number(modulus ?? Buffer.from(n, 'base64url').toString('hex')), number(exponent.toString(16)));
  made.sign(forge.pki.privateKeyFromPem(stage.pki.subordinate.privateKeyPem), forge.md.sha256.create());
  return new X509Certificate(forge.pki.certificateToPem(made)).raw;
}

/** The padded block itself as the signature value, as a key with exponent 1 would have it. */
const asBlock = (base64: string): string => {
  const { n = '', e = '' } = new X509Certificate(stage.employer.certificate).publicKey.export({ format: 'jwk' });
  const modulus = BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`);
  let [base, power, result] = [BigInt(`0x${Buffer.from(base64, 'base64').toString('hex')}`), BigInt(`0x${Buffer.from(e, 'base64url').toString('hex')}`), 1n];
  for (; power > 0n; power >>= 1n) {
    if ((power & 1n) === 1n) result = (result * base) % modulus;
    base = (base * base) % modulus;
  }
  return Buffer.from(result.toString(16).padStart(512, '0'), 'hex').toString('base64');
};

describe('an RSA key', () => {
  it('lives: a certificate made in the same way with the honest exponent is accepted', () => {
    const certificate = certified(65537);
    expect(createPublicKey({ key: new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' }), format: 'der', type: 'spki' }).asymmetricKeyType).toBe('rsa');
    expect(stage.judged(stage.dossier({ spec: { identity: { ...stage.employer, certificate } } }))).toBe('accepted');
  });

  it.each([[1, asBlock], [2, asBlock]])('with exponent %i is refused, signed by anybody', (exponent, writeValue) => {
    const certificate = certified(exponent);
    const forged = stage.dossier({ spec: { identity: { ...stage.employer, certificate }, keyInfo: keyInfoMarkup({ certificate }, { keyValue: false }), writeValue } });
    expect(stage.judged(forged)).toBe('CRYPTO_CONSTRAINTS_FAILURE');
  });

  it('of 1024 bits is refused', () => {
    const certificate = certified(65537, `c${'3'.repeat(254)}1`);
    expect(stage.judged(stage.dossier({ spec: { identity: { ...stage.employer, certificate }, keyInfo: keyInfoMarkup({ certificate }) } }))).toBe('CRYPTO_CONSTRAINTS_FAILURE');
  });
});
