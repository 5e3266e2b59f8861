// Re-decides one stored submission from its bytes, at its instant, with the trust material of that day, and checks everything that was
// derived from it. Throws `Lie`.
import { createHash } from 'node:crypto';

import { acceptedFacts, conflictFacts, contentDigestOf, receiptFacts, transactionCode } from '../intake/facts.ts';
import type { Judged } from '../intake/facts.ts';
import { judge } from '../intake/judge.ts';
import type { Verdict } from '../intake/judge.ts';
import { withFiledBefore } from '../intake/filed-before.ts';
import { withRegisters } from '../intake/registers.ts';
import { senderOf } from '../intake/sender-facts.ts';
import { withGiven } from '../intake/supplement.ts';
import { proofInDocument } from '../receipts/log-entry.ts';
import { kindNames, receiptXml } from '../receipts/receipt.ts';
import { senderName } from '../standard/dossier.ts';
import type { Sender } from '../standard/dossier.ts';
import type { Rulebook } from '../standard/validate.ts';
import type { AuditedRows } from '../store/audit.ts';
import type { DossierRow, SubmissionRow } from '../store/tables.ts';
import { formatInstant, yearOf } from '../standard/time.ts';
import type { TrustMaterial } from '../trust/material.ts';
import { elementAt } from '../xml/document.ts';
import { textOf } from '../xml/text.ts';
import { checkThat } from './lie.ts';
import { checkMessage, checkSigned } from './message.ts';
import { sameJson } from './same.ts';

export interface JudgedAgain {
  /** As it was before any register was asked. */
  readonly judgement: Verdict;
  /** As it was before it was held against what the unit filed before. */
  readonly compared: Verdict;
  /** In the end. */
  readonly judged: Judged;
}

/** Throws `Lie` where the bytes or the sender are not what the row says. */
export function judgeAgain(submission: SubmissionRow, rulebook: Rulebook): JudgedAgain {
  const { body: bytes, digest, receivedAt, ruleSetDigest, trustDigest, registration, ivanUse, filedBefore, supplements } = submission;
  const sender = checkBytes(submission);
  const judgement = judge({ bytes, sender, receivedAt }, rulebook);
  const ruleSet = rulebook.standard.ruleSetAt(receivedAt);
  const compared = withGiven(withRegisters(judgement, { registration, ivanUse, supplements }, { sender, receivedAt }), supplements);
  const verdict = withFiledBefore(compared, { filedBefore, supplements }, ruleSet);
  return { judgement, compared, judged: { bytes, digest, sender, receivedAt, verdict, ruleSetDigest, ruleSet, trustDigest, registration, ivanUse, filedBefore, supplements, evidence: [] } };
}

/** What was recorded of it, and its receipt, against how it is judged again. Gives where its receipt says that it is in the log. */
export function checkSubmission({ submission, receipt, dossier, first }: AuditedRows, { judged }: JudgedAgain, rulebook: Rulebook, signers: ReadonlySet<string>): string | undefined {
  const where = `submission ${submission.id}`;
  const { receivedAt, outcome } = submission;
  const { verdict } = judged;
  checkThat(verdict.outcome === (outcome === 'conflict' ? 'accepted' : outcome), where, `was ${outcome}, is ${verdict.outcome} when judged again`);
  checkThat(sameJson(verdict.findings, submission.findings), where, 'has other findings when judged again');
  checkVerification(where, submission, judged);
  checkThat((outcome === 'accepted') === (dossier !== null), where, 'has a dossier number, or lacks one, against its outcome');
  checkThat(receipt !== null, where, 'has no receipt');
  const accepted = dossier && verdict.outcome === 'accepted' ? acceptedFacts(verdict.dossier, receivedAt, dossier.sequence, rulebook.standard.calendar) : undefined;
  if (dossier !== null) checkDossier(where, dossier, judged, accepted?.dossierNumber, accepted?.dueAt);
  const facts = receiptFacts(judged, outcome, accepted, first === null ? undefined : conflictFacts(first, submission.contentDigest));
  let logProof: string | undefined;
  checkMessage({ where: `receipt of ${where}`, body: receipt.body, trust: rulebook.trust, at: receivedAt, signers }, 'BIENNHAN', (issuer, { document }) => {
    logProof = proofInDocument(document);
    return receiptXml({ ...facts, ...(logProof === undefined ? {} : { logProof }) }, issuer);
  });
  return logProof;
}

