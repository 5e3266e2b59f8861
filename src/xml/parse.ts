// Bytes → document. Strict XML 1.0 and Namespaces 1.0 in UTF-8, without DOCTYPE and processing instructions, within the limits of
// `faults.ts`; one pass, no recursion, work linear in the bytes. The only code of the gateway that reads received markup.
import { isUtf8 } from 'node:buffer';

import { refuse } from '../errors/outcomes.ts';
import { isWhitespace } from './characters.ts';
import type { XmlComment, XmlDocument, XmlElement, XmlNode, XmlText } from './document.ts';
import { beyondLimit, fullBudget, limits, malformed, positionAt } from './faults.ts';
import type { Budget } from './faults.ts';
import { rootScope } from './namespaces.ts';
import type { Scope } from './namespaces.ts';
import { readStartTag } from './tag.ts';
import { checkReferences } from './text.ts';

const LT = 0x3c;
const GT = 0x3e;

interface Open {
  readonly element: Omit<XmlElement, 'children' | 'end'> & { readonly children: XmlNode[]; end: number };
  /** Offset after the name in the start tag. */
  readonly nameEnd: number;
  readonly scope: Scope;
}

interface Reading {
  readonly bytes: Buffer;
  at: number;
  readonly budget: Budget;
  root: XmlElement | undefined;
  readonly open: Open[];
  readonly before: XmlComment[];
  readonly after: XmlComment[];
}

/** Throws `Refusal` (XML_ENCODING, XML_MALFORMED, XML_DOCTYPE, XML_ENTITY, XML_PROCESSING_INSTRUCTION, XML_LIMIT), nothing else. */
export function parse(bytes: Buffer, budget: Budget = fullBudget()): XmlDocument {
  checkEncoding(bytes);
  const reading: Reading = { bytes, at: afterProlog(bytes), budget, root: undefined, open: [], before: [], after: [] };
  while (reading.at < bytes.length) readNext(reading);
  if (reading.open.length > 0) malformed(bytes, bytes.length, 'TRUNCATED');
  if (reading.root === undefined) malformed(bytes, bytes.length, 'NO_ROOT');
  return { bytes, root: reading.root, before: reading.before, after: reading.after };
}

function checkEncoding(bytes: Buffer): void {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff) || bytes[0] === 0 || bytes[1] === 0;
  if (utf16 || !isUtf8(bytes)) refuse('XML_ENCODING', { place: { line: 1, column: 1 } });
}

/** Skips the byte order mark and the XML declaration (production 23), which must name UTF-8 if it names an encoding. */
function afterProlog(bytes: Buffer): number {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  if (!/^<\?xml[ \t\r\n?]/.test(bytes.toString('latin1', start, start + 6))) return start;
  const end = bytes.indexOf('?>', start);
  if (end === -1 || end - start > 256) malformed(bytes, start, 'XML_DECLARATION');
  const declaration = bytes.toString('latin1', start, end + 2);
  const parts = /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.0"|'1\.0')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"([A-Za-z][\w.-]*)"|'([A-Za-z][\w.-]*)'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>$/.exec(declaration);
  if (parts === null) malformed(bytes, start, 'XML_DECLARATION');
  const encoding = parts[1] ?? parts[2];
  if (encoding !== undefined && encoding.toLowerCase() !== 'utf-8') refuse('XML_ENCODING', { place: { line: 1, column: 1 }, value: encoding });
  return end + 2;
}

function readNext(reading: Reading): void {
  const { bytes, at } = reading;
  reading.budget.nodes -= 1;
  if (reading.budget.nodes < 0) beyondLimit(bytes, at, 'nodes');
  if (bytes[at] !== LT) {
    readText(reading);
    return;
  }
  const mark = bytes[at + 1];
  if (mark === 0x2f) readEndTag(reading);
  else if (mark === 0x21) readDeclaration(reading);
  else if (mark === 0x3f) refuse('XML_PROCESSING_INSTRUCTION', { place: positionAt(bytes, at) });
  else openElement(reading);
}

function readText(reading: Reading): void {
  const { bytes, at } = reading;
  const next = bytes.indexOf(LT, at);
  const end = next === -1 ? bytes.length : next;
  reading.at = end;
  const flags = classify(bytes, at, end);
  const parent = reading.open.at(-1);
  if (parent === undefined) {
    for (let i = at; i < end; i += 1) if (!isWhitespace(bytes[i] ?? 0)) malformed(bytes, i, reading.root === undefined ? 'NO_ROOT' : 'TEXT_OUTSIDE');
    return;
  }
  if ((flags & HAS_GT) !== 0) {
    const cdataEnd = bytes.subarray(at, end).indexOf(']]>');
    if (cdataEnd !== -1) malformed(bytes, at + cdataEnd, 'CDATA_END');
  }
  if ((flags & HAS_AMP) !== 0) checkReferences(bytes, at, end);
  parent.element.children.push({ kind: 'text', start: at, end, cdata: false, verbatim: flags === 0 } satisfies XmlText);
}

