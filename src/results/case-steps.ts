// Where a case stands and what an agency may say next: a closed table, as for contracts. What came out of order moves nothing back; what
// contradicts an earlier message changes nothing. Pure: the same messages in the same order leave the same case, which is what an audit asks.
import type { AgencyMessage, Said, SaidKind } from './message.ts';

/** Who acts next: received, slip, processing – the agency; supplement – the unit; decided – nobody. */
export const caseStates = ['received', 'slip', 'processing', 'supplement', 'decided'] as const;
export type CaseState = (typeof caseStates)[number];

export interface CaseFacts {
  readonly state: CaseState;
  /** Of the message that made it so; 0 when it had none. */
  readonly stateNumber: number;
  /** As the slip promised. */
  readonly slipDueAt: Date | null;
  /** As the slip or the last apology promised. */
  readonly promisedAt: Date | null;
  readonly apologies: number;
  readonly step: { readonly number: number; readonly name: string; readonly room: string; readonly ended: boolean } | null;
  readonly supplementUntil: Date | null;
}

export const caseAtReception: CaseFacts = { state: 'received', stateNumber: 0, slipDueAt: null, promisedAt: null, apologies: 0, step: null, supplementUntil: null };

/** A message that was taken, or came late. */
export interface Earlier {
  readonly id: string;
  readonly kind: SaidKind;
  readonly number: number | null;
  readonly sense: string;
}

export type Verdict = 'taken' | 'repeated' | 'late' | 'contradicting' | 'rejected';

/**
 * SAME: says what an earlier one says · SAME_NUMBER: another message under the same number · SECOND_SLIP, SECOND_RESULT, SECOND_APOLOGY: there is
 * another · EARLIER_DATE: an apology for a date no later than the one promised · PAST_DATE: for one that is over · AFTER_RESULT: the case is decided · OVERTAKEN: a later one was here first · NO_STEP: the table does not have it.
 */
export type StepReason = 'SAME' | 'SAME_NUMBER' | 'SECOND_SLIP' | 'SECOND_RESULT' | 'SECOND_APOLOGY' | 'EARLIER_DATE' | 'PAST_DATE' | 'AFTER_RESULT' | 'OVERTAKEN' | 'NO_STEP';

export interface Judgement {
  readonly verdict: Exclude<Verdict, 'rejected'>;
  readonly reason: StepReason | null;
  /** The earlier message that it repeats or contradicts. */
  readonly firstId: string | null;
  readonly after: CaseFacts;
}

export interface CaseStep {
  readonly kind: Exclude<SaidKind, 'notice'>;
  readonly from: CaseState;
  readonly to: CaseState;
}

const undecided = ['received', 'slip', 'processing', 'supplement'] as const;

/** A step taken up again after a supplement was asked for says that the case goes on. */
export const caseSteps: readonly CaseStep[] = [
  { kind: 'slip', from: 'received', to: 'slip' },
  ...undecided.flatMap((from): CaseStep[] => [
    { kind: 'step', from, to: 'processing' },
    { kind: 'supplement', from, to: 'supplement' },
    { kind: 'apology', from, to: from },
    { kind: 'result', from, to: 'decided' },
  ]),
];

/** `earlier`: of the same dossier; `at`: when it came. */
export function judgeStep(facts: CaseFacts, earlier: readonly Earlier[], { about, said, sense }: Pick<AgencyMessage, 'about' | 'said' | 'sense'>, at: Date): Judgement {
  const no = (verdict: 'repeated' | 'late' | 'contradicting', reason: StepReason, first?: Earlier): Judgement => ({ verdict, reason, firstId: first?.id ?? null, after: facts });
  const same = earlier.find((other) => other.kind === said.kind && other.sense === sense);
  if (same !== undefined) return no('repeated', 'SAME', same);
  const { number } = about;
  const numbered = earlier.find((other) => number !== undefined && other.number === number);
  if (numbered !== undefined) return no('contradicting', 'SAME_NUMBER', numbered);
  const ofKind = earlier.findLast(({ kind }) => kind === said.kind);
  if (said.kind === 'result' && facts.state === 'decided') return no('contradicting', 'SECOND_RESULT', ofKind);
  if (said.kind === 'slip' && ofKind !== undefined) return no('contradicting', 'SECOND_SLIP', ofKind);
  const overtaken = number !== undefined && number < facts.stateNumber;
  if (facts.state === 'decided') {
    const isLater = number !== undefined && facts.stateNumber > 0 && !overtaken;
    return isLater ? no('contradicting', 'AFTER_RESULT', earlier.find(({ kind }) => kind === 'result')) : { ...no('late', 'AFTER_RESULT'), after: withSlip(facts, said) };
  }
  if (said.kind === 'apology') {
    if (said.time < facts.apologies) return no('late', 'OVERTAKEN');
    const reason = reasonAgainst(facts, said, at);
    if (reason !== undefined) return no('contradicting', reason, ofKind ?? earlier.findLast(({ kind }) => kind === 'slip'));
  }
  if (overtaken && said.kind !== 'result' && said.kind !== 'apology') return { ...no('late', 'OVERTAKEN'), after: withSlip(facts, said) };
  const step = caseSteps.find(({ kind, from }) => kind === said.kind && from === facts.state);
  if (step === undefined) return no('contradicting', 'NO_STEP', ofKind);
  return { verdict: 'taken', reason: null, firstId: null, after: moved(facts, step.to, said, number) };
}

/** A new date is a later one, and lies ahead. */
function reasonAgainst({ apologies, promisedAt }: CaseFacts, { time, now }: Extract<Said, { kind: 'apology' }>, at: Date): StepReason | undefined {
  if (time === apologies) return 'SECOND_APOLOGY';
  if (now <= at) return 'PAST_DATE';
  return promisedAt !== null && now <= promisedAt ? 'EARLIER_DATE' : undefined;
}

function moved(facts: CaseFacts, state: CaseState, said: Said, number: number | undefined): CaseFacts {
  const after = { ...facts, state, stateNumber: number ?? facts.stateNumber };
  switch (said.kind) {
    case 'slip':
      return withSlip(after, said);
    case 'step':
      return { ...after, supplementUntil: null, step: { number: said.step, name: said.name, room: said.room, ended: said.returnedAt !== undefined } };
    case 'supplement':
      return { ...after, supplementUntil: said.until };
    case 'apology':
      return { ...facts, apologies: said.time, promisedAt: said.now };
    case 'result':
      return { ...after, supplementUntil: null };
    case 'notice':
      throw new Error('a notice is of no case');
  }
}

/** The appointment is the slip's whenever it comes, unless an apology moved it. */
function withSlip(facts: CaseFacts, said: Said): CaseFacts {
  if (said.kind !== 'slip') return facts;
  return { ...facts, slipDueAt: said.dueAt, promisedAt: facts.apologies > 0 ? facts.promisedAt : said.dueAt };
}
