// What stands in the log for a record: its kind and a commitment to it, HMAC-SHA-256 with a salt that is kept beside the record. Whoever has the
// record and the salt can show that the entry is of it; once the salt is destroyed the entry says nothing of anybody, and every proof
// still holds. Pure.
import { createHmac } from 'node:crypto';

export const SALT_OCTETS = 32;

/** A name in lower case, such as `submission`, and the record as members whose values are texts, numbers, booleans, null, or lists and objects of these. */
export interface LogRecord {
  readonly kind: string;
  readonly facts: Facts;
}

export type Fact = string | number | boolean | null | readonly Fact[] | Facts;
export interface Facts {
  readonly [name: string]: Fact;
}

/** 32 octets. */
export function commitmentTo(facts: Facts, salt: Uint8Array): Buffer {
  return createHmac('sha256', salt).update(canonicalJson(facts)).digest();
}

/** The entry's octets: what its leaf is the hash of, and what bundles hold. */
export function entryOctets(kind: string, commitment: Uint8Array): Buffer {
  return Buffer.from(`ivan-log/1\n${kind}\n${Buffer.from(commitment).toString('base64')}\n`);
}

/** RFC 8785 for what facts are: members in the order of their names, numbers that are whole. @throws TypeError for another number. */
export function canonicalJson(fact: Fact): string {
  if (typeof fact === 'number' && !Number.isSafeInteger(fact)) throw new TypeError('numbers of records are whole');
  if (fact === null || typeof fact !== 'object') return JSON.stringify(fact);
  if (isList(fact)) return `[${fact.map(canonicalJson).join(',')}]`;
  return `{${Object.entries(fact).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${JSON.stringify(name)}:${canonicalJson(value)}`).join(',')}}`;
}

function isList(fact: readonly Fact[] | Facts): fact is readonly Fact[] {
  return Array.isArray(fact);
}
