// What follows from a judged submission without any choice: its transaction code, the facts of an accepted dossier under its number, and the
// facts of its receipt. Pure, so that recording and auditing compute the same.
import { createHash } from 'node:crypto';

import type { AcceptedFacts, ConflictFacts, ReceiptFacts } from '../receipts/receipt.ts';
import { dueAfterWorkingDays } from '../standard/calendar.ts';
import type { WorkCalendar } from '../standard/calendar.ts';
import { senderName } from '../standard/dossier.ts';
import type { Dossier, Sender } from '../standard/dossier.ts';
import type { RuleSet } from '../standard/rule-sets.ts';
import { formatIsoDay, yearOf } from '../standard/time.ts';
import type { SignatureReport } from '../standard/signature-report.ts';
import type { FirstSubmission } from '../store/submissions.ts';
import type { FiledBefore, RegistrationFacts, RevocationEvidenceRow, SupplementFacts, UseOfIvanFacts } from '../store/tables.ts';
import type { Verdict } from './judge.ts';

export interface Judged {
  readonly bytes: Buffer;
  /** SHA-256 of `bytes`, hex. */
  readonly digest: string;
  readonly sender: Sender;
  readonly receivedAt: Date;
  readonly verdict: Verdict;
  readonly ruleSetDigest: string;
  /** In force at reception. */
  readonly ruleSet: Pick<RuleSet, 'id' | 'changed'>;
  readonly trustDigest: string;
  /** What the register of certificates said; null when the agency did not ask. */
  readonly registration: RegistrationFacts | null;
  /** What the register of uses said; null when it had nothing to say. */
  readonly ivanUse: UseOfIvanFacts | null;
  /** What was known of the dossier that it supplements; null when the sender named none. */
  readonly supplements: SupplementFacts | null;
  /** What the unit had filed before; null as long as, and wherever, nobody asked. */
  readonly filedBefore: readonly FiledBefore[] | null;
  /** OCSP answers that the verdict rests on and that are not in the bytes. */
  readonly evidence: readonly RevocationEvidenceRow[];
  /** The sender's own key for this submission, and what it is unique under. */
  readonly key?: { readonly scope: string; readonly value: string };
}

const MINUTE_MS = 60_000;

/** MA_GDICH: the day of reception and 80 bits of what makes the submission itself. */
export function transactionCode({ digest, sender, receivedAt }: Pick<Judged, 'digest' | 'sender' | 'receivedAt'>): string {
  const identity = createHash('sha256').update(`${digest}\n${senderName(sender)}\n${receivedAt.toISOString()}`).digest('hex');
  return `${formatIsoDay(receivedAt).replaceAll('-', '')}-${identity.slice(0, 20).toUpperCase()}`;
}

/** NNNNN/YYYY/<agency>. */
export function dossierNumber(sequence: number, receivedAt: Date, agency: string): string {
  return `${String(sequence).padStart(5, '0')}/${yearOf(receivedAt)}/${agency}`;
}

export function acceptedFacts(dossier: Dossier, receivedAt: Date, sequence: number, calendar: WorkCalendar): AcceptedFacts {
  const { workingDays, returnWorkingDays, dueOption } = dossier;
  const due = dueAfterWorkingDays(calendar, receivedAt, workingDays, dueOption);
  return {
    dossierNumber: dossierNumber(sequence, receivedAt, dossier.agency),
    dueAt: due.at,
    dueProvisional: due.provisional,
    slipDueAt: new Date(receivedAt.getTime() + dossier.receptionSlipMinutes * MINUTE_MS),
    ...(returnWorkingDays === undefined ? {} : { returnBy: dueAfterWorkingDays(calendar, receivedAt, returnWorkingDays, dueOption) }),
    signer: dossier.signer,
  };
}

/** SHA-256 of the canonical octets that are signed; null when the submission was refused. */
export function contentDigestOf({ verdict }: Pick<Judged, 'verdict'>): string | null {
  return verdict.outcome === 'accepted' ? verdict.contentDigest : null;
}

/** The OCSP answers (DER by SHA-256) that the reports say the judge was given. */
export function evidenceOf(signatures: readonly SignatureReport[], given: ReadonlyMap<string, Buffer>): RevocationEvidenceRow[] {
  return answersNamed(signatures).flatMap((digest) => {
    const body = given.get(digest);
    return body === undefined ? [] : [{ digest, kind: 'ocsp' as const, body }];
  });
}

/** Digests of the OCSP answers that the reports name. */
export function answersNamed(signatures: readonly SignatureReport[]): readonly string[] {
  return [...new Set(signatures.flatMap(({ answers = [] }) => answers))];
}

/** Why a submission that is in order is not accepted: `first` has the same content, or else the sender's key. */
export function conflictFacts(first: Omit<FirstSubmission, 'id'>, contentDigest: string | null): ConflictFacts {
  const { digest, receivedAt } = first;
  return first.contentDigest !== null && first.contentDigest === contentDigest ? { digest, receivedAt } : { key: first.key ?? '', digest, receivedAt };
}

export function receiptFacts(judged: Judged, kind: ReceiptFacts['kind'], accepted: AcceptedFacts | undefined, conflict: ConflictFacts | undefined): ReceiptFacts {
  return {
    kind,
    digest: judged.digest,
    size: judged.bytes.length,
    receivedAt: judged.receivedAt,
    transactionCode: transactionCode(judged),
    sender: senderName(judged.sender),
    declared: judged.verdict.declared,
    findings: judged.verdict.findings,
    ruleSetDigest: judged.ruleSetDigest,
    ruleSet: judged.ruleSet.id,
    trustDigest: judged.trustDigest,
    ...(accepted === undefined ? {} : { accepted }),
    ...(accepted === undefined || judged.supplements === null ? {} : { supplements: { digest: judged.supplements.digest, dossierNumber: judged.supplements.dossier?.number ?? '' } }),
    ...(conflict === undefined ? {} : { conflict }),
  };
}
