// Guarantee: the certificate's key verifies and no other; whatever key a certificate holds, the answer is a refusal and never another error.
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { beforeAll, describe, expect, it } from '@jest/globals';

import { Refusal } from '../../src/errors/outcomes.ts';
import { issueCertificate } from '../../src/development/certificates.ts';
import { verifySignature } from '../../src/signature/verify.ts';
import { parse } from '../../src/xml/parse.ts';
import { keyInfoMarkup, keyValueMarkup, more, signWith } from '../support/signer.ts';
import type { SignatureSpec, TestIdentity } from '../support/signer.ts';

const place = { path: ['a', 'Cky'] };
const document = '<a><b>1</b><Cky/></a>';

function identity(key: KeyObject): TestIdentity {
  const { certificatePem, privateKeyPem } = issueCertificate({
    subject: { CN: 'Thử' }, key: key.export({ type: 'pkcs8', format: 'pem' }).toString(), issuer: authority, notBefore: new Date(0), notAfter: new Date('2040-01-01'),
  });
  return { key: createPrivateKey(privateKeyPem), certificate: new X509Certificate(certificatePem).raw };
}

const authority = issueCertificate({ subject: { CN: 'CA' }, ca: true, notBefore: new Date(0), notAfter: new Date('2040-01-01') });
let rsa: TestIdentity;
let elliptic: TestIdentity;

