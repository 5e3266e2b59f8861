// Statements over dead letters: deliveries that their receiver would not have. They stand aside, delay nothing, and wait for an operator.
import type { Query } from './database.ts';

export interface DeadLetter {
  readonly id: string;
  readonly lane: string;
  readonly digest: string;
  readonly dossierNumber: string;
  readonly agency: string;
  readonly unitCode: string;
  readonly procedure: string;
  readonly receivedAt: Date;
  readonly dueAt: Date;
  readonly attempts: number;
  readonly rejections: number;
  readonly lastError: string | null;
}

export interface DeadLetterFilter {
  readonly lane?: string | undefined;
  readonly id?: string | undefined;
  /** Go on after this one. */
  readonly after?: string | undefined;
  readonly most: number;
}

export async function listDeadLetters(query: Query, { lane, id, after, most }: DeadLetterFilter): Promise<DeadLetter[]> {
  return query<DeadLetter>(
    `SELECT v.id, v.lane, s.digest, d.number AS "dossierNumber", d.agency, d.unit_code AS "unitCode", d.procedure, s.received_at AS "receivedAt", d.due_at AS "dueAt",
            v.attempts, v.rejections, v.last_error AS "lastError"
     FROM delivery v JOIN submission s ON s.id = v.submission_id JOIN dossier d ON d.submission_id = v.submission_id
     WHERE v.state = 'dead' AND ($1::text IS NULL OR v.lane = $1) AND ($2::bigint IS NULL OR v.id = $2) AND ($3::bigint IS NULL OR v.id > $3) ORDER BY v.id LIMIT $4`,
    [lane ?? null, id ?? null, after ?? null, most],
  );
}

export interface Replayed {
  readonly id: string;
  readonly submissionId: string;
  readonly lane: string;
}

/** Due at once, as if for the first time: the one of that id, or all of a lane. */
export async function replay(query: Query, which: { readonly id: string } | { readonly lane: string }, now: Date): Promise<Replayed[]> {
  return query<Replayed>(
    `UPDATE delivery SET state = 'waiting', due_at = $3, attempts = 0, rejections = 0
     WHERE state = 'dead' AND ($1::bigint IS NULL OR id = $1) AND ($2::text IS NULL OR lane = $2) RETURNING id, submission_id AS "submissionId", lane`,
    ['id' in which ? which.id : null, 'lane' in which ? which.lane : null, now],
  );
}
