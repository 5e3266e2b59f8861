// Enveloped XAdES baseline signatures (ETSI EN 319 132-1 §6): level B, T when an authority stamps the value, LT when revocation values are
// given besides. RSASSA-PSS or ECDSA with SHA-256 unless asked otherwise, as TT 15/2025/TT-BKHCN wants new signatures. What is inside the
// signature is canonicalised exclusively, so it means the same wherever the document is put.
import { createHash, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

import { canonicalDocument, canonicalElement, escapeText, inclusiveForm } from '../xml/canonical.ts';
import { descendants, pathTo } from '../xml/document.ts';
import { parse } from '../xml/parse.ts';
import { DSIG, ENVELOPED, EXCLUSIVE, methodForKey, PSS_SHA256, SHA256, signatureMethods } from './algorithms.ts';
import { insert } from './sign.ts';
import type { SigningIdentity } from './sign.ts';
import { issuerSerialOf } from './xades-certificate.ts';
import { XADES } from './xades-elements.ts';
import { SIGNED_PROPERTIES_TYPE } from './xades.ts';

const signInPool = promisify(sign);
const exclusiveForm = { ...inclusiveForm, exclusive: true };

export interface XadesSigningOptions {
  /** Names from the root to the element that is to hold the signature; the element must exist. */
  readonly path: readonly string[];
  readonly signingTime: Date;
  /** For RSA keys; absent: PSS. */
  readonly padding?: 'pss' | 'pkcs1';
  /** Asks an authority for a time-stamp token (DER) over these octets. */
  readonly timeStamp?: (octets: Buffer) => Promise<Buffer>;
  readonly values?: ValidationValues;
}

/** DER, of the signer's path and of the authority's. */
export interface ValidationValues {
  readonly certificates: readonly Buffer[];
  readonly lists: readonly Buffer[];
  readonly responses: readonly Buffer[];
}

/** The signed document's bytes: those given, with one Signature put in before the end tag that `path` leads to. Nothing else changes. */
export async function signXades(bytes: Buffer, identity: SigningIdentity, options: XadesSigningOptions): Promise<Buffer> {
  const [certificate] = identity.certificates;
  if (certificate === undefined) throw new Error('no certificate to sign with');
  const document = parse(bytes);
  const contentDigest = digestOf(canonicalDocument(document, document.root, inclusiveForm));
  const method = methodOf(identity.key, options.padding ?? 'pss');
  // Of what is signed, by whom and when: two signatures in one document never share an Id.
  const id = `xades-${createHash('sha256').update(contentDigest).update(certificate).update(options.signingTime.toISOString()).digest('hex').slice(0, 24)}`;
  const parts: Parts = { id, identity, method, properties: signedPropertiesXml(id, certificate, options.signingTime, [{ reference: `${id}-content`, mimeType: 'text/xml' }]) };
  const draft = signatureXml({ ...parts, signedInfo: '', value: '', unsigned: '' });
  const signedInfo = signedInfoXml(parts, contentDigest, digestOf(octetsIn(draft, 'SignedProperties')));
  const octets = octetsIn(signatureXml({ ...parts, signedInfo, value: '', unsigned: '' }), 'SignedInfo');
  const value = (await signWith(identity.key, method, octets)).toString('base64');
  const signed = octetsIn(signatureXml({ ...parts, signedInfo, value, unsigned: '' }), 'SignatureValue');
  const token = await options.timeStamp?.(signed);
  return insert(bytes, options.path, signatureXml({ ...parts, signedInfo, value, unsigned: unsignedXml(token, options.values) }));
}

/** What a signature is made of before it is signed. */
export interface Parts {
  readonly id: string;
  readonly identity: SigningIdentity;
  readonly method: string;
  /** Markup. */
  readonly properties: string;
}

function methodOf(key: KeyObject, padding: 'pss' | 'pkcs1'): string {
  return key.asymmetricKeyType === 'rsa' && padding === 'pss' ? PSS_SHA256 : methodForKey(key);
}

export function signWith(key: KeyObject, name: string, octets: Buffer): Promise<Buffer> {
  const method = signatureMethods.get(name);
  if (method === undefined) throw new Error('the signing method is not in the table');
  return signInPool(method.hash, octets, { key, ...method.options });
}

export function digestOf(octets: Buffer): string {
  return createHash('sha256').update(octets).digest('base64');
}

/** The canonical octets of the one element of this name. In the exclusive form they are the same in the document and here. */
export function octetsIn(signature: string, local: string): Buffer {
  const document = parse(Buffer.from(signature));
  const element = [...descendants(document.root)].find((candidate) => candidate.local === local);
  if (element === undefined) throw new Error(`the signature has no ${local}`);
  return canonicalElement(document, pathTo(document.root, element), exclusiveForm);
}

function signatureXml({ id, identity, properties, signedInfo, value, unsigned }: Parts & Readonly<Record<'signedInfo' | 'value' | 'unsigned', string>>): string {
  const certificates = identity.certificates.map((der) => `<X509Certificate>${der.toString('base64')}</X509Certificate>`).join('');
  return (
    `<Signature xmlns="${DSIG}" Id="${id}">${signedInfo}<SignatureValue Id="${id}-value">${value}</SignatureValue><KeyInfo><X509Data>${certificates}</X509Data></KeyInfo>` +
    `<Object><xades:QualifyingProperties xmlns:xades="${XADES}" Target="#${id}">${properties}${unsigned}</xades:QualifyingProperties></Object></Signature>`
  );
}

function signedInfoXml({ id, method }: Parts, contentDigest: string, propertiesDigest: string): string {
  const reference = (attributes: string, transform: string, digest: string): string =>
    `<Reference ${attributes}><Transforms><Transform Algorithm="${transform}"></Transform></Transforms>` +
    `<DigestMethod Algorithm="${SHA256}"></DigestMethod><DigestValue>${digest}</DigestValue></Reference>`;
  return (
    `<SignedInfo><CanonicalizationMethod Algorithm="${EXCLUSIVE}"></CanonicalizationMethod><SignatureMethod Algorithm="${method}"></SignatureMethod>` +
    reference(`Id="${id}-content" URI=""`, ENVELOPED, contentDigest) +
    `${reference(`Type="${SIGNED_PROPERTIES_TYPE}" URI="#${id}-properties"`, EXCLUSIVE, propertiesDigest)}</SignedInfo>`
  );
}

/** `formats`: of each reference to content, by its Id, the media type. */
export function signedPropertiesXml(id: string, certificate: Buffer, signingTime: Date, formats: readonly { readonly reference: string; readonly mimeType: string }[]): string {
  const issuerSerial = issuerSerialOf(certificate);
  if (issuerSerial === undefined) throw new Error('the certificate cannot be read');
  return (
    `<xades:SignedProperties Id="${id}-properties"><xades:SignedSignatureProperties>` +
    `<xades:SigningTime>${escapeText(`${signingTime.toISOString().slice(0, 19)}Z`)}</xades:SigningTime>` +
    `<xades:SigningCertificateV2><xades:Cert><xades:CertDigest><DigestMethod Algorithm="${SHA256}"></DigestMethod><DigestValue>${digestOf(certificate)}</DigestValue></xades:CertDigest>` +
    `<xades:IssuerSerialV2>${issuerSerial.toString('base64')}</xades:IssuerSerialV2></xades:Cert></xades:SigningCertificateV2></xades:SignedSignatureProperties>` +
    `<xades:SignedDataObjectProperties>${formats.map(formatXml).join('')}</xades:SignedDataObjectProperties></xades:SignedProperties>`
  );
}

function formatXml({ reference, mimeType }: { readonly reference: string; readonly mimeType: string }): string {
  return `<xades:DataObjectFormat ObjectReference="#${reference}"><xades:MimeType>${mimeType}</xades:MimeType></xades:DataObjectFormat>`;
}

function unsignedXml(token: Buffer | undefined, values: ValidationValues | undefined): string {
  const stamp = token === undefined
    ? ''
    : `<xades:SignatureTimeStamp><CanonicalizationMethod Algorithm="${EXCLUSIVE}"></CanonicalizationMethod>${encapsulated('TimeStamp', [token])}</xades:SignatureTimeStamp>`;
  const properties = stamp + (values === undefined ? '' : valuesXml(values));
  return properties === '' ? '' : `<xades:UnsignedProperties><xades:UnsignedSignatureProperties>${properties}</xades:UnsignedSignatureProperties></xades:UnsignedProperties>`;
}

function valuesXml({ certificates, lists, responses }: ValidationValues): string {
  const holder = (name: string, content: string): string => (content === '' ? '' : `<xades:${name}>${content}</xades:${name}>`);
  return (
    holder('CertificateValues', encapsulated('X509Certificate', certificates)) +
    holder('RevocationValues', holder('CRLValues', encapsulated('CRLValue', lists)) + holder('OCSPValues', encapsulated('OCSPValue', responses)))
  );
}

function encapsulated(kind: string, values: readonly Buffer[]): string {
  return values.map((der) => `<xades:Encapsulated${kind}>${der.toString('base64')}</xades:Encapsulated${kind}>`).join('');
}
