// What of a published value is in force on a day. A row is dated when it says `from` (inclusive) or `until` (exclusive, absent when open) as
// days, or `inForce: false`; one that is not in force is left out of its list, and so is one none of whose `versions` is. Nothing else is known
// of the rows.
import { isList, isMembers } from './value.ts';
import type { Members, Value } from './value.ts';

const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The longest stretch of days around a day in which the same is in force: from inclusive, until exclusive, '' where open. */
export interface Stretch {
  readonly from: string;
  readonly until: string;
}

/** ISO days sort as texts. */
export function stretchAround(value: Members, day: string): Stretch {
  const days = [...new Set(boundariesOf(value))].sort();
  return { from: days.findLast((boundary) => boundary <= day) ?? '', until: days.find((boundary) => boundary > day) ?? '' };
}

/** Undefined when the value itself is not in force. */
export function inForceOn(value: Members, day: string): Members | undefined {
  if (!coversDay(value, day)) return undefined;
  const kept = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, memberOn(member, day)]));
  return isList(value['versions']) && value['versions'].length > 0 && isList(kept['versions']) && kept['versions'].length === 0 ? undefined : kept;
}

function memberOn(value: Value, day: string): Value {
  if (isList(value)) return value.flatMap((item) => (isMembers(item) ? inForceOn(item, day) ?? [] : [item]));
  return isMembers(value) ? inForceOn(value, day) ?? {} : value;
}

function coversDay(value: Members, day: string): boolean {
  const { from, until } = datesOf(value);
  return value['inForce'] !== false && (from === undefined || from <= day) && (until === undefined || day < until);
}

function* boundariesOf(value: Value): Iterable<string> {
  if (isList(value)) {
    for (const item of value) yield* boundariesOf(item);
  } else if (isMembers(value)) {
    yield* Object.values(datesOf(value)).filter((day) => day !== undefined);
    for (const member of Object.values(value)) yield* boundariesOf(member);
  }
}

function datesOf(value: Members): { readonly from: string | undefined; readonly until: string | undefined } {
  const day = (...names: readonly string[]): string | undefined => names.map((name) => value[name]).find((text) => typeof text === 'string' && ISO_DAY.test(text)) as string | undefined;
  return { from: day('from', 'validFrom'), until: day('until', 'validUntil') };
}
