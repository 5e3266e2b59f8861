// Attack: a verifier that parses the decrypted PKCS#1 v1.5 block from the left, or leniently, takes blocks that no signer makes; with e = 3 anybody
// can compute such a block's signature without the key (Bleichenbacher 2006, CVE-2006-4339; BERserk 2014, CVE-2014-1568; CVE-2018-15836).
import { constants, createPrivateKey, generateKeyPairSync, privateEncrypt, publicDecrypt, X509Certificate } from 'node:crypto';

import { afterAll, describe, expect, it } from '@jest/globals';

import { issueCertificate } from '../../src/development/certificates.ts';
import type { TestIdentity } from '../support/signer.ts';
import { identityOf, itWith, keyInfoMarkup, openStage, xmlsec1 } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const SIZE = 256;
const raw = constants.RSA_NO_PADDING;
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
/** DigestInfo of SHA-256 up to the digest. */
const digestInfo = hex('30 31 30 0d 06 09 60 86 48 01 65 03 04 02 01 05 00 04 20');

/** The dossier with the signature value that `forge` makes of the true digest of SignedInfo. */
function forged(identity: TestIdentity, forge: (digest: Buffer) => Buffer, method?: string): string {
  const key = stage.employer.key;
  const writeValue = (base64: string): string => {
    const block = publicDecrypt({ key, padding: raw }, Buffer.from(base64, 'base64'));
    return forge(block.subarray(-32)).toString('base64');
  };
  return stage.dossier({ spec: { identity: { key, certificate: identity.certificate }, keyInfo: keyInfoMarkup(identity), writeValue, ...(method === undefined ? {} : { method }) } });
}

/** 00 01 FF… 00 and the rest, filled to the size of the key. */
function block(rest: Buffer, { type = 1, fill = 0xff, tail = Buffer.alloc(0), separator = 0 } = {}): Buffer {
  return Buffer.concat([Buffer.from([0, type]), Buffer.alloc(SIZE - 3 - rest.length - tail.length, fill), Buffer.from([separator]), rest, tail]);
}

/** The employer's own key put to any block: even the key's owner must write the one true block. */
const own = (make: (digest: Buffer) => Buffer): string => forged(stage.employer, (digest) => privateEncrypt({ key: stage.employer.key, padding: raw }, make(digest)));

const short = (rest: Buffer, garbage: Buffer): Buffer => Buffer.concat([Buffer.from([0, 1]), Buffer.alloc(8, 0xff), Buffer.from([0]), rest, garbage, Buffer.alloc(SIZE - 11 - rest.length - garbage.length, 0x5a)]);

describe('a PKCS#1 v1.5 block', () => {
  it('lives: the one true block, made by the same raw operation, is accepted', () => {
    const honest = own((digest) => block(Buffer.concat([digestInfo, digest])));
    expect([stage.judged(honest), stage.verified(honest)]).toEqual(['accepted', 'verified']);
  });

  const shapes: readonly (readonly [string, (digest: Buffer) => Buffer])[] = [
    ['with trailing octets after the digest, its padding cut short', (digest) => short(Buffer.concat([digestInfo, digest]), Buffer.alloc(0))],
    ['with one trailing octet', (digest) => block(Buffer.concat([digestInfo, digest]), { tail: Buffer.from([0]) })],
    ['with octets in the padding', (digest) => {
      const made = block(Buffer.concat([digestInfo, digest]));
      made[100] = 0xfe;
      return made;
    }],
    ['with octets hidden in the parameters of the algorithm', (digest) => {
      const garbage = Buffer.alloc(100, 0x41);
      const algorithm = Buffer.concat([hex('06 09 60 86 48 01 65 03 04 02 01'), hex(`05 64`), garbage]);
      const info = Buffer.concat([Buffer.from([0x30, algorithm.length]), algorithm, hex('04 20'), digest]);
      return block(Buffer.concat([Buffer.from([0x30, 0x81, info.length]), info]));
    }],
    ['with a length in the long form (BERserk)', (digest) => block(Buffer.concat([hex('30 80 31 30 0d 06 09 60 86 48 01 65 03 04 02 01 05 00 04 20'), digest]))],
    ['with a padded length (BERserk)', (digest) => block(Buffer.concat([hex('30 82 00 31 30 0d 06 09 60 86 48 01 65 03 04 02 01 05 00 04 20'), digest]))],
    ['with a digest length in the long form', (digest) => block(Buffer.concat([hex('30 32 30 0d 06 09 60 86 48 01 65 03 04 02 01 05 00 04 81 20'), digest]))],
    ['of block type 2', (digest) => block(Buffer.concat([digestInfo, digest]), { type: 2 })],
    ['of block type 0', (digest) => block(Buffer.concat([digestInfo, digest]), { type: 0, fill: 0 })],
    ['padded with 00', (digest) => block(Buffer.concat([digestInfo, digest]), { fill: 0 })],
    ['without the separator', (digest) => block(Buffer.concat([digestInfo, digest]), { separator: 0xff })],
    ['without DigestInfo', (digest) => block(digest)],
    ['naming SHA-1', (digest) => block(Buffer.concat([hex('30 2d 30 09 06 05 2b 0e 03 02 1a 05 00 04 20'), digest]))],
    ['naming SHA-512', (digest) => block(Buffer.concat([hex('30 31 30 0d 06 09 60 86 48 01 65 03 04 02 03 05 00 04 20'), digest]))],
    ['of a part of the digest', (digest) => block(Buffer.concat([hex('30 21 30 0d 06 09 60 86 48 01 65 03 04 02 01 05 00 04 10'), digest.subarray(0, 16)]))],
    ['of no digest', () => block(hex('30 11 30 0d 06 09 60 86 48 01 65 03 04 02 01 05 00 04 00'))],
    ['of another digest', (digest) => block(Buffer.concat([digestInfo, Buffer.from(digest).reverse()]))],
    ['of nothing but zeros', () => Buffer.alloc(SIZE)],
    ['of the number one', () => Buffer.concat([Buffer.alloc(SIZE - 1), Buffer.from([1])])],
  ];

  it.each(shapes)('%s is refused', (_shape, make) => {
    expect(stage.judged(own(make))).toBe('SIG_CRYPTO_FAILURE');
  });

  it('without the NULL of its algorithm is refused: one digest has one block', () => {
    const without = own((digest) => block(Buffer.concat([hex('30 2f 30 0b 06 09 60 86 48 01 65 03 04 02 01 04 20'), digest])));
    expect(stage.judged(without)).toBe('SIG_CRYPTO_FAILURE');
  });

  itWith('xmlsec1', 'is the same to another engine', () => {
    expect(xmlsec1(stage.pki, own((digest) => block(Buffer.concat([digestInfo, digest]))))).toBe(true);
    for (const [shape, make] of shapes) expect([shape, xmlsec1(stage.pki, own(make))]).toEqual([shape, false]);
  });
});

