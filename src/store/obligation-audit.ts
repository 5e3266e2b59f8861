// What an audit reads of obligations and of the ledger of outages: due times follow their moves, every move, breach, statement, certificate and report has the
// event that made it and every such event its row; and the rows themselves, for whoever computes their dates again.
import type { Query } from './database.ts';
import type { NewMove, ObligationKind } from './obligations.ts';
import type { NewStatement, Outage } from './outages.ts';

/** Each row is a sentence. */
export async function findObligationContradictions(query: Query): Promise<{ where: string; what: string }[]> {
  return query<{ where: string; what: string }>(`
    SELECT 'obligation ' || o.id AS "where", 'is due at another time than its moves say' AS what FROM obligation o
    WHERE o.due_at <> coalesce((SELECT m.due_at FROM obligation_move m WHERE m.obligation_id = o.id ORDER BY m.id DESC LIMIT 1), o.first_due_at)
    UNION ALL
    SELECT 'move ' || m.id, 'does not begin where the one before ended' FROM obligation_move m JOIN obligation o ON o.id = m.obligation_id
    WHERE m.from_due_at <> coalesce((SELECT b.due_at FROM obligation_move b WHERE b.obligation_id = m.obligation_id AND b.id < m.id ORDER BY b.id DESC LIMIT 1), o.first_due_at)
    UNION ALL
    SELECT 'move ' || m.id, 'is not what was recorded' FROM obligation_move m
    WHERE m.reason <> 'agency-apology' AND NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.kind = CASE m.reason WHEN 'apology' THEN 'apology_sent' ELSE 'deadline_moved' END AND e.at = m.moved_at
        AND e.detail ->> 'move' = m.id::text AND (e.detail ->> 'dueAt')::timestamptz = m.due_at AND e.detail ->> 'basis' = m.basis)
    UNION ALL
    SELECT 'move ' || m.id, 'is of a deadline that did not fall into the outage' FROM obligation_move m JOIN obligation o ON o.id = m.obligation_id JOIN outage u ON u.id = m.outage_id
    WHERE NOT starts_with(o.agency, u.agency_prefix) OR NOT EXISTS (SELECT 1 FROM outage_statement s WHERE s.outage_id = u.id AND m.from_due_at BETWEEN s.started_at AND s.ended_at)
    UNION ALL
    SELECT 'obligation ' || o.id, 'is not what the dossier’s receipt says' FROM obligation o JOIN dossier d ON d.submission_id = o.submission_id JOIN submission s ON s.id = o.submission_id
    WHERE o.basis <> 'met-first' AND (o.agency <> d.agency OR (o.kind = 'result' AND o.first_due_at <> d.due_at) OR (o.kind IN ('acknowledge', 'forward', 'result') AND o.arisen_at <> s.received_at))
    UNION ALL
    SELECT 'submission ' || d.submission_id, 'owes no result' FROM dossier d
    WHERE NOT EXISTS (SELECT 1 FROM obligation o WHERE o.submission_id = d.submission_id AND o.kind = 'result') AND NOT EXISTS (SELECT 1 FROM result t WHERE t.submission_id = d.submission_id)
    UNION ALL
    SELECT 'submission ' || o.submission_id, 'is answered and owes its result' FROM obligation o JOIN result t ON t.submission_id = o.submission_id WHERE o.kind = 'result' AND o.met_at IS DISTINCT FROM t.answered_at
    UNION ALL
    SELECT 'statement ' || s.id, 'is not what was recorded' FROM outage_statement s JOIN outage u ON u.id = s.outage_id
    WHERE NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.kind = 'outage_' || s.kind AND e.at = s.issued_at AND e.detail ->> 'statement' = s.id::text AND e.detail ->> 'outage' = u.reference AND e.detail ->> 'actor' = s.actor)
    UNION ALL
    SELECT 'outage ' || u.reference, 'did not begin with one statement' FROM outage u WHERE (SELECT count(*) FROM outage_statement s WHERE s.outage_id = u.id AND s.kind = 'began') <> 1
    UNION ALL
    SELECT 'certificate ' || c.id, 'is not of its move' FROM outage_certificate c JOIN obligation_move m ON m.id = c.move_id
    WHERE c.outage_id <> m.outage_id OR c.deadline <> m.from_due_at OR c.extended_until <> m.due_at OR c.basis <> m.basis
    UNION ALL
    SELECT 'certificate ' || c.id, 'is not what was recorded' FROM outage_certificate c
    WHERE c.move_id IS NULL AND NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.kind = 'outage_certified' AND e.at = c.issued_at AND e.detail ->> 'certificate' = c.id::text AND (e.detail ->> 'extendedUntil')::timestamptz = c.extended_until)
    UNION ALL
    SELECT 'paper filing ' || p.id, 'is not what was reported' FROM paper_filing p
    WHERE NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.kind = 'paper_reported' AND e.at = p.reported_at AND e.detail ->> 'paperFiling' = p.id::text AND e.detail ->> 'paperNumber' = p.paper_number AND e.detail ->> 'actor' = p.actor)
    UNION ALL
    SELECT 'paper filing ' || m.paper_filing_id, 'is tied to a dossier of something else' FROM paper_filing_met m JOIN paper_filing p ON p.id = m.paper_filing_id JOIN dossier d ON d.submission_id = m.submission_id
    WHERE (p.agency, p.unit_code, p.procedure, p.period) IS DISTINCT FROM (d.agency, d.unit_code, d.procedure, d.period)
       OR NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.kind = 'resend_met' AND e.submission_id = m.submission_id AND e.detail ->> 'paperFiling' = p.id::text)
    UNION ALL
    SELECT 'maintenance ' || n.id, 'is not what was announced' FROM maintenance n
    WHERE NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.kind = 'maintenance_announced' AND e.at = n.announced_at AND e.detail ->> 'maintenance' = n.id::text AND e.detail ->> 'ivan' = n.ivan_code
        AND (e.detail ->> 'from')::timestamptz = n.starts_at AND (e.detail ->> 'until')::timestamptz = n.ends_at AND e.detail ->> 'actor' = n.actor)
    UNION ALL
    SELECT 'event ' || e.id, 'tells of what is not there' FROM audit_event e
    WHERE (e.kind IN ('apology_sent', 'deadline_moved') AND NOT EXISTS (SELECT 1 FROM obligation_move m WHERE m.id::text = e.detail ->> 'move'))
       OR (e.kind = 'deadline_missed' AND NOT EXISTS (SELECT 1 FROM obligation_breach b WHERE b.obligation_id::text = e.detail ->> 'obligation' AND b.breached_at = e.at AND b.due_at = (e.detail ->> 'dueAt')::timestamptz))
       OR (e.kind IN ('outage_began', 'outage_ended', 'outage_corrected') AND NOT EXISTS (SELECT 1 FROM outage_statement s WHERE s.id::text = e.detail ->> 'statement' AND e.kind = 'outage_' || s.kind))
       OR (e.kind IN ('paper_reported', 'resend_demanded') AND NOT EXISTS (SELECT 1 FROM paper_filing p WHERE p.id::text = e.detail ->> 'paperFiling'))
       OR (e.kind = 'resend_met' AND NOT EXISTS (SELECT 1 FROM paper_filing_met m WHERE m.paper_filing_id::text = e.detail ->> 'paperFiling' AND m.submission_id = e.submission_id))
       OR (e.kind = 'outage_certified' AND NOT EXISTS (SELECT 1 FROM outage_certificate c WHERE c.id::text = e.detail ->> 'certificate'))
       OR (e.kind = 'maintenance_announced' AND NOT EXISTS (SELECT 1 FROM maintenance n WHERE n.id::text = e.detail ->> 'maintenance'))
    LIMIT 20`);
}

