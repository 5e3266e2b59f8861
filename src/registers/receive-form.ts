// What happens to a form 04, 05 or 06 from the moment its bytes are here: known bytes get the receipt they have; new ones are judged, then held against
// the registers, recorded and receipted in one transaction, one form of a unit after the other.
import { createHash } from 'node:crypto';

import { evidenceOf, transactionCode } from '../intake/facts.ts';
import { noting } from '../intake/receive.ts';
import { senderFacts } from '../intake/sender-facts.ts';
import type { Issue } from '../receipts/issue.ts';
import { receiptXml } from '../receipts/receipt.ts';
import type { Issuer } from '../receipts/receipt.ts';
import type { Rulebook } from '../standard/validate.ts';
import type { Database, Query } from '../store/database.ts';
import { keepRevocationEvidence } from '../store/evidence.ts';
import { findByDigest, insertRegistration } from '../store/ivan-registrations.ts';
import type { RegistrationRow } from '../store/ivan-registrations.ts';
import { findUseFacts, lockUnit } from '../store/uses.ts';
import { clocksOf, formReceiptFacts } from './form-facts.ts';
import { judgeRegistration } from './judge-form.ts';
import type { FormInput } from './judge-form.ts';
import { useQuestion, withUseFacts } from './register-findings.ts';

export interface RegistrationDesk {
  readonly database: Database;
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
    await keepRevocationEvidence(query, evidenceOf(judgement.signatures, given));
    if (question !== undefined) await lockUnit(query, question);
    const facts = question === undefined ? null : await findUseFacts(query, question, receivedAt);
    const findings = withUseFacts(judgement, facts, sender.code);
    const { standard, trust: { digest: trustDigest } } = rules;
    const ruleSetDigest = standard.digest;
    const received = formReceiptFacts({ bytes, digest, sender, receivedAt, judgement, findings, ruleSetDigest, trustDigest }, standard);
    const clocks = received.kind === 'accepted' ? clocksOf(receivedAt, standard) : undefined;
    return store(query, {
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
      receipt: await desk.issue(receiptXml(received, desk.issuer)),
      body: bytes,
    });
  });
}

/** Of two copies that come at the same time the second finds the first. */
async function store(query: Query, row: Omit<RegistrationRow, 'id'>): Promise<ReceivedRegistration> {
  const { digest, ivanCode, outcome, receipt } = row;
  if ((await insertRegistration(query, row)) !== undefined) return { digest, outcome, receipt, isNew: true };
  const first = await findByDigest(query, digest, ivanCode);
  if (first === undefined) throw new Error('a registration was neither recorded nor found');
  return { ...first, isNew: false };
}
