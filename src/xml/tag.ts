// One start tag read in full: name, attributes, namespace declarations, with every well-formedness rule of XML 1.0 §3.1 and Namespaces 1.0
// §3-6. `start-tag.ts` passes over the tags that need none of this.
import { endsName, isNcName, isWhitespace } from './characters.ts';
import { decodeAttribute } from './decode.ts';
import { checkCharacters } from './diagnosis.ts';
import { beyondLimit, limits, malformed } from './faults.ts';
import { textBetween } from './known-text.ts';
import { isDeclarable } from './namespaces.ts';
import type { Binding, Bindings, NamespaceNames } from './namespaces.ts';
import { plainValue } from './octet-classes.ts';
import { MOST_NAMESPACES } from './tree.ts';

/** A tag as it is written, attributes and declarations alike. */
export interface RawTag {
  readonly attributes: readonly RawAttribute[];
  /** Offset after the name. */
  readonly nameEnd: number;
  /** Offset after `>`. */
  readonly end: number;
  readonly empty: boolean;
}

export interface RawAttribute {
  readonly name: string;
  /** Normalised. */
  readonly value: string;
  readonly at: number;
}

export interface TagAttribute {
  readonly prefix: string;
  readonly local: string;
  readonly namespace: number;
  readonly value: string;
}

export interface StartTag {
  readonly name: string;
  readonly prefix: string;
  readonly namespace: number;
  readonly nameEnd: number;
  readonly declarations: readonly Binding[];
  /** Those that change something, which are the ones that the inclusive forms write. */
  readonly effective: readonly Binding[];
  readonly attributes: readonly TagAttribute[];
  readonly end: number;
  readonly empty: boolean;
}

const none: readonly never[] = [];

/** Reads the tag at `start` and puts its declarations in scope, as those of `owner`. */
export function readTag(bytes: Buffer, start: number, bindings: Bindings, names: NamespaceNames, owner: number): StartTag {
  const { nameEnd, attributes: raw, end, empty } = readRawTag(bytes, start);
  const name = textBetween(bytes, start + 1, nameEnd);
  const declarations = raw.length === 0 ? none : readDeclarations(bytes, raw, names);
  const effective = declarations.length === 0 ? none : declarations.filter(({ prefix, namespace }) => prefix !== 'xml' && namespace !== (bindings.lookUp(prefix) ?? 0));
  bindings.enter(owner, declarations);
  if (bindings.size > limits.namespaces) beyondLimit(bytes, start, 'namespaces');
  const { prefix } = splitName(bytes, start, name);
  const namespace = prefix === 'xmlns' ? undefined : bindings.lookUp(prefix);
  if (namespace === undefined) malformed(bytes, start, 'PREFIX_UNBOUND');
  const attributes = raw.length === declarations.length ? none : resolveAttributes(bytes, raw, bindings);
  return { name, prefix, namespace, nameEnd, declarations, effective, attributes, end, empty };
}

