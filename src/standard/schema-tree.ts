// What the schema check needs of a document, whoever parsed it, and how that becomes text for the engine. The engine never sees
// received bytes: it sees this serialisation, in which every element is known by its path. Nothing is judged here except what a form
// can never hold: a node in a namespace, an attribute.
import type { ElementModel } from './schema-model.ts';

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const XML = 'http://www.w3.org/XML/1998/namespace';
const DEEPEST = 32; // no form is deeper than 8; what lies below is inside an unknown element, which the engine skips
const LONGEST_TEXT = 4096; // above every maxLength; error messages repeat the text
const TOO_LONG = 'x'.repeat(LONGEST_TEXT); // no form accepts it; a text cut short could become valid, as blanks before a word would
const PLACEHOLDER = 'AAAA';

/** An element as the caller has it; only read, each iterable at most once. */
export interface SchemaElement<E> {
  /** Local name. */
  readonly name: string;
  /** Namespace URI, '' for none. */
  readonly namespace: string;
  /** Without namespace declarations. */
  readonly attributes: Iterable<{ readonly name: string; readonly namespace: string }>;
  /** Child elements and runs of text in document order, no comments; a run is decoded only when called. */
  readonly children: Iterable<E | (() => string)>;
}

/** One element that the engine will see. */
export interface SchemaNode<E> {
  readonly element: E;
  readonly name: string;
  readonly parent: SchemaNode<E> | undefined;
  /** Position in document order, the root 0. */
  readonly order: number;
  /** All its text together, where it stood does not matter to a schema: at most 4096 characters of it, '' when opaque. */
  readonly text: string;
  /** What stands for the text in the engine. */
  readonly judged: string;
  readonly opaque: boolean;
  /** What the schema says of it; undefined where the schema has no such element. */
  readonly model: ElementModel | undefined;
  readonly children: readonly SchemaNode<E>[];
}

/** An element or attribute that no form can hold; `name` is `Element` or `Element/@attribute`. */
export interface Stranger<E> {
  readonly element: E;
  readonly name: string;
  readonly order: number;
}

export interface SchemaTree<E> {
  /** Absent when the root itself is in a namespace. */
  readonly root: SchemaNode<E> | undefined;
  readonly strangers: readonly Stranger<E>[];
}

/** Which children the engine gets to see of a node. */
export type Visible<E> = (node: SchemaNode<E>) => readonly SchemaNode<E>[];

/** Reads the caller's tree once. Text of elements named in `opaque` is not decoded. */
export function readTree<E extends SchemaElement<E>>(root: E, opaque: ReadonlySet<string>, rootModel?: ElementModel): SchemaTree<E> {
  const strangers: Stranger<E>[] = [];
  let order = 0;
  const read = (element: E, parent: SchemaNode<E> | undefined, depth: number, model: ElementModel | undefined): SchemaNode<E> | undefined => {
    const position = order++;
    if (element.namespace !== '') {
      strangers.push({ element, name: element.name, order: position });
      return undefined;
    }
    for (const name of strangeAttributes(element)) strangers.push({ element, name: `${element.name}/@${name}`, order: position });
    const hidden = opaque.has(element.name);
    const children: SchemaNode<E>[] = [];
    const runs: (() => string)[] = [];
    const node = { element, name: element.name, parent, order: position, text: '', judged: '', opaque: hidden, model, children };
    for (const child of element.children) {
      if (typeof child === 'function') runs.push(child);
      else if (depth < DEEPEST) children.push(...present(read(child, node, depth + 1, model?.children.get(child.name))));
    }
    if (hidden) return Object.assign(node, { judged: runs.length > 0 ? PLACEHOLDER : '' });
    const text = runs.map((run) => run()).join('');
    return Object.assign(node, { text: text.slice(0, LONGEST_TEXT), judged: judgedText(text) });
  };
  return { root: read(root, undefined, 1, root.name === rootModel?.name ? rootModel : undefined), strangers };
}

/** XML text of the tree as far as it is visible, without declaration, attributes or comments. */
export function serialise<E>(root: SchemaNode<E>, visible: Visible<E>): string {
  const parts: string[] = [];
  const write = (node: SchemaNode<E>): void => {
    parts.push('<', node.name, '>', escaped(node.judged));
    for (const child of visible(node)) write(child);
    parts.push('</', node.name, '>');
  };
  write(root);
  return parts.join('');
}

/** The node at an engine's path such as `/D02-TS/NoiDung/LaoDong[3]/PA`; undefined when there is none. */
export function nodeAt<E>(root: SchemaNode<E>, path: string, visible: Visible<E>): SchemaNode<E> | undefined {
  let node: SchemaNode<E> | undefined = root;
  for (const step of path.split('/').slice(2)) {
    const [, name, index = '1'] = /^([^[]*)(?:\[(\d+)\])?$/.exec(step) ?? [];
    if (node === undefined) return undefined;
    node = visible(node).filter((child) => child.name === name)[Number(index) - 1];
  }
  return node;
}

// xsi:nil, xsi:type and the xsi locations are dropped: .NET writes them, no form gives them a meaning, and an engine that followed a location
// would load a schema of the sender's choice. An Id is what a signature may refer to; clients repeat them freely (wire-format §3.2).
function strangeAttributes<E>(element: SchemaElement<E>): string[] {
  return [...element.attributes].filter(({ name, namespace }) => namespace !== XSI && namespace !== XML && !(namespace === '' && IDS.has(name))).map(({ name }) => name);
}

const IDS: ReadonlySet<string> = new Set(['Id', 'ID', 'id']);

function present<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}

function judgedText(text: string): string {
  if (text.length <= LONGEST_TEXT) return text;
  return /[^ \t\r\n]/.test(text) ? TOO_LONG : ' ';
}

function escaped(text: string): string {
  // Characters XML cannot carry are replaced: the parser lets none through, and the engine would stop at one.
  return text.replace(/[&<>\r\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, (character) => ENTITIES.get(character) ?? '\ufffd');
}

const ENTITIES: ReadonlyMap<string, string> = new Map([['&', '&amp;'], ['<', '&lt;'], ['>', '&gt;'], ['\r', '&#13;']]);
