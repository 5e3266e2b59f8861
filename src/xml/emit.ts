// The inclusive canonical octets of a stretch of the document: the received octets with the edits of the tree and without what is left out.
// The exclusive forms put their own start tags in place of the received ones.
import { afterEmpty, areMany, writeEmpty } from './empty.ts';
import type { OctetWriter } from './octets.ts';
import { AMPERSAND, GREATER, LESS, RETURN, textClass } from './octet-classes.ts';
import { afterReference, referencedPoint } from './references.ts';
import { nextSpecial } from './runs.ts';
import { Skipper } from './skip.ts';
import { CDATA, COMMENT, EDIT, EDIT_END, EDIT_START, EDIT_WHAT, editKind, editValue, EMPTY, firstEdit, NAMED, nameOctets, REPLACED, ROW, START, TEXT } from './tree.ts';
import type { Tree } from './tree.ts';

/** Stretches of the received octets, in ascending order and apart from each other: start, end, start, end … */
export type Stretches = readonly number[];

export class Emitter {
  /** Everything before this offset is written. */
  at: number;
  readonly #tree: Tree;
  readonly #out: OctetWriter;
  readonly #omitted: Stretches;
  readonly #comments: boolean;
  #skipper: Skipper | undefined;
  #edit: number;
  /** The edits before this one, from the next on, are all `EMPTY`. */
  #emptyUntil = 0;
  #omission = 0;

  constructor(tree: Tree, start: number, omitted: Stretches, comments: boolean, out: OctetWriter) {
    this.at = start;
    this.#tree = tree;
    this.#out = out;
    this.#omitted = omitted;
    this.#comments = comments;
    this.#edit = firstEdit(tree, start);
  }

  copyTo(end: number): void {
    for (;;) {
      const start = this.#omitted[this.#omission];
      if (start === undefined || start >= end) break;
      if (start >= this.at) {
        this.#editTo(start);
        this.at = this.#omitted[this.#omission + 1] ?? start;
      }
      this.#omission += 2;
    }
    this.#editTo(end);
  }

  /** Writes a text instead of everything up to `end`. */
  replaceTo(end: number, text: string | Buffer): void {
    if (typeof text === 'string') this.#out.text(text);
    else this.#out.octets(text);
    this.at = end;
  }

  #editTo(end: number): void {
    const { edits, editCount, rows } = this.#tree;
    const out = this.#out;
    let at = this.at;
    let edit = this.#edit;
    for (; edit < editCount; edit += 1) {
      const base = edit * EDIT;
      const start = edits[base + EDIT_START] as number;
      if (start >= end) break;
      if (start < at) continue;
      if (edit >= this.#emptyUntil) this.#emptyUntil = Math.max(afterEmpty(this.#tree, edit), edit + 1);
      if (areMany(this.#tree, edit, this.#emptyUntil, at, end)) {
        const written = writeEmpty(this.#tree, edit, this.#emptyUntil, at, end);
        if (written.edits > 0) {
          out.straight(written.octets);
          at = written.at;
          edit += written.edits - 1;
          continue;
        }
      }
      const after = edits[base + EDIT_END] as number;
      const what = edits[base + EDIT_WHAT] as number;
      const value = editValue(what);
      if (start > at) out.copy(at, start);
      if (editKind(what) === EMPTY) out.emptyEnd((rows[value * ROW + START] as number) + 1, nameOctets(rows[value * ROW + NAMED] as number));
      else this.#write(editKind(what), value, start, after);
      at = after;
    }
    this.#edit = edit;
    if (end > at) out.copy(at, end);
    this.at = Math.max(end, at);
  }

  #write(kind: number, value: number, start: number, end: number): void {
    const { replacements, replacementEnds } = this.#tree;
    if (kind === TEXT) this.#writeCharacters(start, end, false);
    else if (kind === CDATA) this.#writeCharacters(start + 9, end - 3, true);
    else if (kind === REPLACED) this.#out.octets(replacements, value === 0 ? 0 : replacementEnds[value - 1], replacementEnds[value]);
    else if (kind === COMMENT && this.#comments) this.writeComment(start, end);
  }

  #writeCharacters(start: number, end: number, cdata: boolean): void {
    const { bytes } = this.#tree;
    const skipper = (this.#skipper ??= new Skipper(bytes));
    let from = start;
    for (let at = nextSpecial(bytes, start, end, skipper); at < end; at = nextSpecial(bytes, from, end, skipper)) {
      this.#out.copy(from, at);
      from = this.#writeSpecial(at, cdata);
    }
    this.#out.copy(from, end);
  }

  /** Writes what stands for the octet at `at`, or for the reference that begins there. Returns the offset after it. */
  #writeSpecial(at: number, cdata: boolean): number {
    const { bytes } = this.#tree;
    const kind = textClass[bytes[at] as number];
    if (kind === AMPERSAND && !cdata) {
      this.#writePoint(referencedPoint(bytes, at));
      return afterReference(bytes, at);
    }
    if (kind === AMPERSAND) this.#out.ascii('&amp;');
    else if (kind === GREATER) this.#out.ascii('&gt;');
    else if (kind === LESS) this.#out.ascii('&lt;');
    else if (kind !== RETURN) this.#out.octet(bytes[at] as number);
    else if (bytes[at + 1] !== 0x0a) this.#out.octet(0x0a);
    return at + 1;
  }

  #writePoint(point: number): void {
    if (point === 0x26) this.#out.ascii('&amp;');
    else if (point === 0x3c) this.#out.ascii('&lt;');
    else if (point === 0x3e) this.#out.ascii('&gt;');
    else if (point === 0x0d) this.#out.ascii('&#xD;');
    else if (point < 0x80) this.#out.octet(point);
    else this.#out.text(String.fromCodePoint(point));
  }

  /** A comment with its delimiters, line ends normalised. */
  writeComment(start: number, end: number): void {
    const { bytes } = this.#tree;
    let from = start;
    for (let at = start; at < end; at += 1) {
      if (bytes[at] !== 0x0d) continue;
      this.#out.copy(from, at);
      if (bytes[at + 1] !== 0x0a) this.#out.octet(0x0a);
      from = at + 1;
    }
    this.#out.copy(from, end);
  }
}
