// The pass over a document's octets: tags, text, CDATA and comments in a flat loop, every octet looked at once. Makes rows for the elements
// and edits for whatever is not canonical as it stands; checks every rule of XML 1.0 and Namespaces 1.0 and the limits on the way.
import { isWhitespace } from './characters.ts';
import { afterOutside, isNonCharacter, refuseCdata, refuseComment, refuseText } from './diagnosis.ts';
import { beyondLimit, malformed, positionAt } from './faults.ts';
import { refuse } from '../errors/outcomes.ts';
import { Lane } from './lane.ts';
import { AMPERSAND, GREATER, ILLEGAL, LESS, RETURN, SUSPECT, textClass } from './octet-classes.ts';
import type { Reading } from './reading.ts';
import { afterReference, referencedPoint } from './references.ts';
import { nextSpecial } from './runs.ts';
import { readStartTag } from './start-tag.ts';
import { CDATA, COMMENT, NAMED, nameOctets, REMOVED, ROW, START, TEXT } from './tree.ts';

const DASH = 0x2d;
const LT = 0x3c;
const GT = 0x3e;
const BRACKET = 0x5d;

export function scan(reading: Reading, lane: Pick<Lane, 'read'> = new Lane()): void {
  const { bytes } = reading;
  const { length } = bytes;
  for (;;) {
    if (reading.current !== -1) lane.read(reading);
    if (reading.at >= length) break;
    reading.nodes -= 1;
    if (reading.nodes < 0) beyondLimit(bytes, reading.at, 'nodes');
    if (bytes[reading.at] === LT) readMarkup(reading, bytes[reading.at + 1]);
    else if (reading.current === -1) reading.at = afterOutside(bytes, reading.at, reading.count > 0);
    else readText(reading);
  }
  if (reading.current !== -1) malformed(bytes, length, 'TRUNCATED');
  if (reading.count === 0) malformed(bytes, length, 'NO_ROOT');
}

function readMarkup(reading: Reading, mark: number | undefined): void {
  if (mark === 0x2f) readEndTag(reading);
  else if (mark === 0x21) readDeclaration(reading);
  else if (mark === 0x3f) refuse('XML_PROCESSING_INSTRUCTION', { place: positionAt(reading.bytes, reading.at) });
  else readStartTag(reading);
}

function readText(reading: Reading): void {
  const { bytes, at: start, skipper } = reading;
  const at = nextSpecial(bytes, start, bytes.length, skipper);
  reading.at = at === bytes.length || bytes[at] === LT ? at : afterSpecials(reading, at);
}

/** The rest of a run of text from the first octet that is more than itself. Returns the offset after the run. */
function afterSpecials(reading: Reading, special: number): number {
  const { bytes, at: start, skipper } = reading;
  let first = -1;
  let last = 0;
  let at = special;
  while (at < bytes.length) {
    const kind = textClass[bytes[at] as number];
    if (kind === LESS) break;
    if (kind === ILLEGAL || (kind === SUSPECT && isNonCharacter(bytes, at))) refuseText(bytes, start);
    if (kind === GREATER && at - 2 >= start && bytes[at - 1] === BRACKET && bytes[at - 2] === BRACKET) refuseText(bytes, start);
    if (kind === AMPERSAND && referencedPoint(bytes, at) === -1) refuseText(bytes, start);
    const end = kind === AMPERSAND ? afterReference(bytes, at) : at + 1;
    if (kind === RETURN || kind === GREATER || (kind === AMPERSAND && !isKept(bytes, at))) {
      if (first === -1) first = at;
      last = end;
    }
    at = nextSpecial(bytes, end, bytes.length, skipper);
  }
  if (first !== -1) reading.edit(first, last, TEXT, 0);
  return at;
}

/** Is this reference, which is well-formed, one that Canonical XML writes too: `&amp;`, `&lt;` or `&gt;`? */
function isKept(bytes: Buffer, at: number): boolean {
  const letter = bytes[at + 1];
  return letter === 0x6c || letter === 0x67 || (letter === 0x61 && bytes[at + 2] === 0x6d);
}

function readEndTag(reading: Reading): void {
  if (reading.current === -1 || !reading.closesHere()) readOddEndTag(reading);
}

/** An end tag with white space after its name, or one that does not match. */
function readOddEndTag(reading: Reading): void {
  const { bytes, at, rows, current } = reading;
  const close = bytes.indexOf(GT, at);
  if (close === -1) malformed(bytes, at, 'TRUNCATED');
  if (current === -1) malformed(bytes, at, 'TAG_MISMATCH');
  let end = close;
  while (isWhitespace(bytes[end - 1] ?? 0)) end -= 1;
  const start = rows[current * ROW + START] ?? 0;
  const nameEnd = start + 1 + nameOctets(rows[current * ROW + NAMED] ?? 0);
  if (bytes.compare(bytes, start + 1, nameEnd, at + 2, end) !== 0) malformed(bytes, at, 'TAG_MISMATCH');
  reading.edit(end, close, REMOVED, 0);
  reading.close(close + 1);
}

function readDeclaration(reading: Reading): void {
  const { bytes, at } = reading;
  if (bytes[at + 2] === DASH && bytes[at + 3] === DASH) {
    readComment(reading);
    return;
  }
  const opening = bytes.toString('latin1', at, at + 9);
  if (opening === '<![CDATA[') readCdata(reading);
  else if (opening.startsWith('<!DOCTYPE')) refuse('XML_DOCTYPE', { place: positionAt(bytes, at) });
  else malformed(bytes, at, 'TAG_SYNTAX');
}

function readComment(reading: Reading): void {
  const { bytes, at: start } = reading;
  let at = start + 4;
  for (; bytes[at] !== DASH || bytes[at + 1] !== DASH; at += 1) {
    if (at >= bytes.length || isRefused(bytes, at)) refuseComment(bytes, start);
  }
  if (bytes[at + 2] !== GT) refuseComment(bytes, start);
  reading.edit(start, at + 3, COMMENT, 0);
  reading.at = at + 3;
}

function readCdata(reading: Reading): void {
  const { bytes, at: start, skipper } = reading;
  if (reading.current === -1) malformed(bytes, start, 'TEXT_OUTSIDE');
  const content = start + 9;
  let at = nextSpecial(bytes, content, bytes.length, skipper);
  for (; bytes[at] !== GT || at - 2 < content || bytes[at - 1] !== BRACKET || bytes[at - 2] !== BRACKET; at = nextSpecial(bytes, at + 1, bytes.length, skipper)) {
    if (at >= bytes.length || isRefused(bytes, at)) refuseCdata(bytes, start);
  }
  reading.edit(start, at + 1, CDATA, 0);
  reading.at = at + 1;
}

/** May the octet at `at`, which is there, not stand in a document? */
function isRefused(bytes: Buffer, at: number): boolean {
  const kind = textClass[bytes[at] as number];
  return kind === ILLEGAL || (kind === SUSPECT && isNonCharacter(bytes, at));
}
