// Published values, and how they are written: JSON, and XML with the same content. The mapping: a member is an element of its name, in order;
// a list holds `item` elements; a member whose name cannot be an element's is `<member name="…">`; what has no value is left out of both.
// The same value always gives the same octets.
import { escapeAttribute, escapeText, printable } from '../../xml/escape.ts';

export type Value = string | number | boolean | readonly Value[] | Members;

export interface Members {
  readonly [name: string]: Value;
}

/** A value and the name of its root element. */
export interface Resource {
  readonly name: string;
  readonly value: Members;
}

/** The plain value of a table's row or of what was read from it: maps are rows with their `code`, sets are lists; null and undefined are nothing. */
export function valueOf(raw: unknown): Value | undefined {
  if (typeof raw === 'string' || typeof raw === 'boolean' || typeof raw === 'number') return raw;
  if (Array.isArray(raw) || raw instanceof Set) return [...(raw as Iterable<unknown>)].map(valueOf).filter((item) => item !== undefined);
  if (raw instanceof Map) return [...(raw as ReadonlyMap<string, unknown>)].map(([code, item]) => rowOf(code, valueOf(item)));
  return typeof raw === 'object' && raw !== null ? membersOf(raw) : undefined;
}

/** The members that have a value; nothing for what is no object. */
export function membersOf(raw: unknown): Members {
  if (!isRecord(raw)) return {};
  return Object.fromEntries(Object.entries(raw).flatMap(([name, member]) => {
    const value = valueOf(member);
    return value === undefined ? [] : [[name, value]];
  }));
}

export function isMembers(value: Value | undefined): value is Members {
  return typeof value === 'object' && !Array.isArray(value);
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

export function jsonOctets({ value }: Resource): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

export function xmlOctets({ name, value }: Resource): Buffer {
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${elementOf(name, value)}\n`);
}

function isRecord(raw: unknown): raw is Record<string, unknown> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}

function rowOf(code: string, value: Value | undefined): Members {
  if (isMembers(value)) return { code, ...value };
  return value === undefined ? { code } : { code, value };
}

function elementOf(name: string, value: Value): string {
  const [start, end] = isElementName(name) ? [name, name] : [`member name="${escapeAttribute(printable(name))}"`, 'member'];
  return `<${start}>${contentOf(value)}</${end}>`;
}

function contentOf(value: Value): string {
  if (isList(value)) return value.map((item) => elementOf('item', item)).join('');
  if (isMembers(value)) return Object.entries(value).map(([name, member]) => elementOf(name, member)).join('');
  return escapeText(printable(String(value)));
}

function isElementName(name: string): boolean {
  return /^[A-Za-z_][\w.-]*$/.test(name) && !/^xml/i.test(name);
}
