// What follows from a judged form without any choice: its clocks and the facts of its receipt. Pure, so that recording and auditing compute the same.
import type { Finding } from '../errors/outcomes.ts';
import { transactionCode } from '../intake/facts.ts';
import type { ReceiptFacts } from '../receipts/receipt.ts';
import { dueAfterWorkingDays } from '../standard/calendar.ts';
import type { DueDate } from '../standard/calendar.ts';
import type { Declared, IvanSender } from '../standard/dossier.ts';
import { registrationNames } from '../standard/registration-form.ts';
import type { RegistrationFormCode } from '../standard/registration-form.ts';
import type { Standard } from '../standard/tables.ts';
import type { DeclaredUse } from '../store/ivan-registrations.ts';
import { isRefused, signerOf } from './judge-form.ts';
import type { FormJudgement } from './judge-form.ts';

const MINUTE_MS = 60_000;

/** What clocks are counted by: the rule set in force, and the calendar. */
export type ClockRules = Pick<Standard, 'calendar' | 'ruleSetAt'>;

export interface Clocks {
  readonly forwardDueAt: Date;
  readonly decision: DueDate;
}

/** NĐ 166/2016/NĐ-CP Điều 26–30: on to the agency, and the agency's answer. */
export function clocksOf(receivedAt: Date, rules: ClockRules): Clocks {
  const { clocks: { forwardMinutes, ivanRegistrationWorkingDays, dueOption }, id } = rules.ruleSetAt(receivedAt);
  const workingDays = known(ivanRegistrationWorkingDays, id);
  return { forwardDueAt: later(receivedAt, known(forwardMinutes, id)), decision: dueAfterWorkingDays(rules.calendar, receivedAt, workingDays, dueOption) };
}

/** The answer back to the unit. */
export function relayDueAt(decidedAt: Date, rules: Pick<ClockRules, 'ruleSetAt'>): Date {
  const { clocks: { relayMinutes }, id } = rules.ruleSetAt(decidedAt);
  return later(decidedAt, known(relayMinutes, id));
}

function later(at: Date, minutes: number): Date {
  return new Date(at.getTime() + minutes * MINUTE_MS);
}

/** A set without these clocks has no registrations of I-VANs either: nothing is received under it. */
function known(clock: number | undefined, ruleSet: string): number {
  if (clock === undefined) throw new Error(`the rule set ${ruleSet} has no clocks for the registration of an I-VAN's use`);
  return clock;
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

export function formReceiptFacts(form: ReceivedForm, rules: ClockRules): ReceiptFacts {
  const { bytes, digest, sender, receivedAt, judgement, findings, ruleSetDigest, trustDigest } = form;
  const { signed } = judgement;
  const common = {
    digest, size: bytes.length, receivedAt, transactionCode: transactionCode({ digest, sender, receivedAt }), sender: sender.code,
    declared: judgement.declared && declaredForReceipt(judgement.declared), findings, ruleSetDigest, ruleSet: rules.ruleSetAt(receivedAt).id, trustDigest,
  };
  if (signed === undefined || isRefused(findings)) return { ...common, kind: 'refused' };
  const { forwardDueAt, decision } = clocksOf(receivedAt, rules);
  return { ...common, kind: 'accepted', accepted: { dossierNumber: '', dueAt: decision.at, dueProvisional: decision.provisional, slipDueAt: forwardDueAt, nextEvent: 'CHUYEN_CO_QUAN', signer: signerOf(signed.employer) } };
}

function declaredForReceipt({ form, unitName, unitCode, taxCode, agency, filedOn }: DeclaredUse): Declared {
  return { kind: 'registration', unitName, unitCode, taxCode, agency, procedure: form, procedureName: nameOf(form), period: '', filedOn, files: [] };
}

export function nameOf(form: RegistrationFormCode): string {
  return registrationNames[form];
}
