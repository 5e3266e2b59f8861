// What a schema says of its form, element by element, for people and programs that fill it in: read from the XSD's own annotations and types
// (schemas/README.md says how they are written). It explains and never judges; what it does not know of XSD it leaves out.
import { childElements, childrenNamed, descendants } from '../../xml/document.ts';
import type { XmlDocument, XmlElement } from '../../xml/document.ts';
import { parse } from '../../xml/parse.ts';
import { textOf } from '../../xml/text.ts';

const XS = 'http://www.w3.org/2001/XMLSchema';
const STD = 'urn:ivan-gateway:standard';
const FACETS = ['pattern', 'length', 'minLength', 'maxLength', 'minInclusive', 'maxInclusive', 'totalDigits', 'fractionDigits'] as const;

/** Empty texts stand for what the schema does not say. */
export interface Described {
  readonly labelVi: string;
  readonly labelEn: string;
  /** What the documentation says after its first sentence. */
  readonly noteVi: string;
  readonly noteEn: string;
}

export interface ElementReference extends Described {
  /** Names from the root with slashes. */
  readonly path: string;
  readonly required: boolean;
  /** How often at most, when it may repeat: a number, or `unbounded`. */
  readonly repeats: string;
  /** Name of the simple type, '' for an element with elements. */
  readonly type: string;
  readonly base: string;
  /** The type's own facets, e.g. `pattern`. */
  readonly facets: Readonly<Record<string, string>>;
  readonly values: readonly string[];
  /** What is checked beyond the schema, e.g. `kind: code`, `list: labourChange`. */
  readonly check: Readonly<Record<string, string>>;
  readonly unit: string;
  readonly source: string;
  readonly confidence: string;
}

export interface SchemaReference {
  readonly documentation: { readonly vi: string; readonly en: string };
  readonly elements: readonly ElementReference[];
  readonly types: readonly TypeReference[];
}

export interface TypeReference extends Described {
  readonly name: string;
  readonly base: string;
  readonly facets: Readonly<Record<string, string>>;
  readonly values: readonly string[];
  readonly check: Readonly<Record<string, string>>;
}

/** @throws Refusal when the octets are no XML. */
export function readSchemaReference(xsd: Uint8Array): SchemaReference {
  const document = parse(Buffer.from(xsd));
  const types = new Map(childrenNamed(document.root, 'simpleType', XS).map((type) => [attribute(type, 'name'), readType(document, type)]));
  return {
    documentation: documentationOf(document, document.root),
    elements: childrenNamed(document.root, 'element', XS).flatMap((element) => [...readElements(document, element, '', types)]),
    types: [...types.values()],
  };
}

function* readElements(document: XmlDocument, element: XmlElement, above: string, types: ReadonlyMap<string, TypeReference>): Iterable<ElementReference> {
  const path = `${above}${attribute(element, 'name')}`;
  const [own] = childrenNamed(element, 'simpleType', XS);
  const type = own === undefined ? types.get(attribute(element, 'type')) : readType(document, own);
  const most = attribute(element, 'maxOccurs');
  const source = standardNote(element, 'source');
  yield {
    path,
    ...describedOf(documentationOf(document, element)),
    required: attribute(element, 'minOccurs') !== '0',
    repeats: most === '' || most === '1' ? '' : most,
    type: attribute(element, 'type'),
    base: type?.base ?? '',
    facets: type?.facets ?? {},
    values: type?.values ?? [],
    check: type?.check ?? {},
    unit: textAt(document, standardNote(element, 'unit')),
    source: textAt(document, source),
    confidence: source === undefined ? '' : attribute(source, 'confidence'),
  };
  const [structure] = childrenNamed(element, 'complexType', XS);
  const children = structure === undefined ? [] : childElements(structure).flatMap((group) => childrenNamed(group, 'element', XS));
  for (const child of children) yield* readElements(document, child, `${path}/`, types);
}

function readType(document: XmlDocument, type: XmlElement): TypeReference {
  const [restriction] = childrenNamed(type, 'restriction', XS);
  const check = standardNote(type, 'check');
  const facetsOf = (name: string): string[] => (restriction === undefined ? [] : childrenNamed(restriction, name, XS).map((facet) => attribute(facet, 'value')));
  return {
    name: attribute(type, 'name'),
    ...describedOf(documentationOf(document, type)),
    base: restriction === undefined ? '' : attribute(restriction, 'base'),
    facets: Object.fromEntries(FACETS.flatMap((name) => facetsOf(name).map((value) => [name, value]))),
    values: facetsOf('enumeration'),
    check: check === undefined ? {} : Object.fromEntries(check.attributes.map(({ local, value }) => [local, value])),
  };
}

/** The first sentence is the label. */
function describedOf({ vi, en }: { readonly vi: string; readonly en: string }): Described {
  const [labelVi, noteVi] = firstSentence(vi);
  const [labelEn, noteEn] = firstSentence(en);
  return { labelVi, labelEn, noteVi, noteEn };
}

function firstSentence(text: string): readonly [first: string, rest: string] {
  const end = /\.(?:\s|$)/.exec(text)?.index ?? text.length;
  return [text.slice(0, end), text.slice(end + 1).trim()];
}

/** Documentation without a language is English. */
function documentationOf(document: XmlDocument, element: XmlElement): { readonly vi: string; readonly en: string } {
  const written = childrenNamed(element, 'annotation', XS).flatMap((annotation) => childrenNamed(annotation, 'documentation', XS));
  const inLanguage = (wanted: string): string => written
    .filter((text) => (text.attributes.find(({ prefix, local }) => prefix === 'xml' && local === 'lang')?.value ?? 'en') === wanted)
    .map((text) => textAt(document, text))
    .join(' ');
  return { vi: inLanguage('vi'), en: inLanguage('en') };
}

function standardNote(element: XmlElement, local: string): XmlElement | undefined {
  return childrenNamed(element, 'annotation', XS)
    .flatMap((annotation) => [...descendants(annotation)])
    .find((note) => note.local === local && note.namespace === STD);
}

function textAt(document: XmlDocument, element: XmlElement | undefined): string {
  return element === undefined ? '' : textOf(document, element).replace(/\s+/g, ' ').trim();
}

function attribute(element: XmlElement, name: string): string {
  return element.attributes.find(({ prefix, local }) => prefix === '' && local === name)?.value ?? '';
}
