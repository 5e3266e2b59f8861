// What an audit reads of I-VANs' contracts: every change, answer and certificate has the event that made it and every such event its row; carried-over
// contracts are what was last registered before; and the histories, for whoever knows which steps there are.
import type { ContractChange } from './contracts.ts';
import type { Query } from './database.ts';

/** Each row is a sentence. */
export async function findContractContradictions(query: Query): Promise<{ where: string; what: string }[]> {
  return query<{ where: string; what: string }>(`
    SELECT 'contract change ' || h.id AS "where", 'is not what was recorded' AS what FROM ivan_contract_change h LEFT JOIN ivan_contract c ON c.id = h.contract_id
    WHERE NOT EXISTS (
      SELECT 1 FROM audit_event e WHERE e.kind = 'contract_changed' AND e.at = h.changed_at AND e.detail ->> 'change' = h.id::text AND e.detail ->> 'contract' = c.number
        AND e.detail ->> 'ivanCode' = c.ivan_code AND (NOT e.detail ? 'name' OR (e.detail ->> 'name' = c.name AND e.detail ->> 'taxCode' IS NOT DISTINCT FROM c.tax_code)) AND e.detail ->> 'action' = h.action AND e.detail ->> 'state' = h.state AND e.detail ->> 'actor' = h.actor
        AND e.detail ->> 'reason' IS NOT DISTINCT FROM h.reason AND (e.detail ->> 'terms')::jsonb IS NOT DISTINCT FROM h.terms
        AND (e.detail ->> 'validFrom')::timestamptz IS NOT DISTINCT FROM h.valid_from AND (e.detail ->> 'validUntil')::timestamptz IS NOT DISTINCT FROM h.valid_until)
    UNION ALL
    SELECT 'contract ' || c.number, 'was carried over otherwise than it was last registered'
    FROM ivan_contract c JOIN ivan_contract_change h ON h.contract_id = c.id AND h.action = 'carry_over' JOIN ivan_certificate t ON t.contract_id = c.id AND t.actor = 'migration'
    WHERE NOT EXISTS (
      SELECT 1 FROM (SELECT e.detail FROM audit_event e WHERE e.kind = 'contract_registered' AND e.detail ->> 'fingerprint' = t.fingerprint ORDER BY e.id DESC LIMIT 1) last
      WHERE last.detail ->> 'ivanCode' = c.ivan_code AND last.detail ->> 'state' = h.state
        AND (last.detail ->> 'validFrom')::timestamptz = h.valid_from AND (last.detail ->> 'validUntil')::timestamptz = h.valid_until)
    UNION ALL
    SELECT 'contract ' || c.number, 'has no history' FROM ivan_contract c WHERE NOT EXISTS (SELECT 1 FROM ivan_contract_change h WHERE h.contract_id = c.id)
    UNION ALL
    SELECT 'checklist answer ' || a.id, 'is not what was answered' FROM ivan_checklist_answer a LEFT JOIN ivan_contract c ON c.id = a.contract_id
    WHERE NOT EXISTS (
      SELECT 1 FROM audit_event e WHERE e.kind = 'contract_checked' AND e.at = a.answered_at AND e.detail ->> 'answer' = a.id::text AND e.detail ->> 'contract' = c.number
        AND e.detail ->> 'item' = a.item AND (e.detail ->> 'met')::boolean = a.met AND e.detail ->> 'evidence' = a.evidence AND e.detail ->> 'actor' = a.actor)
    UNION ALL
    SELECT 'I-VAN certificate ' || t.id, 'is not what was registered' FROM ivan_certificate t LEFT JOIN ivan_contract c ON c.id = t.contract_id
    WHERE NOT EXISTS (
      SELECT 1 FROM audit_event e WHERE e.kind = 'contract_certificate_registered' AND e.at = t.registered_at AND e.detail ->> 'certificate' = t.id::text
        AND e.detail ->> 'contract' = c.number AND e.detail ->> 'fingerprint' = t.fingerprint AND e.detail ->> 'purpose' = t.purpose AND e.detail ->> 'actor' = t.actor
        AND (e.detail ->> 'validFrom')::timestamptz IS NOT DISTINCT FROM t.valid_from AND (e.detail ->> 'validUntil')::timestamptz IS NOT DISTINCT FROM t.valid_until)
    UNION ALL
    SELECT 'end of I-VAN certificate ' || x.certificate_id, 'is not what was recorded' FROM ivan_certificate_end x
    WHERE NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.kind = 'contract_certificate_ended' AND e.at = x.ended_at AND e.detail ->> 'certificate' = x.certificate_id::text AND e.detail ->> 'actor' = x.actor)
    UNION ALL
    SELECT 'event ' || e.id, 'tells of a contract what is not there' FROM audit_event e
    WHERE (e.kind = 'contract_changed' AND NOT EXISTS (SELECT 1 FROM ivan_contract_change h WHERE h.id::text = e.detail ->> 'change'))
       OR (e.kind = 'contract_checked' AND NOT EXISTS (SELECT 1 FROM ivan_checklist_answer a WHERE a.id::text = e.detail ->> 'answer'))
       OR (e.kind = 'contract_certificate_registered' AND NOT EXISTS (SELECT 1 FROM ivan_certificate t WHERE t.id::text = e.detail ->> 'certificate'))
       OR (e.kind = 'contract_certificate_ended' AND NOT EXISTS (SELECT 1 FROM ivan_certificate_end x WHERE x.certificate_id::text = e.detail ->> 'certificate'))
    UNION ALL
    SELECT 'submission ' || s.id, 'does not say which step of a contract counted, though an earlier one does' FROM submission s
    WHERE s.sender_facts ->> 'kind' = 'ivan' AND s.sender_facts #> '{contract,change}' IS NULL
      AND s.id > (SELECT min(f.id) FROM submission f WHERE f.sender_facts #> '{contract,change}' IS NOT NULL)
    LIMIT 20`);
}

export type HistoryRow = Pick<ContractChange, 'contractId' | 'number' | 'sequence' | 'action' | 'state' | 'actor' | 'reason' | 'changedAt'>;

/** All histories, one contract after the other. */
export function findHistories(query: Query): Promise<HistoryRow[]> {
  return query<HistoryRow>(
    `SELECT c.id AS "contractId", c.number, h.sequence, h.action, h.state, h.actor, h.reason, h.changed_at AS "changedAt"
     FROM ivan_contract_change h JOIN ivan_contract c ON c.id = h.contract_id ORDER BY c.id, h.sequence`,
  );
}

export interface QuotedChange extends ContractChange {
  /** When the next step of the same contract was recorded. */
  readonly overtakenAt: Date | null;
}

export async function findChanges(query: Query, ids: readonly string[]): Promise<ReadonlyMap<string, QuotedChange>> {
  const found = await query<QuotedChange>(
    `SELECT c.id AS "contractId", c.number, c.ivan_code AS "ivanCode", c.name, c.tax_code AS "taxCode", h.id, h.sequence, h.action, h.state, h.valid_from AS "validFrom",
       h.valid_until AS "validUntil", h.terms, h.reason, h.actor, h.changed_at AS "changedAt",
       (SELECT n.changed_at FROM ivan_contract_change n WHERE n.contract_id = h.contract_id AND n.sequence = h.sequence + 1) AS "overtakenAt"
     FROM ivan_contract_change h JOIN ivan_contract c ON c.id = h.contract_id WHERE h.id = ANY ($1::bigint[])`,
    [ids.filter((id) => /^\d{1,18}$/.test(id))],
  );
  return new Map(found.map((change) => [change.id, change]));
}
