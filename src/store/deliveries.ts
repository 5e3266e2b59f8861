// Statements over deliveries. A claim is a lease of a group that is committed at once: a worker killed while it delivers holds nothing, and the
// deliveries are made again when the lease is over. Claiming writes the lease alone; a delivery is written when something has become of it.
import type { Query } from './database.ts';
import { beginsWith, HELD_UNTIL, lockFreeLanes } from './lanes.ts';
import type { LaneRow } from './lanes.ts';

export type DeliveryKind = 'dossier' | 'webhook' | 'mail';

/** What a worker has claimed, of whatever kind. */
export interface Claimed {
  readonly id: string;
  /** The group it was claimed in. */
  readonly lease: string;
  /** How many of the group may be handed over at once. */
  readonly hands: number;
  readonly lane: string;
  readonly kind: DeliveryKind;
  readonly orderKey: string;
  /** Tries, this one included. */
  readonly attempts: number;
  /** How many of the earlier ones the receiver rejected. */
  readonly rejections: number;
  /** Null for what concerns no dossier. */
  readonly submissionId: string | null;
  /** The event's feed and place in it, and whose subscription it is for; null for dossiers. */
  readonly feed: string | null;
  readonly position: string | null;
  readonly subscription: string | null;
}

export interface Claim {
  readonly now: Date;
  readonly worker: string;
  readonly most: number;
  /** What is larger than this is claimed alone, and of the rest as much as stays below it. */
  readonly mostOctets: number;
  /** How many hands may begin, on all lanes together; undefined: as many as the lanes allow, and one lane as many as it likes. */
  readonly mostHands?: number;
  /** Beginnings of the names of the lanes to claim on. */
  readonly lanes: readonly string[];
  /** Undefined: not this worker's. */
  readonly termsOf: (lane: LaneRow) => Terms | undefined;
}

/** What may be claimed on a lane. */
export interface Terms {
  /** How many may be under way at once, over all processes, and how many of these one claim takes. */
  readonly room: number;
  readonly hands: number;
  /** How many are claimed for each of the hands, one after the other. */
  readonly each: number;
  readonly leaseMs: number;
}

/** No policy puts off a try for longer: what is due later than that was written by a clock that has been put back since. */
export const LONGEST_RETRY_MS = 60 * 60_000;

/**
 * Claims what is due on every lane that has room, in the order of the nearest legal deadline; nothing of which an earlier one with the same key still
 * waits. Lanes, or all lanes of one owner, take turns, and what they have under way counts: none takes all of a claim or of the hands, and as many as one
 * could have are left for whoever comes next. In a transaction of its own: lanes that another process claims on at this moment are its business.
 */
export async function claimDeliveries(query: Query, { now, worker, most, mostOctets, mostHands, lanes, termsOf }: Claim): Promise<Claimed[]> {
  const locked = await lockFreeLanes(query, lanes);
  const free = locked.flatMap((lane) => {
    const terms = termsOf(lane);
    return terms === undefined || terms.room <= 0 ? [] : [{ name: lane.name, owner: lane.owner ?? lane.name, ...terms, until: new Date(now.getTime() + terms.leaseMs) }];
  });
  if (free.length === 0) return [];
  const columns = [free.map(({ name }) => name), free.map(({ room }) => room), free.map(({ hands }) => hands), free.map(({ each }) => each), free.map(({ until }) => until), free.map(({ owner }) => owner)];
  return query<Claimed>(claim, [now, worker, most, mostOctets, ...columns, lanes, mostHands ?? null, HELD_UNTIL, new Date(now.getTime() + LONGEST_RETRY_MS)]);
}

