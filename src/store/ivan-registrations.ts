// Statements over forms 04, 05 and 06 as I-VANs sent them: receptions, steps and decisions. Only ever inserted, each with an audit event of the same
// transaction.
import type { Finding } from '../errors/outcomes.ts';
import type { Query } from './database.ts';
import { insertEvents } from './events.ts';
import type { SenderFacts } from './tables.ts';
import { tieExpression } from './unit-ties.ts';
import type { UnitTie } from './unit-ties.ts';

/** What a form says, in JSON; `signer` is null when the employer's certificate is not trusted. */
export interface DeclaredUse {
  readonly form: '04-IVAN' | '05-IVAN' | '06-IVAN';
  readonly unitName: string;
  readonly unitCode: string;
  readonly taxCode: string;
  readonly agency: string;
  readonly email: string;
  readonly filedOn: string;
  readonly effectiveOn: string;
  readonly reason: string;
  readonly certificates: readonly DeclaredCertificate[];
  readonly signer: { readonly fingerprint: string; readonly serialNumber: string; readonly subject: string; readonly notBefore: string; readonly notAfter: string } | null;
}

export interface DeclaredCertificate {
  readonly serial: string;
  readonly from: string;
  readonly until: string;
  readonly isWithdrawn: boolean;
}

/** What the registers said when a form came. */
export interface UseFacts {
  /** The unit's use of this I-VAN that had not ended, and the tax code it is under. */
  readonly use: string | null;
  readonly useTaxCode: string | null;
  /** When that use ends, where a stop that lies ahead was accepted. */
  readonly ending: string | null;
  /** Another form of the unit, under the same tax code, with this I-VAN that waited for its decision. */
  readonly pending: string | null;
  /** An earlier reception of the same signed content that was not refused. */
  readonly repeated: string | null;
  /** dd/MM/yyyy of the last accepted form. */
  readonly lastDay: string | null;
  /** The register entry of the employer's signing certificate. */
  readonly certificate: string | null;
  /** By what the unit code is known to be the tax code's. */
  readonly tie: UnitTie | null;
  readonly ivanTaxCode: string | null;
  /** The contract's entry of the I-VAN's signing certificate. */
  readonly ivanCertificate: string | null;
}

export interface RegistrationRow {
  readonly id: string;
  readonly digest: string;
  readonly ivanCode: string;
  readonly senderFacts: SenderFacts;
  readonly receivedAt: Date;
  readonly outcome: 'received' | 'refused';
  readonly form: string | null;
  readonly declared: DeclaredUse | null;
  readonly findings: readonly Finding[];
  readonly signatures: readonly unknown[];
  readonly facts: UseFacts | null;
  readonly contentDigest: string | null;
  readonly transactionCode: string;
  readonly ruleSetDigest: string;
  readonly trustDigest: string;
  readonly forwardDueAt: Date | null;
  readonly decisionDueAt: Date | null;
  readonly receipt: Buffer;
  readonly body: Buffer;
}

const ID = /^\d{1,18}$/;
const columns = `r.id, r.digest, r.ivan_code AS "ivanCode", r.sender_facts AS "senderFacts", r.received_at AS "receivedAt", r.outcome, r.form, r.declared, r.findings, r.signatures,
  r.facts, r.content_digest AS "contentDigest", r.transaction_code AS "transactionCode", r.rule_set_digest AS "ruleSetDigest", r.trust_digest AS "trustDigest",
  r.forward_due_at AS "forwardDueAt", r.decision_due_at AS "decisionDueAt", r.receipt, r.body`;

export async function findByDigest(query: Query, digest: string, ivanCode: string): Promise<RegistrationRow | undefined> {
  const [found] = await query<RegistrationRow>(`SELECT ${columns} FROM ivan_registration r WHERE r.digest = $1 AND r.ivan_code = $2`, [digest, ivanCode]);
  return found;
}

/** `id` is anything a caller wrote; what is no number is nobody's. */
export async function findById(query: Query, id: string): Promise<RegistrationRow | undefined> {
  if (!ID.test(id)) return undefined;
  const [found] = await query<RegistrationRow>(`SELECT ${columns} FROM ivan_registration r WHERE r.id = $1::bigint`, [id]);
  return found;
}

/** A page in the order of reception, after a row. */
export function registrationsAfter(query: Query, after: string, count: number): Promise<RegistrationRow[]> {
  return query<RegistrationRow>(`SELECT ${columns} FROM ivan_registration r WHERE r.id > $1 ORDER BY r.id LIMIT $2`, [after, count]);
}

