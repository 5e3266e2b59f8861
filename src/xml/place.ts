// Where an element is, in the words a person can use: XPath, line and column.
import type { Place } from '../errors/outcomes.ts';
import { childElements, pathTo } from './document.ts';
import type { XmlElement } from './document.ts';
import { positionAt } from './faults.ts';

/** Place of `element` in the tree under `root`, whose offsets point into `bytes`. */
export function placeOf(bytes: Buffer, root: XmlElement, element: XmlElement): Place {
  return { xpath: xpathOf(root, element), ...positionAt(bytes, element.start) };
}

/** An XPath with a position wherever a sibling has the same name; elements in a namespace by local name. */
function xpathOf(root: XmlElement, element: XmlElement): string {
  const path = pathTo(root, element);
  return path.map((step, depth) => `/${stepOf(path[depth - 1], step)}`).join('');
}

function stepOf(parent: XmlElement | undefined, element: XmlElement): string {
  const name = element.namespace === '' ? element.local : `*[local-name()="${element.local}"]`;
  const position = parent && positionsUnder(parent).get(element);
  return position === undefined ? name : `${name}[${position}]`;
}

/** Counted once for a parent, however many of its children have findings. */
const positions = new WeakMap<XmlElement, ReadonlyMap<XmlElement, number>>();

/** The position, from 1, of each child element among those of its name; only of those that have such a sibling. */
function positionsUnder(parent: XmlElement): ReadonlyMap<XmlElement, number> {
  const known = positions.get(parent);
  if (known !== undefined) return known;
  const groups = groupByName(childElements(parent));
  const counted = new Map([...groups.values()].filter(({ length }) => length > 1).flatMap((alike) => alike.map((child, index) => [child, index + 1] as const)));
  positions.set(parent, counted);
  return counted;
}

function groupByName(elements: readonly XmlElement[]): ReadonlyMap<string, XmlElement[]> {
  const groups = new Map<string, XmlElement[]>();
  for (const element of elements) {
    const key = `${element.namespace}\n${element.local}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [element]);
    else group.push(element);
  }
  return groups;
}
