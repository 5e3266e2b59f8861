// What was found out about one signature, in the words of ETSI EN 319 102-1 §5.1.3, as plain data: stored with the submission, returned by a
// dry run, computed again by an audit. Names by digest what it rests on: certificates, revocation data, time stamps.
import { createHash } from 'node:crypto';

import { severityOf } from '../errors/findings.ts';
import type { FindingCode } from '../errors/findings.ts';
import type { Finding } from '../errors/outcomes.ts';
import type { ArchivedSignature } from '../signature/archive.ts';
import type { SignatureFacts } from '../signature/value.ts';
import type { Certificate } from '../trust/certificate.ts';
import type { RevocationEvidence } from '../trust/revocation.ts';
import type { TimeStamp } from '../trust/timestamp.ts';

export type Indication = 'TOTAL-PASSED' | 'INDETERMINATE' | 'TOTAL-FAILED';
export type SignatureRole = 'dossier' | 'declaration' | 'counter-signature';

export interface SignatureReport {
  /** The inner file; absent for the envelope. */
  readonly file?: string;
  readonly xpath: string;
  readonly role: SignatureRole;
  readonly indication: Indication;
  /** ETSI EN 319 102-1 table 3 to 5; absent when passed. */
  readonly subIndication?: string;
  /** Of the findings that this signature has, in order. */
  readonly codes: readonly FindingCode[];
  readonly policy: string;
  /** E.g. `RSASSA-PSS sha256`; absent, as all below, when it was not found out. */
  readonly method?: string;
  /** SHA-256 of the DER, hex; the signer's. */
  readonly certificate?: string;
  /** SHA-256 from the signer's certificate to the anchor; of the path that came nearest, when none is in order. */
  readonly path?: readonly string[];
  /** What showed that none of the path is revoked, or that one is. */
  readonly revocation?: readonly ReportedRevocation[];
  /** SHA-256 of the fetched OCSP answers that were at hand, whether or not they decided: an audit gives them to the judge again. */
  readonly answers?: readonly string[];
  /** Of an I-VAN's signature alone; every other is over its whole document. */
  readonly covers?: 'document' | 'body';
  /** XAdES level as the signature carries it, or plain XML Signature. */
  readonly level?: 'XMLDSig' | 'XAdES-B' | 'XAdES-T' | 'XAdES-LT';
  /** Of the stamps whose authority is believed. */
  readonly timestamps?: readonly ReportedTimeStamp[];
  /** What the archive policy finds where an algorithm is no longer admitted: the value and the content hold, which accepts nothing. */
  readonly archive?: { readonly method: string };
  /** As the signature says; nothing vouches for it. */
  readonly claimedSigningTime?: string;
  /** The instant of judgement, ISO 8601: that of reception. */
  readonly at: string;
}

export interface ReportedTimeStamp {
  readonly time: string;
  readonly accuracyMs: number;
  /** Of the authority, SHA-256 hex. */
  readonly certificate: string;
  /** SHA-256 of the token, hex. */
  readonly digest: string;
}

/** What was found out about a signer's certificate, whether or not it is believed in the end. */
export interface JudgedPath {
  readonly path: readonly Certificate[];
  readonly revocation: readonly RevocationEvidence[];
}

export interface ReportedRevocation {
  /** Of the certificate it is about, SHA-256 hex. */
  readonly certificate: string;
  readonly kind: 'crl' | 'ocsp';
  /** SHA-256 of the list or answer, hex. */
  readonly digest: string;
  readonly thisUpdate: string;
  readonly nextUpdate: string;
}

/** The one sub-indication that a proof of existence would undo for an algorithm that was sound then (EN 319 102-1 table 6). */
const CONSTRAINTS = 'CRYPTO_CONSTRAINTS_FAILURE';

/**
 * What a refusing finding means for the signature's status. Reception is the only proof of when a signature existed, so a revoked or expired
 * certificate leaves the question open in the words of the standard (…_NO_POE), although the dossier is refused all the same.
 */
