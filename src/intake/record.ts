// The other half of the map: verdicts → stored submissions with signed receipts. One transaction for submission, number, receipt, delivery
// and audit event; the receipt is signed inside it, because the gapless number and the proof of the log stand in it, and leaves only after the commit.
// Submissions that arrive while a transaction runs go together into the next one; nothing waits for a timer.
import type { Enter } from '../evidence/append.ts';
import type { Issue } from '../receipts/issue.ts';
import type { Issuer } from '../receipts/receipt.ts';
import type { ObligationTerms } from '../standard/obligations.ts';
import type { Database } from '../store/database.ts';
import type { StoredReceipt } from '../store/submissions.ts';
import type { FiledBefore } from '../store/tables.ts';
import { together } from '../store/together.ts';
import type { Judged } from './facts.ts';
import { comparedDossier } from './filed-before.ts';
import { recordTogether } from './transaction.ts';

export interface Recorded extends StoredReceipt {
  /** False when the same submission had been recorded before: the receipt is that of the first time. */
  readonly isNew: boolean;
  /** What the unit had filed before, where that was asked. */
  readonly filedBefore?: readonly FiledBefore[] | null;
}

export interface RecordSettings {
  readonly database: Database;
  /** Into the log, before the receipt is given. */
  readonly enter: Enter;
  readonly issue: Issue;
  readonly issuer: Issuer;
  /** What due dates are counted by. */
  readonly terms: ObligationTerms;
}

export type Recorder = (judged: Judged) => Promise<Recorded>;

const MOST_TOGETHER = 64;
const MOST_BYTES_TOGETHER = 16 * 1024 * 1024;
const TRANSACTIONS_AT_ONCE = 2;
const MOST_WAITING = 2_000;

export function createRecorder(settings: RecordSettings): Recorder {
  return together({
    work: (batch) => recordTogether(settings, batch),
    mostTogether: MOST_TOGETHER,
    atOnce: TRANSACTIONS_AT_ONCE,
    mostWaiting: MOST_WAITING,
    weight: { of: ({ bytes }) => bytes.length, most: MOST_BYTES_TOGETHER },
    postponing,
  });
}

/**
 * One that shares a declaration or batch, or supplements the same dossier, with one before it waits for the next transaction, in which it can be told of the other, and so does
 * whatever follows it from the same unit; other units go past it. Notes what each shares by which content, and the units of which one waits.
 */
function postponing(): (judged: Judged) => boolean {
  const sharing = new Map<string, string>();
  const held = new Set<string>();
  return ({ verdict, supplements }) => {
    const dossier = comparedDossier(verdict);
    if (dossier === undefined) return false;
    const { unit: { agency, unitCode, taxCode }, procedure, period, declarations, contentDigest } = dossier;
    const unit = JSON.stringify([agency, unitCode, taxCode]);
    if (held.has(unit)) return true;
    const keys = declarations.flatMap(({ form, batch, contentDigest: digest }) => [`${unit}${digest}`, ...(batch === null ? [] : [unit + JSON.stringify([procedure, period, form, batch])])]);
    if (supplements !== null) keys.push(`supplement ${supplements.digest}`);
    const isTold = keys.some((key) => (sharing.get(key) ?? contentDigest) !== contentDigest);
    if (isTold) held.add(unit);
    else for (const key of keys) sharing.set(key, contentDigest);
    return isTold;
  };
}
