// The Merkle tree of RFC 9162 §2.1 over SHA-256: growing it, proving and checking that an entry is in it and that one tree begins with another.
// Trees hold up to 2^53 entries. Complete subtrees are nodes: level 0 are leaves, node (l, i) spans the entries from i·2^l up to (i + 1)·2^l.
// Pure: what is stored is read and given by the caller.
import { hash as digest } from 'node:crypto';

export const HASH_OCTETS = 32;
const LEAF = Buffer.from([0]);
const INNER = Buffer.from([1]);

export type Hash = Buffer;

export interface Node {
  readonly level: number;
  readonly index: number;
}

/** The nodes that a tree consists of, from the largest to the smallest: as many as its size has ones in binary (its compact range). */
export interface TreeHead {
  readonly size: number;
  readonly edge: readonly Hash[];
}

export const emptyTree: TreeHead = { size: 0, edge: [] };

function sha256(octets: Buffer): Hash {
  return digest('sha256', octets, 'buffer');
}

export function leafHash(entry: Uint8Array): Hash {
  return sha256(Buffer.concat([LEAF, entry]));
}

export function innerHash(left: Uint8Array, right: Uint8Array): Hash {
  return sha256(Buffer.concat([INNER, left, right]));
}

export function rootOf({ edge }: TreeHead): Hash {
  return edge.length === 0 ? sha256(Buffer.alloc(0)) : folded(edge);
}

/** Hashes of complete subtrees, each smaller than the one before, as the tree over all of their entries. */
function folded(hashes: readonly Hash[]): Hash {
  const last = hashes.at(-1);
  if (last === undefined) throw new Error('nothing to hash');
  return hashes.slice(0, -1).reduceRight<Hash>((right, left) => innerHash(left, right), last);
}

/** Gives the hash of a complete subtree; @throws Error when it is not at hand. */
export type NodeReader = (node: Node) => Hash;

export interface Growth {
  readonly head: TreeHead;
  /** Every node that is now complete and was not before, in the order in which they became so; leaves included. */
  readonly completed: readonly (Node & { readonly hash: Hash })[];
}

export function grow({ size, edge }: TreeHead, leaves: readonly Hash[]): Growth {
  const stack = [...edge];
  const completed: (Node & { hash: Hash })[] = [];
  leaves.forEach((leaf, added) => {
    let node = { level: 0, index: size + added, hash: leaf };
    completed.push(node);
    while (node.index % 2 === 1) {
      const left = stack.pop();
      if (left === undefined) throw new Error('the edge does not belong to the size');
      node = { level: node.level + 1, index: (node.index - 1) / 2, hash: innerHash(left, node.hash) };
      completed.push(node);
    }
    stack.push(node.hash);
  });
  return { head: { size: size + leaves.length, edge: stack }, completed };
}

/** Of a tree and of what it grew by: everything that proofs of the new entries in the new tree need. */
export function readerOf(before: TreeHead, { completed }: Growth): NodeReader {
  const hashes = new Map(completed.map(({ level, index, hash }) => [`${level}/${index}`, hash]));
  nodesOf(0, before.size).forEach(({ level, index }, place) => {
    const hash = before.edge[place];
    if (hash !== undefined) hashes.set(`${level}/${index}`, hash);
  });
  return ({ level, index }) => {
    const hash = hashes.get(`${level}/${index}`);
    if (hash === undefined) throw new Error(`node ${level}/${index} is not at hand`);
    return hash;
  };
}

/** The entries from `start` up to `end`; as subtrees come in proofs, `start` is a multiple of a power of two not smaller than the rest. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** A range as complete subtrees, from left to right. */
export function nodesOf(start: number, end: number): Node[] {
  const nodes: Node[] = [];
  for (let from = start; from < end;) {
    const span = powerUpTo(end - from);
    nodes.push({ level: Math.log2(span), index: from / span });
    from += span;
  }
  return nodes;
}

