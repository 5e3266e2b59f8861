// Statements that erase what holds a person's data of a dossier, and tell what was erased. A row here is what lets documents be blanked and salts be
// destroyed: the database refuses both without it (Law 91/2025/QH15, Art. 14).
import type { Query } from './database.ts';

export interface Erasable {
  readonly id: string;
  readonly outcome: 'accepted' | 'refused' | 'conflict';
  readonly receivedAt: Date;
  readonly answeredAt: Date | null;
  readonly deliveryState: string | null;
  /** Kinds of obligations that are not met; a slip that never came is not waited for once there is a result. */
  readonly owed: readonly string[];
  /** Something of it is on its way into the log. */
  readonly isWaitingForLog: boolean;
  /** Digests of submissions that conflict with it: they may hold the same data. */
  readonly conflicts: readonly string[];
}

const documentsOf = `SELECT 'submission' AS kind, s.id AS owner, s.id AS subject, octet_length(s.body) AS size FROM submission s
  UNION ALL SELECT 'receipt', submission_id, submission_id, octet_length(body) FROM receipt
  UNION ALL SELECT 'result', submission_id, submission_id, octet_length(body) + octet_length(agency_answer) FROM result
  UNION ALL SELECT 'notice', submission_id, id, octet_length(body) FROM notice
  UNION ALL SELECT 'message', submission_id, id, octet_length(body) FROM agency_message WHERE body IS NOT NULL
  UNION ALL SELECT 'apology', o.submission_id, m.id, octet_length(m.notice) FROM obligation o JOIN obligation_move m ON m.obligation_id = o.id WHERE m.notice IS NOT NULL
  UNION ALL SELECT 'certificate', submission_id, id, octet_length(body) FROM outage_certificate`;

/** All submissions of these bytes, whoever sent them; nobody else erases them until the transaction ends. */
export async function holdErasable(query: Query, digest: string): Promise<Erasable[]> {
  await query('SELECT 1 FROM submission WHERE digest = $1 ORDER BY id FOR NO KEY UPDATE', [digest]);
  return query<Erasable>(
    `SELECT s.id, s.outcome, s.received_at AS "receivedAt", t.answered_at AS "answeredAt", v.state AS "deliveryState",
            ARRAY(SELECT o.kind FROM obligation o WHERE o.submission_id = s.id AND o.met_at IS NULL AND (o.kind <> 'slip' OR t.submission_id IS NULL) ORDER BY o.id) AS owed,
            EXISTS (SELECT 1 FROM (${documentsOf}) d LEFT JOIN log_entry e ON e.kind = d.kind AND e.subject = d.subject WHERE d.owner = s.id AND d.kind NOT IN ('apology', 'certificate') AND e.position IS NULL) AS "isWaitingForLog",
            ARRAY(SELECT c.digest FROM submission c WHERE c.conflicts_with = s.id ORDER BY c.id) AS conflicts
     FROM submission s LEFT JOIN result t ON t.submission_id = s.id LEFT JOIN delivery v ON v.submission_id = s.id AND v.kind = 'dossier' WHERE s.digest = $1 ORDER BY s.id`,
    [digest],
  );
}

/** How many documents of each kind there are that still have octets. */
export async function countDocuments(query: Query, submissionIds: readonly string[]): Promise<Readonly<Record<string, number>>> {
  const rows = await query<{ kind: string; count: number }>(`SELECT kind, count(*)::int AS count FROM (${documentsOf}) d WHERE owner = ANY ($1::bigint[]) AND size > 0 GROUP BY kind ORDER BY kind`, [submissionIds]);
  return Object.fromEntries(rows.map(({ kind, count }) => [kind, count]));
}

export interface NewErasure {
  readonly erasedAt: Date;
  readonly actor: string;
  readonly reason: string;
  readonly legalBasis: string;
  readonly beforeRetention: boolean;
}

/** Gives the id of each, by its submission. The first erasure of a submission has seen its receipt. */
export async function insertErasures(query: Query, submissionIds: readonly string[], { erasedAt, actor, reason, legalBasis, beforeRetention }: NewErasure): Promise<{ id: string; submissionId: string; receipt: string }[]> {
  return query(
    `INSERT INTO erasure (submission_id, erased_at, actor, reason, legal_basis, before_retention, receipt_digest)
     SELECT r.submission_id, $2, $3, $4, $5, $6, coalesce((SELECT e.receipt_digest FROM erasure e WHERE e.submission_id = r.submission_id ORDER BY e.id LIMIT 1), encode(sha256(r.body), 'hex'))
     FROM receipt r WHERE r.submission_id = ANY ($1::bigint[]) ORDER BY r.submission_id RETURNING id, submission_id AS "submissionId", receipt_digest AS receipt`,
    [submissionIds, erasedAt, actor, reason, legalBasis, beforeRetention],
  );
}

