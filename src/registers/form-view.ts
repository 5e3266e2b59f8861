// A form 04, 05 or 06 for whoever looks at it: where it stands, by when what is due, and what is late.
import { findingTexts, sentencesOf } from '../errors/findings.ts';
import { severityOfFinding } from '../errors/outcomes.ts';
import type { RegistrationStatus } from '../store/ivan-registrations.ts';
import type { RegistrationClock } from '../store/registration-lateness.ts';
import { instant } from './contract-view.ts';

/** Who acts next: received – the operator takes it up; forwarded – the operator decides; accepted, refused – the I-VAN tells the unit; rejected – nobody, it never came to a decision. */
export const formStates = ['received', 'forwarded', 'accepted', 'refused', 'rejected'] as const;
export type FormState = (typeof formStates)[number];

/** What the operator must see to before accepting: nothing ties the unit code to the tax code; another tax code asks for the same unit. */
export type FormFlag = 'UNIT_NOT_TIED' | 'UNIT_CLAIMED_TWICE';

function flagsOf({ outcome, form, decision, unitTie, rivals }: RegistrationStatus): readonly FormFlag[] {
  if (outcome === 'refused' || decision !== null) return [];
  return [...(form === '04-IVAN' && unitTie === null ? ['UNIT_NOT_TIED' as const] : []), ...(rivals.length > 0 ? ['UNIT_CLAIMED_TWICE' as const] : [])];
}

export function stateOfForm({ outcome, decision, forwardedAt }: RegistrationStatus): FormState {
  if (outcome === 'refused') return 'rejected';
  return decision ?? (forwardedAt === null ? 'received' : 'forwarded');
}

/** The clocks that ran out before what they are for was done. */
export function lateClocks({ forwardDueAt, forwardedAt, decisionDueAt, decidedAt, relayDueAt, relayedAt }: RegistrationStatus, now: Date): readonly RegistrationClock[] {
  const isLate = (due: Date | null, done: Date | null): boolean => due !== null && (done ?? now) > due;
  return [
    ...(isLate(forwardDueAt, forwardedAt ?? decidedAt) ? ['forward' as const] : []),
    ...(isLate(decisionDueAt, decidedAt) ? ['decision' as const] : []),
    ...(isLate(relayDueAt, relayedAt) ? ['relay' as const] : []),
  ];
}

export function formView(status: RegistrationStatus, now: Date): Readonly<Record<string, unknown>> {
  const { id, digest, ivanCode, form, declared, findings, transactionCode, reason, decidedBy } = status;
  return {
    id,
    digest,
    ivan: ivanCode,
    form,
    state: stateOfForm(status),
    late: lateClocks(status, now),
    transactionCode,
    receivedAt: instant(status.receivedAt),
    forwardDueAt: instant(status.forwardDueAt),
    forwardedAt: instant(status.forwardedAt),
    decisionDueAt: instant(status.decisionDueAt),
    decidedAt: instant(status.decidedAt),
    decidedBy,
    reason,
    effectiveAt: instant(status.effectiveAt),
    relayDueAt: instant(status.relayDueAt),
    relayedAt: instant(status.relayedAt),
    unitTie: status.unitTie,
    flags: flagsOf(status),
    rivals: status.rivals,
    declared,
    findings: findings.map((entry) => ({ code: entry.code, wireCode: findingTexts[entry.code].wireCode, severity: severityOfFinding(entry), place: entry.place, ...(entry.value === undefined ? {} : { value: entry.value }), ...sentencesOf(entry.code, entry.params) })),
  };
}
