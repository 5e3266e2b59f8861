// Re-decides every stored form 04, 05 and 06 from its bytes, at its instant, with the trust material and registers of that day, and checks receipt, clocks,
// decision and notice. Throws `Lie`.
import { createHash } from 'node:crypto';

import { transactionCode } from '../intake/facts.ts';
import { REGISTRATION } from '../receipts/log-entry.ts';
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
import { findChanges } from '../store/contract-audit.ts';
import type { QuotedChange } from '../store/contract-audit.ts';
import type { Query } from '../store/database.ts';
import { findDecision, registrationsAfter } from '../store/ivan-registrations.ts';
import type { RegistrationRow } from '../store/ivan-registrations.ts';
import { changesOfUnit, findUseFacts } from '../store/uses.ts';
import type { TrustMaterial } from '../trust/material.ts';
import { changeNamed, checkContract, readSender } from './contract.ts';
import { answersAgain, readEvidence } from './evidence.ts';
import { attempt, checkThat } from './lie.ts';
import type { Found } from './lie.ts';
import { checkReceiptLogged, proofOf, readLogged } from './log.ts';
import type { LogAudit } from './log.ts';
import { checkMessage, checkSigned } from './message.ts';
import { isQuotedTruly } from './quoted.ts';
import { sameJson } from './same.ts';
import type { MaterialReader } from './trust.ts';
import { checkUnitTie } from './unit-tie.ts';

const PAGE = 50;

export interface FormAudit {
  readonly query: Query;
  readonly found: Found;
  readonly log: LogAudit;
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
    const page = await registrationsAfter(audit.query, after, PAGE);
    for (const row of page) {
      registrations += 1;
      await attempt(audit.found, async () => {
        if (!(await checkForm(audit, row))) otherRuleSets += 1;
        await checkFormLogged(audit, row, `registration ${row.id}`);
      });
    }
    const last = page.at(-1);
    if (last === undefined) return { registrations, otherRuleSets };
    after = last.id;
  }
}

/** False when its verdict could not be repeated, for want of its rule set. */
async function checkForm(audit: FormAudit, row: RegistrationRow): Promise<boolean> {
  const { query, standards, schemas, materialOf, signers } = audit;
  const where = `registration ${row.id}`;
  const { body, digest, receivedAt, receipt } = row;
  checkThat(createHash('sha256').update(body).digest('hex') === digest, where, 'its bytes do not have its digest');
  const sender = readSender(where, row.senderFacts);
  checkThat(sender.kind === 'ivan' && sender.code === row.ivanCode, where, 'names another sender than its facts do');
  checkThat(transactionCode({ digest, sender, receivedAt }) === row.transactionCode, where, 'has a transaction code that is not its own');
  const named = changeNamed(row.senderFacts);
  const change = named === undefined ? undefined : (await findChanges(query, [named])).get(named);
  checkContract(change, where, row);
  const trust = await materialOf(row.trustDigest, where);
  const responses = (await readEvidence(query, [row]))(row);
  await checkDecision(audit, row, where);
  const standard = standards.find((known) => known.digest === row.ruleSetDigest);
  if (standard === undefined) {
    checkSigned({ where: `receipt of ${where}`, body: receipt, trust, at: receivedAt, signers });
    return false;
  }
  const rulebook: Rulebook = { standard, schemas, trust, answersFor: answersAgain(row, responses) };
  const judgement = judgeRegistration({ bytes: body, sender, receivedAt }, rulebook);
  await checkFacts(query, row, judgement, change, where);
  checkVerdict(row, sender, judgement, { rulebook, where, signers, trust });
  return true;
}

/** What its receipt says of the log. */
async function checkFormLogged({ query, log }: FormAudit, { id: subject, body, digest, receivedAt, receipt, transactionCode, ruleSetDigest, trustDigest, outcome, ivanCode: sender }: RegistrationRow, where: string): Promise<void> {
  const proof = proofOf(where, receipt);
  const kind = outcome === 'received' ? 'accepted' : 'refused';
  const facts = { digest, size: body.length, receivedAt, transactionCode, sender, kind, ruleSetDigest, trustDigest, dossierNumber: undefined } as const;
  checkReceiptLogged(log, await readLogged(query, REGISTRATION, [{ subject, proof }]), { where, kind: REGISTRATION, subject, proof, facts });
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
  const logProof = proofOf(where, row.receipt);
  checkMessage({ where: `receipt of ${where}`, body: row.receipt, trust, at: receivedAt, signers }, 'BIENNHAN', (issuer) => receiptXml({ ...facts, ...(logProof === undefined ? {} : { logProof: logProof.text }) }, issuer));
}

/** What its row says of the registers must be what they said at reception. */
async function checkFacts(query: Query, row: RegistrationRow, judgement: FormJudgement, change: QuotedChange | undefined, where: string): Promise<void> {
  const { receivedAt, ivanCode } = row;
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

async function checkDecision({ query, standards, materialOf, signers }: FormAudit, row: RegistrationRow, where: string): Promise<void> {
  const decision = await findDecision(query, row.id);
  if (decision === undefined) return;
  const { declared } = row;
  checkThat(declared !== null && row.outcome === 'received', where, 'was decided though it was refused on reception');
  const { decidedAt, effectiveAt } = decision;
  checkThat(decidedAt >= row.receivedAt, `decision on ${where}`, 'is older than what it is on');
  const standard = standards.find(({ digest }) => digest === row.ruleSetDigest) ?? standards[0];
  checkThat(standard === undefined || decision.relayDueAt.getTime() === relayDueAt(decidedAt, standard).getTime(), `decision on ${where}`, 'has another due time than it makes');
  const expected = decision.decision === 'accepted' ? effectiveFrom(declared.effectiveOn, decidedAt) : null;
  checkThat(expected?.getTime() === effectiveAt?.getTime(), `decision on ${where}`, 'holds from another instant than the form and the decision make');
  await checkUnitTie(query, row.ivanCode, declared, decision);
  const facts = noticeFacts({ ...row, declared }, decision);
  const message = { where: `notice of ${where}`, body: decision.notice, trust: await materialOf(decision.trustDigest, where), at: decidedAt, signers };
  checkMessage(message, 'QUYETDINH', (issuer) => registrationNoticeXml(facts, issuer));
}
