// Statements over the log: its head, which whoever appends holds until the transaction ends, so that any number of processes make one log and no fork;
// its entries, nodes and checkpoints, which are only ever inserted; and what waits to be entered.
import type { Query } from './database.ts';

export interface HeadRow {
  readonly size: number;
  /** The tree's complete subtrees, from the largest to the smallest, 32 octets each. */
  readonly edge: Buffer;
}

export interface EntryRow {
  readonly position: number;
  readonly kind: string;
  /** Id of the record. */
  readonly subject: string;
  /** Null once it is destroyed. */
  readonly salt: Buffer | null;
  readonly commitment: Buffer;
}

export interface CheckpointRow {
  readonly size: number;
  readonly root: Buffer;
  readonly note: string;
  readonly at: Date;
}

/** Others who append wait until the transaction ends: taken after every other lock but those of the feeds. */
export async function holdHead(query: Query): Promise<HeadRow> {
  const [head] = await query<HeadRow>('SELECT size::float8 AS size, edge FROM log_head FOR UPDATE', [], 'log-head');
  if (head === undefined) throw new Error('the log has no head');
  return head;
}

/** The head as it is now, with its entries, nodes of whole tiles, and checkpoints, in one statement. */
export async function saveGrowth(query: Query, head: HeadRow, entries: readonly EntryRow[], nodes: readonly { readonly level: number; readonly index: number; readonly hash: Buffer }[], checkpoints: readonly CheckpointRow[]): Promise<void> {
  await query(
    `WITH grown AS (UPDATE log_head SET size = $1, edge = $2),
     entered AS (INSERT INTO log_entry (position, kind, subject, salt, commitment) SELECT * FROM unnest($3::bigint[], $4::text[], $5::bigint[], $6::bytea[], $7::bytea[])),
     complete AS (INSERT INTO log_node (level, index, hash) SELECT * FROM unnest($8::smallint[], $9::bigint[], $10::bytea[]))
     INSERT INTO log_checkpoint (size, root, note, at) SELECT * FROM unnest($11::bigint[], $12::bytea[], $13::text[], $14::timestamptz[])`,
    [
      head.size, head.edge, entries.map(({ position }) => position), entries.map(({ kind }) => kind), entries.map(({ subject }) => subject), entries.map(({ salt }) => salt), entries.map(({ commitment }) => commitment),
      nodes.map(({ level }) => level), nodes.map(({ index }) => index), nodes.map(({ hash }) => hash),
      checkpoints.map(({ size }) => size), checkpoints.map(({ root }) => root), checkpoints.map(({ note }) => note), checkpoints.map(({ at }) => at),
    ],
    'log-growth',
  );
}

/** A row of evidence that is not in the log yet. */
export interface WaitingRow {
  readonly kind: string;
  readonly subject: string;
}

/** What waits, but those, and nobody else holds, is held until the transaction ends, so many at most; with whether it is in the log already. */
export async function holdWaiting(query: Query, most: number, but: readonly WaitingRow[]): Promise<(WaitingRow & { readonly isEntered: boolean })[]> {
  return query(
    `SELECT w.kind, w.subject, EXISTS (SELECT 1 FROM log_entry e WHERE e.kind = w.kind AND e.subject = w.subject) AS "isEntered" FROM log_waiting w
     WHERE NOT EXISTS (SELECT 1 FROM unnest($2::text[], $3::bigint[]) AS b (kind, subject) WHERE b.kind = w.kind AND b.subject = w.subject) ORDER BY w.kind, w.subject LIMIT $1 FOR UPDATE OF w SKIP LOCKED`,
    [most, ...columnsOf(but)],
  );
}

/** By who holds them. */
export async function removeWaiting(query: Query, rows: readonly WaitingRow[]): Promise<void> {
  await query('DELETE FROM log_waiting w USING unnest($1::text[], $2::bigint[]) AS r (kind, subject) WHERE w.kind = r.kind AND w.subject = r.subject', columnsOf(rows));
}

/** Those of them that wait. */
export async function listStillWaiting(query: Query, rows: readonly WaitingRow[]): Promise<WaitingRow[]> {
  return query<WaitingRow>('SELECT w.kind, w.subject FROM log_waiting w JOIN unnest($1::text[], $2::bigint[]) AS r (kind, subject) USING (kind, subject)', columnsOf(rows));
}

function columnsOf(rows: readonly WaitingRow[]): [kinds: readonly string[], subjects: readonly string[]] {
  return [rows.map(({ kind }) => kind), rows.map(({ subject }) => subject)];
}

export async function isAnyWaitingForLog(query: Query): Promise<boolean> {
  return (await query('SELECT 1 FROM log_waiting LIMIT 1')).length > 0;
}

export async function findCheckpoint(query: Query, size?: number): Promise<CheckpointRow | undefined> {
  const [found] = await query<CheckpointRow>(`SELECT size::float8 AS size, root, note, at FROM log_checkpoint WHERE $1::bigint IS NULL OR size = $1 ORDER BY size DESC LIMIT 1`, [size ?? null]);
  return found;
}

