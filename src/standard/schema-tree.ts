// What of a document the engine is given, and how that becomes text for it. The engine never sees received bytes: it sees this serialisation,
// in which every element is known by its path. Nothing is judged here except what a form can never hold: a node in a namespace, an attribute,
// more of an element than there may be. Records that are accepted already are left out, all but the first of each list.
import type { Content } from '../signature/verify.ts';
import type { XmlElement } from '../xml/document.ts';
import { textBetween } from '../xml/known-text.ts';
import { textOf } from '../xml/text.ts';
import { AFTER, column, flagsOf, nameEndOf, namespaceOf, PREFIXED, START } from '../xml/tree.ts';
import type { Tree } from '../xml/tree.ts';
import { strangeAttributes } from './schema-attributes.ts';
import { isUnbounded, leastShown } from './schema-model.ts';
import type { ElementModel } from './schema-model.ts';
import { PLACEHOLDER } from './schema-plan.ts';

const DEEPEST = 32; // no form is deeper than 8; what lies below is inside an unknown element, which is not read
const MOST_SURPLUS = 20; // of a parent; the others are reported without the engine, whose time is quadratic in errors among siblings
const MOST_STRANGERS = 200;
const LONGEST_TEXT = 4096; // error messages repeat the text

/** One element that the engine will see. */
export interface SchemaNode {
  readonly element: XmlElement;
  readonly name: string;
  readonly parent: SchemaNode | undefined;
  /** Of the document's tree: the order of the document. */
  readonly row: number;
  /** All its text together, where it stood does not matter to a schema: at most 4096 characters of it, '' when opaque. */
  readonly text: string;
  /** What stands for the text in the engine. */
  readonly judged: string;
  readonly opaque: boolean;
  /** What the schema says of it; undefined where the schema has no such element. */
  readonly model: ElementModel | undefined;
  /** The schema has no such element here, or not so many. */
  readonly isSurplus: boolean;
  readonly children: readonly SchemaNode[];
}

/** An element or attribute that no form can hold; `name` is `Element` or `Element/@attribute`. */
export interface Stranger {
  readonly element: XmlElement;
  readonly name: string;
  readonly row: number;
}

export interface SchemaTree {
  /** Absent when the root itself is in a namespace. */
  readonly root: SchemaNode | undefined;
  readonly strangers: readonly Stranger[];
  /** Records were left out only because there were so many. */
  readonly isCut: boolean;
}

/** Which children the engine gets to see of a node. */
export type Visible = (node: SchemaNode) => readonly SchemaNode[];

export interface TreeContext {
  readonly model: ElementModel;
  /** Names of elements whose text is not decoded. */
  readonly opaque: ReadonlySet<string>;
  /** Has the record with this row been accepted? */
  readonly isAccepted: (row: number) => boolean;
  /** Records that are read of all lists together. */
  readonly mostRecords: number;
}

export function readTree(content: Content, context: TreeContext): SchemaTree {
  const reader = new TreeReader(content, context);
  const { root } = content;
  const read = reader.read(root.row, undefined, 1, root.local === context.model.name ? context.model : undefined, false);
  return { root: read, strangers: reader.strangers, isCut: reader.isCut };
}

class TreeReader {
  readonly strangers: Stranger[] = [];
  isCut = false;
  readonly #content: Content;
  readonly #context: TreeContext;
  #records = 0;

  constructor(content: Content, context: TreeContext) {
    this.#content = content;
    this.#context = context;
  }

  /** Undefined for an element in a namespace. */
  read(row: number, parent: SchemaNode | undefined, depth: number, model: ElementModel | undefined, isSurplus: boolean): SchemaNode | undefined {
    const { root: { views }, document } = this.#content;
    const element = views.at(row);
    const name = element.local;
    if (element.namespace !== '') {
      this.#estrange(row, name);
      return undefined;
    }
    for (const { local } of strangeAttributes(element)) this.#estrange(row, `${name}/@${local}`);
    const opaque = this.#context.opaque.has(name);
    const children: SchemaNode[] = [];
    const node = { element, name, parent, row, text: '', judged: '', opaque, model, isSurplus, children };
    if (model !== undefined && depth < DEEPEST) this.#readChildren(node, children, depth);
    if (opaque) return Object.assign(node, { judged: views.charactersOf(row).some(({ kind }) => kind === 'text') ? PLACEHOLDER : '' });
    const text = model === undefined ? '' : textOf(document, element);
    return Object.assign(node, { text: text.slice(0, LONGEST_TEXT), judged: judgedText(text, model) });
  }

