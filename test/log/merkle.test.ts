// Guarantee: proofs show what they should for every tree up to a size, and any change to one of them shows nothing.
import { createHash } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { consistencyNodes, consistencyProof, emptyTree, grow, inclusionNodes, inclusionProof, innerHash, isConsistent, isIncluded, leafHash, readerOf, rootOf } from '../../src/log/merkle.ts';
import type { Hash, NodeReader } from '../../src/log/merkle.ts';
import { bundleOf, nodeIn, parseTilePath, tileOf, tilePath, widthIn } from '../../src/log/tiles.ts';

const entry = (index: number): Buffer => Buffer.from(`entry ${index}`);
const leaves = (count: number): Hash[] => Array.from({ length: count }, (_value, index) => leafHash(entry(index)));

/** RFC 9162 §2.1.1 to the letter: the definition, not the way it is done. */
function rootByDefinition(hashes: readonly Hash[]): Hash {
  const [only] = hashes;
  if (only === undefined) return createHash('sha256').digest();
  if (hashes.length === 1) return only;
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  return innerHash(rootByDefinition(hashes.slice(0, split)), rootByDefinition(hashes.slice(split)));
}

/** Of a tree that grew from nothing. */
function treeOf(size: number): { root: Hash; read: NodeReader } {
  const growth = grow(emptyTree, leaves(size));
  return { root: rootOf(growth.head), read: readerOf(emptyTree, growth) };
}

const MOST = 70;

describe('a tree', () => {
  it('has the root of the definition, however it grew', () => {
    for (let size = 0; size <= MOST; size += 1) {
      for (let before = 0; before <= size; before += 7) {
        const all = leaves(size);
        const { head } = grow(grow(emptyTree, all.slice(0, before)).head, all.slice(before));
        expect(rootOf(head)).toEqual(rootByDefinition(all));
        expect(head.size).toBe(size);
      }
    }
  });

  it('gives the proofs of new entries from its edge and the entries alone', () => {
    for (let before = 0; before <= MOST; before += 1) {
      const all = leaves(before + 5);
      const { head } = grow(emptyTree, all.slice(0, before));
      const growth = grow(head, all.slice(before));
      for (let index = before; index < before + 5; index += 1) {
        const proof = inclusionProof(index, before + 5, readerOf(head, growth));
        expect(isIncluded(all[index] ?? Buffer.alloc(0), index, before + 5, proof, rootOf(growth.head))).toBe(true);
      }
    }
  });
});

describe('an inclusion proof', () => {
  it('holds for its entry at its place in its tree, and for no other', () => {
    const all = leaves(33);
    for (const size of [1, 2, 3, 7, 8, 33]) {
      const { root, read } = treeOf(size);
      for (let index = 0; index < size; index += 1) {
        const proof = inclusionProof(index, size, read);
        const holds = Array.from({ length: size + 1 }, (_value, place) => all.slice(0, size).map((leaf) => isIncluded(leaf, place, size, proof, root)));
        expect(holds.flatMap((places, place) => places.flatMap((is, leaf) => (is ? [[place, leaf]] : [])))).toEqual([[index, index]]);
      }
    }
  });

  it('shows nothing when a hash of it is changed, missing or more', () => {
    const { root, read } = treeOf(37);
    const leaf = leafHash(entry(20));
    const proof = inclusionProof(20, 37, read);
    expect(isIncluded(leaf, 20, 37, proof, root)).toBe(true);
    for (let place = 0; place < proof.length; place += 1) {
      const changed = proof.map((hash, at) => (at === place ? Buffer.from(hash.map((octet, nth) => (nth === 0 ? octet ^ 1 : octet))) : hash));
      expect([changed, proof.toSpliced(place, 1), proof.toSpliced(place, 0, root)].map((wrong) => isIncluded(leaf, 20, 37, wrong, root))).toEqual([false, false, false]);
    }
    expect([-1, 0.5, Number.NaN, 37].map((index) => isIncluded(leaf, index, 37, proof, root))).toEqual([false, false, false, false]);
  });
});

