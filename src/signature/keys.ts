// Whose key verifies a signature: the certificate in KeyInfo, and nothing else. A KeyValue beside it must be the same key; it is never
// used to verify, so that a substituted one cannot decide anything.
import { createHash, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { BoundedMap } from '../bounded-map.ts';
import { refuse } from '../errors/outcomes.ts';
import { decodeBase64 } from '../xml/base64.ts';
import { attributeNamed, childElements, childrenNamed } from '../xml/document.ts';
import type { XmlDocument, XmlElement } from '../xml/document.ts';
import { placeOf } from '../xml/place.ts';
import { textOf } from '../xml/text.ts';
import { DSIG, DSIG11, keyWeakness } from './algorithms.ts';
import { isDsig, refuserIn } from './shape.ts';
import type { SignatureShape } from './shape.ts';

export interface SigningKey {
  /** The certificate as it stands in the signature (DER). Whether to trust it is not decided here. */
  readonly certificate: Buffer;
  readonly publicKey: KeyObject;
}

const MOST_CERTIFICATES = 10;
const parsedKeys = new BoundedMap<string, KeyObject>(4096);

export function readSigningKey(document: XmlDocument, shape: SignatureShape): SigningKey {
  const refuseAt = refuserIn(document);
  const { keyInfo, element, method } = shape;
  if (keyInfo === undefined) return refuseAt('CERTIFICATE_MISSING', element);
  const children = childElements(keyInfo);
  if (children.some((child) => !isDsig(child, 'KeyValue') && !isDsig(child, 'X509Data'))) refuseAt('SIGNATURE_FORMAT', keyInfo, { reason: 'KEY_INFO' });
  const certificates = childrenNamed(keyInfo, 'X509Data', DSIG).flatMap((data) => childrenNamed(data, 'X509Certificate', DSIG));
  const values = childrenNamed(keyInfo, 'KeyValue', DSIG);
  if (values.length > 1 || certificates.length > MOST_CERTIFICATES) refuseAt('SIGNATURE_FORMAT', keyInfo, { reason: 'KEY_INFO' });
  const keys = certificates
    .map((certificate) => readCertificate(document, certificate));
  const [first] = keys;
  if (first === undefined) return refuseAt('CERTIFICATE_MISSING', keyInfo);
  const chosen = values.length === 0 ? first : keys.find((key) => values.every((value) => isSameKey(document, value, key.publicKey)));
  // Asked first: some keys that may not sign cannot even be compared.
  const weakness = keyWeakness((chosen ?? first).publicKey);
  if (weakness !== undefined) refuseAt('CRYPTO_CONSTRAINTS_FAILURE', keyInfo, { algorithm: weakness });
  if (chosen === undefined) return refuseAt('KEY_MISMATCH', keyInfo);
  const { asymmetricKeyType = '?' } = chosen.publicKey;
  if (asymmetricKeyType !== method.keyType) refuseAt('CRYPTO_CONSTRAINTS_FAILURE', keyInfo, { algorithm: `${method.keyType} ≠ ${asymmetricKeyType}` });
  return chosen;
}

function readCertificate(document: XmlDocument, element: XmlElement): SigningKey {
  const place = placeOf(document.bytes, document.root, element);
  const certificate = decodeBase64(textOf(document, element)) ?? refuse('CERTIFICATE_MALFORMED', { place });
  const digest = createHash('sha256').update(certificate).digest('base64');
  const publicKey = parsedKeys.getOrCompute(digest, () => {
    try {
      return new X509Certificate(certificate).publicKey;
    } catch {
      return refuse('CERTIFICATE_MALFORMED', { place });
    }
  });
  return { certificate, publicKey };
}

/** Is this KeyValue (RSAKeyValue or ECKeyValue) the given key? Anything unreadable is not. */
function isSameKey(document: XmlDocument, keyValue: XmlElement, publicKey: KeyObject): boolean {
  const [value, surplus] = childElements(keyValue);
  if (value === undefined || surplus !== undefined) return false;
  // Node exports only RSA and the curves of the table; nothing else may sign anyway.
  if (publicKey.asymmetricKeyType !== 'rsa' && keyWeakness(publicKey) !== undefined) return false;
  const jwk = publicKey.export({ format: 'jwk' });
  const number = (local: string): string | undefined => {
    const [part] = childrenNamed(value, local, value.namespace);
    return part && decodeBase64(textOf(document, part))?.toString('hex').replace(/^(00)+/, '');
  };
  const own = (part: string | undefined): string => Buffer.from(part ?? '', 'base64url').toString('hex').replace(/^(00)+/, '');
  if (value.local === 'RSAKeyValue' && value.namespace === DSIG) return jwk.kty === 'RSA' && number('Modulus') === own(jwk.n) && number('Exponent') === own(jwk.e);
  if (value.local !== 'ECKeyValue' || value.namespace !== DSIG11 || jwk.kty !== 'EC') return false;
  const [curve] = childrenNamed(value, 'NamedCurve', DSIG11);
  const size = Buffer.from(jwk.x ?? '', 'base64url').length;
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(jwk.x ?? '', 'base64url'), Buffer.from(jwk.y ?? '', 'base64url')]);
  return curveOids.get(size) === attributeNamed(curve ?? value, 'URI') && number('PublicKey') === point.toString('hex');
}

const curveOids: ReadonlyMap<number, string> = new Map([
  [32, 'urn:oid:1.2.840.10045.3.1.7'],
  [48, 'urn:oid:1.3.132.0.34'],
  [66, 'urn:oid:1.3.132.0.35'],
]);
