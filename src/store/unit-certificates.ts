// Statements over the register of the units' certificates (form 04) and over which agency asks for it. Entries, their ends and the agencies'
// rules are only ever inserted, each with an audit event of the same transaction.
import type { Database, Query } from './database.ts';
import { insertEvents } from './events.ts';
import { askMany } from './many.ts';
import type { RegistrationFacts } from './tables.ts';

/** A unit, as its agency knows it, and a certificate (SHA-256, hex). */
export interface RegistrationQuestion {
  readonly agency: string;
  readonly unitCode: string;
  readonly fingerprint: string;
}

export interface NewUnitCertificate extends RegistrationQuestion {
  readonly serialNumber: string;
  readonly subject: string;
  readonly validFrom: Date;
  /** First instant at which it is no longer registered. */
  readonly validUntil: Date;
}

export interface UnitCertificate extends NewUnitCertificate {
  readonly id: string;
  readonly registeredAt: Date;
  readonly endedAt: Date | null;
}

export interface AgencyPolicy {
  readonly agency: string;
  readonly effectiveFrom: Date;
  readonly required: boolean;
}

/** Of agency $1, unit $2 and fingerprint $3 at the instant $4, by what was entered until $5. */
const registrationSaid = `SELECT p.id AS policy, (
       SELECT u.id FROM unit_certificate u
       WHERE u.agency = $1 AND u.unit_code = $2 AND u.fingerprint = $3 AND u.valid_from <= $4 AND u.valid_until > $4 AND ($5::timestamptz IS NULL OR u.registered_at <= $5)
         AND NOT EXISTS (SELECT 1 FROM unit_certificate_end e WHERE e.registration_id = u.id AND e.ended_at <= $4 AND ($5::timestamptz IS NULL OR e.ended_at <= $5))
       ORDER BY u.id LIMIT 1) AS certificate
     FROM (
       SELECT id, registered_certificate_required AS required FROM agency_policy
       WHERE agency = $1 AND effective_from <= $4 AND ($5::timestamptz IS NULL OR decided_at <= $5)
       ORDER BY effective_from DESC, id DESC LIMIT 1) p
     WHERE p.required`;

/** What the register says at `at`; null when the agency asks for nothing. */
export async function findRegistration(query: Query, { agency, unitCode, fingerprint }: RegistrationQuestion, at: Date): Promise<RegistrationFacts | null> {
  return (await query<RegistrationFacts>(registrationSaid, [agency, unitCode, fingerprint, at, null], 'registration-of-unit'))[0] ?? null;
}

/** The same of many, each by what was entered until then. */
export async function findRegistrations(query: Query, asked: readonly { readonly question: RegistrationQuestion; readonly at: Date }[]): Promise<(RegistrationFacts | null)[]> {
  const parameters = asked.map(({ question: { agency, unitCode, fingerprint }, at }) => [agency, unitCode, fingerprint, at, at]);
  return (await askMany<RegistrationFacts>(query, registrationSaid, ['text', 'text', 'text', 'timestamptz', 'timestamptz'], parameters)).map(([found]) => found ?? null);
}

/** Did anything that answers this question change between the two instants? */
export async function wasEnteredWithin(query: Query, { agency, unitCode, fingerprint }: RegistrationQuestion, from: Date, until: Date): Promise<boolean> {
  const rows = await query(
    `SELECT 1 FROM agency_policy WHERE agency = $1 AND decided_at BETWEEN $4 AND $5
     UNION ALL
     SELECT 1 FROM unit_certificate u LEFT JOIN unit_certificate_end e ON e.registration_id = u.id
     WHERE u.agency = $1 AND u.unit_code = $2 AND u.fingerprint = $3 AND (u.registered_at BETWEEN $4 AND $5 OR e.ended_at BETWEEN $4 AND $5)`,
    [agency, unitCode, fingerprint, from, until],
  );
  return rows.length > 0;
}

export async function registerUnitCertificate(database: Database, entry: NewUnitCertificate, at: Date): Promise<string> {
  return database.transaction((query) => insertUnitCertificate(query, entry, at, null));
}

