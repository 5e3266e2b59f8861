// Statements over deliveries and results. A claim is a lease that is committed at once: a worker killed while it delivers holds nothing, and
// the delivery is made again when the lease is over.
import type { Query } from './database.ts';

export interface ClaimedDelivery {
  readonly id: string;
  readonly submissionId: string;
  readonly state: 'waiting' | 'delivered';
  /** Tries in this state, this one included. */
  readonly attempts: number;
  readonly agency: string;
  readonly unitCode: string;
  readonly unitName: string;
  readonly taxCode: string;
  readonly digest: string;
  readonly transactionCode: string;
  readonly dossierNumber: string;
  readonly receivedAt: Date;
  readonly dueAt: Date;
}

export interface Claim {
  readonly now: Date;
  readonly until: Date;
  readonly worker: string;
  readonly most: number;
}

/**
 * Claims what is due: to be delivered (in order per employer and agency: nothing is claimed while an earlier one waits), or delivered and
 * to be asked for its result.
 */
export async function claimDeliveries(query: Query, { now, until, worker, most }: Claim): Promise<ClaimedDelivery[]> {
  return query<ClaimedDelivery>(
    `WITH claimed AS (
       UPDATE delivery SET claimed_until = $2, claimed_by = $3, attempts = attempts + 1
       WHERE id IN (
         SELECT v.id FROM delivery v
         WHERE v.state <> 'answered' AND v.due_at <= $1 AND (v.claimed_until IS NULL OR v.claimed_until <= $1)
           AND (v.state = 'delivered' OR NOT EXISTS (
             SELECT 1 FROM delivery e WHERE e.agency = v.agency AND e.unit_code = v.unit_code AND e.state = 'waiting' AND e.id < v.id))
         ORDER BY v.due_at, v.id LIMIT $4 FOR UPDATE SKIP LOCKED)
       RETURNING id, submission_id, state, attempts)
     SELECT c.id, c.submission_id AS "submissionId", c.state, c.attempts, d.agency, d.unit_code AS "unitCode", d.unit_name AS "unitName",
            d.tax_code AS "taxCode", s.digest, s.transaction_code AS "transactionCode", d.number AS "dossierNumber",
            s.received_at AS "receivedAt", d.due_at AS "dueAt"
     FROM claimed c JOIN submission s ON s.id = c.submission_id JOIN dossier d ON d.submission_id = c.submission_id
     ORDER BY c.id`,
    [now, until, worker, most],
  );
}

/** The submission's octets and its receipt, to hand over. */
export async function findHandOver(query: Query, submissionId: string): Promise<{ body: Buffer; receipt: Buffer }> {
  const [found] = await query<{ body: Buffer; receipt: Buffer }>('SELECT s.body, r.body AS receipt FROM submission s JOIN receipt r ON r.submission_id = s.id WHERE s.id = $1', [submissionId]);
  if (found === undefined) throw new Error(`submission ${submissionId} has no receipt`);
  return found;
}

/** The agency has it: next, ask for the result at `askAt`. False when this worker's claim was lost to another. */
export async function markDelivered(query: Query, claimed: ClaimedDelivery, worker: string, at: Date, askAt: Date): Promise<boolean> {
  const rows = await query(
    `UPDATE delivery SET state = 'delivered', delivered_at = $3, due_at = $4, attempts = 0, claimed_until = NULL, claimed_by = NULL, last_error = NULL
     WHERE id = $1 AND claimed_by = $2 AND state = 'waiting' RETURNING id`,
    [claimed.id, worker, at, askAt],
  );
  return rows.length > 0;
}

export async function postpone(query: Query, claimed: ClaimedDelivery, worker: string, until: Date, error: string | null): Promise<void> {
  await query('UPDATE delivery SET due_at = $3, claimed_until = NULL, claimed_by = NULL, last_error = $4 WHERE id = $1 AND claimed_by = $2', [claimed.id, worker, until, error]);
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

export async function markAnswered(query: Query, deliveryId: string): Promise<void> {
  await query(`UPDATE delivery SET state = 'answered', claimed_until = NULL, claimed_by = NULL, last_error = NULL WHERE id = $1`, [deliveryId]);
}

/** How many dossiers wait to be delivered, and when the next thing is due. */
export async function deliveryOutlook(query: Query): Promise<{ waiting: number; nextDueAt: Date | null }> {
  const [row] = await query<{ waiting: number; nextDueAt: Date | null }>(
    `SELECT count(*) FILTER (WHERE state = 'waiting')::int AS waiting, min(greatest(due_at, coalesce(claimed_until, due_at))) AS "nextDueAt"
     FROM delivery WHERE state <> 'answered'`,
  );
  return row ?? { waiting: 0, nextDueAt: null };
}
