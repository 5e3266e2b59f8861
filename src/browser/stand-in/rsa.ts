// RSA verification for a browser (RFC 8017 §8.1.2, §8.2.2), over public values only, so that nothing here needs constant time. The expected
// octets are built and compared whole: nothing of what the signature decodes to is parsed, which leaves no room for trailing garbage.
import { digestOf, digestInfoPrefix } from './digests.ts';

export interface RsaKey {
  readonly modulus: bigint;
  readonly exponent: bigint;
}

export function bitsOf(number: bigint): number {
  return number === 0n ? 0 : number.toString(2).length;
}

export function numberOf(octets: Uint8Array): bigint {
  let number = 0n;
  for (const octet of octets) number = (number << 8n) | BigInt(octet);
  return number;
}

/** RSASSA-PKCS1-v1_5. */
export function verifiesPkcs1(hash: string, octets: Uint8Array, key: RsaKey, signature: Uint8Array): boolean {
  const encoded = signature.length === octetsOf(key) ? recover(key, signature) : undefined;
  const info = [...digestInfoPrefix(hash), ...digestOf(hash, octets)];
  if (encoded === undefined || encoded.length < info.length + 11) return false;
  const expected = Uint8Array.from([0, 1, ...new Array<number>(encoded.length - info.length - 3).fill(0xff), 0, ...info]);
  return equal(encoded, expected);
}

/** RSASSA-PSS with MGF1 of the same hash and a salt of `saltLength` octets. Zeros in front may be missing: OpenSSL reads the signature as a number. */
export function verifiesPss(hash: string, octets: Uint8Array, key: RsaKey, signature: Uint8Array, saltLength: number): boolean {
  const recovered = recover(key, signature);
  if (recovered === undefined) return false;
  const bits = bitsOf(key.modulus) - 1;
  const length = Math.ceil(bits / 8);
  if (recovered.length !== length && recovered[0] !== 0) return false;
  const encoded = recovered.subarray(recovered.length - length);
  const digest = digestOf(hash, octets);
  const maskedLength = length - digest.length - 1;
  if (maskedLength < saltLength + 1 || encoded[length - 1] !== 0xbc) return false;
  const seed = encoded.subarray(maskedLength, length - 1);
  const mask = mgf1(hash, seed, maskedLength);
  const unused = 8 * length - bits;
  if (((encoded[0] ?? 0) >> (8 - unused)) !== 0 && unused > 0) return false;
  const data = encoded.subarray(0, maskedLength).map((octet, index) => octet ^ (mask[index] ?? 0));
  data[0] = (data[0] ?? 0) & (0xff >> unused);
  const zeros = maskedLength - saltLength - 1;
  if (data.subarray(0, zeros).some((octet) => octet !== 0) || data[zeros] !== 1) return false;
  const salt = data.subarray(zeros + 1);
  return equal(seed, digestOf(hash, Uint8Array.from([...new Array<number>(8).fill(0), ...digest, ...salt])));
}

function octetsOf({ modulus }: RsaKey): number {
  return Math.ceil(bitsOf(modulus) / 8);
}

/** RSAVP1; undefined when the value is not one of this key's. */
function recover(key: RsaKey, signature: Uint8Array): Uint8Array | undefined {
  const { modulus, exponent } = key;
  const length = octetsOf(key);
  const value = numberOf(signature);
  if (signature.length > length || value >= modulus) return undefined;
  const hex = power(value, exponent, modulus).toString(16).padStart(2 * length, '0');
  return Uint8Array.from({ length }, (_, index) => Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16));
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

function mgf1(hash: string, seed: Uint8Array, length: number): Uint8Array {
  const octets: number[] = [];
  for (let counter = 0; octets.length < length; counter += 1) {
    octets.push(...digestOf(hash, Uint8Array.from([...seed, counter >>> 24, (counter >>> 16) & 0xff, (counter >>> 8) & 0xff, counter & 0xff])));
  }
  return Uint8Array.from(octets.slice(0, length));
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((octet, index) => octet === other[index]);
}
