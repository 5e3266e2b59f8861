// Turns parsed JSON of unknown shape into typed values. Every fault names the file and the path inside it; a fault here is a
// damaged installation, never a sender's, so it is thrown as a plain error at start.

/** A value with the place it came from, e.g. `procedures.json/procedures/3`. */
export interface JsonValue {
  readonly value: unknown;
  readonly at: string;
}

/** @throws Error naming `at` when the bytes are not JSON in UTF-8. */
export function parseJson(bytes: Uint8Array, at: string): JsonValue {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown, at };
  } catch (cause) {
    throw new Error(`${at}: not JSON`, { cause });
  }
}

export function memberOf(object: JsonValue, name: string): JsonValue {
  const member = optionalMemberOf(object, name);
  if (member === undefined) throw new Error(`${object.at}: ${name} is missing`);
  return member;
}

export function optionalMemberOf(object: JsonValue, name: string): JsonValue | undefined {
  const entry = entriesOf(object).find(([key]) => key === name);
  return entry?.[1];
}

export function entriesOf({ value, at }: JsonValue): [string, JsonValue][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${at}: not an object`);
  const entries: [string, unknown][] = Object.entries(value);
  return entries.map(([key, member]) => [key, { value: member, at: `${at}/${key}` }]);
}

export function listOf<T>({ value, at }: JsonValue, read: (item: JsonValue) => T): T[] {
  if (!Array.isArray(value)) throw new Error(`${at}: not a list`);
  return value.map((item: unknown, index) => read({ value: item, at: `${at}/${index}` }));
}

/** A text of at least one character that the pattern, when given, accepts. */
export function textOf({ value, at }: JsonValue, pattern = /./): string {
  if (typeof value !== 'string' || !pattern.test(value)) throw new Error(`${at}: not a text of the form ${pattern.source}`);
  return value;
}

/** A whole number from 1 upwards. */
export function countOf({ value, at }: JsonValue): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) throw new Error(`${at}: not a whole number above 0`);
  return value;
}

export function oneOf<Choice extends string>({ value, at }: JsonValue, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new Error(`${at}: not one of ${choices.join(', ')}`);
  return found;
}

export function flagOf({ value, at }: JsonValue): boolean {
  if (typeof value !== 'boolean') throw new Error(`${at}: not true or false`);
  return value;
}

/** A map of the rows by their key. @throws when a key comes twice. */
export function keyed<T>(rows: readonly T[], keyOf: (row: T) => string, at: string): Map<string, T> {
  const map = new Map(rows.map((row) => [keyOf(row), row]));
  if (map.size !== rows.length) throw new Error(`${at}: a code comes twice`);
  return map;
}
