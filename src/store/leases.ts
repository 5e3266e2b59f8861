// Statements for receivers that fetch: what a claim is handed over with, what became of a dossier that was given, and of a message that was brought.
import type { Query } from './database.ts';
import type { Claimed } from './deliveries.ts';

/** Octets of each delivery's dossier, by its id. */
export async function sizesOf(query: Query, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await query<{ id: string; octets: number }>('SELECT v.id, octet_length(s.body) AS octets FROM delivery v JOIN submission s ON s.id = v.submission_id WHERE v.id = ANY ($1)', [ids]);
  return new Map(rows.map(({ id, octets }) => [id, octets]));
}

/** Takes back claims of the same transaction: as if they had not been made, save that an earlier lease then counts as over now. */
export async function returnClaims(query: Query, ids: readonly string[], now: Date): Promise<void> {
  await query(
    `UPDATE delivery SET attempts = attempts - 1, claimed_until = CASE WHEN attempts > 1 THEN $2::timestamptz END, claimed_by = CASE WHEN attempts > 1 THEN claimed_by END WHERE id = ANY ($1)`,
    [ids, now],
  );
}

export interface Given extends Pick<Claimed, 'id' | 'kind' | 'lane' | 'submissionId' | 'attempts' | 'rejections'> {
  readonly state: 'waiting' | 'delivered' | 'dead';
  /** Who was given it last, whether or not the lease is over; null after a rejection. */
  readonly claimedBy: string | null;
  readonly deliveredAt: Date | null;
  readonly lastError: string | null;
}

/** The dossier's delivery on this lane; undefined where it goes elsewhere, or there is none. */
export async function findGiven(query: Query, lane: string, digest: string): Promise<Given | undefined> {
  const [row] = await query<Given>(
    `SELECT v.id, v.kind, v.lane, v.submission_id AS "submissionId", v.attempts, v.rejections, v.state, v.claimed_by AS "claimedBy", v.delivered_at AS "deliveredAt", v.last_error AS "lastError"
     FROM submission s JOIN delivery v ON v.submission_id = s.id WHERE s.digest = $2 AND v.lane = $1 AND v.kind = 'dossier'`,
    [lane, digest],
  );
  return row;
}

export interface MessageView {
  readonly sha256: string;
  readonly verdict: 'taken' | 'repeated' | 'late' | 'contradicting' | 'rejected';
  readonly reason: string | null;
}

/** What was made of the message when it came last. */
export async function findVerdict(query: Query, backend: string, digest: string): Promise<MessageView | undefined> {
  const [row] = await query<MessageView>('SELECT digest AS sha256, verdict, reason FROM agency_message WHERE backend = $1 AND digest = $2 ORDER BY id DESC LIMIT 1', [backend, digest]);
  return row;
}
