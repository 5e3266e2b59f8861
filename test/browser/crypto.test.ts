// Guarantee: what stands in for node:crypto in a browser verifies exactly what node:crypto verifies, and reads the same keys.
import { createHash, createPublicKey, constants, generateKeyPairSync, sign, verify, X509Certificate } from 'node:crypto';
import type { KeyObject, KeyPairKeyObjectResult } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import * as standIn from '../../src/browser/stand-in/crypto.ts';
import { loadPki } from '../support/pki.ts';

const rsa: KeyPairKeyObjectResult = generateKeyPairSync('rsa', { modulusLength: 2048 });
/** A modulus of an odd number of bits, for which PSS leaves another number of bits unused. */
const oddRsa: KeyPairKeyObjectResult = generateKeyPairSync('rsa', { modulusLength: 2049 });
const curves = ['prime256v1', 'secp384r1', 'secp521r1'].map((namedCurve): [string, KeyPairKeyObjectResult] => [namedCurve, generateKeyPairSync('ec', { namedCurve })]);
const octets = Buffer.from('Bảo hiểm xã hội Việt Nam');

function standInKey(key: KeyObject): ReturnType<typeof standIn.createPublicKey> {
  return standIn.createPublicKey({ key: key.export({ format: 'der', type: 'spki' }) });
}

/** Every octet changed in turn at some places, cut, lengthened, empty. */
function* alterations(signature: Buffer): Generator<Buffer> {
  for (const index of [0, 1, 2, 3, Math.floor(signature.length / 2), signature.length - 2, signature.length - 1]) {
    const changed = Buffer.from(signature);
    changed[index] = (changed[index] ?? 0) ^ 1;
    yield changed;
  }
  yield signature.subarray(1);
  yield signature.subarray(0, -1);
  yield Buffer.concat([Buffer.from([0]), signature]);
  yield Buffer.concat([signature, Buffer.from([0])]);
  yield Buffer.alloc(0);
  yield Buffer.alloc(signature.length, 0xff);
  yield Buffer.alloc(signature.length);
}

function expectTheSame(hash: string, pair: KeyPairKeyObjectResult, options: object): void {
  const signature = sign(hash, octets, { key: pair.privateKey, ...options });
  const theirs = { key: standInKey(pair.publicKey), ...options };
  expect(standIn.verify(hash, octets, theirs, signature)).toBe(true);
  expect(standIn.verify(hash, Buffer.from('khác'), theirs, signature)).toBe(false);
  for (const altered of alterations(signature)) {
    expect(standIn.verify(hash, octets, theirs, altered)).toBe(verify(hash, octets, { key: pair.publicKey, ...options }, altered));
  }
}

const hashes = ['sha1', 'sha256', 'sha384', 'sha512', 'sha3-256', 'sha3-384', 'sha3-512'];

describe('in a browser', () => {
  it.each([...hashes, 'md5'])('%s gives the same digest, whole and in parts', (name) => {
    const expected = createHash(name).update(octets).digest('hex');
    expect(standIn.createHash(name).update(octets.subarray(0, 5)).update(octets.subarray(5)).digest('hex')).toBe(expected);
    expect(standIn.hash(name, octets)).toBe(expected);
    expect(standIn.hash(name, octets, 'buffer')).toEqual(Buffer.from(expected, 'hex'));
  });

  it.each(hashes)('RSA with %s verifies as OpenSSL does, padded either way', (hash) => {
    for (const pair of [rsa, oddRsa]) {
      expectTheSame(hash, pair, { padding: constants.RSA_PKCS1_PADDING });
      expectTheSame(hash, pair, { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST });
      expectTheSame(hash, pair, { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 40 });
    }
  });

  it('an RSA signature that begins with a zero, without it, is what OpenSSL takes it for', () => {
    for (const options of [{ padding: constants.RSA_PKCS1_PADDING }, { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }]) {
      const theirs = { key: standInKey(rsa.publicKey), ...options };
      // One in 256 signatures does.
      for (let mark = 0; ; mark += 1) {
        const marked = Buffer.from(`số ${mark}`);
        const signature = sign('sha256', marked, { key: rsa.privateKey, ...options });
        if (signature[0] !== 0) continue;
        expect(standIn.verify('sha256', marked, theirs, signature)).toBe(true);
        expect(standIn.verify('sha256', marked, theirs, signature.subarray(1))).toBe(verify('sha256', marked, { key: rsa.publicKey, ...options }, signature.subarray(1)));
        break;
      }
    }
  });

  it.each(hashes.flatMap((hash) => curves.map(([curve, pair]) => [hash, curve, pair] as const)))('ECDSA with %s on %s verifies as OpenSSL does, in both encodings', (hash, _curve, pair) => {
    expectTheSame(hash, pair, { dsaEncoding: 'ieee-p1363' });
    expectTheSame(hash, pair, { dsaEncoding: 'der' });
  });

  it('a PSS signature is none with another length of salt', () => {
    const signature = sign('sha256', octets, { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 20 });
    const key = { key: standInKey(rsa.publicKey), padding: constants.RSA_PKCS1_PSS_PADDING };
    expect(standIn.verify('sha256', octets, { ...key, saltLength: 20 }, signature)).toBe(true);
    expect(standIn.verify('sha256', octets, { ...key, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }, signature)).toBe(false);
  });

  it.each([['RSA', rsa] as const, ...curves])('a key of %s reads the same', (_name, { publicKey }) => {
    const key = standInKey(publicKey);
    const { modulusLength, publicExponent, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
    expect([key.asymmetricKeyType, key.asymmetricKeyDetails.modulusLength, key.asymmetricKeyDetails.publicExponent, key.asymmetricKeyDetails.namedCurve]).toEqual([publicKey.asymmetricKeyType, modulusLength, publicExponent, namedCurve]);
    expect(key.export()).toEqual(publicKey.export({ format: 'jwk' }));
    expect([key.equals(standInKey(publicKey)), key.equals(standInKey(oddRsa.publicKey))]).toEqual([true, false]);
  });

  it('a certificate gives the same key and serial number', async () => {
    const { employer } = await loadPki();
    const certificate = new X509Certificate(employer.chainPem);
    const theirs = new standIn.X509Certificate(certificate.raw);
    expect(theirs.serialNumber).toBe(certificate.serialNumber);
    expect(theirs.publicKey.export()).toEqual(createPublicKey(employer.chainPem).export({ format: 'jwk' }));
  });

  it.each([['ed25519'], ['x25519'], ['ed448']] as const)('a key of %s is named and verifies nothing', (type) => {
    const { publicKey } = generateKeyPairSync(type as 'ed25519');
    const key = standInKey(publicKey);
    expect(key.asymmetricKeyType).toBe(publicKey.asymmetricKeyType);
    expect(standIn.verify('sha256', octets, key, Buffer.alloc(64, 1))).toBe(false);
  });
});
