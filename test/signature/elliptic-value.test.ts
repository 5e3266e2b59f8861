// Guarantee: an ECDSA value is r‖s of the curve's own length with both from 1 to n−1; zero, n and beyond are refused before anybody computes.
import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { curveOrders } from '../../src/signature/algorithms.ts';
import { isWithinOrder } from '../../src/signature/value.ts';

const curves = [['prime256v1', 'P-256', 32], ['secp384r1', 'P-384', 48], ['secp521r1', 'P-521', 66]] as const;

describe.each(curves)('%s', (name, alias, size) => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: alias });
  const key = createPublicKey(privateKey);
  const order = curveOrders.get(name) ?? 0n;
  const octets = (number: bigint): Buffer => Buffer.from(number.toString(16).padStart(2 * size, '0'), 'hex');
  const value = (r: bigint, s: bigint): Buffer => Buffer.concat([octets(r), octets(s)]);

  it('admits what a signer makes', () => {
    for (let i = 0; i < 20; i += 1) expect(isWithinOrder(key, sign('sha256', Buffer.from([i]), { key: privateKey, dsaEncoding: 'ieee-p1363' }))).toBe(true);
  });

  it('admits 1 and n−1, and neither 0 nor n nor more', () => {
    expect([1n, order - 1n].map((number) => isWithinOrder(key, value(number, number)))).toEqual([true, true]);
    const bad = [0n, order, order + 1n, (1n << BigInt(8 * size)) - 1n];
    expect(bad.flatMap((number) => [isWithinOrder(key, value(number, 1n)), isWithinOrder(key, value(1n, number))])).toEqual(bad.flatMap(() => [false, false]));
  });

  it('admits no other length, DER among them', () => {
    const good = sign('sha256', Buffer.from('x'), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    expect([good.subarray(1), Buffer.concat([good, Buffer.alloc(2)]), Buffer.alloc(0), sign('sha256', Buffer.from('x'), privateKey)].map((other) => isWithinOrder(key, other))).toEqual([false, false, false, false]);
  });
});

it('a key of no curve of the table is within no order', () => {
  expect(isWithinOrder(createPublicKey(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey), Buffer.alloc(64, 1))).toBe(false);
  expect(isWithinOrder(createPublicKey(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey), Buffer.alloc(256, 1))).toBe(false);
});
