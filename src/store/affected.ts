// What was signed with a certificate, or under an authority's, by the verification reports on record; and what shows since when each of it was there.
import type { Query } from './database.ts';

export interface AffectedRow {
  readonly kind: 'submission' | 'registration';
  readonly id: string;
  readonly digest: string;
  readonly receivedAt: Date;
  readonly outcome: string;
  readonly dossierNumber: string | null;
  readonly sender: string;
  /** SignatureReport[] in JSON. */
  readonly signatures: readonly unknown[];
  readonly logPosition: number | null;
  /** Of the first stamped checkpoint that it is in, and of its receipt alone. */
  readonly stampedAt: Date | null;
  readonly stampedSize: number | null;
  readonly receiptStampedAt: Date | null;
  /** The first checkpoint that it is in which one of the witnesses cosigned. */
  readonly cosigned: { readonly size: number; readonly note: string; readonly lines: readonly { readonly witness: string; readonly line: string }[] } | null;
}

const tables = {
  submission: { from: 'submission r LEFT JOIN dossier d ON d.submission_id = r.id LEFT JOIN receipt b ON b.submission_id = r.id', number: 'd.number', sender: 'r.sender', receipt: 'b.body' },
  registration: { from: 'ivan_registration r', number: 'NULL::text', sender: 'r.ivan_code', receipt: 'r.receipt' },
} as const;

/** A certificate signs, or stands in the path of one that signs. */
const signed = `(r.signatures @> jsonb_build_array(jsonb_build_object('certificate', $1::text)) OR r.signatures @> jsonb_build_array(jsonb_build_object('path', jsonb_build_array($1::text))))`;

/** Of rows above one and up to another. Who may put a row beside a checkpoint may call himself a witness: the cosignatures of those keys alone count. */
export function findAffected(query: Query, kind: keyof typeof tables, { fingerprint, witnesses }: { readonly fingerprint: string; readonly witnesses: readonly string[] }, above: number, upTo: number): Promise<AffectedRow[]> {
  const { from, number, sender, receipt } = tables[kind];
  return query<AffectedRow>(
    `SELECT '${kind}' AS kind, r.id, r.digest, r.received_at AS "receivedAt", r.outcome, ${number} AS "dossierNumber", ${sender} AS sender, r.signatures, e.position::float8 AS "logPosition",
       t.at AS "stampedAt", t.size::float8 AS "stampedSize", (SELECT at FROM receipt_stamp p WHERE p.digest = encode(sha256(${receipt}), 'hex')) AS "receiptStampedAt", w.cosigned
     FROM ${from} LEFT JOIN log_entry e ON e.kind = '${kind}' AND e.subject = r.id
     LEFT JOIN LATERAL (SELECT at, size FROM log_stamp WHERE size > e.position ORDER BY size LIMIT 1) t ON true
     LEFT JOIN LATERAL (SELECT jsonb_build_object('size', c.size, 'note', c.note, 'lines', (SELECT jsonb_agg(jsonb_build_object('witness', y.witness, 'line', y.line) ORDER BY y.witness) FROM log_cosignature y WHERE y.size = c.size AND y.witness = ANY ($4))) AS cosigned
       FROM log_checkpoint c WHERE c.size = (SELECT min(x.size) FROM log_cosignature x WHERE x.size > e.position AND x.witness = ANY ($4))) w ON true
     WHERE r.id > $2 AND r.id <= $3 AND ${signed} ORDER BY r.id`,
    [fingerprint, above, upTo, witnesses],
  );
}

export async function lastOf(query: Query, kind: keyof typeof tables): Promise<number> {
  const table = kind === 'submission' ? 'submission' : 'ivan_registration';
  return (await query<{ last: number }>(`SELECT coalesce(max(id), 0)::float8 AS last FROM ${table}`))[0]?.last ?? 0;
}
