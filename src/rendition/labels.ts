// What elements are called, read from the annotations of the published schemas: label in both languages, unit, which elements are lists and which
// hold a file. Keyed by path, because one name may mean different things in different places. Pure over the files' octets; a schema is read
// when a document with its root is first asked about. Labels are ours: nothing a sender writes gets into them.
import { XmlDocument as Xsd, XmlElement as XsdElement } from 'libxml2-wasm';
import type { XmlNode as XsdNode } from 'libxml2-wasm';

import type { Content } from '../signature/verify.ts';
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

/** `files` by their path inside the package (`schemas/D02-TS/1/D02-TS.xsd`); other files are passed over. */
export function createDictionary(files: ReadonlyMap<string, Uint8Array>): Dictionary {
  const paths = [...files.keys()].flatMap((path) => {
    const [, form, version] = PATH.exec(path) ?? [];
    return form === undefined ? [] : [{ path, form, version: Number(version) }];
  });
  // The newest version first: of two that fit alike it is taken.
  paths.sort((a, b) => b.version - a.version || (a.form < b.form ? -1 : 1));
  const forms = new Set(paths.map(({ form }) => form));
  let read: readonly (FormLabels & { readonly name: string })[] | undefined;
  const all = (): NonNullable<typeof read> => (read ??= paths.flatMap(({ path, form }) => readLabels(form, files.get(path) ?? new Uint8Array())));
  return {
    has: (form) => forms.has(form),
    find: ({ document, root }) => {
      if (root.namespace !== '') return undefined;
      const candidates = all().filter(({ name }) => name === root.local);
      if (candidates.length < 2) return candidates[0];
      const [best] = candidates.map((labels) => ({ labels, misfit: misfitOf(document, root, labels.root) })).sort((a, b) => a.misfit - b.misfit);
      // What fits none of several is called by none of their titles.
      return best === undefined || best.misfit < STRANGE ? best?.labels : { ...best.labels, title: { vi: root.local, en: root.local } };
    },
  };
}

function readLabels(form: string, bytes: Uint8Array): (FormLabels & { readonly name: string })[] {
  const xsd = Xsd.fromBuffer(bytes);
  try {
    const [root] = xsd.find('/xs:schema/xs:element', NAMESPACES).filter(isElement);
    const name = root?.attr('name')?.value;
    if (root === undefined || name === undefined) return [];
    const node = readNode(root, name, fixedWords(xsd.root));
    return [{ form, name, root: node, title: wordsOf(xsd.root) ?? node.label }];
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
