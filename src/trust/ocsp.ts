// OCSP (RFC 6960): bytes → OcspResponse, strictly, and the request whose answer that is. The reader is that of certificates and lists, because
// names and signatures are about raw bytes; what it leaves unread passes the walk of `der.ts`. An answer that says anything we do not
// understand is kept, but marked unusable. Who may sign it and what it proves is decided in `ocsp-answers.ts`.
import { createHash } from 'node:crypto';
import { CertID, OCSPRequest, Request, TBSRequest } from '@peculiar/asn1-ocsp';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { AlgorithmIdentifier, Extension } from '@peculiar/asn1-x509';
import { parseCertificate, type Certificate } from './certificate.ts';
import { checkDer, fieldsOf, integerOf, oidOf, readDer, tags, timeOf, type Der, type Fields } from './der.ts';
import { criticalOids, extensionOids, readExtensions, valueOf, type Extensions } from './extensions.ts';
import { takeSigned, unsoundAlgorithm, type SignedDer } from './signed.ts';

/** Which certificate an answer is about: never by itself, always by its issuer's name and key. Digests in lower-case hex. */
export interface CertificateId {
  /** Of Node; undefined for a digest that is not SHA-1 or SHA-256, which then fits no certificate. */
  readonly hash: 'sha1' | 'sha256' | undefined;
  readonly issuerName: string;
  readonly issuerKey: string;
  readonly serialNumber: string;
}

export interface SingleResponse {
  readonly certId: CertificateId;
  /** `unknown` is not good: the responder does not speak for the certificate. */
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly revokedAt?: Date;
  /** CRLReason (RFC 5280 §5.3.1). */
  readonly reason?: number;
  readonly thisUpdate: Date;
  readonly nextUpdate?: Date;
}

/** By its name as encoded, or by the SHA-1 of its key's bits; which certificate that is the signature proves. */
export type Responder = { readonly name: Buffer } | { readonly keyHash: string };

export interface OcspResponse {
  readonly der: Buffer;
  /** SHA-256 of `der`, lower-case hex. */
  readonly fingerprint: string;
  readonly signed: SignedDer;
  readonly responder: Responder;
  readonly producedAt: Date;
  readonly responses: readonly SingleResponse[];
  readonly nonce: Buffer | undefined;
  /** Sent along by the responder: candidates, and not believed for being there. */
  readonly certificates: readonly Certificate[];
  /** Why the answer must not be used, if it must not. */
  readonly unusable: string | undefined;
}

const LARGEST_RESPONSE = 64 * 1024;
const MOST_RESPONSES = 64;
const MOST_CERTIFICATES = 8;
const BASIC = '1.3.6.1.5.5.7.48.1.1';
/** RFC 8954 §2.1. */
const LONGEST_NONCE = 128;
const statuses: readonly string[] = ['successful', 'malformedRequest', 'internalError', 'tryLater', 'status 4', 'sigRequired', 'unauthorized'];
const hashes: ReadonlyMap<string, 'sha1' | 'sha256'> = new Map([['1.3.14.3.2.26', 'sha1'], ['2.16.840.1.101.3.4.2.1', 'sha256']]);

/** @throws Error, never a refusal, for what is not one successful basic answer in DER. */
export function parseOcspResponse(bytes: Uint8Array): OcspResponse {
  if (bytes.length > LARGEST_RESPONSE) throw new Error('OCSP answer too large');
  const der = Buffer.from(bytes);
  const basic = takeBasic(der);
  checkDer(basic);
  const fields = fieldsOf(readDer(basic));
  const signed = takeSigned(fields);
  const certificates = takeCertificates(fields);
  const { critical, ...data } = readData(signed.toBeSigned);
  const unsound = unsoundAlgorithm(signed);
  return {
    der,
    fingerprint: createHash('sha256').update(der).digest('hex'),
    signed,
    certificates,
    ...data,
    unusable: critical.length > 0 ? `critical extension ${critical.join(', ')}` : unsound && `signed with ${unsound}`,
  };
}

/** Asks for one certificate. The digest is SHA-1, which every responder knows (RFC 5019 §2.1.1) and which protects nothing here. */
export function ocspRequest(certificate: Certificate, issuer: Certificate, nonce: Buffer): Buffer {
  const digest = (bytes: Buffer): OctetString => new OctetString(createHash('sha1').update(bytes).digest());
  const reqCert = new CertID({
    hashAlgorithm: new AlgorithmIdentifier({ algorithm: '1.3.14.3.2.26', parameters: null }),
    issuerNameHash: digest(certificate.issuerDer),
    issuerKeyHash: digest(issuer.publicKeyBits),
    serialNumber: new Uint8Array(Buffer.from(signedHex(certificate.serialNumber), 'hex')).buffer,
  });
  const value = AsnConvert.serialize(new OctetString(nonce));
  const extension = new Extension({ extnID: extensionOids.ocspNonce, extnValue: new OctetString(value) });
  const tbsRequest = new TBSRequest({ requestList: [new Request({ reqCert })], requestExtensions: [extension] });
  return Buffer.from(AsnConvert.serialize(new OCSPRequest({ tbsRequest })));
}

