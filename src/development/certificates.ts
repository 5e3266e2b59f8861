// Certificates (RFC 5280) for development and tests, good ones and, on request, bad ones: every field that a verifier must judge can be
// set. RSA and elliptic keys. Pure but for random serial numbers and keys; time is an argument.
import { type KeyObject, X509Certificate, createPrivateKey, generateKeyPair, generateKeyPairSync, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import {
  type Der, type Hash, bits, boolean, decode, extension, integer, itemsOf, keyIdentifier, nothing, octets, oid, printable, publicKeyInfo,
  sequence, set, signatureAlgorithm, signedPem, tagged, time, utf8,
} from './der.ts';

/** A certificate and its private key (PKCS #8), both PEM. */
export interface Credential {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

const nameOids = { C: '2.5.4.6', ST: '2.5.4.8', L: '2.5.4.7', O: '2.5.4.10', OU: '2.5.4.11', CN: '2.5.4.3' } as const;
const UID = '0.9.2342.19200300.100.1.1';

/** Attributes in the order given. */
export type Subject = Readonly<Partial<Record<keyof typeof nameOids, string>>>;

const usageBits = ['digitalSignature', 'nonRepudiation', 'keyEncipherment', 'dataEncipherment', 'keyAgreement', 'keyCertSign', 'cRLSign'] as const;
export type KeyUsage = (typeof usageBits)[number];

const purposeOids = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  emailProtection: '1.3.6.1.5.5.7.3.4',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
} as const;
export type ExtendedKeyUsage = keyof typeof purposeOids;

export interface CertificateRequest {
  readonly subject: Subject;
  /** Each becomes its own UID attribute, e.g. `MST:0101300842`, after the others. */
  readonly uids?: readonly string[];
  /** Absent: self-signed. */
  readonly issuer?: Credential;
  /** PEM; absent: a new RSA key of 2048 bits. */
  readonly key?: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Absent: an end entity. */
  readonly ca?: boolean;
  readonly pathLength?: number;
  /** Absent: no such extension. */
  readonly keyUsage?: readonly KeyUsage[];
  /** Critical where it names time stamping (RFC 3161 §2.3). */
  readonly extendedKeyUsage?: readonly ExtendedKeyUsage[];
  /** Host names, IP addresses, e-mail addresses. */
  readonly subjectAlternativeNames?: readonly string[];
  readonly crlUrl?: string;
  /** The OID of a critical extension that no verifier knows. */
  readonly unknownCriticalExtension?: string;
  /** Hexadecimal; absent: 16 random bytes. */
  readonly serial?: string;
  /** Absent: sha256. */
  readonly hash?: Hash;
}

export function issueCertificate(request: CertificateRequest): Credential {
  const privateKeyPem = request.key ?? pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
  const signingKey = request.issuer?.privateKeyPem ?? privateKeyPem;
  const hash = request.hash ?? 'sha256';
  const subject = nameOf(request.subject, request.uids ?? []);
  const content = sequence(
    tagged(0, [integer('2')]),
    integer(request.serial ?? randomSerial()),
    signatureAlgorithm(signingKey, hash),
    request.issuer === undefined ? subject : subjectOf(request.issuer.certificatePem),
    sequence(time(request.notBefore), time(request.notAfter)),
    subject,
    publicKeyInfo(privateKeyPem),
    tagged(3, [sequence(...extensionsOf(request, privateKeyPem, signingKey))]),
  );
  return { certificatePem: signedPem('CERTIFICATE', content, signingKey, hash), privateKeyPem };
}

export type AuthorityRequest = Omit<CertificateRequest, 'ca' | 'keyUsage' | 'extendedKeyUsage' | 'subjectAlternativeNames' | 'uids'>;

/** A certification authority: a root without `issuer`, else a subordinate one. */
export function createAuthority(request: AuthorityRequest): Credential {
  return issueCertificate({ ...request, ca: true, keyUsage: ['keyCertSign', 'cRLSign'] });
}

/** Private keys, PEM, made in parallel on libuv's threads. */
export async function generateKeys(count: number): Promise<string[]> {
  const generate = promisify(generateKeyPair);
  const pairs = await Promise.all(Array.from({ length: count }, () => generate('rsa', { modulusLength: 2048 })));
  return pairs.map((pair) => pemOf(pair.privateKey));
}

/** An elliptic private key (P-256), PEM, for `key`. */
export function generateEllipticKey(): string {
  return pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
}

/** The subject's name as the certificate encodes it, byte for byte. */
export function subjectOf(certificatePem: string): Der {
  const [content] = itemsOf(decode(new X509Certificate(certificatePem).raw));
  const subject = itemsOf(content)[5];
  if (subject === undefined) throw new Error('not a version 3 certificate');
  return subject;
}

export function isPairOf({ certificatePem, privateKeyPem }: Credential): boolean {
  return new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(privateKeyPem));
}