  #readChildren(parent: SchemaNode, children: SchemaNode[], depth: number): void {
    const { root: { views }, document: { tree } } = this.#content;
    const counts = new Map<string, number>();
    let surplus = 0;
    let before = '';
    const after = column(tree, parent.row, AFTER);
    for (let row = parent.row + 1; row < after; row = column(tree, row, AFTER)) {
      if (views.isOmitted(row)) continue;
      const name = localNameAt(tree, row) ?? views.at(row).local;
      if (namespaceOf(tree, row) !== 0) {
        this.#estrange(row, name);
        continue;
      }
      const model = parent.model?.children.get(name);
      const count = model === undefined ? Infinity : (counts.get(name) ?? 0) + 1;
      if (model !== undefined) counts.set(name, count);
      const isInRun = name === before; // a record that stands apart from its list is out of order
      before = name;
      if (isInRun && isUnbounded(model) && count > leastShown(model) && !this.#takesRecord(row)) continue;
      const isMore = model === undefined || count > model.most;
      if (isMore) surplus += 1;
      const child = isMore && surplus > MOST_SURPLUS ? undefined : this.read(row, parent, depth + 1, model, isMore);
      if (child === undefined) this.#estrange(row, name);
      else children.push(child);
    }
  }

  #takesRecord(row: number): boolean {
    const { isAccepted, mostRecords } = this.#context;
    if (isAccepted(row)) return false;
    this.#records += 1;
    if (this.#records > mostRecords) this.isCut = true;
    return this.#records <= mostRecords;
  }

  #estrange(row: number, name: string): void {
    if (this.strangers.length < MOST_STRANGERS) this.strangers.push({ element: this.#content.root.views.at(row), name, row });
  }
}

/** Without making an object of the element; undefined when it has a prefix. */
function localNameAt(tree: Tree, row: number): string | undefined {
  return (flagsOf(tree, row) & PREFIXED) === 0 ? textBetween(tree.bytes, column(tree, row, START) + 1, nameEndOf(tree, row)) : undefined;
}

/** XML text of the tree as far as it is visible, without declaration, attributes or comments. */
export function serialise(root: SchemaNode, visible: Visible): string {
  const parts: string[] = [];
  const write = (node: SchemaNode): void => {
    parts.push('<', node.name, '>', escaped(node.judged));
    for (const child of visible(node)) write(child);
    parts.push('</', node.name, '>');
  };
  write(root);
  return parts.join('');
}

/** The node at an engine's path such as `/D02-TS/NoiDung/LaoDong[3]/PA`; undefined when there is none. */
export function nodeAt(root: SchemaNode, path: string, visible: Visible): SchemaNode | undefined {
  let node: SchemaNode | undefined = root;
  for (const step of path.split('/').slice(2)) {
    const [, name, index = '1'] = /^([^[]*)(?:\[(\d+)\])?$/.exec(step) ?? [];
    if (node === undefined) return undefined;
    node = visible(node).filter((child) => child.name === name)[Number(index) - 1];
  }
  return node;
}

/** The text; or, when it is longer than its type can take, another such: cut short it could become valid, as blanks before a word would. */
function judgedText(text: string, model: ElementModel | undefined): string {
  const { maxLength = 0, patterns = [], enumerations = [] } = model?.type ?? {};
  const longest = maxLength === Infinity ? LONGEST_TEXT : Math.max(LONGEST_TEXT, 2 * maxLength); // characters may be pairs here
  if (text.length <= longest) return text;
  if (!/[^ \t\r\n]/.test(text)) return ' '.repeat(longest + 1); // as long as it was for a type that keeps blanks, nothing for one that does not
  const isFree = maxLength === Infinity && patterns.length + enumerations.length === 0;
  return 'x'.repeat(isFree ? 1 : longest + 1);
}

function escaped(text: string): string {
  // Characters XML cannot carry are replaced: the parser lets none through, and the engine would stop at one.
  return text.replace(/[&<>\r\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, (character) => ENTITIES.get(character) ?? '\ufffd');
}

const ENTITIES: ReadonlyMap<string, string> = new Map([['&', '&amp;'], ['<', '&lt;'], ['>', '&gt;'], ['\r', '&#13;']]);
