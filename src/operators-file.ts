// The operators' file (GATEWAY_OPERATORS_FILE): JSON with `operators`, each a `name` and the SHA-256 `fingerprint` of a client certificate. Who is in
// it may use the operator's interface, and is named in every event of what was done there. The auditors' file (GATEWAY_AUDITORS_FILE) is the same with `auditors`. Every mistake is an Error that names its place.
import { entriesOf, listOf, memberOf, parseJson, textOf } from './standard/json.ts';
import type { JsonValue } from './standard/json.ts';

/** Name of an operator by the fingerprint of a certificate (lower-case hex). */
export type Operators = ReadonlyMap<string, string>;

/** Actors that are no operators, as the history names them. */
const reserved = new Set(['machine', 'migration']);

export function readOperators(bytes: Uint8Array, member: 'operators' | 'auditors' = 'operators'): Operators {
  const file = parseJson(bytes, 'the file');
  onlyMembers(file, [member]);
  const rows = listOf(memberOf(file, member), (row) => {
    onlyMembers(row, ['name', 'fingerprint']);
    const name = textOf(memberOf(row, 'name'), /^\S(?:.{0,98}\S)?$/u);
    if (reserved.has(name)) throw new Error(`${row.at}: ${name} is not a name for an operator`);
    const fingerprint = textOf(memberOf(row, 'fingerprint'), /^(?:[0-9a-fA-F]{2}:?){31}[0-9a-fA-F]{2}$/);
    return [fingerprint.replaceAll(':', '').toLowerCase(), name] as const;
  });
  const operators = new Map(rows);
  if (operators.size !== rows.length) throw new Error(`${member}: a fingerprint comes twice`);
  return operators;
}

function onlyMembers(object: JsonValue, names: readonly string[]): void {
  for (const [name, { at }] of entriesOf(object)) if (!names.includes(name)) throw new Error(`${at}: unknown`);
}
