// Statements over the results of a case whose agency waits for the unit: their time stands still, and runs anew from the complete dossier (Luật BHXH
// 41/2024/QH15 Điều 28(4)). A case is the dossier that began it and every one that supplements it: all of them get the one result.
import type { Query } from './database.ts';
import type { NewEvent } from './events.ts';
import { insertMoves } from './obligations.ts';

/** `$1`: dossiers, any of their cases. */
const resultsOfCases = `
  asked AS (SELECT s.id, coalesce((s.supplements -> 'dossier' ->> 'origin')::bigint, s.id) AS origin FROM submission s WHERE s.id = ANY ($1::bigint[])),
  member AS (SELECT origin AS id FROM asked UNION
    SELECT s.id FROM asked a JOIN submission s ON (s.supplements -> 'dossier' ->> 'origin')::bigint = a.origin AND s.outcome = 'accepted' AND s.supplements IS NOT NULL),
  result AS (SELECT o.* FROM obligation o JOIN member ON member.id = o.submission_id WHERE o.kind = 'result' AND o.met_at IS NULL ORDER BY o.id FOR UPDATE OF o)`;

/** The agencies have asked the units of these dossiers to complete them. */
export async function awaitUnits(query: Query, submissionIds: readonly string[]): Promise<void> {
  if (submissionIds.length === 0) return;
  await query(`WITH ${resultsOfCases} UPDATE obligation o SET awaits_unit = true, warned_at = NULL, look_at = 'infinity' FROM result WHERE o.id = result.id`, [submissionIds]);
}

/** What these units were to supplement, and what their agencies were to conclude because they did not, is owed no more. */
export async function endWaiting(query: Query, submissionIds: readonly string[], at: Date): Promise<void> {
  if (submissionIds.length === 0) return;
  await query(
    `UPDATE obligation o SET met_at = $2, look_at = CASE WHEN o.due_at < $2 AND o.breached_at IS NULL THEN $2::timestamptz END FROM (
       SELECT id FROM obligation WHERE submission_id = ANY ($1::bigint[]) AND kind IN ('supplement', 'conclude') AND met_at IS NULL ORDER BY id FOR UPDATE) open WHERE o.id = open.id`,
    [submissionIds, at],
  );
}

export interface OpenResult {
  readonly id: string;
  readonly submissionId: string;
  readonly arisenAt: Date;
  readonly firstDueAt: Date;
  readonly dueAt: Date;
}

/** Locks the results that are open in the cases of these dossiers; those that stand still without the dossiers whose own unit is waited for. */
export function openResults(query: Query, submissionIds: readonly string[], { awaiting }: { readonly awaiting: boolean }): Promise<OpenResult[]> {
  return query<OpenResult>(
    `WITH ${resultsOfCases} SELECT id, submission_id AS "submissionId", arisen_at AS "arisenAt", first_due_at AS "firstDueAt", due_at AS "dueAt" FROM result
     WHERE NOT $2 OR (awaits_unit AND NOT EXISTS (SELECT 1 FROM case_state c WHERE c.submission_id = result.submission_id AND c.state = 'supplement')) ORDER BY id`,
    [submissionIds, awaiting],
  );
}

export interface Anew {
  readonly open: OpenResult;
  readonly dueAt: Date;
  readonly basis: string;
}

/** Gives what is to be told of it: no date moves to an earlier one. */
export async function runAnew(query: Query, rows: readonly Anew[], at: Date): Promise<NewEvent[]> {
  if (rows.length === 0) return [];
  const moved = rows.filter(({ open, dueAt }) => dueAt > open.dueAt);
  const ids = await insertMoves(query, moved.map(({ open, dueAt, basis }) => ({ obligationId: open.id, fromDueAt: open.dueAt, dueAt, reason: 'completed', basis, outageId: null, movedAt: at, notice: null })));
  await query(
    `UPDATE obligation o SET due_at = greatest(o.due_at, n.due_at), term = o.term + 1, promised_at = NULL, awaits_unit = false, warned_at = NULL, look_at = $3 FROM unnest($1::bigint[], $2::timestamptz[]) AS n (id, due_at) WHERE o.id = n.id`,
    [rows.map(({ open }) => open.id), rows.map(({ dueAt }) => dueAt), at],
  );
  return moved.map(({ open, dueAt, basis }, index): NewEvent => ({
    at, kind: 'deadline_moved', submissionId: open.submissionId, detail: { obligation: open.id, move: ids[index] ?? '', clock: 'result', from: open.dueAt.toISOString(), dueAt: dueAt.toISOString(), basis },
  }));
}
