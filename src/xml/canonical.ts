// Canonical octets: Canonical XML 1.0/1.1 (inclusive) and Exclusive XML Canonicalization 1.0, each with or without comments, of a whole
// document or of one element in its document context; into a hash without being put together, or as a buffer. Pure. (1.0 and 1.1 differ only
// in what a subset's apex inherits: 1.1 takes xml:lang and xml:space alone, and its joining of xml:base values, which no document of the field
// has, is not done.)
import { createHash, hash as hashAtOnce } from 'node:crypto';
import type { Hash } from 'node:crypto';

import { canonicalTag } from './canonical-tag.ts';
import { contextOf } from './document.ts';
import type { XmlDocument, XmlElement } from './document.ts';
import { Emitter } from './emit.ts';
import { ancestorTags, writeExclusive } from './exclusive.ts';
import { commentsIn } from './gaps.ts';
import { Bindings } from './namespaces.ts';
import { OctetWriter } from './octets.ts';
import type { OctetSink } from './octets.ts';
import { readTag } from './tag.ts';
import type { TagAttribute } from './tag.ts';
import { column, END, START, tagEndOf } from './tree.ts';
import type { Tree } from './tree.ts';

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
  return gathered((sink) => { writeDocument(document, root, form, sink); });
}

/** The canonical octets of the last element of `path`, which leads to it from the document's root. */
export function canonicalElement(document: XmlDocument, path: readonly XmlElement[], form: CanonicalForm): Buffer {
  return gathered((sink) => { writeElement(document, path, form, sink); });
}

/** The digest of `canonicalDocument`, by an algorithm of `createHash`. */
export function hashCanonical(document: XmlDocument, root: XmlElement, form: CanonicalForm, algorithm: string): Buffer {
  return hashed(algorithm, (sink) => { writeDocument(document, root, form, sink); });
}

/** The digest of `canonicalElement`. */
export function hashCanonicalElement(document: XmlDocument, path: readonly XmlElement[], form: CanonicalForm, algorithm: string): Buffer {
  return hashed(algorithm, (sink) => { writeElement(document, path, form, sink); });
}

/** Hands the canonical octets of a document to `sink`, run by run; a run must be used before the sink returns. */
export function writeDocument({ tree }: XmlDocument, root: XmlElement, form: CanonicalForm, sink: OctetSink): void {
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
  out.end();
}

/** The same for one element. */
export function writeElement({ tree }: XmlDocument, path: readonly XmlElement[], form: CanonicalForm, sink: OctetSink): void {
  const apex = path.at(-1);
  if (apex === undefined) throw new Error('an empty path leads to no element');
  const { row, omitted } = contextOf(apex, tree);
  const out = new OctetWriter(tree.bytes, sink);
  const emitter = new Emitter(tree, column(tree, row, START), omitted, form.comments, out);
  if (form.exclusive) writeExclusive(tree, row, omitted, form.inclusivePrefixes, emitter);
  else if (row !== 0) emitter.replaceTo(tagEndOf(tree, row), apexTag(tree, row, form));
  emitter.copyTo(column(tree, row, END));
  out.end();
}

/** A subset's apex in the inclusive forms: with every namespace in scope, and with the xml:* attributes of its ancestors; its own win. */
function apexTag(tree: Tree, row: number, form: CanonicalForm): string {
  const bindings = new Bindings(tree.names);
  const inherited = new Map<string, TagAttribute>();
  for (const { attributes } of ancestorTags(tree, row, bindings)) {
    for (const attribute of attributes) if (attribute.prefix === 'xml') inherited.set(attribute.local, attribute);
  }
  // C14N 1.1 §2.4: only these two are inherited as they stand.
  if (form.version11) for (const local of inherited.keys()) if (local !== 'lang' && local !== 'space') inherited.delete(local);
  const tag = readTag(tree.bytes, column(tree, row, START), bindings, tree.names, row);
  for (const { prefix, local } of tag.attributes) if (prefix === 'xml') inherited.delete(local);
  const declared = bindings.inScope().filter(({ prefix, namespace }) => prefix !== 'xml' && namespace !== 0);
  return canonicalTag(tag, declared, inherited.size === 0 ? tag.attributes : [...tag.attributes, ...inherited.values()], tree.names);
}

/** What comes in one run is hashed at once, without an object to gather it. */
function hashed(algorithm: string, write: (sink: OctetSink) => void): Buffer {
  let digest: Buffer | undefined;
  let hash: Hash | undefined;
  write((octets, isLast) => {
    if (hash === undefined && isLast) digest = hashAtOnce(algorithm, octets, 'buffer');
    else hash = (hash ?? createHash(algorithm)).update(octets);
  });
  return digest ?? (hash ?? createHash(algorithm)).digest();
}

function gathered(write: (sink: OctetSink) => void): Buffer {
  const runs: Buffer[] = [];
  write((octets) => { runs.push(Buffer.from(octets)); });
  return runs.length === 1 && runs[0] !== undefined ? runs[0] : Buffer.concat(runs);
}
