// Statements over what the gateway issues on an agency's message or of its own accord: to the sender of a dossier, numbered 1, 2, 3 …, or to a unit.
// Only ever inserted.
import type { Query } from './database.ts';
import { insertRows } from './rows.ts';

export interface UnitAddress {
  readonly agency: string;
  readonly unitCode: string;
  /** '' where the agency does not say. */
  readonly taxCode: string;
}

export interface NoticeRow {
  /** Of a dossier: with the number that it has there. */
  readonly submissionId: string | null;
  readonly number: number | null;
  readonly unit: UnitAddress | null;
  readonly agencyMessageId: string | null;
  /** Code of the form: TNHT, YCBS, XLHL, C12-TS, D08a-TS … */
  readonly kind: string;
  readonly issuedAt: Date;
  readonly trustDigest: string;
  readonly body: Buffer;
}

/** Numbers are the caller's, who holds the cases. Gives the ids in the order of the rows. */
export async function insertNotices(query: Query, rows: readonly NoticeRow[]): Promise<string[]> {
  const ids = (await query<{ id: string }>(`SELECT nextval(pg_get_serial_sequence('notice', 'id')) AS id FROM generate_series(1, $1)`, [rows.length])).map(({ id }) => id);
  await insertRows(query, 'notice', rows.map((row, index) => ({
    id: ids[index],
    submission_id: row.submissionId,
    number: row.number,
    agency: row.unit?.agency ?? null,
    unit_code: row.unit?.unitCode ?? null,
    tax_code: row.unit?.taxCode ?? null,
    agency_message_id: row.agencyMessageId,
    kind: row.kind,
    issued_at: row.issuedAt,
    trust_digest: row.trustDigest,
    body: row.body,
  })));
  return ids;
}

export interface ListedNotice {
  /** In its address: its number, or `xl` and the term for an apology of the gateway's own. */
  readonly name: string;
  /** Null for what the gateway issued of its own accord. */
  readonly number: number | null;
  readonly kind: string;
  readonly issuedAt: Date;
  readonly isOfAgency: boolean;
}

const ownApologies = `FROM submission s JOIN obligation o ON o.submission_id = s.id AND o.kind = 'result' JOIN obligation_move m ON m.obligation_id = o.id AND m.reason = 'apology'`;

export function listNotices(query: Query, digest: string): Promise<ListedNotice[]> {
  return query<ListedNotice>(
    `SELECT n.number::text AS name, n.number, n.kind, n.issued_at AS "issuedAt", n.agency_message_id IS NOT NULL AS "isOfAgency"
     FROM notice n JOIN submission s ON s.id = n.submission_id WHERE s.digest = $1 AND s.outcome = 'accepted'
     UNION ALL SELECT 'xl' || m.term, NULL, 'XLHL', m.moved_at, false ${ownApologies} WHERE s.digest = $1 AND s.outcome = 'accepted' ORDER BY "issuedAt", number`,
    [digest],
  );
}

export interface NoticeBodies {
  readonly body: Buffer;
  /** The agency's own signed message; null for a notice of the gateway's own accord. */
  readonly agencyMessage: Buffer | null;
}

export async function findNotice(query: Query, digest: string, name: string): Promise<NoticeBodies | undefined> {
  if (name.startsWith('xl')) {
    const [own] = await query<NoticeBodies>(`SELECT m.notice AS body, NULL AS "agencyMessage" ${ownApologies} WHERE s.digest = $1 AND s.outcome = 'accepted' AND m.term = $2`, [digest, Number(name.slice(2))]);
    return own;
  }
  const [found] = await query<NoticeBodies>(
    `SELECT n.body, m.body AS "agencyMessage" FROM notice n JOIN submission s ON s.id = n.submission_id LEFT JOIN agency_message m ON m.id = n.agency_message_id
     WHERE s.digest = $1 AND s.outcome = 'accepted' AND n.number = $2`,
    [digest, Number(name)],
  );
  return found;
}

export interface UnitNotice extends UnitAddress, NoticeBodies {
  readonly id: string;
  readonly kind: string;
  readonly backend: string | null;
}

export async function findUnitNotice(query: Query, id: string): Promise<UnitNotice | undefined> {
  const [found] = await query<UnitNotice>(
    `SELECT n.id, n.kind, n.agency, n.unit_code AS "unitCode", n.tax_code AS "taxCode", n.body, m.body AS "agencyMessage", m.backend
     FROM notice n LEFT JOIN agency_message m ON m.id = n.agency_message_id WHERE n.id = $1 AND n.submission_id IS NULL`,
    [id],
  );
  return found;
}
