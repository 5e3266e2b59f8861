// What follows from a judged form without any choice: its clocks and the facts of its receipt. Pure, so that recording and auditing compute the same.
import type { Finding } from '../errors/outcomes.ts';
import { transactionCode } from '../intake/facts.ts';
import type { ReceiptFacts } from '../receipts/receipt.ts';
import { dueAfterWorkingDays } from '../standard/calendar.ts';
import type { DueDate, WorkCalendar } from '../standard/calendar.ts';
import type { Declared, IvanSender } from '../standard/dossier.ts';
import { registrationNames } from '../standard/registration-form.ts';
import type { RegistrationFormCode } from '../standard/registration-form.ts';
import type { DeclaredUse } from '../store/ivan-registrations.ts';
import { isRefused, signerOf } from './judge-form.ts';
import type { FormJudgement } from './judge-form.ts';

/** NĐ 166/2016/NĐ-CP Điều 26–30: on to the agency, and the answer back to the unit. */
const WITHIN_MS = 2 * 3_600_000;
/** For the agency's answer. */
const DECISION_WORKING_DAYS = 3;

export interface Clocks {
  readonly forwardDueAt: Date;
  readonly decision: DueDate;
}

export function clocksOf(receivedAt: Date, calendar: WorkCalendar): Clocks {
  return { forwardDueAt: new Date(receivedAt.getTime() + WITHIN_MS), decision: dueAfterWorkingDays(calendar, receivedAt, DECISION_WORKING_DAYS, 'keep_time_of_day') };
}

export function relayDueAt(decidedAt: Date): Date {
  return new Date(decidedAt.getTime() + WITHIN_MS);
}

export interface ReceivedForm {
  readonly bytes: Buffer;
  readonly digest: string;
  readonly sender: IvanSender;
  readonly receivedAt: Date;
  readonly judgement: FormJudgement;
  /** All of them, those of the registers too. */
  readonly findings: readonly Finding[];
  readonly ruleSetDigest: string;
  readonly trustDigest: string;
}

export function formReceiptFacts(form: ReceivedForm, calendar: WorkCalendar): ReceiptFacts {
  const { bytes, digest, sender, receivedAt, judgement, findings, ruleSetDigest, trustDigest } = form;
  const { signed } = judgement;
  const common = {
    digest, size: bytes.length, receivedAt, transactionCode: transactionCode({ digest, sender, receivedAt }), sender: sender.code,
    declared: judgement.declared && declaredForReceipt(judgement.declared), findings, ruleSetDigest, trustDigest,
  };
  if (signed === undefined || isRefused(findings)) return { ...common, kind: 'refused' };
  const { forwardDueAt, decision } = clocksOf(receivedAt, calendar);
  return { ...common, kind: 'accepted', accepted: { dossierNumber: '', dueAt: decision.at, dueProvisional: decision.provisional, slipDueAt: forwardDueAt, nextEvent: 'CHUYEN_CO_QUAN', signer: signerOf(signed.employer) } };
}

function declaredForReceipt({ form, unitName, unitCode, taxCode, agency, filedOn }: DeclaredUse): Declared {
  return { kind: 'registration', unitName, unitCode, taxCode, agency, procedure: form, procedureName: nameOf(form), period: '', filedOn, files: [] };
}

export function nameOf(form: RegistrationFormCode): string {
  return registrationNames[form];
}
