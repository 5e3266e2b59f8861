// What an XSD of `schemas/` says of every element of a form, by its path: one name may stand for different structures at different paths.
// The engine stops at the first wrong child and names at most ten expected ones; with this, all wrong and all missing children are named at
// once, and records are found. It knows only the XSD style of `schemas/` (see its README) and refuses to load any other.
import { childElements, childrenNamed } from '../xml/document.ts';
import type { XmlElement } from '../xml/document.ts';
import { parse } from '../xml/parse.ts';
import { readSimpleTypes } from './schema-types.ts';
import type { SimpleType } from './schema-types.ts';

const XS = 'http://www.w3.org/2001/XMLSchema';

export interface ElementModel {
  readonly name: string;
  /** Names below the root, with slashes; '' for the root. */
  readonly path: string;
  readonly least: number;
  /** Infinity when unbounded. */
  readonly most: number;
  /** Absent for an element that holds text. */
  readonly group: 'all' | 'sequence' | undefined;
  /** By name, in the order of the XSD; empty for an element that holds text. */
  readonly children: ReadonlyMap<string, ElementModel>;
  /** Absent for an element that holds elements. */
  readonly type: SimpleType | undefined;
}

export interface FormModel {
  readonly root: ElementModel;
  /** Paths of everything that may be there more than once. */
  readonly lists: readonly string[];
}

/** @throws Error when the XSD leaves the style of `schemas/`. */
export function readModel(xsd: Uint8Array): FormModel {
  const { root: schema } = parse(Buffer.from(xsd));
  if (schema.local !== 'schema' || schema.namespace !== XS) throw new Error('not an XML Schema');
  allowOnly(schema, ['annotation', 'element', 'simpleType'], ['elementFormDefault', 'version', 'id']);
  const [declaration, second] = childrenNamed(schema, 'element', XS);
  if (declaration === undefined || second !== undefined) throw new Error('the schema does not have exactly one root element');
  const types = readSimpleTypes(schema);
  const lists: string[] = [];
  const root = readElement(declaration, [], types, lists);
  return { root, lists };
}

/** May there be more than one of it in its parent? */
export function isListed({ most }: ElementModel): boolean {
  return most > 1;
}

/** How many of it the engine must see, whatever else is left out. */
export function leastShown({ least }: ElementModel): number {
  return Math.max(1, least);
}

/** Any number of it? */
export function isUnbounded(model: ElementModel | undefined): model is ElementModel {
  return model?.most === Infinity;
}

function readElement(declaration: XmlElement, parents: readonly string[], types: ReadonlyMap<string, SimpleType>, lists: string[]): ElementModel {
  allowOnly(declaration, ['annotation', 'complexType'], ['name', 'type', 'minOccurs', 'maxOccurs']);
  const name = attributeOf(declaration, 'name') ?? '';
  const names = [...parents, name];
  const path = names.slice(1).join('/');
  const most = attributeOf(declaration, 'maxOccurs') ?? '1';
  const model = { name, path, least: Number(attributeOf(declaration, 'minOccurs') ?? '1'), most: most === 'unbounded' ? Infinity : Number(most) };
  if (!Number.isInteger(model.least) || !(model.most >= Math.max(1, model.least))) throw new Error(`${path}: so many of it are not used in these schemas`);
  if (model.most > 1) lists.push(path);
  const typeName = attributeOf(declaration, 'type');
  const complex = childrenNamed(declaration, 'complexType', XS)[0];
  if (typeName === undefined && complex !== undefined) return { ...model, type: undefined, ...readContent(complex, names, types, lists) };
  const type = typeName === undefined || complex !== undefined ? undefined : types.get(typeName);
  if (type === undefined) throw new Error(`${path}: type ${typeName ?? ''} is not one of the schema's simple types`);
  return { ...model, type, group: undefined, children: new Map() };
}

function readContent(complex: XmlElement, names: readonly string[], types: ReadonlyMap<string, SimpleType>, lists: string[]): Pick<ElementModel, 'group' | 'children'> {
  allowOnly(complex, ['annotation', 'all', 'sequence'], []);
  const [group, second] = childElements(complex).filter(({ local }) => local !== 'annotation');
  if (group === undefined || second !== undefined) throw new Error(`${names.join('/')}: not exactly one group of elements`);
  allowOnly(group, ['annotation', 'element'], []);
  const children = new Map<string, ElementModel>();
  for (const declaration of childrenNamed(group, 'element', XS)) {
    const child = readElement(declaration, names, types, lists);
    if (children.has(child.name)) throw new Error(`${names.join('/')}: ${child.name} is declared twice`);
    children.set(child.name, child);
  }
  return { group: group.local === 'all' ? 'all' : 'sequence', children };
}

/** What the explanation and the acceptor do not know must not be in the XSD. */
function allowOnly(element: XmlElement, children: readonly string[], attributes: readonly string[]): void {
  const strange = childElements(element).find(({ local, namespace }) => namespace !== XS || !children.includes(local));
  const odd = element.attributes.find(({ local, namespace }) => namespace !== '' || !attributes.includes(local));
  if (strange !== undefined || odd !== undefined) throw new Error(`${attributeOf(element, 'name') ?? element.local}: ${strange?.local ?? odd?.local ?? ''} is not used in these schemas`);
}

function attributeOf(element: XmlElement, name: string): string | undefined {
  return element.attributes.find(({ local, namespace }) => local === name && namespace === '')?.value;
}
