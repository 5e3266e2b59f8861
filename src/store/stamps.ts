// Statements over time stamps: which checkpoint wants one, the stamps that prove together what a checkpoint had, those of receipts, and the lease under which
// one process at a time asks authorities. Stamps are only ever inserted, and each is entered into the log: a stamp of a later checkpoint covers it.
import type { Query } from './database.ts';

export interface NewStamp {
  readonly token: Buffer;
  readonly at: Date;
  readonly tsa: string;
  readonly endsAt: Date;
  readonly trustDigest: string;
  readonly recordedAt: Date;
}

export interface StampRow extends NewStamp {
  readonly id: string;
  /** Of the checkpoint. */
  readonly size: number;
  /** SHA-256 of the checkpoint's note, which the token covers. */
  readonly digest: string;
}

/** Of their entries in the log. */
export const STAMP = 'stamp';
export const RECEIPT_STAMP = 'receipt-stamp';
/** Before its end a stamp is covered by one that lasts longer by as much: long enough for an authority that has to get a new certificate first. */
export const RENEW_BEFORE_MS = 90 * 86_400_000;

const columns = `id, size::float8 AS size, token, digest, tsa, at, recorded_at AS "recordedAt", ends_at AS "endsAt", trust_digest AS "trustDigest"`;

/**
 * Of the smallest stamped checkpoint that is not smaller; then of a checkpoint that has the entry of that stamp, made before it ended and lasting longer; and so
 * on. What ended before anything covered it proves nothing any more: then from the first stamp that was made after. Empty while there is none.
 */
export async function findStamps(query: Query, size: number): Promise<StampRow[]> {
  let found: StampRow[] = [];
  for (let next = await firstStampFrom(query, size); next !== undefined;) {
    found.push(next);
    const cover = await findCover(query, next);
    const anew = cover === undefined ? await firstStampFrom(query, next.size, next.endsAt) : undefined;
    if (anew !== undefined) found = [];
    next = cover ?? anew;
  }
  return found;
}

async function firstStampFrom(query: Query, size: number, after = new Date(0)): Promise<StampRow | undefined> {
  return (await query<StampRow>(`SELECT ${columns} FROM log_stamp WHERE size >= $1 AND at > $2 ORDER BY size LIMIT 1`, [size, after]))[0];
}

/** Of those that cover it and last longer the first of those that end first. */
async function findCover(query: Query, { id, endsAt }: Pick<StampRow, 'id' | 'endsAt'>): Promise<StampRow | undefined> {
  const [cover] = await query<StampRow>(
    `WITH covering AS (SELECT position, $2::timestamptz AS ends, $2::timestamptz + $3 * interval '1 ms' AS least FROM log_entry WHERE kind = '${STAMP}' AND subject = $1),
     lasting AS (SELECT min(s.ends_at) AS ends FROM log_stamp s, covering c WHERE s.ends_at >= c.least AND s.size > c.position AND s.at <= c.ends)
     SELECT ${columns} FROM log_stamp s WHERE s.ends_at = (SELECT ends FROM lasting) AND s.size > (SELECT position FROM covering) AND s.at <= (SELECT ends FROM covering) ORDER BY size LIMIT 1`,
    [id, endsAt, RENEW_BEFORE_MS],
  );
  return cover;
}

/** What the keeper goes by. */
export interface StampState {
  /** When the first checkpoint was made that no stamp covers and that has more than stamps; null when there is none. */
  readonly waitingSince: Date | null;
  /** When a checkpoint was stamped last. */
  readonly lastAt: Date | null;
}

export async function findStampState(query: Query): Promise<StampState> {
  const [row] = await query<StampState>(
    `SELECT (SELECT at FROM log_checkpoint WHERE size > (SELECT position FROM log_entry WHERE position >= coalesce((SELECT max(size) FROM log_stamp), 0) AND kind NOT IN ('${STAMP}', '${RECEIPT_STAMP}') ORDER BY position LIMIT 1) ORDER BY size LIMIT 1) AS "waitingSince",
       (SELECT recorded_at FROM log_stamp ORDER BY size DESC LIMIT 1) AS "lastAt"`,
  );
  return row ?? { waitingSince: null, lastAt: null };
}

/** The newest checkpoint, unless a stamp covers it. */
export async function findUnstamped(query: Query): Promise<{ size: number; note: string } | undefined> {
  const [row] = await query<{ size: number; note: string }>('SELECT size::float8 AS size, note FROM log_checkpoint WHERE size > coalesce((SELECT max(size) FROM log_stamp), 0) ORDER BY size DESC LIMIT 1');
  return row;
}

