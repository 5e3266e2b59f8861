// Where an element is, in the words a person can use: XPath, line and column. However many findings a document has, its lines and the children
// of an element are counted once.
import type { Place } from '../errors/outcomes.ts';
import { pathTo } from './document.ts';
import type { XmlElement } from './document.ts';
import { positionAt } from './faults.ts';
import { textBetween } from './known-text.ts';
import { AFTER, column, flagsOf, nameEndOf, namespaceOf, PREFIXED, START } from './tree.ts';

/** Place of `element` in the tree under `root`, whose offsets point into `bytes`. */
export function placeOf(bytes: Buffer, root: XmlElement, element: XmlElement): Place {
  return { xpath: xpathOf(root, element), ...positionAt(bytes, element.start) };
}

/** An XPath with a position wherever a sibling has the same name; elements in a namespace by local name. */
function xpathOf(root: XmlElement, element: XmlElement): string {
  const path = pathTo(root, element);
  return path.map((step, depth) => `/${stepOf(path[depth - 1], step)}`).join('');
}

function stepOf(parent: XmlElement | undefined, element: XmlElement): string {
  const name = element.namespace === '' ? element.local : `*[local-name()="${element.local}"]`;
  const position = parent && siblingsUnder(parent).positionOf(element.row);
  return position === undefined ? name : `${name}[${position}]`;
}

/** Counted once for a parent, however many of its children have findings. */
const known = new WeakMap<XmlElement, Siblings>();

function siblingsUnder(parent: XmlElement): Siblings {
  const siblings = known.get(parent) ?? new Siblings(parent);
  known.set(parent, siblings);
  return siblings;
}

/** The children of an element by their rows; no objects are made of them, for there can be hundreds of thousands. */
class Siblings {
  readonly #rows: number[] = [];
  readonly #positions: number[] = [];
  /** Of each child, the number of its name. */
  readonly #names: number[] = [];
  /** Of each name. */
  readonly #counts: number[] = [];

  constructor({ views, row }: XmlElement) {
    const { tree } = views;
    const numbers = new Map<string, number>();
    const after = column(tree, row, AFTER);
    for (let child = row + 1; child < after; child = column(tree, child, AFTER)) {
      if (views.isOmitted(child)) continue;
      const isPrefixed = (flagsOf(tree, child) & PREFIXED) !== 0;
      const local = isPrefixed ? views.at(child).local : textBetween(tree.bytes, column(tree, child, START) + 1, nameEndOf(tree, child));
      const namespace = namespaceOf(tree, child);
      const key = namespace === 0 ? local : `${namespace} ${local}`;
      const name = numbers.get(key) ?? numbers.size;
      numbers.set(key, name);
      const position = (this.#counts[name] ?? 0) + 1;
      this.#counts[name] = position;
      this.#rows.push(child);
      this.#positions.push(position);
      this.#names.push(name);
    }
  }

  /** From 1, among those of its name; undefined when it is the only one. */
  positionOf(row: number): number | undefined {
    let low = 0;
    for (let high = this.#rows.length; low < high;) {
      const middle = (low + high) >>> 1;
      if ((this.#rows[middle] ?? 0) < row) low = middle + 1;
      else high = middle;
    }
    return (this.#counts[this.#names[low] ?? -1] ?? 0) > 1 ? this.#positions[low] : undefined;
  }
}
