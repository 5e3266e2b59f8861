// Whose key verifies a signature: the certificate in KeyInfo, and nothing else. A KeyValue beside it must be the same key; it is never
// used to verify, so that a substituted one cannot decide anything. What is dear to read is remembered by the certificate's own text.
import { X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { BoundedMap } from '../bounded-map.ts';
import { decodeBase64 } from '../xml/base64.ts';
import { attributeNamed, childElements, childrenNamed } from '../xml/document.ts';
import type { XmlDocument, XmlElement } from '../xml/document.ts';
import { textOf } from '../xml/text.ts';
import { DSIG, DSIG11, keyWeakness } from './algorithms.ts';
import type { SignaturePolicy } from './policy.ts';
import { isDsig, refuserIn } from './shape.ts';
import type { RefuseAt, SignatureShape } from './shape.ts';

export interface SigningKey {
  /** The certificate as it stands in the signature (DER). Whether to trust it is not decided here. */
  readonly certificate: Buffer;
  readonly publicKey: KeyObject;
  /** Every certificate of KeyInfo in the order written, this one included: candidates for a path, no more. */
  readonly all: readonly Buffer[];
}

interface KnownCertificate {
  readonly certificate: Buffer;
  readonly publicKey: KeyObject;
  /** What a KeyValue of the same key says, in octets without leading zeros. */
  readonly parts: KeyParts;
}

type KeyParts =
  | { readonly kind: 'rsa'; readonly modulus: Buffer; readonly exponent: Buffer }
  | { readonly kind: 'ec'; readonly curve: string; readonly point: Buffer }
  | { readonly kind: 'other' };

const MOST_CERTIFICATES = 10;
/** In characters of base64; a certificate beyond 16 KiB is refused by `trust/` too. Bounds what the memory below can hold. */
const LONGEST_CERTIFICATE = 24 * 1024;
const known = new BoundedMap<string, KnownCertificate>(2048);

export function readSigningKey(document: XmlDocument, shape: SignatureShape, policy: SignaturePolicy): SigningKey {
  const refuseAt = refuserIn(document);
  const { keyInfo, element, method } = shape;
  if (keyInfo === undefined) return refuseAt('CERTIFICATE_MISSING', element);
  const { certificates, values } = readKeyInfo(keyInfo, refuseAt);
  const keys = certificates.map((certificate) => readCertificate(document, certificate, refuseAt));
  const [first] = keys;
  if (first === undefined) return refuseAt('CERTIFICATE_MISSING', keyInfo);
  const [value] = values;
  const chosen = value === undefined ? first : keys.find((key) => isSameKey(document, value, key.parts));
  // Asked first: some keys that may not sign cannot even be compared.
  const weakness = keyWeakness((chosen ?? first).publicKey, policy.smallestRsa);
  if (weakness !== undefined) refuseAt('CRYPTO_CONSTRAINTS_FAILURE', keyInfo, { algorithm: weakness });
  if (chosen === undefined) return refuseAt('KEY_MISMATCH', keyInfo);
  const { asymmetricKeyType = '?' } = chosen.publicKey;
  if (asymmetricKeyType !== method.keyType) refuseAt('CRYPTO_CONSTRAINTS_FAILURE', keyInfo, { algorithm: `${method.keyType} ≠ ${asymmetricKeyType}` });
  return { certificate: chosen.certificate, publicKey: chosen.publicKey, all: keys.map(({ certificate }) => certificate) };
}

/** Exactly the children that are read; anything else in KeyInfo could name another key to another reader. */
function readKeyInfo(keyInfo: XmlElement, refuseAt: RefuseAt): { readonly certificates: readonly XmlElement[]; readonly values: readonly XmlElement[] } {
  const certificates: XmlElement[] = [];
  const values: XmlElement[] = [];
  for (const child of childElements(keyInfo)) {
    if (isDsig(child, 'X509Data')) certificates.push(...childrenNamed(child, 'X509Certificate', DSIG));
    else if (isDsig(child, 'KeyValue')) values.push(child);
    else refuseAt('SIGNATURE_FORMAT', keyInfo, { reason: 'KEY_INFO' });
  }
  if (values.length > 1 || certificates.length > MOST_CERTIFICATES) refuseAt('SIGNATURE_FORMAT', keyInfo, { reason: 'KEY_INFO' });
  return { certificates, values };
}

function readCertificate(document: XmlDocument, element: XmlElement, refuseAt: RefuseAt): KnownCertificate {
  const text = textOf(document, element);
  if (text.length > LONGEST_CERTIFICATE) refuseAt('CERTIFICATE_MALFORMED', element);
  return known.getOrCompute(text, () => {
    const certificate = decodeBase64(text) ?? refuseAt('CERTIFICATE_MALFORMED', element);
    try {
      const { publicKey } = new X509Certificate(certificate);
      return { certificate, publicKey, parts: partsOf(publicKey) };
    } catch {
      return refuseAt('CERTIFICATE_MALFORMED', element);
    }
  });
}

function partsOf(key: KeyObject): KeyParts {
  // Node exports only RSA and the curves of the table; nothing else may sign anyway.
  if (key.asymmetricKeyType !== 'rsa' && keyWeakness(key) !== undefined) return { kind: 'other' };
  const { kty, n = '', e = '', x = '', y = '' } = key.export({ format: 'jwk' });
  const octets = (part: string): Buffer => Buffer.from(part, 'base64url');
  if (kty === 'RSA') return { kind: 'rsa', modulus: numberOf(octets(n)), exponent: numberOf(octets(e)) };
  return { kind: 'ec', curve: curveOids.get(octets(x).length) ?? '', point: numberOf(Buffer.concat([Buffer.from([4]), octets(x), octets(y)])) };
}

/** Is this KeyValue (RSAKeyValue or ECKeyValue) the given key? Anything unreadable is not. */
function isSameKey(document: XmlDocument, keyValue: XmlElement, parts: KeyParts): boolean {
  const [value, surplus] = childElements(keyValue);
  if (value === undefined || surplus !== undefined) return false;
  const isNumber = (local: string, expected: Buffer): boolean => {
    const [part, second] = childrenNamed(value, local, value.namespace);
    const octets = part && second === undefined ? decodeBase64(textOf(document, part)) : undefined;
    return octets !== undefined && numberOf(octets).equals(expected);
  };
  if (value.local === 'RSAKeyValue' && value.namespace === DSIG) return parts.kind === 'rsa' && isNumber('Modulus', parts.modulus) && isNumber('Exponent', parts.exponent);
  if (value.local !== 'ECKeyValue' || value.namespace !== DSIG11 || parts.kind !== 'ec') return false;
  const [curve] = childrenNamed(value, 'NamedCurve', DSIG11);
  return curve !== undefined && parts.curve === attributeNamed(curve, 'URI') && isNumber('PublicKey', parts.point);
}

/** The octets of an unsigned number without leading zeros. */
function numberOf(octets: Buffer): Buffer {
  const start = octets.findIndex((octet) => octet !== 0);
  return start <= 0 ? octets : octets.subarray(start);
}

const curveOids: ReadonlyMap<number, string> = new Map([
  [32, 'urn:oid:1.2.840.10045.3.1.7'],
  [48, 'urn:oid:1.3.132.0.34'],
  [66, 'urn:oid:1.3.132.0.35'],
]);