/** An id for a form that is not there; the same bytes of this I-VAN wait until the transaction ends. Undefined when they are there already. */
export async function claimRegistration(query: Query, digest: string, ivanCode: string): Promise<string | undefined> {
  await query(`SELECT pg_advisory_xact_lock(hashtextextended('registration ' || $1 || ' ' || $2, 0))`, [digest, ivanCode]);
  const [claimed] = await query<{ id: string }>(`SELECT nextval(pg_get_serial_sequence('ivan_registration', 'id')) AS id WHERE NOT EXISTS (SELECT 1 FROM ivan_registration WHERE digest = $1 AND ivan_code = $2)`, [digest, ivanCode]);
  return claimed?.id;
}

/** `id`: claimed. */
export async function insertRegistration(query: Query, row: RegistrationRow): Promise<void> {
  const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
  await query(
    `INSERT INTO ivan_registration (id, digest, ivan_code, sender_facts, received_at, outcome, form, declared, findings, signatures, facts, content_digest, transaction_code,
       rule_set_digest, trust_digest, forward_due_at, decision_due_at, receipt, body)
     OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
    [row.id, row.digest, row.ivanCode, json(row.senderFacts), row.receivedAt, row.outcome, row.form, json(row.declared), json(row.findings), json(row.signatures), json(row.facts), row.contentDigest, row.transactionCode,
      row.ruleSetDigest, row.trustDigest, row.forwardDueAt, row.decisionDueAt, row.receipt, row.body],
  );
  const detail = { registration: row.id, digest: row.digest, ivanCode: row.ivanCode, form: row.form };
  await insertEvents(query, [{ at: row.receivedAt, kind: row.outcome === 'received' ? 'registration_received' : 'registration_refused', submissionId: null, detail }]);
}

/** False when the step was taken before. */
export async function insertStep(query: Query, id: string, step: 'forwarded' | 'relayed', actor: string, at: Date): Promise<boolean> {
  const rows = await query('INSERT INTO ivan_registration_step (registration_id, step, actor, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING step', [id, step, actor, at]);
  if (rows.length === 0) return false;
  await insertEvents(query, [{ at, kind: `registration_${step}`, submissionId: null, detail: { registration: id, actor } }]);
  return true;
}

/** What an accepted form did to the register of certificates. */
export interface Effects {
  readonly registered: readonly { readonly entry: string; readonly fingerprint: string; readonly serial: string; readonly from: string; readonly until: string }[];
  /** Entries of the register. */
  readonly ended: readonly string[];
  /** Serial numbers that the form lists and of which no certificate was at hand. */
  readonly missing: readonly string[];
}

/** What stands with an accepted form 04; `operator`: nothing tied the unit code to the tax code, and the operator vouched for it. */
export type RecordedTie = UnitTie | { readonly source: 'operator'; readonly grounds: string };

export interface DecisionRow {
  readonly registrationId: string;
  readonly decision: 'accepted' | 'refused';
  readonly reason: string | null;
  readonly actor: string;
  readonly decidedAt: Date;
  readonly effectiveAt: Date | null;
  readonly relayDueAt: Date;
  readonly effects: Effects;
  /** Null but for an accepted form 04, and for those decided before ties were recorded. */
  readonly unitTie: RecordedTie | null;
  readonly trustDigest: string;
  readonly notice: Buffer;
}

export async function findDecision(query: Query, id: string): Promise<DecisionRow | undefined> {
  const [found] = await query<DecisionRow>(
    `SELECT registration_id AS "registrationId", decision, reason, actor, decided_at AS "decidedAt", effective_at AS "effectiveAt", relay_due_at AS "relayDueAt", effects,
       unit_tie AS "unitTie", trust_digest AS "trustDigest", notice FROM ivan_registration_decision WHERE registration_id = $1`,
    [id],
  );
  return found;
}

export async function insertDecision(query: Query, row: DecisionRow): Promise<void> {
  const { registrationId, decision, reason, actor, decidedAt, effectiveAt, relayDueAt, effects, unitTie, trustDigest, notice } = row;
  const tie = unitTie && JSON.stringify(unitTie);
  await query(
    `INSERT INTO ivan_registration_decision (registration_id, decision, reason, actor, decided_at, effective_at, relay_due_at, effects, unit_tie, trust_digest, notice)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [registrationId, decision, reason, actor, decidedAt, effectiveAt, relayDueAt, JSON.stringify(effects), tie, trustDigest, notice],
  );
  const detail = { registration: registrationId, decision, reason, actor, effectiveAt: effectiveAt?.toISOString() ?? null, relayDueAt: relayDueAt.toISOString(), effects: JSON.stringify(effects), unitTie: tie };
  await insertEvents(query, [{ at: decidedAt, kind: 'registration_decided', submissionId: null, detail }]);
}

