// The contradictions in what stands still because an agency waits for its unit, and in what ran anew from a complete dossier. Each row is a sentence.
import type { Query } from './database.ts';

export async function findCompletionContradictions(query: Query): Promise<{ where: string; what: string }[]> {
  return query<{ where: string; what: string }>(`
    SELECT 'move ' || m.id AS "where", 'is not to when its supplement’s result is due' AS what FROM obligation_move m JOIN obligation o ON o.id = m.obligation_id
    WHERE m.reason = 'completed' AND m.basis LIKE '%: supplement %' AND NOT EXISTS (
      SELECT 1 FROM dossier d JOIN submission s ON s.id = d.submission_id WHERE d.number = split_part(m.basis, ': supplement ', 2) AND d.due_at = m.due_at AND s.received_at = m.moved_at
        AND (s.supplements -> 'dossier' ->> 'origin')::bigint = coalesce((SELECT (f.supplements -> 'dossier' ->> 'origin')::bigint FROM submission f WHERE f.id = o.submission_id), o.submission_id))
    UNION ALL
    SELECT 'obligation ' || o.id, 'stands still for a unit that nobody waits for' FROM obligation o JOIN submission s ON s.id = o.submission_id
    WHERE o.awaits_unit AND o.met_at IS NULL AND NOT EXISTS (SELECT 1 FROM case_state c JOIN submission n ON n.id = c.submission_id
        WHERE c.state = 'supplement' AND coalesce((n.supplements -> 'dossier' ->> 'origin')::bigint, n.id) = coalesce((s.supplements -> 'dossier' ->> 'origin')::bigint, s.id))
    UNION ALL
    SELECT 'obligation ' || o.id, 'runs on while its agency waits for the unit' FROM obligation o JOIN case_state c ON c.submission_id = o.submission_id AND c.state = 'supplement'
    WHERE o.kind = 'result' AND o.met_at IS NULL AND NOT o.awaits_unit AND NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.submission_id = o.submission_id AND e.kind = 'supplement_received')
    UNION ALL
    SELECT 'submission ' || (s.supplements #>> '{dossier,submission}'), 'was supplemented twice in answer to one request' FROM submission s WHERE s.outcome = 'accepted' AND s.supplements #>> '{dossier,requestedAt}' IS NOT NULL
    GROUP BY s.supplements #>> '{dossier,submission}', s.supplements #>> '{dossier,requestedAt}' HAVING count(*) > 1
    LIMIT 20`);
}
