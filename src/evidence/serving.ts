// The log as others read it: tiles, bundles of entries, proofs and checkpoints, made of stored hashes tile by tile, never of the whole log. A proof that does
// not lead to the signed root is not given.
import { entryOctets } from '../log/entry.ts';
import { consistencyNodes, consistencyProof, inclusionNodes, inclusionProof, isConsistent, isIncluded, leafHash, nodesOf, rootOf } from '../log/merkle.ts';
import type { Hash, Node, NodeReader } from '../log/merkle.ts';
import { noteText, parseLine, parseNote } from '../log/note.ts';
import type { SignedNote } from '../log/note.ts';
import { proofText } from '../log/proof.ts';
import { bundleOf, nodeIn, tileOf } from '../log/tiles.ts';
import type { Tile } from '../log/tiles.ts';
import type { Query } from '../store/database.ts';
import { listNodesFrom } from '../store/log.ts';
import { findServed, listLeaves } from '../store/log-serving.ts';
import type { ServedCheckpoint } from '../store/log-serving.ts';

const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;

/** The tile's hashes; undefined while the log has not so many. */
export async function readTile(query: Query, { level, index, width }: Tile): Promise<Buffer | undefined> {
  const hashes = level === 0 ? (await entriesFrom(query, index, width)).map(leafHash) : await listNodesFrom(query, level * TILE_HEIGHT, index * TILE_WIDTH, width);
  return hashes.length === width ? Buffer.concat(hashes) : undefined;
}

/** The entries of a tile, each with its length before it. */
export async function readBundle(query: Query, { index, width }: Tile): Promise<Buffer | undefined> {
  const entries = await entriesFrom(query, index, width);
  return entries.length === width ? bundleOf(entries) : undefined;
}

async function entriesFrom(query: Query, tile: number, width: number): Promise<Buffer[]> {
  return (await listLeaves(query, tile * TILE_WIDTH, width)).map(({ kind, commitment }) => entryOctets(kind, commitment));
}

/** The checkpoint's note with the lines of its witnesses. */
export function cosignedNote({ note, cosignatures }: Pick<ServedCheckpoint, 'note' | 'cosignatures'>): SignedNote {
  const signed = parseNote(note);
  if (signed === undefined) throw new Error('a stored checkpoint is no signed note');
  const lines = cosignatures.map((text) => parseLine(text) ?? fail('a stored cosignature is none'));
  return { text: signed.text, lines: [...signed.lines, ...lines] };
}

/** That the entry is in the tree of the checkpoint, as C2SP tlog-proof has it; with its salt, for whoever may compute what it commits to. */
export async function proveInclusion(query: Query, checkpoint: ServedCheckpoint, index: number, salt: Buffer | null): Promise<string> {
  const { size, root } = checkpoint;
  const [entry] = await listLeaves(query, index, 1);
  const path = inclusionProof(index, size, await readNodes(query, inclusionNodes(index, size), size));
  if (entry === undefined || !isIncluded(leafHash(entryOctets(entry.kind, entry.commitment)), index, size, path, root)) throw new Error(`what is stored of entry ${index} does not lead to the root of checkpoint ${size}`);
  return proofText({ extra: salt ?? Buffer.alloc(0), index, path, checkpoint: cosignedNote(checkpoint) });
}

/** That the tree of the checkpoint begins with that of the earlier size, as C2SP tlog-witness takes it (`add-checkpoint`). */
export async function proveConsistency(query: Query, from: number, checkpoint: ServedCheckpoint): Promise<string> {
  const { size, root } = checkpoint;
  const read = await readNodes(query, [...consistencyNodes(from, size), ...nodesOf(0, from)], size);
  const path = consistencyProof(from, size, read);
  const before = (await findServed(query, { size: from }))?.root ?? rootOf({ size: from, edge: nodesOf(0, from).map(read) });
  if (!isConsistent(from, size, path, before, root)) throw new Error(`what is stored does not lead from the log of ${from} entries to the root of checkpoint ${size}`);
  return `${[`old ${from}`, ...path.map((hash) => hash.toString('base64'))].join('\n')}\n\n${noteText(cosignedNote(checkpoint))}`;
}

/** Each tile that the nodes are in is read once. */
async function readNodes(query: Query, nodes: readonly Node[], size: number): Promise<NodeReader> {
  const hashes = new Map<string, Hash>();
  const tiles = new Map<string, Buffer>();
  for (const node of nodes) {
    const tile = tileOf(node, size);
    const key = `${tile.level}/${tile.index}`;
    const octets = tiles.get(key) ?? (await readTile(query, tile)) ?? fail(`tile ${key} of the log is not whole`);
    tiles.set(key, octets);
    hashes.set(`${node.level}/${node.index}`, nodeIn(node, octets));
  }
  return ({ level, index }) => hashes.get(`${level}/${index}`) ?? fail(`node ${level}/${index} was not read`);
}

function fail(reason: string): never {
  throw new Error(reason);
}
