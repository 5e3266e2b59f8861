// Writing our own messages: elements from names and values, in the form that canonicalization leaves as it is.
import { escapeText, printable } from '../xml/escape.ts';

/** Element names with what they hold: text, nothing, or more elements; a list repeats the name. */
export interface Markup {
  readonly [name: string]: MarkupValue;
}

export type MarkupValue = string | number | Markup | readonly Markup[] | undefined;

/** One element; an undefined value leaves it out, an array repeats it. */
function elementXml(name: string, value: MarkupValue): string {
  if (value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'string') return `<${name}>${escapeText(printable(String(value)))}</${name}>`;
  if (isList(value)) return value.map((item) => elementXml(name, item)).join('');
  return `<${name}>${Object.entries(value).map(([child, content]) => elementXml(child, content)).join('')}</${name}>`;
}

function isList(value: Markup | readonly Markup[]): value is readonly Markup[] {
  return Array.isArray(value);
}

/** A whole document. */
export function documentXml(name: string, value: Markup): Buffer {
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${elementXml(name, value)}\n`);
}
