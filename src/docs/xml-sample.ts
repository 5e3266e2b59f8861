// XML to look at and to copy: coloured by its markup, and what a change does to it, line by line. The text is not changed by the colours.
import { escape, html } from './html.ts';
import type { Content, Html } from './html.ts';

const LONGEST_LINE = 220;

export interface Change {
  readonly find: string;
  readonly replace: string;
  readonly regex: boolean;
}

export function sampleBlock(xml: string): Html {
  return html`<pre tabindex="0"><code>${coloured(xml)}</code></pre>`;
}

function coloured(xml: string): Html {
  const markup = xml.replace(/^\ufeff/, '').replaceAll(/<[^<>]*>|[^<]+|</g, (part) => {
    if (part.startsWith('<') && part.length > 1) return `<i>${escape(part)}</i>`;
    return part.trim() === '' ? escape(part) : `<b>${escape(part)}</b>`;
  });
  return { markup };
}

/** The lines that the changes touch, before and after; the changes as they are written where they do not fit the text. */
export function changedLines(xml: string | undefined, changes: readonly Change[]): Html {
  let text = xml;
  const blocks: Content[] = changes.map(({ find, replace, regex }) => {
    const match = text === undefined ? null : new RegExp(regex ? find : literal(find), 'u').exec(text);
    if (match === null || text === undefined) return shown(undefined, [regex ? spoken(find) : find], replace === '' ? [] : [replace]);
    const put = regex ? match[0].replace(new RegExp(find, 'u'), replace) : replace;
    const inserted = regex && put === match[0] ? replace : put;
    const [start, end] = [text.lastIndexOf('\n', match.index) + 1, lineEnd(text, match.index + match[0].length)];
    const before = text.slice(start, end);
    const after = text.slice(start, match.index) + inserted + text.slice(match.index + match[0].length, end);
    const line = text.slice(0, start).split('\n').length;
    text = text.slice(0, start) + after + text.slice(end);
    const focus = match.index - start;
    return shown(line, clipped(before, focus), clipped(after, focus));
  });
  return html`<pre tabindex="0"><code>${blocks}</code></pre>`;
}

function shown(line: number | undefined, before: readonly string[], after: readonly string[]): Html {
  const at = (index: number): string => (line === undefined ? '' : `${line + index}: `);
  return html`${before.map((text, index) => html`<del>- ${at(index)}${text}</del>
`)}${after.map((text, index) => html`<ins>+ ${at(index)}${text}</ins>
`)}`;
}

/** A pattern without its conditions, for people. */
function spoken(pattern: string): string {
  return pattern.replaceAll(/\(\?<?=([^()]*)\)/g, '$1').replaceAll(/\.\*|\[\^<\]\*/g, '…');
}

/** A line that is long is shown around what changes. */
function clipped(text: string, focus: number): readonly string[] {
  if (text.length > LONGEST_LINE && !text.includes('\n')) {
    const from = Math.max(0, focus - 60);
    return [`${from === 0 ? '' : '…'}${text.slice(from, from + LONGEST_LINE)}${text.length > from + LONGEST_LINE ? '…' : ''}`];
  }
  return text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
