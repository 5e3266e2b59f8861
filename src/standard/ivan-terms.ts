// The terms of service that stand in an I-VAN's contract, with what the law lets them be at most. Times: the clocks of the rule set in force when it is
// signed (receipt, forwarding, relay); maintenance: NĐ 166/2016/NĐ-CP Điều 6(1); files: the profile that I-VANs publish, as the table has it.
import { countOf, entriesOf, memberOf, optionalMemberOf, textOf } from './json.ts';
import type { JsonValue } from './json.ts';
import type { Standard } from './tables.ts';

export interface IvanTerms {
  /** Of the model contract. */
  readonly template: string;
  /** `yyyy-MM-dd`. */
  readonly signedOn: string;
  readonly ackMinutes: number;
  readonly forwardMinutes: number;
  readonly relayMinutes: number;
  /** Of the hours of a year. */
  readonly downtimePercent: number;
  /** Of one dossier, declarations included. */
  readonly maxFiles: number;
  readonly maxBytes: number;
}

/** Of the hours of a year (NĐ 166/2016/NĐ-CP Điều 6(1)). */
export const MOST_DOWNTIME_PERCENT = 2;

/** Numbers of the terms, each with what the law of the day, or the profile, allows at most; undefined where it sets nothing, and must be agreed. */
type Limits = Readonly<Record<keyof Omit<IvanTerms, 'template' | 'signedOn'>, number | undefined>>;

function limitsAt({ ruleSetAt, labour: { ivanLimits } }: Pick<Standard, 'ruleSetAt' | 'labour'>, at: Date): Limits {
  const { acknowledgementMinutes, forwardMinutes, relayMinutes } = ruleSetAt(at).clocks;
  return { ackMinutes: acknowledgementMinutes, forwardMinutes, relayMinutes, downtimePercent: MOST_DOWNTIME_PERCENT, maxFiles: ivanLimits.maxFiles, maxBytes: ivanLimits.maxBytes };
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** As the rule set in force on the day of signature lets them be. @throws Error naming the member that is not as it must be. */
export function readTerms(json: JsonValue, standard: Pick<Standard, 'ruleSetAt' | 'labour'>): IvanTerms {
  const signedOn = memberOf(json, 'signedOn');
  const day = textOf(signedOn, DAY);
  const midnight = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== day) throw new Error(`${signedOn.at}: not a day`);
  const limits = limitsAt(standard, new Date(`${day}T00:00:00+07:00`));
  for (const [name, { at }] of entriesOf(json)) if (name !== 'template' && name !== 'signedOn' && !Object.hasOwn(limits, name)) throw new Error(`${at}: unknown`);
  const agreed = (name: keyof Limits): number => limitOf(json, name, limits[name]);
  return {
    template: textOf(memberOf(json, 'template'), /^\S.{0,99}$/),
    signedOn: day,
    ackMinutes: agreed('ackMinutes'),
    forwardMinutes: agreed('forwardMinutes'),
    relayMinutes: agreed('relayMinutes'),
    downtimePercent: agreed('downtimePercent'),
    maxFiles: agreed('maxFiles'),
    maxBytes: agreed('maxBytes'),
  };
}

/** What is allowed at most is also what is agreed when nothing else is said. */
function limitOf(json: JsonValue, name: keyof Limits, most: number | undefined): number {
  const given = most === undefined ? memberOf(json, name) : optionalMemberOf(json, name);
  if (given === undefined) return most ?? 0;
  const value = name === 'downtimePercent' && typeof given.value === 'number' && given.value >= 0 ? given.value : countOf(given);
  if (most !== undefined && value > most) throw new Error(`${given.at}: more than ${most}`);
  return value;
}