/** The largest power of two that is not larger. */
function powerUpTo(count: number): number {
  let power = 1;
  while (power * 2 <= count) power *= 2;
  return power;
}

/** RFC 9162 §2.1.3.1: ranges whose hashes are the inclusion path, from the leaf's sibling up. */
function inclusionRanges(index: number, size: number): Range[] {
  const ranges: Range[] = [];
  for (let start = 0, end = size; end - start > 1;) {
    const middle = start + powerUpTo(end - start - 1);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}

/** RFC 9162 §2.1.4.1, of trees that are not empty. */
function consistencyRanges(first: number, second: number): Range[] {
  const ranges: Range[] = [];
  let [start, end, isWhole] = [0, second, true];
  while (end !== first) {
    const middle = start + powerUpTo(end - start - 1);
    if (first <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
      isWhole = false;
    }
  }
  if (!isWhole) ranges.push({ start, end });
  return ranges.reverse();
}

/** What has to be read for the proof that the entry is in the tree of that size. */
export function inclusionNodes(index: number, size: number): Node[] {
  return inclusionRanges(index, size).flatMap(({ start, end }) => nodesOf(start, end));
}

export function consistencyNodes(first: number, second: number): Node[] {
  return first === 0 ? [] : consistencyRanges(first, second).flatMap(({ start, end }) => nodesOf(start, end));
}

/** From the leaf's sibling up to the root's child. */
export function inclusionProof(index: number, size: number, read: NodeReader): Hash[] {
  if (!(index >= 0 && index < size)) throw new Error(`there is no entry ${index} in a tree of ${size}`);
  return inclusionRanges(index, size).map(({ start, end }) => folded(nodesOf(start, end).map(read)));
}

/** Empty from the empty tree, and from a tree to itself. */
export function consistencyProof(first: number, second: number, read: NodeReader): Hash[] {
  if (!(first >= 0 && first <= second)) throw new Error(`a tree of ${second} does not begin with one of ${first}`);
  return first === 0 ? [] : consistencyRanges(first, second).map(({ start, end }) => folded(nodesOf(start, end).map(read)));
}

/** RFC 9162 §2.1.3.2: whether the leaf is at that place in the tree with that root. */
export function isIncluded(leaf: Hash, index: number, size: number, proof: readonly Hash[], root: Hash): boolean {
  if (!isCount(index) || !isCount(size) || index >= size || !proof.every(isHash)) return false;
  let [place, last, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      hash = innerHash(sibling, hash);
      while (place % 2 === 0 && place !== 0) [place, last] = [place / 2, Math.floor(last / 2)];
    } else {
      hash = innerHash(hash, sibling);
    }
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  return last === 0 && hash.equals(root);
}

/** RFC 9162 §2.1.4.2: whether the tree of the first root is the beginning of that of the second. */
export function isConsistent(first: number, second: number, proof: readonly Hash[], firstRoot: Hash, secondRoot: Hash): boolean {
  if (!isCount(first) || !isCount(second) || first > second || !proof.every(isHash)) return false;
  if (first === second) return proof.length === 0 && firstRoot.equals(secondRoot);
  if (first === 0) return proof.length === 0 && firstRoot.equals(rootOf(emptyTree));
  // The logarithm is rounded: above 2^48 it takes neighbours of a power of two for one.
  const path = powerUpTo(first) === first ? [firstRoot, ...proof] : proof;
  const [start] = path;
  if (start === undefined) return false;
  let [place, last] = [first - 1, second - 1];
  while (place % 2 === 1) [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  let [older, newer] = [start, start];
  for (const hash of path.slice(1)) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      older = innerHash(hash, older);
      newer = innerHash(hash, newer);
      while (place % 2 === 0 && place !== 0) [place, last] = [place / 2, Math.floor(last / 2)];
    } else {
      newer = innerHash(newer, hash);
    }
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  return last === 0 && older.equals(firstRoot) && newer.equals(secondRoot);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isHash(value: Uint8Array): boolean {
  return value.length === HASH_OCTETS;
}
