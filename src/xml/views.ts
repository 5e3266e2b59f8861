// Element objects over the compact tree, made when they are asked for and kept, so that one element is one object. A pruned tree has objects
// of its own for the elements that lost something, and shares the others with the tree it was made from.
import type { Stretches } from './emit.ts';
import { nodesBetween, stretchOf } from './gaps.ts';
import type { XmlComment, XmlText } from './gaps.ts';
import { XML_NAMESPACE } from './namespaces.ts';
import { textBetween } from './known-text.ts';
import { declaredPrefix, attributeIn, readRawTag, splitName } from './tag.ts';
import { AFTER, ATTRIBUTED, column, DECLARES, END, endTagStart, flagsOf, nameEndOf, namespaceOf, PARENT, PREFIXED, START, tagEndOf } from './tree.ts';
import type { Tree } from './tree.ts';

export interface XmlAttribute {
  readonly prefix: string;
  readonly local: string;
  readonly namespace: string;
  /** Normalised value (XML 1.0 §3.3.3). */
  readonly value: string;
}

export interface XmlNamespaceDeclaration {
  readonly prefix: string;
  readonly uri: string;
}

export type XmlNode = XmlElement | XmlText | XmlComment;

const FEW = 8;

const noAttributes: readonly XmlAttribute[] = [];
const noStretches: Stretches = [];
const noDeclarations: readonly XmlNamespaceDeclaration[] = [];

export class XmlElement {
  readonly kind = 'element';
  readonly views: Views;
  readonly row: number;
  readonly earlier: XmlElement | undefined;
  #name: { readonly prefix: string; readonly local: string } | undefined;
  #attributes: readonly XmlAttribute[] | undefined;
  #declarations: readonly XmlNamespaceDeclaration[] | undefined;
  #children: readonly XmlNode[] | undefined;

  /** Only `Views` makes elements. `earlier`: the one it made before this one. */
  constructor(views: Views, row: number, earlier: XmlElement | undefined) {
    this.views = views;
    this.row = row;
    this.earlier = earlier;
  }

  /** Offset in the received bytes of the start tag's `<`. */
  get start(): number {
    return column(this.views.tree, this.row, START);
  }

  /** Offset after the end tag's `>`. */
  get end(): number {
    return column(this.views.tree, this.row, END);
  }

  get prefix(): string {
    return this.#names().prefix;
  }

  get local(): string {
    return this.#names().local;
  }

  /** Namespace URI, '' for none. */
  get namespace(): string {
    const { tree } = this.views;
    return tree.names.nameOf(namespaceOf(tree, this.row));
  }

  /** Attributes without namespace declarations, in document order. */
  get attributes(): readonly XmlAttribute[] {
    if ((flagsOf(this.views.tree, this.row) & ATTRIBUTED) === 0) return noAttributes;
    this.#attributes ??= this.views.attributesOf(this.row);
    return this.#attributes;
  }

  get declarations(): readonly XmlNamespaceDeclaration[] {
    if ((flagsOf(this.views.tree, this.row) & DECLARES) === 0) return noDeclarations;
    this.#declarations ??= readDeclarations(this.views.tree, this.row);
    return this.#declarations;
  }

  get children(): readonly XmlNode[] {
    this.#children ??= this.views.childrenOf(this.row);
    return this.#children;
  }

  #names(): { readonly prefix: string; readonly local: string } {
    if (this.#name !== undefined) return this.#name;
    const { tree } = this.views;
    const start = this.start + 1;
    const name = textBetween(tree.bytes, start, nameEndOf(tree, this.row));
    this.#name = (flagsOf(tree, this.row) & PREFIXED) === 0 ? { prefix: '', local: name } : splitName(tree.bytes, start, name);
    return this.#name;
  }
}

/** One tree of element objects. */
export class Views {
  readonly tree: Tree;
  /** What this tree leaves out. */
  readonly omitted: Stretches;
  readonly #base: Views | undefined;
  /** What this tree leaves out and the one it was made from does not. */
  readonly #dropped: Stretches;
  /** The last of the first elements that were asked for, which in most documents are all; a map costs more than to look at so few. */
  #first: XmlElement | undefined;
  #count = 0;
  #others: Map<number, XmlElement> | undefined;

  constructor(tree: Tree, dropped: Stretches = noStretches, base?: Views) {
    this.tree = tree;
    this.#dropped = dropped;
    this.#base = base;
    this.omitted = base === undefined || base.omitted.length === 0 ? dropped : joined([...pairs(base.omitted), ...pairs(dropped)]);
  }

