// Turns the engine's errors into violations with our codes. A wrong or missing child is explained for the whole parent at once, and what
// is too much is taken out so that the next round finds what the engine skipped behind it. Has a lifetime of one document.
import type { XmlElement } from '../xml/document.ts';
import type { SchemaNode, Stranger } from './schema-tree.ts';

export interface SchemaViolation {
  readonly code: 'ELEMENT_MISSING' | 'ELEMENT_UNKNOWN' | 'VALUE_INVALID';
  /** The parent for a missing child, the element itself otherwise. */
  readonly element: XmlElement;
  /** `element` is its name (`Name/@attribute` for an attribute); `expected` names one missing child. */
  readonly params: Readonly<Record<string, string>>;
  /** The invalid text, unmasked, at most 4096 characters; only with VALUE_INVALID. */
  readonly value?: string;
}

interface Entry {
  readonly order: number;
  readonly violation: SchemaViolation;
}

export class Explanation {
  readonly #most: number;
  readonly #entries = new Map<string, Entry>();
  readonly #removed = new Set<SchemaNode>();

  /** `most`: how many violations will be asked for. */
  constructor(strangers: readonly Stranger[], most: number) {
    this.#most = most;
    for (const stranger of strangers.slice(0, most)) this.#unknown(stranger);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** How many nodes were taken out so far. */
  get removed(): number {
    return this.#removed.size;
  }

  kept(nodes: readonly SchemaNode[]): readonly SchemaNode[] {
    return this.#removed.size === 0 ? nodes : nodes.filter((node) => !this.#removed.has(node));
  }

  /** The first violations in document order. */
  first(): SchemaViolation[] {
    const sorted = [...this.#entries.values()].sort((a, b) => a.order - b.order);
    return sorted.slice(0, this.#most).map((entry) => entry.violation);
  }

  add(message: string, node: SchemaNode): void {
    if (message.includes('This element is not expected')) this.#explainChild(node);
    else if (message.includes('Missing child element(s)') || message.includes('Element content is not allowed')) this.#explainChildren(node);
    else if (message.includes('No matching global')) this.#unknown(node);
    else this.#invalid(node);
  }

  #explainChild(child: SchemaNode): void {
    const missing = child.parent === undefined ? 0 : this.#explainChildren(child.parent);
    if (this.#removed.has(child)) return;
    this.#removed.add(child);
    if (missing === 0) this.#unknown(child); // a known element at the wrong place of a sequence
  }

  /** Reports and takes out every child too much, reports every child too few; returns how many are too few. */
  #explainChildren(parent: SchemaNode): number {
    let noted = 0;
    for (const child of parent.children) {
      if (!child.isSurplus || this.#removed.has(child)) continue;
      this.#removed.add(child);
      noted += 1;
      if (noted <= this.#most) this.#unknown(child); // in document order: no later one is among the first
    }
    const seen = new Map<string, number>();
    for (const { name } of parent.children) seen.set(name, (seen.get(name) ?? 0) + 1);
    const missing = [...(parent.model?.children ?? [])].filter(([name, { least }]) => (seen.get(name) ?? 0) < least);
    for (const [expected] of missing) this.#missing(parent, expected);
    return missing.length;
  }

  #missing(parent: SchemaNode, expected: string): void {
    const params = { element: parent.name, expected };
    this.#note(parent.row, `missing ${expected}`, { code: 'ELEMENT_MISSING', element: parent.element, params });
  }

  #unknown({ row, name, element }: Stranger): void {
    this.#note(row, `unknown ${name}`, { code: 'ELEMENT_UNKNOWN', element, params: { element: name } });
  }

  #invalid({ row, name, element, text, opaque }: SchemaNode): void {
    const value = opaque ? {} : { value: text };
    this.#note(row, 'invalid', { code: 'VALUE_INVALID', element, params: { element: name }, ...value });
  }

  // One entry for each fault of an element: the engine reports every facet, and the frame around the records with each group of them.
  #note(order: number, fault: string, violation: SchemaViolation): void {
    const key = `${order} ${fault}`;
    if (!this.#entries.has(key)) this.#entries.set(key, { order, violation });
  }
}