/** False when the checkpoint has one already: another process was there first. */
export async function insertStamp(query: Query, size: number, digest: string, { token, tsa, at, recordedAt, endsAt, trustDigest }: NewStamp): Promise<boolean> {
  const rows = await query(
    'INSERT INTO log_stamp (size, digest, token, tsa, at, recorded_at, ends_at, trust_digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING id',
    [size, digest, token, tsa, at, recordedAt, endsAt, trustDigest],
  );
  return rows.length > 0;
}

/**
 * When the last of those stamps, of checkpoints and of receipts, ends that are still good, end before an instant, and are covered by none that lasts longer;
 * undefined when there are none. Few ends are different: one for each certificate of an authority.
 */
export async function findUncovered(query: Query, now: Date, before: Date): Promise<Date | undefined> {
  const [row] = await query<{ endsAt: Date | null }>(
    `SELECT max(d.ends_at) AS "endsAt" FROM (SELECT ends_at FROM log_stamp WHERE ends_at > $1 AND ends_at < $2 UNION SELECT ends_at FROM receipt_stamp WHERE ends_at > $1 AND ends_at < $2) d
     WHERE EXISTS (
       SELECT 1 FROM log_entry e LEFT JOIN log_stamp s ON e.kind = '${STAMP}' AND s.id = e.subject LEFT JOIN receipt_stamp r ON e.kind = '${RECEIPT_STAMP}' AND r.id = e.subject
       WHERE e.position >= coalesce((SELECT max(size) FROM log_stamp WHERE ends_at >= d.ends_at + $3 * interval '1 ms'), 0) AND d.ends_at IN (s.ends_at, r.ends_at))`,
    [now, before, RENEW_BEFORE_MS],
  );
  return row?.endsAt ?? undefined;
}

/** Recorded, and not in the log yet. */
export async function isAnyStampEntering(query: Query): Promise<boolean> {
  return (await query(`SELECT 1 FROM log_waiting WHERE kind IN ('${STAMP}', '${RECEIPT_STAMP}') LIMIT 1`)).length > 0;
}

/** Of the checkpoints above a size, so many of them. */
export async function listStamps(query: Query, above: number, most: number): Promise<StampRow[]> {
  return query<StampRow>(`SELECT ${columns} FROM log_stamp WHERE size > $1 ORDER BY size LIMIT $2`, [above, most]);
}

export interface ReceiptStampRow extends NewStamp {
  readonly id: string;
  /** SHA-256 of the receipt. */
  readonly digest: string;
}

const ofReceipt = `id, digest, token, tsa, at, recorded_at AS "recordedAt", ends_at AS "endsAt", trust_digest AS "trustDigest"`;

export async function findReceiptStamp(query: Query, digest: string): Promise<ReceiptStampRow | undefined> {
  const [row] = await query<ReceiptStampRow>(`SELECT ${ofReceipt} FROM receipt_stamp WHERE digest = $1`, [digest]);
  return row;
}

/** One that is there already stays. */
export async function insertReceiptStamp(query: Query, digest: string, { token, tsa, at, recordedAt, endsAt, trustDigest }: NewStamp): Promise<void> {
  await query('INSERT INTO receipt_stamp (digest, token, tsa, at, recorded_at, ends_at, trust_digest) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING', [digest, token, tsa, at, recordedAt, endsAt, trustDigest]);
}

/** With digests above one, so many. */
export function listReceiptStamps(query: Query, above: string, most: number): Promise<ReceiptStampRow[]> {
  return query<ReceiptStampRow>(`SELECT ${ofReceipt} FROM receipt_stamp WHERE digest > $1 ORDER BY digest LIMIT $2`, [above, most]);
}

/** True when the caller may ask authorities until then; whoever is gone has it no longer than that. */
export async function takeStampLease(query: Query, holder: string, now: Date, until: Date): Promise<boolean> {
  return (await query('UPDATE stamp_lease SET holder = $1, until = $3 WHERE until IS NULL OR until <= $2 RETURNING single', [holder, now, until])).length > 0;
}

export async function endStampLease(query: Query, holder: string): Promise<void> {
  await query('UPDATE stamp_lease SET holder = NULL, until = NULL WHERE holder = $1', [holder]);
}
