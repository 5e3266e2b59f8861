// That entries are in the log, from what the store keeps of it: leaves, and the nodes of whole tiles. All proofs of one call are made of one statement's rows.
import { entryOctets } from '../log/entry.ts';
import { inclusionNodes, inclusionProof, innerHash, leafHash } from '../log/merkle.ts';
import type { Hash, Node, NodeReader } from '../log/merkle.ts';
import type { Query } from '../store/database.ts';
import { listNodeRuns } from '../store/log-nodes.ts';
import type { NodeRun, StoredNode } from '../store/log-nodes.ts';

/** Levels between those that are kept. */
const TILE_HEIGHT = 8;

/** For the entries at these places, in their order: the path from each to the root of the tree of that size. @throws Error when the store lacks a node. */
export async function proofsOf(query: Query, entries: readonly { readonly position: number }[], size: number): Promise<(readonly Hash[])[]> {
  const read = await readNodes(query, entries.flatMap(({ position }) => inclusionNodes(position, size)));
  return entries.map(({ position }) => inclusionProof(position, size, read));
}

/** A reader of these nodes, which may be any that are complete. */
export async function readNodes(query: Query, nodes: readonly Node[]): Promise<NodeReader> {
  const runs = new Map(nodes.map(runOf).map((run) => [`${run.level}/${run.first}/${run.count}`, run]));
  const hashes = new Map((runs.size === 0 ? [] : await listNodeRuns(query, [...runs.values()])).map((node) => [nameOf(node), hashOf(node)]));
  const read = (node: Node): Hash => {
    const known = hashes.get(nameOf(node));
    if (known !== undefined) return known;
    if (node.level % TILE_HEIGHT === 0) throw new Error(`the log has no node ${nameOf(node)}`);
    const hash = innerHash(read({ level: node.level - 1, index: 2 * node.index }), read({ level: node.level - 1, index: 2 * node.index + 1 }));
    hashes.set(nameOf(node), hash);
    return hash;
  };
  return read;
}

/** The kept hashes that the node is made of. */
function runOf({ level, index }: Node): NodeRun {
  const count = 2 ** (level % TILE_HEIGHT);
  return { level: level - (level % TILE_HEIGHT), first: index * count, count };
}

function hashOf(node: StoredNode): Hash {
  return node.kind === null ? node.hash : leafHash(entryOctets(node.kind, node.commitment));
}

function nameOf({ level, index }: Node): string {
  return `${level}/${index}`;
}
