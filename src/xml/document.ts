// The tree that the parser makes: small immutable nodes that point into the received bytes. Text is decoded only when asked for.
// Nothing here changes a node; `prune` returns a new root that shares what it did not touch.

export interface XmlDocument {
  readonly bytes: Buffer;
  readonly root: XmlElement;
  /** Comments before and after the root element, in document order. */
  readonly before: readonly XmlComment[];
  readonly after: readonly XmlComment[];
}

export interface XmlElement {
  readonly kind: 'element';
  readonly prefix: string;
  readonly local: string;
  /** Namespace URI, '' for none. */
  readonly namespace: string;
  /** Attributes without namespace declarations, in document order. */
  readonly attributes: readonly XmlAttribute[];
  readonly declarations: readonly XmlNamespaceDeclaration[];
  readonly children: readonly XmlNode[];
  /** Offsets in the received bytes: of the start tag's `<`, and after the end tag's `>`. */
  readonly start: number;
  readonly end: number;
}

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

/** A run of character data, or one CDATA section (without its delimiters). */
export interface XmlText {
  readonly kind: 'text';
  readonly start: number;
  readonly end: number;
  readonly cdata: boolean;
  /** True when the received octets are already the canonical ones: no reference, carriage return, `<`, `>` or `&`. */
  readonly verbatim: boolean;
}

export interface XmlComment {
  readonly kind: 'comment';
  readonly start: number;
  readonly end: number;
}

export type XmlNode = XmlElement | XmlText | XmlComment;

export function childElements(element: XmlElement): XmlElement[] {
  return element.children.filter((node) => node.kind === 'element');
}

/** The first child element in no namespace with this name. */
export function childNamed(element: XmlElement, local: string): XmlElement | undefined {
  return childrenNamed(element, local)[0];
}

export function childrenNamed(element: XmlElement, local: string, namespace = ''): XmlElement[] {
  return childElements(element).filter((child) => child.local === local && child.namespace === namespace);
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
  const stack: XmlElement[] = [root];
  for (let element = stack.pop(); element !== undefined; element = stack.pop()) {
    yield element;
    for (const child of childElements(element).reverse()) stack.push(child);
  }
}

/** The elements from the root down to `target`, both included; empty when it is not in the tree. Found by offsets: work is the depth's. */
export function pathTo(root: XmlElement, target: XmlElement): readonly XmlElement[] {
  const path: XmlElement[] = [];
  for (let element: XmlElement | undefined = root; element !== undefined; element = childAround(element, target.start)) {
    path.push(element);
    if (element === target) return path;
  }
  return [];
}

/** The child element whose octets hold the one at `offset`. Children stand in document order. */
function childAround({ children }: XmlElement, offset: number): XmlElement | undefined {
  let low = 0;
  for (let high = children.length; low < high;) {
    const middle = (low + high) >>> 1;
    if ((children[middle]?.start ?? Infinity) <= offset) low = middle + 1;
    else high = middle;
  }
  const child = children[low - 1];
  return child?.kind === 'element' && offset < child.end ? child : undefined;
}

/** The tree without the given nodes; whatever does not contain one of them is shared with the old tree. */
export function prune(root: XmlElement, removed: ReadonlySet<XmlNode>): XmlElement {
  if (removed.size === 0) return root;
  let changed = false;
  const children: XmlNode[] = [];
  for (const child of root.children) {
    if (removed.has(child)) {
      changed = true;
      continue;
    }
    const kept = child.kind === 'element' ? prune(child, removed) : child;
    if (kept !== child) changed = true;
    children.push(kept);
  }
  return changed ? { ...root, children } : root;
}
