// What the gateway trusts and what it knows to be revoked, as one immutable value: the CA certificates and revocation lists of a folder, and
// the certificates of those who sign revocation data for a CA. A file that is anything else, a private key above all, is a configuration error that names the file; all such files are reported together.
// The order of files never matters: everything is sorted by fingerprint, so that equal material has equal bytes and one digest, under
// which it is stored beside each judgement for audits.
import { createHash } from 'node:crypto';
import { Refusal } from '../errors/outcomes.ts';
import { parseCertificate, type Certificate } from './certificate.ts';
import { parseRevocationList, type RevocationList } from './crl.ts';
import { OCSP_SIGNING } from './purposes.ts';
import { isSignedBy } from './signed.ts';

declare const materialBrand: unique symbol;

export interface TrustFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

interface MaterialFields {
  readonly anchors: readonly Certificate[];
  readonly intermediates: readonly Certificate[];
  /** No authorities: what authorities certified to sign lists or OCSP answers for them. */
  readonly delegates: readonly Certificate[];
  readonly revocationLists: readonly RevocationList[];
  /** SHA-256 over the encodings, certificates first, each kind in order of fingerprint. */
  readonly digest: string;
}

/** Only `parseTrustMaterial` makes one. */
export type TrustMaterial = MaterialFields & { readonly [materialBrand]: true };

/** One of the encodings that material consists of. */
export interface TrustPart {
  readonly kind: 'certificate' | 'crl';
  /** SHA-256 of `body`, lower-case hex. */
  readonly digest: string;
  readonly body: Buffer;
}

interface Block {
  readonly label: string;
  readonly der: Buffer;
}

interface Contents {
  readonly certificates: Map<string, Certificate>;
  readonly lists: Map<string, RevocationList>;
}

const CERTIFICATE = 'CERTIFICATE';
const REVOCATION_LIST = 'X509 CRL';
const pemBlock = /-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]*)-----END \1-----/g;

export function parseTrustMaterial(files: readonly TrustFile[]): TrustMaterial {
  const contents: Contents = { certificates: new Map(), lists: new Map() };
  return materialOf(contents, files.flatMap((file) => problemsOf(file, contents)));
}

/** In the order of the material's digest. */
export function partsOf({ anchors, intermediates, delegates, revocationLists }: TrustMaterial): readonly TrustPart[] {
  const partOf = (kind: TrustPart['kind']) => ({ fingerprint, der }: { readonly fingerprint: string; readonly der: Buffer }): TrustPart => ({ kind, digest: fingerprint, body: der });
  return [...[...anchors, ...intermediates, ...delegates].sort(byFingerprint).map(partOf('certificate')), ...revocationLists.map(partOf('crl'))];
}

export function assembleTrustMaterial(parts: readonly TrustPart[]): TrustMaterial {
  const contents: Contents = { certificates: new Map(), lists: new Map() };
  for (const { kind, body } of parts) addBlock({ label: kind === 'crl' ? REVOCATION_LIST : CERTIFICATE, der: body }, contents);
  return materialOf(contents, []);
}

function materialOf(contents: Contents, problems: string[]): TrustMaterial {
  const certificates = sorted(contents.certificates);
  const anchors = certificates.filter(isSelfSigned);
  if (anchors.length === 0) problems.push('there is no trust anchor (a self-signed CA certificate)');
  if (problems.length > 0) throw new Error(problems.map((problem) => `trust material: ${problem}`).join('\n'));
  return sealed(certificates, anchors, contents);
}

/** Believes nobody: for whoever judges without any, and leaves the question of trust open. */
export function noTrustMaterial(): TrustMaterial {
  return sealed([], [], { certificates: new Map(), lists: new Map() });
}

