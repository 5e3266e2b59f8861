// What an audit reads of forms 04, 05 and 06 and of the register of uses: every row has the event that made it and every such event its row; a use has the
// accepted form that began it, an end the one that ended it, and the certificates of a decision are in their register.
import type { Query } from './database.ts';

/** Each row is a sentence. */
export async function findUseContradictions(query: Query): Promise<{ where: string; what: string }[]> {
  return query<{ where: string; what: string }>(`
    SELECT 'registration ' || r.id AS "where", 'has ' || count(e.id) || ' events of its reception instead of one' AS what
    FROM ivan_registration r LEFT JOIN audit_event e ON e.kind = 'registration_' || r.outcome AND e.detail ->> 'registration' = r.id::text AND e.at = r.received_at
      AND e.detail ->> 'digest' = r.digest AND e.detail ->> 'ivanCode' = r.ivan_code AND e.detail ->> 'form' IS NOT DISTINCT FROM r.form
    GROUP BY r.id HAVING count(e.id) <> 1
    UNION ALL
    SELECT 'step ' || s.step || ' of registration ' || s.registration_id, 'is not what was recorded' FROM ivan_registration_step s
    WHERE NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.kind = 'registration_' || s.step AND e.at = s.at AND e.detail ->> 'registration' = s.registration_id::text AND e.detail ->> 'actor' = s.actor)
    UNION ALL
    SELECT 'decision on registration ' || d.registration_id, 'is not what was decided' FROM ivan_registration_decision d
    WHERE NOT EXISTS (
      SELECT 1 FROM audit_event e WHERE e.kind = 'registration_decided' AND e.at = d.decided_at AND e.detail ->> 'registration' = d.registration_id::text AND e.detail ->> 'decision' = d.decision
        AND e.detail ->> 'reason' IS NOT DISTINCT FROM d.reason AND e.detail ->> 'actor' = d.actor AND (e.detail ->> 'effectiveAt')::timestamptz IS NOT DISTINCT FROM d.effective_at
        AND (e.detail ->> 'relayDueAt')::timestamptz = d.relay_due_at AND (e.detail ->> 'effects')::jsonb = d.effects
        AND (e.detail ->> 'unitTie')::jsonb IS NOT DISTINCT FROM d.unit_tie)
    UNION ALL
    SELECT 'decision on registration ' || d.registration_id, 'is on what was not received' FROM ivan_registration_decision d JOIN ivan_registration r ON r.id = d.registration_id WHERE r.outcome <> 'received'
    UNION ALL
    SELECT 'decision on registration ' || d.registration_id, 'has a tie of the unit code that such a decision does not have, or has none' FROM ivan_registration_decision d JOIN ivan_registration r ON r.id = d.registration_id
    WHERE (d.unit_tie IS NOT NULL AND (d.decision <> 'accepted' OR r.form <> '04-IVAN'))
       OR (d.unit_tie IS NULL AND d.decision = 'accepted' AND r.form = '04-IVAN' AND d.decided_at > (SELECT min(f.decided_at) FROM ivan_registration_decision f WHERE f.unit_tie IS NOT NULL))
       OR EXISTS (SELECT 1 FROM ivan_use u WHERE u.registration_id = d.registration_id AND d.unit_tie ->> 'source' = 'use' AND d.unit_tie ->> 'id' = u.id::text)
    UNION ALL
    SELECT 'decision on registration ' || d.registration_id, 'registered a certificate otherwise' FROM ivan_registration_decision d CROSS JOIN LATERAL jsonb_array_elements(d.effects -> 'registered') c
    WHERE NOT EXISTS (SELECT 1 FROM unit_certificate u WHERE u.id::text = c ->> 'entry' AND u.fingerprint = c ->> 'fingerprint' AND u.serial_number = c ->> 'serial'
        AND u.valid_from = (c ->> 'from')::timestamptz AND u.valid_until = (c ->> 'until')::timestamptz AND u.registered_at = d.decided_at AND u.use_id IS NOT NULL)
    UNION ALL
    SELECT 'decision on registration ' || d.registration_id, 'ended a certificate otherwise' FROM ivan_registration_decision d CROSS JOIN LATERAL jsonb_array_elements_text(d.effects -> 'ended') c
    WHERE NOT EXISTS (SELECT 1 FROM unit_certificate_end x WHERE x.registration_id::text = c AND x.ended_at = d.effective_at)
    UNION ALL
    SELECT 'decision on registration ' || d.registration_id, 'did not do what form ' || r.form || ' asks for' FROM ivan_registration_decision d JOIN ivan_registration r ON r.id = d.registration_id
    WHERE (d.decision = 'accepted' AND r.form = '04-IVAN') <> EXISTS (SELECT 1 FROM ivan_use u WHERE u.registration_id = r.id AND u.began_at = d.effective_at AND u.ivan_code = r.ivan_code
             AND u.agency = r.declared ->> 'agency' AND u.unit_code = r.declared ->> 'unitCode' AND u.tax_code = r.declared ->> 'taxCode')
       OR (d.decision = 'accepted' AND r.form = '06-IVAN') <> EXISTS (SELECT 1 FROM ivan_use_end x JOIN ivan_use u ON u.id = x.use_id WHERE x.registration_id = r.id AND x.ended_at = d.effective_at AND x.recorded_at = d.decided_at
             AND u.ivan_code = r.ivan_code AND u.agency = r.declared ->> 'agency' AND u.unit_code = r.declared ->> 'unitCode')
    UNION ALL
    SELECT 'use ' || u.id, 'is not what was registered' FROM ivan_use u
    WHERE NOT EXISTS (SELECT 1 FROM ivan_registration_decision d WHERE d.registration_id = u.registration_id AND d.decision = 'accepted')
       OR NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.kind = 'use_began' AND e.detail ->> 'use' = u.id::text AND e.detail ->> 'agency' = u.agency AND e.detail ->> 'unitCode' = u.unit_code
            AND e.detail ->> 'ivanCode' = u.ivan_code AND e.detail ->> 'taxCode' = u.tax_code AND (e.detail ->> 'beganAt')::timestamptz = u.began_at)
    UNION ALL
    SELECT 'end of use ' || x.use_id, 'is not what was recorded' FROM ivan_use_end x
    WHERE NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.kind = 'use_ended' AND e.at = x.recorded_at AND e.detail ->> 'use' = x.use_id::text AND (e.detail ->> 'endedAt')::timestamptz = x.ended_at)
    UNION ALL
    SELECT 'use rule ' || p.id, 'is not what was decided' FROM ivan_use_policy p
    WHERE NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.kind = 'use_policy_set' AND e.at = p.decided_at AND e.detail ->> 'policy' = p.id::text AND e.detail ->> 'agency' = p.agency
        AND (e.detail ->> 'effectiveFrom')::timestamptz = p.effective_from AND (e.detail ->> 'required')::boolean = p.registered_use_required)
    UNION ALL
    SELECT 'event ' || e.id, 'tells of a registration or use what is not there' FROM audit_event e
    WHERE (e.kind IN ('registration_received', 'registration_refused') AND NOT EXISTS (SELECT 1 FROM ivan_registration r WHERE r.id::text = e.detail ->> 'registration'))
       OR (e.kind IN ('registration_forwarded', 'registration_relayed') AND NOT EXISTS (SELECT 1 FROM ivan_registration_step s WHERE s.registration_id::text = e.detail ->> 'registration' AND e.kind = 'registration_' || s.step))
       OR (e.kind = 'registration_decided' AND NOT EXISTS (SELECT 1 FROM ivan_registration_decision d WHERE d.registration_id::text = e.detail ->> 'registration'))
       OR (e.kind = 'use_began' AND NOT EXISTS (SELECT 1 FROM ivan_use u WHERE u.id::text = e.detail ->> 'use'))
       OR (e.kind = 'use_ended' AND NOT EXISTS (SELECT 1 FROM ivan_use_end x WHERE x.use_id::text = e.detail ->> 'use'))
       OR (e.kind = 'use_policy_set' AND NOT EXISTS (SELECT 1 FROM ivan_use_policy p WHERE p.id::text = e.detail ->> 'policy'))
    LIMIT 20`);
}

