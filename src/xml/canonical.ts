// Canonical octets: Canonical XML 1.0/1.1 (inclusive) and Exclusive XML Canonicalization 1.0, each with or without comments, of a whole
// document or of one element in its document context. Pure; the input is what `parse` made, so that entities, CDATA and line ends are
// already decided. (1.0 and 1.1 differ only in xml:id and xml:base of a subset's ancestors.)
import { createHash } from 'node:crypto';

import type { XmlAttribute, XmlDocument, XmlElement, XmlNode, XmlText } from './document.ts';
import { XML_NAMESPACE } from './namespaces.ts';
import { OctetWriter } from './octets.ts';
import { decodeText } from './text.ts';

export interface CanonicalForm {
  readonly exclusive: boolean;
  readonly comments: boolean;
  /** C14N 1.1: of the xml:* attributes a subset's apex inherits xml:lang and xml:space only. */
  readonly version11: boolean;
  /** InclusiveNamespaces PrefixList of the exclusive form; '' stands for #default. */
  readonly inclusivePrefixes: ReadonlySet<string>;
}

export const inclusiveForm: CanonicalForm = { exclusive: false, comments: false, version11: false, inclusivePrefixes: new Set() };

type Bindings = ReadonlyMap<string, string>;

interface Writing {
  readonly document: XmlDocument;
  readonly form: CanonicalForm;
  readonly out: OctetWriter;
}

/** The canonical octets of a document whose root may have been pruned. */
export function canonicalDocument(document: XmlDocument, root: XmlElement, form: CanonicalForm): Buffer {
  const out = new OctetWriter(document.bytes.length);
  const writing: Writing = { document, form, out };
  if (form.comments) {
    for (const comment of document.before) {
      writeComment(writing, comment);
      out.text('\n');
    }
  }
  writeElement(writing, root, new Map(), new Map(), []);
  if (form.comments) {
    for (const comment of document.after) {
      out.text('\n');
      writeComment(writing, comment);
    }
  }
  return out.octets();
}

/** The canonical octets of the last element of `path`, which leads to it from the document's root. */
export function canonicalElement(document: XmlDocument, path: readonly XmlElement[], form: CanonicalForm): Buffer {
  const apex = path.at(-1);
  if (apex === undefined) throw new Error('an empty path leads to no element');
  const out = new OctetWriter(4096);
  const inScope = new Map<string, string>();
  for (const ancestor of path.slice(0, -1)) for (const { prefix, uri } of ancestor.declarations) inScope.set(prefix, uri);
  writeElement({ document, form, out }, apex, inScope, new Map(), form.exclusive ? [] : inheritedXmlAttributes(path, form));
  return out.octets();
}

/** Digest of what `canonicalDocument` gives; `hash` as node:crypto names it. */
export function hashCanonical(document: XmlDocument, root: XmlElement, form: CanonicalForm, hash: string): Buffer {
  return createHash(hash).update(canonicalDocument(document, root, form)).digest();
}

/** Digest of what `canonicalElement` gives. */
export function hashCanonicalElement(document: XmlDocument, path: readonly XmlElement[], form: CanonicalForm, hash: string): Buffer {
  return createHash(hash).update(canonicalElement(document, path, form)).digest();
}

/** xml:* attributes of the ancestors that a subset's apex inherits in the inclusive forms; its own win. */
function inheritedXmlAttributes(path: readonly XmlElement[], form: CanonicalForm): XmlAttribute[] {
  const inherited = new Map<string, XmlAttribute>();
  for (const ancestor of path.slice(0, -1)) {
    for (const attribute of ancestor.attributes) if (attribute.namespace === XML_NAMESPACE) inherited.set(attribute.local, attribute);
  }
  // C14N 1.1 §2.4: only these two are inherited as they stand.
  if (form.version11) for (const local of inherited.keys()) if (local !== 'lang' && local !== 'space') inherited.delete(local);
  for (const own of path.at(-1)?.attributes ?? []) if (own.namespace === XML_NAMESPACE) inherited.delete(own.local);
  return [...inherited.values()];
}

