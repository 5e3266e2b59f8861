// Statements that gather what belongs to one dossier: what was sent and what was issued on it, and the trust material that it was judged by, part by part.
import type { Query } from './database.ts';
import type { TrustPartRow } from './tables.ts';

export interface EvidenceRow {
  readonly id: string;
  readonly body: Buffer;
  readonly receivedAt: Date;
  readonly ruleSetDigest: string;
  readonly trustDigest: string;
  /** SignatureReport[] in JSON. */
  readonly signatures: readonly unknown[] | null;
  readonly receipt: Buffer;
  readonly result: { readonly answeredAt: Date; readonly trustDigest: string; readonly body: Buffer; readonly agencyAnswer: Buffer } | undefined;
}

/** Of the submission that answers to the digest, as its receipt is fetched. */
export async function findEvidenceRow(query: Query, digest: string): Promise<EvidenceRow | undefined> {
  type Row = Omit<EvidenceRow, 'result'> & { readonly answeredAt: Date | null; readonly resultTrust: string; readonly resultBody: Buffer; readonly agencyAnswer: Buffer };
  const [found] = await query<Row>(
    `SELECT s.id, s.body, s.received_at AS "receivedAt", s.rule_set_digest AS "ruleSetDigest", s.trust_digest AS "trustDigest", s.signatures, r.body AS receipt,
            t.answered_at AS "answeredAt", t.trust_digest AS "resultTrust", t.body AS "resultBody", t.agency_answer AS "agencyAnswer"
     FROM submission s JOIN receipt r ON r.submission_id = s.id LEFT JOIN result t ON t.submission_id = s.id
     WHERE s.digest = $1 ORDER BY s.outcome = 'accepted' DESC, s.id LIMIT 1`,
    [digest],
  );
  if (found === undefined) return undefined;
  const { answeredAt, resultTrust, resultBody, agencyAnswer, ...rest } = found;
  return { ...rest, result: answeredAt === null ? undefined : { answeredAt, trustDigest: resultTrust, body: resultBody, agencyAnswer } };
}

export interface EvidenceNotice {
  /** As in its address. */
  readonly name: string;
  /** Null for an apology of the gateway's own. */
  readonly id: string | null;
  readonly trustDigest: string | null;
  readonly body: Buffer;
  readonly agencyMessage: Buffer | null;
  /** Of the row that has it. */
  readonly agencyMessageId: string | null;
}

export function listEvidenceNotices(query: Query, submissionId: string): Promise<EvidenceNotice[]> {
  return query<EvidenceNotice>(
    `SELECT n.number::text AS name, n.id, n.trust_digest AS "trustDigest", n.body, coalesce(m.body, f.body) AS "agencyMessage", CASE WHEN m.body IS NULL THEN f.id ELSE m.id END AS "agencyMessageId"
     FROM notice n LEFT JOIN agency_message m ON m.id = n.agency_message_id LEFT JOIN agency_message f ON f.id = m.first_id WHERE n.submission_id = $1
     UNION ALL
     SELECT 'xl' || m.term, NULL, NULL, m.notice, NULL, NULL FROM obligation o JOIN obligation_move m ON m.obligation_id = o.id AND m.reason = 'apology' WHERE o.submission_id = $1 AND o.kind = 'result' AND m.notice IS NOT NULL
     ORDER BY name`,
    [submissionId],
  );
}

export async function findTrustBodies(query: Query, digests: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
  const rows = await query<{ digest: string; body: Buffer }>('SELECT digest, body FROM trust_material WHERE digest = ANY ($1)', [digests]);
  return new Map(rows.map(({ digest, body }) => [digest, body]));
}

/** Lists may be large, and most are not wanted: of each its first octets, which say whose it is. */
export function listTrustHeads(query: Query, digests: readonly string[]): Promise<TrustPartRow[]> {
  return query<TrustPartRow>(`SELECT digest, kind, CASE kind WHEN 'crl' THEN substring(body FROM 1 FOR 4096) ELSE body END AS body FROM trust_part WHERE digest = ANY ($1) ORDER BY digest`, [digests]);
}

/** Parts of trust material and OCSP answers, whole. */
export async function findEvidenceBodies(query: Query, digests: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
  const rows = await query<{ digest: string; body: Buffer }>('SELECT digest, body FROM trust_part WHERE digest = ANY ($1) UNION SELECT digest, body FROM revocation_evidence WHERE digest = ANY ($1)', [digests]);
  return new Map(rows.map(({ digest, body }) => [digest, body]));
}
