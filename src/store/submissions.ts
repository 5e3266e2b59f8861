// Statements over submissions, receipts, dossiers and their numbers. What is inserted here is never changed again.
import type { CaseRow } from './cases.ts';
import type { Query } from './database.ts';
import { submissionDigest } from './log-records.ts';
import { holdRoutes } from './routes.ts';
import { insertRows } from './rows.ts';
import type { DeliveryRow, SubmissionRow } from './tables.ts';

export type NewSubmission = Omit<SubmissionRow, 'id'>;

export type StoredOutcome = SubmissionRow['outcome'];

export interface StoredReceipt {
  readonly id: string;
  readonly digest: string;
  readonly sender: string;
  readonly outcome: StoredOutcome;
  readonly receivedAt: Date;
  readonly receipt: Buffer;
}

export interface InsertedSubmission {
  readonly id: string;
  readonly digest: string;
  readonly sender: string;
  /** SHA-256 of the row, as the log commits to it. */
  readonly rowDigest: string;
}

/** Inserts what is new; a row that breaks a uniqueness rule (same bytes, same content, same key) is passed over. Gives what was inserted. */
export function insertSubmissions(query: Query, rows: readonly NewSubmission[]): Promise<InsertedSubmission[]> {
  return insertRows(
    query,
    'submission',
    rows.map((row) => ({
      digest: row.digest,
      sender: row.sender,
      sender_facts: JSON.stringify(row.senderFacts),
      key_scope: row.keyScope,
      key: row.key,
      received_at: row.receivedAt,
      outcome: row.outcome,
      findings: JSON.stringify(row.findings),
      transaction_code: row.transactionCode,
      rule_set_digest: row.ruleSetDigest,
      trust_digest: row.trustDigest,
      content_digest: row.contentDigest,
      signatures: JSON.stringify(row.signatures),
      registration: row.registration === null ? null : JSON.stringify(row.registration),
      ivan_use: row.ivanUse === null ? null : JSON.stringify(row.ivanUse),
      filed_before: row.filedBefore === null ? null : JSON.stringify(row.filedBefore),
      supplements: row.supplements === null ? null : JSON.stringify(row.supplements),
      conflicts_with: row.conflictsWith,
      body: row.body,
    })),
    `ON CONFLICT DO NOTHING RETURNING id, digest, sender, ${submissionDigest} AS "rowDigest"`,
  );
}

/** The receipt that these bytes have for this sender: its own, or, when it never sent them, that of whoever had them accepted. */
export async function findReceipt(query: Query, digest: string, sender: string): Promise<StoredReceipt | undefined> {
  const [found] = await query<StoredReceipt>(
    `SELECT s.id, s.digest, s.sender, s.outcome, s.received_at AS "receivedAt", r.body AS receipt
     FROM submission s JOIN receipt r ON r.submission_id = s.id
     WHERE s.digest = $1 AND (s.outcome = 'accepted' OR s.sender = $2)
     ORDER BY s.sender = $2 DESC, s.outcome = 'accepted' DESC, s.id LIMIT 1`,
    [digest, sender],
    'receipt-of',
  );
  return found;
}

/** By submission. */
export async function findReceipts(query: Query, submissionIds: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
  const rows = await query<{ submissionId: string; body: Buffer }>('SELECT submission_id AS "submissionId", body FROM receipt WHERE submission_id = ANY ($1)', [submissionIds]);
  return new Map(rows.map(({ submissionId, body }) => [submissionId, body]));
}

export type FirstSubmission = Pick<SubmissionRow, 'id' | 'digest' | 'contentDigest' | 'key' | 'receivedAt'>;

/** The submission that has the content already, or, when none has, the one that a sender's key was used for first. */
export async function findFirst(query: Query, contentDigest: string, key: { readonly scope: string; readonly value: string } | undefined): Promise<FirstSubmission | undefined> {
  const [found] = await query<FirstSubmission>(
    `SELECT id, digest, content_digest AS "contentDigest", key, received_at AS "receivedAt" FROM submission
     WHERE (content_digest = $1 AND outcome = 'accepted') OR (key_scope = $2 AND key = $3)
     ORDER BY content_digest IS NOT DISTINCT FROM $1 DESC LIMIT 1`,
    [contentDigest, key?.scope ?? null, key?.value ?? null],
  );
  return found;
}

/** Takes `count` numbers of an agency's year and gives the last. Others wait until the transaction ends, and a rollback gives them back. */
export async function takeNumbers(query: Query, agency: string, year: number, count: number): Promise<number> {
  const [row] = await query<{ last: number }>(
    `INSERT INTO dossier_counter AS c (agency, year, last) VALUES ($1, $2, $3)
     ON CONFLICT (agency, year) DO UPDATE SET last = c.last + $3 RETURNING last`,
    [agency, year, count],
    'numbers',
  );
  if (row === undefined) throw new Error('a counter returned no row');
  return row.last;
}