export interface AuditedObligation {
  readonly id: string;
  readonly kind: Exclude<ObligationKind, 'supplement'>;
  readonly arisenAt: Date;
  readonly firstDueAt: Date;
  readonly basis: string;
}

/** A page of those whose dates a rule set gave, in the order of their rows. */
export function obligationsToAudit(query: Query, after: string, most: number): Promise<AuditedObligation[]> {
  return query<AuditedObligation>(
    `SELECT id, kind, arisen_at AS "arisenAt", first_due_at AS "firstDueAt", basis FROM obligation WHERE id > $1 AND kind NOT IN ('result', 'supplement') AND basis NOT IN ('migration', 'met-first') ORDER BY id LIMIT $2`,
    [after, most],
  );
}

export interface AuditedMove extends NewMove {
  readonly id: string;
  readonly kind: ObligationKind;
  readonly arisenAt: Date;
  readonly firstDueAt: Date;
  readonly digest: string | null;
  readonly transactionCode: string | null;
  readonly dossierNumber: string | null;
  readonly agency: string;
  readonly procedure: string;
  readonly period: string;
  readonly unitName: string;
  readonly unitCode: string;
  readonly taxCode: string;
  readonly receivedAt: Date;
  /** The ends that any statement gave the outage. */
  readonly ends: readonly string[] | null;
  readonly certificate: Buffer | null;
  readonly isErased: boolean;
}

