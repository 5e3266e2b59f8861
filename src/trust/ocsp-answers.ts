// What the OCSP answers at hand state about a certificate (RFC 6960 §3.2, §4.2.2). An answer speaks when its CertID is the certificate's by the
// digests of its issuer's name and key, and it is signed by that issuer's key or by a responder that key certified for OCSP signing. How old
// it may be is bounded here as well as by itself. `unknown` states nothing: it clears nobody.
import { createHash } from 'node:crypto';
import type { Certificate } from './certificate.ts';
import { HOLD } from './crl.ts';
import type { CertificateId, OcspResponse, SingleResponse } from './ocsp.ts';
import { isClearedByIssuer } from './revocation-lists.ts';
import { isSignedBy } from './signed.ts';
import { isSoundDelegate, type Question, type Statement } from './statement.ts';

const HOUR_MS = 3_600_000;
/** Whatever nextUpdate says: an answer is fetched for the asking, and a long promise in an old one is what a replay lives on. */
const LONGEST_AGE_MS = 7 * 24 * HOUR_MS;
/** Without nextUpdate newer information is there at any time (§4.2.2.1); so the answer is good for the day it was given. */
const AGE_WITHOUT_NEXT_MS = 24 * HOUR_MS;
const REMOVED = 8;

export function statementsOfAnswers(question: Question): readonly Statement[] {
  const { certificate, issuers: [issuer], responses } = question;
  if (responses.length === 0) return [];
  const statements = responses.flatMap((response) => {
    const answers = response.unusable === undefined ? response.responses.filter(({ certId }) => isOf(certId, certificate, issuer)) : [];
    const signer = answers.length === 0 ? undefined : signerOf(response, question);
    return signer === undefined ? [] : answers.flatMap((answer) => statementOf(answer, response, signer, certificate));
  });
  return withoutLiftedHolds(statements);
}

/**
 * For whoever fetched an answer: why it is none to this question, or undefined. With a nonce the answer must repeat it; who accepts answers
 * made beforehand, which bear none, gives none (RFC 8954 §2.1), and the bounds of age apply.
 */
export function answerMismatch({ responses, nonce }: OcspResponse, certificate: Certificate, issuer: Certificate, sent?: Buffer): string | undefined {
  if (!responses.some(({ certId }) => isOf(certId, certificate, issuer))) return 'the answer is about another certificate';
  if (sent === undefined) return undefined;
  if (nonce === undefined) return 'the answer bears no nonce';
  return nonce.equals(sent) ? undefined : 'the answer bears another nonce';
}

function isOf({ hash, issuerName, issuerKey, serialNumber }: CertificateId, certificate: Certificate, issuer: Certificate): boolean {
  if (hash === undefined || serialNumber !== certificate.serialNumber) return false;
  const digest = (bytes: Buffer): string => createHash(hash).update(bytes).digest('hex');
  return issuerName === digest(certificate.issuerDer) && issuerKey === digest(issuer.publicKeyBits);
}

/** The issuer, or a responder it certified itself; not one certified by an authority above or by another key of the same name (§4.2.2.2). */
function signerOf(response: OcspResponse, question: Question): Certificate | undefined {
  const { issuers: [issuer], delegates } = question;
  // Who may sign is asked first, with the issuer's key: a stranger's key is never tried, for it may be one that costs a hundred honest ones.
  return [issuer, ...response.certificates, ...delegates]
    .filter((signer) => isResponder(signer, response) && (signer.fingerprint === issuer.fingerprint || isCertifiedBy(issuer, signer)))
    .find((signer) => isSignedBy(response, signer) && (signer.fingerprint === issuer.fingerprint || isDelegate(signer, response, question)));
}

function isCertifiedBy(issuer: Certificate, signer: Certificate): boolean {
  return signer.issuerDer.equals(issuer.subjectDer) && isSignedBy(signer, issuer);
}

function isResponder(signer: Certificate, { responder }: OcspResponse): boolean {
  if ('name' in responder) return responder.name.equals(signer.subjectDer);
  return responder.keyHash === createHash('sha1').update(signer.publicKeyBits).digest('hex');
}

function isDelegate(signer: Certificate, { producedAt }: OcspResponse, question: Question): boolean {
  const { issuers, at } = question;
  if (!isSoundDelegate(signer, issuers, 'ocspResponse', at, producedAt)) return false;
  return signer.ocspNoCheck || isClearedByIssuer({ ...question, certificate: signer });
}

function statementOf(answer: SingleResponse, response: OcspResponse, signer: Certificate, certificate: Certificate): readonly Statement[] {
  const { status, revokedAt, reason, thisUpdate, nextUpdate } = answer;
  // As with lists: after it expired a responder may have forgotten the certificate.
  if (status === 'unknown' || reason === REMOVED || thisUpdate > certificate.notAfter || response.producedAt < thisUpdate) return [];
  const oldest = thisUpdate.getTime() + (nextUpdate === undefined ? AGE_WITHOUT_NEXT_MS : LONGEST_AGE_MS);
  const until = new Date(Math.min(oldest, nextUpdate?.getTime() ?? oldest));
  return [{ kind: 'ocsp', revokedAt, reason, thisUpdate, until, number: undefined, signer, digest: response.fingerprint }];
}

/** A hold can be lifted, and a newer answer says so; no newer answer undoes any other revocation. */
function withoutLiftedHolds(statements: readonly Statement[]): readonly Statement[] {
  const newest = Math.max(...statements.map(({ thisUpdate }) => thisUpdate.getTime()));
  return statements.filter(({ reason, thisUpdate }) => reason !== HOLD || thisUpdate.getTime() === newest);
}