export interface NewDossier {
  readonly submissionId: string;
  readonly agency: string;
  readonly year: number;
  readonly sequence: number;
  readonly number: string;
  /** '' when the unit has none yet. */
  readonly unitCode: string;
  readonly unitName: string;
  readonly taxCode: string;
  readonly procedure: string;
  readonly period: string;
  readonly dueAt: Date;
  /** The nearest legal deadline, which says who is delivered first. */
  readonly urgentAt: Date;
}

/** Inserts dossiers and, for each, the delivery that is due at once. Deliveries of one unit keep their order: without a code it is known by its tax code. */
export async function insertDossiers(query: Query, dossiers: readonly NewDossier[], at: Date): Promise<void> {
  const rows = dossiers.map((dossier) => ({
    submission_id: dossier.submissionId,
    agency: dossier.agency,
    year: dossier.year,
    sequence: dossier.sequence,
    number: dossier.number,
    unit_code: dossier.unitCode,
    unit_name: dossier.unitName,
    tax_code: dossier.taxCode,
    procedure: dossier.procedure,
    period: dossier.period,
    due_at: dossier.dueAt,
  }));
  await Promise.all([holdRoutes(query), insertRows(query, 'dossier', rows), insertDeliveries(query, dossiers, at)]);
}

/** Each to the backend of its agency, at once; intake holds the routes. */
async function insertDeliveries(query: Query, dossiers: readonly NewDossier[], at: Date): Promise<void> {
  const inserted = await query(
    `INSERT INTO delivery (kind, lane, order_key, submission_id, octets, urgent_at, ordered_at, due_at)
     SELECT 'dossier', 'agency:' || backend_for(d.agency), d.agency || '/' || d.unit, d.submission_id, octet_length(s.body), d.urgent_at, $5, $5
     FROM unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[]) AS d (submission_id, agency, unit, urgent_at) JOIN submission s ON s.id = d.submission_id RETURNING lane`,
    [dossiers.map(({ submissionId }) => submissionId), dossiers.map(({ agency }) => agency), dossiers.map(({ unitCode, taxCode }) => (unitCode === '' ? taxCode : unitCode)), dossiers.map(({ urgentAt }) => urgentAt), at],
    'deliveries-of-dossiers',
  );
  if (inserted.length !== dossiers.length) throw new Error('a dossier was given no delivery');
}

export async function insertReceipts(query: Query, receipts: readonly { submissionId: string; body: Buffer }[]): Promise<void> {
  await insertRows(query, 'receipt', receipts.map(({ submissionId, body }) => ({ submission_id: submissionId, body })));
}

export interface SubmissionState {
  readonly receipt: Buffer;
  readonly outcome: StoredOutcome;
  readonly receivedAt: Date;
  readonly transactionCode: string;
  readonly dossierNumber: string | null;
  readonly dueAt: Date | null;
  readonly deliveryState: DeliveryRow['state'] | null;
  readonly deliveredAt: Date | null;
  readonly answeredAt: Date | null;
  /** At the agency; null while it has said nothing. */
  readonly standing: Omit<CaseRow, 'submissionId' | 'stateNumber' | 'slipDueAt'> & { readonly notices: number } | null;
}

/** Everything a sender may know of its submission, by the digest of the bytes. */
export async function findState(query: Query, digest: string): Promise<SubmissionState | undefined> {
  type Row = Omit<SubmissionState, 'standing'> & { readonly state: string | null } & Omit<NonNullable<SubmissionState['standing']>, 'state'>;
  const [found] = await query<Row>(
    `SELECT r.body AS receipt, s.outcome, s.received_at AS "receivedAt", s.transaction_code AS "transactionCode", d.number AS "dossierNumber",
            d.due_at AS "dueAt", v.state AS "deliveryState", v.delivered_at AS "deliveredAt", t.answered_at AS "answeredAt",
            c.state, c.changed_at AS "changedAt", c.promised_at AS "promisedAt", c.apologies, c.step, c.supplement_until AS "supplementUntil", c.notices
     FROM submission s JOIN receipt r ON r.submission_id = s.id
     LEFT JOIN dossier d ON d.submission_id = s.id LEFT JOIN delivery v ON v.submission_id = s.id AND v.kind = 'dossier' LEFT JOIN result t ON t.submission_id = s.id LEFT JOIN case_state c ON c.submission_id = s.id
     WHERE s.digest = $1 ORDER BY s.outcome = 'accepted' DESC, s.id LIMIT 1`,
    [digest],
  );
  if (found === undefined) return undefined;
  const { state, changedAt, promisedAt, apologies, step, supplementUntil, notices, ...rest } = found;
  return { ...rest, standing: state === null ? null : { state, changedAt, promisedAt, apologies, step, supplementUntil, notices } };
}

export async function findResult(query: Query, digest: string): Promise<Buffer | undefined> {
  const [found] = await query<{ body: Buffer }>(
    `SELECT t.body FROM submission s JOIN result t ON t.submission_id = s.id WHERE s.digest = $1 AND s.outcome = 'accepted'`,
    [digest],
  );
  return found?.body;
}