beforeAll(() => {
  rsa = identity(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
  elliptic = identity(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
});

/** 'verified', or the codes of the refusal. Anything else that is thrown fails the test. */
function outcome(xml: string): string {
  try {
    verifySignature(parse(Buffer.from(xml)), place);
    return 'verified';
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

function signed(spec: SignatureSpec): string {
  return signWith(document, { slot: 'Cky', ...spec });
}

describe('KeyValue', () => {
  const shown = (change: (markup: string) => string): string => signed({ identity: rsa, keyInfo: keyInfoMarkup(rsa).replace(/<KeyValue>.*<\/KeyValue>/, change) });

  it('may be absent, or be the certificate’s key', () => {
    expect(outcome(signed({ identity: rsa, keyInfo: keyInfoMarkup(rsa, { keyValue: false }) }))).toBe('verified');
    expect(outcome(signed({ identity: rsa }))).toBe('verified');
    expect(outcome(signed({ identity: elliptic }))).toBe('verified');
  });

  it('may have leading zero octets, white space, and other attributes of no meaning', () => {
    const modulus = Buffer.from(new X509Certificate(rsa.certificate).publicKey.export({ format: 'jwk' }).n ?? '', 'base64url');
    const zero = Buffer.concat([Buffer.alloc(1), modulus]).toString('base64');
    expect(outcome(shown((markup) => markup.replace(/(<Modulus>)[^<]*/, `$1\n${zero}\n`)))).toBe('verified');
  });

  it('is a mismatch when it is another key, half a key, two keys, unreadable or of another kind', () => {
    const other = keyValueMarkup(new X509Certificate(elliptic.certificate).publicKey);
    const changes: readonly ((markup: string) => string)[] = [
      (markup) => markup.replace('AQAB', 'Aw=='),
      (markup) => markup.replace(/<Exponent>.*<\/Exponent>/, ''),
      (markup) => markup.replace(/<Modulus>..../, '<Modulus>AAAA'),
      (markup) => markup.replace(/<Modulus>/, '<Modulus>*'),
      (markup) => markup.replace(/(<RSAKeyValue>.*<\/RSAKeyValue>)/, '$1$1'),
      (markup) => markup.replaceAll('RSAKeyValue', 'DSAKeyValue'),
      () => '<KeyValue></KeyValue>',
      () => other,
    ];
    expect(changes.map((change) => outcome(shown(change)))).toEqual(changes.map(() => 'KEY_MISMATCH'));
    // More than one is not even compared: comparing many with many would cost too much.
    expect(outcome(shown((markup) => markup + other))).toBe('SIGNATURE_FORMAT');
  });

  it('of an elliptic key names the curve and the point', () => {
    const elliptical = (change: (markup: string) => string): string => outcome(signed({ identity: elliptic, keyInfo: change(keyInfoMarkup(elliptic)) }));
    expect(elliptical((markup) => markup.replace('1.2.840.10045.3.1.7', '1.3.132.0.34'))).toBe('KEY_MISMATCH');
    expect(elliptical((markup) => markup.replace(/<NamedCurve[^>]*><\/NamedCurve>/, ''))).toBe('KEY_MISMATCH');
    expect(elliptical((markup) => markup.replace('<PublicKey>BA', '<PublicKey>AA').replace(/<PublicKey>B[^A]/, '<PublicKey>BA'))).toBe('KEY_MISMATCH');
  });
});

describe('a certificate with a key that may not sign', () => {
  const kinds: readonly (readonly [string, () => KeyObject])[] = [
    ['RSA-1024', () => generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey],
    ['RSA-PSS', () => generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey],
    ['secp256k1', () => generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey],
    ['brainpoolP256r1', () => generateKeyPairSync('ec', { namedCurve: 'brainpoolP256r1' }).privateKey],
    ['Ed25519', () => generateKeyPairSync('ed25519').privateKey],
    ['X25519', () => generateKeyPairSync('x25519').privateKey],
    ['DSA', () => generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 }).privateKey],
  ];

  it.each(kinds)('%s is refused for its key, with and without a KeyValue beside it', (_name, make) => {
    const { certificate } = identity(make());
    const lone = keyInfoMarkup({ certificate }, { keyValue: false, subjectName: false });
    const other = keyValueMarkup(new X509Certificate(rsa.certificate).publicKey);
    expect(outcome(signed({ identity: rsa, keyInfo: lone }))).toBe('CRYPTO_CONSTRAINTS_FAILURE');
    expect(outcome(signed({ identity: rsa, keyInfo: lone.replace('<KeyInfo>', `<KeyInfo>${other}`) }))).toBe('CRYPTO_CONSTRAINTS_FAILURE');
  });
});

describe('a signature value', () => {
  /** r‖s of a true signature, changed. */
  const outcomeOf = (value: Buffer): string => outcome(signed({ identity: elliptic, writeValue: () => value.toString('base64') }));
  const order = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';
  const one = `${'00'.repeat(31)}01`;
  const hex = (text: string): Buffer => Buffer.from(text, 'hex');

  it.each([
    ['no octets', ''], ['one octet', '01'], ['63 octets', one.repeat(2).slice(2)], ['65 octets', `${one}${one}00`], ['r = 0', `${'00'.repeat(32)}${one}`],
    ['s = 0', `${one}${'00'.repeat(32)}`], ['r = n', order + one], ['s = n', one + order], ['all ones', 'ff'.repeat(64)], ['DER', '3006020101020101'], ['1000 octets', '01'.repeat(1000)],
  ])('of an elliptic key with %s is a failure of the signature', (_name, octets) => {
    expect(outcomeOf(hex(octets))).toBe('SIG_CRYPTO_FAILURE');
  });

  it.each([[0], [1], [255], [257], [1000]])('of an RSA key with %i octets is a failure of the signature', (length) => {
    for (const method of [`${more}rsa-sha256`, 'http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1']) {
      const value = Buffer.alloc(length, 0xff).toString('base64');
      expect(outcome(signed({ identity: rsa, method, writeValue: () => value }))).toBe('SIG_CRYPTO_FAILURE');
    }
  });

  it('not below the modulus is a failure of the signature', () => {
    expect(outcome(signed({ identity: rsa, writeValue: () => Buffer.alloc(256, 0xff).toString('base64') }))).toBe('SIG_CRYPTO_FAILURE');
  });
});
