// Statements over the units' use of I-VANs: what holds of a unit at an instant, who asks for it, and what a decision changes. Only ever inserted, each
// with an audit event of the same transaction. `knownBy` leaves out what was entered later, for an audit.
import type { Database, Query } from './database.ts';
import { insertEvents } from './events.ts';
import { askMany } from './many.ts';
import type { UseFacts } from './ivan-registrations.ts';
import { signsForIvan } from './ivan-certificates.ts';
import type { UseOfIvanFacts } from './tables.ts';
import { tieExpression } from './unit-ties.ts';

export interface UnitQuestion {
  readonly agency: string;
  readonly unitCode: string;
  readonly taxCode: string;
  readonly ivanCode: string;
  /** Null where the I-VAN's signature is not asked about. */
  readonly contractId: string | null;
  /** SHA-256 of the employer's and the I-VAN's signing certificate, hex. */
  readonly fingerprint: string;
  readonly ivanFingerprint: string;
  readonly contentDigest: string;
}

/** Forms of one unit are received and decided one after the other. */
export async function lockUnit(query: Query, { agency, unitCode }: Pick<UnitQuestion, 'agency' | 'unitCode'>): Promise<void> {
  await query('SELECT pg_advisory_xact_lock(hashtextextended($1, 993))', [`${agency} ${unitCode}`]);
}

/** Uses of the unit that had not ended at $3, by what was recorded until $4. */
const openUses = (ofUnit: string): string => `
  SELECT u.*, x.ended_at FROM ivan_use u JOIN ivan_registration_decision b ON b.registration_id = u.registration_id LEFT JOIN ivan_use_end x ON x.use_id = u.id AND ($4::timestamptz IS NULL OR x.recorded_at <= $4)
  WHERE u.agency = $1 AND ${ofUnit} AND ($4::timestamptz IS NULL OR b.decided_at <= $4) AND (x.ended_at IS NULL OR x.ended_at > $3)`;

/** Of the unit code $2, or, where a dossier names none, of the tax code $6, which a branch writes with and without its hyphen. */
const ofDossier = "(u.unit_code = $2 OR ($2::text IS NULL AND replace(u.tax_code, '-', '') = replace($6::text, '-', '')))";

/** What the registers say of a unit; `own` is the form itself when it is there already. */
export async function findUseFacts(query: Query, question: UnitQuestion, at: Date, knownBy: Date | null = null, own: string | null = null): Promise<UseFacts> {
  const { agency, unitCode, taxCode, ivanCode, contractId, fingerprint, ivanFingerprint, contentDigest } = question;
  const [found] = await query<Omit<UseFacts, 'ivanCertificate'>>(
    `WITH forms AS (
       SELECT r.id, r.ivan_code, r.content_digest, r.declared, d.decision, d.decided_at FROM ivan_registration r
       LEFT JOIN ivan_registration_decision d ON d.registration_id = r.id AND ($4::timestamptz IS NULL OR d.decided_at <= $4)
       WHERE r.outcome = 'received' AND r.declared ->> 'agency' = $1 AND r.declared ->> 'unitCode' = $2 AND ($4::timestamptz IS NULL OR r.received_at <= $4) AND r.id IS DISTINCT FROM $9::bigint),
     open AS (${openUses('u.unit_code = $2')} AND u.ivan_code = $5 ORDER BY u.id DESC LIMIT 1)
     SELECT (SELECT id FROM open) AS use, (SELECT tax_code FROM open) AS "useTaxCode",
       (SELECT to_char(ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') FROM open) AS ending,
       (SELECT min(id) FROM forms WHERE ivan_code = $5 AND decision IS NULL AND declared ->> 'taxCode' = $10) AS pending,
       (SELECT min(id) FROM forms WHERE content_digest = $7 AND decision IS DISTINCT FROM 'refused') AS repeated,
       (SELECT declared ->> 'filedOn' FROM forms WHERE ivan_code = $5 AND decision = 'accepted' ORDER BY to_date(declared ->> 'filedOn', 'DD/MM/YYYY') DESC, id DESC LIMIT 1) AS "lastDay",
       (SELECT u.id FROM unit_certificate u
        WHERE u.agency = $1 AND u.unit_code = $2 AND u.fingerprint = $6 AND u.valid_from <= $3 AND u.valid_until > $3 AND ($4::timestamptz IS NULL OR u.registered_at <= $4)
          AND NOT EXISTS (SELECT 1 FROM unit_certificate_end e WHERE e.registration_id = u.id AND e.ended_at <= $3 AND ($4::timestamptz IS NULL OR e.ended_at <= $4)) ORDER BY u.id LIMIT 1) AS certificate,
       ${tieExpression({ agency: '$1', unitCode: '$2', taxCode: '$10', fingerprint: '$6', at: '$3', knownBy: '$4' })} AS tie,
       (SELECT tax_code FROM ivan_contract WHERE id = $8) AS "ivanTaxCode"`,
    [agency, unitCode, at, knownBy, ivanCode, fingerprint, contentDigest, contractId, own, taxCode],
  );
  if (found === undefined) throw new Error('a question without an answer');
  return { ...found, ivanCertificate: contractId === null ? null : await signsForIvan(query, contractId, ivanFingerprint, at, knownBy) };
}

