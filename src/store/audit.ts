// What an audit reads: every submission with what belongs to it, and the counts that must agree. A database that may only be read suffices.
import type { Query } from './database.ts';
import { findErased } from './erasure-audit.ts';
import type { FirstSubmission } from './submissions.ts';
import type { DossierRow, ReceiptRow, ResultRow, SubmissionRow, TrustPartRow } from './tables.ts';

export interface AuditedRows {
  readonly submission: SubmissionRow;
  readonly receipt: ReceiptRow | null;
  readonly dossier: DossierRow | null;
  readonly result: ResultRow | null;
  /** The submission that a conflict is with. */
  readonly first: FirstSubmission | null;
  readonly isErased: boolean;
}

const MOST_ROWS = 512;
const MOST_OCTETS = 16 * 1024 * 1024;

const submissionColumns = `s.id, s.digest, s.sender, s.sender_facts AS "senderFacts", s.key_scope AS "keyScope", s.key, s.received_at AS "receivedAt", s.outcome, s.findings, s.transaction_code AS "transactionCode",
  s.rule_set_digest AS "ruleSetDigest", s.trust_digest AS "trustDigest", s.content_digest AS "contentDigest", s.signatures, s.registration, s.ivan_use AS "ivanUse", s.filed_before AS "filedBefore", s.supplements,
  s.conflicts_with AS "conflictsWith", s.body`;

/** The next submissions after one and up to another, in the order of their rows: as many as are read at once. */
export async function submissionsAfter(query: Query, after: string, upTo: string): Promise<AuditedRows[]> {
  const sizes = await query<{ id: string; octets: number }>('SELECT id, octet_length(body) AS octets FROM submission WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3', [after, upTo, MOST_ROWS]);
  let octets = 0;
  return submissionsAmong(query, sizes.filter((row, place) => (octets += row.octets) <= MOST_OCTETS || place === 0).map(({ id }) => id));
}

/** Those of these rows, in their order. */
export async function submissionsAmong(query: Query, ids: readonly string[]): Promise<AuditedRows[]> {
  if (ids.length === 0) return [];
  const [submissions, receipts, dossiers, results] = await Promise.all([
    query<SubmissionRow>(`SELECT ${submissionColumns} FROM submission s WHERE s.id = ANY ($1::bigint[]) ORDER BY s.id`, [ids]),
    query<ReceiptRow>('SELECT submission_id AS "submissionId", body FROM receipt WHERE submission_id = ANY ($1::bigint[])', [ids]),
    query<DossierRow>('SELECT submission_id AS "submissionId", agency, year, sequence, number, unit_code AS "unitCode", unit_name AS "unitName", tax_code AS "taxCode", procedure, period, due_at AS "dueAt" FROM dossier WHERE submission_id = ANY ($1::bigint[])', [ids]),
    query<ResultRow>('SELECT submission_id AS "submissionId", answered_at AS "answeredAt", code, unit_code AS "unitCode", agency_answer AS "agencyAnswer", trust_digest AS "trustDigest", body FROM result WHERE submission_id = ANY ($1::bigint[])', [ids]),
  ]);
  const firstIds = submissions.flatMap(({ conflictsWith }) => (conflictsWith === null ? [] : [conflictsWith]));
  const firsts = byId(firstIds.length === 0 ? [] : await query<FirstSubmission>('SELECT id, digest, key, content_digest AS "contentDigest", received_at AS "receivedAt" FROM submission WHERE id = ANY ($1::bigint[])', [firstIds]), ({ id }) => id);
  const erased = await findErased(query, ids); // last: what was blank by then was erased by then
  const [receiptOf, dossierOf, resultOf] = [byId(receipts, ({ submissionId }) => submissionId), byId(dossiers, ({ submissionId }) => submissionId), byId(results, ({ submissionId }) => submissionId)];
  return submissions.map((submission) => ({
    submission, receipt: receiptOf.get(submission.id) ?? null, dossier: dossierOf.get(submission.id) ?? null, result: resultOf.get(submission.id) ?? null, first: firsts.get(submission.conflictsWith ?? '') ?? null, isErased: erased.has(submission.id),
  }));
}

function byId<Row>(rows: readonly Row[], idOf: (row: Row) => string): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [idOf(row), row]));
}

/** How far the rows reach: what comes later is another audit's. */
export async function lastSubmission(query: Query): Promise<{ readonly id: string; readonly count: number }> {
  const [row] = await query<{ id: string; count: number }>('SELECT coalesce(max(id), 0)::text AS id, count(*)::int AS count FROM submission');
  return row ?? { id: '0', count: 0 };
}

export interface JudgedUnder {
  readonly digest: string;
  /** Submissions and forms. */
  readonly count: number;
  readonly first: Date;
  readonly last: Date;
}

/** By which rule sets everything on record was judged, the oldest first. */
export function findRuleSets(query: Query): Promise<JudgedUnder[]> {
  return query<JudgedUnder>(
    `SELECT rule_set_digest AS digest, count(*)::int AS count, min(received_at) AS first, max(received_at) AS last
     FROM (SELECT rule_set_digest, received_at FROM submission UNION ALL SELECT rule_set_digest, received_at FROM ivan_registration) judged
     GROUP BY rule_set_digest ORDER BY first, digest`,
  );
}

export async function findTrustMaterial(query: Query, digest: string): Promise<Buffer | undefined> {
  return (await query<{ body: Buffer }>('SELECT body FROM trust_material WHERE digest = $1', [digest]))[0]?.body;
}

export async function findTrustParts(query: Query, digests: readonly string[]): Promise<TrustPartRow[]> {
  return digests.length === 0 ? [] : query<TrustPartRow>('SELECT digest, kind, body FROM trust_part WHERE digest = ANY ($1)', [digests]);
}

