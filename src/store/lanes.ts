// Statements over lanes: what every process must know of a receiver of deliveries – how many at once, and whether its breaker is open. Locks leave the
// key alone: whoever orders a delivery refers to its lane, and must neither wait for a claim nor keep one away.
import type { Query } from './database.ts';

/** When what waits for somebody's word is due: later than anything. */
export const HELD_UNTIL = new Date('9999-01-01T00:00:00Z');

export interface LaneRow {
  readonly name: string;
  /** Whose it is together with others; null: nobody's but its own. */
  readonly owner: string | null;
  readonly mostAtOnce: number;
  readonly failuresInARow: number;
  /** Null while the breaker is closed. */
  readonly openUntil: Date | null;
  readonly timesOpened: number;
}

const columns = 'name, owner, most_at_once AS "mostAtOnce", failures_in_a_row AS "failuresInARow", open_until AS "openUntil", times_opened AS "timesOpened"';

/** Makes the lane, or takes up its new limit. */
export async function setLane(query: Query, name: string, mostAtOnce: number, owner: string | null = null): Promise<void> {
  await query('INSERT INTO lane (name, most_at_once, owner) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET most_at_once = $2, owner = $3 WHERE (lane.most_at_once, lane.owner) IS DISTINCT FROM ($2, $3)', [name, mostAtOnce, owner]);
}

/** An open breaker lets one delivery through at once, and whatever else failed there is due. False when there is no such lane. */
export async function tryLane(query: Query, name: string, now: Date): Promise<boolean> {
  const found = await query(`UPDATE lane SET open_until = CASE WHEN open_until > $2 THEN $2 ELSE open_until END WHERE name = $1 RETURNING name`, [name, now]);
  await query(`UPDATE delivery SET due_at = $2 WHERE lane = $1 AND state = 'waiting' AND due_at > $2 AND due_at < $3`, [name, now, HELD_UNTIL]);
  return found.length > 0;
}

/** SQL: whether the text begins with one of the texts in the parameter. */
export function beginsWith(text: string, parameter: string): string {
  return `EXISTS (SELECT 1 FROM unnest(${parameter}::text[]) AS beginning WHERE starts_with(${text}, beginning))`;
}

/**
 * Locks the lanes with such beginnings of their names on which something waits and that nobody else claims on at this moment, until the
 * transaction ends. In order of their names, as everywhere.
 */
export async function lockFreeLanes(query: Query, beginnings: readonly string[]): Promise<LaneRow[]> {
  return query<LaneRow>(
    `SELECT ${columns} FROM lane l WHERE ${beginsWith('name', '$1')} AND EXISTS (SELECT 1 FROM delivery WHERE lane = l.name AND state = 'waiting') ORDER BY name FOR NO KEY UPDATE SKIP LOCKED`,
    [beginnings],
  );
}

export async function lockLane(query: Query, name: string): Promise<LaneRow> {
  const [row] = await query<LaneRow>(`SELECT ${columns} FROM lane WHERE name = $1 FOR NO KEY UPDATE`, [name]);
  if (row === undefined) throw new Error(`there is no lane ${name}`);
  return row;
}

export async function saveBreaker(query: Query, name: string, { failuresInARow, openUntil, timesOpened }: Pick<LaneRow, 'failuresInARow' | 'openUntil' | 'timesOpened'>, at: Date): Promise<void> {
  await query('UPDATE lane SET failures_in_a_row = $2, open_until = $3, times_opened = $4, failing_since = coalesce(failing_since, $5) WHERE name = $1', [name, failuresInARow, openUntil, timesOpened, at]);
}

/** After a success. Gives the lanes whose breaker was open. */
export async function resetBreakers(query: Query, names: readonly string[]): Promise<string[]> {
  const rows = await query<{ name: string; wasOpen: boolean }>(
    `WITH failing AS (SELECT name, open_until FROM lane WHERE name = ANY ($1) AND failures_in_a_row > 0 ORDER BY name FOR NO KEY UPDATE)
     UPDATE lane l SET failures_in_a_row = 0, open_until = NULL, times_opened = 0, failing_since = NULL FROM failing f WHERE f.name = l.name RETURNING l.name, f.open_until IS NOT NULL AS "wasOpen"`,
    [names],
  );
  return rows.filter(({ wasOpen }) => wasOpen).map(({ name }) => name);
}

export interface LaneOutlook extends LaneRow {
  readonly waiting: number;
  readonly leased: number;
  readonly dead: number;
  readonly oldestReceivedAt: Date | null;
}

export async function listLanes(query: Query, now: Date): Promise<LaneOutlook[]> {
  return query<LaneOutlook>(
    `SELECT ${columns}, v.waiting, v.leased, v.dead, v.oldest AS "oldestReceivedAt" FROM lane l CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE state = 'waiting')::int AS waiting, (SELECT count(*)::int FROM delivery_claim WHERE lane = l.name AND until > $1) AS leased,
              count(*) FILTER (WHERE state = 'dead')::int AS dead, min(s.received_at) FILTER (WHERE state = 'waiting') AS oldest
       FROM delivery v LEFT JOIN submission s ON s.id = v.submission_id WHERE v.lane = l.name AND v.state IN ('waiting', 'dead')) v
     ORDER BY name`,
    [now],
  );
}
