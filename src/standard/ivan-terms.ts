// The terms of service that stand in an I-VAN's contract, with what the law lets them be at most. Times: NĐ 166/2016/NĐ-CP Điều 30 (receipt, forwarding,
// relay) and NĐ 164/2025/NĐ-CP Điều 10(2) (15 minutes); maintenance: NĐ 166/2016/NĐ-CP Điều 6(1); files: the profile that I-VANs publish.
import { countOf, entriesOf, memberOf, optionalMemberOf, textOf } from './json.ts';
import type { JsonValue } from './json.ts';

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

/** What the law, or the profile, allows at most; also what is agreed when nothing else is said. */
export const mostOf = { ackMinutes: 15, forwardMinutes: 120, relayMinutes: 120, downtimePercent: 2, maxFiles: 6, maxBytes: 5 * 1024 * 1024 } as const;

type Limit = keyof typeof mostOf;
const limits = Object.keys(mostOf) as Limit[];
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** @throws Error naming the member that is not as it must be. */
export function readTerms(json: JsonValue): IvanTerms {
  for (const [name, { at }] of entriesOf(json)) if (name !== 'template' && name !== 'signedOn' && !Object.hasOwn(mostOf, name)) throw new Error(`${at}: unknown`);
  const agreed = Object.fromEntries(limits.map((name) => [name, limitOf(json, name)])) as Record<Limit, number>;
  const signedOn = memberOf(json, 'signedOn');
  const day = textOf(signedOn, DAY);
  const midnight = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== day) throw new Error(`${signedOn.at}: not a day`);
  return { template: textOf(memberOf(json, 'template'), /^\S.{0,99}$/), signedOn: day, ...agreed };
}

function limitOf(json: JsonValue, name: Limit): number {
  const given = optionalMemberOf(json, name);
  if (given === undefined) return mostOf[name];
  const value = name === 'downtimePercent' && typeof given.value === 'number' && given.value >= 0 ? given.value : countOf(given);
  if (value > mostOf[name]) throw new Error(`${given.at}: more than ${mostOf[name]}`);
  return value;
}