describe('a key with exponent 3', () => {
  const pem = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const day = 86_400_000;
  const victim = identityOf(issueCertificate({
    subject: { C: 'VN', CN: 'Khóa số mũ 3' }, uids: ['MST:0101300842'], keyUsage: ['digitalSignature'], key: pem, issuer: stage.pki.subordinate,
    notBefore: new Date(stage.now.getTime() - day), notAfter: new Date(stage.now.getTime() + day),
  }));
  const { publicKey } = new X509Certificate(victim.certificate);
  const cube = (value: Buffer): Buffer => publicDecrypt({ key: publicKey, padding: raw }, value);

  /** A number whose cube begins as the true block would, then has what it has: made without any key. */
  const bleichenbacher = (digest: Buffer): Buffer => {
    const wanted = Buffer.concat([Buffer.from([0, 1]), Buffer.alloc(8, 0xff), Buffer.from([0]), digestInfo, digest]);
    const highest = BigInt(`0x${Buffer.concat([wanted, Buffer.alloc(SIZE - wanted.length, 0xff)]).toString('hex')}`);
    return hex(cubeRoot(highest).toString(16).padStart(2 * SIZE, '0'));
  };

  it('lives: the forged value’s cube begins with the digest, which a reader from the left takes for good', () => {
    let begins = false;
    forged(victim, (digest) => {
      const value = bleichenbacher(digest);
      const opened = cube(value);
      const separator = opened.indexOf(0, 1);
      begins = opened[1] === 1 && opened.subarray(2, separator).every((octet) => octet === 0xff) && opened.subarray(separator + 1, separator + 52).equals(Buffer.concat([digestInfo, digest]));
      return value;
    });
    expect(begins).toBe(true);
  });

  it('does not make the forged value a signature', () => {
    expect(stage.judged(stage.dossier({ spec: { identity: { key: createPrivateKey(pem), certificate: victim.certificate } } }))).toBe('accepted');
    expect(stage.judged(forged(victim, bleichenbacher))).toBe('SIG_CRYPTO_FAILURE');
  });

  it('does not make the trivial cubes one', () => {
    for (const value of [0, 1, 2]) expect([value, stage.judged(forged(victim, () => Buffer.concat([Buffer.alloc(SIZE - 1), Buffer.from([value])])))]).toEqual([value, 'SIG_CRYPTO_FAILURE']);
  });
});

/** The greatest whole number whose cube is not above `value`. */
function cubeRoot(value: bigint): bigint {
  let low = 0n;
  for (let high = 1n << BigInt(Math.ceil(value.toString(2).length / 3) + 1); low < high;) {
    const middle = (low + high + 1n) / 2n;
    if (middle ** 3n <= value) low = middle;
    else high = middle - 1n;
  }
  return low;
}
