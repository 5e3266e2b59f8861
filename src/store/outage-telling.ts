// Statements over who is told of an outage: the feeds of those with open dossiers when it is opened; of those and of everybody whose deadlines it moved when
// it is over or corrected. Each feed once for each statement.
import type { Query } from './database.ts';
import type { ObligationKind } from './obligations.ts';
import type { OutageScope } from './outages.ts';
import { insertRows } from './rows.ts';

export interface Untold {
  readonly statementId: string;
  readonly outageId: string;
  readonly reference: string;
  readonly scope: OutageScope;
  readonly agencyPrefix: string;
  readonly ivanCode: string | null;
  readonly kind: 'began' | 'ended' | 'corrected';
  readonly causeVi: string;
  readonly causeEn: string;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

/** An end is told when the deadlines have moved. */
const isUntold = `NOT EXISTS (SELECT 1 FROM outage_told t WHERE t.statement_id = s.id)
  AND (s.ended_at IS NULL OR EXISTS (SELECT 1 FROM outage_settled z JOIN outage_statement l ON l.id = z.statement_id WHERE l.outage_id = s.outage_id AND l.id >= s.id))`;

/** The oldest statement of an outage that not everybody concerned was told of, for the caller alone. */
export async function claimUntold(query: Query): Promise<Untold | undefined> {
  const [held] = await query<{ id: string }>(
    `SELECT u.id FROM outage u WHERE EXISTS (SELECT 1 FROM outage_statement s WHERE s.outage_id = u.id AND ${isUntold}) ORDER BY u.id LIMIT 1 FOR UPDATE SKIP LOCKED`,
  );
  if (held === undefined) return undefined;
  const [found] = await query<Untold>(
    `SELECT s.id AS "statementId", u.id AS "outageId", u.reference, u.scope, u.agency_prefix AS "agencyPrefix", u.ivan_code AS "ivanCode", s.kind, s.cause_vi AS "causeVi", s.cause_en AS "causeEn", s.started_at AS "startedAt", s.ended_at AS "endedAt"
     FROM outage_statement s JOIN outage u ON u.id = s.outage_id WHERE u.id = $1 AND ${isUntold} ORDER BY s.id LIMIT 1`,
    [held.id],
  );
  return found;
}

export async function isAnyUntold(query: Query): Promise<boolean> {
  return (await query(`SELECT 1 FROM outage_statement s WHERE ${isUntold} LIMIT 1`)).length > 0;
}

/** A feed of an I-VAN or of a unit. */
export interface Concerned {
  readonly feed: string;
  readonly ivan: string | null;
  readonly agency: string | null;
  readonly unitCode: string | null;
  readonly taxCode: string | null;
}

/** In the order of their names, after those that were told already. */
export function findConcerned(query: Query, { statementId, outageId, agencyPrefix, ivanCode, kind }: Untold, kinds: readonly ObligationKind[], most: number): Promise<Concerned[]> {
  return query<Concerned>(
    `WITH touched AS (
       SELECT DISTINCT o.submission_id, o.paper_filing_id FROM obligation o LEFT JOIN submission s ON s.id = o.submission_id
       WHERE ($1 AND o.met_at IS NULL AND o.kind = ANY ($2) AND starts_with(o.agency, $3) AND ($4::text IS NULL OR s.sender = $4))
          OR o.id IN (SELECT m.obligation_id FROM obligation_move m WHERE m.outage_id = $5)),
     concerned AS (
       SELECT 'ivan:' || s.sender AS feed, s.sender AS ivan, NULL AS agency, NULL AS unit_code, NULL AS tax_code FROM touched t JOIN submission s ON s.id = t.submission_id WHERE s.sender_facts ->> 'kind' = 'ivan'
       UNION SELECT 'unit:' || d.agency || '/' || coalesce(nullif(d.unit_code, ''), d.tax_code), NULL, d.agency, d.unit_code, d.tax_code FROM touched t JOIN dossier d ON d.submission_id = t.submission_id
       UNION SELECT 'unit:' || p.agency || '/' || p.unit_code, NULL, p.agency, p.unit_code, '' FROM touched t JOIN paper_filing p ON p.id = t.paper_filing_id
       UNION SELECT t.feed, t.ivan, t.agency, t.unit_code, t.tax_code FROM outage_telling t JOIN outage_statement e ON e.id = t.statement_id WHERE e.outage_id = $5 AND t.statement_id < $6)
     SELECT DISTINCT ON (feed COLLATE "C") feed, ivan, agency, unit_code AS "unitCode", tax_code AS "taxCode" FROM concerned c
     WHERE feed COLLATE "C" > coalesce((SELECT max(t.feed COLLATE "C") FROM outage_telling t WHERE t.statement_id = $6), '') ORDER BY feed COLLATE "C", tax_code LIMIT $7`,
    [kind === 'began', kinds, agencyPrefix, ivanCode, outageId, statementId, most],
  );
}

export async function insertTellings(query: Query, { statementId }: Untold, concerned: readonly Concerned[], at: Date): Promise<void> {
  await insertRows(query, 'outage_telling', concerned.map(({ feed, ivan, agency, unitCode, taxCode }) => ({ statement_id: statementId, feed, ivan, agency, unit_code: unitCode, tax_code: taxCode, told_at: at })));
}

export async function insertTold(query: Query, { statementId }: Untold, at: Date): Promise<void> {
  await query('INSERT INTO outage_told (statement_id, told_at, feeds) SELECT $1, $2, count(*) FROM outage_telling WHERE statement_id = $1', [statementId, at]);
}
