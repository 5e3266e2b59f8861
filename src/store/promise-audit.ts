// The contradictions in dates that apologies moved, in what lapsed, and in what a unit was asked for and let pass. Each row is a sentence.
import type { Query } from './database.ts';
import { isUntold } from './obligations.ts';

export async function findPromiseContradictions(query: Query): Promise<{ where: string; what: string }[]> {
  return query<{ where: string; what: string }>(`
    SELECT 'obligation ' || o.id AS "where", 'was promised for another time than its first apology moved it from' AS what FROM obligation o
    WHERE (o.promised_at IS NOT NULL OR (o.kind = 'result' AND o.met_at IS NULL)) AND o.promised_at IS DISTINCT FROM (SELECT m.from_due_at FROM obligation_move m
        WHERE m.obligation_id = o.id AND m.term = o.term AND m.reason IN ('apology', 'agency-apology') ORDER BY m.id LIMIT 1)
    UNION ALL
    SELECT 'move ' || m.id, 'is by an apology that its agency did not give' FROM obligation_move m JOIN obligation o ON o.id = m.obligation_id WHERE m.reason = 'agency-apology'
      AND NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.kind = 'apology_given' AND e.submission_id = o.submission_id AND e.at = m.moved_at AND (e.detail ->> 'dueAt')::timestamptz = m.due_at)
    UNION ALL
    SELECT 'obligation ' || o.id, 'is not until when its agency asked for a supplement' FROM obligation o WHERE o.kind = 'supplement' AND o.basis <> 'migration'
      AND NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.kind = 'supplement_requested' AND e.submission_id = o.submission_id AND e.at = o.arisen_at AND (e.detail ->> 'until')::timestamptz = o.first_due_at)
    UNION ALL
    SELECT 'obligation ' || o.id, 'is to conclude what had not lapsed' FROM obligation o WHERE o.kind = 'conclude'
      AND NOT EXISTS (SELECT 1 FROM obligation b WHERE b.submission_id = o.submission_id AND b.kind = 'supplement' AND b.breached_at IS NOT NULL AND b.due_at >= o.arisen_at)
    UNION ALL
    SELECT 'submission ' || c.submission_id, 'is to be supplemented, and nobody owes it' FROM case_state c WHERE c.state = 'supplement'
      AND NOT EXISTS (SELECT 1 FROM obligation o WHERE o.submission_id = c.submission_id AND o.kind = 'supplement' AND (o.met_at IS NULL OR EXISTS (SELECT 1 FROM audit_event e WHERE e.submission_id = o.submission_id AND e.kind = 'supplement_received')))
    UNION ALL
    SELECT 'obligation ' || b.obligation_id, 'has ' || count(e.id) || ' events of the lapse of a date' FROM obligation_breach b
    LEFT JOIN audit_event e ON e.kind = 'deadline_missed' AND e.detail ->> 'obligation' = b.obligation_id::text AND (e.detail ->> 'dueAt')::timestamptz = b.due_at
    GROUP BY b.obligation_id, b.due_at HAVING count(e.id) <> 1 OR min(e.at) <> b.breached_at OR b.due_at >= b.breached_at
    UNION ALL
    SELECT 'obligation ' || b.obligation_id, 'has a lapse of a date that it never had' FROM obligation_breach b JOIN obligation o ON o.id = b.obligation_id
    WHERE b.term > o.term OR (b.due_at <> o.first_due_at AND NOT EXISTS (SELECT 1 FROM obligation_move m WHERE m.obligation_id = o.id AND m.due_at = b.due_at))
    UNION ALL
    SELECT 'obligation ' || o.id, 'does not say when its first date lapsed' FROM obligation o LEFT JOIN (SELECT obligation_id, min(breached_at) AS at FROM obligation_breach GROUP BY obligation_id) b ON b.obligation_id = o.id
    WHERE o.breached_at IS DISTINCT FROM b.at
    UNION ALL
    SELECT 'obligation ' || o.id, 'was met late, which nobody recorded' FROM obligation o WHERE o.met_at > coalesce(o.promised_at, o.due_at) AND o.look_at IS NULL AND NOT o.awaits_unit AND ${isUntold('o.met_at')}
    LIMIT 20`);
}
