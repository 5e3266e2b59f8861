// Writing documents of the standard: elements in order, empty ones as `<X />`, indented or on one line, as the field's clients do (wire-format
// §1.4). What XML cannot carry is refused, never replaced: a declaration must not say something else than its author meant. Pure.
import { refuse } from '../errors/outcomes.ts';
import { isXmlCharacter } from '../xml/characters.ts';
import { escapeText } from '../xml/canonical.ts';

/** An element's name and its text, or its children. */
export type WrittenElement = readonly [name: string, content: string | readonly WrittenElement[]];

export interface WritingOptions {
  /** Two spaces a level; absent: everything on one line. */
  readonly indent?: boolean;
  /** U+FEFF first, as some clients write it. */
  readonly byteOrderMark?: boolean;
}

/** Both are declared on every root in the field, used or not; they take part in what is signed. */
const DECLARATIONS = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"';

/** Throws `Refusal` (VALUE_INVALID) naming the element whose text XML cannot carry. */
export function writeDocument(root: WrittenElement, { indent = false, byteOrderMark = false }: WritingOptions = {}): Buffer {
  const lineEnd = indent ? '\n' : '';
  const markup = writeElement(root, DECLARATIONS, '', lineEnd, '');
  return Buffer.from(`${byteOrderMark ? '\ufeff' : ''}<?xml version="1.0" encoding="utf-8"?>${lineEnd}${markup}`);
}

function writeElement([name, content]: WrittenElement, attributes: string, margin: string, lineEnd: string, parents: string): string {
  const path = `${parents}/${name}`;
  if (content.length === 0) return `<${name}${attributes} />`;
  if (typeof content === 'string') return `<${name}${attributes}>${escapeText(checkText(content, name, path))}</${name}>`;
  const inner = lineEnd === '' ? '' : `${margin}  `;
  const children = content.map((child) => `${inner}${writeElement(child, '', inner, lineEnd, path)}${lineEnd}`).join('');
  return `<${name}${attributes}>${lineEnd}${children}${lineEnd === '' ? '' : margin}</${name}>`;
}

function checkText(text: string, element: string, xpath: string): string {
  for (const character of text) {
    if (!isXmlCharacter(character.codePointAt(0) ?? 0)) refuse('VALUE_INVALID', { place: { xpath }, params: { element } });
  }
  return text;
}