const meaning: ReadonlyMap<FindingCode, readonly [Exclude<Indication, 'TOTAL-PASSED'>, string]> = new Map([
  ['SIGNATURE_MULTIPLE', ['TOTAL-FAILED', 'FORMAT_FAILURE']],
  ['SIGNATURE_MISPLACED', ['TOTAL-FAILED', 'FORMAT_FAILURE']],
  ['SIGNATURE_FORMAT', ['TOTAL-FAILED', 'FORMAT_FAILURE']],
  ['HASH_FAILURE', ['TOTAL-FAILED', 'HASH_FAILURE']],
  ['SIG_CRYPTO_FAILURE', ['TOTAL-FAILED', 'SIG_CRYPTO_FAILURE']],
  ['REFERENCE_EXTERNAL', ['INDETERMINATE', 'SIGNED_DATA_NOT_FOUND']],
  ['REFERENCE_PARTIAL', ['INDETERMINATE', 'SIG_CONSTRAINTS_FAILURE']],
  ['TRANSFORM_FORBIDDEN', ['INDETERMINATE', 'SIG_CONSTRAINTS_FAILURE']],
  [CONSTRAINTS, ['INDETERMINATE', CONSTRAINTS]],
  ['KEY_MISMATCH', ['INDETERMINATE', 'NO_SIGNING_CERTIFICATE_FOUND']],
  ['CERTIFICATE_MISSING', ['INDETERMINATE', 'NO_SIGNING_CERTIFICATE_FOUND']],
  ['CERTIFICATE_MALFORMED', ['INDETERMINATE', 'NO_SIGNING_CERTIFICATE_FOUND']],
  ['NO_CERTIFICATE_CHAIN_FOUND', ['INDETERMINATE', 'NO_CERTIFICATE_CHAIN_FOUND']],
  ['CHAIN_CONSTRAINTS_FAILURE', ['INDETERMINATE', 'CHAIN_CONSTRAINTS_FAILURE']],
  ['EXPIRED', ['INDETERMINATE', 'OUT_OF_BOUNDS_NO_POE']],
  ['NOT_YET_VALID', ['INDETERMINATE', 'OUT_OF_BOUNDS_NO_POE']],
  ['REVOKED', ['INDETERMINATE', 'REVOKED_NO_POE']],
  ['XADES_FORMAT', ['TOTAL-FAILED', 'FORMAT_FAILURE']],
  ['XADES_PROPERTIES_MISSING', ['INDETERMINATE', 'SIG_CONSTRAINTS_FAILURE']],
  ['XADES_SIGNING_CERTIFICATE_MISMATCH', ['INDETERMINATE', 'NO_SIGNING_CERTIFICATE_FOUND']],
  ['XADES_POLICY', ['INDETERMINATE', 'SIGNATURE_POLICY_NOT_AVAILABLE']],
  ['TIMESTAMP_INVALID', ['INDETERMINATE', 'SIG_CONSTRAINTS_FAILURE']],
]);

/** What findings that refuse mean together: what failed is failed, whatever else is open. Undefined when none does; `other` is for those that are not of signatures. */
export function statusOfCodes(codes: readonly FindingCode[], other: readonly [Exclude<Indication, 'TOTAL-PASSED'>, string] = ['INDETERMINATE', 'SIG_CONSTRAINTS_FAILURE']): readonly [Exclude<Indication, 'TOTAL-PASSED'>, string] | undefined {
  const causes = codes.filter((code) => severityOf(code) === 'refuse').map((code) => meaning.get(code) ?? other);
  return causes.find(([status]) => status === 'TOTAL-FAILED') ?? causes[0];
}

export interface Reported {
  readonly role: SignatureRole;
  readonly file: string | undefined;
  readonly xpath: string;
  readonly policy: string;
  readonly at: Date;
  readonly findings: readonly Finding[];
  readonly facts: SignatureFacts | undefined;
  readonly judgedPath: JudgedPath | undefined;
  /** The signer's revocation state is unknown. */
  readonly tryLater: boolean;
  readonly covers?: 'document' | 'body' | undefined;
  readonly stamps: readonly TimeStamp[];
  readonly answers: readonly string[];
  readonly archived: ArchivedSignature | undefined;
  readonly claimedSigningTime: string | undefined;
}

/** The worst that was found decides. */
export function signatureReport({ role, file, xpath, policy, at, findings, facts, judgedPath, tryLater, covers, stamps, answers, archived, claimedSigningTime }: Reported): SignatureReport {
  const codes = findings.map(({ code }) => code);
  const [indication, subIndication] = statusOfCodes(codes) ?? (tryLater ? (['INDETERMINATE', 'TRY_LATER'] as const) : (['TOTAL-PASSED'] as const));
  return {
    ...(file === undefined ? {} : { file }),
    xpath,
    role,
    indication,
    ...(subIndication === undefined ? {} : { subIndication: archived?.isOld === true && subIndication === CONSTRAINTS ? `${subIndication}_NO_POE` : subIndication }),
    codes,
    policy,
    ...(facts === undefined ? {} : factsOf(facts)),
    ...(covers === undefined ? {} : { covers }),
    ...(judgedPath === undefined ? {} : trustOf(judgedPath)),
    ...(answers.length === 0 ? {} : { answers }),
    ...(stamps.length === 0 ? {} : { timestamps: stamps.map(stampOf) }),
    ...(archived === undefined ? {} : { archive: { method: archived.method } }),
    ...(claimedSigningTime === undefined ? {} : { claimedSigningTime }),
    at: at.toISOString(),
  };
}

function factsOf({ certificate, method, xades }: SignatureFacts): Pick<SignatureReport, 'method' | 'certificate' | 'level'> {
  return { method, certificate: createHash('sha256').update(certificate).digest('hex'), level: xades === undefined ? 'XMLDSig' : `XAdES-${xades.level}` };
}

function stampOf({ genTime, accuracyMs, tsa, digest }: TimeStamp): ReportedTimeStamp {
  return { time: genTime.toISOString(), accuracyMs, certificate: tsa.certificate.fingerprint, digest };
}

function trustOf({ path, revocation }: JudgedPath): Pick<SignatureReport, 'path' | 'revocation'> {
  return {
    path: path.map(({ fingerprint }) => fingerprint),
    revocation: revocation.map(({ certificate: subject, kind, digest, thisUpdate, nextUpdate }) => ({ certificate: subject, kind, digest, thisUpdate: thisUpdate.toISOString(), nextUpdate: nextUpdate.toISOString() })),
  };
}
