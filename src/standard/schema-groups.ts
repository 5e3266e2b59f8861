// Which records the engine gets to see at a time. It needs time quadratic in the errors among siblings, so records go to it in groups, each
// with the frame around them; as many as there must be are always there, because a list without them would be an error of ours.
import { isUnbounded, leastShown } from './schema-model.ts';
import type { SchemaNode, Visible } from './schema-tree.ts';

const RECORDS_AT_ONCE = 200;

/** What is visible in each group; at least one group, which is the document itself when it has no list. */
export function* groupsOf(root: SchemaNode): Generator<Visible> {
  const frames = new Map<SchemaNode, readonly SchemaNode[]>();
  const frameOf = (node: SchemaNode): readonly SchemaNode[] => {
    const known = frames.get(node) ?? frame(node);
    frames.set(node, known);
    return known;
  };
  const records = recordsBelow(root);
  for (let from = 0; from === 0 || from < records.length; from += RECORDS_AT_ONCE) {
    const shown = shownWith(records.slice(from, from + RECORDS_AT_ONCE));
    const visible = new Map<SchemaNode, readonly SchemaNode[]>();
    yield (node) => {
      const known = visible.get(node) ?? together(frameOf(node), shown.get(node));
      visible.set(node, known);
      return known;
    };
  }
}

function recordsBelow(node: SchemaNode, found: SchemaNode[] = []): readonly SchemaNode[] {
  for (const child of node.children) {
    if (isUnbounded(child.model)) found.push(child);
    recordsBelow(child, found);
  }
  return found;
}

/** By parent: the records of a group, and the records that they are in. */
function shownWith(group: readonly SchemaNode[]): ReadonlyMap<SchemaNode, ReadonlySet<SchemaNode>> {
  const shown = new Map<SchemaNode, Set<SchemaNode>>();
  for (const record of group) {
    for (let node = record; node.parent !== undefined; node = node.parent) {
      if (!isUnbounded(node.model)) continue;
      const among: Set<SchemaNode> = shown.get(node.parent) ?? new Set();
      if (among.has(node)) break;
      shown.set(node.parent, among.add(node));
    }
  }
  return shown;
}

/** The children that are no records, and of every list as many records as there must be. */
function frame(node: SchemaNode): readonly SchemaNode[] {
  const shown = new Map<string, number>();
  return node.children.filter(({ name, model }) => {
    if (!isUnbounded(model)) return true;
    const count = (shown.get(name) ?? 0) + 1;
    shown.set(name, count);
    return count <= leastShown(model);
  });
}

function together(frameNodes: readonly SchemaNode[], records: ReadonlySet<SchemaNode> | undefined): readonly SchemaNode[] {
  if (records === undefined) return frameNodes;
  return [...new Set([...frameNodes, ...records])].sort((a, b) => a.row - b.row);
}