function sealed(certificates: readonly Certificate[], anchors: readonly Certificate[], contents: Contents): TrustMaterial {
  const revocationLists = sorted(contents.lists);
  const intermediates = certificates.filter((certificate) => certificate.isAuthority && !anchors.includes(certificate));
  const delegates = certificates.filter(({ isAuthority }) => !isAuthority);
  const material: MaterialFields = { anchors, intermediates, delegates, revocationLists, digest: digestOf([...certificates, ...revocationLists]) };
  return material as TrustMaterial;
}

/** One PEM bundle; equal material gives equal bytes, and `restoreTrustMaterial` gives it back with the same digest. */
export function serializeTrustMaterial(material: TrustMaterial): Buffer {
  return Buffer.from(partsOf(material).map(({ kind, body }) => pemOf(kind === 'crl' ? REVOCATION_LIST : CERTIFICATE, body)).join(''));
}

export function restoreTrustMaterial(bytes: Uint8Array): TrustMaterial {
  return parseTrustMaterial([{ name: 'stored.pem', bytes }]);
}

/** Reads one file into `contents` and says what is wrong with it. */
function problemsOf(file: TrustFile, contents: Contents): string[] {
  try {
    for (const block of blocksOf(file)) addBlock(block, contents);
    return [];
  } catch (error) {
    const reason = error instanceof Refusal ? 'a certificate that cannot be read' : String(error instanceof Error ? error.message : error);
    return [`${file.name}: ${reason}`];
  }
}

function blocksOf({ name, bytes }: TrustFile): readonly Block[] {
  const text = Buffer.from(bytes).toString('latin1');
  if (text.includes('PRIVATE KEY-----')) throw new Error('holds a private key');
  if (/(?:\.md|revocation-sources\.json)$/i.test(name)) return []; // the latter is read by the worker that fetches lists
  if (!/\.(pem|crt|cer|crl)$/i.test(name)) throw new Error('is neither .pem, .crt, .cer nor .crl');
  if (!text.includes('-----BEGIN ')) return [{ label: /\.crl$/i.test(name) ? REVOCATION_LIST : CERTIFICATE, der: Buffer.from(bytes) }];
  const blocks = [...text.matchAll(pemBlock)].map(([, label = '', base64 = '']) => ({ label, der: Buffer.from(base64, 'base64') }));
  if (blocks.length !== text.split('-----BEGIN ').length - 1) throw new Error('a PEM block that cannot be read');
  return blocks;
}

function addBlock({ label, der }: Block, { certificates, lists }: Contents): void {
  if (label === REVOCATION_LIST) {
    const list = parseRevocationList(der);
    lists.set(list.fingerprint, list);
    return;
  }
  if (label !== CERTIFICATE) throw new Error(`a PEM block of another kind: ${label}`);
  const certificate = parseCertificate(der);
  if (!certificate.isAuthority && !isDelegate(certificate)) throw new Error(`not the certificate of an authority: ${certificate.subject}`);
  certificates.set(certificate.fingerprint, certificate);
}

function isSelfSigned(certificate: Certificate): boolean {
  return certificate.isAuthority && certificate.issuerDer.equals(certificate.subjectDer) && isSignedBy(certificate, certificate);
}

/** By what its issuer certified it for, expressly. */
function isDelegate({ keyUsage, extendedKeyUsage }: Certificate): boolean {
  return keyUsage?.has('cRLSign') === true || extendedKeyUsage?.includes(OCSP_SIGNING) === true;
}

function sorted<Entry extends { readonly fingerprint: string }>(entries: ReadonlyMap<string, Entry>): readonly Entry[] {
  return [...entries.values()].sort(byFingerprint);
}

function byFingerprint(a: { readonly fingerprint: string }, b: { readonly fingerprint: string }): number {
  return a.fingerprint < b.fingerprint ? -1 : 1;
}

function digestOf(entries: readonly { readonly der: Buffer }[]): string {
  const hash = createHash('sha256');
  for (const { der } of entries) hash.update(der);
  return hash.digest('hex');
}

function pemOf(label: string, der: Buffer): string {
  return `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;
}
