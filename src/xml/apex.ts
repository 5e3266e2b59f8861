// The start tag of a subset's apex in the inclusive forms (Canonical XML §2.4): with every namespace in scope, and with the xml:* attributes of its
// ancestors; its own win. It depends on nothing but the start tags above that say something, and its own; in the documents of one program they
// are the same octets every time, so the last tags made are kept beside the octets they were made of. What is kept is bounded.
import { canonicalTag } from './canonical-tag.ts';
import { ancestorTags } from './exclusive.ts';
import { Bindings } from './namespaces.ts';
import { areOctets } from './runs.ts';
import { readTag } from './tag.ts';
import type { TagAttribute } from './tag.ts';
import { ATTRIBUTED, column, DECLARES, flagsOf, PARENT, START, tagEndOf } from './tree.ts';
import type { Tree } from './tree.ts';

interface Kept {
  readonly version11: boolean;
  /** The octets of the apex's own tag, and of those above it that have attributes or declarations, inside out. */
  readonly tags: readonly Buffer[];
  readonly made: Buffer;
}

const SLOTS = 8;
/** In octets: longer tags are not worth comparing, and would take up room. */
const LONGEST = 512;
const kept: Kept[] = [];
let oldest = 0;

export function apexTag(tree: Tree, row: number, version11: boolean): Buffer {
  for (const one of kept) if (one.version11 === version11 && isMadeOf(one.tags, tree, row)) return one.made;
  const made = Buffer.from(makeApexTag(tree, row, version11));
  const tags = tagsAbove(tree, row);
  if (tags.some(({ length }) => length > LONGEST)) return made;
  kept[oldest] = { version11, tags: tags.map((octets) => Buffer.from(octets)), made };
  oldest = (oldest + 1) % SLOTS;
  return made;
}

function isMadeOf(tags: readonly Buffer[], tree: Tree, row: number): boolean {
  let count = 0;
  for (let at = row; at !== -1; at = column(tree, at, PARENT)) {
    if (at !== row && (flagsOf(tree, at) & (DECLARES | ATTRIBUTED)) === 0) continue;
    const tag = tags[count];
    // A tag that has been read ends with its first `>` outside a value, so one that begins with these octets is these octets.
    if (tag === undefined || !areOctets(tree.bytes, column(tree, at, START), tag)) return false;
    count += 1;
  }
  return count === tags.length;
}

function tagsAbove(tree: Tree, row: number): Buffer[] {
  const tags: Buffer[] = [];
  for (let at = row; at !== -1; at = column(tree, at, PARENT)) {
    if (at === row || (flagsOf(tree, at) & (DECLARES | ATTRIBUTED)) !== 0) tags.push(tree.bytes.subarray(column(tree, at, START), tagEndOf(tree, at)));
  }
  return tags;
}

function makeApexTag(tree: Tree, row: number, version11: boolean): string {
  const bindings = new Bindings(tree.names);
  const inherited = new Map<string, TagAttribute>();
  for (const { attributes } of ancestorTags(tree, row, bindings)) {
    for (const attribute of attributes) if (attribute.prefix === 'xml') inherited.set(attribute.local, attribute);
  }
  // C14N 1.1 §2.4: only these two are inherited as they stand.
  if (version11) for (const local of inherited.keys()) if (local !== 'lang' && local !== 'space') inherited.delete(local);
  const tag = readTag(tree.bytes, column(tree, row, START), bindings, tree.names, row);
  for (const { prefix, local } of tag.attributes) if (prefix === 'xml') inherited.delete(local);
  const declared = bindings.inScope().filter(({ prefix, namespace }) => prefix !== 'xml' && namespace !== 0);
  return canonicalTag(tag, declared, inherited.size === 0 ? tag.attributes : [...tag.attributes, ...inherited.values()], tree.names);
}
