// What an audit reads of the agencies' messages, cases and notices, and the contradictions between their tables that no single row shows.
import type { AgencyMessageRow } from './agency-messages.ts';
import type { CaseRow } from './cases.ts';
import type { Query } from './database.ts';
import type { NoticeRow } from './notices.ts';

/** With its octets, wherever they are kept. */
export interface AuditedMessage extends Omit<AgencyMessageRow, 'body'> {
  readonly body: Buffer;
  /** Messages say milliseconds at most. */
  readonly saidAtIsWhole: boolean | null;
  /** Fingerprints of the certificates that might sign; null where that was not recorded. */
  readonly signers: readonly string[] | null;
}

const columns = `m.id, m.backend, m.position::float8 AS position, m.digest, coalesce(m.body, f.body) AS body, m.received_at AS "receivedAt", m.trust_digest AS "trustDigest", m.verdict, m.reason,
  m.first_id AS "firstId", m.kind, m.submission_id AS "submissionId", m.number, m.sense, m.said_at AS "saidAt", m.said_at = date_trunc('milliseconds', m.said_at) AS "saidAtIsWhole", m.facts_id AS "factsId", b.facts::jsonb -> 'answerSigners' AS signers`;
const from = 'FROM agency_message m LEFT JOIN agency_message f ON f.id = m.first_id LEFT JOIN backend_facts b ON b.id = m.facts_id';

/** Of each dossier, in the order in which they were judged. */
export async function messagesOfCases(query: Query, submissionIds: readonly string[]): Promise<AuditedMessage[]> {
  return query<AuditedMessage>(`SELECT ${columns} ${from} WHERE m.submission_id = ANY ($1::bigint[]) ORDER BY m.id`, [submissionIds]);
}

/** Those of no dossier: rejected, or notices to units. */
export function messagesOfNoCase(query: Query, after: string, most: number): Promise<AuditedMessage[]> {
  return query<AuditedMessage>(`SELECT ${columns} ${from} WHERE m.submission_id IS NULL AND m.id > $1 ORDER BY m.id LIMIT $2`, [after, most]);
}

export interface AuditedCase extends CaseRow {
  readonly messages: number;
  readonly notices: number;
}

export async function findCases(query: Query, submissionIds: readonly string[]): Promise<AuditedCase[]> {
  return query<AuditedCase>(
    `SELECT submission_id AS "submissionId", state, state_number AS "stateNumber", slip_due_at AS "slipDueAt", promised_at AS "promisedAt", apologies, step, supplement_until AS "supplementUntil",
            changed_at AS "changedAt", messages, notices FROM case_state WHERE submission_id = ANY ($1::bigint[])`,
    [submissionIds],
  );
}

export async function hasResult(query: Query, submissionId: string): Promise<boolean> {
  return (await query('SELECT 1 FROM result WHERE submission_id = $1', [submissionId])).length > 0;
}

export interface AuditedNotice extends Omit<NoticeRow, 'unit'> {
  readonly id: string;
  readonly agency: string | null;
  readonly unitCode: string | null;
  readonly taxCode: string | null;
}

const noticeColumns = `id, submission_id AS "submissionId", number, agency, unit_code AS "unitCode", tax_code AS "taxCode", agency_message_id AS "agencyMessageId", kind, issued_at AS "issuedAt", trust_digest AS "trustDigest", body`;

export function noticesOfCases(query: Query, submissionIds: readonly string[]): Promise<AuditedNotice[]> {
  return query<AuditedNotice>(`SELECT ${noticeColumns} FROM notice WHERE submission_id = ANY ($1::bigint[]) ORDER BY submission_id, number`, [submissionIds]);
}

export function noticesOnMessage(query: Query, messageId: string): Promise<AuditedNotice[]> {
  return query<AuditedNotice>(`SELECT ${noticeColumns} FROM notice WHERE agency_message_id = $1`, [messageId]);
}

export function findMessageContradictions(query: Query): Promise<{ where: string; what: string }[]> {
  return query(`
    SELECT 'feed of ' || backend AS "where", 'is not read from 1 to ' || after || ' without gap' AS what
    FROM (SELECT f.backend, f.after, m.n + r.n AS n, greatest(m.most, r.most) AS most FROM backend_feed f
          CROSS JOIN LATERAL (SELECT count(position) AS n, coalesce(max(position), 0) AS most FROM agency_message WHERE backend = f.backend) m
          CROSS JOIN LATERAL (SELECT coalesce(sum(positions), 0) AS n, coalesce(max(last_position), 0) AS most FROM agency_message_repeat WHERE backend = f.backend) r) feeds
    WHERE n <> after OR most <> after
    UNION ALL
    SELECT 'agency message ' || m.id, 'has other octets than the message it names' FROM agency_message m JOIN agency_message f ON f.id = m.first_id WHERE m.body IS NULL AND (f.body IS NULL OR f.digest <> m.digest)
    UNION ALL
    SELECT 'notices of submission ' || submission_id, 'are not 1 to ' || count(*) FROM notice WHERE submission_id IS NOT NULL GROUP BY submission_id HAVING min(number) <> 1 OR max(number) <> count(*)
    UNION ALL
    SELECT 'notice ' || n.id, 'is of no message that was taken for whom it is to' FROM notice n LEFT JOIN agency_message m ON m.id = n.agency_message_id
    WHERE (n.agency_message_id IS NOT NULL AND n.submission_id IS DISTINCT FROM m.submission_id) OR (n.submission_id IS NULL AND (m.kind, m.verdict) IS DISTINCT FROM ('notice', 'taken'))
    UNION ALL
    SELECT 'agency message ' || m.id, 'is ' || m.verdict || ' and has ' || count(e.id) || ' events that say so' FROM agency_message m
    LEFT JOIN audit_event e ON e.kind = 'agency_message_' || m.verdict AND e.detail ->> 'message' = m.id::text WHERE m.verdict IN ('late', 'contradicting', 'rejected') GROUP BY m.id HAVING count(e.id) <> 1
    UNION ALL
    SELECT 'submission ' || coalesce(t.submission_id::text, 'none'), 'has ' || coalesce(e.n, 0) || ' events ' || t.event || ' for ' || t.n || ' messages'
    FROM (SELECT submission_id, count(*) AS n, CASE kind WHEN 'slip' THEN 'slip_given' WHEN 'step' THEN 'step_reported' WHEN 'supplement' THEN 'supplement_requested' WHEN 'apology' THEN 'apology_given' WHEN 'notice' THEN 'unit_notice_received' ELSE 'result_issued' END AS event
          FROM agency_message WHERE verdict = 'taken' OR (verdict = 'late' AND kind IN ('slip', 'step')) GROUP BY submission_id, kind) t
    LEFT JOIN (SELECT submission_id, kind, count(*) AS n FROM audit_event GROUP BY submission_id, kind) e ON e.submission_id IS NOT DISTINCT FROM t.submission_id AND e.kind = t.event
    WHERE t.n IS DISTINCT FROM e.n
    UNION ALL
    SELECT 'case of submission ' || c.submission_id, 'is of what was not accepted' FROM case_state c LEFT JOIN dossier d ON d.submission_id = c.submission_id WHERE d.submission_id IS NULL
    LIMIT 20`);
}
