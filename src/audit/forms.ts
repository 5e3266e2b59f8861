// Re-decides every stored form 04, 05 and 06 from its bytes, at its instant, with the trust material and registers of that day, and checks receipt, clocks,
// decision and notice. Throws `Lie`.
import { createHash } from 'node:crypto';

import { transactionCode } from '../intake/facts.ts';
import { senderOf } from '../intake/sender-facts.ts';
import { receiptXml } from '../receipts/receipt.ts';
import { registrationNoticeXml } from '../receipts/registration-notice.ts';
import { effectiveFrom, noticeFacts } from '../registers/decide.ts';
import { clocksOf, formReceiptFacts, relayDueAt } from '../registers/form-facts.ts';
import { isRefused, judgeRegistration } from '../registers/judge-form.ts';
import type { FormJudgement } from '../registers/judge-form.ts';
import { useQuestion, withUseFacts } from '../registers/register-findings.ts';
import type { IvanSender } from '../standard/dossier.ts';
import type { Schemas } from '../standard/schema.ts';
import type { Standard } from '../standard/tables.ts';
import type { Rulebook } from '../standard/validate.ts';
import { findChange } from '../store/contract-audit.ts';
import type { Database, Query } from '../store/database.ts';
import { findDecision, registrationsAfter } from '../store/ivan-registrations.ts';
import type { RegistrationRow } from '../store/ivan-registrations.ts';
import { changesOfUnit, findUseFacts } from '../store/uses.ts';
import type { TrustMaterial } from '../trust/material.ts';
import { checkContract } from './contract.ts';
import { answersAgain, checkEvidence } from './evidence.ts';
import { checkThat } from './lie.ts';
import { checkMessage, checkSigned } from './message.ts';
import { isQuotedTruly } from './quoted.ts';
import { sameJson } from './same.ts';
import type { MaterialReader } from './trust.ts';
import { checkUnitTie } from './unit-tie.ts';

const PAGE = 50;

export interface FormAudit {
  readonly database: Database;
  readonly standards: readonly Standard[];
  readonly schemas: Schemas;
  readonly materialOf: MaterialReader;
  readonly signers: ReadonlySet<string>;
}

export interface FormCounts {
  readonly registrations: number;
  readonly otherRuleSets: number;
}

export async function checkForms(audit: FormAudit): Promise<FormCounts> {
  let [registrations, otherRuleSets] = [0, 0];
  for (let after = '0'; ; ) {
    const page = await registrationsAfter(audit.database.query, after, PAGE);
    for (const row of page) {
      registrations += 1;
      if (!(await checkForm(audit, row))) otherRuleSets += 1;
    }
    const last = page.at(-1);
    if (last === undefined) return { registrations, otherRuleSets };
    after = last.id;
  }
}

/** False when its verdict could not be repeated, for want of its rule set. */
async function checkForm(audit: FormAudit, row: RegistrationRow): Promise<boolean> {
  const { database, standards, schemas, materialOf, signers } = audit;
  const where = `registration ${row.id}`;
  const { body, digest, receivedAt, receipt } = row;
  checkThat(createHash('sha256').update(body).digest('hex') === digest, where, 'its bytes do not have its digest');
  const sender = senderOf(row.senderFacts);
  checkThat(sender.kind === 'ivan' && sender.code === row.ivanCode, where, 'names another sender than its facts do');
  checkThat(transactionCode({ digest, sender, receivedAt }) === row.transactionCode, where, 'has a transaction code that is not its own');
  await checkContract(database.query, where, row);
  const trust = await materialOf(row.trustDigest, where);
  const responses = await checkEvidence(database, row);
  await checkDecision(audit, row, where);
  const standard = standards.find((known) => known.digest === row.ruleSetDigest);
  if (standard === undefined) {
    checkSigned({ where: `receipt of ${where}`, body: receipt, trust, at: receivedAt, signers });
    return false;
  }
  const rulebook: Rulebook = { standard, schemas, trust, answersFor: answersAgain(row, responses) };
  const judgement = judgeRegistration({ bytes: body, sender, receivedAt }, rulebook);
  await checkFacts(database.query, row, judgement, where);
  checkVerdict(row, sender, judgement, { rulebook, where, signers, trust });
  return true;
}

