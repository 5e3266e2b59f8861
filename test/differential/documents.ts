// Documents that are well-formed and as odd as XML 1.0 and Namespaces 1.0 let them be, made from seeded numbers: everything that makes
// canonicalization hard, at odds far above an honest document's. What is left out on purpose is in `exclusions.ts`, by name.
import { once, pick, shuffled } from './random.ts';
import type { Random } from './random.ts';

/** What a prefix means at an element; the empty one may be undeclared again. */
type Scope = ReadonlyMap<string, string>;

const prefixes = ['', '', 'a', 'b', 'p', 'xsi', 'đ', '_x', 'A1', 'ds', 'b.c'];
/** As written inside an attribute value. Absolute URIs only: see `exclusions.ts`. */
const uris = ['urn:a', 'urn:b/c', 'urn:b', 'urn:c', 'http://www.w3.org/2000/09/xmldsig#', 'http://example.org/?x=1;y=2', 'urn:b&#47;c', 'urn:z', 'urn:A', 'urn:a1'];
const locals = ['a', 'b', 'c', 'Hoso', 'Id', 'ă', 'x-1', 'y.z', 'đơn', '_', 'SignedInfo', '\u{10000}b', 'a\u00b7'];
const attributeLocals = ['a', 'b', 'Id', 'id', 'ă', 'z-1', 'x.y', 'A', '\ufdf0', '\u{10000}', '_', 'xmlnsx', 'aa'];
const xmlAttributes: readonly (readonly [string, readonly string[]])[] = [
  ['xml:lang', ['vi', 'en', '']],
  ['xml:space', ['preserve', 'default']],
  ['xml:other', ['1', '2']],
  ['xml:id', ['i1', 'i2', 'i3']],
  ['xml:base', ['http://example.org/', 'b/', '../c', '']],
];

const plainPieces = ['x', 'Công ty', ' ', '  ', '\n', '\t', '\r', '\r\n', '\r\r\n', '"', "'", '=', '/', '%', '\u0085', '\u2028', '\ufffd', '\ufeff', '\ud7ff', '\ue000', '\u{1f600}', '\u{10ffff}', '0123456789', '--', '?', '!', '#', 'ế'];
const references = ['&lt;', '&gt;', '&amp;', '&quot;', '&apos;', '&#13;', '&#xD;', '&#xd;', '&#10;', '&#9;', '&#32;', '&#x1F600;', '&#000041;', '&#x00000000000041;', '&#60;', '&#38;', '&#62;', '&#x10FFFF;', '&#xE000;', '&#x85;'];
const onlyInText = ['>', ']', ']]', ']]&gt;', '] ]>', '->', '-->', '?>'];
const onlyInMarked = ['<', '&', '<a>', '</a>', '&amp;', '&nosuch;', '&#x0;', '<!--', ']', ']]', ']>'];

export interface Sizes {
  readonly elements: number;
  readonly depth: number;
}

/** One document, as octets. */
export function makeDocument(random: Random): Buffer {
  const sizes = once(random, 20) ? { elements: 70, depth: 60 } : pick<Sizes>(random, [{ elements: 3, depth: 3 }, { elements: 6, depth: 5 }, { elements: 12, depth: 8 }]);
  const writer = new Writer(random, sizes);
  return Buffer.from(`${writer.prolog()}${writer.element(new Map([['', '']]), 1)}${writer.outside()}`);
}

class Writer {
  private readonly random: Random;
  private readonly sizes: Sizes;
  private left: number;

  constructor(random: Random, sizes: Sizes) {
    this.random = random;
    this.sizes = sizes;
    this.left = sizes.elements;
  }

  prolog(): string {
    const { random } = this;
    const mark = once(random, 8) ? '\ufeff' : '';
    if (once(random, 2)) return mark + this.outside();
    const quote = pick(random, ['"', "'"]);
    const encoding = pick(random, ['', ` encoding=${quote}UTF-8${quote}`, ` encoding = "utf-8"`, "\nencoding='Utf-8'"]);
    const standalone = pick(random, ['', '', ` standalone=${quote}yes${quote}`, ' standalone = "no"']);
    return `${mark}<?xml${pick(random, [' ', '  ', '\r\n', '\t'])}version${pick(random, ['=', ' = '])}${quote}1.0${quote}${encoding}${standalone}${pick(random, ['', ' ', '\n'])}?>${this.outside()}`;
  }

  /** What may stand before and after the root. */
  outside(): string {
    let text = '';
    while (once(this.random, 3)) text += pick(this.random, ['\n', '\r\n', ' \t', '\r', this.comment()]);
    return text;
  }