/**
 * The same for clocks that ran out: none that did not, none twice. A step that comes late enters it in its own transaction; only what was late before
 * anything was entered at all may wait for the next round.
 */
export function findLatenessContradictions(query: Query): Promise<{ where: string; what: string }[]> {
  return query<{ where: string; what: string }>(`
    SELECT 'late ' || k.clock || ' of registration ' || k.registration_id AS "where", 'is not what was noticed' AS what FROM ivan_registration_late k
    WHERE NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.kind = 'registration_late' AND e.at = k.noticed_at AND e.detail ->> 'registration' = k.registration_id::text AND e.detail ->> 'clock' = k.clock
        AND (e.detail ->> 'dueAt')::timestamptz = k.due_at)
    UNION ALL
    SELECT 'late ' || k.clock || ' of registration ' || k.registration_id, 'was not late' FROM ivan_registration_late k JOIN ivan_registration r ON r.id = k.registration_id
    LEFT JOIN ivan_registration_decision d ON d.registration_id = r.id LEFT JOIN ivan_registration_step s ON s.registration_id = r.id AND s.step = CASE k.clock WHEN 'forward' THEN 'forwarded' ELSE 'relayed' END
    WHERE k.due_at IS DISTINCT FROM CASE k.clock WHEN 'forward' THEN r.forward_due_at WHEN 'decision' THEN r.decision_due_at ELSE d.relay_due_at END
       OR CASE k.clock WHEN 'forward' THEN coalesce(s.at, d.decided_at) WHEN 'decision' THEN d.decided_at ELSE s.at END <= k.due_at
    UNION ALL
    SELECT 'registration ' || r.id, v.clock || ' came late, which nobody entered' FROM ivan_registration r
    LEFT JOIN ivan_registration_decision d ON d.registration_id = r.id LEFT JOIN ivan_registration_step f ON f.registration_id = r.id AND f.step = 'forwarded'
    LEFT JOIN ivan_registration_step l ON l.registration_id = r.id AND l.step = 'relayed'
    CROSS JOIN LATERAL (VALUES ('forward', r.forward_due_at, coalesce(f.at, d.decided_at)), ('decision', r.decision_due_at, d.decided_at), ('relay', d.relay_due_at, l.at)) AS v (clock, due_at, done_at)
    WHERE r.outcome = 'received' AND v.done_at > v.due_at AND v.done_at > (SELECT min(k.noticed_at) FROM ivan_registration_late k)
      AND NOT EXISTS (SELECT 1 FROM ivan_registration_late k WHERE k.registration_id = r.id AND k.clock = v.clock)
    UNION ALL
    SELECT 'event ' || e.id, 'tells of a clock that did not run out' FROM audit_event e
    WHERE e.kind = 'registration_late' AND NOT EXISTS (SELECT 1 FROM ivan_registration_late k WHERE k.registration_id::text = e.detail ->> 'registration' AND k.clock = e.detail ->> 'clock' AND k.noticed_at = e.at)
    LIMIT 20`);
}
