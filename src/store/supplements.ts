// The dossier that another supplements, and whether its agency waits for that.
import type { Query } from './database.ts';
import type { GivenSupplement, SupplementedDossier } from './tables.ts';

export async function findSupplemented(query: Query, digest: string): Promise<SupplementedDossier | undefined> {
  const [found] = await query<Omit<SupplementedDossier, 'requestedAt' | 'until'> & { readonly requestedAt: Date | null; readonly until: Date | null }>(
    `SELECT s.id AS submission, coalesce(s.supplements -> 'dossier' ->> 'origin', s.id::text) AS origin, d.number, d.agency, d.unit_code AS "unitCode", d.tax_code AS "taxCode", d.procedure,
            c.supplement_until AS until,
            CASE WHEN c.state IS NOT NULL THEN (SELECT max(m.received_at) FROM agency_message m WHERE m.submission_id = s.id AND m.kind = 'supplement' AND m.verdict = 'taken') END AS "requestedAt"
     FROM submission s JOIN dossier d ON d.submission_id = s.id LEFT JOIN case_state c ON c.submission_id = s.id AND c.state = 'supplement'
     WHERE s.digest = $1 AND s.outcome = 'accepted'`,
    [digest],
  );
  return found && { ...found, requestedAt: found.requestedAt?.toISOString() ?? null, until: found.until?.toISOString() ?? null };
}

/** The first that was accepted in answer to the same request, but what has the same content; `before` leaves out what was recorded from that row on. */
export async function findGiven(query: Query, { submission, origin, requestedAt }: SupplementedDossier, contentDigest: string | null, before: string | null = null): Promise<GivenSupplement | null> {
  const [found] = await query<{ number: string; receivedAt: Date }>(
    `SELECT d.number, s.received_at AS "receivedAt" FROM submission s JOIN dossier d ON d.submission_id = s.id
     WHERE s.outcome = 'accepted' AND s.supplements IS NOT NULL AND (s.supplements -> 'dossier' ->> 'origin')::bigint = $1 AND s.supplements #>> '{dossier,submission}' = $2
       AND s.supplements #>> '{dossier,requestedAt}' = $3 AND s.content_digest IS DISTINCT FROM $4 AND ($5::bigint IS NULL OR s.id < $5) ORDER BY s.id LIMIT 1`,
    [origin, submission, requestedAt, contentDigest, before],
  );
  return found === undefined ? null : { number: found.number, receivedAt: found.receivedAt.toISOString() };
}

/** Whether a message that came at that instant asked for it, until then; by `before`, or while that was judged. */
export async function hadBeenAsked(query: Query, submissionId: string, cameAt: Date, until: string | null, before: Date): Promise<boolean> {
  const [row] = await query<{ asked: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM agency_message m JOIN audit_event e ON e.submission_id = m.submission_id AND e.kind = 'supplement_requested'
       WHERE m.submission_id = $1 AND m.kind = 'supplement' AND m.verdict = 'taken' AND m.received_at <= $4::timestamptz + interval '1 minute' AND m.received_at = $2 AND (e.detail ->> 'until')::timestamptz = $3::timestamptz) AS asked`,
    [submissionId, cameAt, until, before],
  );
  return row?.asked === true;
}

export async function wasTold(query: Query, submissionId: string, digest: string): Promise<boolean> {
  const [row] = await query<{ told: boolean }>(`SELECT count(*) = 1 AS told FROM audit_event WHERE submission_id = $1 AND kind = 'supplement_received' AND detail ->> 'supplement' = $2`, [submissionId, digest]);
  return row?.told === true;
}
