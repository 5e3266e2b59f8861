// The entries of a revocation list (RFC 5280 §5.1.2.6, §5.3), which may be hundreds of thousands: one strict pass over their octets that makes
// no object to keep, and a sorted index by which an entry is read when somebody asks for it. All that makes a list unreadable or unusable is
// found in the pass. Beyond the list's own octets an entry keeps eight; meanwhile there is an index for as many as could be there (two fifths
// of the octets). Work is linear but for the sorting, whatever the serial numbers are: it compares numbers and knows no collisions.
import { booleanAt, checkOid, checkTime, expectTag, fieldsOf, integerOf, magnitudeAt, oidOf, placeAt, readDer, tags, timeOf, type Der, type Place } from './der.ts';
import { crlReasonOf, MOST_EXTENSIONS, readExtensions } from './extensions.ts';

export interface Revocation {
  readonly date: Date;
  /** CRLReason (§5.3.1); 6 is certificateHold. */
  readonly reason: number | undefined;
}

export interface Entries {
  /** By serial number, in the form of `Certificate.serialNumber`; one that is listed twice counts from its first revocation. */
  get(serialNumber: string): Revocation | undefined;
  /** Critical extensions of entries other than the reason; the first few kinds of them. */
  readonly critical: readonly string[];
}

/** A serial number of one octet, a UTCTime. */
const SHORTEST_ENTRY = 20;
/** 2.5.29.21, encoded. */
const crlReason = Buffer.from('551d15', 'hex');
/** The reason of an entry that lifts a hold: it says that the certificate is not revoked. */
const REMOVED = 8;
/** One is enough to make a list unusable; the others are for whoever wonders why. */
const CRITICAL_NAMED = 16;

/** A key of the index is a number without fraction: 21 bits made of the serial number, then 32 of the entry's offset. */
const OFFSETS = 2 ** 32;

export function readEntries(list: Der | undefined): Entries {
  const bytes = list?.content ?? Buffer.alloc(0);
  const index = new Float64Array(Math.floor(bytes.length / SHORTEST_ENTRY));
  const critical = new Set<string>();
  let count = 0;
  for (let at = 0; at < bytes.length;) {
    const entry = placeAt(bytes, at, bytes.length);
    expectTag(entry, tags.sequence);
    index[count++] = checkEntry(bytes, entry, critical) * OFFSETS + at;
    at = entry.end;
  }
  const sorted = index.slice(0, count).sort();
  return { get: (serialNumber) => find(bytes, sorted, serialNumber), critical: [...critical] };
}

/** Gives the bits of its serial number. */
function checkEntry(bytes: Buffer, entry: Place, critical: Set<string>): number {
  const serialNumber = placeAt(bytes, entry.from, entry.end);
  expectTag(serialNumber, tags.integer);
  const magnitude = magnitudeAt(bytes, serialNumber.from, serialNumber.end);
  const date = placeAt(bytes, serialNumber.end, entry.end);
  checkTime(bytes, date);
  if (date.end < entry.end) checkExtensions(bytes, placeAt(bytes, date.end, entry.end), entry.end, critical);
  return bitsOf(bytes, magnitude, serialNumber.end);
}

function checkExtensions(bytes: Buffer, list: Place, limit: number, critical: Set<string>): void {
  expectTag(list, tags.sequence);
  if (list.end < limit) throw new Error('an element too many');
  let count = 0;
  for (let at = list.from; at < list.end; count++) {
    if (count === MOST_EXTENSIONS) throw new Error('too many extensions');
    const extension = placeAt(bytes, at, list.end);
    expectTag(extension, tags.sequence);
    const oid = placeAt(bytes, extension.from, extension.end);
    expectTag(oid, tags.oid);
    checkOid(bytes, oid.from, oid.end);
    checkOnce(bytes, oid, list.from, at);
    checkValue(bytes, oid, extension.end, critical);
    at = extension.end;
  }
}

/** Not among the extensions before it, of which there are few. */
function checkOnce(bytes: Buffer, oid: Place, first: number, end: number): void {
  for (let at = first; at < end;) {
    const extension = placeAt(bytes, at, end);
    const other = placeAt(bytes, extension.from, extension.end);
    if (isSame(bytes, oid, bytes, other)) throw new Error('an extension twice');
    at = extension.end;
  }
}

function checkValue(bytes: Buffer, oid: Place, limit: number, critical: Set<string>): void {
  const next = placeAt(bytes, oid.end, limit);
  const isCritical = next.tag === tags.boolean && booleanAt(bytes, next);
  const value = next.tag === tags.boolean ? placeAt(bytes, next.end, limit) : next;
  expectTag(value, tags.octetString);
  if (value.end < limit) throw new Error('an element too many');
  if (isSame(bytes, oid, crlReason, { tag: tags.oid, from: 0, end: crlReason.length })) checkReason(bytes, value);
  else if (isCritical && critical.size < CRITICAL_NAMED) critical.add(oidOf({ tag: oid.tag, content: bytes.subarray(oid.from, oid.end) }));
}

function checkReason(bytes: Buffer, value: Place): void {
  const reason = placeAt(bytes, value.from, value.end);
  expectTag(reason, tags.enumerated);
  if (reason.end < value.end) throw new Error('bytes after the end of the element');
  magnitudeAt(bytes, reason.from, reason.end);
}

function isSame(bytes: Buffer, one: Place, others: Buffer, other: Place): boolean {
  if (one.end - one.from !== other.end - other.from) return false;
  for (let at = one.from, there = other.from; at < one.end; at++, there++) {
    if (bytes[at] !== others[there]) return false;
  }
  return true;
}

/** The upper bits of FNV-1a, multiplied once more so that the last octet reaches them. */
function bitsOf(bytes: Buffer, from: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return Math.imul(hash, 0x9e3779b1) >>> 11;
}

function find(bytes: Buffer, index: Float64Array, serialNumber: string): Revocation | undefined {
  const wanted = Buffer.from(serialNumber, 'hex');
  const least = bitsOf(wanted, 0, wanted.length) * OFFSETS;
  let first: Revocation | undefined;
  for (let position = positionOf(index, least); (index[position] ?? Infinity) < least + OFFSETS; position++) {
    const entry = readEntry(bytes, (index[position] ?? 0) - least);
    if (entry.serialNumber === serialNumber && entry.reason !== REMOVED && isEarlier(entry, first)) first = { date: entry.date, reason: entry.reason };
  }
  return first;
}

/** Of the first key that is not less. */
function positionOf(index: Float64Array, key: number): number {
  let low = 0;
  for (let high = index.length; low < high;) {
    const middle = (low + high) >>> 1;
    if ((index[middle] ?? 0) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function readEntry(bytes: Buffer, start: number): Revocation & { readonly serialNumber: string } {
  const fields = fieldsOf(readDer(bytes.subarray(start, placeAt(bytes, start, bytes.length).end)));
  return { serialNumber: integerOf(fields.next()), date: timeOf(fields.next()), reason: crlReasonOf(readExtensions(fields.optional(tags.sequence))) };
}

function isEarlier({ date }: Revocation, known: Revocation | undefined): boolean {
  return known === undefined || date < known.date;
}
