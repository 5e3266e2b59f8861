// The XML form of what is published, read with the gateway's own parser, and the JSON form brought to what XML can say: texts, lists, members.
import { childElements } from '../../src/xml/document.ts';
import type { XmlDocument, XmlElement } from '../../src/xml/document.ts';
import { parse } from '../../src/xml/parse.ts';
import { textOf } from '../../src/xml/text.ts';

/** A text, or names and contents of elements in their order. */
export type Content = string | readonly (readonly [name: string, content: Content])[];

export function contentOf(bytes: Buffer): Content {
  const document = parse(bytes);
  return inside(document, document.root);
}

/** What the XML of a JSON value must say. An empty text, list or record is an empty element. */
export function sameAs(json: unknown): Content {
  if (Array.isArray(json)) return emptied(json.map((item) => ['item', sameAs(item)] as const));
  if (typeof json === 'object' && json !== null) return emptied(Object.entries(json).map(([name, member]) => [name, sameAs(member)] as const));
  return String(json);
}

function inside(document: XmlDocument, element: XmlElement): Content {
  const children = childElements(element);
  return children.length === 0 ? textOf(document, element) : children.map((child) => [child.attributes.find(({ local }) => local === 'name')?.value ?? child.local, inside(document, child)] as const);
}

function emptied(entries: readonly (readonly [string, Content])[]): Content {
  return entries.length === 0 ? '' : entries;
}