  element(outer: Scope, depth: number): string {
    const { random } = this;
    this.left -= 1;
    const { scope, declarations } = this.declare(outer);
    const name = this.qualified(scope, pick(random, locals), true);
    const attributes = shuffled(random, [...declarations, ...this.attributes(scope)]);
    const tag = `${name}${attributes.map((attribute) => `${this.gap()}${attribute}`).join('')}${this.space()}`;
    if (once(random, 6)) return `<${tag}/>`;
    return `<${tag}>${this.content(scope, depth)}</${name}${this.space()}>`;
  }

  /** New declarations: bindings made, made again, shadowed, and for the default namespace undone. */
  private declare(outer: Scope): { scope: Scope; declarations: string[] } {
    const { random } = this;
    const scope = new Map(outer);
    const declarations: string[] = [];
    const made = new Set<string>();
    while (scope.size < 12 && once(random, 2)) {
      const prefix = pick(random, prefixes);
      if (made.has(prefix)) break;
      made.add(prefix);
      const again = outer.get(prefix);
      const uri = prefix === '' && once(random, 3) ? '' : again !== undefined && once(random, 3) && (prefix === '' || again !== '') ? again : pick(random, uris);
      scope.set(prefix, uri);
      declarations.push(`${prefix === '' ? 'xmlns' : `xmlns:${prefix}`}${this.equals()}${this.quoted(uri)}`);
    }
    if (once(random, 40)) declarations.push('xmlns:xml="http://www.w3.org/XML/1998/namespace"');
    return { scope, declarations };
  }

  private attributes(scope: Scope): string[] {
    const { random } = this;
    const written: string[] = [];
    const seen = new Set<string>();
    const add = (name: string, expanded: string, value: string): void => {
      if (seen.has(expanded)) return;
      seen.add(expanded);
      written.push(`${name}${this.equals()}${value}`);
    };
    while (once(random, 2)) {
      const local = pick(random, attributeLocals);
      const name = this.qualified(scope, local, false);
      const uri = name === local ? '' : (scope.get(name.slice(0, name.indexOf(':'))) ?? '');
      add(name, `${expand(uri)} ${local}`, this.value());
    }
    while (once(random, 5)) {
      const [name, values] = pick(random, xmlAttributes);
      add(name, name, this.quoted(pick(random, values)));
    }
    return written;
  }

  private qualified(scope: Scope, local: string, element: boolean): string {
    const bound = [...scope.keys()].filter((prefix) => prefix !== '');
    if (bound.length === 0 || once(this.random, element ? 2 : 3)) return local;
    return `${pick(this.random, bound)}:${local}`;
  }

  private content(scope: Scope, depth: number): string {
    const { random } = this;
    let text = '';
    const deep = this.sizes.depth > 20 && depth < this.sizes.depth;
    if (deep && this.left > 0) text += this.element(scope, depth + 1);
    while (!once(random, 4)) {
      const kind = random(8);
      if (kind < 3 && this.left > 0 && depth < this.sizes.depth) text += this.element(scope, depth + 1);
      else if (kind < 6) text += this.text();
      else text += kind === 6 ? this.comment() : this.cdata();
    }
    return text;
  }

  /** Pieces that meet must not make the one sequence that text may not hold. */
  private text(): string {
    const written = this.pieces([...plainPieces, ...references, ...onlyInText]);
    return written.replaceAll(']]>', ']]&gt;').replace(/\]+$/, '] ');
  }

  private cdata(): string {
    return `<![CDATA[${this.pieces([...plainPieces, ...onlyInMarked, '>']).replaceAll(']]>', ']] >')}]]>`;
  }

  private comment(): string {
    return `<!--${this.pieces([...plainPieces, ...onlyInMarked, '>', ']]>', '-']).replace(/-(?=-)|-$/g, '- ')}-->`;
  }

  private value(): string {
    return this.quoted(this.pieces([...plainPieces, ...references, '>', ']]>', ']', '-->']));
  }

  private pieces(from: readonly string[]): string {
    let text = '';
    for (let left = this.random(5); left > 0; left -= 1) text += pick(this.random, from);
    return text;
  }

  /** A value between quotes of either kind, that kind written as a reference inside. */
  private quoted(value: string): string {
    return once(this.random, 3) ? `'${value.replaceAll("'", '&#39;')}'` : `"${value.replaceAll('"', '&quot;')}"`;
  }

  private equals(): string {
    return pick(this.random, ['=', '=', '=', '=', ' =', '= ', '\t=\r\n']);
  }

  private gap(): string {
    return pick(this.random, [' ', ' ', ' ', '  ', '\n', '\r\n\t', '\r']);
  }

  private space(): string {
    return pick(this.random, ['', '', '', '', ' ', '\n', '\r\n']);
  }
}

/** Two ways to write one namespace name are one name, which no two attributes of an element may share. */
function expand(uri: string): string {
  return uri.replace('&#47;', '/');
}
