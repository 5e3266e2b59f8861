// Statements over what an agency is told of its notices to units (QĐ 366/QĐ-BHXH Điều 5(2.3.4d)): that one was delivered, and that it was opened, each once
// with the instant and the way. Delivered is what the unit's feed was served with, its webhook answered 2xx to, or its mail server accepted, whichever came
// first; opened is what the unit fetched, which is delivered by then at the latest.
import type { Query } from './database.ts';

export type ReportedHow = 'feed' | 'webhook' | 'mail' | 'fetch';

/** Events at their places in units' feeds, which have been handed over; what is no agency's notice is passed over, and so is what was reported before. */
export async function reportDelivered(query: Query, handed: readonly { readonly feed: string; readonly position: string; readonly how: Exclude<ReportedHow, 'fetch'> }[], at: Date): Promise<void> {
  const ofUnits = handed.filter(({ feed }) => feed.startsWith('unit:'));
  if (ofUnits.length === 0) return;
  await query(
    `INSERT INTO notice_report (notice_id, what, at, how, backend, due_at)
     SELECT DISTINCT ON (n.id) n.id, 'delivered', $1::timestamptz, h.how, m.backend, $1
     FROM unnest($2::text[], $3::bigint[], $4::text[]) AS h (feed, position, how)
     JOIN feed_event f ON f.feed = h.feed AND f.position = h.position AND f.kind = 'notice' AND f.submission_id IS NULL AND f.detail ->> 'document' ~ '^/v1/notices/[0-9]{1,18}$'
     JOIN notice n ON n.id = substring(f.detail ->> 'document' FROM '[0-9]+$')::bigint JOIN agency_message m ON m.id = n.agency_message_id
     WHERE NOT EXISTS (SELECT 1 FROM notice_report r WHERE r.notice_id = n.id AND r.what = 'delivered')
     ORDER BY n.id ON CONFLICT DO NOTHING`,
    [at, ofUnits.map(({ feed }) => feed), ofUnits.map(({ position }) => position), ofUnits.map(({ how }) => how)],
  );
}

/** The unit fetched it. Clocks of processes differ: it was not opened before it was delivered. */
export async function reportOpened(query: Query, noticeId: string, backend: string, at: Date): Promise<void> {
  await query(`INSERT INTO notice_report (notice_id, what, at, how, backend, due_at) VALUES ($1, 'delivered', $2, 'fetch', $3, $2) ON CONFLICT DO NOTHING`, [noticeId, at, backend]);
  await query(
    `INSERT INTO notice_report (notice_id, what, at, how, backend, due_at) SELECT notice_id, 'opened', greatest(at, $2::timestamptz), 'fetch', $3, $2 FROM notice_report WHERE notice_id = $1 AND what = 'delivered' ON CONFLICT DO NOTHING`,
    [noticeId, at, backend],
  );
}

export interface DueReport {
  readonly noticeId: string;
  readonly what: 'delivered' | 'opened';
  readonly at: Date;
  readonly how: ReportedHow;
  readonly attempts: number;
  /** SHA-256 of the agency's message. */
  readonly message: string;
}

/** Claims reports that are due; who is killed with some leaves them to whoever comes after `until`. That one was opened is not told before that it was delivered. */
export function claimReports(query: Query, backend: string, now: Date, until: Date, most: number): Promise<DueReport[]> {
  return query<DueReport>(
    `WITH claimed AS (
       UPDATE notice_report SET due_at = $3, attempts = attempts + 1
       WHERE (notice_id, what) IN (
         SELECT notice_id, what FROM notice_report r WHERE told_at IS NULL AND backend = $1 AND due_at <= $2
           AND (what = 'delivered' OR EXISTS (SELECT 1 FROM notice_report d WHERE d.notice_id = r.notice_id AND d.what = 'delivered' AND d.told_at IS NOT NULL))
         ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED)
       RETURNING notice_id, what, at, how, attempts)
     SELECT c.notice_id AS "noticeId", c.what, c.at, c.how, c.attempts, m.digest AS message
     FROM claimed c JOIN notice n ON n.id = c.notice_id JOIN agency_message m ON m.id = n.agency_message_id ORDER BY c.notice_id, c.what`,
    [backend, now, until, most],
  );
}

export async function endReport(query: Query, { noticeId, what }: Pick<DueReport, 'noticeId' | 'what'>, toldAt: Date): Promise<void> {
  await query('UPDATE notice_report SET told_at = $3, last_error = NULL WHERE notice_id = $1 AND what = $2 AND told_at IS NULL', [noticeId, what, toldAt]);
}

export async function postponeReport(query: Query, { noticeId, what }: Pick<DueReport, 'noticeId' | 'what'>, until: Date, error: string): Promise<void> {
  await query('UPDATE notice_report SET due_at = $3, last_error = $4 WHERE notice_id = $1 AND what = $2 AND told_at IS NULL', [noticeId, what, until, error]);
}

/** Each row is a sentence. */
export function findReportContradictions(query: Query): Promise<{ where: string; what: string }[]> {
  return query(`
    SELECT 'report of notice ' || o.notice_id AS "where", 'says that it was opened and not, or not before, that it was delivered' AS what FROM notice_report o
    LEFT JOIN notice_report d ON d.notice_id = o.notice_id AND d.what = 'delivered' WHERE o.what = 'opened' AND (d.at IS NULL OR d.at > o.at)
    UNION ALL
    SELECT 'report of notice ' || d.notice_id, 'says that it was delivered by being fetched, and not that it was opened' FROM notice_report d
    WHERE d.what = 'delivered' AND d.how = 'fetch' AND NOT EXISTS (SELECT 1 FROM notice_report o WHERE o.notice_id = d.notice_id AND o.what = 'opened')
    UNION ALL
    SELECT 'report of notice ' || r.notice_id, 'is to somebody else than who sent the notice, or of what is not a unit’s' FROM notice_report r JOIN notice n ON n.id = r.notice_id
    LEFT JOIN agency_message m ON m.id = n.agency_message_id WHERE n.submission_id IS NOT NULL OR m.backend IS DISTINCT FROM r.backend
    UNION ALL
    SELECT 'report of notice ' || r.notice_id, 'says that it was delivered by an event that is not there' FROM notice_report r
    WHERE r.how <> 'fetch' AND NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.kind = 'unit_notice_received' AND e.detail ->> 'document' = '/v1/notices/' || r.notice_id)
    LIMIT 20`);
}
