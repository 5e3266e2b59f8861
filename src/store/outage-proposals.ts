// Statements over proposed outages: one for each time that an agency's receiver began to fail and went on for long. Neither a proposal nor what was decided
// on it is ever changed.
import type { Query } from './database.ts';
import { insertRows } from './rows.ts';

export interface LongFailing {
  readonly lane: string;
  readonly failingSince: Date;
  readonly agencies: readonly string[];
  readonly error: string;
}

const AGENCY_LANES = `starts_with(l.name, 'agency:') AND NOT EXISTS (SELECT 1 FROM outage_proposal p WHERE p.lane = l.name AND p.failing_since = l.failing_since)`;
/** A receiver that nobody has tried for so long may be there again. */
const STILL_TRIED = `l.open_until >= l.failing_since + $1 * interval '1 millisecond'`;

/** Receivers of agencies that have failed so long without a success, and of which nothing is proposed; for the caller alone. */
export function claimLongFailing(query: Query, afterMs: number, now: Date): Promise<LongFailing[]> {
  return query<LongFailing>(
    `SELECT l.name AS lane, l.failing_since AS "failingSince", ARRAY(SELECT r.prefix FROM route r WHERE 'agency:' || r.backend = l.name ORDER BY r.prefix) AS agencies,
            coalesce((SELECT v.last_error FROM delivery v WHERE v.lane = l.name AND v.state = 'waiting' AND v.last_error IS NOT NULL LIMIT 1), '') AS error
     FROM lane l WHERE ${AGENCY_LANES} AND ${STILL_TRIED} AND l.failing_since + $1 * interval '1 millisecond' <= $2 ORDER BY l.name FOR NO KEY UPDATE OF l SKIP LOCKED`,
    [afterMs, now],
  );
}

export async function nextLongFailingAt(query: Query, afterMs: number): Promise<Date | null> {
  const [row] = await query<{ at: Date | null }>(`SELECT min(l.failing_since + $1 * interval '1 millisecond') AS at FROM lane l WHERE ${AGENCY_LANES} AND ${STILL_TRIED}`, [afterMs]);
  return row?.at ?? null;
}

export async function insertProposal(query: Query, { lane, failingSince, agencies, error }: LongFailing, at: Date): Promise<string> {
  const [inserted] = await insertRows<{ id: string }>(query, 'outage_proposal', [{ lane, failing_since: failingSince, agencies, error, proposed_at: at }], 'RETURNING id');
  return inserted?.id ?? '';
}

export const proposalStates = ['open', 'accepted', 'dismissed'] as const;
export type ProposalState = (typeof proposalStates)[number];

export interface Proposal extends LongFailing {
  readonly id: string;
  readonly proposedAt: Date;
  /** The receiver has not been reached since. */
  readonly isLasting: boolean;
  readonly state: ProposalState;
  readonly reason: string | null;
  readonly outages: readonly string[] | null;
  readonly actor: string | null;
  readonly decidedAt: Date | null;
}

const columns = `p.id, p.lane, p.failing_since AS "failingSince", p.agencies, p.error, p.proposed_at AS "proposedAt", coalesce(l.failing_since = p.failing_since, false) AS "isLasting",
  coalesce(d.decision, 'open') AS state, d.reason, d.outages, d.actor, d.decided_at AS "decidedAt"`;
const from = 'FROM outage_proposal p JOIN lane l ON l.name = p.lane LEFT JOIN outage_proposal_decision d ON d.proposal_id = p.id';

/** The newest first. */
export function listProposals(query: Query, state: ProposalState | undefined, before: string | undefined, most: number): Promise<Proposal[]> {
  return query<Proposal>(
    `SELECT ${columns} ${from} WHERE ($1::text IS NULL OR coalesce(d.decision, 'open') = $1) AND ($2::bigint IS NULL OR p.id < $2) ORDER BY p.id DESC LIMIT $3`,
    [state ?? null, before ?? null, most],
  );
}

export async function findProposal(query: Query, id: string, hold = false): Promise<Proposal | undefined> {
  if (hold) await query('SELECT 1 FROM outage_proposal WHERE id = $1 FOR UPDATE', [id]);
  const [found] = await query<Proposal>(`SELECT ${columns} ${from} WHERE p.id = $1`, [id]);
  return found;
}

export interface NewDecision {
  readonly proposalId: string;
  readonly decision: 'accepted' | 'dismissed';
  readonly reason: string | null;
  readonly outages: readonly string[];
  readonly actor: string;
  readonly decidedAt: Date;
}

export async function insertDecision(query: Query, { proposalId, decision, reason, outages, actor, decidedAt }: NewDecision): Promise<void> {
  await insertRows(query, 'outage_proposal_decision', [{ proposal_id: proposalId, decision, reason, outages, actor, decided_at: decidedAt }]);
}
