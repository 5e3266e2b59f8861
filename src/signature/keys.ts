// Whose key verifies a signature: the certificate in KeyInfo, and nothing else. A KeyValue beside it must be the same key; it is never
// used to verify, so that a substituted one cannot decide anything. What is dear to read is remembered, see
// `known-certificates.ts`.
import type { KeyObject } from 'node:crypto';

import { decodeBase64 } from '../xml/base64.ts';
import { attributeNamed, childElements, childrenNamed } from '../xml/document.ts';
import type { XmlDocument, XmlElement } from '../xml/document.ts';
import { leafEnd, leafStart } from '../xml/leaf.ts';
import { areOctets } from '../xml/runs.ts';
import { textOf } from '../xml/text.ts';
import type { Tree } from '../xml/tree.ts';
import { DSIG, DSIG11, keyWeakness } from './algorithms.ts';
import { certificateIn, certificateOf, numberOf, rememberCertificate } from './known-certificates.ts';
import type { KeyParts, KnownCertificate } from './known-certificates.ts';
import type { SignaturePolicy } from './policy.ts';
import { isDsig, refuserIn } from './shape.ts';
import type { RefuseAt, SignatureShape } from './shape.ts';
import type { KeyRows } from './usual-shape.ts';

export interface SigningKey {
  /** The certificate as it stands in the signature (DER). Whether to trust it is not decided here. */
  readonly certificate: Buffer;
  readonly publicKey: KeyObject;
  /** Every certificate of KeyInfo in the order written, this one included: candidates for a path, no more. */
  readonly all: readonly Buffer[];
}

const MOST_CERTIFICATES = 10;
/** In characters of base64; a certificate beyond 16 KiB is refused by `trust/` too. Bounds what is remembered. */
const LONGEST_CERTIFICATE = 24 * 1024;

export function readSigningKey(document: XmlDocument, shape: SignatureShape, policy: SignaturePolicy): SigningKey {
  const refuseAt = refuserIn(document);
  const { keyInfo, element, method } = shape;
  if (keyInfo === undefined) return refuseAt('CERTIFICATE_MISSING', element);
  const usual = shape.keyRows && readUsualKey(document, shape.keyRows);
  const { first, chosen, keys } = usual === undefined ? readKeys(document, keyInfo, refuseAt) : { first: usual, chosen: usual, keys: [usual] };
  // Asked first: some keys that may not sign cannot even be compared.
  const weakness = keyWeakness((chosen ?? first).publicKey, policy.smallestRsa);
  if (weakness !== undefined) refuseAt('CRYPTO_CONSTRAINTS_FAILURE', keyInfo, { algorithm: weakness });
  if (chosen === undefined) return refuseAt('KEY_MISMATCH', keyInfo);
  const { asymmetricKeyType = '?' } = chosen.publicKey;
  if (asymmetricKeyType !== method.keyType) refuseAt('CRYPTO_CONSTRAINTS_FAILURE', keyInfo, { algorithm: `${method.keyType} ≠ ${asymmetricKeyType}` });
  if (usual === undefined && shape.keyRows !== undefined) rememberUsual(document, shape.keyRows, first);
  return { certificate: chosen.certificate, publicKey: chosen.publicKey, all: keys.map(({ certificate }) => certificate) };
}

interface ShownKeys {
  readonly first: KnownCertificate;
  /** Undefined when KeyValue is the key of none. */
  readonly chosen: KnownCertificate | undefined;
  readonly keys: readonly KnownCertificate[];
}

function readKeys(document: XmlDocument, keyInfo: XmlElement, refuseAt: RefuseAt): ShownKeys {
  const { certificates, values } = readKeyInfo(keyInfo, refuseAt);
  const keys = certificates.map((certificate) => readCertificate(document, certificate, refuseAt));
  const [first] = keys;
  if (first === undefined) return refuseAt('CERTIFICATE_MISSING', keyInfo);
  const [value] = values;
  return { first, keys, chosen: value === undefined ? first : keys.find((key) => isSameKey(document, value, key.parts)) };
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
  return certificateOf(text) ?? refuseAt('CERTIFICATE_MALFORMED', element);
}

/** The certificate of a usual KeyInfo, when it is known and a KeyValue beside it is written as its key is; in all other cases undefined. */
function readUsualKey({ tree, bytes }: XmlDocument, { certificate, modulus, exponent }: KeyRows): KnownCertificate | undefined {
  const start = leafStart(tree, certificate);
  const found = start === -1 ? undefined : certificateIn(bytes, start, leafEnd(tree, certificate));
  if (found === undefined || modulus === -1) return found?.known;
  return isWritten(tree, modulus, found.modulus) && isWritten(tree, exponent, found.exponent) ? found.known : undefined;
}

function rememberUsual({ tree, bytes }: XmlDocument, { certificate }: KeyRows, known: KnownCertificate): void {
  const start = leafStart(tree, certificate);
  if (start !== -1) rememberCertificate(bytes, start, leafEnd(tree, certificate), known);
}

function isWritten(tree: Tree, row: number, text: Buffer | undefined): boolean {
  const start = leafStart(tree, row);
  return start !== -1 && text?.length === leafEnd(tree, row) - start && areOctets(tree.bytes, start, text);
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
