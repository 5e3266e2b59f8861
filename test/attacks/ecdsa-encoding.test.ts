// Attack: one ECDSA signature in several spellings – r or s plus the group's order, DER in place of r‖s, octets more or fewer – so that systems
// disagree on what is signed, or a digest of the signature no longer names it (CVE-2024-42459/42460/42461 elliptic, CVE-2020-13822).
import { afterAll, describe, expect, it } from '@jest/globals';

import { ellipticIdentity, openStage, P256_ORDER as order } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const elliptic = ellipticIdentity(stage);
const read = (value: Buffer): { r: bigint; s: bigint } => ({ r: BigInt(`0x${value.toString('hex', 0, 32)}`), s: BigInt(`0x${value.toString('hex', 32)}`) });
const octets = (number: bigint, size = 32): Buffer => Buffer.from(number.toString(16).padStart(2 * size, '0'), 'hex');
const integer = (number: bigint): Buffer => {
  const hex = number.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  const content = Buffer.from(Number.parseInt(even.slice(0, 2), 16) > 0x7f ? `00${even}` : even, 'hex');
  return Buffer.concat([Buffer.from([2, content.length]), content]);
};
const der = ({ r, s }: { r: bigint; s: bigint }): Buffer => {
  const content = Buffer.concat([integer(r), integer(s)]);
  return Buffer.concat([Buffer.from([0x30, content.length]), content]);
};
const valued = (write: (value: Buffer) => Buffer): string => stage.judged(stage.dossier({ spec: { identity: elliptic, writeValue: (base64) => write(Buffer.from(base64, 'base64')).toString('base64') } }));

describe('a true ECDSA signature', () => {
  it('as r‖s is accepted', () => {
    expect(valued((value) => value)).toBe('accepted');
  });

  it.each<[string, (value: Buffer) => Buffer]>([
    ['in DER', (value) => der(read(value))],
    ['without its first octet', (value) => value.subarray(1)],
    ['without its last octet', (value) => value.subarray(0, -1)],
    ['with a zero before it', (value) => Buffer.concat([Buffer.alloc(1), value])],
    ['with a zero before each half', (value) => Buffer.concat([octets(read(value).r, 33), octets(read(value).s, 33)])],
    ['in 48 octets each', (value) => Buffer.concat([octets(read(value).r, 48), octets(read(value).s, 48)])],
    ['with an octet after it', (value) => Buffer.concat([value, Buffer.from([0])])],
    ['twice', (value) => Buffer.concat([value, value])],
    ['with s + n in 33 octets', (value) => Buffer.concat([octets(read(value).r, 33), octets(read(value).s + order, 33)])],
    ['with r + n in 33 octets', (value) => Buffer.concat([octets(read(value).r + order, 33), octets(read(value).s, 33)])],
    ['its halves exchanged', (value) => Buffer.concat([value.subarray(32), value.subarray(0, 32)])],
    ['of r alone', (value) => value.subarray(0, 32)],
    ['of nothing', () => Buffer.alloc(0)],
  ])('%s is refused', (_how, write) => {
    expect(valued(write)).toBe('SIG_CRYPTO_FAILURE');
  });

  it('has one twin, n - s, which anybody can make and which signs the same content: a value is therefore never an identity of a dossier', () => {
    expect(valued((value) => Buffer.concat([value.subarray(0, 32), octets(order - read(value).s)]))).toBe('accepted');
  });
});
