// Statements over results, and over the dossiers that wait for one.
import type { Query } from './database.ts';
import type { ClaimedDelivery } from './deliveries.ts';

/** Claims delivered dossiers whose result is to be asked for. */
export async function claimQuestions(query: Query, { now, until, worker, most, backends }: { now: Date; until: Date; worker: string; most: number; backends: readonly string[] }): Promise<ClaimedDelivery[]> {
  return query<ClaimedDelivery>(
    `WITH claimed AS (
       UPDATE delivery SET claimed_until = $2, claimed_by = $3, attempts = attempts + 1
       WHERE id IN (
         SELECT id FROM delivery WHERE state = 'delivered' AND due_at <= $1 AND (claimed_until IS NULL OR claimed_until <= $1) AND lane = ANY ($5)
         ORDER BY due_at, id LIMIT $4 FOR UPDATE SKIP LOCKED)
       RETURNING id, lane, submission_id, attempts, rejections)
     SELECT v.id, v.lane, v.submission_id AS "submissionId", v.attempts, v.rejections, d.agency, d.unit_code AS "unitCode", d.unit_name AS "unitName",
            d.tax_code AS "taxCode", s.digest, s.transaction_code AS "transactionCode", d.number AS "dossierNumber", s.received_at AS "receivedAt", d.due_at AS "dueAt"
     FROM claimed v JOIN submission s ON s.id = v.submission_id JOIN dossier d ON d.submission_id = v.submission_id
     ORDER BY v.id`,
    [now, until, worker, most, backends],
  );
}

export interface NewResult {
  readonly submissionId: string;
  readonly answeredAt: Date;
  readonly code: string;
  readonly agencyAnswer: Buffer;
  readonly trustDigest: string;
  readonly body: Buffer;
}

/** Stores a result once; false when there was one already. */
export async function insertResult(query: Query, result: NewResult): Promise<boolean> {
  const rows = await query(
    `INSERT INTO result (submission_id, answered_at, code, agency_answer, trust_digest, body) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT DO NOTHING RETURNING submission_id`,
    [result.submissionId, result.answeredAt, result.code, result.agencyAnswer, result.trustDigest, result.body],
  );
  return rows.length > 0;
}

/** Nothing more is asked. */
export async function endQuestion(query: Query, deliveryId: string): Promise<void> {
  await query(`UPDATE delivery SET due_at = 'infinity', claimed_until = NULL, claimed_by = NULL, last_error = NULL WHERE id = $1`, [deliveryId]);
}

export async function nextQuestionDueAt(query: Query): Promise<Date | null> {
  const [row] = await query<{ dueAt: Date | null }>(`SELECT min(greatest(due_at, claimed_until)) AS "dueAt" FROM delivery WHERE state = 'delivered' AND due_at < 'infinity'`);
  return row?.dueAt ?? null;
}
