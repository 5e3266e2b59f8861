// Children of XAdES elements by name (ETSI EN 319 132-1 annex; XMLSchema of 01903v132): each once unless it may repeat, in its namespace, and
// nothing of XAdES that the schema does not name there. What other namespaces add is returned apart, because the schema leaves room for it.
import { childElements } from '../xml/document.ts';
import type { XmlElement } from '../xml/document.ts';
import type { RefuseAt } from './shape.ts';

export const XADES = 'http://uri.etsi.org/01903/v1.3.2#';

export interface Children {
  /** The only child of this name. */
  readonly one: (local: string) => XmlElement | undefined;
  readonly all: (local: string) => readonly XmlElement[];
  /** Those in other namespaces. */
  readonly foreign: readonly XmlElement[];
}

export interface ChildNames {
  readonly once?: readonly string[];
  readonly repeated?: readonly string[];
  /** May elements of other namespaces stand here? */
  readonly open?: boolean;
}

export function isXades(element: XmlElement | undefined, local: string): element is XmlElement {
  return element?.local === local && element.namespace === XADES;
}

export function readChildren(parent: XmlElement, { once = [], repeated = [], open = false }: ChildNames, refuseAt: RefuseAt): Children {
  const groups = new Map<string, XmlElement[]>([...once, ...repeated].map((local) => [local, []]));
  const foreign: XmlElement[] = [];
  for (const child of childElements(parent)) {
    const group = child.namespace === XADES ? groups.get(child.local) : undefined;
    if (group !== undefined && (group.length === 0 || repeated.includes(child.local))) group.push(child);
    else if (open && child.namespace !== XADES) foreign.push(child);
    else refuseAt('XADES_FORMAT', child, { reason: 'XADES_CHILDREN' });
  }
  const all = (local: string): readonly XmlElement[] => groups.get(local) ?? [];
  return { all, one: (local) => all(local)[0], foreign };
}
