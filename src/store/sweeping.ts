// What the sweeper reads besides the obligations themselves: the dossiers it apologises for, and the outages that last.
import type { Query } from './database.ts';

/** What an apology names of its dossier. */
export interface Apologised {
  readonly submissionId: string;
  readonly digest: string;
  readonly transactionCode: string;
  readonly dossierNumber: string;
  readonly procedure: string;
  readonly agency: string;
  readonly unitName: string;
  readonly unitCode: string;
  readonly taxCode: string;
  readonly receivedAt: Date;
}

export async function findApologised(query: Query, submissionIds: readonly string[]): Promise<ReadonlyMap<string, Apologised>> {
  if (submissionIds.length === 0) return new Map();
  const rows = await query<Apologised>(
    `SELECT s.id AS "submissionId", s.digest, s.transaction_code AS "transactionCode", d.number AS "dossierNumber", d.procedure, d.agency, d.unit_name AS "unitName",
            d.unit_code AS "unitCode", d.tax_code AS "taxCode", s.received_at AS "receivedAt"
     FROM submission s JOIN dossier d ON d.submission_id = s.id WHERE s.id = ANY ($1)`,
    [submissionIds],
  );
  return new Map(rows.map((row) => [row.submissionId, row]));
}

/** An outage that nobody has ended, or whose end has not moved its deadlines yet; `ivanCode` where it is one I-VAN's. */
export interface LastingOutage {
  readonly id: string;
  readonly agencyPrefix: string;
  readonly ivanCode: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

export function findLasting(query: Query): Promise<LastingOutage[]> {
  return query<LastingOutage>(
    `SELECT id, agency_prefix AS "agencyPrefix", ivan_code AS "ivanCode", started_at AS "startedAt", ended_at AS "endedAt" FROM outage_state o
     WHERE ended_at IS NULL OR NOT EXISTS (SELECT 1 FROM outage_settled s WHERE s.statement_id = o.statement_id) ORDER BY id`,
  );
}
