// What an audit reads of the register of certificates: every entry, end and rule has the event that made it, and every such event its row.
import type { Query } from './database.ts';

/** Each row is a sentence. */
export async function findRegisterContradictions(query: Query): Promise<{ where: string; what: string }[]> {
  return query<{ where: string; what: string }>(`
    SELECT 'certificate entry ' || u.id AS "where", 'is not what was registered' AS what FROM unit_certificate u
    WHERE NOT EXISTS (
      SELECT 1 FROM audit_event e WHERE e.kind = 'certificate_registered' AND e.at = u.registered_at AND e.detail ->> 'registration' = u.id::text
        AND e.detail ->> 'agency' = u.agency AND e.detail ->> 'unitCode' = u.unit_code AND e.detail ->> 'fingerprint' = u.fingerprint
        AND e.detail ->> 'use' IS NOT DISTINCT FROM u.use_id::text
        AND (e.detail ->> 'validFrom')::timestamptz = u.valid_from AND (e.detail ->> 'validUntil')::timestamptz = u.valid_until)
    UNION ALL
    SELECT 'end of certificate entry ' || x.registration_id, 'is not what was recorded' FROM unit_certificate_end x
    WHERE NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.kind = 'certificate_ended' AND coalesce((e.detail ->> 'endedAt')::timestamptz, e.at) = x.ended_at AND e.at <= x.ended_at
        AND e.detail ->> 'registration' = x.registration_id::text)
    UNION ALL
    SELECT 'agency rule ' || p.id, 'is not what was decided' FROM agency_policy p
    WHERE NOT EXISTS (
      SELECT 1 FROM audit_event e WHERE e.kind = 'agency_policy_set' AND e.at = p.decided_at AND e.detail ->> 'policy' = p.id::text AND e.detail ->> 'agency' = p.agency
        AND (e.detail ->> 'effectiveFrom')::timestamptz = p.effective_from AND (e.detail ->> 'required')::boolean = p.registered_certificate_required)
    UNION ALL
    SELECT 'event ' || e.id, 'tells of an entry of a register that is not there' FROM audit_event e
    WHERE (e.kind = 'certificate_registered' AND NOT EXISTS (SELECT 1 FROM unit_certificate u WHERE u.id::text = e.detail ->> 'registration'))
       OR (e.kind = 'certificate_ended' AND NOT EXISTS (SELECT 1 FROM unit_certificate_end x WHERE x.registration_id::text = e.detail ->> 'registration'))
       OR (e.kind = 'agency_policy_set' AND NOT EXISTS (SELECT 1 FROM agency_policy p WHERE p.id::text = e.detail ->> 'policy'))
    LIMIT 20`);
}
