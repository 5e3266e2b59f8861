// What a rendition's HTML shows, read with a parser of its own: texts of the document (class v), everything visible, and what would be alive in it.
import { DOMParser } from '@xmldom/xmldom';
import type { Element, Node } from '@xmldom/xmldom';

import { parse } from '../../src/xml/parse.ts';
import { descendants } from '../../src/xml/document.ts';
import type { XmlElement, XmlDocument } from '../../src/xml/document.ts';
import { textOf } from '../../src/xml/text.ts';

export interface Shown {
  /** Texts of the document, with codes turned back into the characters they stand for. */
  readonly values: readonly string[];
  /** Names of all elements, and of all attributes. */
  readonly elements: ReadonlySet<string>;
  readonly attributes: ReadonlySet<string>;
  readonly links: readonly string[];
  /** All that is visible. */
  readonly text: string;
}

/** The page is well-formed but for its void elements, which are closed here; anything else that is not well-formed throws. */
export function shownIn(html: Buffer): Shown {
  const text = html.toString('utf8').replace('<!DOCTYPE html>', '').replace(/<(meta|col|br)\b([^<>]*)>/g, '<$1$2/>');
  const document = new DOMParser({ onError: (level, message) => { throw new Error(`${level}: ${message}`); } }).parseFromString(text, 'application/xml');
  const all = [...document.getElementsByTagName('*')];
  const body = document.getElementsByTagName('body')[0];
  if (body === undefined) throw new Error('no body');
  return {
    values: all.filter((element) => element.getAttribute('class') === 'v').map(valueOf),
    elements: new Set(all.map(({ tagName }) => tagName)),
    attributes: new Set(all.flatMap((element) => [...element.attributes].map(({ name }) => name))),
    links: all.flatMap((element) => element.getAttribute('href') ?? []),
    text: body.textContent ?? '',
  };
}

function valueOf(element: Element): string {
  return [...element.childNodes].map((node) => (isCode(node) ? String.fromCodePoint(Number.parseInt((node.textContent ?? '').slice(2), 16)) : node.textContent ?? '')).join('');
}

function isCode(node: Node): boolean {
  return 'getAttribute' in node && (node as Element).getAttribute('class') === 'c';
}

/** The texts of a tree's plain elements, in document order, those with a file left out. */
export function textsOf(document: XmlDocument, root: XmlElement, isFile: (name: string) => boolean): string[] {
  return [...descendants(root)].filter((element) => element.children.every(({ kind }) => kind === 'text') && !isFile(element.local)).map((element) => textOf(document, element));
}

/** Of unsigned text, as a document. */
export function read(xml: string): XmlDocument {
  return parse(Buffer.from(xml));
}
