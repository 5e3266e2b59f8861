// Why a run of octets at which the scanner stopped is refused. The scanner only sees that something is wrong; what is said of it, and of
// which fault when there are several, is decided here: an illegal character first, then where the run stands, then its markup.
import { isWhitespace } from './characters.ts';
import { malformed } from './faults.ts';
import { ILLEGAL, textClass } from './octet-classes.ts';
import { checkReferences } from './decode.ts';

/** Refuses what production 2 of XML 1.0 leaves out: control characters, U+FFFE and U+FFFF. */
export function checkCharacters(bytes: Buffer, start: number, end: number): void {
  let suspect = false;
  for (let i = start; i < end; i += 1) {
    const octet = bytes[i] ?? 0;
    if (textClass[octet] === ILLEGAL) malformed(bytes, i, 'CHARACTER');
    if (octet === 0xef) suspect = true;
  }
  if (!suspect) return;
  for (let i = start; i < end; i += 1) if (isNonCharacter(bytes, i)) malformed(bytes, i, 'CHARACTER');
}

/** Do the octets at `at` write U+FFFE or U+FFFF? */
export function isNonCharacter(bytes: Buffer, at: number): boolean {
  return bytes[at] === 0xef && bytes[at + 1] === 0xbf && (bytes[at + 2] ?? 0) >= 0xbe;
}

/** A run of text inside the root element that begins at `start`. */
export function refuseText(bytes: Buffer, start: number): never {
  const end = runEnd(bytes, start);
  checkCharacters(bytes, start, end);
  const cdataEnd = bytes.subarray(start, end).indexOf(']]>');
  if (cdataEnd !== -1) malformed(bytes, start + cdataEnd, 'CDATA_END');
  checkReferences(bytes, start, end);
  throw new Error(`nothing is wrong with the text at ${start}`);
}

/** What stands outside the root element may be white space only. Returns the offset after it. */
export function afterOutside(bytes: Buffer, start: number, hasRoot: boolean): number {
  const end = runEnd(bytes, start);
  checkCharacters(bytes, start, end);
  for (let i = start; i < end; i += 1) if (!isWhitespace(bytes[i] ?? 0)) malformed(bytes, i, hasRoot ? 'TEXT_OUTSIDE' : 'NO_ROOT');
  return end;
}

export function refuseCdata(bytes: Buffer, start: number): never {
  const end = bytes.indexOf(']]>', start + 9);
  if (end === -1) malformed(bytes, start, 'TRUNCATED');
  checkCharacters(bytes, start + 9, end);
  throw new Error(`nothing is wrong with the CDATA section at ${start}`);
}

export function refuseComment(bytes: Buffer, start: number): never {
  const dashes = bytes.indexOf('--', start + 4);
  if (dashes === -1) malformed(bytes, start, 'TRUNCATED');
  if (bytes[dashes + 2] !== 0x3e) malformed(bytes, dashes, 'COMMENT_SYNTAX');
  checkCharacters(bytes, start + 4, dashes);
  throw new Error(`nothing is wrong with the comment at ${start}`);
}

function runEnd(bytes: Buffer, start: number): number {
  const next = bytes.indexOf(0x3c, start);
  return next === -1 ? bytes.length : next;
}
