// Statements for receivers that fetch: what a claim is handed over with, what became of a dossier that was given, and of a message that was brought.
import type { Query } from './database.ts';
import type { Claimed } from './deliveries.ts';

export interface Given extends Pick<Claimed, 'id' | 'kind' | 'lane' | 'submissionId' | 'attempts' | 'rejections' | 'feed' | 'position'> {
  readonly state: 'waiting' | 'delivered' | 'dead';
  /** Who was given it last, and in which lease, be it over, as long as nobody claimed on the lane since; null after a rejection. */
  readonly claimedBy: string | null;
  readonly lease: string | null;
  readonly deliveredAt: Date | null;
  readonly lastError: string | null;
}

/** The dossier's delivery on this lane; undefined where it goes elsewhere, or there is none. */
export async function findGiven(query: Query, lane: string, digest: string): Promise<Given | undefined> {
  const [row] = await query<Given>(
    `SELECT v.id, v.kind, v.lane, v.submission_id AS "submissionId", v.feed, v.position, v.attempts + (c.worker IS NOT NULL)::int AS attempts, v.rejections, v.state, c.worker AS "claimedBy", c.lease_id AS lease, v.delivered_at AS "deliveredAt", v.last_error AS "lastError"
     FROM submission s JOIN delivery v ON v.submission_id = s.id LEFT JOIN delivery_claim c ON c.delivery_id = v.id AND c.lane = v.lane
     WHERE s.digest = $2 AND v.lane = $1 AND v.kind = 'dossier' ORDER BY c.lease_id DESC LIMIT 1`,
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
