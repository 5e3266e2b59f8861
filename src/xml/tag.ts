// One start tag: name, attributes, namespace declarations, with every well-formedness rule of XML 1.0 §3.1 and Namespaces 1.0 §3-6.
import { endsName, isNcName, isWhitespace } from './characters.ts';
import type { XmlAttribute, XmlElement, XmlNamespaceDeclaration } from './document.ts';
import { beyondLimit, limits, malformed } from './faults.ts';
import { isDeclarable, lookUp } from './namespaces.ts';
import type { Scope } from './namespaces.ts';
import { decodeAttribute } from './text.ts';

export interface StartTag extends Pick<XmlElement, 'prefix' | 'local' | 'namespace' | 'attributes' | 'declarations'> {
  /** Offset after the name. */
  readonly nameEnd: number;
  readonly scope: Scope;
  /** Offset after `>`. */
  readonly end: number;
  readonly empty: boolean;
}

interface RawAttribute {
  readonly name: string;
  readonly value: string;
  readonly at: number;
}

type CharacterCheck = (bytes: Buffer, start: number, end: number) => void;

export function readStartTag(bytes: Buffer, start: number, outer: Scope, checkCharacters: CharacterCheck): StartTag {
  const nameEnd = readName(bytes, start + 1);
  const name = bytes.toString('utf8', start + 1, nameEnd);
  const { attributes: raw, end, empty } = readAttributes(bytes, start, nameEnd, checkCharacters);
  const declarations = raw.length === 0 ? [] : readDeclarations(bytes, raw);
  const scope: Scope = declarations.length === 0 ? outer : { bindings: new Map(declarations.map(({ prefix, uri }) => [prefix, uri])), parent: outer, declared: outer.declared + declarations.length };
  if (scope.declared > limits.namespaces) beyondLimit(bytes, start, 'namespaces');
  const { prefix, local } = splitName(bytes, start, name);
  const namespace = prefix === 'xmlns' ? undefined : lookUp(scope, prefix);
  if (namespace === undefined) malformed(bytes, start, 'PREFIX_UNBOUND');
  const attributes = raw.length === declarations.length ? [] : resolveAttributes(bytes, raw, scope);
  return { prefix, local, namespace, attributes, declarations, nameEnd, scope, end, empty };
}

/** The offset after a name that starts at `at`. */
function readName(bytes: Buffer, at: number): number {
  let end = at;
  while (end < bytes.length && !endsName(bytes[end] ?? 0)) {
    end += 1;
    if (end - at > limits.nameOctets) beyondLimit(bytes, at, 'nameOctets');
  }
  if (end >= bytes.length) malformed(bytes, at, 'TRUNCATED');
  if (end === at) malformed(bytes, at, 'NAME');
  return end;
}

function readAttributes(bytes: Buffer, start: number, from: number, checkCharacters: CharacterCheck): { attributes: RawAttribute[]; end: number; empty: boolean } {
  const attributes: RawAttribute[] = [];
  for (let at = from; ; ) {
    const gap = at;
    while (isWhitespace(bytes[at] ?? 0)) at += 1;
    if (at >= bytes.length) malformed(bytes, start, 'TRUNCATED');
    if (bytes[at] === 0x3e) return { attributes, end: at + 1, empty: false };
    if (bytes[at] === 0x2f) {
      if (bytes[at + 1] !== 0x3e) malformed(bytes, at, 'TAG_SYNTAX');
      return { attributes, end: at + 2, empty: true };
    }
    if (at === gap) malformed(bytes, at, 'ATTRIBUTE_SYNTAX');
    if (attributes.length >= limits.attributes) beyondLimit(bytes, at, 'attributes');
    const attribute = readAttribute(bytes, at, checkCharacters);
    attributes.push(attribute);
    at = attribute.end;
  }
}

function readAttribute(bytes: Buffer, start: number, checkCharacters: CharacterCheck): RawAttribute & { readonly end: number } {
  const nameEnd = readName(bytes, start);
  let at = nameEnd;
  while (isWhitespace(bytes[at] ?? 0)) at += 1;
  if (bytes[at] !== 0x3d) malformed(bytes, at, 'ATTRIBUTE_SYNTAX');
  at += 1;
  while (isWhitespace(bytes[at] ?? 0)) at += 1;
  const quote = bytes[at];
  if (quote !== 0x22 && quote !== 0x27) malformed(bytes, at, 'ATTRIBUTE_SYNTAX');
  const close = bytes.indexOf(quote, at + 1);
  if (close === -1) malformed(bytes, start, 'TRUNCATED');
  if (bytes.subarray(at + 1, close).includes(0x3c)) malformed(bytes, at, 'ATTRIBUTE_SYNTAX');
  checkCharacters(bytes, at + 1, close);
  return { name: bytes.toString('utf8', start, nameEnd), value: decodeAttribute(bytes, at + 1, close), at: start, end: close + 1 };
}

function readDeclarations(bytes: Buffer, raw: readonly RawAttribute[]): XmlNamespaceDeclaration[] {
  const declarations: XmlNamespaceDeclaration[] = [];
  const seen = new Set<string>();
  for (const { name, value, at } of raw) {
    if (!isDeclaration(name)) continue;
    const prefix = name === 'xmlns' ? '' : name.slice(6);
    if (name !== 'xmlns' && !isNcName(prefix)) malformed(bytes, at, 'NAME');
    if (!isDeclarable(prefix, value)) malformed(bytes, at, 'NAMESPACE_RESERVED');
    if (seen.has(prefix)) malformed(bytes, at, 'ATTRIBUTE_REPEATED');
    seen.add(prefix);
    declarations.push({ prefix, uri: value });
  }
  return declarations;
}

function resolveAttributes(bytes: Buffer, raw: readonly RawAttribute[], scope: Scope): XmlAttribute[] {
  const attributes: XmlAttribute[] = [];
  const seen = new Set<string>();
  for (const { name, value, at } of raw) {
    if (isDeclaration(name)) continue;
    const { prefix, local } = splitName(bytes, at, name);
    const namespace = prefix === '' ? '' : lookUp(scope, prefix);
    if (namespace === undefined) malformed(bytes, at, 'PREFIX_UNBOUND');
    const key = `${namespace}\n${local}`;
    if (seen.has(key)) malformed(bytes, at, 'ATTRIBUTE_REPEATED');
    seen.add(key);
    attributes.push({ prefix, local, namespace, value });
  }
  return attributes;
}

function isDeclaration(name: string): boolean {
  return name === 'xmlns' || name.startsWith('xmlns:');
}

function splitName(bytes: Buffer, at: number, name: string): { prefix: string; local: string } {
  const colon = name.indexOf(':');
  const prefix = colon === -1 ? '' : name.slice(0, colon);
  const local = colon === -1 ? name : name.slice(colon + 1);
  if (!isNcName(local) || (colon !== -1 && !isNcName(prefix))) malformed(bytes, at, 'NAME');
  return { prefix, local };
}