function writeElement(writing: Writing, element: XmlElement, outer: Bindings, rendered: Bindings, extra: readonly XmlAttribute[]): void {
  const { out } = writing;
  const inScope = element.declarations.length === 0 ? outer : new Map([...outer, ...element.declarations.map(({ prefix, uri }) => [prefix, uri] as const)]);
  const name = element.prefix === '' ? element.local : `${element.prefix}:${element.local}`;
  const declared = toRender(writing.form, element, inScope, rendered);
  out.text(`<${name}`);
  for (const [prefix, uri] of declared) out.text(prefix === '' ? ` xmlns="${escapeAttribute(uri)}"` : ` xmlns:${prefix}="${escapeAttribute(uri)}"`);
  for (const attribute of sortAttributes([...element.attributes, ...extra])) {
    out.text(` ${attribute.prefix === '' ? '' : `${attribute.prefix}:`}${attribute.local}="${escapeAttribute(attribute.value)}"`);
  }
  out.text('>');
  const nowRendered = declared.length === 0 ? rendered : new Map([...rendered, ...declared]);
  for (const child of element.children) writeNode(writing, child, inScope, nowRendered);
  out.text(`</${name}>`);
}

function writeNode(writing: Writing, node: XmlNode, inScope: Bindings, rendered: Bindings): void {
  if (node.kind === 'element') writeElement(writing, node, inScope, rendered, []);
  else if (node.kind === 'text') writeText(writing, node);
  else if (writing.form.comments) writeComment(writing, node);
}

/** The namespace declarations to write at an element, sorted by prefix. */
function toRender(form: CanonicalForm, element: XmlElement, inScope: Bindings, rendered: Bindings): [string, string][] {
  if (!form.exclusive && element.declarations.length === 0 && rendered.size > 0) return [];
  const declared: [string, string][] = [];
  const consider = (prefix: string): void => {
    const uri = inScope.get(prefix) ?? '';
    if (prefix === 'xml' || uri === (rendered.get(prefix) ?? '')) return;
    declared.push([prefix, uri]);
  };
  if (form.exclusive) {
    const used = new Set([element.prefix, ...element.attributes.filter(({ prefix }) => prefix !== '').map(({ prefix }) => prefix)]);
    for (const prefix of form.inclusivePrefixes) if (inScope.has(prefix)) used.add(prefix);
    used.forEach(consider);
  } else inScope.forEach((_uri, prefix) => { consider(prefix); });
  return declared.sort(([a], [b]) => compareCodePoints(a, b));
}

/** By namespace URI, then local name (C14N §2.2): attributes in no namespace come first. */
function sortAttributes(attributes: XmlAttribute[]): XmlAttribute[] {
  if (attributes.length < 2) return attributes;
  return attributes.sort((a, b) => compareCodePoints(a.namespace, b.namespace) || compareCodePoints(a.local, b.local));
}

/** Code point order, which is the order of the UTF-8 octets; JavaScript compares UTF-16 units. */
function compareCodePoints(a: string, b: string): number {
  if (a === b) return 0;
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}

function writeText({ document, out }: Writing, node: XmlText): void {
  if (node.verbatim) out.octetsOf(document.bytes, node.start, node.end);
  else out.text(escapeText(decodeText(document.bytes, node)));
}

function writeComment({ document, out }: Writing, node: { readonly start: number; readonly end: number }): void {
  out.text(`<!--${document.bytes.toString('utf8', node.start, node.end).replace(/\r\n?/g, '\n')}-->`);
}

const textEscapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' };
const attributeEscapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '"': '&quot;', '\t': '&#x9;', '\n': '&#xA;', '\r': '&#xD;' };

export function escapeText(text: string): string {
  return text.replace(/[&<>\r]/g, (character) => textEscapes[character] ?? character);
}

export function escapeAttribute(text: string): string {
  return text.replace(/[&<"\t\n\r]/g, (character) => attributeEscapes[character] ?? character);
}
