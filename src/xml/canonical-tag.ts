// The canonical octets of a start tag (Canonical XML §2.3): declarations by prefix, then attributes by namespace and name, each after one
// space and in double quotes.
import { compareCodePoints, escapeAttribute } from './escape.ts';
import type { Binding, NamespaceNames } from './namespaces.ts';
import type { StartTag, TagAttribute } from './tag.ts';

/** An empty element is written with its end tag. */
export function canonicalTag(tag: StartTag, declared: readonly Binding[], attributes: readonly TagAttribute[], names: NamespaceNames): string {
  let text = `<${tag.name}`;
  const byPrefix = declared.length < 2 ? declared : declared.toSorted((a, b) => compareCodePoints(a.prefix, b.prefix));
  for (const { prefix, namespace } of byPrefix) text += `${prefix === '' ? ' xmlns' : ` xmlns:${prefix}`}="${escapeAttribute(names.nameOf(namespace))}"`;
  // Attributes in no namespace come first: the name '' is before every other.
  const byName = attributes.length < 2 ? attributes : attributes.toSorted((a, b) => names.compare(a.namespace, b.namespace) || compareCodePoints(a.local, b.local));
  for (const { prefix, local, value } of byName) text += ` ${prefix === '' ? '' : `${prefix}:`}${local}="${escapeAttribute(value)}"`;
  return tag.empty ? `${text}></${tag.name}>` : `${text}>`;
}
