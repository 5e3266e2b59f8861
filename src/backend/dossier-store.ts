// Statements on the dossiers as they came, once each however often they come, and on the units that file them.
import type { ReceivedDossier } from './reception.ts';
import { only } from './store.ts';
import type { Query } from './store.ts';

export interface Reception {
  readonly timesPut: number;
  readonly answered: boolean;
}

export interface DossierRow extends Reception {
  readonly digest: string;
}

export interface StoredDossier {
  readonly caseDigest: string;
  readonly dossierNumber: string;
  readonly transactionCode: string;
  readonly receivedAt: Date;
  readonly answer: Buffer | null;
}

export async function putDossier(query: Query, { digest, dossier, receipt, dossierNumber, transactionCode }: ReceivedDossier, receivedAt: Date): Promise<Reception> {
  const sql = `
    INSERT INTO backend.dossiers AS stored (digest, dossier, receipt, dossier_number, transaction_code, received_at, due_at)
    VALUES ($1, $2, $3, $4, $5, $6, $6)
    ON CONFLICT (digest) DO UPDATE SET times_put = stored.times_put + 1
    RETURNING times_put AS "timesPut", answer IS NOT NULL AS answered`;
  return only(await query<Reception>(sql, [digest, dossier, receipt, dossierNumber, transactionCode, receivedAt]));
}

/** Whose case it belongs to, and when it will be answered. */
export async function assignDossier(query: Query, digest: string, caseDigest: string, dueAt: Date): Promise<void> {
  await query('UPDATE backend.dossiers SET case_digest = $2, due_at = $3 WHERE digest = $1', [digest, caseDigest, dueAt]);
}

export async function findDossier(query: Query, digest: string): Promise<StoredDossier | undefined> {
  const sql = `SELECT COALESCE(case_digest, digest) AS "caseDigest", dossier_number AS "dossierNumber", transaction_code AS "transactionCode", received_at AS "receivedAt", answer
    FROM backend.dossiers WHERE digest = $1`;
  return (await query<StoredDossier>(sql, [digest]))[0];
}

export async function dossierOctets(query: Query, digest: string): Promise<Buffer> {
  return only(await query<{ dossier: Buffer }>('SELECT dossier FROM backend.dossiers WHERE digest = $1', [digest])).dossier;
}

/** All dossiers of a case, the first one first. */
export async function dossiersOfCase(query: Query, caseDigest: string): Promise<readonly { readonly digest: string; readonly dossierNumber: string; readonly transactionCode: string }[]> {
  const sql = 'SELECT digest, dossier_number AS "dossierNumber", transaction_code AS "transactionCode" FROM backend.dossiers WHERE case_digest = $1 ORDER BY received_at, digest = $1 DESC, digest';
  return query(sql, [caseDigest]);
}

/** The number of its next message. */
export async function nextSaid(query: Query, digest: string): Promise<number> {
  return only(await query<{ said: number }>('UPDATE backend.dossiers SET said = said + 1 WHERE digest = $1 RETURNING said', [digest])).said;
}

export async function keepAnswer(query: Query, digest: string, answer: Buffer, at: Date): Promise<void> {
  await query('UPDATE backend.dossiers SET answer = $2, answered_at = $3 WHERE digest = $1 AND answer IS NULL', [digest, answer, at]);
}

/** In the order of reception. */
export async function listDossiers(query: Query): Promise<readonly DossierRow[]> {
  return query<DossierRow>('SELECT digest, times_put AS "timesPut", answer IS NOT NULL AS answered FROM backend.dossiers ORDER BY received_at, digest');
}

export interface UnitRow {
  readonly agency: string;
  readonly code: string;
  readonly name: string;
  readonly taxCode: string;
  readonly people: number;
  readonly wages: number;
}

/** What the latest labour list says of a unit; one without a list changes nothing but the name. */
export async function learnUnit(query: Query, { agency, code, name, taxCode, people, wages }: UnitRow, at: Date): Promise<void> {
  await query(
    `INSERT INTO backend.unit VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (agency, code) DO UPDATE SET name = EXCLUDED.name, tax_code = EXCLUDED.tax_code,
       people = GREATEST(EXCLUDED.people, unit.people), wages = GREATEST(EXCLUDED.wages, unit.wages)`,
    [agency, code, name, taxCode, people, wages, at],
  );
}