/** Of sizes above the first and up to the second. */
export function listCheckpoints(query: Query, above: number, upTo: number): Promise<CheckpointRow[]> {
  return query<CheckpointRow>('SELECT size::float8 AS size, root, note, at FROM log_checkpoint WHERE size > $1 AND size <= $2 ORDER BY size', [above, upTo]);
}

export async function firstCheckpointAt(query: Query): Promise<Date | undefined> {
  return (await query<{ at: Date }>('SELECT at FROM log_checkpoint ORDER BY size LIMIT 1'))[0]?.at;
}

export interface CosignatureRow {
  readonly size: number;
  /** The witness's key, as text. */
  readonly witness: string;
  readonly line: string;
  /** As its line says, in seconds since 1970. */
  readonly at: number;
}

/** Of checkpoints of sizes above the first and up to the second. */
export function listAllCosignatures(query: Query, above: number, upTo: number): Promise<CosignatureRow[]> {
  return query<CosignatureRow>('SELECT size::float8 AS size, witness, line, extract(epoch FROM at)::float8 AS at FROM log_cosignature WHERE size > $1 AND size <= $2 ORDER BY size, witness', [above, upTo]);
}

/** The smallest size above one that a witness has signed. */
export async function firstCosigned(query: Query, above: number): Promise<number | undefined> {
  return (await query<{ size: number | null }>('SELECT min(size)::float8 AS size FROM log_cosignature WHERE size > $1', [above]))[0]?.size ?? undefined;
}

/** From `first`, in their order. */
export async function listEntries(query: Query, first: number, count: number): Promise<EntryRow[]> {
  return query<EntryRow>('SELECT position::float8 AS position, kind, subject, salt, commitment FROM log_entry WHERE position >= $1 AND position < $1 + $2 ORDER BY position', [first, count]);
}

export async function findEntries(query: Query, kind: string, subjects: readonly string[]): Promise<EntryRow[]> {
  return query<EntryRow>('SELECT position::float8 AS position, kind, subject, salt, commitment FROM log_entry WHERE kind = $1 AND subject = ANY ($2::bigint[])', [kind, subjects]);
}

/** Entries of a kind among the first so many of the log. */
export async function countEntered(query: Query, kind: string, size: number): Promise<number> {
  return (await query<{ count: number }>('SELECT count(*)::float8 AS count FROM log_entry WHERE kind = $1 AND position < $2', [kind, size]))[0]?.count ?? 0;
}

/** Those of them at these places among their kind, from 0 in the order of the log; in the order of `places`. */
export async function enteredAt(query: Query, kind: string, size: number, places: readonly number[]): Promise<EntryRow[]> {
  return query<EntryRow>(
    `SELECT position::float8 AS position, kind, subject, salt, commitment FROM (
       SELECT e.*, row_number() OVER (ORDER BY position) - 1 AS place FROM log_entry e WHERE kind = $1 AND position < $2) p
     JOIN unnest($3::bigint[]) WITH ORDINALITY AS w (place, drawn) USING (place) ORDER BY w.drawn`,
    [kind, size, places],
  );
}

export async function findCheckpoints(query: Query, sizes: readonly number[]): Promise<CheckpointRow[]> {
  return query<CheckpointRow>('SELECT size::float8 AS size, root, note, at FROM log_checkpoint WHERE size = ANY ($1::bigint[])', [sizes]);
}

/** Hashes of a tile above the leaves, in their order. */
export async function listNodesFrom(query: Query, level: number, first: number, count: number): Promise<Buffer[]> {
  const rows = await query<{ hash: Buffer }>('SELECT hash FROM log_node WHERE level = $1 AND index >= $2 AND index < $2 + $3 ORDER BY index', [level, first, count]);
  return rows.map(({ hash }) => hash);
}

/** As they are on record; null where there is none. */
export async function findNodes(query: Query, nodes: readonly { readonly level: number; readonly index: number }[]): Promise<(Buffer | null)[]> {
  const rows = await query<{ hash: Buffer | null }>(
    'SELECT n.hash FROM unnest($1::smallint[], $2::bigint[]) WITH ORDINALITY AS q(level, index, place) LEFT JOIN log_node n ON n.level = q.level AND n.index = q.index ORDER BY q.place',
    [nodes.map(({ level }) => level), nodes.map(({ index }) => index)],
  );
  return rows.map(({ hash }) => hash);
}

/** The head, and the size of the last checkpoint, of one moment. */
export async function findEnd(query: Query): Promise<HeadRow & { readonly checkpoint: number }> {
  const [end] = await query<HeadRow & { checkpoint: number }>('SELECT size::float8 AS size, edge, coalesce((SELECT max(size) FROM log_checkpoint), 0)::float8 AS checkpoint FROM log_head');
  if (end === undefined) throw new Error('the log has no head');
  return end;
}

/** Keys that sign or signed the log, the oldest first. */
export async function listLogKeys(query: Query): Promise<string[]> {
  return (await query<{ verifier: string }>('SELECT verifier FROM log_key ORDER BY since, verifier')).map(({ verifier }) => verifier);
}

export async function keepLogKey(query: Query, verifier: string, now: Date): Promise<void> {
  await query('INSERT INTO log_key (verifier, since) VALUES ($1, $2) ON CONFLICT DO NOTHING', [verifier, now]);
}
