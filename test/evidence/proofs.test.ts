// Guarantee: from what the store keeps, every entry is proved in the tree of every size that has it, whatever stands between whole tiles.
import { generateKeyPairSync } from 'node:crypto';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { enterWith } from '../../src/evidence/append.ts';
import { proofsOf, readNodes } from '../../src/evidence/proofs.ts';
import { entryOctets } from '../../src/log/entry.ts';
import { consistencyNodes, consistencyProof, isConsistent, isIncluded, leafHash } from '../../src/log/merkle.ts';
import { signerOf } from '../../src/log/note.ts';
import { parseProof } from '../../src/log/proof.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { listCheckpoints, listEntries } from '../../src/store/log.ts';
import { cloneDatabase } from '../support/site.ts';
import { verifyProof } from '../log/verified-proof.ts';

const batches = [1, 1, 2, 3, 120, 129, 1, 255, 256, 300, 7];
const signer = signerOf('example.org/log', generateKeyPairSync('ed25519').privateKey);
const given: string[] = [];
let database: Database;

beforeAll(async () => {
  database = await openDatabase({ url: await cloneDatabase(), connections: 2 });
  let first = 0;
  for (const count of batches) {
    const records = Array.from({ length: count }, (_value, index) => ({ kind: 'event', subject: String(first + index + 1), facts: { id: String(first + index + 1) } }));
    await database.transaction(async (query) => {
      const half = Math.ceil(count / 2);
      const { proofs, save } = await enterWith(signer)(query, records.slice(0, half), new Date(0));
      given.push(...proofs);
      await save(records.slice(half));
    });
    first += count;
  }
});
afterAll(() => database.close());

it('every entry is proved in the tree of every checkpoint that has it', async () => {
  const checkpoints = await listCheckpoints(database.query, 0, 10_000);
  const entries = await listEntries(database.query, 0, 10_000);
  expect(checkpoints.map(({ size }) => size).at(-1)).toBe(batches.reduce((sum, count) => sum + count, 0));
  for (const { size, root } of checkpoints) {
    const inside = entries.filter(({ position }) => position < size);
    const paths = await proofsOf(database.query, inside, size);
    const wrong = inside.filter((entry, place) => !isIncluded(leafHash(entryOctets(entry.kind, entry.commitment)), entry.position, size, paths[place] ?? [], root));
    expect([size, paths.length, wrong]).toEqual([size, size, []]);
  }
});

it('the proofs that are given as entries are made lead to checkpoints that are saved, and what follows has one of its own', async () => {
  const sizes = (await listCheckpoints(database.query, 0, 10_000)).map(({ size }) => size);
  const steps = batches.flatMap((count) => (count === 1 ? [1] : [Math.ceil(count / 2), Math.floor(count / 2)]));
  expect(sizes).toEqual(steps.map((_count, place) => steps.slice(0, place + 1).reduce((sum, count) => sum + count, 0)));
  const entries = await listEntries(database.query, 0, 10_000);
  for (const text of given) {
    const proof = parseProof(text);
    if (proof === undefined) throw new Error(text);
    const entry = entries[proof.index];
    if (entry === undefined) throw new Error(`no entry ${proof.index}`);
    expect(verifyProof(proof, leafHash(entryOctets(entry.kind, entry.commitment)), signer)).toMatchObject({ checkpoint: { origin: signer.name } });
  }
});

it('one proof asks for no more of the log than its path is made of', async () => {
  const asked: string[] = [];
  const watched: Database['query'] = (sql, parameters) => {
    asked.push(JSON.stringify(parameters));
    return database.query(sql, parameters);
  };
  expect(await proofsOf(watched, [], 5)).toEqual([]);
  expect(asked).toEqual([]);
  await proofsOf(watched, [{ position: 3 }, { position: 900 }], 1_000);
  expect(asked).toHaveLength(1);
});

it('trees are proved consistent from the same nodes', async () => {
  const checkpoints = await listCheckpoints(database.query, 0, 10_000);
  const last = checkpoints.at(-1);
  if (last === undefined) throw new Error('no checkpoint');
  for (const { size, root } of checkpoints) {
    const proof = consistencyProof(size, last.size, await readNodes(database.query, consistencyNodes(size, last.size)));
    expect([size, isConsistent(size, last.size, proof, root, last.root)]).toEqual([size, true]);
  }
});

it('a node that is gone, or a tree that has not grown so far, gives no proof', async () => {
  await expect(proofsOf(database.query, [{ position: 0 }], 5_000)).rejects.toThrow('the log has no node');
  await expect(proofsOf(database.query, [{ position: 5_000 }], 10)).rejects.toThrow('there is no entry');
});
