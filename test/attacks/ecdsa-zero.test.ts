// Attack: r = s = 0, for which the verification equation holds in a verifier that does not check the range first: a blank signature of
// everybody over everything ("psychic signatures", CVE-2022-21449, JDK 15-18).
import { createPrivateKey, X509Certificate } from 'node:crypto';

import { afterAll, describe, expect, it } from '@jest/globals';

import { ellipticIdentity, itWith, openStage, P256_ORDER as order, xmlsec1 } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const elliptic = ellipticIdentity(stage);
const prime = BigInt('0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff');
const numbers = (r: bigint, s: bigint): Buffer => Buffer.from(r.toString(16).padStart(64, '0') + s.toString(16).padStart(64, '0'), 'hex');
const valued = (write: (value: Buffer) => Buffer): string => stage.dossier({ spec: { identity: elliptic, writeValue: (base64) => write(Buffer.from(base64, 'base64')).toString('base64') } });

describe('an ECDSA value', () => {
  it('lives: the same dossier with its true value is accepted', () => {
    expect(stage.judged(valued((value) => value))).toBe('accepted');
    expect(new X509Certificate(elliptic.certificate).checkPrivateKey(createPrivateKey(elliptic.key.export({ type: 'pkcs8', format: 'pem' })))).toBe(true);
  });

  it.each([
    ['r = s = 0', numbers(0n, 0n)], ['r = 0', numbers(0n, 1n)], ['s = 0', numbers(1n, 0n)], ['r = s = n', numbers(order, order)], ['r = n', numbers(order, 1n)],
    ['s = n', numbers(1n, order)], ['r = p', numbers(prime, 1n)], ['r = s = 1', numbers(1n, 1n)], ['r = s = n - 1', numbers(order - 1n, order - 1n)], ['all ones', Buffer.alloc(64, 0xff)],
  ])('of %s is refused', (_name, value) => {
    expect(stage.judged(valued(() => value))).toBe('SIG_CRYPTO_FAILURE');
  });

  itWith('xmlsec1', 'of r = s = 0 is refused by another engine too, which accepts the true one', () => {
    expect([valued((value) => value), valued(() => numbers(0n, 0n))].map((xml) => xmlsec1(stage.pki, xml))).toEqual([true, false]);
  });
});
