// Statements over deliveries. A claim is a lease that is committed at once: a worker killed while it delivers holds nothing, and
// the delivery is made again when the lease is over.
import type { Query } from './database.ts';
import { beginsWith, lockFreeLanes } from './lanes.ts';
import type { LaneRow } from './lanes.ts';

export type DeliveryKind = 'dossier' | 'webhook' | 'mail';

/** What a worker has claimed, of whatever kind. */
export interface Claimed {
  readonly id: string;
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

/** A dossier on its way to its agency. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly lane: string;
  readonly submissionId: string;
  readonly attempts: number;
  readonly rejections: number;
  readonly agency: string;
  readonly unitCode: string;
  readonly unitName: string;
  readonly taxCode: string;
  readonly digest: string;
  readonly transactionCode: string;
  readonly dossierNumber: string;
  readonly receivedAt: Date;
  readonly dueAt: Date;
}

export interface Claim {
  readonly now: Date;
  readonly worker: string;
  readonly most: number;
  /** Beginnings of the names of the lanes to claim on. */
  readonly lanes: readonly string[];
  /** How many may be under way at once on a lane, and how long a claim on it holds; undefined: not this worker's. */
  readonly termsOf: (lane: LaneRow) => { readonly room: number; readonly leaseMs: number } | undefined;
}

/**
 * Claims what is due, in the order of the nearest legal deadline, on every lane that has room; nothing of which an earlier one with the same
 * key still waits. In a transaction of its own: lanes that another process claims on at this moment are its business.
 */
export async function claimDeliveries(query: Query, { now, worker, most, lanes, termsOf }: Claim): Promise<Claimed[]> {
  const locked = await lockFreeLanes(query, lanes);
  const free = locked.flatMap((lane) => {
    const terms = termsOf(lane);
    return terms === undefined || terms.room <= 0 ? [] : [{ name: lane.name, room: Math.min(most, terms.room), until: new Date(now.getTime() + terms.leaseMs) }];
  });
  if (free.length === 0) return [];
  return query<Claimed>(
    `WITH claimed AS (
       UPDATE delivery c SET claimed_until = chosen.until, claimed_by = $2, attempts = c.attempts + 1
       FROM (
         SELECT next.id, l.until FROM unnest($4::text[], $5::int[], $6::timestamptz[]) AS l (name, room, until)
         CROSS JOIN LATERAL (SELECT count(*) AS leased FROM delivery WHERE lane = l.name AND state = 'waiting' AND claimed_until > $1) busy
         CROSS JOIN LATERAL (
           SELECT v.id, v.urgent_at FROM delivery v
           WHERE v.lane = l.name AND v.state = 'waiting' AND v.due_at <= $1 AND (v.claimed_until IS NULL OR v.claimed_until <= $1)
             AND NOT EXISTS (SELECT 1 FROM delivery e WHERE e.lane = v.lane AND e.order_key = v.order_key AND e.state = 'waiting' AND e.id < v.id)
           ORDER BY v.urgent_at, v.id LIMIT greatest(0, l.room - busy.leased)) next
         ORDER BY next.urgent_at, next.id LIMIT $3) chosen
       WHERE c.id = chosen.id
       RETURNING c.*)
     SELECT id, lane, kind, order_key AS "orderKey", attempts, rejections, submission_id AS "submissionId", feed, position, subscription FROM claimed ORDER BY urgent_at, id`,
    [now, worker, most, free.map(({ name }) => name), free.map(({ room }) => room), free.map(({ until }) => until)],
  );
}

/** A dossier's octets and its receipt, to hand over. */
export interface HandOver extends ClaimedDelivery {
  /** SHA-256 of the dossier that this one supplements. */
  readonly supplements: string | null;
  readonly body: Buffer;
  readonly receipt: Buffer;
}

