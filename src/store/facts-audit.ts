// Contradictions about backends: each change of what they were given, and of the agencies that are routed to them, has its event and each event its change, and
// every message was judged by what counted for its backend when it came.
import type { Query } from './database.ts';

/** How far the clocks of gateways on one database may differ. */
const CLOCKS = `interval '5 minutes'`;

/** SQL: whether event `e` is of change `r` of the routes. */
const isOfRoute = `e.kind = 'route_changed' AND e.at = r.changed_at AND e.detail ->> 'prefix' = r.prefix AND e.detail ->> 'backend' IS NOT DISTINCT FROM r.backend AND e.detail ->> 'reason' = r.reason AND e.detail ->> 'actor' = r.actor`;

/** Each row is a sentence. */
export function findFactsContradictions(query: Query): Promise<{ where: string; what: string }[]> {
  return query(`
    SELECT 'settings ' || b.id || ' of backend ' || b.backend AS "where", 'do not have their digest' AS what FROM backend_facts b WHERE encode(sha256(convert_to(b.facts, 'UTF8')), 'hex') <> b.digest
    UNION ALL
    SELECT 'settings ' || b.id || ' of backend ' || b.backend, 'are not what was recorded' FROM backend_facts b
    WHERE (SELECT count(*) FROM audit_event e WHERE e.kind = 'backend_changed' AND e.detail ->> 'facts' = b.id::text AND e.at = b.decided_at AND e.detail ->> 'backend' = b.backend AND e.detail ->> 'digest' = b.digest
             AND e.detail ->> 'actor' = b.actor AND e.detail ->> 'url' = b.facts::jsonb ->> 'url'
             AND e.detail ->> 'signers' = (SELECT coalesce(string_agg(signer, ' ' ORDER BY nth), '') FROM jsonb_array_elements_text(b.facts::jsonb -> 'answerSigners') WITH ORDINALITY AS s (signer, nth))) <> 1
    UNION ALL
    SELECT 'event ' || e.id, 'tells of settings that are not there' FROM audit_event e WHERE e.kind = 'backend_changed' AND NOT EXISTS (SELECT 1 FROM backend_facts b WHERE b.id::text = e.detail ->> 'facts')
    UNION ALL
    SELECT 'change ' || r.id || ' of the routes', 'is not what was recorded' FROM route_change r WHERE NOT EXISTS (SELECT 1 FROM audit_event e WHERE ${isOfRoute})
    UNION ALL
    SELECT 'event ' || e.id, 'tells of a change of the routes that is not there' FROM audit_event e WHERE e.kind = 'route_changed' AND NOT EXISTS (SELECT 1 FROM route_change r WHERE ${isOfRoute})
    UNION ALL
    SELECT 'agency message ' || m.id, 'was judged by the settings of another backend' FROM agency_message m JOIN backend_facts b ON b.id = m.facts_id WHERE b.backend <> m.backend
    UNION ALL
    SELECT 'agency message ' || m.id, 'was judged by settings that did not count when it came' FROM agency_message m JOIN backend_facts b ON b.id = m.facts_id
    WHERE m.received_at < b.decided_at - ${CLOCKS}
       OR m.received_at > (SELECT n.decided_at FROM backend_facts n WHERE n.backend = b.backend AND n.id > b.id ORDER BY n.id LIMIT 1) + ${CLOCKS}
    UNION ALL
    SELECT 'agency message ' || id, 'was judged by settings that were replaced before' FROM (
      SELECT id, facts_id, max(facts_id) OVER (PARTITION BY backend ORDER BY position) AS newest FROM agency_message WHERE position IS NOT NULL) m WHERE facts_id < newest OR (facts_id IS NULL AND newest IS NOT NULL)
    UNION ALL
    SELECT 'agency message ' || m.id, 'was judged by settings that nobody knows' FROM agency_message m
    WHERE m.facts_id IS NULL AND m.received_at > (SELECT min(b.decided_at) FROM backend_facts b WHERE b.backend = m.backend) + ${CLOCKS}
    LIMIT 20`);
}