/** Gives the entry's id. `useId`: the use of an I-VAN that it is registered with; null for the operator's own entry. */
export async function insertUnitCertificate(query: Query, entry: NewUnitCertificate, at: Date, useId: string | null): Promise<string> {
  const { agency, unitCode, fingerprint, serialNumber, subject, validFrom, validUntil } = entry;
  const [row] = await query<{ id: string }>(
    `INSERT INTO unit_certificate (agency, unit_code, fingerprint, serial_number, subject, valid_from, valid_until, registered_at, use_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
    [agency, unitCode, fingerprint, serialNumber, subject, validFrom, validUntil, at, useId],
  );
  const id = row?.id ?? '';
  const detail = { registration: id, agency, unitCode, fingerprint, validFrom: validFrom.toISOString(), validUntil: validUntil.toISOString(), use: useId };
  await insertEvents(query, [{ at, kind: 'certificate_registered', submissionId: null, detail }]);
  return id;
}

/** Entries that came with a use and will not have ended by an instant. */
export function certificatesOfUse(query: Query, useId: string, by: Date): Promise<{ id: string; serialNumber: string }[]> {
  return query<{ id: string; serialNumber: string }>(
    `SELECT u.id, u.serial_number AS "serialNumber" FROM unit_certificate u WHERE u.use_id = $1
       AND NOT EXISTS (SELECT 1 FROM unit_certificate_end e WHERE e.registration_id = u.id AND e.ended_at <= $2) ORDER BY u.id`,
    [useId, by],
  );
}

/** Ends one entry from `endedAt` on, which may lie ahead: of several ends the earliest counts. */
export async function endUnitCertificate(query: Query, id: string, endedAt: Date, at: Date): Promise<void> {
  await query('INSERT INTO unit_certificate_end (registration_id, ended_at) VALUES ($1, $2)', [id, endedAt]);
  await insertEvents(query, [{ at, kind: 'certificate_ended', submissionId: null, detail: { registration: id, endedAt: endedAt.toISOString() } }]);
}

/** Ends every entry of this certificate for this unit at once, whatever end of it lies ahead; gives how many there were. */
export async function endUnitCertificates(database: Database, { agency, unitCode, fingerprint }: RegistrationQuestion, at: Date): Promise<number> {
  return database.transaction(async (query) => {
    const ended = await query<{ id: string }>(
      `INSERT INTO unit_certificate_end (registration_id, ended_at)
       SELECT u.id, $4 FROM unit_certificate u WHERE u.agency = $1 AND u.unit_code = $2 AND u.fingerprint = $3
         AND NOT EXISTS (SELECT 1 FROM unit_certificate_end e WHERE e.registration_id = u.id AND e.ended_at <= $4)
       ON CONFLICT DO NOTHING RETURNING registration_id AS id`,
      [agency, unitCode, fingerprint, at],
    );
    await insertEvents(query, ended.map(({ id }) => ({ at, kind: 'certificate_ended', submissionId: null, detail: { registration: id } })));
    return ended.length;
  });
}

/** In the order of entry; of one agency or unit when they are given. */
export async function listUnitCertificates(query: Query, { agency, unitCode }: Partial<RegistrationQuestion>): Promise<UnitCertificate[]> {
  return query<UnitCertificate>(
    `SELECT u.id, u.agency, u.unit_code AS "unitCode", u.fingerprint, u.serial_number AS "serialNumber", u.subject, u.valid_from AS "validFrom",
            u.valid_until AS "validUntil", u.registered_at AS "registeredAt",
            (SELECT min(e.ended_at) FROM unit_certificate_end e WHERE e.registration_id = u.id) AS "endedAt"
     FROM unit_certificate u
     WHERE ($1::text IS NULL OR u.agency = $1) AND ($2::text IS NULL OR u.unit_code = $2) ORDER BY u.id`,
    [agency ?? null, unitCode ?? null],
  );
}

export async function setAgencyPolicy(database: Database, { agency, effectiveFrom, required }: AgencyPolicy, at: Date): Promise<void> {
  await database.transaction(async (query) => {
    const [row] = await query<{ id: string }>(
      'INSERT INTO agency_policy (agency, effective_from, registered_certificate_required, decided_at) VALUES ($1, $2, $3, $4) RETURNING id',
      [agency, effectiveFrom, required, at],
    );
    const detail = { policy: row?.id ?? '', agency, effectiveFrom: effectiveFrom.toISOString(), required };
    await insertEvents(query, [{ at, kind: 'agency_policy_set', submissionId: null, detail }]);
  });
}

export async function listAgencyPolicies(query: Query): Promise<AgencyPolicy[]> {
  return query<AgencyPolicy>('SELECT agency, effective_from AS "effectiveFrom", registered_certificate_required AS required FROM agency_policy ORDER BY agency, effective_from, id');
}

/** Whose certificate it is: a unit may have it at several agencies. */
export function findUnitsOf(query: Query, fingerprint: string, at: Date): Promise<{ readonly agency: string; readonly unitCode: string }[]> {
  return query(
    `SELECT DISTINCT u.agency, u.unit_code AS "unitCode" FROM unit_certificate u
     WHERE u.fingerprint = $1 AND u.valid_from <= $2 AND u.valid_until > $2 AND NOT EXISTS (SELECT 1 FROM unit_certificate_end e WHERE e.registration_id = u.id AND e.ended_at <= $2)`,
    [fingerprint, at],
  );
}
