// A document as the gateway's code sees it: elements that point into the received bytes, and the ways to move among them. Text and attributes
// are read when asked for. Nothing here changes anything; `prune` returns a new root that shares what it did not touch.
import { commentsIn, stretchOf } from './gaps.ts';
import type { XmlComment } from './gaps.ts';
import { AFTER, column, END, flagsOf, NAMED, nameEndOf, namespaceIn, namespaceOf, PARENT, PREFIXED, ROW, START } from './tree.ts';
import type { Tree } from './tree.ts';
import { Views } from './views.ts';
import type { XmlElement, XmlNode } from './views.ts';
import type { Stretches } from './emit.ts';

export type { XmlComment, XmlText } from './gaps.ts';
export type { XmlAttribute, XmlElement, XmlNamespaceDeclaration, XmlNode } from './views.ts';

const COLON = 0x3a;

export class XmlDocument {
  readonly bytes: Buffer;
  readonly tree: Tree;
  readonly root: XmlElement;

  /** Only `parse` makes documents. */
  constructor(tree: Tree) {
    this.bytes = tree.bytes;
    this.tree = tree;
    this.root = new Views(tree).at(0);
  }

  /** Comments before the root element, in document order. */
  get before(): readonly XmlComment[] {
    return commentsIn(this.bytes, this.tree.start, this.root.start);
  }

  get after(): readonly XmlComment[] {
    return commentsIn(this.bytes, this.root.end, this.bytes.length);
  }

  /** What reading cost: octets, octets read twice, nodes, edits and look-ups. */
  get steps(): number {
    return this.tree.steps;
  }
}

export function childElements(element: XmlElement): XmlElement[] {
  return element.views.childRows(element.row).map((row) => element.views.at(row));
}

/** The first child element in no namespace with this name. */
export function childNamed(element: XmlElement, local: string): XmlElement | undefined {
  return childrenNamed(element, local)[0];
}

export function childrenNamed(element: XmlElement, local: string, namespace = ''): XmlElement[] {
  const { views, row } = element;
  const isNamed = nameTest(views.tree, local, namespace);
  return views.childRows(row).filter(isNamed).map((child) => views.at(child));
}

/** The element at a path of names in no namespace, e.g. `elementAt(root, ['NoiDung', 'ThongTinHoSo'])`. */
export function elementAt(root: XmlElement, path: readonly string[]): XmlElement | undefined {
  return path.reduce<XmlElement | undefined>((element, name) => element && childNamed(element, name), root);
}

export function attributeNamed(element: XmlElement, local: string): string | undefined {
  return element.attributes.find((attribute) => attribute.local === local && attribute.namespace === '')?.value;
}

/** Every element of the tree, root first, in document order. */
export function* descendants(root: XmlElement): Generator<XmlElement> {
  const { views } = root;
  const after = column(views.tree, root.row, AFTER);
  for (let row = root.row; row < after;) {
    if (views.isOmitted(row)) row = column(views.tree, row, AFTER);
    else {
      yield views.at(row);
      row += 1;
    }
  }
}

/** Those of `descendants` with this name, found without making objects of the others. From a document's own root nothing is hidden. */
export function elementsNamed(root: XmlElement, local: string, namespace = ''): XmlElement[] {
  const { views } = root;
  const { tree } = views;
  const { rows } = tree;
  const number = tree.names.find(namespace);
  if (number === undefined) return [];
  const isNamed = nameTest(tree, local, namespace);
  const found: XmlElement[] = [];
  const after = column(tree, root.row, AFTER);
  for (let row = root.row; row < after; row += 1) {
    // Most elements are told apart by this number alone.
    if (namespaceIn(rows[row * ROW + NAMED] as number) === number && isNamed(row) && !views.isOmitted(row)) found.push(views.at(row));
  }
  return found;
}

function nameTest(tree: Tree, local: string, namespace: string): (row: number) => boolean {
  const wanted = Buffer.from(local);
  const number = tree.names.find(namespace) ?? -1;
  const { bytes } = tree;
  return (row) => {
    if (namespaceOf(tree, row) !== number) return false;
    const from = nameEndOf(tree, row) - wanted.length;
    const isPrefixed = (flagsOf(tree, row) & PREFIXED) !== 0;
    if (isPrefixed ? from <= column(tree, row, START) + 1 || bytes[from - 1] !== COLON : from !== column(tree, row, START) + 1) return false;
    for (let i = 0; i < wanted.length; i += 1) if (bytes[from + i] !== wanted[i]) return false;
    return true;
  };
}

/** The elements from the root down to `target`, both included; empty when it is not in the tree. Work is the depth's. */
export function pathTo(root: XmlElement, target: XmlElement): readonly XmlElement[] {
  const { views } = root;
  const { tree } = views;
  if (target.views.tree !== tree) return [];
  const rows: number[] = [];
  for (let row = target.row; row >= root.row; row = column(tree, row, PARENT)) rows.push(row);
  if (rows.at(-1) !== root.row || rows.some((row) => row !== root.row && views.isOmitted(row))) return [];
  const path = rows.reverse().map((row) => views.at(row));
  return path.at(-1) === target ? path : [];
}

/** The tree without the given nodes of it; whatever does not contain one of them is shared with the old tree. */
export function prune(root: XmlElement, removed: ReadonlySet<XmlNode>): XmlElement {
  const { views } = root;
  const stretches: (readonly [number, number])[] = [];
  for (const node of removed) {
    if (node.kind === 'element' && node.views.tree !== views.tree) continue;
    const [start, end] = node.kind === 'element' ? [node.start, node.end] : stretchOf(node);
    if (start > root.start && end < column(views.tree, root.row, END)) stretches.push([start, end]);
  }
  return views.without(stretches).at(root.row);
}

/** Where an element stands in a tree, and what of the tree is left out. */
export function contextOf({ views, row }: XmlElement, tree: Tree): { readonly row: number; readonly omitted: Stretches } {
  if (views.tree !== tree) throw new Error('an element of another document');
  return { row, omitted: views.omitted };
}
