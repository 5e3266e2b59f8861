// Documents made from a form's own model, by a seed: valid ones, and ones with a fault or two, written in all the ways that XML has for one
// thing. Values stand at the borders of their facets, and just beyond.
import { pick, randomFrom, shuffled } from '../differential/random.ts';
import type { Random } from '../differential/random.ts';
import { isListed } from '../../src/standard/schema-model.ts';
import type { ElementModel, FormModel } from '../../src/standard/schema-model.ts';
import type { SimpleType } from '../../src/standard/schema-types.ts';
import { compilePatterns } from '../../src/standard/schema-pattern.ts';
import { el } from './documents.ts';
import type { TestElement } from './documents.ts';

const LETTERS = ['a', 'Z', '0', '9', 'ế', 'Đ', '𝒳', '-', '/', '.', '_', '&', '<', '>', '"', ']]>', '\u00a0', '\u3000', '\u200b'];
const BLANKS = [' ', '  ', '\t', '\n', '\r\n', ' \n ', '&#32;', '&#13;', '&#x9;'];

class Dice {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  chance(share: number): boolean {
    return this.#random(1000) < share * 1000;
  }

  between(least: number, most: number): number {
    return least + this.#random(most - least + 1);
  }

  pick<Item>(items: readonly Item[]): Item {
    return pick(this.#random, items);
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    return shuffled(this.#random, items);
  }
}

export class FormMaker {
  readonly #model: FormModel;
  readonly #random: Dice;

  constructor(model: FormModel, seed: number) {
    this.#model = model;
    this.#random = new Dice(seed);
  }

  /** Two faults at most; what they are about may be fine all the same. */
  make(): string {
    const root = this.#element(this.#model.root);
    const faults = this.#random.chance(0.35) ? 0 : this.#random.between(1, 2);
    for (let fault = 0; fault < faults; fault += 1) this.#spoil(root);
    return `${this.#random.chance(0.2) ? '\ufeff' : ''}${this.#write(root)}`;
  }

  #element(model: ElementModel): TestElement {
    if (model.type !== undefined) return el(model.name, this.#validText(model.type));
    const all = this.#random.chance(0.1) ? 0 : this.#random.pick([0.3, 0.8, 1]);
    const children = [...model.children.values()].flatMap((child) => Array.from({ length: this.#count(child, all) }, () => this.#element(child)));
    return el(model.name, model.group === 'all' && this.#random.chance(0.5) ? this.#random.shuffled(children) : children);
  }

  #count(model: ElementModel, all: number): number {
    if (!isListed(model)) return model.least === 1 || this.#random.chance(all) ? 1 : 0;
    if (model.most !== Infinity && this.#random.chance(0.05)) return model.most + (this.#random.chance(0.5) ? 1 : 0);
    return Math.min(model.most, this.#random.between(model.least, model.least + 2));
  }

  #validText(type: SimpleType): string {
    const [patterns] = type.patterns;
    if (patterns !== undefined) return this.#padded(this.#matching(patterns), type);
    const [enumeration] = type.enumerations;
    if (enumeration !== undefined) return this.#padded(this.#random.pick(enumeration), type);
    const most = Math.min(type.maxLength, 5000);
    const length = this.#random.pick([type.minLength, most, Math.min(most, type.minLength + 1), Math.min(most, this.#random.between(1, 12))]);
    return this.#padded(this.#textOf(length), type);
  }

  /** Characters, of which none is white space at either end. */
  #textOf(length: number): string {
    if (length > 20) return this.#random.pick(['x', 'ế', '𝒳']).repeat(length);
    return Array.from({ length }, () => this.#random.pick(['a', 'B', '7', 'ế', '𝒳', '&', '<', '-'])).join('');
  }

  /** With white space that the type does not see. */
  #padded(text: string, { whiteSpace }: SimpleType): string {
    if (whiteSpace !== 'collapse' || !this.#random.chance(0.15)) return text;
    return `${this.#random.pick([' ', '\n\t', ''])}${text}${this.#random.pick(['  ', '\r\n', ''])}`;
  }

  /** A text that one of the patterns takes: a walk through its automaton. */
  #matching(patterns: readonly string[]): string {
    const automaton = compilePatterns(patterns);
    if (automaton === undefined) return '';
    for (let attempt = 0; attempt < 40; attempt += 1) {
      let state = 1;
      const octets: number[] = [];
      for (let step = 0; step < 300; step += 1) {
        if (automaton.accepting[state] === 1 && this.#random.chance(attempt === 0 ? 0.1 : 0.4)) return Buffer.from(octets).toString('latin1');
        const possible = PRINTABLE.filter((octet) => automaton.next[(state << 8) | octet] !== 0);
        if (possible.length === 0) break;
        const octet = this.#random.pick(possible);
        octets.push(octet);
        state = automaton.next[(state << 8) | octet] ?? 0;
      }
      if (automaton.accepting[state] === 1) return Buffer.from(octets).toString('latin1');
    }
    return '';
  }

  /** One fault somewhere, or what may be one. */
  #spoil(root: TestElement): void {
    const [element, parent] = this.#random.pick(elementsIn(root));
    const random = this.#random;
    const kind = random.between(0, 12);
    if (kind <= 5 && isLeaf(element)) element.children = [textFrom(this.#spoiltText(textIn(element)))];
    else if (kind === 6) element.children.splice(random.between(0, element.children.length), 0, el(random.pick(['La', 'STT', 'HoTen', element.name])));
    else if (kind === 7) element.children.splice(random.between(0, element.children.length), 0, textFrom(random.pick(['chữ', ' ', '\n', '.', '\u00a0'])));
    else if (kind === 8) element.attributes = [random.pick([{ name: 'la', namespace: '' }, { name: 'a', namespace: 'urn:x' }])]; // the same one twice would not be XML
    else if (kind === 9) element.namespace = 'urn:x';
    else if (kind === 10) element.name = random.pick([`${element.name}x`, element.name.slice(0, -1) || 'x', element.name.toUpperCase()]);
    else if (parent === undefined) element.children = [];
    else if (kind === 11) parent.children.splice(parent.children.indexOf(element), 1);
    else parent.children.splice(random.between(0, parent.children.length), 0, random.chance(0.5) ? structuredCopy(element) : element);
  }

  #spoiltText(text: string): string {
    const random = this.#random;
    const characters = Array.from(text);
    const at = random.between(0, characters.length);
    const kind = random.between(0, 6);
    if (kind === 0) characters.splice(at, 1);
    else if (kind <= 2) characters.splice(at, 0, random.pick(LETTERS));
    else if (kind === 3) characters.splice(at, 1, random.pick(LETTERS));
    else if (kind === 4) characters.splice(at, 0, random.pick([' ', '  ', '\t', '\n']));
    else if (kind === 5) return random.pick(['', ' ', '\n\t']);
    else return text + (characters.at(-1) ?? '').repeat(random.pick([1, 5, 600])) + random.pick(['', 'x']);
    return characters.join('');
  }

  #write(element: TestElement): string {
    const random = this.#random;
    const prefix = element.namespace === '' ? '' : 'n:';
    const declared = element.namespace === '' ? '' : ` xmlns:n="${element.namespace}"`;
    const attributes = element.attributes.map(({ name, namespace }, index) => (namespace === '' ? ` ${name}="v"` : ` xmlns:a${index}="${namespace}" a${index}:${name}='v'`)).join('');
    const name = `${prefix}${element.name}`;
    const space = random.chance(0.05) ? random.pick([' ', '\n']) : '';
    if (element.children.length === 0 && random.chance(0.5)) return `<${name}${declared}${attributes}${space}/>`;
    const inside = element.children.map((child) => (typeof child === 'function' ? this.#text(child()) : `${this.#gap(element)}${this.#write(child)}`)).join('');
    return `<${name}${declared}${attributes}${space}>${inside}${this.#gap(element)}</${name}${space}>`;
  }

  /** What may stand between elements. */
  #gap({ children }: TestElement): string {
    if (!children.some((child) => typeof child !== 'function') || this.#random.chance(0.8)) return '';
    return this.#random.pick([...BLANKS.slice(0, 6), '<!-- <la/> -->', ' <!---->\n']);
  }

  #text(text: string): string {
    const kind = this.#random.between(0, 19);
    if (kind === 0 && !text.includes(']]>') && !text.includes('\r')) return `<![CDATA[${text}]]>`;
    if (kind === 1) return Array.from(text).map((character) => `&#x${(character.codePointAt(0) ?? 0).toString(16)};`).join('');
    if (kind === 2) return `<!-- c -->${escaped(text)}`;
    if (kind === 3) return `${escaped(text.slice(0, 1))}<!--c-->${escaped(text.slice(1))}<![CDATA[]]>`.replace(/[\ud800-\udfff]<!--c-->(?=[\udc00-\udfff])/g, (pair) => pair.charAt(0));
    return escaped(text);
  }
}

const PRINTABLE = Array.from({ length: 95 }, (_, index) => 0x20 + index);

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

function textFrom(text: string): () => string {
  return () => text;
}

function isLeaf({ children }: TestElement): boolean {
  return children.every((child) => typeof child === 'function');
}

function textIn({ children }: TestElement): string {
  return children.map((child) => (typeof child === 'function' ? child() : '')).join('');
}

function structuredCopy(element: TestElement): TestElement {
  return { ...element, attributes: [...element.attributes], children: element.children.map((child) => (typeof child === 'function' ? child : structuredCopy(child))) };
}

function elementsIn(element: TestElement, parent?: TestElement): [element: TestElement, parent: TestElement | undefined][] {
  return [[element, parent], ...element.children.flatMap((child) => (typeof child === 'function' ? [] : elementsIn(child, element)))];
}
