// Erasures against what they erased: whatever is blank or has lost its salt is named by an erasure, what an erasure names is gone, and each is on record as an
// event, which is in the log. That event has the digest of all that is left of what it blanked: no commitment speaks of it any more.
import type { Query } from './database.ts';
import { leftOfErased } from './erasure.ts';

/** Of these submissions, those that were erased. */
export async function findErased(query: Query, submissionIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = submissionIds.length === 0 ? [] : await query<{ id: string }>('SELECT DISTINCT submission_id AS id FROM erasure WHERE submission_id = ANY ($1::bigint[])', [submissionIds]);
  return new Set(rows.map(({ id }) => id));
}

/** Rows of erased submissions, from their erasures on: there are few of these. What came before the last erasure is gone; what came later waits for the next. */
const kept: readonly (readonly [name: string, join: string, isKept: string])[] = [
  [`'submission ' || s.id`, 'submission s ON s.id = x.submission_id', `octet_length(s.body) > 0 OR s.findings <> '[]' OR s.signatures IS DISTINCT FROM '[]'`],
  [`'receipt of submission ' || r.submission_id`, 'receipt r USING (submission_id)', 'octet_length(r.body) > 0'],
  [`'dossier of submission ' || d.submission_id`, 'dossier d USING (submission_id)', `d.unit_name <> ''`],
  [`'result of submission ' || t.submission_id`, 'result t USING (submission_id)', 'octet_length(t.body) + octet_length(t.agency_answer) > 0'],
  [`'notice ' || n.id`, 'notice n USING (submission_id)', 'octet_length(n.body) > 0 AND n.issued_at <= x.erased_at'],
  [`'agency message ' || m.id`, 'agency_message m USING (submission_id)', 'octet_length(m.body) > 0 AND m.received_at <= x.erased_at'],
  [`'move ' || m.id`, 'obligation o USING (submission_id) JOIN obligation_move m ON m.obligation_id = o.id', 'octet_length(m.notice) > 0'],
  [`'certificate ' || c.id`, 'outage_certificate c USING (submission_id)', 'octet_length(c.body) > 0'],
  [`'the salt of ' || e.kind || ' ' || e.subject`, `log_entry e ON e.kind IN ('submission', 'receipt', 'result') AND e.subject = x.submission_id`, 'e.salt IS NOT NULL'],
  [`'the salt of notice ' || n.id`, `notice n USING (submission_id) JOIN log_entry e ON e.kind = 'notice' AND e.subject = n.id`, 'octet_length(n.body) = 0 AND e.salt IS NOT NULL'],
  [`'the salt of message ' || m.id`, `agency_message m USING (submission_id) JOIN log_entry e ON e.kind = 'message' AND e.subject = m.id`, 'octet_length(m.body) = 0 AND e.salt IS NOT NULL'],
];

/** Of what an erasure may name, a document that came after it is no part of it, and its salt has to be there. */
const saltless = (['notice', 'agency_message'] as const).map((table) => `SELECT '${table === 'notice' ? table : 'message'} ' || d.id, 'has lost its salt at ' || e.position || ', and was not erased' FROM log_entry e JOIN ${table} d ON d.id = e.subject
    WHERE e.salt IS NULL AND e.kind = '${table === 'notice' ? table : 'message'}' AND octet_length(d.body) > 0`);

/** Sentences. */
export function findErasureContradictions(query: Query): Promise<{ where: string; what: string }[]> {
  return query(`
    SELECT e.kind || ' ' || e.subject || ' of the log' AS "where", 'has lost its salt at ' || e.position || ', and no erasure says so' AS what FROM log_entry e
    WHERE e.salt IS NULL AND NOT EXISTS (SELECT 1 FROM erasure x WHERE x.submission_id = erasable_of(e.kind, e.subject))
    UNION ALL
    ${kept.map(([name, join, isKept]) => `SELECT ${name}, 'is still there, though it was erased' FROM erasure x JOIN ${join} WHERE ${isKept}`).join(' UNION ALL ')}
    UNION ALL
    ${saltless.join(' UNION ALL ')}
    UNION ALL
    SELECT 'erasure ' || x.id, 'is not what was recorded' FROM erasure x JOIN submission s ON s.id = x.submission_id
    WHERE (SELECT count(*) FROM audit_event e WHERE e.kind = 'dossier_erased' AND e.submission_id = x.submission_id AND e.at = x.erased_at AND e.detail ->> 'erasure' = x.id::text AND e.detail ->> 'digest' = s.digest
        AND e.detail ->> 'actor' = x.actor AND e.detail ->> 'reason' = x.reason AND e.detail ->> 'legalBasis' = x.legal_basis AND (e.detail ->> 'beforeRetention')::boolean = x.before_retention AND e.detail ->> 'receipt' = x.receipt_digest) <> 1
    UNION ALL
    SELECT 'submission ' || x.submission_id, 'has other rows left than its last erasure left of it' FROM erasure x
    JOIN audit_event e ON e.kind = 'dossier_erased' AND e.submission_id = x.submission_id AND e.detail ->> 'erasure' = x.id::text
    WHERE NOT EXISTS (SELECT 1 FROM erasure l WHERE l.submission_id = x.submission_id AND l.id > x.id) AND e.detail ->> 'left' IS DISTINCT FROM ${leftOfErased}
    UNION ALL
    SELECT 'event ' || e.id, 'tells of an erasure that is not there' FROM audit_event e
    WHERE e.kind = 'dossier_erased' AND NOT EXISTS (SELECT 1 FROM erasure x WHERE x.id::text = e.detail ->> 'erasure' AND x.submission_id = e.submission_id)
    LIMIT 20`);
}
