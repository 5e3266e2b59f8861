// Namespaces in XML 1.0: which name a prefix is bound to at the element that a pass has reached. Names are numbered, so that one of a
// megabyte costs its length once and not at every element that uses it.
import { compareCodePoints } from './escape.ts';

export const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';
const XMLNS_NAMESPACE = 'http://www.w3.org/2000/xmlns/';

/** So many names are found faster one by one. */
const FEW = 8;

/** The namespace names of a document, numbered from 0, which is no namespace. */
export class NamespaceNames {
  readonly #names: string[] = [''];
  /** Made when there are too many names to look at. */
  #numbers: Map<string, number> | undefined;
  #order: Map<string, number> | undefined;

  /** How many there are. */
  get count(): number {
    return this.#names.length;
  }

  numberOf(name: string): number {
    const known = this.find(name);
    if (known !== undefined) return known;
    const number = this.#names.push(name) - 1;
    if (this.#names.length > FEW) (this.#numbers ??= new Map(this.#names.map((one, index) => [one, index]))).set(name, number);
    return number;
  }

  /** The number of a name that may not be in the document. */
  find(name: string): number | undefined {
    if (this.#numbers !== undefined) return this.#numbers.get(name);
    const number = this.#names.indexOf(name);
    return number === -1 ? undefined : number;
  }

  nameOf(number: number): string {
    return this.#names[number] ?? '';
  }

  /** Their order by code points; every pair is compared once. */
  compare(a: number, b: number): number {
    if (a === b) return 0;
    const pair = `${a}-${b}`;
    this.#order ??= new Map();
    const order = this.#order.get(pair) ?? compareCodePoints(this.nameOf(a), this.nameOf(b));
    this.#order.set(pair, order);
    return order;
  }
}

export interface Binding {
  readonly prefix: string;
  readonly namespace: number;
}

/** One binding on the stack, with those below it. */
interface Bound extends Binding {
  readonly owner: number;
  readonly below: Bound | undefined;
}

/** The bindings in scope, as a stack: an element's own are put on at its start tag and taken off at its end. */
export class Bindings {
  /** The default namespace. */
  standard = 0;
  /** Bindings looked at so far. */
  steps = 0;
  size = 0;
  readonly #names: NamespaceNames;
  #top: Bound | undefined;

  constructor(names: NamespaceNames) {
    this.#names = names;
  }

  /** `owner` is a number that no other open element has. */
  enter(owner: number, bindings: readonly Binding[]): void {
    for (const { prefix, namespace } of bindings) this.enterOne(owner, prefix, namespace);
  }

  enterOne(owner: number, prefix: string, namespace: number): void {
    this.#top = { prefix, namespace, owner, below: this.#top };
    this.size += 1;
    if (prefix === '') this.standard = namespace;
  }

  leave(owner: number): void {
    let standard = false;
    let top = this.#top;
    for (; top?.owner === owner; top = top.below) {
      this.size -= 1;
      if (top.prefix === '') standard = true;
    }
    this.#top = top;
    if (standard) this.standard = this.#find('')?.namespace ?? 0;
  }

  /** The namespace that a prefix is bound to, or undefined when it is not declared. The empty prefix is always bound. */
  lookUp(prefix: string): number | undefined {
    if (prefix === '') return this.standard;
    this.steps += this.size;
    const found = this.#find(prefix);
    if (found !== undefined) return found.namespace;
    return prefix === 'xml' ? this.#names.numberOf(XML_NAMESPACE) : undefined;
  }

  #find(prefix: string): Bound | undefined {
    let bound = this.#top;
    while (bound !== undefined && bound.prefix !== prefix) bound = bound.below;
    return bound;
  }

  /** The same for a prefix of ASCII letters that stands in the octets from `start` to `end`. */
  lookUpOctets(bytes: Buffer, start: number, end: number): number | undefined {
    const length = end - start;
    for (let bound = this.#top; bound !== undefined; bound = bound.below) {
      const { prefix } = bound;
      this.steps += 1;
      if (prefix.length !== length) continue;
      let same = 0;
      while (same < length && prefix.charCodeAt(same) === bytes[start + same]) same += 1;
      if (same === length) return bound.namespace;
    }
    return undefined;
  }

  /** Every prefix in scope, once, with its namespace. */
  inScope(): Binding[] {
    const inner = new Map<string, Binding>();
    for (let bound = this.#top; bound !== undefined; bound = bound.below) if (!inner.has(bound.prefix)) inner.set(bound.prefix, bound);
    return [...inner.values()];
  }
}

/** May this declaration be made (Namespaces 1.0 §2.2, §3)? */
export function isDeclarable(prefix: string, uri: string): boolean {
  if (prefix === 'xmlns' || uri === XMLNS_NAMESPACE) return false;
  if ((prefix === 'xml') !== (uri === XML_NAMESPACE)) return false;
  return prefix === '' || uri !== '';
}
