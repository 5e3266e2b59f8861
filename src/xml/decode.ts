// Character data: what octets stand for. Line ends are normalised (XML 1.0 §2.11), references resolved (§4.1; only the five predefined
// entities exist, since a DOCTYPE is refused), attribute values normalised (§3.3.3).
import { refuse } from '../errors/outcomes.ts';
import { isXmlCharacter } from './characters.ts';
import { malformed, positionAt } from './faults.ts';

const predefined: ReadonlyMap<string, string> = new Map([['lt', '<'], ['gt', '>'], ['amp', '&'], ['apos', "'"], ['quot', '"']]);

/** The character data in raw octets: of a run of text, or inside a CDATA section. */
export function decodeCharacters(bytes: Buffer, start: number, end: number, cdata: boolean): string {
  const text = normaliseLineEnds(bytes.toString('utf8', start, end));
  return cdata ? text : resolveReferences(bytes, start, text);
}

/** An attribute's value from its raw octets: white space becomes a space, a character reference stays what it names. */
export function decodeAttribute(bytes: Buffer, start: number, end: number): string {
  const raw = bytes.toString('utf8', start, end);
  return resolveReferences(bytes, start, normaliseLineEnds(raw).replace(/[\t\n]/g, ' '));
}

/** Throws unless every reference in the raw octets is well-formed and known. */
export function checkReferences(bytes: Buffer, start: number, end: number): void {
  resolveReferences(bytes, start, bytes.toString('utf8', start, end));
}

function normaliseLineEnds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

function resolveReferences(bytes: Buffer, start: number, text: string): string {
  if (!text.includes('&')) return text;
  const resolved = text.replace(/&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([^\s&;<]{1,256}))?(;?)/g, (whole, hex: string | undefined, decimal: string | undefined, name: string | undefined, end: string, index: number) => {
    const place = (): number => sameAmpersand(bytes, start, text, index);
    if (end === '') malformed(bytes, place(), 'REFERENCE_SYNTAX');
    if (hex !== undefined) return characterOf(Number.parseInt(hex, 16), bytes, place);
    if (decimal !== undefined) return characterOf(Number.parseInt(decimal, 10), bytes, place);
    if (name === undefined || name.startsWith('#')) malformed(bytes, place(), 'REFERENCE_SYNTAX');
    return predefined.get(name) ?? refuse('XML_ENTITY', { place: positionAt(bytes, place()), params: { entity: whole } });
  });
  return resolved;
}

/** Where in the octets the `&` at `index` of their text is; line ends may have been normalised between them. */
function sameAmpersand(bytes: Buffer, start: number, text: string, index: number): number {
  let at = bytes.indexOf(0x26, start);
  for (let before = text.indexOf('&'); before < index; before = text.indexOf('&', before + 1)) at = bytes.indexOf(0x26, at + 1);
  return at;
}

function characterOf(point: number, bytes: Buffer, place: () => number): string {
  if (!isXmlCharacter(point)) malformed(bytes, place(), 'CHARACTER');
  return String.fromCodePoint(point);
}
