// A document as the gateway's code sees it: elements that point into the received bytes, and the ways to move among them. Text and attributes
// are read when asked for. Nothing here changes anything; `prune` returns a new root that shares what it did not touch.
import { commentsIn, stretchOf } from './gaps.ts';
import type { XmlComment } from './gaps.ts';
import { AFTER, column, END, isRowNamed, NAMED, namespaceIn, namespaceOf, PARENT, ROW } from './tree.ts';
import type { Tree } from './tree.ts';
import { Views } from './views.ts';
import type { XmlElement, XmlNode } from './views.ts';
import type { Stretches } from './emit.ts';

export type { XmlComment, XmlText } from './gaps.ts';
export type { XmlAttribute, XmlElement, XmlNamespaceDeclaration, XmlNode } from './views.ts';

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

export function childElements({ views, row }: XmlElement): XmlElement[] {
  const { tree } = views;
  const elements: XmlElement[] = [];
  const after = column(tree, row, AFTER);
  for (let child = row + 1; child < after; child = column(tree, child, AFTER)) if (!views.isOmitted(child)) elements.push(views.at(child));
  return elements;
}

/** The first child element in no namespace with this name. */
export function childNamed(element: XmlElement, local: string): XmlElement | undefined {
  const { views, row } = element;
  const { tree } = views;
  const wanted = octetsOf(local);
  const after = column(tree, row, AFTER);
  for (let child = row + 1; child < after; child = column(tree, child, AFTER)) {
    if (namespaceOf(tree, child) === 0 && isRowNamed(tree, child, wanted) && !views.isOmitted(child)) return views.at(child);
  }
  return undefined;
}

export function childrenNamed(element: XmlElement, local: string, namespace = ''): XmlElement[] {
  const { views, row } = element;
  const { tree } = views;
  const wanted = octetsOf(local);
  const number = tree.names.find(namespace);
  const found: XmlElement[] = [];
  const after = column(tree, row, AFTER);
  for (let child = row + 1; child < after; child = column(tree, child, AFTER)) {
    if (namespaceOf(tree, child) === number && isRowNamed(tree, child, wanted) && !views.isOmitted(child)) found.push(views.at(child));
  }
  return found;
}

/** Do these names lead from the root to the parent of this element, those below the root's in no namespace? */
export function leadsTo(root: XmlElement, names: readonly string[], element: XmlElement): boolean {
  const { tree } = root.views;
  let row = column(tree, element.row, PARENT);
  for (let depth = names.length - 1; depth > 0; depth -= 1) {
    if (row === -1 || namespaceOf(tree, row) !== 0 || !isRowNamed(tree, row, octetsOf(names[depth] ?? ''))) return false;
    row = column(tree, row, PARENT);
  }
  return row === root.row && root.local === names[0];
}

/** Has the element this name? Cheaper than to ask for its names. */
export function isNamed({ views: { tree }, row }: XmlElement, local: string, namespace: string): boolean {
  return isRowNamed(tree, row, octetsOf(local)) && tree.names.nameOf(namespaceOf(tree, row)) === namespace;
}

/** Does the element, or one in it, have this local name in any namespace? */
export function holdsLocal({ views: { tree }, row }: XmlElement, local: string): boolean {
  const wanted = octetsOf(local);
  const after = column(tree, row, AFTER);
  for (let inside = row; inside < after; inside += 1) if (isRowNamed(tree, inside, wanted)) return true;
  return false;
}

/** The element at a path of names in no namespace, e.g. `elementAt(root, ['NoiDung', 'ThongTinHoSo'])`. */
export function elementAt(root: XmlElement, path: readonly string[]): XmlElement | undefined {
  return path.reduce<XmlElement | undefined>((element, name) => element && childNamed(element, name), root);
}

/** The value of the attribute in no namespace with this name. */
export function attributeNamed(element: XmlElement, local: string): string | undefined {
  return element.views.plainAttribute(element.row, local);
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
  const wanted = octetsOf(local);
  const found: XmlElement[] = [];
  const after = column(tree, root.row, AFTER);
  for (let row = root.row; row < after; row += 1) {
    // Most elements are told apart by this number alone.
    if (namespaceIn(rows[row * ROW + NAMED] as number) === number && isRowNamed(tree, row, wanted) && !views.isOmitted(row)) found.push(views.at(row));
  }
  return found;
}

/** A name with one character for each octet: itself, nearly always. */
function octetsOf(name: string): string {
  for (let i = 0; i < name.length; i += 1) if (name.charCodeAt(i) >= 0x80) return Buffer.from(name).toString('latin1');
  return name;
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
export function prune(root: XmlElement, removed: Iterable<XmlNode>): XmlElement {
  const { views } = root;
  const end = column(views.tree, root.row, END);
  const stretches: (readonly [number, number])[] = [];
  for (const node of removed) {
    if (node.kind === 'element' && node.views.tree !== views.tree) continue;
    const stretch: readonly [number, number] = node.kind === 'element' ? [node.start, node.end] : stretchOf(node);
    if (stretch[0] > root.start && stretch[1] < end) stretches.push(stretch);
  }
  return views.without(stretches).at(root.row);
}

/** The same without one element, as signed documents nearly always are. */
export function pruneElement(root: XmlElement, removed: XmlElement): XmlElement {
  const { views } = root;
  const { start, end } = removed;
  if (removed.views !== views || views.omitted.length > 0 || start <= root.start || end >= root.end) return prune(root, [removed]);
  return views.withoutStretch(start, end).at(root.row);
}

/** Where an element stands in a tree, and what of the tree is left out. */
export function contextOf({ views, row }: XmlElement, tree: Tree): { readonly row: number; readonly omitted: Stretches } {
  if (views.tree !== tree) throw new Error('an element of another document');
  return { row, omitted: views.omitted };
}