/** As INTEGER wants it: a sign byte before a high bit. */
function signedHex(hex: string): string {
  return Number.parseInt(hex.slice(0, 2), 16) >= 0x80 ? `00${hex}` : hex;
}

function takeBasic(der: Buffer): Buffer {
  const fields = fieldsOf(readDer(der));
  const status = Number.parseInt(integerOf(fields.next(), tags.enumerated), 16);
  if (status !== 0) throw new Error(`the OCSP responder answered ${statuses[status] ?? `status ${status}`}`);
  const explicit = fields.next(0xa0);
  fields.end();
  const answer = fieldsOf(readDer(explicit.content));
  if (oidOf(answer.next()) !== BASIC) throw new Error('an OCSP answer of another type');
  const { content } = answer.next(tags.octetString);
  answer.end();
  return content;
}

function takeCertificates(fields: Fields): readonly Certificate[] {
  const explicit = fields.optional(0xa0);
  fields.end();
  const encoded = explicit === undefined ? [] : fieldsOf(readDer(explicit.content)).rest();
  if (encoded.length > MOST_CERTIFICATES) throw new Error('too many certificates in an OCSP answer');
  try {
    return encoded.map(({ raw }) => parseCertificate(raw));
  } catch (cause) {
    throw new Error('an OCSP answer with a certificate that cannot be read', { cause });
  }
}

function readData(toBeSigned: Der) {
  const fields = fieldsOf(toBeSigned);
  const version = fields.optional(0xa0);
  if (version !== undefined && integerOf(readDer(version.content)) !== '00') throw new Error('OCSP answer of an unknown version');
  const responder = readResponder(fields.next());
  const producedAt = generalizedTimeOf(fields.next());
  const entries = fieldsOf(fields.next()).rest();
  if (entries.length === 0 || entries.length > MOST_RESPONSES) throw new Error('an OCSP answer about nothing, or about too much');
  const extensions = takeExtensions(fields, 0xa1);
  const read = entries.map(readSingle);
  const known: readonly string[] = [extensionOids.ocspNonce];
  const critical = [...criticalOids(extensions).filter((oid) => !known.includes(oid)), ...read.flatMap((entry) => entry.critical)];
  return { responder, producedAt, responses: read.map(({ single }) => single), nonce: nonceOf(extensions), critical };
}

function readResponder(choice: Der): Responder {
  const inner = readDer(choice.content);
  if (choice.tag === 0xa1 && inner.tag === tags.sequence) return { name: inner.raw };
  if (choice.tag === 0xa2 && inner.tag === tags.octetString) return { keyHash: inner.content.toString('hex') };
  throw new Error('an OCSP responder that is neither name nor key');
}

function readSingle(entry: Der): { single: SingleResponse; critical: readonly string[] } {
  const fields = fieldsOf(entry);
  const certId = readCertificateId(fields.next());
  const status = readStatus(fields.next());
  const thisUpdate = generalizedTimeOf(fields.next());
  const explicit = fields.optional(0xa0);
  const nextUpdate = explicit && generalizedTimeOf(readDer(explicit.content));
  const critical = criticalOids(takeExtensions(fields, 0xa1));
  return { single: { certId, ...status, thisUpdate, ...(nextUpdate === undefined ? {} : { nextUpdate }) }, critical };
}

function readCertificateId(element: Der): CertificateId {
  const fields = fieldsOf(element);
  const hash = hashes.get(oidOf(fieldsOf(fields.next()).next()));
  const digest = (): string => fields.next(tags.octetString).content.toString('hex');
  const certId = { hash, issuerName: digest(), issuerKey: digest(), serialNumber: integerOf(fields.next()) };
  fields.end();
  return certId;
}

function readStatus({ tag, content, raw }: Der): Pick<SingleResponse, 'status' | 'revokedAt' | 'reason'> {
  if (tag === 0x80 && content.length === 0) return { status: 'good' };
  if (tag === 0x82 && content.length === 0) return { status: 'unknown' };
  const fields = fieldsOf({ tag, content, raw }, 0xa1);
  const revokedAt = generalizedTimeOf(fields.next());
  const explicit = fields.optional(0xa0);
  fields.end();
  if (explicit === undefined) return { status: 'revoked', revokedAt };
  return { status: 'revoked', revokedAt, reason: Number.parseInt(integerOf(readDer(explicit.content), tags.enumerated), 16) };
}

function nonceOf(extensions: Extensions): Buffer | undefined {
  const nonce = valueOf(extensions, extensionOids.ocspNonce, (value) => fieldsOfOctets(value));
  if (nonce !== undefined && nonce.length > LONGEST_NONCE) throw new Error('an OCSP nonce too long');
  return nonce;
}

function fieldsOfOctets(value: Der): Buffer {
  if (value.tag !== tags.octetString) throw new Error('an OCSP nonce that is no octet string');
  return value.content;
}

function takeExtensions(fields: Fields, tag: number): Extensions {
  const explicit = fields.optional(tag);
  fields.end();
  return readExtensions(explicit && readDer(explicit.content));
}

function generalizedTimeOf(element: Der): Date {
  if (element.tag !== tags.generalizedTime) throw new Error('time in a form that RFC 6960 does not allow');
  return timeOf(element);
}
