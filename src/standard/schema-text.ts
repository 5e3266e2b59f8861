// Whether a text has a simple type, told from its octets as they stand between two tags. What stands for something else (references, CDATA,
// comments) or would be normalised is decoded first. Accepts nothing that the type does not; a type that is not known accepts nothing.
import { accepts, compilePatterns, compileTexts, isDeadly } from './schema-pattern.ts';
import type { Automaton } from './schema-pattern.ts';
import type { SimpleType, WhiteSpace } from './schema-types.ts';

const TAB = 0x09;
const LINE_END = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const AMPERSAND = 0x26;
const LESS = 0x3c;
/** What may stand for something else in a text, or be normalised. */
const SPECIAL = [TAB, LINE_END, RETURN, SPACE, AMPERSAND, LESS];

export class TextRule {
  readonly takesEmpty: boolean;
  readonly #whiteSpace: WhiteSpace;
  readonly #minLength: number;
  readonly #maxLength: number;
  /** All must accept; undefined when one of them cannot be. */
  readonly #automata: readonly Automaton[] | undefined;
  /** Nothing but its length is judged, and one character is enough. */
  readonly #isFree: boolean;
  /** Nothing but its pattern is judged, and that takes no octet which may stand for something else. */
  readonly #plain: Automaton | undefined;

  constructor(type: SimpleType) {
    const compiled = [...type.patterns.map(compilePatterns), ...type.enumerations.map(compileTexts)];
    const automata = compiled.filter((automaton) => automaton !== undefined);
    this.#whiteSpace = type.whiteSpace;
    this.#minLength = type.minLength;
    this.#maxLength = type.maxLength;
    this.#automata = type.isKnown && automata.length === compiled.length ? automata : undefined;
    this.#isFree = this.#automata?.length === 0 && type.minLength <= 1;
    const [first] = this.#automata ?? [];
    const isPatternAlone = this.#automata?.length === 1 && type.minLength === 0 && type.maxLength === Infinity;
    this.#plain = isPatternAlone && first !== undefined && SPECIAL.every((octet) => isDeadly(first, octet)) ? first : undefined;
    this.takesEmpty = this.accepts('');
  }

  /** False when some of its facets are not understood, so that nothing is accepted. */
  get isCompiled(): boolean {
    return this.#automata !== undefined;
  }

  /** Has this text the type? It is as XML says it: references resolved, line ends normalised. */
  accepts(text: string): boolean {
    if (this.#automata === undefined) return false;
    const octets = Buffer.from(normalised(text, this.#whiteSpace));
    const length = charactersIn(octets, 0, octets.length);
    return length >= this.#minLength && length <= this.#maxLength && this.#automata.every((automaton) => accepts(automaton, octets, 0, octets.length));
  }

  /** The same of the octets from `start` to `end`, of which there are some; undefined when they must be decoded to be judged. */
  acceptsOctets(bytes: Buffer, start: number, end: number): boolean | undefined {
    if (this.#whiteSpace === 'collapse') return this.#acceptsCollapsed(bytes, start, end);
    // What is written in more octets than it has characters only becomes shorter.
    if (this.#isFree) return (end - start <= this.#maxLength && (this.#minLength === 0 || bytes[start] !== LESS)) || undefined;
    return this.#whiteSpace === 'preserve' ? this.#acceptsPlain(bytes, start, end) : undefined;
  }

  #acceptsCollapsed(bytes: Buffer, start: number, end: number): boolean | undefined {
    let from = start;
    let to = end;
    while (from < to && isBlank(bytes[from] as number)) from += 1;
    while (to > from && isBlank(bytes[to - 1] as number)) to -= 1;
    if (from === to) return this.takesEmpty;
    if (!this.#isFree) return this.#acceptsPlain(bytes, from, to);
    const first = bytes[from];
    return (to - from <= this.#maxLength && first !== LESS && first !== AMPERSAND) || undefined;
  }

  /** Of octets that must stand for themselves. */
  #acceptsPlain(bytes: Buffer, start: number, end: number): boolean | undefined {
    if (this.#plain !== undefined && accepts(this.#plain, bytes, start, end)) return true;
    const lastBlank = this.#whiteSpace === 'collapse' ? SPACE : -1;
    for (let at = start; at < end; at += 1) {
      const octet = bytes[at] as number;
      if (octet === AMPERSAND || octet === LESS || octet === RETURN || (octet <= lastBlank && isBlank(octet))) return undefined;
    }
    if (this.#automata === undefined) return false;
    const length = end - start <= this.#maxLength && this.#minLength <= 1 ? end - start : charactersIn(bytes, start, end);
    if (length < this.#minLength || length > this.#maxLength) return false;
    for (const automaton of this.#automata) if (!accepts(automaton, bytes, start, end)) return false;
    return true;
  }
}

/** The text as its type sees it (XML Schema 1.0 part 2 §4.3.6). */
export function normalised(text: string, whiteSpace: WhiteSpace): string {
  if (whiteSpace === 'preserve') return text;
  const replaced = text.replace(/[\t\n\r]/g, ' ');
  return whiteSpace === 'replace' ? replaced : replaced.replace(/ {2,}/g, ' ').replace(/^ | $/g, '');
}

export function isBlank(octet: number): boolean {
  return octet === SPACE || octet === LINE_END || octet === RETURN || octet === TAB;
}

/** Octets that begin a character. */
function charactersIn(octets: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at += 1) if (((octets[at] as number) & 0xc0) !== 0x80) count += 1;
  return count;
}
