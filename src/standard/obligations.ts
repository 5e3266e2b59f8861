// When what is owed is due, when it is about to lapse, when an apology goes out and for what new date, and how far an outage moves it: the rules of
// obligations.json over the clocks of the rule set and the calendar (law-and-process §1.1, §1.3). Pure; time is an argument.
import { dueAfterWorkingDays, workingDaysBefore } from './calendar.ts';
import type { WorkCalendar } from './calendar.ts';
import { countOf, entriesOf, flagOf, memberOf, oneOf, optionalMemberOf, textOf } from './json.ts';
import type { JsonValue } from './json.ts';
import type { ProcedureGroup } from './procedures.ts';
import type { Clocks, RuleSet } from './rule-sets.ts';

const kinds = ['acknowledge', 'forward', 'slip', 'relay', 'return', 'result', 'resend', 'supplement', 'conclude'] as const;
export type OwedKind = (typeof kinds)[number];

export interface OwedRule {
  readonly nameVi: string;
  readonly nameEn: string;
  readonly owedBy: 'gateway' | 'agency' | 'sender';
  readonly clause: string;
  /** How much of the time is left when it is said to be about to lapse, or how many working days. */
  readonly warn: { readonly perCent: number } | { readonly workingDays: number };
  readonly outage: 'extend' | 'restart' | 'none';
  /** Once its time is over it is no longer owed; only what comes late is late. */
  readonly lapses: boolean;
}

export interface ObligationRules {
  readonly kinds: ReadonlyMap<OwedKind, OwedRule>;
  readonly apology: { readonly percentOfTerm: number; readonly fewestWorkingDays: number; readonly mostWorkingDays: number; readonly basis: string };
  readonly resend: { readonly workingDays: number; readonly basis: string };
  readonly conclude: { readonly workingDays: number; readonly basis: string };
  readonly ivanDowntime: { readonly perMilleOfYear: number; readonly basis: string };
}

/** What the dates are counted by. */
export interface ObligationTerms {
  readonly calendar: WorkCalendar;
  readonly obligations: ObligationRules;
  ruleSetAt(at: Date): Pick<RuleSet, 'id' | 'clocks'>;
}

export interface Due {
  readonly arisenAt: Date;
  readonly dueAt: Date;
  /** `<rule set>: <clock>`. */
  readonly basis: string;
}

const MINUTE_MS = 60_000;

const minuteClocks = { acknowledge: 'acknowledgementMinutes', forward: 'forwardMinutes', slip: 'receptionSlipMinutes', relay: 'relayMinutes' } as const;

/** Undefined where the rule set in force as it arises sets no such time. */
export function dueOf(terms: ObligationTerms, kind: 'acknowledge' | 'forward' | 'slip' | 'relay' | 'return' | 'resend' | 'conclude', arisenAt: Date): Due | undefined {
  const { id, clocks } = terms.ruleSetAt(arisenAt);
  if (kind === 'resend' || kind === 'conclude') {
    const { workingDays } = terms.obligations[kind];
    return { arisenAt, dueAt: inWorkingDays(terms, clocks, arisenAt, workingDays), basis: `${id}: ${kind} ${workingDays} wd` };
  }
  if (kind === 'return') {
    const days = clocks.returnWorkingDays;
    return days === undefined ? undefined : { arisenAt, dueAt: inWorkingDays(terms, clocks, arisenAt, days), basis: `${id}: returnWorkingDays ${days}` };
  }
  const name = minuteClocks[kind];
  const minutes = clocks[name];
  return minutes === undefined ? undefined : { arisenAt, dueAt: new Date(arisenAt.getTime() + minutes * MINUTE_MS), basis: `${id}: ${name} ${minutes}` };
}

/** By the procedure; the due date itself is the receipt's. */
export function resultBasis(terms: Pick<ObligationTerms, 'ruleSetAt'>, procedure: string, workingDays: number, arisenAt: Date): string {
  return `${terms.ruleSetAt(arisenAt).id}: ${procedure} ${workingDays} wd`;
}

function inWorkingDays({ calendar }: ObligationTerms, { dueOption }: Clocks, from: Date, days: number): Date {
  return dueAfterWorkingDays(calendar, from, days, dueOption).at;
}

/** When it is said that it is about to lapse; not before it arose. */
export function warnAt(terms: ObligationTerms, kind: OwedKind, arisenAt: Date, dueAt: Date): Date {
  const { warn } = ruleOf(terms, kind);
  const at = 'perCent' in warn ? dueAt.getTime() - ((dueAt.getTime() - arisenAt.getTime()) * warn.perCent) / 100 : workingDaysBefore(terms.calendar, dueAt, warn.workingDays).getTime();
  return new Date(Math.max(at, arisenAt.getTime()));
}

/** When an apology goes out for a result that is not there; not before the dossier came. */
export function apologyAt(terms: ObligationTerms, arisenAt: Date, dueAt: Date): Date {
  const at = workingDaysBefore(terms.calendar, dueAt, terms.ruleSetAt(dueAt).clocks.apologyWorkingDaysBefore);
  return at < arisenAt ? arisenAt : at;
}

/** The new date of an apology: after the old one, or after now where that is over already. */
export function newDateOf(terms: ObligationTerms, { arisenAt, dueAt, now }: { readonly arisenAt: Date; readonly dueAt: Date; readonly now: Date }): { readonly dueAt: Date; readonly workingDays: number } {
  const { percentOfTerm, fewestWorkingDays, mostWorkingDays } = terms.obligations.apology;
  const term = workingDaysBetween(terms, arisenAt, dueAt);
  const workingDays = Math.min(mostWorkingDays, Math.max(fewestWorkingDays, Math.ceil((term * percentOfTerm) / 100)));
  const from = dueAt < now ? now : dueAt;
  return { dueAt: inWorkingDays(terms, terms.ruleSetAt(dueAt).clocks, from, workingDays), workingDays };
}

