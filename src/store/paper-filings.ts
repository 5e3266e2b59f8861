// What was filed on paper because of an outage, and the electronic dossier that is the same (NĐ 164/2025/NĐ-CP Điều 12(7)): one for one, by unit, procedure
// and period, never twice.
import type { Query } from './database.ts';
import { insertRows } from './rows.ts';

export interface NewPaperFiling {
  readonly outageId: string;
  readonly agency: string;
  readonly unitCode: string;
  readonly procedure: string;
  readonly period: string;
  readonly paperNumber: string;
  readonly filedAt: Date;
  readonly reportedAt: Date;
  readonly actor: string;
}

export interface PaperFiling extends NewPaperFiling {
  readonly id: string;
}

const columns = `
  p.id, p.outage_id AS "outageId", p.agency, p.unit_code AS "unitCode", p.procedure, p.period, p.paper_number AS "paperNumber", p.filed_at AS "filedAt", p.reported_at AS "reportedAt", p.actor`;

/** Of advisory locks; intake holds it shared while it inserts dossiers. */
export const PAPER_LOCK = '991, 7';

/** Until the transaction ends no dossier is recorded: every one that was is seen, and every one that will be sees this. */
export async function lockPaper(query: Query): Promise<void> {
  await query(`SELECT pg_advisory_xact_lock(${PAPER_LOCK})`);
}

/** Undefined when the agency has reported that number already. */
export async function insertPaperFiling(query: Query, row: NewPaperFiling): Promise<PaperFiling | undefined> {
  const [inserted] = await insertRows<{ id: string }>(
    query, 'paper_filing',
    [{ outage_id: row.outageId, agency: row.agency, unit_code: row.unitCode, procedure: row.procedure, period: row.period, paper_number: row.paperNumber, filed_at: row.filedAt, reported_at: row.reportedAt, actor: row.actor }],
    'ON CONFLICT DO NOTHING RETURNING id',
  );
  return inserted === undefined ? undefined : { ...row, id: inserted.id };
}

export async function findPaperFiling(query: Query, agency: string, paperNumber: string): Promise<PaperFiling | undefined> {
  const [found] = await query<PaperFiling>(`SELECT ${columns} FROM paper_filing p WHERE p.agency = $1 AND p.paper_number = $2`, [agency, paperNumber]);
  return found;
}

/** Those of an outage whose electronic dossier nobody has asked for yet, and that have none. */
export function findUndemanded(query: Query, outageId: string): Promise<PaperFiling[]> {
  return query<PaperFiling>(
    `SELECT ${columns} FROM paper_filing p WHERE p.outage_id = $1 AND NOT EXISTS (SELECT 1 FROM obligation o WHERE o.paper_filing_id = p.id)
       AND NOT EXISTS (SELECT 1 FROM paper_filing_met m WHERE m.paper_filing_id = p.id) ORDER BY p.id`,
    [outageId],
  );
}

export async function ariseResend(query: Query, filings: readonly PaperFiling[], due: { readonly arisenAt: Date; readonly dueAt: Date; readonly basis: string }): Promise<void> {
  await query(
    `INSERT INTO obligation (paper_filing_id, kind, agency, arisen_at, first_due_at, due_at, basis, look_at)
     SELECT p.id, 'resend', p.agency, $2, $3, $3, $4, $3::timestamptz - ($3::timestamptz - $2::timestamptz) / 5 FROM paper_filing p WHERE p.id = ANY ($1) ON CONFLICT DO NOTHING`,
    [filings.map(({ id }) => id), due.arisenAt, due.dueAt, due.basis],
  );
}

export interface Resent {
  readonly paperFilingId: string;
  readonly submissionId: string;
  readonly agency: string;
  readonly paperNumber: string;
}

/** Of the dossiers just received: each that was filed on paper before is tied to that, and nothing more is demanded. */
export async function tieToPaper(query: Query, submissionIds: readonly string[], at: Date): Promise<Resent[]> {
  if (submissionIds.length === 0) return [];
  return query<Resent>(
    `WITH paper AS (
       SELECT p.*, row_number() OVER (PARTITION BY p.agency, p.unit_code, p.procedure, p.period ORDER BY p.id) AS place FROM paper_filing p
       WHERE (p.agency, p.unit_code, p.procedure, p.period) IN (SELECT d.agency, d.unit_code, d.procedure, d.period FROM dossier d WHERE d.submission_id = ANY ($1))
         AND NOT EXISTS (SELECT 1 FROM paper_filing_met m WHERE m.paper_filing_id = p.id)),
     sent AS (
       SELECT d.*, row_number() OVER (PARTITION BY d.agency, d.unit_code, d.procedure, d.period ORDER BY d.submission_id) AS place FROM dossier d
       WHERE d.submission_id = ANY ($1) AND NOT EXISTS (SELECT 1 FROM paper_filing_met m WHERE m.submission_id = d.submission_id)),
     tied AS (
       INSERT INTO paper_filing_met (paper_filing_id, submission_id, met_at)
       SELECT paper.id, sent.submission_id, $2 FROM paper JOIN sent USING (agency, unit_code, procedure, period, place) ON CONFLICT DO NOTHING RETURNING paper_filing_id, submission_id),
     met AS (
       UPDATE obligation SET met_at = $2, look_at = CASE WHEN $2 > due_at AND breached_at IS NULL THEN $2::timestamptz END
       WHERE paper_filing_id IN (SELECT tied.paper_filing_id FROM tied) AND met_at IS NULL)
     SELECT p.id AS "paperFilingId", tied.submission_id AS "submissionId", p.agency, p.paper_number AS "paperNumber" FROM tied JOIN paper_filing p ON p.id = tied.paper_filing_id`,
    [submissionIds, at],
    'tie-to-paper',
  );
}

/** Electronic dossiers of the same unit, procedure and period that came since, before the paper one was reported. */
export async function findSentSince(query: Query, { agency, unitCode, procedure, period }: NewPaperFiling, since: Date): Promise<string[]> {
  const rows = await query<{ id: string }>(
    `SELECT s.id FROM dossier d JOIN submission s ON s.id = d.submission_id
     WHERE d.agency = $1 AND d.unit_code = $2 AND d.procedure = $3 AND d.period = $4 AND d.year >= extract(year FROM $5::timestamptz) - 1 AND s.received_at >= $5
       AND NOT EXISTS (SELECT 1 FROM paper_filing_met m WHERE m.submission_id = s.id) ORDER BY s.id LIMIT 10`,
    [agency, unitCode, procedure, period, since],
  );
  return rows.map(({ id }) => id);
}
