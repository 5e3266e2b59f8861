// What elements are called, read from the annotations of the published schemas: label in both languages, unit, which elements are lists and which
// hold a file. Keyed by path, because one name may mean different things in different places. Pure over the files' octets; a schema is read
// when a document with its root is first asked about. Labels are ours: nothing a sender writes gets into them.
import { XmlDocument as Xsd, XmlElement as XsdElement } from 'libxml2-wasm';
import type { XmlNode as XsdNode } from 'libxml2-wasm';

import type { Content } from '../signature/verify.ts';
import type { StandardFiles } from '../standard/standard-files.ts';
import { childElements } from '../xml/document.ts';
import type { XmlDocument, XmlElement } from '../xml/document.ts';
import { textOf } from '../xml/text.ts';
import type { Label, Words } from './page.ts';

const NAMESPACES = { xs: 'http://www.w3.org/2001/XMLSchema', std: 'urn:ivan-gateway:standard' };
/** Weight of an element, or a word, that a schema does not know; required ones that are absent weigh 1. */
const STRANGE = 1000;
const PATH = /^schemas\/([^/]+)\/(\d+)\/\1\.xsd$/;

/** An element as its schema describes it. */
export interface LabelNode {
  readonly label: Label;
  readonly isList: boolean;
  readonly isFile: boolean;
  readonly isRequired: boolean;
  /** The only word that it may hold. */
  readonly fixed?: string;
  readonly children: ReadonlyMap<string, LabelNode>;
}

export interface FormLabels {
  readonly form: string;
  readonly title: Words;
  readonly root: LabelNode;
}

export interface Dictionary {
  /** Is there a schema for a form of this code? */
  has(form: string): boolean;
  /** The schema that fits the document best; undefined when none has its root. */
  find(content: Content): FormLabels | undefined;
}

/** Of the files of the standard the schemas. */
export function createDictionary(files: StandardFiles): Dictionary {
  const paths = [...files.keys()].flatMap((path) => {
    const [, form, version] = PATH.exec(path) ?? [];
    return form === undefined ? [] : [{ path, form, version: Number(version) }];
  });
  // The newest version first: of two that fit alike it is taken.
  paths.sort((a, b) => b.version - a.version || (a.form < b.form ? -1 : 1));
  const forms = new Set(paths.map(({ form }) => form));
  const roots = new Map<string, string>();
  const read = new Map<string, FormLabels | undefined>();
  const rootOf = (path: string): string => kept(roots, path, () => rootName(files.get(path)));
  const labelsIn = (path: string, form: string): FormLabels | undefined => kept(read, path, () => readLabels(form, files.get(path)));
  return {
    has: (form) => forms.has(form),
    find: ({ document, root }) => {
      if (root.namespace !== '') return undefined;
      const candidates = paths.filter(({ path }) => rootOf(path) === root.local).flatMap(({ path, form }) => labelsIn(path, form) ?? []);
      if (candidates.length < 2) return candidates[0];
      const [best] = candidates.map((labels) => ({ labels, misfit: misfitOf(document, root, labels.root) })).sort((a, b) => a.misfit - b.misfit);
      // What fits none of several is called by none of their titles.
      return best === undefined || best.misfit < STRANGE ? best?.labels : { ...best.labels, title: { vi: root.local, en: root.local } };
    },
  };
}

function kept<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined || map.has(key)) return known as Value;
  const made = make();
  map.set(key, made);
  return made;
}

/** The first element that a schema declares is its root (see `schemas/README.md`): found without parsing it, for there are many of them. */
function rootName(bytes: Uint8Array | undefined): string {
  return /<xs:element\s+name="([^"]*)"/.exec(Buffer.from(bytes ?? []).toString('utf8'))?.[1] ?? '';
}

function readLabels(form: string, bytes: Uint8Array | undefined): FormLabels | undefined {
  return withSchema(bytes, (root, schema) => {
    const node = readNode(root, root.attr('name')?.value ?? '', fixedWords(schema));
    return { form, root: node, title: wordsOf(schema) ?? node.label };
  });
}

/** The schema's one global element, and the schema; frees it afterwards. */
function withSchema<Value>(bytes: Uint8Array | undefined, read: (root: XsdElement, schema: XsdElement) => Value): Value | undefined {
  if (bytes === undefined) return undefined;
  const xsd = Xsd.fromBuffer(bytes);
  try {
    const [root] = xsd.find('/xs:schema/xs:element', NAMESPACES).filter(isElement);
    return root && read(root, xsd.root);
  } finally {
    xsd.dispose();
  }
}

function readNode(element: XsdElement, name: string, words: ReadonlyMap<string, string>): LabelNode {
  const children = elementsAt(element, 'xs:complexType/*/xs:element').map((child) => {
    const childName = child.attr('name')?.value ?? '';
    return [childName, readNode(child, childName, words)] as const;
  });
  const unit = elementsAt(element, 'xs:annotation/xs:appinfo/std:unit')[0]?.content.trim();
  const most = element.attr('maxOccurs')?.value ?? '1';
  const type = element.attr('type')?.value;
  const fixed = type === undefined ? undefined : words.get(type);
  return {
    label: { ...(wordsOf(element) ?? { vi: name, en: name }), ...(unit === undefined || unit === '' ? {} : { unit }) },
    isList: most === 'unbounded' || Number(most) > 1,
    isFile: type === 'FileContent',
    ...(fixed === undefined ? {} : { fixed }),
    isRequired: element.attr('minOccurs')?.value !== '0',
    children: new Map(children),
  };
}

/** Simple types whose only pattern is a word. */
function fixedWords(schema: XsdElement): ReadonlyMap<string, string> {
  const types = elementsAt(schema, 'xs:simpleType[count(.//xs:pattern) = 1]').map((type) => [type.attr('name')?.value ?? '', elementsAt(type, './/xs:pattern')[0]?.attr('value')?.value ?? ''] as const);
  return new Map(types.filter(([, pattern]) => /^[A-Z][A-Z_]*$/.test(pattern)));
}

/** Undefined unless it is annotated in both languages. */
function wordsOf(element: XsdElement): Words | undefined {
  const texts = new Map(elementsAt(element, 'xs:annotation/xs:documentation').map((entry) => [entry.attr('lang', 'xml')?.value ?? '', firstSentence(entry.content)]));
  const [vi, en] = [texts.get('vi'), texts.get('en')];
  return vi === undefined || vi === '' || en === undefined || en === '' ? undefined : { vi, en };
}

function firstSentence(text: string): string {
  const plain = text.replace(/\s+/g, ' ').trim();
  const [sentence = plain] = plain.split(/(?<=[^.]{2})\. /);
  return sentence.replace(/\.$/, '');
}

function elementsAt(node: XsdElement, xpath: string): XsdElement[] {
  return node.find(xpath, NAMESPACES).filter(isElement);
}

function isElement(node: XsdNode): node is XsdElement {
  return node instanceof XsdElement;
}

/** How badly a schema fits: elements that it does not know, words that it does not allow, required elements that are absent. */
function misfitOf(document: XmlDocument, element: XmlElement, node: LabelNode): number {
  if (node.fixed !== undefined && textOf(document, element).trim() !== node.fixed) return STRANGE;
  const names = new Set<string>();
  let misfit = 0;
  for (const child of childElements(element)) {
    const known = child.namespace === '' ? node.children.get(child.local) : undefined;
    misfit += known === undefined ? STRANGE : misfitOf(document, child, known);
    names.add(child.local);
  }
  if (names.size > 0) for (const [name, { isRequired }] of node.children) if (isRequired && !names.has(name)) misfit += 1;
  return misfit;
}
