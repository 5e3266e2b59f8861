// Markup from texts: whatever is put into a template is escaped, unless it is markup made here. Pure; the same input gives the same text.
import { printable } from '../xml/escape.ts';

export interface Html {
  readonly markup: string;
}

export type Content = string | number | Html | readonly Content[] | undefined;

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function escape(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => escapes[character] ?? character);
}

/** Attribute values must stand in double quotes. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  return { markup: parts.map((part, index) => part + markupOf(values[index])).join('') };
}

/** Vietnamese, with English beside it where there is any. */
export function both(vi: string, en: string): Html {
  if (vi === '' || vi === en) return html`<span lang="${vi === '' ? 'en' : 'vi'}">${en === '' ? vi : en}</span>`;
  return en === '' ? html`<span lang="vi">${vi}</span>` : html`<span lang="vi">${vi}</span> <span lang="en">${en}</span>`;
}

/** The name of a file or an anchor for a code: itself nearly always. */
export function anchorOf(code: string): string {
  return code.replaceAll(/[^\w.-]/g, '-');
}

export function codes(values: readonly string[]): Content {
  return values.map((value, index) => html`${index === 0 ? '' : ', '}<code>${value}</code>`);
}

export function table(headings: readonly (readonly [vi: string, en: string])[], rows: readonly (readonly Content[])[]): Html {
  if (rows.length === 0) return html``;
  return html`<div class="wide"><table><thead><tr>${headings.map(([vi, en]) => html`<th>${both(vi, en)}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>
`)}</tbody></table></div>`;
}

function markupOf(value: Content): string {
  if (value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number') return escape(String(value));
  return 'markup' in value ? value.markup : value.map(markupOf).join('');
}
