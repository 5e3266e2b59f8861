// UnsignedProperties → UnsignedFacts (ETSI EN 319 132-1 §5.3-5.4): time-stamp tokens with the octets they must be about, certificates and
// revocation values, as raw DER and bounded in number and size. Nobody signed them; each proves itself in `trust/` or is of no use. Properties
// that are not of the levels B to LT are passed over.
import { decodeBase64 } from '../xml/base64.ts';
import { canonicalElement } from '../xml/canonical.ts';
import type { CanonicalForm } from '../xml/canonical.ts';
import { attributeNamed, childElements, childrenNamed, pathTo } from '../xml/document.ts';
import type { XmlElement } from '../xml/document.ts';
import { textOf } from '../xml/text.ts';
import { C14N, canonicalForms, DSIG } from './algorithms.ts';
import { isDsig, readForm } from './shape.ts';
import { readChildren, XADES } from './xades-elements.ts';
import type { XadesReading } from './xades.ts';

export interface EmbeddedTimeStamp {
  /** DER. */
  readonly token: Buffer;
  /** The canonical SignatureValue element: what the token must be about. */
  readonly canonicalSignatureValue: Buffer;
}

export interface UnsignedFacts {
  readonly timestamps: readonly EmbeddedTimeStamp[];
  readonly certificates: readonly Buffer[];
  readonly lists: readonly Buffer[];
  readonly responses: readonly Buffer[];
}

const XADES_141 = 'http://uri.etsi.org/01903/v1.4.1#';
const DER_ENCODING = 'http://uri.etsi.org/01903/v1.2.2#DER';

interface Limit {
  readonly count: number;
  readonly bytes: number;
}

/** In number, and in bytes of each. Revocation lists of large authorities have some megabytes. */
const limits = {
  token: { count: 4, bytes: 256 * 1024 },
  certificate: { count: 32, bytes: 16 * 1024 },
  list: { count: 16, bytes: 8 * 1024 * 1024 },
  response: { count: 32, bytes: 64 * 1024 },
} as const satisfies Record<string, Limit>;

export function readUnsignedProperties(properties: XmlElement | undefined, reading: XadesReading): UnsignedFacts {
  const { refuseAt } = reading;
  const parts = properties && readChildren(properties, { once: ['UnsignedSignatureProperties', 'UnsignedDataObjectProperties'] }, refuseAt);
  const holder = parts?.one('UnsignedSignatureProperties');
  const named = (local: string): readonly XmlElement[] => (holder === undefined ? [] : childrenNamed(holder, local, XADES));
  const stamps = named('SignatureTimeStamp');
  // Before any is read: each costs the canonical SignatureValue, which may be as long as the sender likes.
  bound(stamps, limits.token, holder, reading);
  const timestamps = stamps.flatMap((element) => readTimeStamp(element, reading));
  bound(timestamps, limits.token, holder, reading);
  // Values for the time stamps' own certificates may stand apart (§5.5.1.2).
  const apart = holder === undefined ? [] : childrenNamed(holder, 'TimeStampValidationData', XADES_141);
  const valuesIn = (local: string): readonly XmlElement[] => [...single(named(local), reading), ...apart.flatMap((element) => single(childrenNamed(element, local, XADES), reading))];
  const certificates = valuesIn('CertificateValues').flatMap((element) => readChildren(element, { repeated: ['EncapsulatedX509Certificate', 'OtherCertificate'] }, refuseAt).all('EncapsulatedX509Certificate'));
  const revocation = valuesIn('RevocationValues').map((element) => readChildren(element, { once: ['CRLValues', 'OCSPValues', 'OtherValues'] }, refuseAt));
  const revocationIn = (list: string, value: string): readonly XmlElement[] =>
    revocation.flatMap(({ one }) => one(list) ?? []).flatMap((element) => readChildren(element, { repeated: [value] }, refuseAt).all(value));
  return {
    timestamps,
    certificates: decodeAll(certificates, limits.certificate, holder, reading),
    lists: decodeAll(revocationIn('CRLValues', 'EncapsulatedCRLValue'), limits.list, holder, reading),
    responses: decodeAll(revocationIn('OCSPValues', 'EncapsulatedOCSPValue'), limits.response, holder, reading),
  };
}

/** SignatureTimeStamp is about the SignatureValue element and nothing else: what it covers is implied, so Include has no place (§5.3). */
function readTimeStamp(element: XmlElement, reading: XadesReading): readonly EmbeddedTimeStamp[] {
  const { document, element: signature, refuseAt } = reading;
  const children = readChildren(element, { repeated: ['EncapsulatedTimeStamp'], open: true }, refuseAt);
  const [canonicalization, surplus] = children.foreign;
  if (surplus !== undefined || (canonicalization !== undefined && !isDsig(canonicalization, 'CanonicalizationMethod'))) refuseAt('XADES_FORMAT', surplus ?? element, { reason: 'XADES_CHILDREN' });
  const [value] = childrenNamed(signature, 'SignatureValue', DSIG);
  const form = canonicalization === undefined ? defaultForm() : readForm(canonicalization, refuseAt, 'CRYPTO_CONSTRAINTS_FAILURE');
  if (value === undefined) return refuseAt('XADES_FORMAT', element, { reason: 'XADES_CHILDREN' });
  const canonicalSignatureValue = canonicalElement(document, pathTo(document.root, value), form);
  const tokens = decodeAll(children.all('EncapsulatedTimeStamp'), limits.token, element, reading);
  return tokens.map((token) => ({ token, canonicalSignatureValue }));
}

/** Of XML Signature, where none is named (§5.3). */
function defaultForm(): CanonicalForm {
  const form = canonicalForms.get(C14N);
  if (form === undefined) throw new Error('the table of canonical forms lacks the default');
  return form;
}

function single(elements: readonly XmlElement[], { refuseAt }: XadesReading): readonly XmlElement[] {
  const [, second] = elements;
  if (second !== undefined) refuseAt('XADES_FORMAT', second, { reason: 'XADES_CHILDREN' });
  return elements;
}

function decodeAll(elements: readonly XmlElement[], limit: Limit, at: XmlElement | undefined, reading: XadesReading): readonly Buffer[] {
  bound(elements, limit, at, reading);
  return elements.map((element) => decode(element, limit, reading));
}

function decode(element: XmlElement, { bytes }: Limit, { document, refuseAt }: XadesReading): Buffer {
  if ((attributeNamed(element, 'Encoding') ?? DER_ENCODING) !== DER_ENCODING || childElements(element).length > 0) refuseAt('XADES_FORMAT', element, { reason: 'XADES_ENCODING' });
  // Before decoding: text is a third longer than what it stands for, and white space is possible.
  if (element.end - element.start > 2 * bytes) refuseAt('XADES_FORMAT', element, { reason: 'XADES_TOO_MUCH' });
  const value = decodeBase64(textOf(document, element)) ?? refuseAt('SIGNATURE_FORMAT', element, { reason: 'BASE64' });
  if (value.length > bytes) refuseAt('XADES_FORMAT', element, { reason: 'XADES_TOO_MUCH' });
  return value;
}

function bound({ length }: readonly unknown[], { count }: Limit, at: XmlElement | undefined, { refuseAt }: XadesReading): void {
  if (at !== undefined && length > count) refuseAt('XADES_FORMAT', at, { reason: 'XADES_TOO_MUCH' });
}