export function authorityKeyIdentifier(issuerKeyPem: string): Der {
  return extension('2.5.29.35', false, sequence(tagged(0, keyIdentifier(issuerKeyPem))));
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Positive, and never shorter than 16 bytes. */
function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

function nameOf(subject: Subject, uids: readonly string[]): Der {
  const attribute = (id: string, value: Der): Der => set(sequence(oid(id), value));
  const named = Object.entries(subject).map(([name, text]) =>
    // RFC 5280 appendix A: countryName is a PrintableString, whatever the others are.
    attribute(nameOids[name as keyof typeof nameOids], name === 'C' ? printable(text) : utf8(text)),
  );
  return sequence(...named, ...uids.map((uid) => attribute(UID, utf8(uid))));
}

function extensionsOf(request: CertificateRequest, keyPem: string, issuerKeyPem: string): Der[] {
  const constraints = request.ca === true ? [boolean(true), ...(request.pathLength === undefined ? [] : [integer(request.pathLength.toString(16))])] : [];
  const { keyUsage, extendedKeyUsage = [], subjectAlternativeNames = [], crlUrl, unknownCriticalExtension } = request;
  return [
    extension('2.5.29.19', true, sequence(...constraints)),
    ...(keyUsage === undefined ? [] : [extension('2.5.29.15', true, usageOf(keyUsage))]),
    ...(extendedKeyUsage.length === 0 ? [] : [extension('2.5.29.37', extendedKeyUsage.includes('timeStamping'), sequence(...extendedKeyUsage.map((purpose) => oid(purposeOids[purpose]))))]),
    ...(subjectAlternativeNames.length === 0 ? [] : [extension('2.5.29.17', false, sequence(...subjectAlternativeNames.map(generalName)))]),
    extension('2.5.29.14', false, octets(keyIdentifier(keyPem))),
    authorityKeyIdentifier(issuerKeyPem),
    ...(crlUrl === undefined ? [] : [extension('2.5.29.31', false, sequence(sequence(tagged(0, [tagged(0, [tagged(6, crlUrl)])]))))]),
    ...(unknownCriticalExtension === undefined ? [] : [extension(unknownCriticalExtension, true, nothing())]),
  ];
}

/** Named bits, the first the highest; DER drops trailing zeros. */
function usageOf(usages: readonly KeyUsage[]): Der {
  const byte = usages.reduce((sum, usage) => sum | (0x80 >> usageBits.indexOf(usage)), 0);
  if (byte === 0) return bits('');
  return bits(String.fromCharCode(byte), Math.log2(byte & -byte));
}

function generalName(name: string): Der {
  if (isIP(name) !== 0) return tagged(7, addressBytes(name));
  return tagged(name.includes('@') ? 1 : 2, name);
}

function addressBytes(address: string): string {
  if (isIP(address) === 4) return String.fromCharCode(...address.split('.').map(Number));
  const [head = [], tail = []] = address.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const groups = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex').toString('latin1');
}
