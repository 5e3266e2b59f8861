// Statements over dead letters: deliveries that their receiver would not have. They stand aside, delay nothing, and wait for an operator.
import type { Query } from './database.ts';
import type { DeliveryKind } from './deliveries.ts';

export interface DeadLetter {
  readonly id: string;
  readonly lane: string;
  readonly kind: DeliveryKind;
  readonly orderedAt: Date;
  /** Null where it concerns no submission, or one that became no dossier. */
  readonly digest: string | null;
  readonly dossierNumber: string | null;
  readonly agency: string | null;
  readonly unitCode: string | null;
  readonly procedure: string | null;
  readonly receivedAt: Date | null;
  readonly dueAt: Date | null;
  /** The event, and whose subscription it is for; null for dossiers. */
  readonly feed: string | null;
  readonly position: string | null;
  readonly subscription: string | null;
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
    `SELECT v.id, v.lane, v.kind, v.ordered_at AS "orderedAt", v.feed, v.position, v.subscription, s.digest, d.number AS "dossierNumber", d.agency, d.unit_code AS "unitCode", d.procedure, s.received_at AS "receivedAt", d.due_at AS "dueAt",
            v.attempts, v.rejections, v.last_error AS "lastError"
     FROM delivery v LEFT JOIN submission s ON s.id = v.submission_id LEFT JOIN dossier d ON d.submission_id = v.submission_id
     WHERE v.state = 'dead' AND ($1::text IS NULL OR v.lane = $1) AND ($2::bigint IS NULL OR v.id = $2) AND ($3::bigint IS NULL OR v.id > $3) ORDER BY v.id LIMIT $4`,
    [lane ?? null, id ?? null, after ?? null, most],
  );
}

export interface Replayed {
  readonly id: string;
  readonly submissionId: string | null;
  readonly lane: string;
}

/** Due at once, as if for the first time: the one of that id, or all of a lane. */
export async function replay(query: Query, which: { readonly id: string } | { readonly lane: string }, now: Date): Promise<Replayed[]> {
  return query<Replayed>(
    `UPDATE delivery SET state = 'waiting', due_at = $3, ordered_at = $3, attempts = 0, rejections = 0, replays = replays + 1
     WHERE state = 'dead' AND ($1::bigint IS NULL OR id = $1) AND ($2::text IS NULL OR lane = $2) RETURNING id, submission_id AS "submissionId", lane`,
    ['id' in which ? which.id : null, 'lane' in which ? which.lane : null, now],
  );
}

export interface Settled {
  readonly submissionId: string;
  readonly lane: string;
  readonly attempts: number;
}

/** Of these dossiers, those that were given up: their agencies have them after all. */
export async function settleAnswered(query: Query, submissionIds: readonly string[], at: Date): Promise<Settled[]> {
  if (submissionIds.length === 0) return [];
  return query<Settled>(
    `UPDATE delivery v SET state = 'delivered', delivered_at = $2, last_error = NULL
     FROM (SELECT id FROM delivery WHERE submission_id = ANY ($1::bigint[]) AND kind = 'dossier' AND state = 'dead' ORDER BY id FOR UPDATE) dead
     WHERE v.id = dead.id RETURNING v.submission_id AS "submissionId", v.lane, v.attempts`,
    [submissionIds, at],
  );
}