const claim = `
  WITH lanes AS MATERIALIZED (
    -- A lease further ahead than twice its length was taken by a clock that has been put back since; clocks of processes differ by less.
    SELECT l.*, l.until + (l.until - $1) AS longest FROM unnest($5::text[], $6::int[], $7::int[], $8::int[], $9::timestamptz[], $10::text[]) AS l (name, room, hands, each, until, owner)),
  held AS MATERIALIZED (SELECT d.* FROM delivery_lease d JOIN lanes l ON l.name = d.lane WHERE d.until > $1 AND d.until <= l.longest),
  over AS (DELETE FROM delivery_lease d USING lanes l WHERE l.name = d.lane AND (d.until <= $1 OR d.until > l.longest) RETURNING deliveries),
  tried AS MATERIALIZED (SELECT unnest(deliveries) AS id FROM over), -- by a worker that is gone
  counted AS (UPDATE delivery v SET attempts = v.attempts + 1 FROM tried WHERE v.id = tried.id AND v.state = 'waiting'),
  own AS MATERIALIZED ( -- what this worker has in hand
    SELECT coalesce(l.owner, d.lane) AS owner, sum(least(d.hands, cardinality(d.deliveries))) AS hands FROM delivery_lease d LEFT JOIN lane l ON l.name = d.lane
    WHERE d.worker = $2 AND d.until > $1 AND ${beginsWith('d.lane', '$11')} GROUP BY 1),
  terms AS MATERIALIZED (
    SELECT l.name, l.owner, least(l.hands, l.room - (SELECT coalesce(sum(least(hands, cardinality(deliveries))), 0) FROM held WHERE lane = l.name)) AS hands, l.each, l.until FROM lanes l),
  due AS MATERIALIZED (
    SELECT next.*, terms.owner, terms.hands, terms.each, terms.until, row_number() OVER (PARTITION BY next.lane ORDER BY next.urgent_at, next.id) AS nth
    FROM terms CROSS JOIN LATERAL (
      SELECT v.id, v.lane, v.kind, v.order_key, v.attempts, v.rejections, v.submission_id, v.feed, v.position, v.subscription, v.octets, v.urgent_at FROM delivery v
      WHERE v.lane = terms.name AND v.state = 'waiting' AND (v.due_at <= $1 OR (v.due_at < $13 AND (v.attempts = 0 OR v.due_at > $14))) AND v.id NOT IN (SELECT unnest(deliveries) FROM held)
        AND NOT EXISTS (SELECT 1 FROM delivery e WHERE e.lane = v.lane AND e.order_key = v.order_key AND e.state = 'waiting' AND e.id < v.id)
      ORDER BY v.urgent_at, v.id LIMIT least(greatest(0, terms.hands) * terms.each, $3)) next),
  share AS MATERIALIZED ( -- of the hands of this worker, one owner's
    SELECT greatest(1, ($12::int + (SELECT coalesce(sum(hands), 0) FROM own)) / (1 + (SELECT count(*) FROM (SELECT owner FROM due UNION SELECT owner FROM own) o))) AS hands),
  turns AS (
    SELECT due.lane, due.urgent_at, due.id, coalesce(own.hands, 0) + row_number() OVER (PARTITION BY due.owner ORDER BY due.nth, due.urgent_at, due.id) AS turn
    FROM due LEFT JOIN own ON own.owner = due.owner WHERE due.nth <= due.hands),
  granted AS MATERIALIZED (
    SELECT lane, count(*) AS hands FROM (SELECT lane FROM turns, share WHERE $12::int IS NULL OR turn <= share.hands ORDER BY turn, urgent_at, id LIMIT $12) t GROUP BY lane),
  chosen AS MATERIALIZED (
    SELECT due.*, granted.hands AS granted, sum(due.octets) OVER (ORDER BY due.nth, due.urgent_at, due.id) - due.octets AS octets_before
    FROM due JOIN granted ON granted.lane = due.lane WHERE due.nth <= granted.hands * due.each ORDER BY due.nth, due.urgent_at, due.id LIMIT $3),
  leased AS (
    INSERT INTO delivery_lease (lane, worker, hands, deliveries, until)
    SELECT lane, $2, least(granted, count(*)), array_agg(id), until FROM chosen WHERE octets_before = 0 OR octets_before + octets <= $4 GROUP BY lane, granted, until RETURNING id, lane, hands)
  SELECT c.id, l.id AS lease, l.hands, c.lane, c.kind, c.order_key AS "orderKey", c.attempts + 1 + (c.id IN (SELECT id FROM tried))::int AS attempts, c.rejections, c.submission_id AS "submissionId", c.feed, c.position, c.subscription
  FROM chosen c JOIN leased l ON l.lane = c.lane WHERE c.octets_before = 0 OR c.octets_before + c.octets <= $4 ORDER BY c.urgent_at, c.id`;