/** SQL: whether the event is of the dossier's own delivery, and not of one that tells a subscriber of it. */
const isOfDossier = (event: string): string => `coalesce(${event}.detail ->> 'lane', '') !~ '^(webhook:|mail$)'`;

/** The contradictions between tables that no single row shows; each row is a sentence. */
export async function findContradictions(query: Query): Promise<{ where: string; what: string }[]> {
  return query<{ where: string; what: string }>(`
    SELECT 'numbers ' || agency || '/' || year AS "where", 'are not 1 to ' || coalesce(last::text, 'nothing') || ' without gap' AS what
    FROM (SELECT d.agency, d.year, count(*) AS n, min(sequence) AS least, max(sequence) AS most, (SELECT last FROM dossier_counter c WHERE c.agency = d.agency AND c.year = d.year) AS last
          FROM dossier d GROUP BY d.agency, d.year) series
    WHERE least <> 1 OR most <> n OR last IS DISTINCT FROM most
    UNION ALL
    SELECT 'counter ' || agency || '/' || year, 'counts dossiers that are not there' FROM dossier_counter c
    WHERE NOT EXISTS (SELECT 1 FROM dossier d WHERE d.agency = c.agency AND d.year = c.year)
    UNION ALL
    SELECT 'dossier ' || d.number, 'has no delivery of its own' FROM dossier d LEFT JOIN delivery v ON v.submission_id = d.submission_id AND v.kind = 'dossier'
    WHERE v.id IS NULL OR v.order_key <> d.agency || '/' || coalesce(nullif(d.unit_code, ''), d.tax_code)
    UNION ALL
    SELECT 'delivery ' || v.id, 'is ' || v.state || ' without an event that says so' FROM delivery v
    WHERE v.kind = 'dossier' AND v.state <> 'waiting' AND NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.submission_id = v.submission_id AND e.kind = CASE v.state WHEN 'dead' THEN 'delivery_dead' ELSE 'delivered' END AND ${isOfDossier('e')})
    UNION ALL
    SELECT 'delivery ' || v.id, 'waits, though an event says that it was delivered' FROM delivery v
    WHERE v.kind = 'dossier' AND v.state <> 'delivered' AND EXISTS (SELECT 1 FROM audit_event e WHERE e.submission_id = v.submission_id AND e.kind = 'delivered'
        AND NOT EXISTS (SELECT 1 FROM audit_event l WHERE l.submission_id = v.submission_id AND l.kind IN ('delivery_dead', 'delivery_replayed') AND l.id > e.id AND ${isOfDossier('l')}))
    UNION ALL
    SELECT 'delivery ' || v.id, 'is delivered, though a later event says that it was not' FROM delivery v
    WHERE v.kind = 'dossier' AND v.state = 'delivered' AND EXISTS (SELECT 1 FROM audit_event e WHERE e.submission_id = v.submission_id AND e.kind = 'delivery_dead' AND ${isOfDossier('e')}
        AND NOT EXISTS (SELECT 1 FROM audit_event l WHERE l.submission_id = v.submission_id AND l.kind = 'delivered' AND l.id > e.id))
    UNION ALL
    SELECT 'delivery ' || v.id, 'is given up, though its agency has spoken of the dossier since' FROM delivery v
    JOIN LATERAL (SELECT id, at FROM audit_event d WHERE submission_id = v.submission_id AND kind = 'delivery_dead' AND ${isOfDossier('d')} ORDER BY id DESC LIMIT 1) g ON true
    WHERE v.kind = 'dossier' AND v.state = 'dead' AND EXISTS (SELECT 1 FROM audit_event e WHERE e.submission_id = v.submission_id AND e.id > g.id AND e.at > g.at
        AND e.kind IN ('slip_given', 'step_reported', 'supplement_requested', 'apology_given', 'result_issued'))
    UNION ALL
    SELECT 'delivery ' || v.id, 'is delivered, and to forward it is still owed' FROM delivery v JOIN obligation o ON o.submission_id = v.submission_id AND o.kind = 'forward'
    WHERE v.kind = 'dossier' AND v.state = 'delivered' AND o.met_at IS NULL
    UNION ALL
    SELECT 'submission ' || s.id, 'has no verification report, though an earlier one has' FROM submission s
    WHERE s.signatures IS NULL AND s.id > (SELECT min(f.id) FROM submission f WHERE f.signatures IS NOT NULL)
    UNION ALL
    SELECT 'submission ' || s.id, 'was not held against what its unit filed before, though an earlier one was' FROM submission s
    WHERE s.outcome <> 'refused' AND s.filed_before IS NULL AND s.id > (SELECT min(f.id) FROM submission f WHERE f.filed_before IS NOT NULL)
    UNION ALL
    SELECT 'submissions of content ' || s.content_digest, 'are ' || count(*) || ' accepted ones' FROM submission s
    WHERE s.outcome = 'accepted' AND s.content_digest IS NOT NULL GROUP BY s.content_digest HAVING count(*) > 1
    UNION ALL
    SELECT 'delivery ' || v.id, 'delivers what was not accepted' FROM delivery v JOIN submission s ON s.id = v.submission_id WHERE v.kind = 'dossier' AND s.outcome <> 'accepted'
    UNION ALL
    SELECT 'result of submission ' || t.submission_id, 'has ' || count(e.id) || ' events instead of one'
    FROM result t LEFT JOIN audit_event e ON e.submission_id = t.submission_id AND e.kind = 'result_issued' GROUP BY t.submission_id HAVING count(e.id) <> 1
    UNION ALL
    SELECT 'receipt of submission ' || r.submission_id, 'is of nothing' FROM receipt r LEFT JOIN submission s ON s.id = r.submission_id WHERE s.id IS NULL
    LIMIT 20`);
}
