// Statements over deliveries. A claim is a lease that is committed at once: a worker killed while it delivers holds nothing, and
// the delivery is made again when the lease is over.
import type { Query } from './database.ts';
import { lockFreeLanes } from './lanes.ts';
import type { LaneRow } from './lanes.ts';

/** A dossier on its way to its agency. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly lane: string;
  readonly submissionId: string;
  /** Tries in this state, this one included. */
  readonly attempts: number;
  /** How many of the earlier ones the receiver rejected. */
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
  /** How long a claim holds, by lane: longer than handing over can take. */
  readonly leases: ReadonlyMap<string, number>;
  /** How many may be under way at once on a lane. */
  readonly roomOf: (lane: LaneRow) => number;
}

const dossierColumns = `
  v.id, v.lane, v.submission_id AS "submissionId", v.attempts, v.rejections, d.agency, d.unit_code AS "unitCode", d.unit_name AS "unitName",
  d.tax_code AS "taxCode", s.digest, s.transaction_code AS "transactionCode", d.number AS "dossierNumber", s.received_at AS "receivedAt", d.due_at AS "dueAt"`;

/**
 * Claims what is due, in the order of the nearest legal deadline, on every lane that has room; nothing of which an earlier one with the same
 * key still waits. In a transaction of its own: lanes that another process claims on at this moment are its business.
 */
export async function claimDeliveries(query: Query, { now, worker, most, leases, roomOf }: Claim): Promise<ClaimedDelivery[]> {
  const locked = await lockFreeLanes(query, [...leases.keys()]);
  const free = locked.map((lane) => ({ name: lane.name, room: Math.min(most, roomOf(lane)), until: new Date(now.getTime() + (leases.get(lane.name) ?? 0)) })).filter(({ room }) => room > 0);
  if (free.length === 0) return [];
  return query<ClaimedDelivery>(
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
       RETURNING c.id, c.lane, c.submission_id, c.attempts, c.rejections, c.urgent_at)
     SELECT ${dossierColumns}
     FROM claimed v JOIN submission s ON s.id = v.submission_id JOIN dossier d ON d.submission_id = v.submission_id
     ORDER BY v.urgent_at, v.id`,
    [now, worker, most, free.map(({ name }) => name), free.map(({ room }) => room), free.map(({ until }) => until)],
  );
}

/** The submission's octets and its receipt, to hand over. */
export async function findHandOver(query: Query, submissionId: string): Promise<{ body: Buffer; receipt: Buffer }> {
  const [found] = await query<{ body: Buffer; receipt: Buffer }>('SELECT s.body, r.body AS receipt FROM submission s JOIN receipt r ON r.submission_id = s.id WHERE s.id = $1', [submissionId]);
  if (found === undefined) throw new Error(`submission ${submissionId} has no receipt`);
  return found;
}

/** The receiver has them. Gives the ids of those whose claim this worker had not lost to another. */
export async function markDelivered(query: Query, ids: readonly string[], worker: string, at: Date): Promise<ReadonlySet<string>> {
  const rows = await query<{ id: string }>(
    `UPDATE delivery SET state = 'delivered', delivered_at = $3, due_at = $3, attempts = 0, claimed_until = NULL, claimed_by = NULL, last_error = NULL
     WHERE id = ANY ($1) AND claimed_by = $2 AND state = 'waiting' RETURNING id`,
    [ids, worker, at],
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

export async function countWaiting(query: Query): Promise<number> {
  const [row] = await query<{ waiting: number }>(`SELECT count(*)::int AS waiting FROM delivery WHERE state = 'waiting'`);
  return row?.waiting ?? 0;
}

/** When the next delivery is due on one of the lanes; null when none waits. */
export async function nextDeliveryDueAt(query: Query, lanes: readonly string[]): Promise<Date | null> {
  const [row] = await query<{ dueAt: Date | null }>(
    `SELECT min(greatest(v.due_at, l.open_until)) AS "dueAt" FROM lane l CROSS JOIN LATERAL (
       SELECT greatest(due_at, claimed_until) AS due_at FROM delivery WHERE lane = l.name AND state = 'waiting' ORDER BY greatest(due_at, claimed_until) LIMIT 1) v WHERE l.name = ANY ($1)`,
    [lanes],
  );
  return row?.dueAt ?? null;
}