export function readRawTag(bytes: Buffer, start: number): RawTag {
  const nameEnd = readName(bytes, start + 1);
  const attributes: RawAttribute[] = [];
  for (let at = nameEnd; ; ) {
    const gap = at;
    while (isWhitespace(bytes[at] ?? 0)) at += 1;
    if (at >= bytes.length) malformed(bytes, start, 'TRUNCATED');
    if (bytes[at] === 0x3e) return { nameEnd, attributes, end: at + 1, empty: false };
    if (bytes[at] === 0x2f) {
      if (bytes[at + 1] !== 0x3e) malformed(bytes, at, 'TAG_SYNTAX');
      return { nameEnd, attributes, end: at + 2, empty: true };
    }
    if (at === gap) malformed(bytes, at, 'ATTRIBUTE_SYNTAX');
    if (attributes.length >= limits.attributes) beyondLimit(bytes, at, 'attributes');
    const attribute = readAttribute(bytes, at);
    attributes.push(attribute);
    at = attribute.end;
  }
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

function readAttribute(bytes: Buffer, start: number): RawAttribute & { readonly end: number } {
  const nameEnd = readName(bytes, start);
  let at = nameEnd;
  while (isWhitespace(bytes[at] ?? 0)) at += 1;
  if (bytes[at] !== 0x3d) malformed(bytes, at, 'ATTRIBUTE_SYNTAX');
  at += 1;
  while (isWhitespace(bytes[at] ?? 0)) at += 1;
  const quote = bytes[at];
  if (quote !== 0x22 && quote !== 0x27) malformed(bytes, at, 'ATTRIBUTE_SYNTAX');
  const first = at + 1;
  let close = first;
  let isPlain = true;
  for (; close < bytes.length && bytes[close] !== quote; close += 1) if (plainValue[bytes[close] as number] === 0) isPlain = false;
  if (close === bytes.length) malformed(bytes, start, 'TRUNCATED');
  const name = textBetween(bytes, start, nameEnd);
  if (isPlain) return { name, value: textBetween(bytes, first, close), at: start, end: close + 1 };
  if (bytes.subarray(first, close).includes(0x3c)) malformed(bytes, at, 'ATTRIBUTE_SYNTAX');
  checkCharacters(bytes, first, close);
  return { name, value: decodeAttribute(bytes, first, close), at: start, end: close + 1 };
}

function readDeclarations(bytes: Buffer, raw: readonly RawAttribute[], names: NamespaceNames): Binding[] {
  const declarations: Binding[] = [];
  for (const { name, value, at } of raw) {
    const prefix = declaredPrefix(name);
    if (prefix === undefined) continue;
    if (name !== 'xmlns' && !isNcName(prefix)) malformed(bytes, at, 'NAME');
    if (!isDeclarable(prefix, value)) malformed(bytes, at, 'NAMESPACE_RESERVED');
    if (declarations.some((other) => other.prefix === prefix)) malformed(bytes, at, 'ATTRIBUTE_REPEATED');
    const namespace = names.numberOf(value);
    if (namespace > MOST_NAMESPACES) beyondLimit(bytes, at, 'namespaces');
    declarations.push({ prefix, namespace });
  }
  return declarations;
}

function resolveAttributes(bytes: Buffer, raw: readonly RawAttribute[], bindings: Bindings): TagAttribute[] {
  const attributes: TagAttribute[] = [];
  const seen = raw.length === 1 ? undefined : new Set<string>();
  for (const { name, value, at } of raw) {
    if (declaredPrefix(name) !== undefined) continue;
    const { prefix, local } = splitName(bytes, at, name);
    const namespace = prefix === '' ? 0 : bindings.lookUp(prefix);
    if (namespace === undefined) malformed(bytes, at, 'PREFIX_UNBOUND');
    if (seen !== undefined) {
      const key = `${namespace}:${local}`;
      if (seen.has(key)) malformed(bytes, at, 'ATTRIBUTE_REPEATED');
      seen.add(key);
    }
    attributes.push({ prefix, local, namespace, value });
  }
  return attributes;
}

/**
 * The value of the attribute that is called `name`, which is no declaration's name, in a tag that has been read before; `from` is the offset
 * after the tag's own name.
 */
export function attributeIn(bytes: Buffer, from: number, name: string): string | undefined {
  for (let at = from; ;) {
    while (isWhitespace(bytes[at] as number)) at += 1;
    if (bytes[at] === 0x3e || bytes[at] === 0x2f) return undefined;
    const start = at;
    while (!endsName(bytes[at] as number)) at += 1;
    const nameEnd = at;
    while (bytes[at] !== 0x22 && bytes[at] !== 0x27) at += 1;
    const quote = bytes[at];
    const first = at + 1;
    let isPlain = true;
    for (at = first; bytes[at] !== quote; at += 1) if (plainValue[bytes[at] as number] === 0) isPlain = false;
    if (nameEnd - start === name.length && textBetween(bytes, start, nameEnd) === name) return isPlain ? textBetween(bytes, first, at) : decodeAttribute(bytes, first, at);
    at += 1;
  }
}

/** The prefix that an attribute of this name declares; undefined when it is no declaration. */
export function declaredPrefix(name: string): string | undefined {
  if (name === 'xmlns') return '';
  return name.startsWith('xmlns:') ? name.slice(6) : undefined;
}

export function splitName(bytes: Buffer, at: number, name: string): { prefix: string; local: string } {
  const colon = name.indexOf(':');
  const prefix = colon === -1 ? '' : name.slice(0, colon);
  const local = colon === -1 ? name : name.slice(colon + 1);
  if (!isNcName(local) || (colon !== -1 && !isNcName(prefix))) malformed(bytes, at, 'NAME');
  return { prefix, local };
}
