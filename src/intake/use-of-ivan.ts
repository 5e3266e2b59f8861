// May this unit file through this I-VAN? Not after it has stopped (form 06) and has not registered again, and, where its agency asks for it, only when it
// has registered (form 04). The store answers, the answer is recorded. Pure: the same judgement and answer always give the same verdict.
import { finding } from '../errors/outcomes.ts';
import type { Finding } from '../errors/outcomes.ts';
import type { Sender } from '../standard/dossier.ts';
import { senderName } from '../standard/dossier.ts';
import type { DossierQuestion } from '../store/uses.ts';
import type { UseOfIvanFacts } from '../store/tables.ts';
import type { Verdict } from './judge.ts';
import { signatureOfUnit } from './registration.ts';

/**
 * What to ask the register of uses; nothing of a dossier that came directly, whose signer is not trusted, or that names no agency. A unit without a code is asked
 * about by its tax code: one that has stopped does not file its lists as what registers for the first time.
 */
export function useOfIvanQuestion({ declared, signatures }: Verdict, sender: Sender): DossierQuestion | undefined {
  if (sender.kind !== 'ivan' || declared === undefined || declared.agency === '' || signatureOfUnit(signatures) === undefined) return undefined;
  const { kind, agency, unitCode, taxCode } = declared;
  return { agency, unitCode: kind === 'first-registration' ? null : unitCode, taxCode, ivanCode: senderName(sender) };
}

/** `facts` is null when the register has nothing to say. */
export function withUseOfIvan(verdict: Verdict, facts: UseOfIvanFacts | null, sender: Sender): Verdict {
  if (facts === null || facts.use !== null) return verdict;
  const { declared, findings, signatures } = verdict;
  const unit = declared?.kind === 'first-registration' ? declared.taxCode : declared?.unitCode;
  const params = { unit: unit ?? '', agency: declared?.agency ?? '', ivan: senderName(sender) };
  const place = { xpath: signatures.find(({ role }) => role === 'dossier')?.xpath ?? '' };
  const found: Finding = facts.stopped === null ? finding('USE_NOT_REGISTERED', { place, params }) : finding('USE_STOPPED', { place, params: { ...params, since: facts.since ?? '' } });
  return { outcome: 'refused', declared, signatures, findings: [found, ...findings] };
}
