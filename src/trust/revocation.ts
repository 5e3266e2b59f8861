// Was a certificate revoked at an instant? Decided from the lists and OCSP answers at hand (RFC 5280 §6.3, RFC 6960), never from the network.
// Three answers: evidence that it was not; that it was, which any one source decides; or nothing known, because no fresh source speaks, or a
// stale one contradicts it. The last is "not now": silence of a CA neither accepts nor refuses a dossier.
import { finding, Unavailable, type Finding } from '../errors/outcomes.ts';
import type { Certificate } from './certificate.ts';
import { reasonName } from './crl.ts';
import { statementsOfAnswers } from './ocsp-answers.ts';
import { statementsOfLists } from './revocation-lists.ts';
import { isFresh, isRevoked, type Question, type Statement } from './statement.ts';

/** Which list or answer speaks for a certificate. */
export interface RevocationEvidence {
  readonly kind: 'crl' | 'ocsp';
  /** Fingerprint of the certificate the evidence is about. */
  readonly certificate: string;
  readonly issuer: string;
  /** Fingerprint of the certificate whose key signed the evidence. */
  readonly signer: string;
  /** cRLNumber; an OCSP answer has none. */
  readonly number: string | undefined;
  readonly thisUpdate: Date;
  /** From when on it counts for nothing: nextUpdate, or earlier where the age of an answer is bounded. */
  readonly nextUpdate: Date;
  /** SHA-256 of the list or answer. */
  readonly digest: string;
}

export interface Revoked {
  readonly revokedAt: Date;
  /** CRLReason in the words of RFC 5280 §5.3.1. */
  readonly reason: string;
  readonly evidence: RevocationEvidence;
}

/** What has to be fetched before a judgement is possible. */
export interface Missing {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
}

export type RevocationAnswer =
  | { readonly state: 'good'; readonly evidence: RevocationEvidence }
  | ({ readonly state: 'revoked' } & Revoked)
  | { readonly state: 'unknown'; readonly why: string };

/** Revocation data are fetched in the background: asking again at once is of no use. */
const RETRY_SECONDS = 300;

/** "Not now", and of which certificates the state is not known, for whoever can fetch it. */
export class RevocationUnknown extends Unavailable {
  readonly missing: readonly Missing[];

  constructor(missing: readonly Missing[], detail: string) {
    super('REVOCATION_UNKNOWN', { retryAfterSeconds: RETRY_SECONDS, detail });
    this.missing = missing;
  }
}

export function revocationOf(question: Question): RevocationAnswer {
  const { at } = question;
  const statements = [...statementsOfLists(question), ...statementsOfAnswers(question)];
  const fresh = statements.filter((statement) => isFresh(statement, at)).toSorted(byNewest);
  const revoked = fresh.find((statement) => isRevoked(statement, at));
  if (revoked?.revokedAt !== undefined) {
    return { state: 'revoked', revokedAt: revoked.revokedAt, reason: reasonName(revoked.reason), evidence: evidenceOf(revoked, question) };
  }
  const [newest] = fresh;
  // What was revoked stays so: a replayed answer that is still fresh must not outlive the list that knows better.
  const isContradicted = statements.some((statement) => isRevoked(statement, at));
  if (newest !== undefined && !isContradicted) return { state: 'good', evidence: evidenceOf(newest, question) };
  return { state: 'unknown', why: `${whyUnknown(statements, newest)}: ${question.issuers[0].subject}` };
}

export function revokedFinding(certificate: Certificate, { revokedAt, reason }: Revoked): Finding {
  return finding('REVOKED', { params: { subject: certificate.commonName, revokedAt: revokedAt.toISOString(), reason } });
}

function evidenceOf({ kind, signer, number, thisUpdate, until, digest }: Statement, { certificate, issuers: [issuer] }: Question): RevocationEvidence {
  return { kind, certificate: certificate.fingerprint, issuer: issuer.subject, signer: signer.fingerprint, number, thisUpdate, nextUpdate: until, digest };
}

function whyUnknown(statements: readonly Statement[], fresh: Statement | undefined): string {
  if (fresh !== undefined) return 'what is fresh contradicts a revocation that is stale';
  const [newest] = statements.toSorted(byNewest);
  if (newest === undefined) return 'there is no usable revocation list or OCSP answer';
  return `the ${newest.kind === 'crl' ? 'revocation list' : 'OCSP answer'} expired at ${newest.until.toISOString()}`;
}

function byNewest(a: Statement, b: Statement): number {
  return b.thisUpdate.getTime() - a.thisUpdate.getTime();
}
