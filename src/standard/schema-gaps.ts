// What stands between the tags of a document of which parts may be left out (its signatures): where an element's content begins and ends,
// whether a gap is white space, what a text says. Asked in document order, so that the parts left out are passed one after the other.
import type { Content } from '../signature/verify.ts';
import type { XmlComment, XmlElement, XmlText } from '../xml/document.ts';
import { nodesBetween } from '../xml/gaps.ts';
import { decodeText, textOf, trimWhitespace } from '../xml/text.ts';
import { AFTER, END, endTagStart, NAMED, nameOctets, ROW, SINGLE, START, tagEndOf } from '../xml/tree.ts';
import type { ValueCheck } from './schema-check.ts';
import { isBlank } from './schema-text.ts';

const AMPERSAND = 0x26;
const LESS = 0x3c;
const GREATER = 0x3e;

export class Gaps {
  readonly #content: Content;
  readonly #bytes: Buffer;
  readonly #rows: Int32Array;
  readonly #omitted: readonly number[];
  #omission = 0;
  /** Where the first part left out that is not behind begins and ends. */
  #from: number;
  #to: number;

  constructor(content: Content) {
    this.#content = content;
    this.#bytes = content.document.bytes;
    this.#rows = content.document.tree.rows;
    this.#omitted = content.root.views.omitted;
    this.#from = this.#omitted[0] ?? Infinity;
    this.#to = this.#omitted[1] ?? Infinity;
  }

  /** Is something within the element left out? */
  areLeftOutOf(row: number): boolean {
    if (this.#from === Infinity) return false;
    const start = this.#rows[row * ROW + START] as number;
    while (this.#to <= start) {
      this.#omission += 2;
      this.#from = this.#omitted[this.#omission] ?? Infinity;
      this.#to = this.#omitted[this.#omission + 1] ?? Infinity;
    }
    return this.#from < (this.#rows[row * ROW + END] as number);
  }

  isLeftOut(row: number): boolean {
    return this.#content.root.views.isOmitted(row);
  }

  /** After the start tag. */
  contentStart(row: number): number {
    const nameEnd = (this.#rows[row * ROW + START] as number) + 1 + nameOctets(this.#rows[row * ROW + NAMED] as number);
    return this.#bytes[nameEnd] === GREATER ? nameEnd + 1 : tagEndOf(this.#content.document.tree, row);
  }

  /** Where the end tag begins. */
  contentEnd(row: number): number {
    const end = this.#rows[row * ROW + END] as number;
    const named = this.#rows[row * ROW + NAMED] as number;
    if ((named & SINGLE) !== 0) return end;
    const start = end - nameOctets(named) - 3;
    return this.#bytes[start] === LESS ? start : endTagStart(this.#content.document.tree, row);
  }

  /** Is there nothing but white space, and comments, between two tags? A CDATA section is more, whatever is in it: libxml2 refuses it there. */
  isBlankBetween(start: number, end: number): boolean {
    const bytes = this.#bytes;
    let at = start;
    while (at < end && isBlank(bytes[at] as number)) at += 1;
    return at >= end || nodesBetween(bytes, at, end).every((node) => this.#isBlankNode(node));
  }

  /** The same of all that stands between the tags of an element and of those in it. */
  isBlank(row: number): boolean {
    return this.elementAt(row).views.charactersOf(row).every((node) => this.#isBlankNode(node));
  }

  #isBlankNode(node: XmlText | XmlComment): boolean {
    return node.kind === 'comment' || (!node.cdata && trimWhitespace(decodeText(this.#bytes, node)) === '');
  }

  holdsElements(row: number): boolean {
    const after = this.#rows[row * ROW + AFTER] as number;
    for (let child = row + 1; child < after; child = this.#rows[child * ROW + AFTER] as number) if (!this.isLeftOut(child)) return true;
    return false;
  }

  /** Has the element text, of any kind? Its octets are not read. */
  holdsText(row: number): boolean {
    const start = this.contentStart(row);
    if (start < this.contentEnd(row) && this.#bytes[start] !== LESS && !this.areLeftOutOf(row)) return true;
    return this.elementAt(row).views.charactersOf(row).some(({ kind }) => kind === 'text');
  }

  textOf(row: number): string {
    return textOf(this.#content.document, this.elementAt(row));
  }

  elementAt(row: number): XmlElement {
    return this.#content.root.views.at(row);
  }

  /** Does the check of the standard hold for the text of an element without elements? An empty one is fine. */
  holds(check: ValueCheck, row: number, today: number): boolean {
    const bytes = this.#bytes;
    let start = this.contentStart(row);
    let end = this.contentEnd(row);
    while (start < end && isBlank(bytes[start] as number)) start += 1;
    while (end > start && isBlank(bytes[end - 1] as number)) end -= 1;
    if (start === end) return true;
    for (let at = start; at < end; at += 1) {
      if (bytes[at] !== AMPERSAND && bytes[at] !== LESS) continue;
      const octets = Buffer.from(trimWhitespace(this.textOf(row)));
      return octets.length === 0 || check.holds(octets, 0, octets.length, today);
    }
    return check.holds(bytes, start, end, today);
  }
}

