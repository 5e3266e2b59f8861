// Statements over the declarations of accepted dossiers: what a unit filed before, and what a new dossier adds. Only ever inserted, in the transaction that
// accepts. Whoever holds a unit's lock sees all that was accepted of it: of two dossiers that come together, the second is told of the first.
import type { Query } from './database.ts';
import { insertRows } from './rows.ts';
import type { FiledBefore } from './tables.ts';

/** As its agency knows it. The tax code, without its hyphen, is the signer's: no stranger learns what was filed under the same unit code. */
export interface FilingUnit {
  readonly agency: string;
  readonly unitCode: string;
  readonly taxCode: string;
}

export interface ComparedDeclaration {
  readonly form: string;
  readonly contentDigest: string;
  readonly batch: string | null;
}

export interface ComparedDossier {
  readonly unit: FilingUnit;
  readonly procedure: string;
  readonly period: string;
  /** The dossier's own: what has the same content throughout is a conflict, no repetition. */
  readonly contentDigest: string;
  readonly declarations: readonly ComparedDeclaration[];
}

/** Dossiers of one unit are held against each other and accepted one after the other; always locked in one order. */
export async function lockUnits(query: Query, units: readonly FilingUnit[]): Promise<void> {
  const names = [...new Set(units.map(({ agency, unitCode, taxCode }) => `${agency} ${unitCode} ${taxCode}`))].toSorted();
  if (names.length === 0) return;
  await query('SELECT pg_advisory_xact_lock(key) FROM (SELECT DISTINCT hashtextextended(name, 994) AS key FROM unnest($1::text[]) AS name ORDER BY key) keys', [names], 'unit-locks');
}

/** For each of `dossiers` the first dossiers that share a declaration or a batch; `before` leaves out what was recorded from a row on, for each. */
export async function findFiledBefore(query: Query, dossiers: readonly ComparedDossier[], before: readonly string[] = []): Promise<FiledBefore[][]> {
  const found = dossiers.map((): FiledBefore[] => []);
  const asked = dossiers.flatMap((dossier, asker) => dossier.declarations.map((declaration, position) => ({ asker, position, dossier, declaration })));
  if (asked.length === 0) return found;
  const rows = await query<Omit<FiledBefore, 'receivedAt'> & { asker: number; receivedAt: Date }>(
    `SELECT q.asker, q.position, f.shares, f.submission_id AS submission, d.number, s.received_at AS "receivedAt"
     FROM unnest($1::int[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::bigint[])
       AS q(asker, position, agency, unit_code, tax_code, procedure, period, dossier_digest, form, batch, content_digest, before)
     CROSS JOIN LATERAL (
       (SELECT 'content' AS shares, e.submission_id FROM dossier_declaration e JOIN submission x ON x.id = e.submission_id
        WHERE e.content_digest = q.content_digest AND e.agency = q.agency AND e.unit_code = q.unit_code AND e.tax_code = q.tax_code
          AND x.content_digest <> q.dossier_digest AND (q.before IS NULL OR e.submission_id < q.before) ORDER BY e.submission_id LIMIT 1)
       UNION ALL
       (SELECT 'batch', e.submission_id FROM dossier_declaration e JOIN submission x ON x.id = e.submission_id
        WHERE e.agency = q.agency AND e.unit_code = q.unit_code AND e.tax_code = q.tax_code AND e.batch = q.batch AND e.period = q.period
          AND e.form = q.form AND e.procedure = q.procedure AND x.content_digest <> q.dossier_digest AND (q.before IS NULL OR e.submission_id < q.before)
        ORDER BY e.submission_id LIMIT 1)) f
     JOIN dossier d ON d.submission_id = f.submission_id JOIN submission s ON s.id = f.submission_id
     ORDER BY q.asker, q.position, f.shares DESC`,
    [
      asked.map(({ asker }) => asker), asked.map(({ position }) => position),
      asked.map(({ dossier }) => dossier.unit.agency), asked.map(({ dossier }) => dossier.unit.unitCode), asked.map(({ dossier }) => dossier.unit.taxCode),
      asked.map(({ dossier }) => dossier.procedure), asked.map(({ dossier }) => dossier.period), asked.map(({ dossier }) => dossier.contentDigest),
      asked.map(({ declaration }) => declaration.form), asked.map(({ declaration }) => declaration.batch), asked.map(({ declaration }) => declaration.contentDigest),
      asked.map(({ asker }) => before[asker] ?? null),
    ],
    'filed-before',
  );
  for (const { asker, receivedAt, ...entry } of rows) found[asker]?.push({ ...entry, receivedAt: receivedAt.toISOString() });
  return found;
}

export async function insertDeclarations(query: Query, accepted: readonly { readonly submissionId: string; readonly dossier: ComparedDossier }[]): Promise<void> {
  const rows = accepted.flatMap(({ submissionId, dossier: { unit, procedure, period, declarations } }) =>
    declarations.map(({ form, batch, contentDigest }, position) => ({
      submission_id: submissionId, position, agency: unit.agency, unit_code: unit.unitCode, tax_code: unit.taxCode, procedure, period, form, batch, content_digest: contentDigest,
    })));
  const parts = Array.from({ length: Math.ceil(rows.length / MOST_ROWS) }, (_value, part) => rows.slice(part * MOST_ROWS, (part + 1) * MOST_ROWS));
  await Promise.all(parts.map((part) => insertRows(query, 'dossier_declaration', part)));
}

/** A statement takes 65,535 parameters. */
const MOST_ROWS = 5_000;

export type KeptDeclaration = ComparedDeclaration & FilingUnit & Pick<ComparedDossier, 'procedure' | 'period'> & { readonly position: number };

/** What is kept of accepted dossiers, by their submissions and in its order; nothing of one that was recorded before it was kept. */
export async function declarationsOf(query: Query, submissionIds: readonly string[]): Promise<ReadonlyMap<string, readonly KeptDeclaration[]>> {
  const rows = await query<KeptDeclaration & { submissionId?: string }>(
    `SELECT submission_id AS "submissionId", position, agency, unit_code AS "unitCode", tax_code AS "taxCode", procedure, period, form, batch, content_digest AS "contentDigest"
     FROM dossier_declaration WHERE submission_id = ANY ($1::bigint[]) ORDER BY submission_id, position`,
    [submissionIds],
  );
  const kept = new Map<string, KeptDeclaration[]>();
  for (const { submissionId = '', ...declaration } of rows) kept.set(submissionId, [...(kept.get(submissionId) ?? []), declaration]);
  return kept;
}