describe('a consistency proof', () => {
  it('holds between any two trees that grew from each other', () => {
    for (let second = 0; second <= 40; second += 1) {
      const { root, read } = treeOf(second);
      for (let first = 0; first <= second; first += 1) {
        const proof = consistencyProof(first, second, read);
        expect(isConsistent(first, second, proof, treeOf(first).root, root)).toBe(true);
      }
    }
  });

  it('holds beside a power of two that a logarithm cannot tell from its neighbours', () => {
    const power = 2 ** 49;
    const [whole, one, two] = ['a', 'b', 'c'].map((text) => leafHash(Buffer.from(text)));
    if (whole === undefined || one === undefined || two === undefined) throw new Error('no hashes');
    // The proof of RFC 9162 §2.1.4.1 from 2^49 + 1 to 2^49 + 2 entries.
    expect(isConsistent(power + 1, power + 2, [one, two, whole], innerHash(whole, one), innerHash(whole, innerHash(one, two)))).toBe(true);
    expect(isConsistent(power, power + 1, [one], whole, innerHash(whole, one))).toBe(true);
  });

  it('does not hold when an earlier entry is another, or when it is changed', () => {
    const [first, second] = [13, 29];
    const forged = leaves(second).with(5, leafHash(Buffer.from('forged')));
    const growth = grow(emptyTree, forged);
    const proof = consistencyProof(first, second, readerOf(emptyTree, growth));
    expect(isConsistent(first, second, proof, treeOf(first).root, rootOf(growth.head))).toBe(false);
    const right = consistencyProof(first, second, treeOf(second).read);
    for (let place = 0; place < right.length; place += 1) {
      expect([right.toSpliced(place, 1), right.toSpliced(place, 0, treeOf(3).root), right.with(place, treeOf(3).root)].map((wrong) => isConsistent(first, second, wrong, treeOf(first).root, treeOf(second).root))).toEqual([false, false, false]);
    }
    expect([isConsistent(second, first, right, treeOf(second).root, treeOf(first).root), isConsistent(13, 13, [], treeOf(13).root, treeOf(14).root), isConsistent(0, 5, [], treeOf(1).root, treeOf(5).root)]).toEqual([false, false, false]);
  });
});

describe('tiles', () => {
  it('hold every node that proofs read, at the place that the specification says', () => {
    const size = 70_000;
    const growth = grow(emptyTree, leaves(size));
    const read = readerOf(emptyTree, growth);
    const tiles = new Map<string, Buffer>();
    const tile = (node: Parameters<NodeReader>[0]): Buffer => {
      const { level, index, width } = tileOf(node, size);
      const key = `${level}/${index}`;
      const octets = tiles.get(key) ?? Buffer.concat(Array.from({ length: width }, (_value, place) => read({ level: level * 8, index: index * 256 + place })));
      tiles.set(key, octets);
      return octets;
    };
    const nodes = [0, 1, 255, 256, 65_535, 65_536, 69_999].flatMap((index) => inclusionNodes(index, size)).concat(consistencyNodes(40_000, size));
    for (const node of nodes) expect(nodeIn(node, tile(node))).toEqual(read(node));
    expect([widthIn(size, 0, 272), widthIn(size, 0, 273), widthIn(size, 1, 0), widthIn(size, 1, 1), widthIn(size, 2, 0), widthIn(size, 0, 274)]).toEqual([256, 112, 256, 17, 1, 0]);
  });

  it('have one name each', () => {
    expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('0/x001/x234/067');
    expect(parseTilePath('0/x001/x234/067')).toEqual({ level: 0, index: 1_234_067, width: 256, kind: 'hashes' });
    expect(parseTilePath('entries/000.p/7')).toEqual({ level: 0, index: 0, width: 7, kind: 'entries' });
    expect(['0/67', '00/067', '0/x000/067', '0/067.p/0', '0/067.p/256', '0/067.p/07', '64/000', '0/067/', '', 'entries', '0/x1/000', '../000', '0/000.p/257', 'entries/000.p/999'].map((path) => parseTilePath(path))).toEqual(Array(14).fill(undefined));
  });

  it('of entries say where each ends', () => {
    expect(bundleOf([Buffer.from('one'), Buffer.alloc(0), Buffer.alloc(300, 7)])).toEqual(Buffer.concat([Buffer.from('\0\x03one\0\0\x01\x2c'), Buffer.alloc(300, 7)]));
    expect(() => bundleOf([Buffer.alloc(65_536)])).toThrow(RangeError);
  });
});
