// Which children each element of a form may and must have, read from the form's own XSD. The engine stops at the first wrong child
// and names at most ten expected ones, optional or not; with this, all wrong and all missing children are named at once. The engine decides,
// this explains. It knows only the XSD style of `schemas/` (see its README) and refuses to load any other.
import type { XmlDocument, XmlElement, XmlNode } from 'libxml2-wasm';

const NAMESPACES = { xs: 'http://www.w3.org/2001/XMLSchema' };
const FORBIDDEN = '//xs:any|//xs:anyAttribute|//xs:attribute|//xs:include|//xs:import|//xs:redefine|//xs:choice|//xs:schema/xs:complexType';

export interface ChildRule {
  readonly required: boolean;
  /** Largest number of occurrences, Infinity when unbounded. */
  readonly most: number;
}

export interface ContentModel {
  /** Element name → child name → rule; elements with text only have no entry. */
  readonly children: ReadonlyMap<string, ReadonlyMap<string, ChildRule>>;
  /** Names from the root to the one element whose children may be any number: the list of records. */
  readonly listPath: readonly string[];
}

/** @throws Error when the XSD leaves the style of `schemas/`. */
export function readModel(xsd: XmlDocument): ContentModel {
  if (xsd.find(FORBIDDEN, NAMESPACES).length > 0) throw new Error('the schema uses a construct that this program does not explain');
  const children = new Map<string, ReadonlyMap<string, ChildRule>>();
  const lists: string[][] = [];
  for (const declaration of xsd.find('//xs:element[xs:complexType]', NAMESPACES)) {
    const name = attributeOf(declaration, 'name') ?? '';
    if (children.has(name)) throw new Error(`the schema declares ${name} twice`);
    const rules = readRules(declaration);
    children.set(name, rules);
    if ([...rules.values()].some((rule) => rule.most === Infinity)) lists.push(pathOf(declaration));
  }
  const [listPath, ...others] = lists;
  if (listPath === undefined || others.length > 0) throw new Error('the schema does not have exactly one unbounded list');
  return { children, listPath };
}

function readRules(declaration: XmlNode): ReadonlyMap<string, ChildRule> {
  const declared = findBelow(declaration, 'xs:complexType/*/xs:element');
  return new Map(declared.map((child) => [attributeOf(child, 'name') ?? '', ruleOf(child)]));
}

function ruleOf(child: XmlNode): ChildRule {
  const most = attributeOf(child, 'maxOccurs') ?? '1';
  return { required: attributeOf(child, 'minOccurs') !== '0', most: most === 'unbounded' ? Infinity : Number(most) };
}

function pathOf(declaration: XmlNode): string[] {
  return findBelow(declaration, 'ancestor-or-self::xs:element').map((element) => attributeOf(element, 'name') ?? '');
}

function findBelow(node: XmlNode, xpath: string): XmlNode[] {
  return node.find(xpath, NAMESPACES);
}

function attributeOf(node: XmlNode, name: string): string | undefined {
  return isElement(node) ? node.attr(name)?.value : undefined;
}

function isElement(node: XmlNode): node is XmlElement {
  return 'attr' in node;
}
