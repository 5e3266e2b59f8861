// Which rules apply when (law-and-process §1.0): a rule set stands on instruments, has its clocks, and may make a rule milder, stricter or silent.
// Every instant has one set; a set that is not in force yet can judge beside it. What makes a document readable, signed, trusted and routable, and
// what the registers of certificates and uses say, is no rule that a set can change. Unknown codes stop the start.
import { findingTexts } from '../errors/findings.ts';
import type { FindingCode } from '../errors/findings.ts';
import { answerFindings } from '../errors/findings/answer.ts';
import { certificateFindings } from '../errors/findings/certificate.ts';
import { containerFindings } from '../errors/findings/container.ts';
import { markupFindings } from '../errors/findings/markup.ts';
import { registrationFindings } from '../errors/findings/registration.ts';
import { signatureFindings } from '../errors/findings/signature.ts';
import type { Finding } from '../errors/outcomes.ts';
import type { DueOption } from './calendar.ts';
import type { Instruments } from './instruments.ts';
import { countOf, entriesOf, flagOf, keyed, listOf, memberOf, oneOf, textOf } from './json.ts';
import type { JsonValue } from './json.ts';
import { dayOrNull, inForceAt, inOrder, readValidity } from './validity.ts';
import type { Validity } from './validity.ts';

export const severities = ['off', 'warn', 'refuse'] as const;
export type Severity = (typeof severities)[number];

export interface RuleSet extends Validity {
  readonly id: string;
  readonly nameVi: string;
  readonly nameEn: string;
  /** False for a set that is being prepared; it has no days. */
  readonly inForce: boolean;
  /** Ids of the instruments it stands on. */
  readonly instruments: readonly string[];
  readonly clocks: Clocks;
  /** What a finding of the code does; the code's own severity unless the set says otherwise. */
  severityOf(code: FindingCode): Severity;
  /** The codes for which it says otherwise. */
  readonly changed: ReadonlyMap<FindingCode, Severity>;
}

/** Who must answer how fast; undefined where the instruments set no time. */
export interface Clocks {
  readonly acknowledgementMinutes: number;
  readonly forwardMinutes: number | undefined;
  readonly receptionSlipMinutes: number;
  readonly relayMinutes: number | undefined;
  /** For registration, change and end of the use of an I-VAN. */
  readonly ivanRegistrationWorkingDays: number | undefined;
  /** To return a dossier or to ask for a supplement. */
  readonly returnWorkingDays: number | undefined;
  /** How long after its date a dossier may be filed on paper when an outage lasted over it. */
  readonly outageExtension: { readonly collectionWorkingDays: number; readonly otherWorkingDays: number };
  /** How long before the due date an apology with a new date is sent. */
  readonly apologyWorkingDaysBefore: number;
  readonly maintenanceNoticeDays: number;
  /** How the end of a time limit in working days is counted. */
  readonly dueOption: DueOption;
  /** The first day on which no dossier may come through an I-VAN any more; undefined as long as none is announced. */
  readonly ivanChannelEnd: string | undefined;
}

/** The codes that a set may not change: without them a dossier could be unread, unsigned, untrusted, or go nowhere; and what registers say is asked past every set. */
const fixed: ReadonlySet<string> = new Set([
  ...[markupFindings, containerFindings, signatureFindings, certificateFindings, answerFindings, registrationFindings].flatMap((group) => Object.keys(group)),
  'DECLARATION_UNSIGNED', 'FILE_CONTENT_BASE64', 'PROCEDURE_UNKNOWN', 'PROCEDURE_NOT_IN_FORCE', 'AGENCY_UNKNOWN', 'IVAN_UNKNOWN', 'IVAN_MISMATCH', 'IVAN_CONTRACT_INACTIVE',
]);

/** The set in force; for what was received before the first of them, the first. */
export function ruleSetAt(sets: readonly RuleSet[], at: Date): RuleSet {
  const found = inForceAt(sets.filter(({ inForce }) => inForce), at) ?? sets[0];
  if (found === undefined) throw new Error('there is no rule set');
  return found;
}

