// The dossier that another supplements, and whether its agency waits for that.
import type { Query } from './database.ts';
import type { SupplementedDossier } from './tables.ts';

export async function findSupplemented(query: Query, digest: string): Promise<SupplementedDossier | undefined> {
  const [found] = await query<Omit<SupplementedDossier, 'requestedAt' | 'until'> & { readonly requestedAt: Date | null; readonly until: Date | null }>(
    `SELECT s.id AS submission, coalesce(s.supplements -> 'dossier' ->> 'origin', s.id::text) AS origin, d.number, d.agency, d.unit_code AS "unitCode", d.tax_code AS "taxCode", d.procedure,
            c.requested_at AS "requestedAt", c.requested_until AS until
     FROM submission s JOIN dossier d ON d.submission_id = s.id LEFT JOIN case_state c ON c.submission_id = s.id AND c.state = 'supplement-requested'
     WHERE s.digest = $1 AND s.outcome = 'accepted'`,
    [digest],
  );
  return found && { ...found, requestedAt: found.requestedAt?.toISOString() ?? null, until: found.until?.toISOString() ?? null };
}
