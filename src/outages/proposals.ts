// A receiver of an agency that fails for long is proposed as an outage, from its first failure on. A proposal is no outage: an operator accepts it, and then
// it is one with its signed statement, or dismisses it with a reason; both are on record.
import { Problem } from '../errors/outcomes.ts';
import type { Database, Query } from '../store/database.ts';
import { insertEvents } from '../store/events.ts';
import { claimLongFailing, findProposal, insertDecision, insertProposal, nextLongFailingAt } from '../store/outage-proposals.ts';
import type { Proposal } from '../store/outage-proposals.ts';
import { openOutageIn } from './ledger.ts';
import type { By, OutageDesk } from './ledger.ts';
import type { Settling } from './settle.ts';

export interface ProposingSettings {
  readonly database: Database;
  /** How long a receiver has to have failed. */
  readonly proposeAfterMs: number;
  readonly now: () => Date;
}

export function createProposing({ database, proposeAfterMs, now }: ProposingSettings): Settling {
  return {
    nextDue: async () => (await nextLongFailingAt(database.query, proposeAfterMs)) ?? undefined,
    work: () => database.transaction((query) => propose(query, proposeAfterMs, now())),
  };
}

async function propose(query: Query, afterMs: number, now: Date): Promise<number> {
  const failing = await claimLongFailing(query, afterMs, now);
  for (const one of failing) {
    const proposal = await insertProposal(query, one, now);
    const { lane, failingSince, agencies, error } = one;
    await insertEvents(query, [{ at: now, kind: 'outage_proposed', submissionId: null, detail: { proposal, lane, failingSince: failingSince.toISOString(), agencies: agencies.map(starred).join(' '), error } }]);
  }
  return failing.length;
}

function starred(prefix: string): string {
  return prefix === '' ? '*' : prefix;
}

export interface Acceptance {
  readonly causeVi: string;
  readonly causeEn: string;
  /** Prefixes, within those of the proposal; undefined: all of them. */
  readonly agencies: readonly string[] | undefined;
}

/** One outage for each prefix of agencies, all from the first failure on. Gives their references. */
export async function acceptProposal(desk: OutageDesk, id: string, { causeVi, causeEn, agencies }: Acceptance, by: By): Promise<readonly string[]> {
  return desk.database.transaction(async (query) => {
    const proposal = await undecided(query, id);
    const prefixes = agencies ?? proposal.agencies;
    if (prefixes.length === 0 || prefixes.some((prefix) => !proposal.agencies.some((own) => prefix.startsWith(own)))) throw new Problem('FIELD_INVALID', { reason: 'agencies' });
    await checkAlone(query, proposal, prefixes);
    const outages: string[] = [];
    for (const agencyPrefix of prefixes) outages.push(await openOutageIn(desk, query, { scope: 'portal', agencyPrefix, ivanCode: null, causeVi, causeEn, startedAt: proposal.failingSince }, by));
    await insertDecision(query, { proposalId: id, decision: 'accepted', reason: null, outages, actor: by.actor, decidedAt: by.at });
    await insertEvents(query, [{ at: by.at, kind: 'outage_proposal_accepted', submissionId: null, detail: { proposal: id, outages: outages.join(' '), actor: by.actor } }]);
    return outages;
  });
}

/** An outage of a prefix is one of every agency under it: where some of them go to another receiver, it has to be said which are meant. */
async function checkAlone(query: Query, { lane }: Proposal, prefixes: readonly string[]): Promise<void> {
  const others = await query<{ prefix: string }>(
    `SELECT own AS prefix FROM unnest($2::text[]) AS p (own) WHERE 'agency:' || backend_for(own) <> $1
     UNION SELECT prefix FROM route WHERE 'agency:' || backend <> $1 AND EXISTS (SELECT 1 FROM unnest($2::text[]) AS p (own) WHERE starts_with(prefix, own)) ORDER BY prefix`,
    [lane, prefixes],
  );
  if (others.length > 0) throw new Problem('FIELD_INVALID', { reason: `agencies; ${others.map(({ prefix }) => starred(prefix)).join(', ')}` });
}

export async function dismissProposal({ database }: Pick<OutageDesk, 'database'>, id: string, reason: string, by: By): Promise<void> {
  await database.transaction(async (query) => {
    await undecided(query, id);
    await insertDecision(query, { proposalId: id, decision: 'dismissed', reason, outages: [], actor: by.actor, decidedAt: by.at });
    await insertEvents(query, [{ at: by.at, kind: 'outage_proposal_dismissed', submissionId: null, detail: { proposal: id, reason, actor: by.actor } }]);
  });
}

async function undecided(query: Query, id: string): Promise<Proposal> {
  const proposal = await findProposal(query, id, true);
  if (proposal === undefined) throw new Problem('PROPOSAL_UNKNOWN', { id });
  if (proposal.state !== 'open') throw new Problem('PROPOSAL_DECIDED', { id });
  return proposal;
}
