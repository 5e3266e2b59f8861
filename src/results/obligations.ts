// What the agency's messages do to what is owed (law-and-process §1.1): its slip, its request or return and its result are met by them, its own apology moves the
// result's date; and every one that is told was relayed in the transaction that took it.
import { dueOf } from '../standard/obligations.ts';
import type { ObligationTerms } from '../standard/obligations.ts';
import type { Query } from '../store/database.ts';
import { arise, endReturns, meet, moveByAgency } from '../store/obligations.ts';
import type { DossierObligationKind, NewObligation } from '../store/obligations.ts';
import type { JudgedMessage } from './judge.ts';
import type { Said } from './message.ts';

const meets: Readonly<Partial<Record<Said['kind'], readonly DossierObligationKind[]>>> = { slip: ['slip'], supplement: ['return'], result: ['result'] };

export async function keepObligations(query: Query, judged: readonly JudgedMessage[], at: Date, terms: ObligationTerms): Promise<void> {
  const told = judged.flatMap(({ row: { submissionId }, believed }) => (submissionId === null || believed?.isTold !== true ? [] : [{ submissionId, said: believed.message.said }]));
  if (told.length === 0) return;
  await meet(query, told.flatMap(({ submissionId, said }) => (meets[said.kind] ?? []).map((kind) => ({ submissionId, kind, at }))));
  const relay = dueOf(terms, 'relay', at);
  const returned = dueOf(terms, 'return', at);
  await arise(query, told.flatMap(({ submissionId, said }): NewObligation[] => [
    ...(relay === undefined ? [] : [{ submissionId, kind: 'relay' as const, ...relay, metAt: at }]),
    ...(said.kind === 'slip' && returned !== undefined ? [{ submissionId, kind: 'return' as const, ...returned }] : []),
  ]));
  await endReturns(query, told.flatMap(({ submissionId, said: { kind } }) => (kind === 'result' || kind === 'slip' ? [submissionId] : [])), at); // a slip may come late
  for (const { submissionId, said } of told) if (said.kind === 'apology') await moveByAgency(query, submissionId, said.now, `HENLAI_XULY ${said.time}`, at);
}
