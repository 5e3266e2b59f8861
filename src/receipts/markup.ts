// Writing our own messages: elements from names and values, in the form that canonicalization leaves as it is.
import { escapeText, printable } from '../xml/escape.ts';

/** Element names with what they hold: text, nothing, or more elements; a list repeats the name. */
export interface Markup {
  readonly [name: string]: MarkupValue;
}

export type MarkupValue = string | number | Markup | readonly Markup[] | undefined;

/** One element; an undefined value leaves it out, an array repeats it. Intake writes a receipt for each dossier, and the audit each once more: nothing is made on the way. */
function elementXml(name: string, value: MarkupValue): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return `<${name}>${textXml(value)}</${name}>`;
  if (typeof value === 'number') return `<${name}>${value}</${name}>`;
  let inside = '';
  if (isList(value)) {
    for (const item of value) inside += elementXml(name, item);
    return inside;
  }
  for (const child in value) inside += elementXml(child, value[child]);
  return `<${name}>${inside}</${name}>`;
}

/** Characters that stand for themselves, as nearly every text has no others. */
const PLAIN = /^[\t\n\u0020-%'-;=?-\ud7ff\ue000-\ufffd]*$/;

function textXml(text: string): string {
  return PLAIN.test(text) ? text : escapeText(printable(text));
}

function isList(value: Markup | readonly Markup[]): value is readonly Markup[] {
  return Array.isArray(value);
}

/** A whole document. */
export function documentXml(name: string, value: Markup): Buffer {
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${elementXml(name, value)}\n`);
}
