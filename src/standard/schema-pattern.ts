// Patterns of the XSDs (XML Schema 1.0 part 2, appendix F) as automata over octets of UTF-8. Never accepts what the pattern does not; where it
// is not sure it accepts less: of `\d`, `\w` and of classes with letters beyond ASCII only the ASCII part. What it does not know it refuses
// to compile. libxml2 remains the judge of whatever is not accepted here.
import { readPattern } from './schema-pattern-syntax.ts';
import type { Part } from './schema-pattern-syntax.ts';

const MOST_POSITIONS = 4000;
const MOST_STATES = 1000;
const DEAD = 0;
const START = 1;

/** A deterministic automaton: 256 next states for each state; 0 is where nothing is accepted any more, 1 the first. */
export interface Automaton {
  readonly next: Uint16Array;
  readonly accepting: Uint8Array;
}

const known = new Map<string, Automaton | undefined>();

/** Accepts what one of the patterns does; undefined when one is not understood, or too large. */
export function compilePatterns(patterns: readonly string[]): Automaton | undefined {
  const key = patterns.join('\n');
  if (!known.has(key)) known.set(key, compile(patterns.map(readPattern)));
  return known.get(key);
}

/** Accepts exactly these texts. */
export function compileTexts(texts: readonly string[]): Automaton | undefined {
  return compile(texts.map((text) => ({ kind: 'octets', octets: [...Buffer.from(text)] })));
}

export function accepts({ next, accepting }: Automaton, octets: Uint8Array, start: number, end: number): boolean {
  let state = START;
  for (let at = start; at < end; at += 1) {
    state = next[(state << 8) | (octets[at] as number)] as number;
    if (state === DEAD) return false;
  }
  return accepting[state] === 1;
}

/** Is a text with this octet never accepted? */
export function isDeadly({ next }: Automaton, octet: number): boolean {
  for (let at = octet + 256; at < next.length; at += 256) if (next[at] !== DEAD) return false;
  return true;
}

function compile(parts: readonly (Part | undefined)[]): Automaton | undefined {
  const network = new Network();
  const first = network.position();
  const last = network.position();
  for (const part of parts) {
    if (part === undefined) return undefined;
    network.add(part, first, last);
  }
  return network.size > MOST_POSITIONS ? undefined : deterministic(network, first, last);
}

interface Edge {
  readonly octets: ReadonlySet<number>;
  readonly to: number;
}

/** Positions with edges that take an octet, and edges that take none. */
class Network {
  readonly edges: Edge[][] = [];
  readonly free: number[][] = [];

  get size(): number {
    return this.edges.length;
  }

  position(): number {
    this.edges.push([]);
    this.free.push([]);
    return this.size - 1;
  }

  add(part: Part, from: number, to: number): void {
    if (this.size > MOST_POSITIONS) return;
    if (part.kind === 'class') this.#addClass(part, from, to);
    else if (part.kind === 'octets') this.#addPath(part.octets.map((octet) => new Set([octet])), from, to);
    else if (part.kind === 'choice') for (const branch of part.parts) this.add(branch, from, to);
    else if (part.kind === 'sequence') this.#addSequence(part.parts, from, to);
    else this.#addRepeated(part, from, to);
  }

  #addClass({ ascii, beyond }: Part & { kind: 'class' }, from: number, to: number): void {
    if (ascii.size > 0) this.edges[from]?.push({ octets: ascii, to });
    if (beyond) for (const path of BEYOND_ASCII) this.#addPath(path, from, to);
  }

  #addPath(path: readonly ReadonlySet<number>[], from: number, to: number): void {
    let at = from;
    for (const octets of path) {
      const next = this.position();
      this.edges[at]?.push({ octets, to: next });
      at = next;
    }
    this.free[at]?.push(to);
  }

  #addSequence(parts: readonly Part[], from: number, to: number): void {
    let at = from;
    for (const part of parts) {
      const next = this.position();
      this.add(part, at, next);
      at = next;
    }
    this.free[at]?.push(to);
  }

  #addRepeated({ part, least, most }: Part & { kind: 'repeat' }, from: number, to: number): void {
    let at = this.position();
    this.free[from]?.push(at);
    for (let count = 0; count < (most === Infinity ? least : most) && this.size <= MOST_POSITIONS; count += 1) {
      if (count >= least) this.free[at]?.push(to);
      const next = this.position();
      this.add(part, at, next);
      at = next;
    }
    if (most === Infinity) {
      const again = this.position();
      this.add(part, at, again);
      this.free[again]?.push(at);
    }
    this.free[at]?.push(to);
  }
}

function range(from: number, to: number): ReadonlySet<number> {
  return new Set(Array.from({ length: to - from + 1 }, (_, index) => from + index));
}

const FOLLOWING = range(0x80, 0xbf);
/** The ways in which a character beyond ASCII is written; only octets that are UTF-8 come here. */
const BEYOND_ASCII: readonly (readonly ReadonlySet<number>[])[] = [
  [range(0xc2, 0xdf), FOLLOWING],
  [range(0xe0, 0xef), FOLLOWING, FOLLOWING],
  [range(0xf0, 0xf4), FOLLOWING, FOLLOWING, FOLLOWING],
];

/** Subset construction. Octets that no edge tells apart are one kind, and only kinds are tried. */
function deterministic(network: Network, first: number, last: number): Automaton | undefined {
  const kinds = kindsOfOctets(network);
  const states = new Map<string, number>([['', DEAD]]);
  const sets: (readonly number[])[] = [[]];
  const stateOf = (positions: Iterable<number>): number => {
    const closed = closure(network, positions);
    const key = closed.join();
    const state = states.get(key) ?? states.size;
    if (state === sets.length) {
      states.set(key, state);
      sets.push(closed);
    }
    return state;
  };
  stateOf([first]);
  const rows: number[][] = [kinds.map(() => DEAD)];
  for (let state = START; state < sets.length; state += 1) {
    if (state > MOST_STATES) return undefined;
    const positions = sets[state] ?? [];
    rows.push(kinds.map(([octet = 0]) => stateOf(new Set(positions.flatMap((position) => (network.edges[position] ?? []).flatMap((edge) => (edge.octets.has(octet) ? [edge.to] : [])))))));
  }
  const next = new Uint16Array(sets.length * 256);
  rows.forEach((row, state) => {
    kinds.forEach((octets, kind) => {
      for (const octet of octets) next[(state << 8) | octet] = row[kind] ?? DEAD;
    });
  });
  return { next, accepting: Uint8Array.from(sets, (positions) => (positions.includes(last) ? 1 : 0)) };
}

function kindsOfOctets(network: Network): readonly (readonly number[])[] {
  const distinct = new Map<string, ReadonlySet<number>>();
  for (const { octets } of network.edges.flat()) distinct.set([...octets].join(), octets);
  const kinds = new Map<string, number[]>();
  for (let octet = 0; octet < 256; octet += 1) {
    const kind = [...distinct.values()].map((octets) => (octets.has(octet) ? '1' : '0')).join('');
    kinds.set(kind, [...(kinds.get(kind) ?? []), octet]);
  }
  return [...kinds.values()];
}

function closure(network: Network, positions: Iterable<number>): readonly number[] {
  const found = new Set(positions);
  for (const position of found) for (const next of network.free[position] ?? []) found.add(next);
  return [...found].sort((a, b) => a - b);
}
