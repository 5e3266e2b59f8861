// Which deadlines fell into an outage, and the certificates that tell of it.
import type { Query } from './database.ts';
import { obligationColumns } from './obligations.ts';
import type { Obligation, ObligationKind } from './obligations.ts';
import type { Outage } from './outages.ts';
import { insertRows } from './rows.ts';

export interface Touched extends Obligation {
  readonly procedure: string;
  readonly period: string;
  readonly unitCode: string;
  readonly unitName: string;
  readonly taxCode: string;
  readonly receivedAt: Date;
  /** Null for what was filed on paper. */
  readonly digest: string | null;
  readonly dossierNumber: string | null;
}

/** Where an outage moved a deadline to lies beyond its end; one that is in it all the same is so because the end was corrected. */
const touchedCondition = `
  o.due_at BETWEEN $1 AND $2 AND (o.met_at IS NULL OR o.met_at > o.due_at) AND o.kind = ANY ($3) AND NOT o.awaits_unit AND starts_with(o.agency, $4)
  AND ($5::text IS NULL OR EXISTS (SELECT 1 FROM submission i WHERE i.id = o.submission_id AND i.sender = $5))`;

function touchedBy({ startedAt, endedAt, agencyPrefix, ivanCode }: Outage, kinds: readonly ObligationKind[]): readonly unknown[] {
  return [startedAt, endedAt, kinds, agencyPrefix, ivanCode];
}

/** Locks some that nobody else is at; those that are in nobody's hands are `areAnyTouched`. */
export function claimTouched(query: Query, outage: Outage, kinds: readonly ObligationKind[], most: number): Promise<Touched[]> {
  return query<Touched>(
    `SELECT ${obligationColumns}, coalesce(d.procedure, p.procedure) AS procedure, coalesce(d.period, p.period) AS period, coalesce(d.unit_code, p.unit_code) AS "unitCode",
            coalesce(d.unit_name, '') AS "unitName", coalesce(d.tax_code, '') AS "taxCode", coalesce(s.received_at, o.arisen_at) AS "receivedAt", s.digest, d.number AS "dossierNumber"
     FROM obligation o LEFT JOIN submission s ON s.id = o.submission_id LEFT JOIN dossier d ON d.submission_id = o.submission_id LEFT JOIN paper_filing p ON p.id = o.paper_filing_id
     WHERE ${touchedCondition} ORDER BY o.id LIMIT ${most} FOR UPDATE OF o SKIP LOCKED`,
    touchedBy(outage, kinds),
  );
}

export async function areAnyTouched(query: Query, outage: Outage, kinds: readonly ObligationKind[]): Promise<boolean> {
  const rows = await query(`SELECT 1 FROM obligation o WHERE ${touchedCondition} LIMIT 1`, touchedBy(outage, kinds));
  return rows.length > 0;
}

export interface NewCertificate {
  readonly outageId: string;
  readonly moveId: string | null;
  readonly submissionId: string | null;
  readonly agency: string;
  readonly unitCode: string;
  readonly procedure: string;
  readonly period: string;
  readonly deadline: Date;
  readonly extendedUntil: Date;
  readonly basis: string;
  readonly issuedAt: Date;
  readonly body: Buffer;
}

/** Gives the ids of those inserted: a unit's that is there already is passed over. */
export async function insertCertificates(query: Query, rows: readonly NewCertificate[]): Promise<string[]> {
  const inserted = await insertRows<{ id: string }>(
    query, 'outage_certificate',
    rows.map((row) => ({
      outage_id: row.outageId, move_id: row.moveId, submission_id: row.submissionId, agency: row.agency, unit_code: row.unitCode, procedure: row.procedure, period: row.period,
      deadline: row.deadline, extended_until: row.extendedUntil, basis: row.basis, issued_at: row.issuedAt, body: row.body,
    })),
    'ON CONFLICT DO NOTHING RETURNING id',
  );
  return inserted.map(({ id }) => id);
}

export async function findUnitCertificate(query: Query, { outageId, agency, unitCode, procedure, period, deadline }: Pick<NewCertificate, 'outageId' | 'agency' | 'unitCode' | 'procedure' | 'period' | 'deadline'>): Promise<Buffer | undefined> {
  const [found] = await query<{ body: Buffer }>(
    'SELECT body FROM outage_certificate WHERE move_id IS NULL AND outage_id = $1 AND agency = $2 AND unit_code = $3 AND procedure = $4 AND period = $5 AND deadline = $6',
    [outageId, agency, unitCode, procedure, period, deadline],
  );
  return found?.body;
}

export interface DossierCertificate {
  readonly id: string;
  readonly outage: string;
  readonly deadline: Date;
  readonly extendedUntil: Date;
  readonly basis: string;
  readonly issuedAt: Date;
  readonly body: Buffer;
}

export function listDossierCertificates(query: Query, digest: string): Promise<DossierCertificate[]> {
  return query<DossierCertificate>(
    `SELECT c.id, o.reference AS outage, c.deadline, c.extended_until AS "extendedUntil", c.basis, c.issued_at AS "issuedAt", c.body
     FROM submission s JOIN outage_certificate c ON c.submission_id = s.id JOIN outage o ON o.id = c.outage_id WHERE s.digest = $1 AND s.outcome = 'accepted' ORDER BY c.id`,
    [digest],
  );
}

/** The gateway's last apology for a dossier's result, if there is one. */
export async function findApology(query: Query, digest: string): Promise<Buffer | undefined> {
  const [found] = await query<{ notice: Buffer }>(
    `SELECT m.notice FROM submission s JOIN obligation o ON o.submission_id = s.id AND o.kind = 'result' JOIN obligation_move m ON m.obligation_id = o.id AND m.reason = 'apology'
     WHERE s.digest = $1 AND s.outcome = 'accepted' ORDER BY m.id DESC LIMIT 1`,
    [digest],
  );
  return found?.notice;
}
