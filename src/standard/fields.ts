// Reading single fields of a signed document: the one child of a name, and its text with the element it came from, so that a finding can say where it
// stands. What is missing or repeated is no field: nobody can say which is meant, and the schema reports it.
import type { Content } from '../signature/verify.ts';
import { childElements, childrenNamed } from '../xml/document.ts';
import type { XmlElement } from '../xml/document.ts';
import { textOf, trimWhitespace } from '../xml/text.ts';

export interface Field {
  readonly text: string;
  readonly element: XmlElement;
}

/** The one child with this name; none when there are several. */
export function onlyChild(parent: XmlElement | undefined, name: string): XmlElement | undefined {
  if (parent === undefined) return undefined;
  const [child, second] = childrenNamed(parent, name);
  return second === undefined ? child : undefined;
}

/** None of an element with children of its own. */
export function fieldOf(content: Content, element: XmlElement | undefined): Field | undefined {
  if (element === undefined || childElements(element).length > 0) return undefined;
  return { text: trimWhitespace(textOf(content.document, element)), element };
}