/** What was recorded before content digests and reports were kept has none; that nothing later lacks them is for the counts to show. */
function checkVerification(where: string, { contentDigest, signatures }: SubmissionRow, judged: Judged): void {
  if (signatures === null && contentDigest === null) return;
  checkThat(sameJson(judged.verdict.signatures, signatures), where, 'has other reports of its signatures when judged again');
  checkThat(contentDigestOf(judged) === contentDigest, where, 'has another content digest than its content');
}

/** What holds whatever rules it was judged by: bytes, digest, sender, transaction code. */
function checkBytes(submission: SubmissionRow): Sender {
  checkThat(createHash('sha256').update(submission.body).digest('hex') === submission.digest, `submission ${submission.id}`, 'its bytes do not have its digest');
  return checkSender(submission);
}

function checkSender(submission: SubmissionRow): Sender {
  const where = `submission ${submission.id}`;
  const { digest, receivedAt } = submission;
  const sender = senderOf(submission.senderFacts);
  checkThat(senderName(sender) === submission.sender, where, 'names another sender than its facts do');
  checkThat(transactionCode({ digest, sender, receivedAt }) === submission.transactionCode, where, 'has a transaction code that is not its own');
  return sender;
}

/** For one whose data was erased. Throws `Lie`. */
export function checkWithoutDocuments({ submission, receipt, dossier }: AuditedRows): void {
  const where = `submission ${submission.id}`;
  checkSender(submission);
  checkThat(receipt !== null, where, 'has no receipt');
  checkThat((submission.outcome === 'accepted') === (dossier !== null), where, 'has a dossier number, or lacks one, against its outcome');
}

/** For a submission that other rules judged: everything but the judgement. Gives where it is in the log. Throws `Lie`. */
export function checkWithoutRules({ submission, receipt, dossier }: AuditedRows, trust: TrustMaterial, signers: ReadonlySet<string>): string | undefined {
  checkBytes(submission);
  const where = `receipt of submission ${submission.id}`;
  checkThat(receipt !== null, `submission ${submission.id}`, 'has no receipt');
  const { document, root } = checkSigned({ where, body: receipt.body, trust, at: submission.receivedAt, signers });
  const says = (path: readonly string[], expected: string): void => {
    const element = elementAt(root, path);
    checkThat(element !== undefined && textOf(document, element) === expected, where, `${path.join('/')} is not ${expected}`);
  };
  says(['BIENNHAN', 'SHA256'], submission.digest);
  says(['BIENNHAN', 'DO_LON'], String(submission.body.length));
  says(['BIENNHAN', 'THOIDIEM_NHAN'], formatInstant(submission.receivedAt));
  says(['BIENNHAN', 'LOAI'], kindNames[submission.outcome]);
  says(['BIENNHAN', 'BO_QUYTAC'], submission.ruleSetDigest);
  says(['XACNHAN_GDICH', 'TTGDICH', 'MA_GDICH'], submission.transactionCode);
  says(['XACNHAN_GDICH', 'TTGDICH', 'SO_HSO'], dossier?.number ?? '');
  return proofInDocument(document);
}

function checkDossier(where: string, row: DossierRow, { verdict, receivedAt }: Judged, number: string | undefined, dueAt: Date | undefined): void {
  const { declared } = verdict;
  const same = declared?.agency === row.agency && declared.unitCode === row.unitCode && declared.unitName === row.unitName && declared.taxCode === row.taxCode;
  checkThat(same && declared.procedure === row.procedure && declared.period === row.period, `dossier of ${where}`, 'is not what was submitted');
  checkThat(row.year === yearOf(receivedAt) && row.number === number, `dossier of ${where}`, `has number ${row.number} instead of ${number ?? 'none'}`);
  checkThat(row.dueAt.getTime() === dueAt?.getTime(), `dossier of ${where}`, 'has another due date than its reception makes');
}
