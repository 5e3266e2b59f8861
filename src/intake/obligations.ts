// What arises with an accepted dossier (law-and-process §1.1): the acknowledgement, which its receipt is; forwarding; the result by the procedure's term.
// Computed from the receipt's own facts, so that what is owed is what was promised. Pure.
import type { AcceptedFacts } from '../receipts/receipt.ts';
import { apologyAt, dueOf, resultBasis, warnAt } from '../standard/obligations.ts';
import type { ObligationTerms } from '../standard/obligations.ts';
import type { NewObligation } from '../store/obligations.ts';
import type { Judged } from './facts.ts';

export function obligationsOf(submissionId: string, { receivedAt, verdict }: Pick<Judged, 'receivedAt' | 'verdict'>, { dueAt }: Pick<AcceptedFacts, 'dueAt'>, terms: ObligationTerms): NewObligation[] {
  if (verdict.outcome !== 'accepted') return [];
  const { procedure, workingDays } = verdict.dossier;
  const acknowledge = dueOf(terms, 'acknowledge', receivedAt);
  const forward = dueOf(terms, 'forward', receivedAt);
  const [warned, apologised] = [warnAt(terms, 'result', receivedAt, dueAt), apologyAt(terms, receivedAt, dueAt)];
  return [
    ...(acknowledge === undefined ? [] : [{ submissionId, kind: 'acknowledge' as const, ...acknowledge, metAt: receivedAt }]),
    ...(forward === undefined ? [] : [{ submissionId, kind: 'forward' as const, ...forward }]),
    { submissionId, kind: 'result', arisenAt: receivedAt, dueAt, basis: resultBasis(terms, procedure, workingDays, receivedAt), lookAt: warned < apologised ? warned : apologised },
  ];
}
