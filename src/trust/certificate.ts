// Bytes → Certificate, strictly: one DER element, nothing after it, every field read. Whatever cannot be read is a refusal with code
// CERTIFICATE_MALFORMED and never another error (RFC 5280 §4.1; TT 15/2025/TT-BKHCN PL II). The tax codes are the subject's UID attributes.
// Says what a certificate claims; whether to believe it is for `path.ts` and `revocation.ts`.
import { createHash, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import { BoundedMap } from '../bounded-map.ts';
import { refuse } from '../errors/outcomes.ts';
import { fieldsOf, integerOf, oidOf, readDer, tags, timeOf, wholeBytesOf, type Der, type Fields } from './der.ts';
import * as extension from './extensions.ts';
import { addressesOf, pointNamesOf, responderNamesOf } from './general-names.ts';
import { displayName, nameOids, readName, valuesOf } from './name.ts';
import { alternativeNamesOf, constraintsOf } from './name-constraints.ts';
import { readSigned, takeAlgorithm, type SignedDer } from './signed.ts';

declare const certificateBrand: unique symbol;

interface CertificateFields {
  readonly der: Buffer;
  /** SHA-256 of `der`, lower-case hex. */
  readonly fingerprint: string;
  readonly signed: SignedDer;
  /** Lower-case hex without a sign byte. */
  readonly serialNumber: string;
  readonly subject: string;
  readonly commonName: string;
  readonly issuer: string;
  /** The names as encoded: the only form in which names are compared. */
  readonly subjectDer: Buffer;
  readonly issuerDer: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: KeyObject;
  readonly keyType: string;
  readonly keyBits: number | undefined;
  /** Object identifier of the named curve; absent for explicit parameters, whatever they equal. */
  readonly curve: string | undefined;
  readonly isAuthority: boolean;
  readonly pathLength: number | undefined;
  readonly keyUsage: ReadonlySet<extension.KeyUsage> | undefined;
  readonly extendedKeyUsage: readonly string[] | undefined;
  readonly criticalExtensions: readonly string[];
  readonly subjectKeyIdentifier: string | undefined;
  readonly authorityKeyIdentifier: string | undefined;
  /** Issuer and serial number of the issuer's certificate, where the certificate names them. */
  readonly authorityIssuerDer: Buffer | undefined;
  readonly authoritySerialNumber: string | undefined;
  /** The bits of the public key: what OCSP hashes, without tag and length. */
  readonly publicKeyBits: Buffer;
  /** Raw, for `name-constraints.ts`; both were read once and can be read. */
  readonly alternativeNames: Buffer | undefined;
  readonly nameConstraints: Buffer | undefined;
  /** policyConstraints with requireExplicitPolicy. */
  readonly requiresPolicy: boolean;
  /** id-pkix-ocsp-nocheck: the issuer asks no one to ask for the revocation state of this responder (RFC 6960 §4.2.2.2.1). */
  readonly ocspNoCheck: boolean;
  /** http and https only; hints for whoever fetches. */
  readonly crlDistributionPoints: readonly string[];
  readonly ocspResponders: readonly string[];
  /** Raw names of the points at which complete lists lie, in hexadecimal. */
  readonly distributionPointNames: ReadonlySet<string>;
  /** What follows `MST:` in every UID attribute of the subject, unchanged. */
  readonly taxCodes: readonly string[];
  /** Every other UID attribute, such as `CMND:…`, unchanged. */
  readonly otherUserIds: readonly string[];
}

/** Only `parseCertificate` makes one. */
export type Certificate = CertificateFields & { readonly [certificateBrand]: true };

/** In bytes. Real ones have 1 to 3 KiB. */
const LARGEST_CERTIFICATE = 16 * 1024;
/**
 * Larger ones are read again each time. So what is remembered is at most 1024 times 4 KiB of encodings, 4 MiB, whoever sends what: a flood of
 * certificates of 16 KiB leaves nothing behind.
 */
const LARGEST_REMEMBERED = 4 * 1024;
const CERTIFICATES_REMEMBERED = 1024;
const TAX_CODE = 'MST:';
const versionTag = 0xa0;
const uniqueIdTags = [0x81, 0x82];
const extensionsTag = 0xa3;

const certificates = new BoundedMap<string, Certificate>(CERTIFICATES_REMEMBERED);

export function parseCertificate(der: Uint8Array): Certificate {
  const fingerprint = createHash('sha256').update(der).digest('hex');
  const read = (): Certificate => {
    try {
      return readCertificate(Buffer.from(der), fingerprint);
    } catch {
      return refuse('CERTIFICATE_MALFORMED');
    }
  };
  return der.length > LARGEST_REMEMBERED ? read() : certificates.getOrCompute(fingerprint, read);
}

function readCertificate(der: Buffer, fingerprint: string): Certificate {
  if (der.length > LARGEST_CERTIFICATE) throw new Error('certificate too large');
  const signed = readSigned(der);
  const fields = fieldsOf(signed.toBeSigned);
  const version = takeVersion(fields);
  const serialNumber = integerOf(fields.next());
  takeAlgorithm(fields, signed);
  const issuer = fields.next(tags.sequence);
  const validity = takeValidity(fields);
  const subject = fields.next(tags.sequence);
  const key = describeKey(fields.next(tags.sequence), der);
  const extensions = takeExtensions(fields, version);
  const contents: CertificateFields = { der, fingerprint, signed, serialNumber, ...validity, ...key, ...describeNames(subject, issuer), ...describeExtensions(extensions) };
  return contents as Certificate;
}

/** 1, 2 or 3. */
function takeVersion(fields: Fields): number {
  const explicit = fields.optional(versionTag);
  if (explicit === undefined) return 1;
  const version = Number.parseInt(integerOf(readDer(explicit.content)), 16) + 1;
  if (version > 3) throw new Error('certificate of an unknown version');
  return version;
}

function takeValidity(fields: Fields): Pick<CertificateFields, 'notBefore' | 'notAfter'> {
  const validity = fieldsOf(fields.next());
  const period = { notBefore: timeOf(validity.next()), notAfter: timeOf(validity.next()) };
  validity.end();
  return period;
}

function takeExtensions(fields: Fields, version: number): extension.Extensions {
  for (const tag of uniqueIdTags) fields.optional(tag);
  const explicit = fields.optional(extensionsTag);
  fields.end();
  if (explicit !== undefined && version !== 3) throw new Error('extensions in a certificate that is not of version 3');
  return extension.readExtensions(explicit && readDer(explicit.content));
}

function describeNames(subjectDer: Der, issuerDer: Der) {
  const subject = readName(subjectDer);
  const userIds = valuesOf(subject, nameOids.userId);
  return {
    subject: displayName(subject),
    commonName: valuesOf(subject, nameOids.commonName).at(-1) ?? displayName(subject),
    issuer: displayName(readName(issuerDer)),
    subjectDer: subjectDer.raw,
    issuerDer: issuerDer.raw,
    taxCodes: userIds.filter((id) => id.startsWith(TAX_CODE)).map((id) => id.slice(TAX_CODE.length)),
    otherUserIds: userIds.filter((id) => !id.startsWith(TAX_CODE)),
  };
}

function describeKey(info: Der, der: Buffer) {
  const publicKey = createPublicKey({ key: info.raw, format: 'der', type: 'spki' });
  // `signature/` takes the key as OpenSSL reads it. A certificate in which the two readers see different keys is not readable.
  if (!new X509Certificate(der).publicKey.equals(publicKey)) throw new Error('two readings of one key');
  const fields = fieldsOf(info);
  const algorithm = fieldsOf(fields.next());
  const publicKeyBits = wholeBytesOf(fields.next());
  algorithm.next(tags.oid);
  // Node names explicit parameters by the curve they equal; RFC 5480 §2.1.1 forbids them, so the name is taken from the encoding.
  const curve = algorithm.optional(tags.oid);
  return {
    publicKey,
    publicKeyBits,
    keyType: publicKey.asymmetricKeyType ?? 'unknown',
    keyBits: publicKey.asymmetricKeyDetails?.modulusLength,
    curve: curve && oidOf(curve),
  };
}

function describeExtensions(extensions: extension.Extensions) {
  return {
    ...extension.basicConstraintsOf(extensions),
    keyUsage: extension.keyUsageOf(extensions),
    extendedKeyUsage: extension.extendedKeyUsageOf(extensions),
    criticalExtensions: extension.criticalOids(extensions),
    subjectKeyIdentifier: extension.subjectKeyIdentifierOf(extensions),
    ...extension.authorityKeyOf(extensions),
    ...describeNamesAndPolicy(extensions),
    ...describePoints(extensions),
    ocspNoCheck: extensions.has(extension.extensionOids.ocspNoCheck),
  };
}

function describeNamesAndPolicy(extensions: extension.Extensions) {
  const { subjectAlternativeName, nameConstraints } = extension.extensionOids;
  extension.valueOf(extensions, subjectAlternativeName, alternativeNamesOf);
  extension.valueOf(extensions, nameConstraints, constraintsOf);
  return {
    alternativeNames: extensions.get(subjectAlternativeName)?.value,
    nameConstraints: extensions.get(nameConstraints)?.value,
    requiresPolicy: extension.requiresPolicyOf(extensions),
  };
}

function describePoints(extensions: extension.Extensions) {
  const points = pointNamesOf(extensions.get(extension.extensionOids.crlDistributionPoints)?.value);
  return {
    crlDistributionPoints: addressesOf(points),
    ocspResponders: addressesOf(responderNamesOf(extensions.get(extension.extensionOids.authorityInformation)?.value)),
    distributionPointNames: new Set(points.map(({ raw }) => raw.toString('hex'))),
  };
}