/** Settled, or not to be handed over after all: nobody's any more. */
export async function endClaims(query: Query, claimed: readonly Pick<Claimed, 'id' | 'lease'>[]): Promise<void> {
  const leases = [...new Set(claimed.map(({ lease }) => lease))];
  const settled = [leases, claimed.map(({ id }) => id)];
  await query(
    `WITH rest AS MATERIALIZED (SELECT id, ARRAY(SELECT unnest(deliveries) EXCEPT SELECT unnest($2::bigint[])) AS deliveries FROM delivery_lease WHERE id = ANY ($1) ORDER BY id FOR UPDATE),
     ended AS (DELETE FROM delivery_lease l USING rest WHERE l.id = rest.id AND cardinality(rest.deliveries) = 0)
     UPDATE delivery_lease l SET deliveries = rest.deliveries FROM rest WHERE l.id = rest.id AND cardinality(rest.deliveries) > 0`,
    settled,
  );
}

/** A dossier on its way to its agency. */
export interface HandOver extends Pick<Claimed, 'id' | 'lane' | 'attempts' | 'rejections'> {
  readonly submissionId: string;
  /** How often it was ordered again after it had been given up, or lost. */
  readonly replays: number;
  readonly agency: string;
  readonly unitCode: string;
  readonly unitName: string;
  readonly taxCode: string;
  readonly digest: string;
  readonly transactionCode: string;
  readonly dossierNumber: string;
  readonly receivedAt: Date;
  readonly dueAt: Date;
  /** SHA-256 of the dossier that this one supplements. */
  readonly supplements: string | null;
  readonly body: Buffer;
  readonly receipt: Buffer;
}

/** What is to be handed over of each claim, by its id. */
export async function loadDossiers(query: Query, claimed: readonly Claimed[]): Promise<ReadonlyMap<string, HandOver>> {
  const rows = await query<Omit<HandOver, 'id' | 'lane' | 'attempts' | 'rejections'>>(
    `SELECT s.id AS "submissionId", d.agency, d.unit_code AS "unitCode", d.unit_name AS "unitName", d.tax_code AS "taxCode", s.digest,
            s.transaction_code AS "transactionCode", d.number AS "dossierNumber", s.received_at AS "receivedAt", d.due_at AS "dueAt", s.supplements ->> 'digest' AS supplements, s.body, r.body AS receipt, v.replays
     FROM unnest($1::bigint[]) AS c (submission_id) JOIN submission s ON s.id = c.submission_id
     JOIN dossier d ON d.submission_id = s.id JOIN receipt r ON r.submission_id = s.id
     JOIN delivery v ON v.submission_id = s.id AND v.kind = 'dossier'`,
    [claimed.map(({ submissionId }) => submissionId)],
  );
  const bySubmission = new Map(rows.map((row) => [row.submissionId, row]));
  return new Map(claimed.flatMap(({ id, lane, attempts, rejections, submissionId }) => {
    const row = submissionId === null ? undefined : bySubmission.get(submissionId);
    return row === undefined ? [] : [[id, { ...row, id, lane, attempts, rejections }]];
  }));
}

/** The agency has them. Gives the ids of those of which it was not known before. */
export async function markDelivered(query: Query, ids: readonly string[], at: Date): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await query<{ id: string }>(
    `UPDATE delivery v SET state = 'delivered', delivered_at = $2, last_error = NULL
     FROM unnest($1::bigint[]) AS done (id) WHERE v.id = done.id AND v.state = 'waiting' RETURNING v.id`,
    [ids, at],
  );
  return new Set(rows.map(({ id }) => id));
}

