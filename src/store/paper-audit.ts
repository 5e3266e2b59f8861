// Contradictions between what was filed on paper and the electronic dossiers that are the same: none that is there is left untied, and none that is tied is
// still demanded.
import type { Query } from './database.ts';

/** Each row is a sentence. */
export function findPaperContradictions(query: Query): Promise<{ where: string; what: string }[]> {
  return query(`
    SELECT 'paper filing ' || p.id AS "where", 'is not tied to the dossier that was sent' AS what FROM paper_filing p
    WHERE NOT EXISTS (SELECT 1 FROM paper_filing_met m WHERE m.paper_filing_id = p.id)
      AND EXISTS (SELECT 1 FROM dossier d JOIN submission s ON s.id = d.submission_id
        WHERE d.agency = p.agency AND d.unit_code = p.unit_code AND d.procedure = p.procedure AND d.period = p.period
          -- As the latest of all beginnings that were stated has it: whatever was known when it was reported, it lay in the outage.
          AND s.received_at >= (SELECT max(t.started_at) FROM outage_statement t WHERE t.outage_id = p.outage_id)
          AND NOT EXISTS (SELECT 1 FROM paper_filing_met m WHERE m.submission_id = d.submission_id))
    UNION ALL
    SELECT 'paper filing ' || p.id, 'is tied to its dossier, which is still demanded' FROM paper_filing p JOIN paper_filing_met m ON m.paper_filing_id = p.id JOIN obligation o ON o.paper_filing_id = p.id WHERE o.met_at IS NULL
    LIMIT 20`);
}
