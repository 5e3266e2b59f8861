// Which records the engine gets to see at a time. It needs time quadratic in the errors among siblings, so records go to it in groups, each
// with the frame around them; one record of every list is always there, because a list without any would be an error of ours.
import { isListed } from './schema-model.ts';
import type { SchemaNode, Visible } from './schema-tree.ts';

const RECORDS_AT_ONCE = 200;

/** What is visible in each group; at least one group, which is the document itself when it has no list. */
export function* groupsOf<E>(root: SchemaNode<E>): Generator<Visible<E>> {
  const frames = new Map<SchemaNode<E>, readonly SchemaNode<E>[]>();
  const frameOf = (node: SchemaNode<E>): readonly SchemaNode<E>[] => {
    const known = frames.get(node) ?? frame(node);
    frames.set(node, known);
    return known;
  };
  const records = recordsBelow(root);
  for (let from = 0; from === 0 || from < records.length; from += RECORDS_AT_ONCE) {
    const shown = shownWith(records.slice(from, from + RECORDS_AT_ONCE));
    const visible = new Map<SchemaNode<E>, readonly SchemaNode<E>[]>();
    yield (node) => {
      const known = visible.get(node) ?? together(frameOf(node), shown.get(node));
      visible.set(node, known);
      return known;
    };
  }
}

function recordsBelow<E>(node: SchemaNode<E>, found: SchemaNode<E>[] = []): readonly SchemaNode<E>[] {
  for (const child of node.children) {
    if (isListed(child.model)) found.push(child);
    recordsBelow(child, found);
  }
  return found;
}

/** By parent: the records of a group, and the records that they are in. */
function shownWith<E>(group: readonly SchemaNode<E>[]): ReadonlyMap<SchemaNode<E>, ReadonlySet<SchemaNode<E>>> {
  const shown = new Map<SchemaNode<E>, Set<SchemaNode<E>>>();
  for (const record of group) {
    for (let node = record; node.parent !== undefined; node = node.parent) {
      if (!isListed(node.model)) continue;
      const among: Set<SchemaNode<E>> = shown.get(node.parent) ?? new Set();
      if (among.has(node)) break;
      shown.set(node.parent, among.add(node));
    }
  }
  return shown;
}

/** The children that are no records, and the first record of every list. */
function frame<E>(node: SchemaNode<E>): readonly SchemaNode<E>[] {
  const lists = new Set<string>();
  return node.children.filter(({ name, model }) => {
    if (!isListed(model)) return true;
    const isFirst = !lists.has(name);
    lists.add(name);
    return isFirst;
  });
}

function together<E>(frameNodes: readonly SchemaNode<E>[], records: ReadonlySet<SchemaNode<E>> | undefined): readonly SchemaNode<E>[] {
  if (records === undefined) return frameNodes;
  return [...new Set([...frameNodes, ...records])].sort((a, b) => a.order - b.order);
}