/** What is to be handed over of each claim, by its id. */
export async function loadDossiers(query: Query, claimed: readonly Claimed[]): Promise<ReadonlyMap<string, HandOver>> {
  const rows = await query<Omit<HandOver, 'id' | 'lane' | 'attempts' | 'rejections'>>(
    `SELECT s.id AS "submissionId", d.agency, d.unit_code AS "unitCode", d.unit_name AS "unitName", d.tax_code AS "taxCode", s.digest,
            s.transaction_code AS "transactionCode", d.number AS "dossierNumber", s.received_at AS "receivedAt", d.due_at AS "dueAt", s.supplements ->> 'digest' AS supplements, s.body, r.body AS receipt
     FROM unnest($1::bigint[]) AS c (submission_id) JOIN submission s ON s.id = c.submission_id
     JOIN dossier d ON d.submission_id = s.id JOIN receipt r ON r.submission_id = s.id`,
    [claimed.map(({ submissionId }) => submissionId)],
  );
  const bySubmission = new Map(rows.map((row) => [row.submissionId, row]));
  return new Map(claimed.flatMap(({ id, lane, attempts, rejections, submissionId }) => {
    const row = submissionId === null ? undefined : bySubmission.get(submissionId);
    return row === undefined ? [] : [[id, { ...row, id, lane, attempts, rejections }]];
  }));
}

/** The receiver has them. Gives the ids of those whose claim had not been lost to another. */
export async function markDelivered(query: Query, held: readonly { readonly id: string; readonly worker: string }[], at: Date): Promise<ReadonlySet<string>> {
  const rows = await query<{ id: string }>(
    `UPDATE delivery v SET state = 'delivered', delivered_at = $3, due_at = CASE kind WHEN 'dossier' THEN $3::timestamptz ELSE 'infinity' END,
       attempts = 0, claimed_until = NULL, claimed_by = NULL, last_error = NULL
     FROM unnest($1::bigint[], $2::text[]) AS held (id, worker) WHERE v.id = held.id AND v.claimed_by = held.worker AND v.state = 'waiting' RETURNING v.id`,
    [held.map(({ id }) => id), held.map(({ worker }) => worker), at],
  );
  return new Set(rows.map(({ id }) => id));
}

/** To be tried again at `until`. */
export async function postpone(query: Query, claimed: { readonly id: string }, worker: string, until: Date, error: string | null, rejections: number): Promise<void> {
  await query('UPDATE delivery SET due_at = $3, claimed_until = NULL, claimed_by = NULL, last_error = $4, rejections = $5 WHERE id = $1 AND claimed_by = $2', [claimed.id, worker, until, error, rejections]);
}

/** The receiver will not have it: a dead letter, until an operator says otherwise. False when this worker's claim was lost to another. */
export async function markDead(query: Query, id: string, worker: string, error: string, rejections: number): Promise<boolean> {
  const rows = await query(
    `UPDATE delivery SET state = 'dead', claimed_until = NULL, claimed_by = NULL, last_error = $3, rejections = $4 WHERE id = $1 AND claimed_by = $2 AND state = 'waiting' RETURNING id`,
    [id, worker, error, rejections],
  );
  return rows.length > 0;
}

/** Those of a lane that nobody has claimed and that were ordered before then, the oldest first, are dead letters. Gives which. */
export async function markAged(query: Query, lane: string, orderedBefore: Date, now: Date, most: number): Promise<{ id: string; submissionId: string | null }[]> {
  return query(
    `UPDATE delivery SET state = 'dead' WHERE id IN (
       SELECT id FROM delivery WHERE lane = $1 AND state = 'waiting' AND ordered_at <= $2 AND (claimed_until IS NULL OR claimed_until <= $3) ORDER BY id LIMIT $4)
     RETURNING id, submission_id AS "submissionId"`,
    [lane, orderedBefore, now, most],
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
    `SELECT min(greatest(v.due_at, l.open_until)) AS "dueAt" FROM lane l CROSS JOIN LATERAL (
       SELECT greatest(due_at, claimed_until) AS due_at FROM delivery WHERE lane = l.name AND state = 'waiting' ORDER BY greatest(due_at, claimed_until) LIMIT 1) v WHERE ${beginsWith('l.name', '$1')}`,
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
