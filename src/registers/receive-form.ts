// What happens to a form 04, 05 or 06 from the moment its bytes are here: known bytes get the receipt they have; new ones are judged, then held against
// the registers, recorded and receipted in one transaction, one form of a unit after the other.
import { createHash } from 'node:crypto';

import { evidenceOf, transactionCode } from '../intake/facts.ts';
import { noting } from '../intake/receive.ts';
import { senderFacts } from '../intake/sender-facts.ts';
import type { Enter } from '../evidence/append.ts';
import type { Issue } from '../receipts/issue.ts';
import { loggedSubmission, REGISTRATION } from '../receipts/log-entry.ts';
import { receiptXml } from '../receipts/receipt.ts';
import type { Issuer, ReceiptFacts } from '../receipts/receipt.ts';
import type { Rulebook } from '../standard/validate.ts';
import type { Database, Query } from '../store/database.ts';
import { keepRevocationEvidence } from '../store/evidence.ts';
import { claimRegistration, findByDigest, insertRegistration } from '../store/ivan-registrations.ts';
import type { RegistrationRow } from '../store/ivan-registrations.ts';
import { findUseFacts, lockUnit } from '../store/uses.ts';
import { clocksOf, formReceiptFacts } from './form-facts.ts';
import { judgeRegistration } from './judge-form.ts';
import type { FormInput } from './judge-form.ts';
import { useQuestion, withUseFacts } from './register-findings.ts';

export interface RegistrationDesk {
  readonly database: Database;
  /** Into the log, before the receipt is given. */
  readonly enter: Enter;
  readonly issue: Issue;
  readonly issuer: Issuer;
  readonly rulebook: () => Rulebook;
}

export type ReceivedRegistration = Pick<RegistrationRow, 'digest' | 'outcome' | 'receipt'> & {
  /** False when the same bytes had been received before: the receipt is that of the first time. */
  readonly isNew: boolean;
};

/** Throws `Unavailable` ("not now"), nothing else that is not a bug. */
export async function receiveForm(desk: RegistrationDesk, input: FormInput, contractId: string): Promise<ReceivedRegistration> {
  const { bytes, sender, receivedAt } = input;
  const { database, rulebook } = desk;
  const digest = createHash('sha256').update(bytes).digest('hex');
  const known = await findByDigest(database.query, digest, sender.code);
  if (known !== undefined) return { ...known, isNew: false };

  const rules = rulebook();
  const given = new Map<string, Buffer>();
  const judgement = judgeRegistration(input, noting(rules, given));
  const question = useQuestion(judgement, sender.code, contractId);
  return database.transaction(async (query) => {
    const id = await claimRegistration(query, digest, sender.code);
    if (id === undefined) return first(query, digest, sender.code);
    await keepRevocationEvidence(query, evidenceOf(judgement.signatures, given));
    if (question !== undefined) await lockUnit(query, question);
    const facts = question === undefined ? null : await findUseFacts(query, question, receivedAt);
    const findings = withUseFacts(judgement, facts, sender.code);
    const { standard, trust: { digest: trustDigest } } = rules;
    const ruleSetDigest = standard.digest;
    const received = formReceiptFacts({ bytes, digest, sender, receivedAt, judgement, findings, ruleSetDigest, trustDigest }, standard);
    const clocks = received.kind === 'accepted' ? clocksOf(receivedAt, standard) : undefined;
    const row: RegistrationRow = {
      id,
      digest,
      ivanCode: sender.code,
      senderFacts: senderFacts(sender),
      receivedAt,
      outcome: clocks === undefined ? 'refused' : 'received',
      form: judgement.form ?? null,
      declared: judgement.declared ?? null,
      findings,
      signatures: judgement.signatures,
      facts,
      contentDigest: clocks === undefined ? null : (judgement.signed?.contentDigest ?? null),
      transactionCode: transactionCode({ digest, sender, receivedAt }),
      ruleSetDigest,
      trustDigest,
      forwardDueAt: clocks?.forwardDueAt ?? null,
      decisionDueAt: clocks?.decision.at ?? null,
      receipt: await receiptOf(query, desk, id, received),
      body: bytes,
    };
    await insertRegistration(query, row);
    return { digest, outcome: row.outcome, receipt: row.receipt, isNew: true };
  });
}

/** It is in the log before its receipt is signed, and the receipt says so. */
async function receiptOf(query: Query, { enter, issue, issuer }: RegistrationDesk, id: string, facts: ReceiptFacts): Promise<Buffer> {
  const { proofs: [logProof = ''], save } = await enter(query, [{ kind: REGISTRATION, subject: id, facts: loggedSubmission({ ...facts, dossierNumber: undefined }) }], facts.receivedAt);
  await save();
  return issue(receiptXml({ ...facts, logProof }, issuer));
}

/** Of two copies that come at the same time the second finds the first. */
async function first(query: Query, digest: string, ivanCode: string): Promise<ReceivedRegistration> {
  const found = await findByDigest(query, digest, ivanCode);
  if (found === undefined) throw new Error('a registration was neither recorded nor found');
  return { ...found, isNew: false };
}