  at(row: number): XmlElement {
    if (this.#base !== undefined && !meets(this.#dropped, column(this.tree, row, START), column(this.tree, row, END))) return this.#base.at(row);
    for (let element = this.#first; element !== undefined; element = element.earlier) if (element.row === row) return element;
    const known = this.#others?.get(row);
    if (known !== undefined) return known;
    if (this.#count === FEW) {
      const element = new XmlElement(this, row, undefined);
      (this.#others ??= new Map()).set(row, element);
      return element;
    }
    this.#count += 1;
    this.#first = new XmlElement(this, row, this.#first);
    return this.#first;
  }

  /** This tree without more of it. The stretches hold whole nodes. */
  without(stretches: readonly (readonly [start: number, end: number])[]): Views {
    const dropped = this.omitted.length === 0 ? stretches : stretches.filter(([start, end]) => !covers(this.omitted, start, end));
    return dropped.length === 0 ? this : new Views(this.tree, joined(dropped), this);
  }

  /** The same with a single stretch, of a tree that leaves out nothing yet. */
  withoutStretch(start: number, end: number): Views {
    return new Views(this.tree, [start, end], this);
  }

  isOmitted(row: number): boolean {
    return this.omitted.length > 0 && covers(this.omitted, column(this.tree, row, START), column(this.tree, row, END));
  }

  childrenOf(row: number): XmlNode[] {
    const children: XmlNode[] = [];
    const { tree } = this;
    const after = column(tree, row, AFTER);
    let at = tagEndOf(tree, row);
    for (let child = row + 1; child < after; child = column(tree, child, AFTER)) {
      for (const node of this.#charactersIn(at, column(tree, child, START))) children.push(node);
      if (!this.isOmitted(child)) children.push(this.at(child));
      at = column(tree, child, END);
    }
    for (const node of this.#charactersIn(at, endTagStart(tree, row))) children.push(node);
    return children;
  }

  /** Text and comments that are children of an element. */
  charactersOf(row: number): (XmlText | XmlComment)[] {
    const { tree } = this;
    const after = column(tree, row, AFTER);
    let at = tagEndOf(tree, row);
    if (after === row + 1) return this.#charactersIn(at, endTagStart(tree, row));
    const nodes: (XmlText | XmlComment)[] = [];
    for (let child = row + 1; child < after; child = column(tree, child, AFTER)) {
      for (const node of this.#charactersIn(at, column(tree, child, START))) nodes.push(node);
      at = column(tree, child, END);
    }
    for (const node of this.#charactersIn(at, endTagStart(tree, row))) nodes.push(node);
    return nodes;
  }

  /** Text and comments between two tags. */
  #charactersIn(start: number, end: number): (XmlText | XmlComment)[] {
    if (start >= end) return [];
    const nodes = nodesBetween(this.tree.bytes, start, end);
    return this.omitted.length === 0 ? nodes : nodes.filter((node) => !covers(this.omitted, ...stretchOf(node)));
  }

  /** The value of an attribute without prefix, which makes nothing of the others. */
  plainAttribute(row: number, name: string): string | undefined {
    const { tree } = this;
    return (flagsOf(tree, row) & ATTRIBUTED) === 0 ? undefined : attributeIn(tree.bytes, nameEndOf(tree, row), name);
  }

  attributesOf(row: number): XmlAttribute[] {
    const { bytes } = this.tree;
    const { attributes } = readRawTag(bytes, column(this.tree, row, START));
    return attributes.filter(({ name }) => declaredPrefix(name) === undefined).map(({ name, value, at }) => {
      const { prefix, local } = splitName(bytes, at, name);
      return { prefix, local, namespace: prefix === '' ? '' : this.#lookUp(row, prefix), value };
    });
  }

  /** The namespace that a declared prefix is bound to at an element. */
  #lookUp(row: number, prefix: string): string {
    for (let at = row; at !== -1; at = column(this.tree, at, PARENT)) {
      const found = this.at(at).declarations.find((declaration) => declaration.prefix === prefix);
      if (found !== undefined) return found.uri;
    }
    return prefix === 'xml' ? XML_NAMESPACE : '';
  }
}

function readDeclarations(tree: Tree, row: number): XmlNamespaceDeclaration[] {
  return readRawTag(tree.bytes, column(tree, row, START)).attributes.flatMap(({ name, value }) => {
    const prefix = declaredPrefix(name);
    return prefix === undefined ? [] : [{ prefix, uri: value }];
  });
}

function pairs(stretches: Stretches): [start: number, end: number][] {
  return stretches.flatMap((start, index) => (index % 2 === 0 ? [[start, stretches[index + 1] ?? start] as [number, number]] : []));
}

/** Sorted, and joined where they touch or lie within each other. */
function joined(stretches: readonly (readonly [start: number, end: number])[]): Stretches {
  const flat: number[] = [];
  const [first] = stretches;
  if (first !== undefined && stretches.length === 1) return first;
  for (const [start, end] of stretches.toSorted((a, b) => a[0] - b[0])) {
    const last = flat.at(-1);
    if (last !== undefined && start <= last) flat[flat.length - 1] = Math.max(last, end);
    else flat.push(start, end);
  }
  return flat;
}

/** The index of the first stretch that ends after `offset`. */
function firstAfter(stretches: Stretches, offset: number): number {
  let low = 0;
  for (let high = stretches.length / 2; low < high;) {
    const middle = (low + high) >>> 1;
    if ((stretches[2 * middle + 1] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return 2 * low;
}

function meets(stretches: Stretches, start: number, end: number): boolean {
  return (stretches[firstAfter(stretches, start)] ?? Infinity) < end;
}

function covers(stretches: Stretches, start: number, end: number): boolean {
  const index = firstAfter(stretches, start);
  return (stretches[index] ?? Infinity) <= start && (stretches[index + 1] ?? 0) >= end;
}
