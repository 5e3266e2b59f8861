// Statements over the ledger of outages: nothing in it is changed; what is said last of an outage counts.
import type { Query } from './database.ts';
import { insertRows } from './rows.ts';

export const outageScopes = ['gateway', 'portal', 'ca', 'network', 'ivan'] as const;
export type OutageScope = (typeof outageScopes)[number];

/** As its last statement has it. */
export interface Outage {
  readonly id: string;
  readonly reference: string;
  readonly scope: OutageScope;
  /** '' for all agencies. */
  readonly agencyPrefix: string;
  readonly ivanCode: string | null;
  readonly statementId: string;
  readonly causeVi: string;
  readonly causeEn: string;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly issuedAt: Date;
}

const outageColumns = `
  o.id, o.reference, o.scope, o.agency_prefix AS "agencyPrefix", o.ivan_code AS "ivanCode", o.statement_id AS "statementId", o.cause_vi AS "causeVi", o.cause_en AS "causeEn",
  o.started_at AS "startedAt", o.ended_at AS "endedAt", o.issued_at AS "issuedAt"`;

export type NewOutage = Pick<Outage, 'scope' | 'agencyPrefix' | 'ivanCode'>;

/** Gives id and reference: SC<year>-<number in the year>, gapless, because whoever opens one waits for the other. */
export async function insertOutage(query: Query, { scope, agencyPrefix, ivanCode }: NewOutage, year: number, at: Date): Promise<{ readonly id: string; readonly reference: string }> {
  await query('LOCK TABLE outage IN SHARE ROW EXCLUSIVE MODE');
  const [row] = await query<{ id: string; reference: string }>(
    `INSERT INTO outage (reference, scope, agency_prefix, ivan_code, opened_at)
     SELECT 'SC' || $1::text || '-' || lpad((count(*) + 1)::text, 4, '0'), $2, $3, $4, $5 FROM outage WHERE reference LIKE 'SC' || $1::text || '-%' RETURNING id, reference`,
    [String(year), scope, agencyPrefix, ivanCode, at],
  );
  if (row === undefined) throw new Error('an outage was not inserted');
  return row;
}

export interface NewStatement extends Pick<Outage, 'causeVi' | 'causeEn' | 'startedAt' | 'endedAt'> {
  readonly outageId: string;
  readonly kind: 'began' | 'ended' | 'corrected';
  readonly reason: string | null;
  readonly actor: string;
  readonly issuedAt: Date;
  readonly body: Buffer;
}

export async function insertStatement(query: Query, row: NewStatement): Promise<string> {
  const [inserted] = await insertRows<{ id: string }>(
    query, 'outage_statement',
    [{ outage_id: row.outageId, kind: row.kind, cause_vi: row.causeVi, cause_en: row.causeEn, started_at: row.startedAt, ended_at: row.endedAt, reason: row.reason, actor: row.actor, issued_at: row.issuedAt, body: row.body }],
    'RETURNING id',
  );
  return inserted?.id ?? '';
}

export interface Statement extends Pick<NewStatement, 'kind' | 'reason' | 'causeVi' | 'causeEn' | 'startedAt' | 'endedAt' | 'issuedAt' | 'body'> {
  readonly id: string;
}

export function listStatements(query: Query, outageId: string): Promise<Statement[]> {
  return query<Statement>(
    `SELECT id, kind, reason, cause_vi AS "causeVi", cause_en AS "causeEn", started_at AS "startedAt", ended_at AS "endedAt", issued_at AS "issuedAt", body FROM outage_statement WHERE outage_id = $1 ORDER BY id`,
    [outageId],
  );
}

/** By number or reference; `hold` until the transaction ends, so that nobody ends or corrects it meanwhile. */
export async function findOutage(query: Query, which: string, hold = false): Promise<Outage | undefined> {
  if (hold) await query('SELECT 1 FROM outage WHERE id::text = $1 OR reference = $1 FOR UPDATE', [which]);
  const [found] = await query<Outage>(`SELECT ${outageColumns} FROM outage_state o WHERE o.id::text = $1 OR o.reference = $1`, [which]);
  return found;
}

export interface OutageFilter {
  readonly agency?: string | undefined;
  readonly isOver?: boolean | undefined;
  readonly before?: string | undefined;
}

/** The newest first. */
export function listOutages(query: Query, { agency, isOver, before }: OutageFilter, most: number): Promise<Outage[]> {
  return query<Outage>(
    `SELECT ${outageColumns} FROM outage_state o
     WHERE ($1::text IS NULL OR starts_with($1, o.agency_prefix)) AND ($2::boolean IS NULL OR (o.ended_at IS NOT NULL) = $2) AND ($3::bigint IS NULL OR o.id < $3) ORDER BY o.id DESC LIMIT $4`,
    [agency ?? null, isOver ?? null, before ?? null, most],
  );
}

/** One that is over and whose deadlines nobody has moved yet, for the caller alone. */
export async function claimUnsettled(query: Query): Promise<Outage | undefined> {
  const [held] = await query<{ id: string }>(
    `SELECT h.id FROM outage h WHERE h.id IN (
       SELECT o.id FROM outage_state o WHERE o.ended_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM outage_settled s WHERE s.statement_id = o.statement_id))
     ORDER BY h.id LIMIT 1 FOR UPDATE SKIP LOCKED`,
  );
  return held === undefined ? undefined : findOutage(query, held.id);
}

export async function isAnyUnsettled(query: Query): Promise<boolean> {
  const rows = await query(`SELECT 1 FROM outage_state o WHERE o.ended_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM outage_settled s WHERE s.statement_id = o.statement_id) LIMIT 1`);
  return rows.length > 0;
}

/** What waited for the end of an outage is looked at again. */
export async function insertSettled(query: Query, { id, statementId }: Outage, at: Date): Promise<void> {
  await query(
    'INSERT INTO outage_settled (statement_id, settled_at, moved) SELECT $1, $2, count(*) FROM obligation_move WHERE outage_id = $3',
    [statementId, at, id],
  );
  await query(`UPDATE obligation SET look_at = $1 WHERE look_at = 'infinity'`, [at]);
}
