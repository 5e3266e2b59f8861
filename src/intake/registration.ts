// Has the certificate that files a dossier to be registered for the unit (form 04), and is it? Who asks and of whom is known only after the
// judgement; the store answers; the answer is recorded. Pure: the same judgement and answer always give the same verdict.
import { finding } from '../errors/outcomes.ts';
import type { SignatureReport } from '../standard/signature-report.ts';
import type { RegistrationQuestion } from '../store/unit-certificates.ts';
import type { RegistrationFacts } from '../store/tables.ts';
import type { Verdict } from './judge.ts';

/** What to ask the register; nothing when no certificate is trusted or no agency is named, nor of a unit that nothing can be registered for yet. */
export function registrationQuestion({ declared, signatures }: Verdict): RegistrationQuestion | undefined {
  const fingerprint = signatureOfUnit(signatures)?.certificate;
  if (fingerprint === undefined || declared === undefined || declared.agency === '' || declared.kind === 'first-registration') return undefined;
  return { agency: declared.agency, unitCode: declared.unitCode, fingerprint };
}

/** The one that files the dossier. */
export function signatureOfUnit(signatures: readonly SignatureReport[]): SignatureReport | undefined {
  return signatures.find(({ role, indication }) => role === 'dossier' && indication === 'TOTAL-PASSED');
}

/** `facts` is null when the agency did not ask for a registered certificate at that instant. */
export function withRegistration(verdict: Verdict, facts: RegistrationFacts | null): Verdict {
  const { declared, findings, signatures } = verdict;
  const signature = signatureOfUnit(signatures);
  if (facts === null || facts.certificate !== null || signature === undefined) return verdict;
  const unregistered = finding('CERTIFICATE_NOT_REGISTERED', { place: { xpath: signature.xpath }, params: { unit: declared?.unitCode ?? '', agency: declared?.agency ?? '' } });
  return { outcome: 'refused', declared, signatures, findings: [unregistered, ...findings] };
}
