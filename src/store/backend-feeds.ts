// Statements over how far the backends' feeds are read. A lease says who reads; only who holds it moves the cursor, in the transaction that records
// what was read, so that a reader that is killed, stopped for a while or doubted has lost and doubled nothing.
import type { Query } from './database.ts';

export interface FeedLease {
  readonly backend: string;
  readonly after: number;
  readonly failures: number;
}

/** Makes the rows of backends that were never read. */
export async function openFeeds(query: Query, backends: readonly string[], now: Date): Promise<void> {
  await query('INSERT INTO backend_feed (backend, due_at) SELECT backend, $2 FROM unnest($1::text[]) AS b (backend) ORDER BY backend ON CONFLICT DO NOTHING', [backends, now]);
}

/** Undefined when another holds it, or when it is to be left alone for now. What lies further ahead than anybody writes was written by a clock that was wrong. */
export async function leaseFeed(query: Query, backend: string, reader: string, now: Date, until: Date): Promise<FeedLease | undefined> {
  const [row] = await query<FeedLease>(
    `UPDATE backend_feed SET claimed_by = $2, claimed_until = $4
     WHERE backend = $1 AND (due_at <= $3 OR due_at > $3::timestamptz + interval '5 minutes')
       AND (claimed_by = $2 OR claimed_until IS NULL OR claimed_until <= $3 OR claimed_until > $3::timestamptz + interval '5 minutes')
     RETURNING backend, after::float8 AS after, failures`,
    [backend, reader, now, until],
  );
  return row;
}

/** When it is worth asking for the lease again. */
export async function feedFreeAt(query: Query, backend: string): Promise<Date | null> {
  const [row] = await query<{ at: Date | null }>('SELECT greatest(due_at, claimed_until) AS at FROM backend_feed WHERE backend = $1', [backend]);
  return row?.at ?? null;
}

/** Moves the cursor and holds its row until the transaction ends; false when the lease, or the place, is another's by now. */
export async function moveCursor(query: Query, { backend, after }: FeedLease, reader: string, to: number): Promise<boolean> {
  const rows = await query('UPDATE backend_feed SET after = $4 WHERE backend = $1 AND claimed_by = $2 AND after = $3 RETURNING backend', [backend, reader, after, to]);
  return rows.length > 0;
}

export async function notePoll(query: Query, backend: string, reader: string, end: number, at: Date): Promise<void> {
  await query('UPDATE backend_feed SET failures = 0, last_error = NULL, last_known = greatest(last_known, $3), read_at = $4 WHERE backend = $1 AND claimed_by = $2', [backend, reader, end, at]);
}

/** Nobody reads it before `until`. */
export async function postponeFeed(query: Query, backend: string, reader: string, until: Date, error: string): Promise<void> {
  await query('UPDATE backend_feed SET failures = failures + 1, last_error = $4, due_at = $3, claimed_by = NULL, claimed_until = NULL WHERE backend = $1 AND claimed_by = $2', [backend, reader, until, error]);
}

export async function releaseFeed(query: Query, backend: string, reader: string): Promise<void> {
  await query('UPDATE backend_feed SET claimed_by = NULL, claimed_until = NULL WHERE backend = $1 AND claimed_by = $2', [backend, reader]);
}

export interface ListedFeed {
  readonly backend: string;
  readonly after: number;
  readonly lastKnown: number;
  readonly readAt: Date | null;
  readonly failures: number;
  readonly lastError: string | null;
}

export function listFeeds(query: Query): Promise<ListedFeed[]> {
  return query<ListedFeed>('SELECT backend, after::float8 AS after, last_known::float8 AS "lastKnown", read_at AS "readAt", failures, last_error AS "lastError" FROM backend_feed ORDER BY backend');
}

/** The position of the last message that was taken. */
export async function findCursor(query: Query, backend: string): Promise<number> {
  const [row] = await query<{ after: string }>('SELECT after FROM backend_feed WHERE backend = $1', [backend]);
  return Number(row?.after ?? 0);
}