interface VerdictContext {
  readonly rulebook: Rulebook;
  readonly where: string;
  readonly signers: ReadonlySet<string>;
  readonly trust: TrustMaterial;
}

function checkVerdict(row: RegistrationRow, sender: IvanSender, judgement: FormJudgement, { rulebook: { standard }, where, signers, trust }: VerdictContext): void {
  const { body: bytes, digest, receivedAt, ruleSetDigest, trustDigest } = row;
  const findings = withUseFacts(judgement, row.facts, row.ivanCode);
  const received = judgement.signed !== undefined && !isRefused(findings);
  checkThat(received === (row.outcome === 'received'), where, `was ${row.outcome}, and is not when judged again`);
  checkThat(sameJson(findings, row.findings), where, 'has other findings when judged again');
  checkThat(sameJson(judgement.signatures, row.signatures), where, 'has other reports of its signatures when judged again');
  checkThat(sameJson(judgement.declared ?? null, row.declared) && (judgement.form ?? null) === row.form, where, 'says something else when read again');
  checkThat((received ? judgement.signed.contentDigest : null) === row.contentDigest, where, 'has another content digest than its content');
  const clocks = received ? clocksOf(receivedAt, standard) : undefined;
  const same = clocks?.forwardDueAt.getTime() === row.forwardDueAt?.getTime() && clocks?.decision.at.getTime() === row.decisionDueAt?.getTime();
  checkThat(same, where, 'has other due times than its reception makes');
  const facts = formReceiptFacts({ bytes, digest, sender, receivedAt, judgement, findings, ruleSetDigest, trustDigest }, standard);
  checkMessage({ where: `receipt of ${where}`, body: row.receipt, trust, at: receivedAt, signers }, 'BIENNHAN', (issuer) => receiptXml(facts, issuer));
}

/** What its row says of the registers must be what they said at reception. */
async function checkFacts(query: Query, row: RegistrationRow, judgement: FormJudgement, where: string): Promise<void> {
  const { receivedAt, ivanCode, senderFacts } = row;
  const change = senderFacts.kind === 'ivan' && senderFacts.contract.change !== undefined ? await findChange(query, senderFacts.contract.change) : undefined;
  checkThat(change !== undefined, where, 'does not say under which contract it came');
  const question = useQuestion(judgement, ivanCode, change.contractId);
  const isTrue = question === undefined
    ? row.facts === null
    : await isQuotedTruly({
        quoted: row.facts,
        receivedAt,
        saidBy: (knownBy) => findUseFacts(query, question, receivedAt, knownBy, row.id),
        changes: (from, until) => changesOfUnit(query, question, from, until, row.id),
      });
  checkThat(isTrue, where, 'does not say of its unit what the registers said');
}

async function checkDecision({ database, standards, materialOf, signers }: FormAudit, row: RegistrationRow, where: string): Promise<void> {
  const decision = await findDecision(database.query, row.id);
  if (decision === undefined) return;
  const { declared } = row;
  checkThat(declared !== null && row.outcome === 'received', where, 'was decided though it was refused on reception');
  const { decidedAt, effectiveAt } = decision;
  checkThat(decidedAt >= row.receivedAt, `decision on ${where}`, 'is older than what it is on');
  const standard = standards.find(({ digest }) => digest === row.ruleSetDigest) ?? standards[0];
  checkThat(standard === undefined || decision.relayDueAt.getTime() === relayDueAt(decidedAt, standard).getTime(), `decision on ${where}`, 'has another due time than it makes');
  const expected = decision.decision === 'accepted' ? effectiveFrom(declared.effectiveOn, decidedAt) : null;
  checkThat(expected?.getTime() === effectiveAt?.getTime(), `decision on ${where}`, 'holds from another instant than the form and the decision make');
  await checkUnitTie(database.query, row.ivanCode, declared, decision);
  const facts = noticeFacts({ ...row, declared }, decision);
  const message = { where: `notice of ${where}`, body: decision.notice, trust: await materialOf(decision.trustDigest, where), at: decidedAt, signers };
  checkMessage(message, 'QUYETDINH', (issuer) => registrationNoticeXml(facts, issuer));
}
