// Says what is wrong with a schema file and the sample beside it: the style that renditions, the reference and the checks of the standard rely
// on (schemas/README.md). Returns sentences, none when all is well; knows nothing of where files lie.
import { ParseOption, XmlDocument, XmlElement, XmlValidateError, XsdValidator } from 'libxml2-wasm';
import type { XmlNode } from 'libxml2-wasm';

import { parseDay } from '../../src/standard/time.ts';

const NAMESPACES = { xs: 'http://www.w3.org/2001/XMLSchema', std: 'urn:ivan-gateway:standard' };
const LONGEST_LABEL = 60;
/** How a legal text is named: what a source of confidence L must do, because such an element is ours and needs its ground. */
const LEGAL = /QĐ|NĐ|TT |Luật|Nghị|TB-BHXH|KH-BHXH|CV /;
const FORBIDDEN = '//xs:any|//xs:anyAttribute|//xs:attribute|//xs:include|//xs:import|//xs:redefine|//xs:choice|//xs:group|//xs:schema/xs:complexType|//xs:element/@ref';

export type CodeLists = ReadonlyMap<string, ReadonlySet<string>>;

/** Everything wrong with the schema and with its sample. */
export function styleProblems(xsdText: string, sampleText: string, lists: CodeLists): string[] {
  const xsd = XmlDocument.fromString(xsdText);
  const sample = XmlDocument.fromString(sampleText, { option: ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE });
  try {
    const found = [...rootProblems(xsd), ...elements(xsd, '//xs:element').flatMap(elementProblems), ...elements(xsd, '//xs:simpleType').flatMap((type) => typeProblems(type, xsd, lists))];
    return [...found, ...acceptance(xsd, sample), ...sampleProblems(xsd, sample, lists)];
  } finally {
    sample.dispose();
    xsd.dispose();
  }
}

function rootProblems(xsd: XmlDocument): string[] {
  const strange = elements(xsd, FORBIDDEN).map((node) => `${node.name} is outside the style`);
  const missing = ['vi', 'en'].filter((language) => documentation(xsd.root, language) === '').map((language) => `the schema says nothing in ${language}`);
  const roots = elements(xsd, '/xs:schema/xs:element').length;
  return [...strange, ...missing, ...(roots === 1 ? [] : [`${roots} root elements`])];
}

function elementProblems(element: XmlElement): string[] {
  const name = attribute(element, 'name');
  const problems = labelProblems(element, name);
  const [source] = below(element, 'xs:annotation/xs:appinfo/std:source');
  const confidence = source === undefined ? '' : attribute(source, 'confidence');
  if (source === undefined || source.content.trim() === '') problems.push(`${name} names no source`);
  else if (!/^[ABCL]$/.test(confidence)) problems.push(`${name} has confidence "${confidence}"`);
  else if (confidence === 'L' && !LEGAL.test(source.content)) problems.push(`${name} is ours without a legal text`);
  const units = below(element, 'xs:annotation/xs:appinfo/std:unit');
  if (units.some((unit) => unit.content.trim() === '')) problems.push(`${name} has an empty unit`);
  return problems;
}

function labelProblems(element: XmlElement, name: string): string[] {
  return ['vi', 'en'].flatMap((language) => {
    const label = labelOf(documentation(element, language));
    if (label === '') return [`${name} says nothing in ${language}`];
    return label.length > LONGEST_LABEL ? [`${name} has a label of ${label.length} characters in ${language}`] : [];
  });
}

/** The first sentence, without its full stop. */
export function labelOf(text: string): string {
  return (/^(.*?)(?:\.\s|\.$|$)/.exec(text.trim())?.[1] ?? '').trim();
}

function typeProblems(type: XmlElement, xsd: XmlDocument, lists: CodeLists): string[] {
  const name = attribute(type, 'name');
  const silent = ['vi', 'en'].filter((language) => documentation(type, language) === '').map((language) => `type ${name} says nothing in ${language}`);
  const unused = elements(xsd, `//xs:element[@type="${name}"]`).length === 0 ? [`type ${name} is not used`] : [];
  return [...silent, ...unused, ...checksOf(type).flatMap((check) => checkProblems(check, name, lists))];
}

function checkProblems(check: XmlElement, type: string, lists: CodeLists): string[] {
  const kind = attribute(check, 'kind');
  if (['day', 'month', 'birth'].includes(kind)) return [];
  if (kind !== 'code') return [`type ${type} has the unknown check "${kind}"`];
  const list = attribute(check, 'list');
  const severity = attribute(check, 'severity');
  return [
    ...(lists.has(list) ? [] : [`type ${type} wants the unknown list "${list}"`]),
    ...(['refuse', 'warn'].includes(severity) ? [] : [`type ${type} has the severity "${severity}"`]),
  ];
}

function acceptance(xsd: XmlDocument, sample: XmlDocument): string[] {
  const validator = XsdValidator.fromDoc(xsd);
  try {
    validator.validate(sample);
    return [];
  } catch (error) {
    if (error instanceof XmlValidateError) return error.details.map(({ message }) => `sample: ${message.trim()}`);
    throw error;
  } finally {
    validator.dispose();
  }
}

/** What the checks would say of the sample: it must pass them too, or no dossier around it is accepted. */
function sampleProblems(xsd: XmlDocument, sample: XmlDocument, lists: CodeLists): string[] {
  const types = new Map(elements(xsd, '//xs:simpleType').map((type) => [attribute(type, 'name'), checksOf(type)]));
  const walk = (declaration: XmlElement, element: XmlElement): string[] => {
    const checks = types.get(attribute(declaration, 'type')) ?? [];
    const value = element.content.trim();
    const wrong = value === '' ? [] : checks.filter((check) => !passes(check, value, lists)).map(() => `sample: ${element.name} "${value}" fails its check`);
    const children = below(declaration, 'xs:complexType/*/xs:element').flatMap((child) => below(element, attribute(child, 'name')).map((node): readonly [XmlElement, XmlElement] => [child, node]));
    return [...wrong, ...children.flatMap(([child, node]) => walk(child, node))];
  };
  return elements(xsd, '/xs:schema/xs:element').flatMap((declaration) => walk(declaration, sample.root));
}

function passes(check: XmlElement, value: string, lists: CodeLists): boolean {
  const kind = attribute(check, 'kind');
  if (kind === 'code') return lists.get(attribute(check, 'list'))?.has(value) ?? false;
  if (kind === 'day') return parseDay(value) !== undefined;
  if (kind === 'month') return /^(?:0[1-9]|1[0-2])\/(?:199[5-9]|20\d\d|2100)$/.test(value);
  return parseDay(value.length === 10 ? value : value.length === 7 ? `01/${value}` : `01/01/${value}`) !== undefined;
}

function checksOf(type: XmlElement): XmlElement[] {
  return below(type, 'xs:annotation/xs:appinfo/std:check');
}

function documentation(node: XmlElement, language: string): string {
  const [text] = below(node, `xs:annotation/xs:documentation[@xml:lang="${language}"]`);
  return text?.content.trim() ?? '';
}

function elements(document: XmlDocument, xpath: string): XmlElement[] {
  return document.find(xpath, NAMESPACES).filter(isElement);
}

function below(node: XmlNode, xpath: string): XmlElement[] {
  return node.find(xpath, NAMESPACES).filter(isElement);
}

function attribute(element: XmlElement, name: string): string {
  return element.attr(name)?.value ?? '';
}

function isElement(node: XmlNode): node is XmlElement {
  return node instanceof XmlElement;
}
