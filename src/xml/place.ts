// Where an element is, in the words a person can use: XPath, line and column.
import type { Place } from '../errors/outcomes.ts';
import { childrenNamed, pathTo } from './document.ts';
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
  const alike = parent === undefined ? [] : childrenNamed(parent, element.local, element.namespace);
  return alike.length > 1 ? `${name}[${alike.indexOf(element) + 1}]` : name;
}
