// Statements over the log for whoever proves from it: hashes at the stored levels, places of records, and the checkpoint that a proof leads to.
import type { Query } from './database.ts';
import type { CheckpointRow, EntryRow } from './log.ts';

/** At level 0, and at each multiple of 8: so many from a place on. */
export interface NodeRun {
  readonly level: number;
  readonly first: number;
  readonly count: number;
}

/** A node that is kept, or a leaf by what it is the hash of. */
export type StoredNode = { readonly level: number; readonly index: number } & ({ readonly kind: null; readonly hash: Buffer } | { readonly kind: string; readonly hash: null; readonly commitment: Buffer });

export function listNodeRuns(query: Query, runs: readonly NodeRun[]): Promise<StoredNode[]> {
  return query<StoredNode>(
    `WITH wanted AS (SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bigint[]) AS w (level, first, count))
     SELECT 0::int AS level, e.position::float8 AS index, e.kind, NULL::bytea AS hash, e.commitment FROM wanted w JOIN log_entry e ON e.position >= w.first AND e.position < w.first + w.count WHERE w.level = 0
     UNION ALL
     SELECT n.level::int, n.index::float8, NULL, n.hash, NULL FROM wanted w JOIN log_node n ON n.level = w.level AND n.index >= w.first AND n.index < w.first + w.count WHERE w.level > 0`,
    [runs.map(({ level }) => level), runs.map(({ first }) => first), runs.map(({ count }) => count)],
  );
}

/** Of those that are entered. */
export function listEntriesOf(query: Query, subjects: readonly { readonly kind: string; readonly subject: string }[]): Promise<EntryRow[]> {
  return query<EntryRow>(
    `SELECT e.position::float8 AS position, e.kind, e.subject, e.salt, e.commitment FROM unnest($1::text[], $2::bigint[]) AS s (kind, subject) JOIN log_entry e ON e.kind = s.kind AND e.subject = s.subject ORDER BY e.position`,
    [subjects.map(({ kind }) => kind), subjects.map(({ subject }) => subject)],
  );
}

/** Of exactly that size; or else the first of at least that size that a witness has signed, and where there is none the first. */
export async function findCheckpointFrom(query: Query, size: number, exactly: boolean): Promise<CheckpointRow | undefined> {
  const [found] = await query<CheckpointRow>(
    `SELECT size::float8 AS size, root, note, at FROM log_checkpoint
     WHERE size = coalesce(CASE WHEN $2 THEN $1::bigint END, (SELECT min(size) FROM log_cosignature WHERE size >= $1::bigint), (SELECT min(size) FROM log_checkpoint WHERE size >= $1::bigint))`,
    [size, exactly],
  );
  return found;
}

/** Lines as they stand in a note, in the order of the witnesses' names. */
export async function listCosignatures(query: Query, size: number): Promise<string[]> {
  return (await query<{ line: string }>('SELECT line FROM log_cosignature WHERE size = $1 ORDER BY witness', [size])).map(({ line }) => line);
}
