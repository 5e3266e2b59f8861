// What auditors are shown of submissions: what was recorded of each, and its documents.
import type { Query } from './database.ts';

export interface RecordedSubmission {
  readonly id: string;
  readonly digest: string;
  readonly size: number;
  readonly sender: string;
  readonly receivedAt: Date;
  readonly outcome: string;
  readonly transactionCode: string;
  readonly dossierNumber: string | null;
  readonly ruleSetDigest: string;
  readonly logPosition: string | null;
}

export interface Wanted {
  readonly after?: string;
  readonly digest?: string;
  readonly from?: Date | null;
  readonly until?: Date | null;
  readonly most: number;
}

/** In the order of their rows. */
export function listRecorded(query: Query, { after = '0', digest, from = null, until = null, most }: Wanted): Promise<RecordedSubmission[]> {
  return query<RecordedSubmission>(
    `SELECT s.id, s.digest, octet_length(s.body) AS size, s.sender, s.received_at AS "receivedAt", s.outcome, s.transaction_code AS "transactionCode", d.number AS "dossierNumber", s.rule_set_digest AS "ruleSetDigest", e.position AS "logPosition"
     FROM submission s LEFT JOIN dossier d ON d.submission_id = s.id LEFT JOIN log_entry e ON e.kind = 'submission' AND e.subject = s.id
     WHERE s.id > $1 AND ($2::text IS NULL OR s.digest = $2) AND ($3::timestamptz IS NULL OR s.received_at >= $3) AND ($4::timestamptz IS NULL OR s.received_at < $4) ORDER BY s.id LIMIT $5`,
    [after, digest ?? null, from, until, most],
  );
}

const documents = { body: 'SELECT body FROM submission WHERE id = $1', receipt: 'SELECT body FROM receipt WHERE submission_id = $1', result: 'SELECT body FROM result WHERE submission_id = $1' } as const;

/** Octet for octet. */
export async function findDocument(query: Query, id: string, kind: keyof typeof documents): Promise<Buffer | undefined> {
  return (await query<{ body: Buffer }>(documents[kind], [/^\d{1,18}$/.test(id) ? id : null]))[0]?.body;
}
