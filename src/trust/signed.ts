// The outer shell that certificates, revocation lists and OCSP answers share, SEQUENCE { toBeSigned, algorithm, signature }, and its verification
// (RFC 5280 §4.1.1, §5.1.1; RFC 6960 §4.2.1). One closed table of algorithms; what is not in it verifies nothing. SHA-1 and MD5 are in it only so that an old
// root's signature over itself can be recognised and everything else signed so can be refused by name (TT 15/2025/TT-BKHCN PL I 1.2, 1.3).
import { verify, type KeyObject } from 'node:crypto';
import { BoundedMap } from '../bounded-map.ts';
import { fieldsOf, oidOf, readDer, tags, wholeBytesOf, type Der, type Fields } from './der.ts';

interface Algorithm {
  readonly name: string;
  readonly keyType: 'rsa' | 'ec';
  readonly digest: 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';
  /** False where collisions are practical. */
  readonly sound: boolean;
}

const algorithms: ReadonlyMap<string, Algorithm> = new Map([
  ['1.2.840.113549.1.1.4', { name: 'md5WithRSAEncryption', keyType: 'rsa', digest: 'md5', sound: false }],
  ['1.2.840.113549.1.1.5', { name: 'sha1WithRSAEncryption', keyType: 'rsa', digest: 'sha1', sound: false }],
  ['1.2.840.113549.1.1.11', { name: 'sha256WithRSAEncryption', keyType: 'rsa', digest: 'sha256', sound: true }],
  ['1.2.840.113549.1.1.12', { name: 'sha384WithRSAEncryption', keyType: 'rsa', digest: 'sha384', sound: true }],
  ['1.2.840.113549.1.1.13', { name: 'sha512WithRSAEncryption', keyType: 'rsa', digest: 'sha512', sound: true }],
  ['1.2.840.10045.4.1', { name: 'ecdsa-with-SHA1', keyType: 'ec', digest: 'sha1', sound: false }],
  ['1.2.840.10045.4.3.2', { name: 'ecdsa-with-SHA256', keyType: 'ec', digest: 'sha256', sound: true }],
  ['1.2.840.10045.4.3.3', { name: 'ecdsa-with-SHA384', keyType: 'ec', digest: 'sha384', sound: true }],
  ['1.2.840.10045.4.3.4', { name: 'ecdsa-with-SHA512', keyType: 'ec', digest: 'sha512', sound: true }],
]);

export interface SignedDer {
  readonly toBeSigned: Der;
  readonly algorithm: Der;
  readonly signature: Buffer;
}

/** The verifier's side of a link: a key, and the fingerprint of the certificate that holds it. */
export interface KeyHolder {
  readonly fingerprint: string;
  readonly publicKey: KeyObject;
}

/** What a link is about: something signed, and the SHA-256 of its whole encoding. */
export interface Signed {
  readonly fingerprint: string;
  readonly signed: SignedDer;
}

const LINKS_REMEMBERED = 4096;
const links = new BoundedMap<string, boolean>(LINKS_REMEMBERED);

export function readSigned(bytes: Buffer): SignedDer {
  const fields = fieldsOf(readDer(bytes));
  const shell = takeSigned(fields);
  fields.end();
  return shell;
}

/** The three fields alone, for what has certificates after them, as OCSP answers do. */
export function takeSigned(fields: Fields): SignedDer {
  return { toBeSigned: fields.next(tags.sequence), algorithm: fields.next(tags.sequence), signature: wholeBytesOf(fields.next()) };
}

/** The algorithm is written inside the signature and outside it; a difference means that one of them was exchanged (§4.1.1.2). */
export function takeAlgorithm(fields: Fields, shell: SignedDer): void {
  if (!fields.next(tags.sequence).raw.equals(shell.algorithm.raw)) throw new Error('two different signature algorithms');
}

export function isSignedBy(subject: Signed, issuer: KeyHolder): boolean {
  return links.getOrCompute(`${subject.fingerprint}${issuer.fingerprint}`, () => verifies(subject.signed, issuer.publicKey));
}

/** The name of the algorithm if it may not be relied on, or its object identifier if it is unknown. */
export function unsoundAlgorithm(shell: SignedDer): string | undefined {
  const oid = algorithmOid(shell);
  const algorithm = algorithms.get(oid);
  if (algorithm === undefined) return oid;
  return algorithm.sound ? undefined : algorithm.name;
}

function verifies(shell: SignedDer, key: KeyObject): boolean {
  const algorithm = algorithms.get(algorithmOid(shell));
  if (algorithm === undefined || algorithm.keyType !== key.asymmetricKeyType) return false;
  return verify(algorithm.digest, shell.toBeSigned.raw, key, shell.signature);
}

function algorithmOid(shell: SignedDer): string {
  return oidOf(fieldsOf(shell.algorithm).next());
}
