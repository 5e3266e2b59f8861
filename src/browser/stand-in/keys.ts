// Public keys as node:crypto's KeyObject shows them: type, details, JWK, equality. The certificate around a key is read by @peculiar/asn1-x509, a
// second reader beside the strict one of `trust/`, as OpenSSL is on a server.
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { AsnConvert } from '@peculiar/asn1-schema';
import { Certificate, SubjectPublicKeyInfo } from '@peculiar/asn1-x509';

import { fieldsOf, oidOf, readDer, tags } from '../../trust/der.ts';
import { bitsOf, numberOf } from './rsa.ts';
import type { RsaKey } from './rsa.ts';

const RSA = '1.2.840.113549.1.1.1';
const EC = '1.2.840.10045.2.1';

/** The names OpenSSL has for what may stand in a certificate and never signs here. */
const otherTypes: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.1.10', 'rsa-pss'],
  ['1.2.840.10040.4.1', 'dsa'],
  ['1.3.101.112', 'ed25519'],
  ['1.3.101.113', 'ed448'],
  ['1.3.101.110', 'x25519'],
  ['1.3.101.111', 'x448'],
]);

export type Curve = typeof p256;

const curves: ReadonlyMap<string, { readonly name: string; readonly jwk: string; readonly curve?: Curve }> = new Map([
  ['1.2.840.10045.3.1.7', { name: 'prime256v1', jwk: 'P-256', curve: p256 }],
  ['1.3.132.0.34', { name: 'secp384r1', jwk: 'P-384', curve: p384 }],
  ['1.3.132.0.35', { name: 'secp521r1', jwk: 'P-521', curve: p521 }],
  ['1.3.132.0.10', { name: 'secp256k1', jwk: 'secp256k1' }],
  ['1.3.132.0.33', { name: 'secp224r1', jwk: 'P-224' }],
]);

interface EcKey {
  readonly name: string;
  readonly jwk: string;
  readonly curve: Curve | undefined;
  readonly point: Uint8Array;
}

interface Jwk {
  kty?: string;
  n?: string;
  e?: string;
  crv?: string;
  x?: string;
  y?: string;
}

/** What the judge asks of a KeyObject. */
export class PublicKey {
  readonly asymmetricKeyType: string | undefined;
  readonly asymmetricKeyDetails: { readonly modulusLength?: number; readonly publicExponent?: bigint; readonly namedCurve?: string };
  readonly rsa: RsaKey | undefined;
  readonly ec: EcKey | undefined;
  /** 32 octets. */
  readonly ed25519: Uint8Array | undefined;
  readonly #encoding: Buffer;

  /** @throws Error when the octets are not a SubjectPublicKeyInfo with a key that can be read. */
  constructor(spki: Uint8Array) {
    const { algorithm, subjectPublicKey } = AsnConvert.parse(spki, SubjectPublicKeyInfo);
    this.#encoding = Buffer.from(spki);
    this.asymmetricKeyDetails = {};
    if (algorithm.algorithm === RSA) {
      this.rsa = readRsa(Buffer.from(subjectPublicKey));
      this.asymmetricKeyType = 'rsa';
      this.asymmetricKeyDetails = { modulusLength: bitsOf(this.rsa.modulus), publicExponent: this.rsa.exponent };
    } else if (algorithm.algorithm === EC) {
      this.ec = readEc(Buffer.from(algorithm.parameters ?? new ArrayBuffer(0)), Buffer.from(subjectPublicKey));
      this.asymmetricKeyType = 'ec';
      this.asymmetricKeyDetails = { namedCurve: this.ec.name };
    } else {
      this.asymmetricKeyType = otherTypes.get(algorithm.algorithm);
      if (this.asymmetricKeyType === 'ed25519') this.ed25519 = new Uint8Array(subjectPublicKey);
      if (this.asymmetricKeyType === undefined) throw new Error('unsupported key');
    }
  }

  equals(other: PublicKey): boolean {
    return this.#encoding.equals(other.#encoding);
  }

  /** SubjectPublicKeyInfo as it was given, or as below. */
  export(form: { readonly format: 'der'; readonly type: 'spki' }): Buffer;
  export(form?: { readonly format: 'jwk' }): Jwk;
  export(form?: { readonly format: string }): Buffer | Jwk {
    return form?.format === 'der' ? Buffer.from(this.#encoding) : this.#jwk();
  }

  /** RFC 7517; numbers without leading zeros for RSA, of the curve's length for EC. */
  #jwk(): Jwk {
    if (this.rsa !== undefined) return { kty: 'RSA', n: base64url(octetsOf(this.rsa.modulus)), e: base64url(octetsOf(this.rsa.exponent)) };
    if (this.ec === undefined) throw new Error('Unsupported JWK Key Type.');
    const half = (this.ec.point.length - 1) / 2;
    return { kty: 'EC', crv: this.ec.jwk, x: base64url(this.ec.point.subarray(1, 1 + half)), y: base64url(this.ec.point.subarray(1 + half)) };
  }
}

/** What the judge asks of node:crypto's class of this name. */
export class X509Certificate {
  readonly publicKey: PublicKey;
  /** Upper-case hex, as OpenSSL prints it. */
  readonly serialNumber: string;

  constructor(der: Uint8Array) {
    const { tbsCertificate } = AsnConvert.parse(der, Certificate);
    this.publicKey = new PublicKey(new Uint8Array(AsnConvert.serialize(tbsCertificate.subjectPublicKeyInfo)));
    this.serialNumber = numberOf(new Uint8Array(tbsCertificate.serialNumber)).toString(16).toUpperCase();
    if (this.serialNumber.length % 2 === 1) this.serialNumber = `0${this.serialNumber}`;
  }
}

function readRsa(bytes: Buffer): RsaKey {
  const fields = fieldsOf(readDer(bytes));
  const [modulus, exponent] = [fields.next(tags.integer), fields.next(tags.integer)].map(({ content }) => numberOf(content));
  fields.end();
  if (modulus === undefined || exponent === undefined) throw new Error('not an RSA key');
  return { modulus, exponent };
}

function readEc(parameters: Buffer, point: Buffer): EcKey {
  const known = curves.get(oidOf(readDer(parameters)));
  if (known === undefined) throw new Error('unknown curve');
  const whole = known.curve === undefined ? point : known.curve.Point.fromBytes(point).toBytes(false);
  return { name: known.name, jwk: known.jwk, curve: known.curve, point: whole };
}

function octetsOf(number: bigint): Uint8Array {
  const hex = number.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}

function base64url(octets: Uint8Array): string {
  return Buffer.from(octets).toString('base64').replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