/** The subscriber has them: the event that each is of says everything, and nothing more is kept. */
export async function removeDelivered(query: Query, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await query(`DELETE FROM delivery v USING unnest($1::bigint[]) AS done (id) WHERE v.id = done.id AND v.state = 'waiting'`, [ids]);
}

/** To be tried again at `until`. False when something else had become of it. */
export async function postponeClaim(query: Query, { id, attempts }: Pick<Claimed, 'id' | 'attempts'>, until: Date, error: string, rejections: number): Promise<boolean> {
  const rows = await query(`UPDATE delivery SET due_at = $2, attempts = $3, last_error = $4, rejections = $5 WHERE id = $1 AND state = 'waiting' RETURNING id`, [id, until, attempts, error, rejections]);
  return rows.length > 0;
}

/** The receiver will not have it: a dead letter, until an operator says otherwise. False when something else had become of it. */
export async function markDead(query: Query, { id, attempts }: Pick<Claimed, 'id' | 'attempts'>, error: string, rejections: number): Promise<boolean> {
  const rows = await query(`UPDATE delivery SET state = 'dead', attempts = $2, last_error = $3, rejections = $4 WHERE id = $1 AND state = 'waiting' RETURNING id`, [id, attempts, error, rejections]);
  return rows.length > 0;
}

/** Those of a lane that nobody has claimed or holds and that were ordered before then, the oldest first, are dead letters. Gives which. */
export async function markAged(query: Query, lane: string, orderedBefore: Date, now: Date, most: number): Promise<{ id: string; submissionId: string | null }[]> {
  return query(
    `UPDATE delivery SET state = 'dead' WHERE id IN (
       SELECT id FROM delivery WHERE lane = $1 AND state = 'waiting' AND due_at < $5 AND ordered_at <= $2 AND id NOT IN (SELECT delivery_id FROM delivery_claim WHERE lane = $1 AND until > $3) ORDER BY id LIMIT $4)
     RETURNING id, submission_id AS "submissionId"`,
    [lane, orderedBefore, now, most, HELD_UNTIL],
  );
}

/** Dossiers that wait to be delivered. */
export async function countWaiting(query: Query): Promise<number> {
  const [row] = await query<{ waiting: number }>(`SELECT count(*)::int AS waiting FROM delivery WHERE state = 'waiting' AND kind = 'dossier'`);
  return row?.waiting ?? 0;
}

/** When the next delivery is due on a lane whose name begins so; null when none waits. */
export async function nextDeliveryDueAt(query: Query, lanes: readonly string[]): Promise<Date | null> {
  const [row] = await query<{ dueAt: Date | null }>(
    `WITH claimed AS MATERIALIZED (SELECT delivery_id FROM delivery_claim)
     SELECT least(
       (SELECT min(greatest(v.due_at, l.open_until)) FROM lane l CROSS JOIN LATERAL (
          SELECT due_at FROM delivery WHERE lane = l.name AND state = 'waiting' AND id NOT IN (SELECT delivery_id FROM claimed) ORDER BY due_at LIMIT 1) v WHERE ${beginsWith('l.name', '$1')}),
       (SELECT min(until) FROM delivery_lease WHERE ${beginsWith('lane', '$1')})) AS "dueAt"`,
    [lanes],
  );
  return row?.dueAt ?? null;
}

/** How many could be handed over at this instant, or are being. */
export async function countDue(query: Query, lanes: readonly string[], now: Date): Promise<number> {
  const [row] = await query<{ due: number }>(
    `SELECT count(*)::int AS due FROM delivery v JOIN lane l ON l.name = v.lane WHERE v.state = 'waiting' AND v.due_at <= $2 AND (l.open_until IS NULL OR l.open_until <= $2)
       AND EXISTS (SELECT 1 FROM unnest($1::text[]) AS p (prefix) WHERE starts_with(l.name, p.prefix))`,
    [lanes, now],
  );
  return row?.due ?? 0;
}