export interface DossierQuestion {
  readonly agency: string;
  /** Null at a first registration: the unit is known by its tax code then, and need not have registered a use, but may have stopped one. */
  readonly unitCode: string | null;
  readonly taxCode: string;
  readonly ivanCode: string;
}

/** Of agency $1, unit $2, tax code $6 and I-VAN $5 at the instant $3, by what was recorded until $4. */
const useSaid = `WITH open AS (${openUses(ofDossier)} AND u.began_at <= $3),
     stops AS (SELECT u.id, u.ivan_code, x.ended_at FROM ivan_use u JOIN ivan_use_end x ON x.use_id = u.id
       WHERE u.agency = $1 AND ${ofDossier} AND x.ended_at <= $3 AND ($4::timestamptz IS NULL OR x.recorded_at <= $4)),
     policy AS (SELECT id, registered_use_required AS required FROM ivan_use_policy
       WHERE agency = $1 AND effective_from <= $3 AND ($4::timestamptz IS NULL OR decided_at <= $4) ORDER BY effective_from DESC, id DESC LIMIT 1),
     own AS (SELECT min(id) AS id FROM open WHERE ivan_code = $5),
     stop AS (SELECT id, ended_at FROM stops WHERE (SELECT id FROM own) IS NULL AND (ivan_code = $5 OR NOT EXISTS (SELECT 1 FROM open)) ORDER BY ended_at DESC, id DESC LIMIT 1)
     SELECT (SELECT id FROM policy WHERE required AND $2::text IS NOT NULL) AS policy, (SELECT id FROM own) AS use, (SELECT id FROM stop) AS stopped,
       (SELECT to_char(ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') FROM stop) AS since`;

/** Null when the register has nothing against, and nothing to say for, a dossier of this unit through this I-VAN. */
export async function findUseOfIvan(query: Query, { agency, unitCode, taxCode, ivanCode }: DossierQuestion, at: Date, knownBy: Date | null = null): Promise<UseOfIvanFacts | null> {
  return useOrNothing(await query<UseOfIvanFacts>(useSaid, [agency, unitCode, at, knownBy, ivanCode, taxCode], 'use-of-ivan'));
}

/** The same of many, each by what was recorded until then. */
export async function findUsesOfIvan(query: Query, asked: readonly { readonly question: DossierQuestion; readonly at: Date }[]): Promise<(UseOfIvanFacts | null)[]> {
  const parameters = asked.map(({ question: { agency, unitCode, taxCode, ivanCode }, at }) => [agency, unitCode, at, at, ivanCode, taxCode]);
  return (await askMany<UseOfIvanFacts>(query, useSaid, ['text', 'text', 'timestamptz', 'timestamptz', 'text', 'text'], parameters)).map(useOrNothing);
}

function useOrNothing([found]: readonly UseOfIvanFacts[]): UseOfIvanFacts | null {
  return found === undefined || (found.policy === null && found.stopped === null) ? null : found;
}