const blanking: readonly string[] = [
  `UPDATE submission SET body = '', findings = '[]', signatures = '[]' WHERE id = ANY ($1::bigint[])`,
  `UPDATE receipt SET body = '' WHERE submission_id = ANY ($1::bigint[])`,
  `UPDATE dossier SET unit_name = '' WHERE submission_id = ANY ($1::bigint[])`,
  `UPDATE result SET body = '', agency_answer = '' WHERE submission_id = ANY ($1::bigint[])`,
  `UPDATE notice SET body = '' WHERE submission_id = ANY ($1::bigint[])`,
  `UPDATE agency_message SET body = '' WHERE submission_id = ANY ($1::bigint[]) AND body IS NOT NULL`,
  `UPDATE obligation_move m SET notice = '' FROM obligation o WHERE o.id = m.obligation_id AND o.submission_id = ANY ($1::bigint[]) AND m.notice IS NOT NULL`,
  `UPDATE outage_certificate SET body = '' WHERE submission_id = ANY ($1::bigint[])`,
  // Without its salt the commitment tells nothing, even to who tries all data that there could be.
  `UPDATE log_entry e SET salt = NULL FROM (${documentsOf}) d WHERE d.owner = ANY ($1::bigint[]) AND e.kind = d.kind AND e.subject = d.subject AND e.salt IS NOT NULL`,
];

/** What holds data of these submissions, and the salts of what the log has of it. */
export async function blank(query: Query, submissionIds: readonly string[]): Promise<void> {
  for (const statement of blanking) await query(statement, [submissionIds]);
}

/** What stays of rows that were blanked, as JSON: none of it is ever changed. Times in seconds, so that it is the same in every zone. */
const leftRows: readonly (readonly [from: string, id: string, times: readonly string[]])[] = [
  ['submission r WHERE r.id = x.submission_id', 'id', ['received_at']],
  ['receipt r WHERE r.submission_id = x.submission_id', 'submission_id', []],
  ['dossier r WHERE r.submission_id = x.submission_id', 'submission_id', ['due_at']],
  ['result r WHERE r.submission_id = x.submission_id', 'submission_id', ['answered_at']],
  [`notice r WHERE r.submission_id = x.submission_id AND r.body = ''`, 'id', ['issued_at']],
  [`agency_message r WHERE r.submission_id = x.submission_id AND r.body = ''`, 'id', ['received_at', 'said_at']],
  [`obligation_move r WHERE r.obligation_id IN (SELECT o.id FROM obligation o WHERE o.submission_id = x.submission_id) AND r.notice = ''`, 'id', ['from_due_at', 'due_at', 'moved_at']],
  [`outage_certificate r WHERE r.submission_id = x.submission_id AND r.body = ''`, 'id', ['deadline', 'extended_until', 'issued_at']],
];

/** SQL: SHA-256, in hex, of what stays of all that was blanked of the submission of `x`: the salts that committed to it are gone. */
export const leftOfErased = `(SELECT encode(sha256(convert_to(jsonb_agg(l.facts ORDER BY l.place, l.id)::text, 'UTF8')), 'hex') FROM (${leftRows
  .map(([from, id, times], place) => `SELECT ${place} AS place, r.${id} AS id, jsonb_strip_nulls(to_jsonb(r) - '{body,agency_answer,notice}'::text[] || jsonb_build_object(${times.map((time) => `'${time}', extract(epoch FROM r.${time})`).join(', ')})) AS facts FROM ${from}`)
  .join(' UNION ALL ')}) l)`;

/** By submission, once they are blank. */
export async function digestsOfLeft(query: Query, submissionIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await query<{ id: string; digest: string }>(`SELECT x.submission_id AS id, ${leftOfErased} AS digest FROM unnest($1::bigint[]) AS x (submission_id)`, [submissionIds]);
  return new Map(rows.map(({ id, digest }) => [id, digest]));
}

export interface ErasureRow extends NewErasure {
  readonly id: string;
  readonly submissionId: string;
  readonly digest: string;
  /** Of the submission in the log, where its commitment stays. */
  readonly position: number;
  /** Of the event that says so; null until it is entered. */
  readonly eventPosition: number | null;
}

const columns = `x.id, x.submission_id AS "submissionId", s.digest, x.erased_at AS "erasedAt", x.actor, x.reason, x.legal_basis AS "legalBasis", x.before_retention AS "beforeRetention", e.position::float8 AS position,
  (SELECT l.position::float8 FROM audit_event v JOIN log_entry l ON l.kind = 'event' AND l.subject = v.id WHERE v.submission_id = x.submission_id AND v.kind = 'dossier_erased' AND v.detail ->> 'erasure' = x.id::text) AS "eventPosition"`;
const from = `FROM erasure x JOIN submission s ON s.id = x.submission_id JOIN log_entry e ON e.kind = 'submission' AND e.subject = s.id`;

/** The first of each submission of these bytes, the accepted one's first. */
export function findErasures(query: Query, digest: string): Promise<ErasureRow[]> {
  return query<ErasureRow>(`SELECT ${columns} ${from} WHERE s.digest = $1 AND NOT EXISTS (SELECT 1 FROM erasure f WHERE f.submission_id = x.submission_id AND f.id < x.id) ORDER BY s.outcome = 'accepted' DESC, x.id`, [digest]);
}

/** The first of a submission, by its row. */
export async function findErasureOf(query: Query, submissionId: string): Promise<ErasureRow | undefined> {
  return (await query<ErasureRow>(`SELECT ${columns} ${from} WHERE x.submission_id = $1 ORDER BY x.id LIMIT 1`, [submissionId]))[0];
}

export function listErasures(query: Query, after: string, most: number): Promise<ErasureRow[]> {
  return query<ErasureRow>(`SELECT ${columns} ${from} WHERE x.id > $1 ORDER BY x.id LIMIT $2`, [after, most]);
}
