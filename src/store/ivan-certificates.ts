// Statements over the certificates of I-VANs' contracts: those they connect with, and those they sign registrations with. Only ever inserted, each
// with an audit event of the same transaction.
import type { Query } from './database.ts';
import { insertEvents } from './events.ts';

export type CertificatePurpose = 'connect' | 'sign';

export interface NewIvanCertificate {
  /** SHA-256, lower-case hex. */
  readonly fingerprint: string;
  readonly purpose: CertificatePurpose;
  /** Null, both: as long as the contract. */
  readonly validFrom: Date | null;
  /** First instant at which it no longer counts. */
  readonly validUntil: Date | null;
}

export interface IvanCertificate extends NewIvanCertificate {
  readonly id: string;
  readonly contractId: string;
  readonly number: string;
  readonly actor: string;
  readonly registeredAt: Date;
  readonly endedAt: Date | null;
}

const columns = `t.id, t.contract_id AS "contractId", c.number, t.fingerprint, t.purpose, t.valid_from AS "validFrom", t.valid_until AS "validUntil", t.actor,
  t.registered_at AS "registeredAt", x.ended_at AS "endedAt"`;
const tables = 'ivan_certificate t JOIN ivan_contract c ON c.id = t.contract_id LEFT JOIN ivan_certificate_end x ON x.certificate_id = t.id';

/** Entries of this certificate that were not ended, under whatever contract; nobody else enters it until the transaction ends. */
export async function lockCertificate(query: Query, fingerprint: string): Promise<IvanCertificate[]> {
  await query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 992))`, [fingerprint]);
  return query<IvanCertificate>(`SELECT ${columns} FROM ${tables} WHERE t.fingerprint = $1 AND x.ended_at IS NULL ORDER BY t.id`, [fingerprint]);
}

export function certificatesOf(query: Query, contractId: string): Promise<IvanCertificate[]> {
  return query<IvanCertificate>(`SELECT ${columns} FROM ${tables} WHERE t.contract_id = $1 ORDER BY t.id`, [contractId]);
}

export interface Holder {
  readonly contractId: string;
  readonly number: string;
}

export async function insertIvanCertificate(query: Query, { contractId, number }: Holder, entry: NewIvanCertificate, actor: string, at: Date): Promise<void> {
  const { fingerprint, purpose, validFrom, validUntil } = entry;
  const [row] = await query<{ id: string }>(
    'INSERT INTO ivan_certificate (contract_id, fingerprint, purpose, valid_from, valid_until, actor, registered_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id',
    [contractId, fingerprint, purpose, validFrom, validUntil, actor, at],
  );
  const detail = { certificate: row?.id ?? '', contract: number, fingerprint, purpose, validFrom: validFrom?.toISOString() ?? null, validUntil: validUntil?.toISOString() ?? null, actor };
  await insertEvents(query, [{ at, kind: 'contract_certificate_registered', submissionId: null, detail }]);
}

export async function endIvanCertificate(query: Query, { id, number, fingerprint }: Pick<IvanCertificate, 'id' | 'number' | 'fingerprint'>, actor: string, at: Date): Promise<void> {
  await query('INSERT INTO ivan_certificate_end (certificate_id, actor, ended_at) VALUES ($1, $2, $3)', [id, actor, at]);
  await insertEvents(query, [{ at, kind: 'contract_certificate_ended', submissionId: null, detail: { certificate: id, contract: number, fingerprint, actor } }]);
}

/** Was this certificate one that the contract's I-VAN signs with, at an instant and by what was entered until `knownBy`? */
export async function signsForIvan(query: Query, contractId: string, fingerprint: string, at: Date, knownBy: Date | null = null): Promise<string | null> {
  const [found] = await query<{ id: string }>(
    `SELECT t.id FROM ivan_certificate t LEFT JOIN ivan_certificate_end x ON x.certificate_id = t.id
     WHERE t.contract_id = $1 AND t.fingerprint = $2 AND t.purpose = 'sign' AND (t.valid_from IS NULL OR (t.valid_from <= $3 AND t.valid_until > $3))
       AND ($4::timestamptz IS NULL OR t.registered_at <= $4) AND (x.ended_at IS NULL OR x.ended_at > least($3, $4)) ORDER BY t.id LIMIT 1`,
    [contractId, fingerprint, at, knownBy],
  );
  return found?.id ?? null;
}
