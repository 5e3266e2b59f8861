// Events that say that a submission came: they have no entry of their own in the log, and are held against their submissions, which have. Each has exactly one, which says
// what it says, word for word, before any other event of it; and all of them stand in the order in which their submissions came into the log.
import type { Query } from './database.ts';
import { receptionEvents } from './events.ts';

/** Sentences. Before there were feeds no event named a document; a submission from before the log was entered afterwards, in the order of the rows. */
export function findReceptionContradictions(query: Query): Promise<{ where: string; what: string }[]> {
  return query(`
    SELECT 'submission ' || s.id AS "where", 'has ' || count(e.id) || ' events of its reception instead of one' AS what
    FROM submission s LEFT JOIN audit_event e ON e.submission_id = s.id AND e.kind = 'submission_' || s.outcome GROUP BY s.id HAVING count(e.id) <> 1
    UNION ALL
    SELECT 'event ' || e.id, 'does not say what its submission says' FROM audit_event e LEFT JOIN submission s ON s.id = e.submission_id LEFT JOIN dossier d ON d.submission_id = s.id
    CROSS JOIN LATERAL (SELECT jsonb_build_object('document', '/v1/dossiers/' || s.digest) AS shown) w
    WHERE e.kind = ANY ($1) AND (s.id IS NULL OR e.kind <> 'submission_' || s.outcome OR e.at IS DISTINCT FROM s.received_at
        OR w.shown || e.detail IS DISTINCT FROM w.shown || jsonb_build_object('digest', s.digest, 'sender', s.sender, 'number', d.number)
        OR (NOT e.detail ? 'document' AND e.id > (SELECT min(f.id) FROM audit_event f WHERE f.kind = ANY ($1) AND f.detail ? 'document')))
    UNION ALL
    SELECT 'event ' || e.id, 'comes after others of its submission' FROM audit_event e
    WHERE e.kind = ANY ($1) AND EXISTS (SELECT 1 FROM audit_event f WHERE f.submission_id = e.submission_id AND f.id < e.id)
    UNION ALL
    SELECT 'event ' || id, 'is in another place than its submission is in the log'
    FROM (SELECT e.id, l.position, lag(l.position) OVER (ORDER BY e.id) AS before FROM audit_event e JOIN submission s ON s.id = e.submission_id JOIN log_entry l ON l.kind = 'submission' AND l.subject = s.id
          WHERE e.kind = ANY ($1) AND s.received_at >= (SELECT min(at) FROM log_checkpoint)) o
    WHERE before > position
    LIMIT 20`, [receptionEvents]);
}
