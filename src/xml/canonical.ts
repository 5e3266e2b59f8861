// Canonical octets: Canonical XML 1.0/1.1 (inclusive) and Exclusive XML Canonicalization 1.0, each with or without comments, of a whole
// document or of one element in its document context; into a hash without being put together, or as a buffer. Pure. (1.0 and 1.1 differ only
// in what a subset's apex inherits: 1.1 takes xml:lang and xml:space alone, and its joining of xml:base values, which no document of the field
// has, is not done.)
import { createHash, hash as hashAtOnce } from 'node:crypto';
import type { Hash } from 'node:crypto';

import { apexTag } from './apex.ts';
import { contextOf } from './document.ts';
import type { XmlDocument, XmlElement } from './document.ts';
import { Emitter } from './emit.ts';
import { writeExclusive } from './exclusive.ts';
import { commentsIn } from './gaps.ts';
import { OctetWriter } from './octets.ts';
import type { OctetSink } from './octets.ts';
import { column, END, START, tagEndOf } from './tree.ts';

export { escapeAttribute, escapeText } from './escape.ts';

export interface CanonicalForm {
  readonly exclusive: boolean;
  readonly comments: boolean;
  /** C14N 1.1: xml:id is not inherited by a subset's apex. */
  readonly version11: boolean;
  /** InclusiveNamespaces PrefixList of the exclusive form; '' stands for #default. */
  readonly inclusivePrefixes: ReadonlySet<string>;
}

export const inclusiveForm: CanonicalForm = { exclusive: false, comments: false, version11: false, inclusivePrefixes: new Set() };

/** The canonical octets of a document whose root may have been pruned. */
export function canonicalDocument(document: XmlDocument, root: XmlElement, form: CanonicalForm): Buffer {
  const runs: Buffer[] = [];
  writeDocument(document, root, form, (octets) => { runs.push(Buffer.from(octets)); });
  return runs.length === 1 && runs[0] !== undefined ? runs[0] : Buffer.concat(runs);
}

/** The canonical octets of the last element of `path`, which leads to it from the document's root. */
export function canonicalElement(document: XmlDocument, path: readonly XmlElement[], form: CanonicalForm): Buffer {
  return usingCanonicalElement(document, lastOf(path), form, (octets) => Buffer.from(octets));
}

/** The digest of `canonicalDocument`, by an algorithm of `createHash`, in hex. */
export function digestCanonical(document: XmlDocument, root: XmlElement, form: CanonicalForm, algorithm: string): string {
  return hashed(algorithm, (sink) => restOfDocument(document, root, form, sink));
}

/** The digest of `canonicalElement`. */
export function hashCanonicalElement(document: XmlDocument, path: readonly XmlElement[], form: CanonicalForm, algorithm: string): Buffer {
  return Buffer.from(hashed(algorithm, (sink) => restOfElement(document, lastOf(path), form, sink)), 'hex');
}

/** Gives the canonical octets of an element to `use`, which must be done with them when it returns: their room is used again. */
export function usingCanonicalElement<Result>(document: XmlDocument, element: XmlElement, form: CanonicalForm, use: (octets: Buffer) => Result): Result {
  const runs: Buffer[] = [];
  const rest = restOfElement(document, element, form, (octets) => { runs.push(Buffer.from(octets)); });
  return use(runs.length === 0 ? rest : Buffer.concat([...runs, rest]));
}

/** Hands the canonical octets of a document to `sink`, run by run; a run must be used before the sink returns. */
export function writeDocument(document: XmlDocument, root: XmlElement, form: CanonicalForm, sink: OctetSink): void {
  const rest = restOfDocument(document, root, form, sink);
  if (rest.length > 0) sink(rest);
}

/** The same but for the last octets, which are returned. */
function restOfDocument({ tree }: XmlDocument, root: XmlElement, form: CanonicalForm, sink: OctetSink): Buffer {
  const { row, omitted } = contextOf(root, tree);
  if (row !== 0) throw new Error('the root of another tree');
  const out = new OctetWriter(tree.bytes, sink);
  const start = column(tree, 0, START);
  const end = column(tree, 0, END);
  const emitter = new Emitter(tree, start, omitted, form.comments, out);
  if (form.comments) {
    for (const comment of commentsIn(tree.bytes, tree.start, start)) {
      emitter.writeComment(comment.start - 4, comment.end + 3);
      out.octet(0x0a);
    }
  }
  if (form.exclusive) writeExclusive(tree, 0, omitted, form.inclusivePrefixes, emitter);
  emitter.copyTo(end);
  if (form.comments) {
    for (const comment of commentsIn(tree.bytes, end, tree.bytes.length)) {
      out.octet(0x0a);
      emitter.writeComment(comment.start - 4, comment.end + 3);
    }
  }
  return out.rest();
}

/** The same for one element. */
function restOfElement({ tree }: XmlDocument, apex: XmlElement, form: CanonicalForm, sink: OctetSink): Buffer {
  const { row, omitted } = contextOf(apex, tree);
  const out = new OctetWriter(tree.bytes, sink);
  const emitter = new Emitter(tree, column(tree, row, START), omitted, form.comments, out);
  if (form.exclusive) writeExclusive(tree, row, omitted, form.inclusivePrefixes, emitter);
  else if (row !== 0) emitter.replaceTo(tagEndOf(tree, row), apexTag(tree, row, form.version11));
  emitter.copyTo(column(tree, row, END));
  return out.rest();
}

/** In hex, as memory of its own for each digest is dearer. What comes in one run is hashed at once, without an object to gather it. */
function hashed(algorithm: string, write: (sink: OctetSink) => Buffer): string {
  let hash: Hash | undefined;
  const rest = write((octets) => { hash = (hash ?? createHash(algorithm)).update(octets); });
  return hash === undefined ? hashAtOnce(algorithm, rest, 'hex') : hash.update(rest).digest('hex');
}

function lastOf(path: readonly XmlElement[]): XmlElement {
  const last = path.at(-1);
  if (last === undefined) throw new Error('an empty path leads to no element');
  return last;
}