/** The term that a result had from reception, from the instant when its dossier was complete (Luật BHXH 41/2024/QH15 Điều 28(4)). */
export function termAnew(terms: ObligationTerms, { arisenAt, firstDueAt }: { readonly arisenAt: Date; readonly firstDueAt: Date }, from: Date): { readonly dueAt: Date; readonly basis: string } {
  const { id, clocks } = terms.ruleSetAt(from);
  const workingDays = workingDaysBetween(terms, arisenAt, firstDueAt);
  return { dueAt: inWorkingDays(terms, clocks, from, workingDays), basis: `${id}: complete dossier ${workingDays} wd` };
}

function workingDaysBetween({ calendar }: ObligationTerms, from: Date, until: Date): number {
  let days = 0;
  while (days < 1000 && dueAfterWorkingDays(calendar, from, days + 1, 'keep_time_of_day').at <= until) days += 1;
  return days;
}

export interface Extension {
  readonly dueAt: Date;
  readonly basis: string;
  /** Working days added; 0 for a clock of minutes that begins anew. */
  readonly workingDays: number;
}

/** Where a deadline goes that fell into an outage; again as long as it would still fall into it. Undefined where outages do not move it. */
export function extensionOf(terms: ObligationTerms, kind: OwedKind, group: ProcedureGroup | undefined, { arisenAt, firstDueAt, dueAt }: { readonly arisenAt: Date; readonly firstDueAt: Date; readonly dueAt: Date }, outageEnd: Date): Extension | undefined {
  const rule = ruleOf(terms, kind);
  if (rule.outage === 'none') return undefined;
  const { id } = terms.ruleSetAt(dueAt);
  // The clock itself begins anew, not the time that an earlier outage made of it.
  if (rule.outage === 'restart') return { dueAt: new Date(outageEnd.getTime() + (firstDueAt.getTime() - arisenAt.getTime())), basis: `${id}: ${kind} from the end of the outage`, workingDays: 0 };
  return { ...extendDeadline(terms, group, dueAt, outageEnd) };
}

/** The same for a filing deadline of a unit. */
export function extendDeadline(terms: ObligationTerms, group: ProcedureGroup | undefined, deadline: Date, outageEnd: Date | null): Extension {
  const { id, clocks } = terms.ruleSetAt(deadline);
  const name = group === 'thu' ? 'collectionWorkingDays' : 'otherWorkingDays';
  const step = clocks.outageExtension[name];
  let days = step;
  let dueAt = inWorkingDays(terms, clocks, deadline, days);
  while (outageEnd !== null && dueAt <= outageEnd && days + step <= 1000) {
    days += step;
    dueAt = inWorkingDays(terms, clocks, deadline, days);
  }
  return { dueAt, basis: `${id}: outageExtension.${name} ${step}`, workingDays: days };
}

export function ruleOf({ obligations }: Pick<ObligationTerms, 'obligations'>, kind: OwedKind): OwedRule {
  const rule = obligations.kinds.get(kind);
  if (rule === undefined) throw new Error(`there is no rule for ${kind}`);
  return rule;
}

/** @throws Error naming the place when a kind is missing or unknown, or a figure is none. */
export function readObligationRules(table: JsonValue): ObligationRules {
  const rows = memberOf(table, 'kinds');
  const unknown = entriesOf(rows).find(([name]) => !kinds.some((kind) => kind === name));
  if (unknown !== undefined) throw new Error(`${rows.at}: no obligation ${unknown[0]}`);
  const [apology, resend, conclude, downtime] = [memberOf(table, 'apology'), memberOf(table, 'resend'), memberOf(table, 'conclude'), memberOf(table, 'ivanDowntime')];
  return {
    kinds: new Map(kinds.map((kind) => [kind, readRule(memberOf(rows, kind))])),
    apology: {
      percentOfTerm: countOf(memberOf(apology, 'percentOfTerm')), fewestWorkingDays: countOf(memberOf(apology, 'fewestWorkingDays')), mostWorkingDays: countOf(memberOf(apology, 'mostWorkingDays')),
      basis: textOf(memberOf(apology, 'basis')),
    },
    resend: { workingDays: countOf(memberOf(resend, 'workingDays')), basis: textOf(memberOf(resend, 'basis')) },
    conclude: { workingDays: countOf(memberOf(conclude, 'workingDays')), basis: textOf(memberOf(conclude, 'basis')) },
    ivanDowntime: { perMilleOfYear: countOf(memberOf(downtime, 'perMilleOfYear')), basis: textOf(memberOf(downtime, 'basis')) },
  };
}

function readRule(row: JsonValue): OwedRule {
  const perCent = optionalMemberOf(row, 'warnPerCent');
  return {
    nameVi: textOf(memberOf(row, 'nameVi')),
    nameEn: textOf(memberOf(row, 'nameEn')),
    owedBy: oneOf(memberOf(row, 'owedBy'), ['gateway', 'agency', 'sender'] as const),
    clause: textOf(memberOf(row, 'clause')),
    warn: perCent === undefined ? { workingDays: countOf(memberOf(row, 'warnWorkingDays')) } : { perCent: countOf(perCent) },
    outage: oneOf(memberOf(row, 'outage'), ['extend', 'restart', 'none'] as const),
    lapses: flagOf(memberOf(row, 'lapses')),
  };
}