export interface RegistrationStatus extends Omit<RegistrationRow, 'receipt' | 'body' | 'signatures' | 'senderFacts'> {
  readonly forwardedAt: Date | null;
  readonly decision: DecisionRow['decision'] | null;
  readonly reason: string | null;
  readonly decidedAt: Date | null;
  readonly decidedBy: string | null;
  readonly effectiveAt: Date | null;
  readonly relayDueAt: Date | null;
  readonly relayedAt: Date | null;
  /** Of an accepted form 04 as recorded; of one that waits for its decision by what is known now. */
  readonly unitTie: RecordedTie | null;
  /** Forms of the same unit under another tax code that wait for their decision as well. */
  readonly rivals: readonly string[];
}

export interface StatusFilter {
  readonly id?: string | undefined;
  readonly ivanCode?: string | undefined;
  readonly agency?: string | undefined;
  readonly unitCode?: string | undefined;
  readonly after?: string | undefined;
}

const tieNow = tieExpression({
  agency: "(r.declared ->> 'agency')", unitCode: "(r.declared ->> 'unitCode')", taxCode: "(r.declared ->> 'taxCode')", fingerprint: "(r.declared -> 'signer' ->> 'fingerprint')", at: '$7::timestamptz', knownBy: 'NULL',
});

/** Where forms stand, in the order of their reception. */
export async function listRegistrationStatus(query: Query, { id, ivanCode, agency, unitCode, after }: StatusFilter, at: Date, count: number): Promise<RegistrationStatus[]> {
  if (id !== undefined && !ID.test(id)) return [];
  return query<RegistrationStatus>(
    `SELECT r.id, r.digest, r.ivan_code AS "ivanCode", r.received_at AS "receivedAt", r.outcome, r.form, r.declared, r.findings, r.facts, r.content_digest AS "contentDigest",
       r.transaction_code AS "transactionCode", r.rule_set_digest AS "ruleSetDigest", r.trust_digest AS "trustDigest", r.forward_due_at AS "forwardDueAt",
       r.decision_due_at AS "decisionDueAt", f.at AS "forwardedAt", d.decision, d.reason, d.decided_at AS "decidedAt", d.actor AS "decidedBy", d.effective_at AS "effectiveAt",
       d.relay_due_at AS "relayDueAt", l.at AS "relayedAt",
       CASE WHEN d.registration_id IS NOT NULL THEN d.unit_tie WHEN r.outcome = 'received' AND r.form = '04-IVAN' THEN ${tieNow} END AS "unitTie",
       (SELECT coalesce(jsonb_agg(o.id::text ORDER BY o.id), '[]') FROM ivan_registration o WHERE r.outcome = 'received' AND d.registration_id IS NULL AND o.outcome = 'received'
          AND o.declared ->> 'agency' = r.declared ->> 'agency' AND o.declared ->> 'unitCode' = r.declared ->> 'unitCode' AND o.declared ->> 'taxCode' <> r.declared ->> 'taxCode'
          AND NOT EXISTS (SELECT 1 FROM ivan_registration_decision od WHERE od.registration_id = o.id)) AS rivals
     FROM ivan_registration r LEFT JOIN ivan_registration_decision d ON d.registration_id = r.id
     LEFT JOIN ivan_registration_step f ON f.registration_id = r.id AND f.step = 'forwarded' LEFT JOIN ivan_registration_step l ON l.registration_id = r.id AND l.step = 'relayed'
     WHERE ($1::bigint IS NULL OR r.id = $1) AND ($2::text IS NULL OR r.ivan_code = $2) AND ($3::text IS NULL OR r.declared ->> 'agency' = $3)
       AND ($4::text IS NULL OR r.declared ->> 'unitCode' = $4) AND ($5::bigint IS NULL OR r.id > $5) ORDER BY r.id LIMIT $6`,
    [id ?? null, ivanCode ?? null, agency ?? null, unitCode ?? null, after ?? null, count, at],
  );
}
