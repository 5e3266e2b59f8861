// What an audit reads: every submission with what belongs to it, and the counts that must agree. Typed through the entities.
import type { Database, Query } from './database.ts';
import { DossierEntry, Receipt, ResultEntry, Submission, TrustMaterialEntry, TrustPartEntry } from './tables.ts';
import type { DossierRow, ReceiptRow, ResultRow, SubmissionRow, TrustPartRow } from './tables.ts';
import { In, MoreThan } from 'typeorm';

export interface AuditedRows {
  readonly submission: SubmissionRow;
  readonly receipt: ReceiptRow | null;
  readonly dossier: DossierRow | null;
  readonly result: ResultRow | null;
  /** The submission that a conflict is with. */
  readonly first: SubmissionRow | null;
}

const PAGE = 50;

/** Every submission in the order of its row, a page at a time. */
export async function* submissionsToAudit({ source }: Database): AsyncGenerator<AuditedRows> {
  for (let after = '0'; ; ) {
    const page = await source.getRepository(Submission).find({ where: { id: MoreThan(after) }, order: { id: 'ASC' }, take: PAGE });
    const ids = page.map(({ id }) => id);
    const firstIds = page.flatMap(({ conflictsWith }) => (conflictsWith === null ? [] : [conflictsWith]));
    const [receipts, dossiers, results, firsts] = await Promise.all([
      source.getRepository(Receipt).findBy({ submissionId: In(ids) }),
      source.getRepository(DossierEntry).findBy({ submissionId: In(ids) }),
      source.getRepository(ResultEntry).findBy({ submissionId: In(ids) }),
      source.getRepository(Submission).findBy({ id: In(firstIds) }),
    ]);
    for (const submission of page) {
      const own = <Row extends { submissionId: string }>(rows: readonly Row[]): Row | null => rows.find(({ submissionId }) => submissionId === submission.id) ?? null;
      yield { submission, receipt: own(receipts), dossier: own(dossiers), result: own(results), first: firsts.find(({ id }) => id === submission.conflictsWith) ?? null };
    }
    const last = ids.at(-1);
    if (last === undefined) return;
    after = last;
  }
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

export async function findTrustMaterial({ source }: Database, digest: string): Promise<Buffer | undefined> {
  return (await source.getRepository(TrustMaterialEntry).findOneBy({ digest }))?.body;
}

export async function findTrustParts({ source }: Database, digests: readonly string[]): Promise<TrustPartRow[]> {
  return digests.length === 0 ? [] : source.getRepository(TrustPartEntry).findBy({ digest: In([...digests]) });
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
    SELECT 'submission ' || s.id, 'has ' || count(e.id) || ' events of its reception instead of one'
    FROM submission s LEFT JOIN audit_event e ON e.submission_id = s.id AND e.kind = 'submission_' || s.outcome GROUP BY s.id HAVING count(e.id) <> 1
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
    JOIN LATERAL (SELECT id, at FROM audit_event WHERE submission_id = v.submission_id AND kind = 'delivery_dead' ORDER BY id DESC LIMIT 1) g ON true
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
    SELECT 'event ' || e.id, 'does not say what its submission says' FROM audit_event e JOIN submission s ON s.id = e.submission_id LEFT JOIN dossier d ON d.submission_id = s.id
    WHERE e.kind LIKE 'submission_%' AND (e.at <> s.received_at OR e.detail ->> 'digest' <> s.digest OR e.detail ->> 'sender' <> s.sender OR e.detail ->> 'number' IS DISTINCT FROM d.number)
    UNION ALL
    SELECT 'delivery ' || v.id, 'delivers what was not accepted' FROM delivery v JOIN submission s ON s.id = v.submission_id WHERE v.kind = 'dossier' AND s.outcome <> 'accepted'
    UNION ALL
    SELECT 'result of submission ' || t.submission_id, 'has ' || count(e.id) || ' events instead of one'
    FROM result t LEFT JOIN audit_event e ON e.submission_id = t.submission_id AND e.kind = 'result_issued' GROUP BY t.submission_id HAVING count(e.id) <> 1
    UNION ALL
    SELECT 'receipt of submission ' || r.submission_id, 'is of nothing' FROM receipt r LEFT JOIN submission s ON s.id = r.submission_id WHERE s.id IS NULL
    LIMIT 20`);
}
