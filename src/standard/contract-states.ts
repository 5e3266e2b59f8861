// What may happen to an I-VAN's contract, by whom and from where (NĐ 166/2016/NĐ-CP Điều 6, 14; Kế hoạch 991/KH-BHXH, nhiệm vụ 2 và 12): a closed
// table. A step that is not in it is a problem that names those that are. Pure; who is who is for admission to say.
import { Problem } from '../errors/outcomes.ts';

/**
 * Who acts next: applied – the operator assesses; assessed – both sign; signed – the operator activates; active – the I-VAN works; suspended –
 * the operator resumes or ends; ended, rejected – nobody.
 */
export const contractStates = ['applied', 'assessed', 'signed', 'active', 'suspended', 'ended', 'rejected'] as const;
export type ContractState = (typeof contractStates)[number];

/** `operator`: over the operator's interface. `machine`: a command on the gateway's own machine, for what was concluded elsewhere. `migration`: once, for contracts of before. */
export type ContractRole = 'operator' | 'machine' | 'migration';

export type ContractAction = 'apply' | 'answer' | 'assess' | 'reject' | 'sign' | 'activate' | 'suspend' | 'resume' | 'amend' | 'end' | 'certify' | 'decertify' | 'record' | 'carry_over';

/** What a step asks for besides being allowed. */
export type Need = 'checklist' | 'terms' | 'certificate' | 'reason';

export interface Step {
  readonly action: ContractAction;
  readonly by: ContractRole;
  /** Absent: there is no contract yet. */
  readonly from: ContractState | undefined;
  readonly to: ContractState;
}

const inForce = ['active', 'suspended', 'ended'] as const;
const concluded = ['signed', 'active', 'suspended'] as const;

export const steps: readonly Step[] = [
  { action: 'apply', by: 'operator', from: undefined, to: 'applied' },
  { action: 'answer', by: 'operator', from: 'applied', to: 'applied' },
  { action: 'assess', by: 'operator', from: 'applied', to: 'assessed' },
  { action: 'reject', by: 'operator', from: 'applied', to: 'rejected' },
  { action: 'reject', by: 'operator', from: 'assessed', to: 'rejected' },
  { action: 'sign', by: 'operator', from: 'assessed', to: 'signed' },
  { action: 'activate', by: 'operator', from: 'signed', to: 'active' },
  { action: 'suspend', by: 'operator', from: 'active', to: 'suspended' },
  { action: 'resume', by: 'operator', from: 'suspended', to: 'active' },
  ...concluded.flatMap((state): Step[] => [
    { action: 'amend', by: 'operator', from: state, to: state },
    { action: 'certify', by: 'operator', from: state, to: state },
    { action: 'decertify', by: 'operator', from: state, to: state },
    { action: 'end', by: 'operator', from: state, to: 'ended' },
  ]),
  ...inForce.flatMap((to): Step[] => [
    ...([undefined, 'active', 'suspended'] as const).map((from): Step => ({ action: 'record', by: 'machine', from, to })),
    { action: 'carry_over', by: 'migration', from: undefined, to },
  ]),
];

/** A reason is what the I-VAN is told, and what an auditor reads. */
export const needsOf: ReadonlyMap<ContractAction, readonly Need[]> = new Map([
  ['assess', ['checklist']],
  ['reject', ['reason']],
  ['sign', ['terms']],
  ['activate', ['certificate']],
  ['suspend', ['reason']],
  ['resume', ['reason']],
  ['amend', ['terms', 'reason']],
  ['end', ['reason']],
]);

/** The state after the step; of several, the one that is wanted. @throws Problem (TRANSITION_ILLEGAL) when the table does not have it. */
export function stateAfter(action: ContractAction, by: ContractRole, from: ContractState | undefined, wanted?: ContractState): ContractState {
  const found = steps.find((step) => step.action === action && step.by === by && step.from === from && (wanted === undefined || step.to === wanted));
  if (found !== undefined) return found.to;
  const open = [...new Set(steps.filter((step) => step.by === by && step.from === from).map((step) => step.action))];
  throw new Problem('TRANSITION_ILLEGAL', { action, state: from ?? '∅', allowed: open.join(', ') || '∅' });
}

export function isContractState(text: string): text is ContractState {
  return contractStates.some((state) => state === text);
}
