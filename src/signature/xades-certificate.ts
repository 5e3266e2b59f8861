// Did the signer mean this certificate? SigningCertificateV2 (ETSI EN 319 132-1 §5.2.2), and for signatures of the field SigningCertificate of
// XAdES 1.3.2, hold the digest of the signer's certificate under the signature; without it KeyInfo could show another one with the same key.
// One entry must be of the certificate that verified the signature; what is said there besides must fit too.
import { createHash, X509Certificate } from 'node:crypto';

import { decodeBase64 } from '../xml/base64.ts';
import { childElements } from '../xml/document.ts';
import type { XmlElement } from '../xml/document.ts';
import { textOf } from '../xml/text.ts';
import { algorithmOf, isDsig } from './shape.ts';
import { digestMethods } from './algorithms.ts';
import { readChildren } from './xades-elements.ts';
import type { Children } from './xades-elements.ts';
import type { XadesReading } from './xades.ts';

const MOST_ENTRIES = 10;

export function checkSigningCertificate(parent: XmlElement, children: Children, reading: XadesReading): void {
  const { refuseAt, rules } = reading;
  const newer = children.one('SigningCertificateV2');
  const older = children.one('SigningCertificate');
  if (newer === undefined && (older === undefined || rules.olderCertificateReference === 'refuse')) refuseAt('XADES_PROPERTIES_MISSING', parent, { property: 'SigningCertificateV2' });
  for (const property of [newer, older]) if (property !== undefined) checkProperty(property, reading);
}

function checkProperty(property: XmlElement, reading: XadesReading): void {
  const { refuseAt } = reading;
  const entries = readChildren(property, { repeated: ['Cert'] }, refuseAt).all('Cert');
  if (entries.length > MOST_ENTRIES) refuseAt('XADES_FORMAT', property, { reason: 'XADES_TOO_MUCH' });
  // All are read before any decides, so that a weak digest is refused wherever it stands.
  const own = entries.map((entry) => isOfCertificate(entry, property.local === 'SigningCertificateV2' ? 'IssuerSerialV2' : 'IssuerSerial', reading));
  if (!own.includes(true)) refuseAt('XADES_SIGNING_CERTIFICATE_MISMATCH', property, { property: property.local });
}

function isOfCertificate(entry: XmlElement, nameIn: 'IssuerSerialV2' | 'IssuerSerial', reading: XadesReading): boolean {
  const { certificate, refuseAt } = reading;
  const { one } = readChildren(entry, { once: ['CertDigest', nameIn] }, refuseAt);
  const { hash, digest } = readDigest(one('CertDigest') ?? entry, reading);
  if (!createHash(hash).update(certificate).digest().equals(digest)) return false;
  const issuerSerial = one('IssuerSerialV2');
  const named = one('IssuerSerial');
  return (issuerSerial === undefined || isIssuerSerial(issuerSerial, reading)) && (named === undefined || isSerialNumber(named, reading));
}

function readDigest(element: XmlElement, { document, refuseAt }: XadesReading): { readonly hash: string; readonly digest: Buffer } {
  const [method, value, surplus] = childElements(element);
  if (!isDsig(method, 'DigestMethod') || !isDsig(value, 'DigestValue') || surplus !== undefined) return refuseAt('XADES_FORMAT', element, { reason: 'XADES_CHILDREN' });
  const algorithm = algorithmOf(method);
  const known = digestMethods.get(algorithm);
  return {
    // A digest that only the archive admits names no certificate for certain.
    hash: (known?.admitted.has('field') === true ? known.hash : undefined) ?? refuseAt('CRYPTO_CONSTRAINTS_FAILURE', method, { algorithm }),
    digest: decodeBase64(textOf(document, value)) ?? refuseAt('SIGNATURE_FORMAT', value, { reason: 'BASE64' }),
  };
}

/** DER of IssuerSerial (RFC 5035 §5): there is one encoding of the right answer, so octets are compared and the claim need not be read. */
function isIssuerSerial(element: XmlElement, { document, certificate, refuseAt }: XadesReading): boolean {
  const claimed = decodeBase64(textOf(document, element)) ?? refuseAt('SIGNATURE_FORMAT', element, { reason: 'BASE64' });
  return issuerSerialOf(certificate)?.equals(claimed) === true;
}

/** The name is text that every program writes differently, so only the number is compared; the digest has already decided. */
function isSerialNumber(element: XmlElement, { document, certificate }: XadesReading): boolean {
  const serial = childElements(element).find((child) => isDsig(child, 'X509SerialNumber'));
  const digits = serial === undefined ? '' : textOf(document, serial).trim();
  // OpenSSL also reads negative ones, which are no serial numbers (RFC 5280 §4.1.2.2).
  const own = new X509Certificate(certificate).serialNumber;
  return /^\d{1,50}$/.test(digits) && /^[0-9A-F]+$/i.test(own) && BigInt(digits) === BigInt(`0x${own}`);
}

/** SEQUENCE { SEQUENCE { [4] issuer }, serialNumber } of a certificate that OpenSSL has read; undefined when it is not in DER. */
export function issuerSerialOf(certificate: Buffer): Buffer | undefined {
  const contents = elementAt(certificate, 0)?.content;
  const fields = contents && elementsOf(elementAt(contents, 0)?.content);
  const [first, ...others] = fields ?? [];
  const [serialNumber, , issuer] = first?.[0] === VERSION ? others : [first, ...others];
  if (serialNumber === undefined || issuer === undefined) return undefined;
  return wrapped(SEQUENCE, Buffer.concat([wrapped(SEQUENCE, wrapped(DIRECTORY_NAME, issuer)), serialNumber]));
}

const SEQUENCE = 0x30;
const DIRECTORY_NAME = 0xa4;
const VERSION = 0xa0;

function elementsOf(content: Buffer | undefined): readonly Buffer[] {
  const elements: Buffer[] = [];
  for (let rest = content; rest !== undefined && rest.length > 0 && elements.length < 4;) {
    const element = elementAt(rest, 0);
    if (element === undefined) break;
    elements.push(element.raw);
    rest = rest.subarray(element.raw.length);
  }
  return elements;
}

function elementAt(bytes: Buffer, start: number): { readonly raw: Buffer; readonly content: Buffer } | undefined {
  const first = bytes[start + 1];
  const size = first === undefined || first < 0x80 ? 0 : first - 0x80;
  if (first === undefined || first === 0x80 || size > 3 || start + 2 + size > bytes.length) return undefined;
  const from = start + 2 + size;
  const end = from + (size === 0 ? first : bytes.readUIntBE(start + 2, size));
  return end > bytes.length ? undefined : { raw: bytes.subarray(start, end), content: bytes.subarray(from, end) };
}

function wrapped(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const header = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...header]), content]);
}
