// The gateway's JSON for people: one line for a value, a row for each entry of a list, names as the interface has them.
import type { JsonObject } from '../../client/operator.ts';
import type { Line } from '../lines.ts';

export function jsonLines(value: JsonObject, margin = ''): readonly Line[] {
  return Object.entries(value).flatMap(([name, member]): readonly Line[] => {
    if (Array.isArray(member)) return member.length === 0 ? [] : [`${margin}${name}:`, ...member.map((row: unknown) => `${margin}  - ${rowOf(row)}`)];
    if (isObject(member)) return [`${margin}${name}: ${rowOf(member)}`];
    return member === null ? [] : [`${margin}${name}: ${textOf(member)}`];
  });
}

/** An entry of a list on one line, without what it does not have. */
function rowOf(value: unknown): string {
  if (!isObject(value)) return textOf(value);
  return Object.entries(value)
    .flatMap(([name, member]) => {
      if (member === null || (Array.isArray(member) && member.length === 0)) return [];
      return [`${name} ${isObject(member) ? `{${rowOf(member)}}` : Array.isArray(member) ? `[${member.map(rowOf).join('; ')}]` : textOf(member)}`];
    })
    .join(', ');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
