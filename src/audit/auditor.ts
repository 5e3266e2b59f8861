// One who audits: checks pieces of the work, each from the rows that it reads for it. Works from stored bytes alone, writes nothing, and asks no clock and
// no network.
import type { NoteVerifier } from '../log/note.ts';
import type { Schemas } from '../standard/schema.ts';
import type { Standard } from '../standard/tables.ts';
import { findContradictions, lastSubmission, submissionsAfter } from '../store/audit.ts';
import type { AuditedRows } from '../store/audit.ts';
import { findCompletionContradictions } from '../store/completion-audit.ts';
import { findContractContradictions } from '../store/contract-audit.ts';
import type { Query } from '../store/database.ts';
import { findErasureContradictions } from '../store/erasure-audit.ts';
import { findFactsContradictions } from '../store/facts-audit.ts';
import { findFeedContradictions } from '../store/feed-audit.ts';
import { findEnd } from '../store/log.ts';
import { findDigestContradictions, findLogContradictions } from '../store/log-audit.ts';
import { findMessageContradictions } from '../store/message-audit.ts';
import { findReportContradictions } from '../store/notice-reports.ts';
import { findObligationContradictions } from '../store/obligation-audit.ts';
import { findOutageContradictions } from '../store/outage-audit.ts';
import { findPaperContradictions } from '../store/paper-audit.ts';
import { findPromiseContradictions } from '../store/promise-audit.ts';
import { findReceptionContradictions } from '../store/reception-audit.ts';
import { findRegisterContradictions } from '../store/register-audit.ts';
import { findLatenessContradictions, findUseContradictions } from '../store/registration-audit.ts';
import { findStampContradictions } from '../store/stamp-audit.ts';
import { findSubscriptionContradictions } from '../store/subscription-audit.ts';
import { signingFingerprints } from '../store/trust.ts';
import { checkOtherMessages } from './agency-messages.ts';
import { checkHistories } from './contract.ts';
import { added, noCounts } from './counts.ts';
import type { Counts } from './counts.ts';
import { checkForms } from './forms.ts';
import { checkKept, keysOf } from './kept.ts';
import type { Outside } from './kept.ts';
import { attempt, Lie } from './lie.ts';
import type { Found } from './lie.ts';
import { checkLogEnd, checkLogPart, openLogAudit } from './log.ts';
import { checkObligations } from './obligations.ts';
import { checkPage } from './page.ts';
import type { SubmissionAudit } from './page.ts';
import type { Extent, Piece } from './pieces.ts';
import { checkStamps } from './stamps.ts';
import { createMaterialReader } from './trust.ts';
import { checkWaiting } from './waiting.ts';

export interface AuditorSettings {
  readonly query: Query;
  /** The rule sets at hand, one for each signature policy: which one judged a submission its receipt says. */
  readonly standards: readonly Standard[];
  readonly schemas: Schemas;
  readonly found: Found;
  /** What the store has to agree with. */
  readonly outside?: Outside;
}

export interface Auditor {
  /** Of the log: those that the auditor brought, or the store's own. */
  readonly keys: readonly NoteVerifier[];
  /** Gives what is in it; lies are told as they are found. */
  check(piece: Piece): Promise<Counts>;
  /** The same for submissions that were read already. */
  checkRows(rows: readonly AuditedRows[]): Promise<Counts>;
}

/** Between tables; each finds sentences. */
const contradictions = [
  findContradictions,
  findReceptionContradictions,
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
  findLogContradictions,
  findDigestContradictions,
  findStampContradictions,
  findErasureContradictions,
] as const;

export async function extentOf(query: Query): Promise<Extent> {
  const { id, count } = await lastSubmission(query);
  return { lastSubmission: id, submissions: count, logSize: (await findEnd(query)).checkpoint };
}

/** Keys and certificates that are none are lies at once, whoever notes the others. */
export async function openAuditor({ query, standards, schemas, found, outside }: AuditorSettings): Promise<Auditor> {
  const signers = await signingFingerprints(query);
  const audit: SubmissionAudit = { query, standards, schemas, found, signers, materialOf: createMaterialReader(query), log: await openLogAudit(query, found, outside && keysOf(outside)) };
  return {
    keys: audit.log.keys,
    checkRows: (rows) => checkPage(audit, rows),
    check: async (piece) => {
      switch (piece.kind) {
        case 'submissions': return checkRange(audit, piece.after, piece.upTo);
        case 'log': {
          await attempt(found, () => checkLogPart(audit.log, piece.from, piece.to));
          return { ...noCounts, logged: piece.to - piece.from };
        }
        case 'forms': return { ...noCounts, ...(await checkForms(audit)) };
        case 'messages': return { ...noCounts, messages: await checkOtherMessages(audit) };
        case 'log end': {
          await attempt(found, () => checkLogEnd(audit.log));
          await attempt(found, () => checkWaiting(query, found));
          if (outside !== undefined) await attempt(found, () => checkKept(audit.log, outside));
          return noCounts;
        }
        case 'stamps': {
          let stamps = 0;
          await attempt(found, async () => { stamps = await checkStamps(query, audit.materialOf, found); });
          return { ...noCounts, stamps };
        }
        case 'whole': {
          await checkWhole(audit);
          return noCounts;
        }
      }
    },
  };
}

async function checkRange(audit: SubmissionAudit, after: string, upTo: string): Promise<Counts> {
  let counts = noCounts;
  let next = submissionsAfter(audit.query, after, upTo);
  for (let page = await next; page.length > 0; page = await next) {
    next = submissionsAfter(audit.query, page.at(-1)?.submission.id ?? upTo, upTo); // read while the page is checked
    next.catch(() => undefined); // or it is said twice, when the page is a lie
    counts = added(counts, await checkPage(audit, page));
  }
  return counts;
}

async function checkWhole({ query, standards, signers, found }: SubmissionAudit): Promise<void> {
  await attempt(found, () => checkHistories(query));
  const [standard] = standards;
  if (standard !== undefined) await attempt(found, () => checkObligations({ query, standard, signers }));
  for (const find of contradictions) for (const { where, what } of await find(query)) found(new Lie(where, what));
}
