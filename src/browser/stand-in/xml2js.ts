// What stands in for xml2js in a browser: the one call that reads our own messages, over canonical octets that verification returned, with our own parser,
// in the shape that xml2js gives: an element without elements is its text, any other an object of lists by name.
import { childElements } from '../../xml/document.ts';
import type { XmlDocument, XmlElement } from '../../xml/document.ts';
import { parse } from '../../xml/parse.ts';
import { textOf } from '../../xml/text.ts';

type Value = string | { [name: string]: Value[] };

export function parseStringPromise(text: string): Promise<{ readonly [root: string]: Value }> {
  const document = parse(Buffer.from(text));
  return Promise.resolve({ [document.root.local]: valueOf(document, document.root) });
}

function valueOf(document: XmlDocument, element: XmlElement): Value {
  const children = childElements(element);
  if (children.length === 0) {
    const text = textOf(document, element);
    return /^\s*$/.test(text) ? '' : text;
  }
  const value: { [name: string]: Value[] } = Object.create(null) as { [name: string]: Value[] };
  for (const child of children) (value[child.local] ??= []).push(valueOf(document, child));
  return value;
}
