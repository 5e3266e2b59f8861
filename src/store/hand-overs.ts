// What events make of deliveries: one for each subscription that wants the kind, written in the event's own transaction; and what the transports of
// subscriptions need to hand them over, of many in one statement.
import type { Query } from './database.ts';
import { isGranted } from './feed-grants.ts';
import type { FedEvent, FeedKind } from './feeds.ts';
import { HELD_UNTIL } from './lanes.ts';

/** withheld: active but for the right to the feed, which nobody has at present. */
export type SubscriptionState = 'unconfirmed' | 'active' | 'paused' | 'withheld' | 'ended';

/** One event on its way to one subscription, as it stands in the feed. */
export interface EventHandOver {
  /** Of the delivery. */
  readonly id: string;
  readonly attempts: number;
  readonly subscription: string;
  readonly target: string;
  readonly endToken: string | null;
  /** Of the subscription; withheld also when that is not recorded yet. */
  readonly state: SubscriptionState;
  readonly eventId: string;
  readonly position: string;
  readonly kind: FeedKind;
  readonly at: Date;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
  /** Null where the event is of no dossier. */
  readonly digest: string | null;
  readonly dossierNumber: string | null;
  readonly transactionCode: string | null;
  readonly unitName: string | null;
}

/** What the subscriptions of these feeds are to be told. Takes no lock that anybody waits for. In order for each dossier. */
export async function orderHandOvers(query: Query, events: readonly FedEvent[]): Promise<void> {
  if (events.length === 0) return;
  const ordered = await query(
    `INSERT INTO delivery (kind, lane, order_key, submission_id, feed, position, subscription, state, urgent_at, ordered_at, due_at)
     SELECT s.kind, CASE s.kind WHEN 'mail' THEN 'mail' ELSE 'webhook:' || s.id END, s.id || '/' || coalesce(b.digest, e.feed), e.submission_id, e.feed, e.position, s.id, 'waiting', f.at, f.at,
            CASE WHEN s.state = 'active' AND ${isGranted('s.feed', 'f.at')} THEN f.at ELSE $4 END
     FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS e (feed, position, submission_id)
     JOIN feed_event f ON f.feed = e.feed AND f.position = e.position
     JOIN subscription_now s ON s.feed = e.feed AND s.state IN ('active', 'paused', 'withheld') AND (s.kinds IS NULL OR f.kind = ANY (s.kinds))
     LEFT JOIN submission b ON b.id = e.submission_id
     ORDER BY e.feed, e.position, s.id RETURNING id`,
    [events.map(({ feed }) => feed), events.map(({ position }) => position), events.map(({ submissionId }) => submissionId), HELD_UNTIL],
    'hand-overs',
  );
  if (ordered.length > 0) await query("SELECT pg_notify('delivery', '')");
}

interface Claim {
  readonly id: string;
  readonly attempts: number;
  readonly feed: string | null;
  readonly position: string | null;
  readonly subscription: string | null;
}

export async function loadHandOvers(query: Query, claimed: readonly Claim[], at: Date): Promise<ReadonlyMap<string, EventHandOver>> {
  const rows = await query<EventHandOver>(
    `SELECT c.id, c.attempts, s.id AS subscription, s.target, s.end_token AS "endToken", CASE WHEN s.state = 'active' AND NOT ${isGranted('s.feed', '$6')} THEN 'withheld' ELSE s.state END AS state, f.event_id AS "eventId", f.position, f.kind, f.at, f.detail, b.digest,
            d.number AS "dossierNumber", b.transaction_code AS "transactionCode", d.unit_name AS "unitName"
     FROM unnest($1::bigint[], $2::int[], $3::text[], $4::bigint[], $5::bigint[]) AS c (id, attempts, feed, position, subscription)
     JOIN subscription_now s ON s.id = c.subscription JOIN feed_event f ON f.feed = c.feed AND f.position = c.position
     LEFT JOIN submission b ON b.id = f.submission_id LEFT JOIN dossier d ON d.submission_id = f.submission_id`,
    [claimed.map(({ id }) => id), claimed.map(({ attempts }) => attempts), claimed.map(({ feed }) => feed), claimed.map(({ position }) => position), claimed.map(({ subscription }) => subscription), at],
  );
  return new Map(rows.map((row) => [row.id, row]));
}
