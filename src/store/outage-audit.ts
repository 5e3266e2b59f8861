// Contradictions in what was proposed and told of outages: a proposal, a decision and a telling each have their event, an accepted one its outages from its first
// failure on, and what is said to have been told to all was told to as many feeds.
import type { Query } from './database.ts';

/** Each row is a sentence. */
export function findOutageContradictions(query: Query): Promise<{ where: string; what: string }[]> {
  return query(`
    SELECT 'proposed outage ' || p.id AS "where", 'is not what was recorded' AS what FROM outage_proposal p
    WHERE (SELECT count(*) FROM audit_event e WHERE e.kind = 'outage_proposed' AND e.detail ->> 'proposal' = p.id::text AND e.at = p.proposed_at AND e.detail ->> 'lane' = p.lane AND (e.detail ->> 'failingSince')::timestamptz = p.failing_since
             AND e.detail ->> 'agencies' = (SELECT coalesce(string_agg(CASE one WHEN '' THEN '*' ELSE one END, ' ' ORDER BY nth), '') FROM unnest(p.agencies) WITH ORDINALITY AS a (one, nth)) AND e.detail ->> 'error' = p.error) <> 1
    UNION ALL
    SELECT 'proposed outage ' || d.proposal_id, 'was decided otherwise than recorded' FROM outage_proposal_decision d
    WHERE (SELECT count(*) FROM audit_event e WHERE e.kind = 'outage_proposal_' || d.decision AND e.detail ->> 'proposal' = d.proposal_id::text AND e.at = d.decided_at AND e.detail ->> 'actor' = d.actor
             AND e.detail ->> 'reason' IS NOT DISTINCT FROM d.reason AND coalesce(e.detail ->> 'outages', '') = array_to_string(d.outages, ' ')) <> 1
    UNION ALL
    SELECT 'proposed outage ' || d.proposal_id, 'was accepted as ' || r.reference || ', which did not begin with it' FROM outage_proposal_decision d JOIN outage_proposal p ON p.id = d.proposal_id CROSS JOIN unnest(d.outages) AS r (reference)
    WHERE NOT EXISTS (SELECT 1 FROM outage u JOIN outage_statement s ON s.outage_id = u.id AND s.kind = 'began' WHERE u.reference = r.reference AND s.started_at = p.failing_since AND s.issued_at = d.decided_at AND s.actor = d.actor)
    UNION ALL
    SELECT 'event ' || e.id, 'tells of what is not there' FROM audit_event e
    WHERE (e.kind = 'outage_proposed' AND NOT EXISTS (SELECT 1 FROM outage_proposal p WHERE p.id::text = e.detail ->> 'proposal'))
       OR (e.kind IN ('outage_proposal_accepted', 'outage_proposal_dismissed') AND NOT EXISTS (SELECT 1 FROM outage_proposal_decision d WHERE d.proposal_id::text = e.detail ->> 'proposal' AND e.kind = 'outage_proposal_' || d.decision))
    UNION ALL
    SELECT 'statement ' || coalesce(t.statement_id::text, e.statement), 'was told to other feeds than recorded' FROM outage_telling t
    FULL JOIN (SELECT v.detail ->> 'statement' AS statement, f.feed FROM audit_event v JOIN feed_event f ON f.event_id = v.id WHERE v.kind IN ('outage_began_told', 'outage_ended_told', 'outage_corrected_told')) e
      ON e.statement = t.statement_id::text AND e.feed = t.feed WHERE t.feed IS NULL OR e.feed IS NULL
    UNION ALL
    SELECT 'statement ' || o.statement_id, 'was not told to as many as recorded' FROM outage_told o WHERE o.feeds <> (SELECT count(*) FROM outage_telling t WHERE t.statement_id = o.statement_id)
    LIMIT 20`);
}
