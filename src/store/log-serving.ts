// Statements that answer who reads the log from outside: checkpoints with what witnesses said of them, leaves of a tile, where a submission is entered, and that
// one is not. Each reads what was committed together in one statement, so that no answer contradicts a checkpoint.
import type { Query } from './database.ts';

export interface ServedCheckpoint {
  readonly size: number;
  readonly root: Buffer;
  /** The log's signed note. */
  readonly note: string;
  /** Signature lines of witnesses, without newlines, in the order of their times. */
  readonly cosignatures: readonly string[];
}

/** One of the sizes that were signed; else the newest with so many cosignatures at least. */
export type Wanted = { readonly size: number } | { readonly cosigned: number };

const lines = `ARRAY(SELECT w.line FROM log_cosignature w WHERE w.size = c.size ORDER BY w.at, w.witness) AS cosignatures`;

export async function findServed(query: Query, wanted: Wanted): Promise<ServedCheckpoint | undefined> {
  const [where, parameters] = 'size' in wanted ? ['WHERE c.size = $1', [wanted.size]] : whereCosigned(wanted.cosigned);
  const [found] = await query<ServedCheckpoint>(`SELECT c.size::float8 AS size, c.root, c.note, ${lines} FROM log_checkpoint c ${where} ORDER BY c.size DESC LIMIT 1`, parameters);
  return found;
}

/** Of the newest cosignatures: where witnesses have stopped, everything would be looked through for whoever asks. */
const MOST_LOOKED_THROUGH = 10_000;

function whereCosigned(least: number): [where: string, parameters: readonly number[]] {
  if (least === 0) return ['', []];
  return [`WHERE c.size = (SELECT size FROM (SELECT size FROM log_cosignature ORDER BY size DESC LIMIT ${MOST_LOOKED_THROUGH}) n GROUP BY size HAVING count(*) >= $1 ORDER BY size DESC LIMIT 1)`, [least]];
}

/** What leaves are hashes of, from one position on, in their order. */
export function listLeaves(query: Query, first: number, count: number): Promise<{ kind: string; commitment: Buffer }[]> {
  return query('SELECT kind, commitment FROM log_entry WHERE position >= $1 AND position < $1 + $2 ORDER BY position', [first, count]);
}

/** Of the submission, or the form, with that digest; of several the one that was accepted, else the first. */
export async function findEntryOf(query: Query, digest: string): Promise<{ position: number; salt: Buffer | null } | undefined> {
  const [found] = await query<{ position: number; salt: Buffer | null }>(
    `SELECT e.position::float8 AS position, e.salt FROM (
       SELECT 'submission' AS kind, id, outcome = 'accepted' AS preferred FROM submission WHERE digest = $1
       UNION ALL SELECT 'registration', id, outcome = 'received' FROM ivan_registration WHERE digest = $1) s
     JOIN log_entry e ON e.kind = s.kind AND e.subject = s.id ORDER BY s.preferred DESC, e.position LIMIT 1`,
    [digest],
  );
  return found;
}

/** `verifier`: the witness's key as text, under which the line was verified. The first of a witness for a size stays. */
export async function keepCosignature(query: Query, { size, verifier, line, at }: { readonly size: number; readonly verifier: string; readonly line: string; readonly at: Date }): Promise<void> {
  await query('INSERT INTO log_cosignature (size, witness, line, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', [size, verifier, line, at]);
}

/** How the log stood when it was asked for a digest, and whether anything with that digest had been received by then. */
export interface Absence {
  readonly isSubmission: boolean;
  readonly isForm: boolean;
  /** Position of the last submission; some positions may be empty. */
  readonly lastSubmission: number;
  /** The newest; none while the log is empty. */
  readonly checkpoint: { readonly size: number; readonly note: string } | undefined;
}

/** One statement sees one state: of what is in the tree of that checkpoint nothing is missed. */
export async function findAbsence(query: Query, digest: string): Promise<Absence> {
  const [found] = await query<Omit<Absence, 'checkpoint'> & { size: number | null; note: string | null }>(
    `SELECT EXISTS (SELECT 1 FROM submission WHERE digest = $1) AS "isSubmission", EXISTS (SELECT 1 FROM ivan_registration WHERE digest = $1) AS "isForm",
            coalesce((SELECT max(id) FROM submission), 0)::float8 AS "lastSubmission", c.size::float8 AS size, c.note
     FROM (SELECT 1) one LEFT JOIN (SELECT size, note FROM log_checkpoint ORDER BY size DESC LIMIT 1) c ON true`,
    [digest],
  );
  if (found === undefined) throw new Error('one row was asked for');
  const { size, note, ...rest } = found;
  return { ...rest, checkpoint: size === null || note === null ? undefined : { size, note } };
}
