// The log as it was left, read whole: its leaves, its checkpoints, what each receipt says of it; and the same as static resources in a folder, for a second
// reader. Believes nothing of the store: roots are those of the signed notes.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { parseCheckpoint } from '../../../src/log/checkpoint.ts';
import { commitmentTo, entryOctets } from '../../../src/log/entry.ts';
import { consistencyProof, emptyTree, grow, isConsistent, leafHash, readerOf } from '../../../src/log/merkle.ts';
import type { Hash, NodeReader } from '../../../src/log/merkle.ts';
import { noteText, parseNote, parseVerifier, verifyNote } from '../../../src/log/note.ts';
import type { NoteVerifier } from '../../../src/log/note.ts';
import { parseProof } from '../../../src/log/proof.ts';
import { bundleOf, tilePath, TILE_WIDTH } from '../../../src/log/tiles.ts';
import { packageFile } from '../../../src/paths.ts';
import { loggedNames, proofIn, SUBMISSION } from '../../../src/receipts/log-entry.ts';
import type { Database } from '../../../src/store/database.ts';
import { findCheckpoint, listCheckpoints, listEntries, listLogKeys } from '../../../src/store/log.ts';
import type { EntryRow } from '../../../src/store/log.ts';
import { elementAt } from '../../../src/xml/document.ts';
import { parse } from '../../../src/xml/parse.ts';
import { textOf } from '../../../src/xml/text.ts';
import { verifyProof } from '../../log/verified-proof.ts';

export interface SignedTree {
  readonly size: number;
  readonly root: Hash;
  readonly note: string;
}

export interface ReadLog {
  readonly key: NoteVerifier;
  readonly keyText: string;
  readonly entries: readonly EntryRow[];
  /** In the order of their sizes; each verified with the key. */
  readonly checkpoints: readonly SignedTree[];
  /** Of the whole tree. */
  readonly read: NodeReader;
}

const PAGE = 10_000;

export async function readLog({ query }: Database): Promise<ReadLog> {
  const [keyText = '', ...others] = await listLogKeys(query);
  const key = parseVerifier(keyText);
  if (key === undefined || others.length > 0) throw new Error('the log has not one key');
  const entries: EntryRow[] = [];
  for (let more = PAGE; more === PAGE; ) {
    const page = await listEntries(query, entries.length, PAGE);
    entries.push(...page);
    more = page.length;
  }
  const last = (await findCheckpoint(query))?.size ?? 0;
  const checkpoints = (await listCheckpoints(query, 0, last)).map(({ note }) => signedTree(note, key));
  return { key, keyText, entries, checkpoints, read: readerOf(emptyTree, grow(emptyTree, entries.map(({ kind, commitment }) => leafHash(entryOctets(kind, commitment))))) };
}

/** What a note says, when the log signed it. */
function signedTree(text: string, key: NoteVerifier): SignedTree {
  const note = parseNote(text);
  const said = note && parseCheckpoint(note.text);
  if (note === undefined || said === undefined || said.origin !== key.name || verifyNote(note, [key])?.length !== 1) throw new Error(`no checkpoint: ${text}`);
  return { size: said.size, root: said.root, note: text };
}

export function leadsTo({ read }: ReadLog, first: SignedTree, second: SignedTree): boolean {
  return isConsistent(first.size, second.size, consistencyProof(first.size, second.size, read), first.root, second.root);
}

/** What a receipt proves, from its own octets and the key alone. @throws Error when it proves nothing. */
export function provenBy(receipt: Buffer, { key }: ReadLog): SignedTree & { readonly index: number; readonly proof: string } {
  const document = parse(receipt);
  const text = proofIn(receipt) ?? '';
  const proof = parseProof(text);
  if (proof === undefined) throw new Error('a receipt without a proof');
  const [notice, head] = [elementAt(document.root, ['BIENNHAN']), elementAt(document.root, ['XACNHAN_GDICH', 'TTGDICH'])];
  const texts = loggedNames.map((name): [string, string] => {
    const element = [notice, head].map((branch) => branch && elementAt(branch, [name])).find((found) => found !== undefined);
    return [name, element === undefined ? '' : textOf(document, element)];
  });
  const verified = verifyProof(proof, leafHash(entryOctets(SUBMISSION, commitmentTo(Object.fromEntries(texts), proof.extra))), key);
  if (typeof verified === 'string') throw new Error(`a receipt's proof: ${verified}`);
  return { size: verified.checkpoint.size, root: verified.checkpoint.root, index: proof.index, proof: text, note: noteText(proof.checkpoint) };
}

/** As static resources, every tile that trees of these sizes have. */
export function writeTiles(folder: string, { entries, read }: ReadLog, sizes: readonly number[]): void {
  const write = (path: string, octets: Buffer): void => {
    mkdirSync(dirname(join(folder, 'tile', path)), { recursive: true });
    writeFileSync(join(folder, 'tile', path), octets);
  };
  for (const size of new Set(sizes)) {
    for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH)) {
      for (let index = 0; index * TILE_WIDTH < count; index += 1) {
        const [from, width] = [index * TILE_WIDTH, Math.min(TILE_WIDTH, count - index * TILE_WIDTH)];
        write(tilePath({ level, index, width }), Buffer.concat(Array.from({ length: width }, (_value, place) => read({ level: 8 * level, index: from + place }))));
        if (level === 0) write(tilePath({ level, index, width }, 'entries'), bundleOf(entries.slice(from, from + width).map(({ kind, commitment }) => entryOctets(kind, commitment))));
      }
    }
  }
}

/** What the reader in another language says. */
export function secondReader(input: string, ...words: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync('python3', [packageFile('test/log/independent.py'), ...words], { input, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : `failed: ${stderr.trim().split('\n').at(-1) ?? ''}`;
}
