// Statements over deliveries that turn out not to be ones: what an agency put aside becomes a dead letter, and what a stream held that is gone is
// ordered again. Either way forwarding is owed again, in the same transaction.
import type { Query } from './database.ts';
import { insertEvents } from './events.ts';
import { oweForwarding } from './obligations.ts';

/** An agency's word, in its stream, that it will not have a dossier. */
export interface PutAside {
  /** SHA-256 of the dossier. */
  readonly digest: string;
  /** Which sending of it, as it was told with the dossier; undefined: the agency does not say. */
  readonly replays: number | undefined;
  readonly reason: string;
  /** The message that says so, as no other is named: it may come again. */
  readonly message: string;
}

/** known: it is a dead letter already · overtaken: it was sent again since · received: the agency's signed word is that it has it · unknown: never handed to it */
export type PutAsideOutcome = 'dead' | 'known' | 'overtaken' | 'received' | 'unknown';

interface Found {
  readonly id: string;
  readonly submissionId: string;
  readonly state: 'waiting' | 'delivered' | 'dead';
  readonly attempts: number;
  readonly rejections: number;
  readonly replays: number;
  readonly isHanded: boolean;
  readonly isReceived: boolean;
  readonly isKnown: boolean;
}

export async function recordPutAside(query: Query, lane: string, { digest, replays, reason, message }: PutAside, at: Date): Promise<PutAsideOutcome> {
  const [found] = await query<Found>(
    `SELECT v.id, v.submission_id AS "submissionId", v.state, v.attempts, v.rejections, v.replays,
            v.state <> 'waiting' OR v.attempts > 0 OR EXISTS (SELECT 1 FROM delivery_claim c WHERE c.delivery_id = v.id) AS "isHanded",
            EXISTS (SELECT 1 FROM case_state c WHERE c.submission_id = v.submission_id) AS "isReceived",
            EXISTS (SELECT 1 FROM audit_event e WHERE e.submission_id = v.submission_id AND e.kind = 'delivery_dead' AND e.detail ->> 'message' = $3) AS "isKnown"
     FROM submission s JOIN delivery v ON v.submission_id = s.id AND v.kind = 'dossier' WHERE s.digest = $2 AND v.lane = $1 FOR UPDATE OF v`,
    [lane, digest, message],
  );
  if (found === undefined) return 'unknown';
  if (found.isKnown || found.state === 'dead') return 'known';
  if (replays !== undefined && replays < found.replays) return 'overtaken';
  if (!found.isHanded) return found.replays > 0 ? 'overtaken' : 'unknown';
  if (found.isReceived) return 'received';
  const { id, submissionId, attempts } = found;
  const rejections = found.rejections + 1;
  await query(`UPDATE delivery SET state = 'dead', delivered_at = NULL, last_error = $2, rejections = $3 WHERE id = $1`, [id, reason, rejections]);
  await oweForwarding(query, [submissionId], at);
  await insertEvents(query, [{ at, kind: 'delivery_dead', submissionId, detail: { delivery: id, lane, attempts, rejections, reason, message } }]);
  return 'dead';
}

/** Of the lane, held until the transaction ends: when the stream was made that holds what was delivered; null when none is known. */
export async function lockStream(query: Query, lane: string): Promise<string | null> {
  const [row] = await query<{ made: string | null }>('SELECT stream_made AS made FROM lane WHERE name = $1 FOR NO KEY UPDATE', [lane]);
  return row?.made ?? null;
}

export async function saveStream(query: Query, lane: string, made: string): Promise<void> {
  await query('UPDATE lane SET stream_made = $2 WHERE name = $1', [lane, made]);
}

export interface Lost {
  readonly lane: string;
  readonly after: string;
  /** Delivered by then, and nothing heard of since. */
  readonly deliveredUntil: Date;
  readonly most: number;
}

/** Orders again what only the lost stream had, the first first; gives the ids. */
export async function orderAgain(query: Query, { lane, after, deliveredUntil, most }: Lost, reason: string, at: Date): Promise<string[]> {
  const rows = await query<{ id: string; submissionId: string }>(
    `UPDATE delivery v SET state = 'waiting', delivered_at = NULL, due_at = $4, attempts = 0, rejections = 0, replays = replays + 1, last_error = $5
     FROM (SELECT id FROM delivery v WHERE lane = $1 AND id > $2 AND kind = 'dossier' AND state = 'delivered' AND delivered_at <= $3
             AND NOT EXISTS (SELECT 1 FROM case_state c WHERE c.submission_id = v.submission_id) AND NOT EXISTS (SELECT 1 FROM result t WHERE t.submission_id = v.submission_id)
           ORDER BY id LIMIT $6 FOR UPDATE) lost
     WHERE v.id = lost.id RETURNING v.id, v.submission_id AS "submissionId"`,
    [lane, after, deliveredUntil, at, reason, most],
  );
  const lost = rows.toSorted((a, b) => Number(BigInt(a.id) - BigInt(b.id)));
  await oweForwarding(query, lost.map(({ submissionId }) => submissionId), at);
  await insertEvents(query, lost.map(({ submissionId }) => ({ at, kind: 'delivery_replayed', submissionId, detail: { lane, actor: 'gateway', reason } })));
  return lost.map(({ id }) => id);
}