/** The findings as the set sees them: without those of rules that are off; another severity than the code's own stands in the finding. */
export function underRuleSet({ changed }: Pick<RuleSet, 'changed'>, findings: readonly Finding[]): readonly Finding[] {
  if (!findings.some(({ code }) => changed.has(code))) return findings;
  return findings.flatMap((entry) => {
    const severity = changed.get(entry.code);
    if (severity === undefined) return [entry];
    return severity === 'off' ? [] : [{ ...entry, severity }];
  });
}

/** In order of time, those not in force last. @throws Error for an unknown instrument or code, for a code that no set may change, for gaps and overlaps. */
export function readRuleSets(table: JsonValue, instruments: Instruments): readonly RuleSet[] {
  const rows = memberOf(table, 'ruleSets');
  const sets = [...keyed(listOf(rows, (row) => readRuleSet(row, instruments)), ({ id }) => id, rows.at).values()];
  const inForce = inOrder(sets.filter((set) => set.inForce), rows.at);
  const gap = inForce.find((set, index) => set.until !== inForce[index + 1]?.from);
  if (gap !== undefined || inForce.length === 0) throw new Error(`${rows.at}: no rule set follows ${gap?.id ?? 'at all'}`);
  return [...inForce, ...sets.filter((set) => !set.inForce)];
}

function readRuleSet(row: JsonValue, instruments: Instruments): RuleSet {
  const named = memberOf(row, 'instruments');
  const changed = new Map(entriesOf(memberOf(row, 'severities')).map(([code, severity]) => [codeOf(code, severity.at), oneOf(severity, severities)]));
  return {
    id: textOf(memberOf(row, 'id'), /^[a-z0-9-]+$/),
    nameVi: textOf(memberOf(row, 'nameVi')),
    nameEn: textOf(memberOf(row, 'nameEn')),
    inForce: flagOf(memberOf(row, 'inForce')),
    ...readValidity(row),
    instruments: listOf(named, (id) => {
      if (!instruments.has(textOf(id))) throw new Error(`${id.at}: no instrument ${textOf(id)}`);
      return textOf(id);
    }),
    clocks: readClocks(memberOf(row, 'clocks')),
    changed,
    severityOf: (code) => changed.get(code) ?? findingTexts[code].severity,
  };
}

function codeOf(text: string, at: string): FindingCode {
  if (!isFindingCode(text)) throw new Error(`${at}: no rule ${text}`);
  if (fixed.has(text)) throw new Error(`${at}: ${text} is no rule that a set may change`);
  return text;
}

function isFindingCode(text: string): text is FindingCode {
  return Object.hasOwn(findingTexts, text);
}

function readClocks(row: JsonValue): Clocks {
  const count = (name: string): number => countOf(memberOf(row, name));
  const optional = (name: string): number | undefined => (memberOf(row, name).value === null ? undefined : count(name));
  const extension = memberOf(row, 'outageExtension');
  return {
    acknowledgementMinutes: count('acknowledgementMinutes'),
    forwardMinutes: optional('forwardMinutes'),
    receptionSlipMinutes: count('receptionSlipMinutes'),
    relayMinutes: optional('relayMinutes'),
    ivanRegistrationWorkingDays: optional('ivanRegistrationWorkingDays'),
    returnWorkingDays: optional('returnWorkingDays'),
    outageExtension: { collectionWorkingDays: countOf(memberOf(extension, 'collectionWorkingDays')), otherWorkingDays: countOf(memberOf(extension, 'otherWorkingDays')) },
    apologyWorkingDaysBefore: count('apologyWorkingDaysBefore'),
    maintenanceNoticeDays: count('maintenanceNoticeDays'),
    dueOption: oneOf(memberOf(row, 'dueOption'), ['keep_time_of_day', 'end_of_day'] as const),
    ivanChannelEnd: dayOrNull(memberOf(row, 'ivanChannelEnd')),
  };
}
