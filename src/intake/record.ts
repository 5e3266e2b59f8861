// The other half of the map: verdicts → stored submissions with signed receipts. One transaction for submission, number, receipt, delivery
// and audit event; the receipt is signed inside it, because the gapless number stands in the receipt, and leaves only after the commit.
// Submissions that arrive while a transaction runs go together into the next one; nothing waits for a timer.
import { Unavailable } from '../errors/outcomes.ts';
import type { Issue } from '../receipts/issue.ts';
import type { Issuer } from '../receipts/receipt.ts';
import type { WorkCalendar } from '../standard/calendar.ts';
import type { Database } from '../store/database.ts';
import type { StoredReceipt } from '../store/submissions.ts';
import type { FiledBefore } from '../store/tables.ts';
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
  readonly issue: Issue;
  readonly issuer: Issuer;
  readonly calendar: WorkCalendar;
}

export type Recorder = (judged: Judged) => Promise<Recorded>;

const MOST_TOGETHER = 64;
const MOST_BYTES_TOGETHER = 16 * 1024 * 1024;
const TRANSACTIONS_AT_ONCE = 2;
const MOST_WAITING = 2_000;

interface Waiting {
  readonly judged: Judged;
  readonly resolve: (recorded: Recorded) => void;
  readonly reject: (error: unknown) => void;
}

export function createRecorder(settings: RecordSettings): Recorder {
  const queue: Waiting[] = [];
  let running = 0;
  const pump = (): void => {
    while (running < TRANSACTIONS_AT_ONCE && queue.length > 0) {
      running += 1;
      void recordBatch(settings, nextBatch(queue)).finally(() => {
        running -= 1;
        pump();
      });
    }
  };
  return (judged) =>
    new Promise((resolve, reject) => {
      if (queue.length >= MOST_WAITING) {
        reject(new Unavailable('QUEUE_FULL'));
        return;
      }
      queue.push({ judged, resolve, reject });
      pump();
    });
}

/**
 * The first that wait. One that shares a declaration or batch with one before it waits for the next transaction, in which it can be told of the other, and so
 * does whatever follows it from the same unit; other units go past it.
 */
function nextBatch(queue: Waiting[]): Waiting[] {
  const batch: Waiting[] = [];
  const left: Waiting[] = [];
  const [sharing, held] = [new Map<string, string>(), new Set<string>()];
  let bytes = 0;
  for (const waiting of queue) {
    const isFull = batch.length === MOST_TOGETHER || (batch.length > 0 && bytes + waiting.judged.bytes.length > MOST_BYTES_TOGETHER);
    if (isFull) break;
    if (isToldOfAnother(waiting.judged, sharing, held)) {
      left.push(waiting);
    } else {
      bytes += waiting.judged.bytes.length;
      batch.push(waiting);
    }
  }
  queue.splice(0, batch.length + left.length, ...left);
  return batch;
}

/** Notes what it shares with whatever follows: in `sharing` by which content, in `held` the units of which one waits. */
function isToldOfAnother({ verdict }: Judged, sharing: Map<string, string>, held: Set<string>): boolean {
  const dossier = comparedDossier(verdict);
  if (dossier === undefined) return false;
  const { unit: { agency, unitCode, taxCode }, procedure, period, declarations, contentDigest } = dossier;
  const unit = JSON.stringify([agency, unitCode, taxCode]);
  if (held.has(unit)) return true;
  const keys = declarations.flatMap(({ form, batch, contentDigest: digest }) => [`${unit}${digest}`, ...(batch === null ? [] : [unit + JSON.stringify([procedure, period, form, batch])])]);
  const isTold = keys.some((key) => (sharing.get(key) ?? contentDigest) !== contentDigest);
  if (isTold) held.add(unit);
  else for (const key of keys) sharing.set(key, contentDigest);
  return isTold;
}

/** Settles every waiting submission; one that cannot be recorded does not take its neighbours with it. */
async function recordBatch(settings: RecordSettings, batch: readonly Waiting[], triesLeft = 2): Promise<void> {
  try {
    const recorded = await recordTogether(settings, batch.map(({ judged }) => judged));
    batch.forEach(({ resolve, reject }, index) => {
      const own = recorded[index];
      if (own === undefined) reject(new Error('a submission was recorded without an answer'));
      else resolve(own);
    });
  } catch (error) {
    if (isLostRace(error) && triesLeft > 0) await recordBatch(settings, batch, triesLeft - 1);
    else if (batch.length === 1 || error instanceof Unavailable) for (const { reject } of batch) reject(error);
    else for (const waiting of batch) await recordBatch(settings, [waiting]);
  }
}

/** PostgreSQL chose this transaction to end a deadlock or a serialization conflict: nothing of it is there, and it may be tried again. */
function isLostRace(error: unknown): boolean {
  const cause = error instanceof Unavailable ? error.cause : undefined;
  return typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string' && cause.code.startsWith('40');
}
