// SignedInfo and SignatureValue: is this value the signature of these octets by the certificate's key? (XML Signature 1.1 §3.2.2.) SignedInfo
// is canonicalised in the context of its document, so that namespaces it inherits count. ECDSA values are looked at before OpenSSL is asked.
import { verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { usingCanonicalElement } from '../xml/canonical.ts';
import type { XmlDocument, XmlElement } from '../xml/document.ts';
import { curveOrders } from './algorithms.ts';
import type { SignatureMethod } from './algorithms.ts';
import { readSigningKey } from './keys.ts';
import type { SignaturePolicy } from './policy.ts';
import { refuserIn } from './shape.ts';
import type { SignatureShape } from './shape.ts';
import { readXades } from './xades.ts';
import type { XadesFacts } from './xades.ts';

/** What is known of a signature whose value is good. */
export interface SignatureFacts {
  readonly element: XmlElement;
  readonly policy: SignaturePolicy['name'];
  /** E.g. `RSASSA-PSS sha256`. */
  readonly method: string;
  /** DER of the certificate whose key signed. */
  readonly certificate: Buffer;
  /** DER of every certificate that came along: candidates for a path, never trusted. */
  readonly candidates: readonly Buffer[];
  /** Absent for a plain XML signature. */
  readonly xades: XadesFacts | undefined;
}

/** Throws `Refusal`: a certificate or key that cannot be used, SIG_CRYPTO_FAILURE, or XAdES properties that are wrong or missing. */
export function verifyValue(document: XmlDocument, shape: SignatureShape, policy: SignaturePolicy): SignatureFacts {
  const { element, method, value } = shape;
  const key = readSigningKey(document, shape, policy);
  if (!usingCanonicalElement(document, shape.signedInfo, shape.form, (octets) => verifies(octets, key.publicKey, method, value))) refuserIn(document)('SIG_CRYPTO_FAILURE', element);
  const xades = shape.keyRows !== undefined ? undefined : readXades({ document, element, references: shape.references, certificate: key.certificate }, policy.xadesRules);
  if (xades === undefined && policy.xades === 'required') refuserIn(document)('XADES_PROPERTIES_MISSING', element, { property: 'QualifyingProperties' });
  return { element, policy: policy.name, method: method.name, certificate: key.certificate, candidates: key.all, xades };
}

function verifies(octets: Buffer, key: KeyObject, method: SignatureMethod, value: Buffer): boolean {
  if (method.keyType === 'ec' && !isWithinOrder(key, value)) return false;
  return verify(method.hash, octets, { key, ...method.options }, value);
}

/** r‖s of equal length, both from 1 to n−1 (FIPS 186-5 §6.4.2 step 1; XML Signature 1.1 §6.4.3). */
export function isWithinOrder(key: KeyObject, value: Buffer): boolean {
  const order = curveOrders.get(key.asymmetricKeyDetails?.namedCurve ?? '');
  if (order === undefined) return false;
  const size = Math.ceil(order.toString(16).length / 2);
  if (value.length !== 2 * size) return false;
  return [value.subarray(0, size), value.subarray(size)].every((part) => {
    const number = BigInt(`0x${part.toString('hex')}`);
    return number > 0n && number < order;
  });
}
