// Records → entries of the log, in the transaction that records them: the head is held, the tree grows, the new root is signed, and each new entry has
// its proof before anything is committed. Two processes never see the same head, so there is one log.
import { randomBytes } from 'node:crypto';

import { checkpointText } from '../log/checkpoint.ts';
import { commitmentTo, entryOctets, SALT_OCTETS } from '../log/entry.ts';
import type { LogRecord } from '../log/entry.ts';
import { grow, HASH_OCTETS, inclusionProof, leafHash, nodesOf, readerOf, rootOf } from '../log/merkle.ts';
import type { Growth, Hash, TreeHead } from '../log/merkle.ts';
import { noteText, signatureLine } from '../log/note.ts';
import type { NoteSigner, SignedNote } from '../log/note.ts';
import { proofText } from '../log/proof.ts';
import type { Query } from '../store/database.ts';
import { holdHead, saveGrowth } from '../store/log.ts';
import type { CheckpointRow, EntryRow, HeadRow } from '../store/log.ts';

/** A record, and the row that it is of. */
export interface Subject extends LogRecord {
  /** Id of the row. */
  readonly subject: string;
}

/** Entered, and not saved yet. */
export interface Entering {
  /** In the order of the records: that each is in the tree of the checkpoint (C2SP tlog-proof). */
  readonly proofs: readonly string[];
  /** Once: saves them, and enters behind them what follows from them – such as the receipts that say their proofs –, under a checkpoint of its own. */
  readonly save: (following?: readonly Subject[]) => Promise<void>;
}

/** Enters records. The caller's transaction holds the log until it ends: it takes no lock afterwards that one who waits for the log may hold. */
export type Enter = (query: Query, records: readonly Subject[], at: Date) => Promise<Entering>;

export function enterWith(signer: NoteSigner): Enter {
  return async (query, records, at) => {
    if (records.length === 0) return { proofs: [], save: () => Promise.resolve() };
    const sealed = seal(records); // does not depend on the head, so that nobody waits for it
    const first = grown(headOf(await holdHead(query)), sealed, signer);
    const save = (following: readonly Subject[] = []): Promise<void> => {
      const steps = following.length === 0 ? [first] : [first, grown(first.growth.head, seal(following), signer)];
      return saveSteps(query, steps, at);
    };
    return { proofs: proofsOf(first), save };
  };
}

/** The tree before and after entries, and the checkpoint of it. */
interface Step {
  readonly before: TreeHead;
  readonly sealed: readonly Sealed[];
  readonly growth: Growth;
  readonly root: Hash;
  readonly checkpoint: SignedNote;
}

function grown(before: TreeHead, sealed: readonly Sealed[], signer: NoteSigner): Step {
  const growth = grow(before, sealed.map(({ leaf }) => leaf));
  const root = rootOf(growth.head);
  const text = checkpointText({ origin: signer.name, size: growth.head.size, root });
  return { before, sealed, growth, root, checkpoint: { text, lines: [signatureLine(text, signer)] } };
}

function proofsOf({ before, sealed, growth, checkpoint }: Step): string[] {
  const read = readerOf(before, growth);
  return sealed.map(({ salt }, place) => proofText({ extra: salt, index: before.size + place, path: inclusionProof(before.size + place, growth.head.size, read), checkpoint }));
}

async function saveSteps(query: Query, steps: readonly Step[], at: Date): Promise<void> {
  const head = steps.at(-1)?.growth.head;
  if (head === undefined) return;
  const rows = steps.flatMap(({ before, sealed }) => sealed.map(({ kind, subject, salt, commitment }, place): EntryRow => ({ position: before.size + place, kind, subject, salt, commitment })));
  const nodes = steps.flatMap(({ growth }) => growth.completed.filter(({ level }) => level > 0 && level % 8 === 0));
  const checkpoints = steps.map(({ growth, root, checkpoint }): CheckpointRow => ({ size: growth.head.size, root, note: noteText(checkpoint), at }));
  await saveGrowth(query, { size: head.size, edge: Buffer.concat(head.edge) }, rows, nodes, checkpoints);
}

interface Sealed extends Omit<EntryRow, 'position'> {
  readonly salt: Buffer;
  readonly leaf: Hash;
}

/** Each committed to with a salt of its own. */
function seal(records: readonly Subject[]): Sealed[] {
  const octets = randomBytes(records.length * SALT_OCTETS);
  return records.map(({ kind, subject, facts }, place) => {
    const salt = octets.subarray(place * SALT_OCTETS, (place + 1) * SALT_OCTETS);
    const commitment = commitmentTo(facts, salt);
    return { kind, subject, salt, commitment, leaf: leafHash(entryOctets(kind, commitment)) };
  });
}

/** @throws Error when the stored edge is not of the stored size. */
function headOf({ size, edge }: HeadRow): TreeHead {
  const hashes = Array.from({ length: edge.length / HASH_OCTETS }, (_value, place) => edge.subarray(place * HASH_OCTETS, (place + 1) * HASH_OCTETS));
  if (hashes.length !== nodesOf(0, size).length) throw new Error(`the log's head has ${hashes.length} nodes for a tree of ${size}`);
  return { size, edge: hashes };
}
