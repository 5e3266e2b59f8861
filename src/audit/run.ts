// The audit run: re-decides every stored submission, verifies every receipt and result, compares the counts, and stops at the first lie.
// Works from stored bytes alone; asks no clock and no network.
import type { Schemas } from '../standard/schema.ts';
import type { Standard } from '../standard/tables.ts';
import type { Rulebook } from '../standard/validate.ts';
import { findContractContradictions } from '../store/contract-audit.ts';
import { findContradictions, submissionsToAudit } from '../store/audit.ts';
import type { AuditedRows } from '../store/audit.ts';
import type { Database } from '../store/database.ts';
import { findCompletionContradictions } from '../store/completion-audit.ts';
import { findFactsContradictions } from '../store/facts-audit.ts';
import { findFeedContradictions } from '../store/feed-audit.ts';
import { findMessageContradictions } from '../store/message-audit.ts';
import { findObligationContradictions } from '../store/obligation-audit.ts';
import { findOutageContradictions } from '../store/outage-audit.ts';
import { findPaperContradictions } from '../store/paper-audit.ts';
import { findSubscriptionContradictions } from '../store/subscription-audit.ts';
import { findReportContradictions } from '../store/notice-reports.ts';
import { findPromiseContradictions } from '../store/promise-audit.ts';
import { findRegisterContradictions } from '../store/register-audit.ts';
import { findLatenessContradictions, findUseContradictions } from '../store/registration-audit.ts';
import { signingFingerprints } from '../store/trust.ts';
import { checkCase, checkOtherMessages } from './agency-messages.ts';
import type { MessageAudit } from './agency-messages.ts';
import { checkContract, checkHistories } from './contract.ts';
import { checkFiledBefore } from './filed-before.ts';
import { checkForms } from './forms.ts';
import { checkThat } from './lie.ts';
import { answersAgain, checkEvidence } from './evidence.ts';
import { checkObligations } from './obligations.ts';
import { checkRegistration } from './registration.ts';
import { checkResult } from './results.ts';
import { checkSupplement } from './supplement.ts';
import { checkSubmission, checkWithoutRules } from './submissions.ts';
import { createMaterialReader } from './trust.ts';
import { checkUseOfIvan } from './use-of-ivan.ts';

export interface AuditReport {
  submissions: number;
  accepted: number;
  refused: number;
  conflicts: number;
  results: number;
  /** Of the agencies, whatever was made of them. */
  messages: number;
  /** Forms 04, 05 and 06. */
  registrations: number;
  /** Judged by a rule set that this program does not have: bytes, receipts and signatures are checked, verdicts are not repeated. */
  otherRuleSets: number;
}

export interface AuditSettings {
  readonly database: Database;
  /** The rule sets at hand, one for each signature policy: which one judged a submission its receipt says. */
  readonly standards: readonly Standard[];
  readonly schemas: Schemas;
}

/** Between tables; each finds sentences. */
const contradictions = [
  findContradictions,
  findMessageContradictions,
  findFactsContradictions,
  findRegisterContradictions,
  findContractContradictions,
  findUseContradictions,
  findLatenessContradictions,
  findFeedContradictions,
  findObligationContradictions,
  findOutageContradictions,
  findPaperContradictions,
  findCompletionContradictions,
  findPromiseContradictions,
  findReportContradictions,
  findSubscriptionContradictions,
] as const;

/** @throws Lie at the first contradiction. */
export async function runAudit({ database, standards, schemas }: AuditSettings): Promise<AuditReport> {
  const report: AuditReport = { submissions: 0, accepted: 0, refused: 0, conflicts: 0, results: 0, messages: 0, registrations: 0, otherRuleSets: 0 };
  const materialOf = createMaterialReader(database);
  const signers = await signingFingerprints(database.query);
  const messages: MessageAudit = { query: database.query, schemas, materialOf, signers };
  for await (const rows of submissionsToAudit(database)) {
    const where = `submission ${rows.submission.id}`;
    const trust = await materialOf(rows.submission.trustDigest, where);
    count(report, rows);
    await checkContract(database.query, where, rows.submission);
    await checkSupplement(database.query, rows.submission);
    const responses = await checkEvidence(database, rows.submission);
    const standard = standards.find(({ digest }) => digest === rows.submission.ruleSetDigest);
    if (standard !== undefined) {
      const rulebook: Rulebook = { standard, schemas, trust, answersFor: answersAgain(rows.submission, responses) };
      const { judgement, compared } = checkSubmission(rows, rulebook, signers);
      await checkFiledBefore(database.query, rows.submission, compared);
      await checkRegistration(database.query, rows.submission, judgement);
      await checkUseOfIvan(database.query, rows.submission, judgement);
    } else {
      checkWithoutRules(rows, trust, signers);
      report.otherRuleSets += 1;
    }
    report.messages += await checkCase(messages, rows);
    if (rows.result === null) continue;
    checkThat(rows.dossier !== null, where, 'has a result but no dossier');
    checkResult(rows.result, rows.submission, rows.dossier, await materialOf(rows.result.trustDigest, where), signers);
  }
  const forms = await checkForms({ database, standards, schemas, materialOf, signers });
  report.registrations = forms.registrations;
  report.otherRuleSets += forms.otherRuleSets;
  report.messages += await checkOtherMessages(messages);
  await checkHistories(database.query);
  const [standard] = standards;
  if (standard !== undefined) await checkObligations({ query: database.query, standard, signers });
  for (const find of contradictions) {
    const [contradiction] = await find(database.query);
    checkThat(contradiction === undefined, contradiction?.where ?? '', contradiction?.what ?? '');
  }
  return report;
}

function count(report: AuditReport, { submission, result }: AuditedRows): void {
  report.submissions += 1;
  if (submission.outcome === 'accepted') report.accepted += 1;
  else if (submission.outcome === 'refused') report.refused += 1;
  else report.conflicts += 1;
  if (result !== null) report.results += 1;
}