const HAS_AMP = 1;
const HAS_GT = 2;
const HAS_CR = 4;
const HAS_EF = 8;
const ILLEGAL = 16;
const octetClass = new Uint8Array(256);
for (let octet = 0; octet < 0x20; octet += 1) octetClass[octet] = ILLEGAL;
octetClass[0x09] = 0;
octetClass[0x0a] = 0;
octetClass[0x0d] = HAS_CR;
octetClass[0x26] = HAS_AMP;
octetClass[0x3e] = HAS_GT;
octetClass[0xef] = HAS_EF;

/** What a run of characters contains that matters; refuses what production 2 forbids (controls, U+FFFE, U+FFFF). */
function classify(bytes: Buffer, start: number, end: number): number {
  let flags = 0;
  for (let i = start; i < end; i += 1) flags |= octetClass[bytes[i] ?? 0] ?? 0;
  if ((flags & ILLEGAL) !== 0) {
    for (let i = start; i < end; i += 1) if (octetClass[bytes[i] ?? 0] === ILLEGAL) malformed(bytes, i, 'CHARACTER');
  }
  if ((flags & HAS_EF) !== 0) checkNonCharacters(bytes, start, end);
  return flags & ~HAS_EF;
}

export function checkCharacters(bytes: Buffer, start: number, end: number): void {
  classify(bytes, start, end);
}

function checkNonCharacters(bytes: Buffer, start: number, end: number): void {
  for (let i = bytes.indexOf(0xef, start); i !== -1 && i < end; i = bytes.indexOf(0xef, i + 1)) {
    if (bytes[i + 1] === 0xbf && (bytes[i + 2] ?? 0) >= 0xbe) malformed(bytes, i, 'CHARACTER');
  }
}

function openElement(reading: Reading): void {
  const { bytes, at, open } = reading;
  if (reading.root !== undefined && open.length === 0) malformed(bytes, at, 'TEXT_OUTSIDE');
  if (open.length >= limits.depth) beyondLimit(bytes, at, 'depth');
  const tag = readStartTag(bytes, at, open.at(-1)?.scope ?? rootScope, checkCharacters);
  const children: XmlNode[] = [];
  const { prefix, local, namespace, attributes, declarations } = tag;
  const element: Open['element'] = { kind: 'element', prefix, local, namespace, attributes, declarations, children, start: at, end: tag.end };
  const parent = open.at(-1);
  if (parent === undefined) reading.root = element;
  else parent.element.children.push(element);
  if (!tag.empty) open.push({ element, nameEnd: tag.nameEnd, scope: tag.scope });
  reading.at = tag.end;
}

function readEndTag(reading: Reading): void {
  const { bytes, at } = reading;
  const close = bytes.indexOf(GT, at);
  if (close === -1) malformed(bytes, at, 'TRUNCATED');
  const current = reading.open.pop();
  if (current === undefined) malformed(bytes, at, 'TAG_MISMATCH');
  let end = close;
  while (isWhitespace(bytes[end - 1] ?? 0)) end -= 1;
  const { start } = current.element;
  if (end - at - 2 !== current.nameEnd - start - 1) malformed(bytes, at, 'TAG_MISMATCH');
  for (let i = start + 1; i < current.nameEnd; i += 1) if (bytes[i] !== bytes[i - start + at + 1]) malformed(bytes, at, 'TAG_MISMATCH');
  reading.at = close + 1;
  current.element.end = reading.at;
}

function readDeclaration(reading: Reading): void {
  const { bytes, at } = reading;
  const opening = bytes.toString('latin1', at, at + 9);
  if (opening.startsWith('<!--')) readComment(reading);
  else if (opening === '<![CDATA[') readCdata(reading);
  else if (opening.startsWith('<!DOCTYPE')) refuse('XML_DOCTYPE', { place: positionAt(bytes, at) });
  else malformed(bytes, at, 'TAG_SYNTAX');
}

function readComment(reading: Reading): void {
  const { bytes, at } = reading;
  const dashes = bytes.indexOf('--', at + 4);
  if (dashes === -1) malformed(bytes, at, 'TRUNCATED');
  if (bytes[dashes + 2] !== GT) malformed(bytes, dashes, 'COMMENT_SYNTAX');
  classify(bytes, at + 4, dashes);
  const comment: XmlComment = { kind: 'comment', start: at + 4, end: dashes };
  const siblings = reading.open.at(-1)?.element.children ?? (reading.root === undefined ? reading.before : reading.after);
  siblings.push(comment);
  reading.at = dashes + 3;
}

function readCdata(reading: Reading): void {
  const { bytes, at } = reading;
  const parent = reading.open.at(-1);
  if (parent === undefined) malformed(bytes, at, 'TEXT_OUTSIDE');
  const end = bytes.indexOf(']]>', at + 9);
  if (end === -1) malformed(bytes, at, 'TRUNCATED');
  const flags = classify(bytes, at + 9, end);
  const verbatim = flags === 0 && !bytes.subarray(at + 9, end).includes(LT);
  parent.element.children.push({ kind: 'text', start: at + 9, end, cdata: true, verbatim } satisfies XmlText);
  reading.at = end + 3;
}
