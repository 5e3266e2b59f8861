// A dossier that was given up, because its agency would not have it or lost it, and of which the agency speaks afterwards: the agency has it. That is recorded
// with what it says (law-and-process §1.1): delivered, to forward it is owed no more, and the slip is owed unless the case is decided.
import { dueOf } from '../standard/obligations.ts';
import type { ObligationTerms } from '../standard/obligations.ts';
import type { Query } from '../store/database.ts';
import { settleAnswered } from '../store/dead-letters.ts';
import type { NewEvent } from '../store/events.ts';
import { arise, meet } from '../store/obligations.ts';
import type { JudgedBatch } from './judge.ts';

/** Gives the events. Late in its transaction, so that whoever gives a dossier up at the same time has done so. */
export async function settleDeadLetters(query: Query, { judged }: JudgedBatch, at: Date, terms: ObligationTerms): Promise<NewEvent[]> {
  const spoken = judged.flatMap(({ row: { id, submissionId }, believed }) => (submissionId === null || believed?.isTold !== true ? [] : [{ id, submissionId, kind: believed.message.said.kind }]));
  const settled = await settleAnswered(query, [...new Set(spoken.map(({ submissionId }) => submissionId))], at);
  if (settled.length === 0) return [];
  await meet(query, settled.map(({ submissionId }) => ({ submissionId, kind: 'forward', at })));
  const decided = new Set(spoken.flatMap(({ submissionId, kind }) => (kind === 'result' ? [submissionId] : [])));
  const slip = dueOf(terms, 'slip', at);
  await arise(query, settled.flatMap(({ submissionId }) => (slip === undefined || decided.has(submissionId) ? [] : [{ submissionId, kind: 'slip' as const, ...slip }])));
  const messages = new Map(spoken.toReversed().map(({ submissionId, id }) => [submissionId, id]));
  return settled.map(({ submissionId, lane, attempts }) => ({ at, kind: 'delivered', submissionId, detail: { lane, attempts, message: messages.get(submissionId) ?? null } }));
}
