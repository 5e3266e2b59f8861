// Start tags: those that are already canonical, or lack only their end tag, are passed over octet by octet; `tag.ts` reads the others in
// full, and theirs is the only place where strings are made. Whatever is not certain here is left to it.
import { canonicalTag } from './canonical-tag.ts';
import { beyondLimit, limits, malformed } from './faults.ts';
import { isAsciiAt } from './known-text.ts';
import { keepTag, readKnownTag } from './known-tag.ts';
import { plainValue } from './octet-classes.ts';
import type { Reading } from './reading.ts';
import { afterName } from './runs.ts';
import { readTag } from './tag.ts';
import { ATTRIBUTED, DECLARES, NAMESPACE, PREFIXED, REMOVED, SINGLE } from './tree.ts';

const SPACE = 0x20;
const QUOTE = 0x22;
const SLASH = 0x2f;
const COLON = 0x3a;
const EQUALS = 0x3d;
const GT = 0x3e;

export function readStartTag(reading: Reading): void {
  const { bytes, at } = reading;
  if (reading.depth === 0 && reading.count > 0) malformed(bytes, at, 'TEXT_OUTSIDE');
  if (reading.depth >= limits.depth) beyondLimit(bytes, at, 'depth');
  let nameEnd = afterName(bytes, at + 1);
  let named = reading.bindings.standard * NAMESPACE;
  if (bytes[nameEnd] === COLON && nameEnd > at + 1) {
    const namespace = reading.bindings.lookUpOctets(bytes, at + 1, nameEnd) ?? -1;
    const localStart = nameEnd + 1;
    nameEnd = afterName(bytes, localStart);
    named = nameEnd === localStart ? -1 : namespace * NAMESPACE + PREFIXED;
  }
  if (named < 0 || nameEnd === at + 1 || nameEnd - at - 1 > limits.nameOctets) {
    readFullTag(reading);
    return;
  }
  let end = nameEnd;
  if (bytes[end] === SPACE && bytes[end + 1] === GT) {
    reading.edit(end, end + 1, REMOVED, 0);
    reading.open(nameEnd, end + 2, named);
    return;
  }
  if (bytes[end] === SPACE && bytes[end + 1] !== SLASH) {
    end = afterPlainAttributes(bytes, nameEnd);
    named |= ATTRIBUTED;
  }
  if (bytes[end] === GT) reading.open(nameEnd, end + 1, named);
  else if (end !== -1) readEmptyEnd(reading, nameEnd, end, named);
  else readFullTag(reading);
}

/** The end of a tag in which something other than `>` follows the name and the attributes: `/>` or ` />`. */
function readEmptyEnd(reading: Reading, nameEnd: number, from: number, named: number): void {
  const { bytes } = reading;
  const slash = bytes[from] === SPACE ? from + 1 : from;
  if (bytes[slash] === SLASH && bytes[slash + 1] === GT) {
    reading.editEmpty(from, slash + 2);
    reading.open(nameEnd, slash + 2, named + SINGLE);
  } else readFullTag(reading);
}

/**
 * The offset after attributes that are canonical as they stand: each after one space, without prefix, in ascending order, in double quotes,
 * with values that need no escape. -1 when they are not, or may not be. Ascending names are also all different.
 */
function afterPlainAttributes(bytes: Buffer, from: number): number {
  let at = from;
  let previous = 0;
  let previousEnd = 0;
  for (let count = 0; bytes[at] === SPACE && bytes[at + 1] !== SLASH; count += 1) {
    const start = at + 1;
    const nameEnd = afterName(bytes, start);
    if (bytes[nameEnd] !== EQUALS || bytes[nameEnd + 1] !== QUOTE || count === limits.attributes || nameEnd - start > limits.nameOctets) return -1;
    if (nameEnd === start || mayBeXmlns(bytes, start, nameEnd) || !isBefore(bytes, previous, previousEnd, start, nameEnd)) return -1;
    at = nameEnd + 2;
    while (at < bytes.length && plainValue[bytes[at] as number] === 1) at += 1;
    if (bytes[at] !== QUOTE) return -1;
    at += 1;
    previous = start;
    previousEnd = nameEnd;
  }
  return at;
}

/** It is called `xmlns`, or nearly. */
function mayBeXmlns(bytes: Buffer, start: number, end: number): boolean {
  return end - start === 5 && bytes[start] === 0x78 && bytes[end - 1] === 0x73;
}

function isBefore(bytes: Buffer, a: number, aEnd: number, b: number, bEnd: number): boolean {
  let i = 0;
  while (a + i < aEnd && b + i < bEnd && bytes[a + i] === bytes[b + i]) i += 1;
  if (a + i === aEnd) return b + i < bEnd;
  return b + i < bEnd && (bytes[a + i] as number) < (bytes[b + i] as number);
}

function readFullTag(reading: Reading): void {
  if (readKnownTag(reading)) return;
  const { bytes, at, bindings, names, count } = reading;
  const tag = readTag(bytes, at, bindings, names, count);
  const { nameEnd, end } = tag;
  reading.again += end - at;
  const canonical = canonicalTag(tag, tag.effective, tag.attributes, names);
  const written = canonical.length === end - at && isAsciiAt(bytes, at, canonical) ? undefined : canonical;
  if (written !== undefined) reading.editTag(at, end, written);
  const flags = (tag.declarations.length > 0 ? DECLARES : 0) | (tag.attributes.length > 0 ? ATTRIBUTED : 0) | (tag.prefix === '' ? 0 : PREFIXED) | (tag.empty ? SINGLE : 0);
  keepTag(reading, tag, written, flags);
  reading.open(nameEnd, end, tag.namespace * NAMESPACE + flags);
}
