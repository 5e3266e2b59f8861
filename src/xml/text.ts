// The text of elements and text nodes, decoded when somebody asks for it.
import { isWhitespace } from './characters.ts';
import { decodeCharacters } from './decode.ts';
import type { XmlDocument, XmlElement, XmlText } from './document.ts';

/** The character data of an element: all its text, comments left out, child elements left out. */
export function textOf(document: XmlDocument, element: XmlElement): string {
  let text = '';
  for (const node of element.views.charactersOf(element.row)) if (node.kind === 'text') text += decodeText(document.bytes, node);
  return text;
}

/** The octets of an element's text when each of them stands for itself: one run without references or returns. */
export function plainOctetsOf(document: XmlDocument, element: XmlElement): Buffer | undefined {
  const [node, second] = element.views.charactersOf(element.row);
  if (node?.kind !== 'text' || node.cdata || second !== undefined) return undefined;
  const octets = document.bytes.subarray(node.start, node.end);
  return octets.includes(AMPERSAND) || octets.includes(RETURN) ? undefined : octets;
}

const AMPERSAND = 0x26;
const RETURN = 0x0d;

/** What a text node says: line ends normalised, references resolved. */
export function decodeText(bytes: Buffer, node: XmlText): string {
  return decodeCharacters(bytes, node.start, node.end, node.cdata);
}

/** Without the white space of XML at either end, and only that: JavaScript's `trim` also takes no-break spaces and byte order marks, which other readers keep. */
export function trimWhitespace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isWhitespace(text.charCodeAt(start))) start += 1;
  while (end > start && isWhitespace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
