// Bytes → document. Strict XML 1.0 and Namespaces 1.0 in UTF-8, without DOCTYPE and processing instructions, within the limits of
// `faults.ts`; one pass, no recursion, work linear in the bytes. The only code of the gateway that reads received markup.
import { isUtf8 } from 'node:buffer';

import { refuse } from '../errors/outcomes.ts';
import { XmlDocument } from './document.ts';
import { fullBudget, malformed } from './faults.ts';
import type { Budget } from './faults.ts';
import { Reading } from './reading.ts';
import { areOctets } from './runs.ts';
import { scan } from './scan.ts';

/** Throws `Refusal` (XML_ENCODING, XML_MALFORMED, XML_DOCTYPE, XML_ENTITY, XML_PROCESSING_INSTRUCTION, XML_LIMIT), nothing else. */
export function parse(bytes: Buffer, budget: Budget = fullBudget()): XmlDocument {
  checkEncoding(bytes);
  const reading = new Reading(bytes, afterProlog(bytes), budget.nodes);
  try {
    scan(reading);
  } finally {
    budget.nodes = reading.nodes;
  }
  return new XmlDocument(reading.tree());
}

function checkEncoding(bytes: Buffer): void {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff) || bytes[0] === 0 || bytes[1] === 0;
  if (utf16 || !isUtf8(bytes)) refuse('XML_ENCODING', { place: { line: 1, column: 1 } });
}

/** How nearly every document begins. */
const usual = Buffer.from('<?xml version="1.0" encoding="utf-8"?>');

/** Skips the byte order mark and the XML declaration (production 23), which must name UTF-8 if it names an encoding. */
function afterProlog(bytes: Buffer): number {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  if (areOctets(bytes, start, usual)) return start + usual.length;
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