export function movesToAudit(query: Query, after: string, most: number): Promise<AuditedMove[]> {
  return query<AuditedMove>(
    `SELECT m.id, m.obligation_id AS "obligationId", m.from_due_at AS "fromDueAt", m.due_at AS "dueAt", m.reason, m.basis, m.outage_id AS "outageId", m.moved_at AS "movedAt", m.notice, o.kind, o.arisen_at AS "arisenAt", o.first_due_at AS "firstDueAt", o.agency,
            s.digest, s.transaction_code AS "transactionCode", d.number AS "dossierNumber", coalesce(d.procedure, p.procedure) AS procedure, coalesce(d.period, p.period) AS period, coalesce(d.unit_name, '') AS "unitName",
            coalesce(d.unit_code, p.unit_code) AS "unitCode", coalesce(d.tax_code, '') AS "taxCode", coalesce(s.received_at, o.arisen_at) AS "receivedAt",
            (SELECT array_agg(t.ended_at::text ORDER BY t.id) FROM outage_statement t WHERE t.outage_id = m.outage_id AND t.ended_at IS NOT NULL) AS ends, c.body AS certificate, EXISTS (SELECT 1 FROM erasure x WHERE x.submission_id = o.submission_id) AS "isErased"
     FROM obligation_move m JOIN obligation o ON o.id = m.obligation_id LEFT JOIN submission s ON s.id = o.submission_id LEFT JOIN dossier d ON d.submission_id = o.submission_id
     LEFT JOIN paper_filing p ON p.id = o.paper_filing_id LEFT JOIN outage_certificate c ON c.move_id = m.id WHERE m.id > $1 ORDER BY m.id LIMIT $2`,
    [after, most],
  );
}

export type AuditedStatement = NewStatement & Pick<Outage, 'id' | 'reference' | 'scope' | 'agencyPrefix' | 'ivanCode'>;

export function statementsToAudit(query: Query, after: string, most: number): Promise<AuditedStatement[]> {
  return query<AuditedStatement>(
    `SELECT s.id, s.outage_id AS "outageId", s.kind, s.cause_vi AS "causeVi", s.cause_en AS "causeEn", s.started_at AS "startedAt", s.ended_at AS "endedAt", s.reason, s.actor, s.issued_at AS "issuedAt", s.body,
            u.reference, u.scope, u.agency_prefix AS "agencyPrefix", u.ivan_code AS "ivanCode"
     FROM outage_statement s JOIN outage u ON u.id = s.outage_id WHERE s.id > $1 ORDER BY s.id LIMIT $2`,
    [after, most],
  );
}

export interface AuditedCertificate {
  readonly id: string;
  readonly isErased: boolean;
  readonly body: Buffer;
  readonly reference: string;
  readonly scope: Outage['scope'];
  readonly agencyPrefix: string;
  readonly ivanCode: string | null;
  readonly agency: string;
  readonly unitCode: string;
  readonly unitName: string;
  readonly taxCode: string;
  readonly procedure: string;
  readonly period: string;
  readonly deadline: Date;
  readonly extendedUntil: Date;
  readonly basis: string;
  readonly issuedAt: Date;
  /** All three null for a unit that could not file. */
  readonly receivedAt: Date | null;
  readonly digest: string | null;
  readonly dossierNumber: string | null;
  /** What was said of the outage, the newest first; instants as texts. */
  readonly statements: readonly { readonly causeVi: string; readonly causeEn: string; readonly startedAt: string; readonly endedAt: string | null }[];
}

export function certificatesToAudit(query: Query, after: string, most: number): Promise<AuditedCertificate[]> {
  return query<AuditedCertificate>(
    `SELECT c.id, EXISTS (SELECT 1 FROM erasure x WHERE x.submission_id = c.submission_id) AS "isErased", c.body, u.reference, u.scope, u.agency_prefix AS "agencyPrefix", u.ivan_code AS "ivanCode", c.agency, c.unit_code AS "unitCode", coalesce(d.unit_name, '') AS "unitName", coalesce(d.tax_code, '') AS "taxCode",
            c.procedure, c.period, c.deadline, c.extended_until AS "extendedUntil", c.basis, c.issued_at AS "issuedAt", s.received_at AS "receivedAt", s.digest, d.number AS "dossierNumber",
            (SELECT jsonb_agg(jsonb_build_object('causeVi', t.cause_vi, 'causeEn', t.cause_en, 'startedAt', t.started_at, 'endedAt', t.ended_at) ORDER BY t.id DESC) FROM outage_statement t WHERE t.outage_id = u.id) AS statements
     FROM outage_certificate c JOIN outage u ON u.id = c.outage_id LEFT JOIN submission s ON s.id = c.submission_id LEFT JOIN dossier d ON d.submission_id = c.submission_id WHERE c.id > $1 ORDER BY c.id LIMIT $2`,
    [after, most],
  );
}
