// What the agency's messages do to what is owed (law-and-process §1.1): its slip, its request or return and its result are met by them, its own apology moves the
// result's date; while it waits for the unit the result's time stands still; and every one that is told was relayed in the transaction that took it.
import { dueOf, termAnew } from '../standard/obligations.ts';
import type { ObligationTerms } from '../standard/obligations.ts';
import { awaitUnits, endWaiting, openResults, runAnew } from '../store/completion.ts';
import type { Query } from '../store/database.ts';
import type { NewEvent } from '../store/events.ts';
import { arise, endReturns, meet, moveByAgency } from '../store/obligations.ts';
import type { Met, NewObligation } from '../store/obligations.ts';
import type { JudgedBatch } from './judge.ts';
import type { CaseState } from './case-steps.ts';
import type { Said } from './message.ts';

const meets: Readonly<Partial<Record<Said['kind'], readonly Met['kind'][]>>> = { slip: ['slip'], supplement: ['return'], result: ['result'] };

/** The agency waits no more for what it had asked for before, or has concluded. */
const concludes: ReadonlySet<Said['kind'] | undefined> = new Set(['step', 'supplement', 'result']);

/** Gives what is to be told of dates that moved. */
export async function keepObligations(query: Query, { judged, changes }: JudgedBatch, at: Date, terms: ObligationTerms): Promise<NewEvent[]> {
  const told = judged.flatMap(({ row: { submissionId }, believed }) => (submissionId === null || believed?.isTold !== true ? [] : [{ submissionId, said: believed.message.said }]));
  if (told.length === 0) return [];
  await meet(query, told.flatMap(({ submissionId, said }) => (meets[said.kind] ?? []).map((kind) => ({ submissionId, kind, at }))));
  const relay = dueOf(terms, 'relay', at);
  const returned = dueOf(terms, 'return', at);
  await arise(query, told.flatMap(({ submissionId, said }): NewObligation[] => [
    ...(relay === undefined ? [] : [{ submissionId, kind: 'relay' as const, ...relay, metAt: at }]),
    ...(said.kind === 'slip' && returned !== undefined ? [{ submissionId, kind: 'return' as const, ...returned }] : []),
  ]));
  await endReturns(query, told.flatMap(({ submissionId, said: { kind } }) => (kind === 'result' || kind === 'slip' ? [submissionId] : [])), at); // a slip may come late
  for (const { submissionId, said } of told) if (said.kind === 'apology') await moveByAgency(query, submissionId, said.now, `HENLAI_XULY ${said.time}`, at);
  const statesAfter = new Map(changes.map(({ submissionId, state }) => [submissionId, state]));
  const taken = (kind: Said['kind'], state: CaseState): string[] =>
    judged.flatMap(({ row: { submissionId, verdict }, believed }) => (submissionId !== null && verdict === 'taken' && believed?.message.said.kind === kind && statesAfter.get(submissionId) === state ? [submissionId] : []));
  const spoken = judged.flatMap(({ row: { submissionId, verdict }, believed }) => (submissionId !== null && verdict === 'taken' && concludes.has(believed?.message.said.kind) ? [submissionId] : []));
  await endWaiting(query, spoken, at);
  const asked = new Set(taken('supplement', 'supplement'));
  const until = new Map(told.flatMap(({ submissionId, said }) => (said.kind === 'supplement' && asked.has(submissionId) ? [[submissionId, said.until] as const] : [])));
  await arise(query, [...until].map(([submissionId, dueAt]) => ({ submissionId, kind: 'supplement', arisenAt: at, dueAt, basis: `${terms.ruleSetAt(at).id}: BOSUNG_XULY` })));
  await awaitUnits(query, [...asked]);
  // The agency goes on by itself: what it takes up again, or decides, is complete to it.
  const resumed = [...taken('step', 'processing'), ...taken('result', 'decided')];
  const open = resumed.length === 0 ? [] : await openResults(query, resumed, { awaiting: true });
  return runAnew(query, open.map((result) => ({ open: result, ...termAnew(terms, result, at) })), at);
}
