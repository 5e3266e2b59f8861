// May this unit file through this I-VAN? Not after it has stopped (form 06) and has not registered again, and, where its agency asks for it, only when it
// has registered (form 04). The store answers, the answer is recorded. Pure: the same judgement and answer always give the same verdict.
import { finding } from '../errors/outcomes.ts';
import type { Finding } from '../errors/outcomes.ts';
import type { Sender } from '../standard/dossier.ts';
import { senderName } from '../standard/dossier.ts';
import type { DossierQuestion } from '../store/uses.ts';
import type { UseOfIvanFacts } from '../store/tables.ts';
import type { Verdict } from './judge.ts';
import { registrationQuestion } from './registration.ts';

/** What to ask the register of uses; nothing of a dossier that came directly, whose signer is not trusted, or whose unit has no code yet. */
export function useOfIvanQuestion(verdict: Verdict, sender: Sender): DossierQuestion | undefined {
  const question = sender.kind === 'ivan' ? registrationQuestion(verdict) : undefined;
  return question && { agency: question.agency, unitCode: question.unitCode, ivanCode: senderName(sender) };
}

/** `facts` is null when the register has nothing to say. */
export function withUseOfIvan(verdict: Verdict, facts: UseOfIvanFacts | null, sender: Sender): Verdict {
  if (facts === null || facts.use !== null) return verdict;
  const { declared, findings, signatures } = verdict;
  const params = { unit: declared?.unitCode ?? '', agency: declared?.agency ?? '', ivan: senderName(sender) };
  const place = { xpath: signatures.find(({ role }) => role === 'dossier')?.xpath ?? '' };
  const found: Finding = facts.stopped === null ? finding('USE_NOT_REGISTERED', { place, params }) : finding('USE_STOPPED', { place, params: { ...params, since: facts.since ?? '' } });
  return { outcome: 'refused', declared, signatures, findings: [found, ...findings] };
}
