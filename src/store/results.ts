// Statements over results: one of a dossier, never changed.
import type { Query } from './database.ts';
import { insertRows } from './rows.ts';

export interface NewResult {
  readonly submissionId: string;
  readonly answeredAt: Date;
  readonly code: string;
  /** That a first registration's result gives the unit; '' for none. */
  readonly unitCode: string;
  readonly agencyAnswer: Buffer;
  readonly trustDigest: string;
  readonly body: Buffer;
}

/** Each dossier has none yet, which its case says. */
export async function insertResults(query: Query, results: readonly NewResult[]): Promise<void> {
  await insertRows(query, 'result', results.map((result) => ({
    submission_id: result.submissionId,
    answered_at: result.answeredAt,
    code: result.code,
    unit_code: result.unitCode,
    agency_answer: result.agencyAnswer,
    trust_digest: result.trustDigest,
    body: result.body,
  })));
}
