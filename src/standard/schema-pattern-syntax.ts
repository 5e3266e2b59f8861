// Reads a pattern of an XSD: branches, pieces, quantifiers, classes and escapes. Categories (`\p`), names (`\i`, `\c`), subtraction of classes,
// and `^` or `$`, which other dialects read as anchors, are not read: a pattern with one of them is left to the engine.

export type Part =
  | { readonly kind: 'class'; readonly ascii: ReadonlySet<number>; /** Every character beyond ASCII. */ readonly beyond: boolean }
  | { readonly kind: 'octets'; readonly octets: readonly number[] }
  | { readonly kind: 'sequence'; readonly parts: readonly Part[] }
  | { readonly kind: 'choice'; readonly parts: readonly Part[] }
  | { readonly kind: 'repeat'; readonly part: Part; readonly least: number; readonly most: number };

class Unknown extends Error {}

/** Undefined when the pattern is not understood. */
export function readPattern(pattern: string): Part | undefined {
  const reader = new Reader(pattern);
  try {
    const part = reader.choice();
    return reader.atEnd() ? part : undefined;
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw error;
  }
}

function codes(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

const DIGITS = codes(0x30, 0x39);
const ALL: ReadonlySet<number> = new Set(codes(0, 0x7f));
const BLANKS = [0x20, 0x09, 0x0a, 0x0d];
/** The ASCII part of the classes that have names. Inside brackets they are not read. */
const classes: ReadonlyMap<string, readonly number[]> = new Map([
  ['d', DIGITS],
  ['s', BLANKS],
  ['w', [...DIGITS, ...codes(0x41, 0x5a), ...codes(0x61, 0x7a)]],
  ['D', codes(0, 0x7f).filter((code) => !DIGITS.includes(code))],
  ['S', codes(0, 0x7f).filter((code) => !BLANKS.includes(code))],
]);
const escapes: ReadonlyMap<string, string> = new Map([['n', '\n'], ['r', '\r'], ['t', '\t'], ...Array.from('\\|.-^?*+{}()[]').map((character): [string, string] => [character, character])]);

class Reader {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#characters = Array.from(pattern);
  }

  atEnd(): boolean {
    return this.#at === this.#characters.length;
  }

  choice(): Part {
    const parts = [this.#branch()];
    while (this.#took('|')) parts.push(this.#branch());
    return { kind: 'choice', parts };
  }

  #branch(): Part {
    const parts: Part[] = [];
    while (!this.atEnd() && this.#next() !== '|' && this.#next() !== ')') parts.push(this.#quantified(this.#atom()));
    return { kind: 'sequence', parts };
  }

  #quantified(part: Part): Part {
    if (this.#took('?')) return { kind: 'repeat', part, least: 0, most: 1 };
    if (this.#took('*')) return { kind: 'repeat', part, least: 0, most: Infinity };
    if (this.#took('+')) return { kind: 'repeat', part, least: 1, most: Infinity };
    if (!this.#took('{')) return part;
    const least = this.#number();
    const most = this.#took(',') ? (this.#next() === '}' ? Infinity : this.#number()) : least;
    if (!this.#took('}') || most < least) throw new Unknown();
    return { kind: 'repeat', part, least, most };
  }

  #number(): number {
    let digits = '';
    while (/^\d$/.test(this.#next())) digits += this.#take();
    if (digits === '' || digits.length > 6) throw new Unknown();
    return Number(digits);
  }

  #atom(): Part {
    if (this.#took('(')) {
      const part = this.choice();
      if (!this.#took(')')) throw new Unknown();
      return part;
    }
    if (this.#took('[')) return this.#class();
    if (this.#took('.')) return { kind: 'class', ascii: new Set(codes(0, 0x7f).filter((code) => code !== 0x0a && code !== 0x0d)), beyond: true };
    const character = this.#take();
    if (character === '\\') {
      const named = classes.get(this.#next());
      if (named === undefined) return literal(this.#escaped());
      this.#at += 1;
      return { kind: 'class', ascii: new Set(named), beyond: false };
    }
    if ('?*+{}]^$'.includes(character)) throw new Unknown();
    return literal(character);
  }

  #class(): Part {
    const isNegated = this.#took('^');
    const ascii = new Set<number>();
    let hasBeyond = false;
    for (let isFirst = true; isFirst || this.#next() !== ']'; isFirst = false) {
      const [from, to] = this.#member(isFirst);
      if (from > 0x7f || to > 0x7f) hasBeyond = true;
      for (let code = from; code <= Math.min(to, 0x7f); code += 1) ascii.add(code);
    }
    this.#at += 1;
    if (!isNegated) return { kind: 'class', ascii, beyond: false };
    return { kind: 'class', ascii: new Set([...ALL].filter((code) => !ascii.has(code))), beyond: !hasBeyond };
  }

  /** One character, or a range of them. */
  #member(isFirst: boolean): readonly [from: number, to: number] {
    const character = this.#take();
    if (character === '[' || (character === '-' && this.#next() === '[') || (character === ']' && isFirst)) throw new Unknown();
    const from = pointOf(character === '\\' ? this.#escaped() : character);
    if (this.#next() !== '-' || this.#characters[this.#at + 1] === ']') return [from, from];
    this.#at += 1;
    const last = this.#take();
    if (last === '[' || last === '-') throw new Unknown();
    const to = pointOf(last === '\\' ? this.#escaped() : last);
    if (to < from) throw new Unknown();
    return [from, to];
  }

  #escaped(): string {
    const character = escapes.get(this.#take());
    if (character === undefined) throw new Unknown();
    return character;
  }

  #next(): string {
    return this.#characters[this.#at] ?? '';
  }

  #take(): string {
    const character = this.#characters[this.#at];
    if (character === undefined) throw new Unknown();
    this.#at += 1;
    return character;
  }

  #took(character: string): boolean {
    if (this.#next() !== character) return false;
    this.#at += 1;
    return true;
  }
}

function literal(character: string): Part {
  return { kind: 'octets', octets: [...Buffer.from(character)] };
}

function pointOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}
