// Tells an agency that a unit's notice was delivered, and apart from it that it was opened, each with the instant and the way (QĐ 366/QĐ-BHXH Điều
// 5(2.3.4d)): at least once, in that order, until the agency has said that it knows.
import { claimReports, endReport, postponeReport } from '../store/notice-reports.ts';
import type { DueReport } from '../store/notice-reports.ts';
import type { Database } from '../store/database.ts';
import { backoff } from './breaker.ts';
import { reasonOf } from './reason.ts';

/** Resolves when the agency has it. */
export type ReportTransport = (report: Pick<DueReport, 'message' | 'what' | 'at' | 'how'>) => Promise<void>;

export interface ReportSettings {
  readonly database: Database;
  readonly report: ReportTransport;
  readonly now: () => Date;
  readonly random: () => number;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

const MOST_AT_ONCE = 50;
const CLAIM_MS = 120_000;
const FIRST_RETRY_MS = 1_000;
const SLOWEST_RETRY_MS = 60 * 60_000;

export async function tellReports(settings: ReportSettings, backend: string): Promise<void> {
  // What has been opened is told after what has been delivered.
  if ((await tellSome(settings, backend)) > 0) await tellSome(settings, backend);
}

/** Gives how many were due. */
async function tellSome({ database: { query }, report, now, random, log }: ReportSettings, backend: string): Promise<number> {
  const at = now();
  const due = await claimReports(query, backend, at, new Date(at.getTime() + CLAIM_MS), MOST_AT_ONCE);
  await Promise.all(due.map(async (one) => {
    try {
      await report(one);
      await endReport(query, one, now());
    } catch (error) {
      const reason = reasonOf(error);
      log('report of a notice failed', { backend, notice: one.noticeId, what: one.what, reason });
      await postponeReport(query, one, new Date(now().getTime() + backoff(FIRST_RETRY_MS, SLOWEST_RETRY_MS, one.attempts, random())), reason);
    }
  }));
  return due.length;
}