/** The instants at which anything that answers a question about this unit changed, from the first to the last; `own` is left out. */
export async function changesOfUnit(query: Query, { agency, unitCode, taxCode }: Pick<DossierQuestion, 'agency' | 'unitCode' | 'taxCode'>, from: Date, until: Date, own: string | null = null): Promise<Date[]> {
  const rows = await query<{ at: Date }>(
    `SELECT DISTINCT at FROM (
       SELECT received_at AS at FROM ivan_registration WHERE outcome = 'received' AND declared ->> 'agency' = $1 AND declared ->> 'unitCode' = $2 AND id IS DISTINCT FROM $5::bigint
       UNION ALL SELECT d.decided_at FROM ivan_registration r JOIN ivan_registration_decision d ON d.registration_id = r.id WHERE r.declared ->> 'agency' = $1
         AND (r.declared ->> 'unitCode' = $2 OR ($2::text IS NULL AND replace(r.declared ->> 'taxCode', '-', '') = replace($6::text, '-', '')))
       UNION ALL SELECT u.registered_at FROM unit_certificate u WHERE u.agency = $1 AND u.unit_code = $2
       UNION ALL SELECT e.ended_at FROM unit_certificate u JOIN unit_certificate_end e ON e.registration_id = u.id WHERE u.agency = $1 AND u.unit_code = $2
       UNION ALL SELECT t.answered_at FROM dossier s JOIN result t ON t.submission_id = s.submission_id WHERE s.agency = $1 AND (s.unit_code = $2 OR t.unit_code = $2)
       UNION ALL SELECT p.decided_at FROM ivan_use_policy p WHERE p.agency = $1
       UNION ALL SELECT t.registered_at FROM ivan_certificate t WHERE t.purpose = 'sign'
       UNION ALL SELECT x.ended_at FROM ivan_certificate t JOIN ivan_certificate_end x ON x.certificate_id = t.id WHERE t.purpose = 'sign') changes
     WHERE at BETWEEN $3 AND $4 ORDER BY at LIMIT 1000`,
    [agency, unitCode, from, until, own, taxCode],
  );
  return rows.map(({ at }) => at);
}

export interface NewUse {
  readonly agency: string;
  readonly unitCode: string;
  readonly ivanCode: string;
  readonly taxCode: string;
  readonly registrationId: string;
  readonly beganAt: Date;
}

export async function insertUse(query: Query, { agency, unitCode, ivanCode, taxCode, registrationId, beganAt }: NewUse, at: Date): Promise<string> {
  const [row] = await query<{ id: string }>(
    'INSERT INTO ivan_use (agency, unit_code, ivan_code, tax_code, registration_id, began_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id',
    [agency, unitCode, ivanCode, taxCode, registrationId, beganAt],
  );
  const id = row?.id ?? '';
  await insertEvents(query, [{ at, kind: 'use_began', submissionId: null, detail: { use: id, agency, unitCode, ivanCode, taxCode, registration: registrationId, beganAt: beganAt.toISOString() } }]);
  return id;
}

export async function insertUseEnd(query: Query, useId: string, registrationId: string, endedAt: Date, at: Date): Promise<void> {
  await query('INSERT INTO ivan_use_end (use_id, registration_id, ended_at, recorded_at) VALUES ($1, $2, $3, $4)', [useId, registrationId, endedAt, at]);
  await insertEvents(query, [{ at, kind: 'use_ended', submissionId: null, detail: { use: useId, registration: registrationId, endedAt: endedAt.toISOString() } }]);
}

export interface UseEntry extends Omit<NewUse, 'registrationId'> {
  readonly id: string;
  readonly endedAt: Date | null;
}

export function listUses(query: Query, { agency, unitCode, ivanCode }: { readonly agency?: string | undefined; readonly unitCode?: string | undefined; readonly ivanCode?: string | undefined }): Promise<UseEntry[]> {
  return query<UseEntry>(
    `SELECT u.id, u.agency, u.unit_code AS "unitCode", u.ivan_code AS "ivanCode", u.tax_code AS "taxCode", u.began_at AS "beganAt", x.ended_at AS "endedAt"
     FROM ivan_use u LEFT JOIN ivan_use_end x ON x.use_id = u.id
     WHERE ($1::text IS NULL OR u.agency = $1) AND ($2::text IS NULL OR u.unit_code = $2) AND ($3::text IS NULL OR u.ivan_code = $3) ORDER BY u.id LIMIT 1000`,
    [agency ?? null, unitCode ?? null, ivanCode ?? null],
  );
}

export interface UsePolicy {
  readonly agency: string;
  readonly effectiveFrom: Date;
  readonly required: boolean;
}

export async function setUsePolicy(database: Database, { agency, effectiveFrom, required }: UsePolicy, actor: string, at: Date): Promise<void> {
  await database.transaction(async (query) => {
    const [row] = await query<{ id: string }>(
      'INSERT INTO ivan_use_policy (agency, effective_from, registered_use_required, decided_at) VALUES ($1, $2, $3, $4) RETURNING id',
      [agency, effectiveFrom, required, at],
    );
    const detail = { policy: row?.id ?? '', agency, effectiveFrom: effectiveFrom.toISOString(), required, actor };
    await insertEvents(query, [{ at, kind: 'use_policy_set', submissionId: null, detail }]);
  });
}

export function listUsePolicies(query: Query): Promise<UsePolicy[]> {
  return query<UsePolicy>('SELECT agency, effective_from AS "effectiveFrom", registered_use_required AS required FROM ivan_use_policy ORDER BY agency, effective_from, id');
}
