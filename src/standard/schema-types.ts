// The named simple types of an XSD: their facets, for the acceptor, and the check of the standard that no facet can make (`std:check`), for
// the rules. Facets that are not known here leave a type to the engine, which then judges every document that uses it.
import { childElements, childrenNamed, descendants } from '../xml/document.ts';
import type { XmlElement } from '../xml/document.ts';

const XS = 'http://www.w3.org/2001/XMLSchema';
export const STANDARD_NAMESPACE = 'urn:ivan-gateway:standard';

/** `day`, `month` and `birth` are days and months that exist; `code` is a member of a list of `codes.json`. */
export type StandardCheck = { readonly kind: 'day' | 'month' | 'birth' } | { readonly kind: 'code'; readonly list: string; readonly severity: 'refuse' | 'warn' };

export type WhiteSpace = 'preserve' | 'replace' | 'collapse';

export interface SimpleType {
  readonly name: string;
  readonly whiteSpace: WhiteSpace;
  readonly minLength: number;
  readonly maxLength: number;
  /** One list for each step of derivation: of each, one must match. */
  readonly patterns: readonly (readonly string[])[];
  readonly enumerations: readonly (readonly string[])[];
  /** False when it has facets or a base that are not here. */
  readonly isKnown: boolean;
  readonly check: StandardCheck | undefined;
}

const builtIn: ReadonlyMap<string, WhiteSpace> = new Map([['string', 'preserve'], ['normalizedString', 'replace'], ['token', 'collapse']]);

/** @throws Error when a type is declared twice, or a check is none that the standard has. */
export function readSimpleTypes(schema: XmlElement): ReadonlyMap<string, SimpleType> {
  const declared = new Map<string, XmlElement>();
  for (const element of childrenNamed(schema, 'simpleType', XS)) {
    const name = attributeOf(element, 'name') ?? '';
    if (declared.has(name)) throw new Error(`type ${name} is declared twice`);
    declared.set(name, element);
  }
  const prefix = schema.prefix === '' ? '' : `${schema.prefix}:`;
  const types = new Map<string, SimpleType>();
  const typeNamed = (name: string): SimpleType => {
    const whiteSpace = name.startsWith(prefix) ? builtIn.get(name.slice(prefix.length)) : undefined;
    const known = types.get(name) ?? (whiteSpace === undefined ? undefined : unrestricted(name, whiteSpace));
    if (known !== undefined) return known;
    const element = declared.get(name);
    declared.delete(name); // a type that is derived from itself is not known then
    const type = element === undefined ? { ...unrestricted(name, 'preserve'), isKnown: false } : readType(name, element, typeNamed);
    types.set(name, type);
    return type;
  };
  for (const name of [...declared.keys()]) typeNamed(name);
  return types;
}

function unrestricted(name: string, whiteSpace: WhiteSpace): SimpleType {
  return { name, whiteSpace, minLength: 0, maxLength: Infinity, patterns: [], enumerations: [], isKnown: true, check: undefined };
}

function readType(name: string, element: XmlElement, typeNamed: (name: string) => SimpleType): SimpleType {
  const own = readCheck(name, element);
  const [restriction] = childrenNamed(element, 'restriction', XS);
  const base = restriction === undefined ? undefined : attributeOf(restriction, 'base');
  if (restriction === undefined || base === undefined) return { ...unrestricted(name, 'preserve'), isKnown: false, check: own };
  const derived = typeNamed(base);
  const patterns: string[] = [];
  const enumeration: string[] = [];
  let { whiteSpace, minLength, maxLength, isKnown } = derived;
  for (const facet of childElements(restriction)) {
    const value = attributeOf(facet, 'value') ?? '';
    if (facet.local === 'pattern') patterns.push(value);
    else if (facet.local === 'enumeration') enumeration.push(value);
    else if (facet.local === 'minLength') minLength = Math.max(minLength, Number(value));
    else if (facet.local === 'maxLength') maxLength = Math.min(maxLength, Number(value));
    else if (facet.local === 'length') [minLength, maxLength] = [Math.max(minLength, Number(value)), Math.min(maxLength, Number(value))];
    else if (facet.local === 'whiteSpace' && (value === 'preserve' || value === 'replace' || value === 'collapse')) whiteSpace = value;
    else if (facet.local !== 'annotation') isKnown = false;
  }
  return {
    name,
    whiteSpace,
    minLength,
    maxLength,
    patterns: patterns.length === 0 ? derived.patterns : [...derived.patterns, patterns],
    enumerations: enumeration.length === 0 ? derived.enumerations : [...derived.enumerations, enumeration],
    isKnown,
    check: own ?? derived.check,
  };
}

function readCheck(name: string, element: XmlElement): StandardCheck | undefined {
  const found = childrenNamed(element, 'annotation', XS).flatMap((annotation) => [...descendants(annotation)]).filter(({ local, namespace }) => local === 'check' && namespace === STANDARD_NAMESPACE);
  const [check, second] = found;
  if (check === undefined) return undefined;
  const kind = attributeOf(check, 'kind');
  const severity = attributeOf(check, 'severity') ?? 'refuse';
  const list = attributeOf(check, 'list');
  if (second === undefined && (kind === 'day' || kind === 'month' || kind === 'birth')) return { kind };
  if (second === undefined && kind === 'code' && list !== undefined && (severity === 'refuse' || severity === 'warn')) return { kind, list, severity };
  throw new Error(`type ${name}: its std:check is none that the standard has`);
}

function attributeOf(element: XmlElement, name: string): string | undefined {
  return element.attributes.find(({ local, namespace }) => local === name && namespace === '')?.value;
}
