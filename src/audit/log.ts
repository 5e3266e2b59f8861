// The log against the store, and the store against the log: every entry is of the row it names, the tree grows to every checkpoint that was signed, its
// nodes are what its entries make, and what each receipt proves is so. A part of the log is checked on its own, from the nodes of the tiles before
// it, each of which is checked with the part that it is of. Throws `Lie`.
import { recordsOf } from '../evidence/waiting.ts';
import { parseCheckpoint } from '../log/checkpoint.ts';
import type { Checkpoint } from '../log/checkpoint.ts';
import { commitmentTo, entryOctets } from '../log/entry.ts';
import { emptyTree, grow, isIncluded, leafHash, rootOf } from '../log/merkle.ts';
import type { Hash, Node, TreeHead } from '../log/merkle.ts';
import { noteText, parseLine, parseNote, parseVerifier, verifierText, verifyNote } from '../log/note.ts';
import type { NoteVerifier } from '../log/note.ts';
import { parseProof } from '../log/proof.ts';
import type { LogProof } from '../log/proof.ts';
import { loggedSubmission, proofIn } from '../receipts/log-entry.ts';
import type { Loggable } from '../receipts/log-entry.ts';
import type { Query } from '../store/database.ts';
import { loggedTables } from '../store/log-records.ts';
import { findCheckpoints, findEnd, findEntries, findNodes, firstCheckpointAt, listAllCosignatures, listCheckpoints, listEntries, listLogKeys, listNodesFrom } from '../store/log.ts';
import type { CheckpointRow, CosignatureRow, EntryRow } from '../store/log.ts';
import { attempt, checkThat, checkVerifies } from './lie.ts';
import type { Found } from './lie.ts';

export interface LogAudit {
  readonly query: Query;
  readonly found: Found;
  readonly keys: readonly NoteVerifier[];
  /** When the log began; undefined while nothing is in it. */
  readonly since: Date | undefined;
}

const PAGE = 1_024;
/** Entries of a whole tile: a part of the log begins with one. */
export const TILE = 256;
const TILE_LEVEL = 8;

/** Whoever brings keys of their own goes by those alone. */
export async function openLogAudit(query: Query, found: Found, trusted: readonly NoteVerifier[] = []): Promise<LogAudit> {
  const keys = (await listLogKeys(query)).map((text) => {
    const verifier = parseVerifier(text);
    checkThat(verifier !== undefined, `key of the log ${text}`, 'is no key');
    return verifier;
  });
  checkThat(new Set(keys.map(({ name }) => name)).size <= 1, 'keys of the log', 'are of several logs');
  const known = new Set(keys.map(verifierText));
  for (const text of trusted.map(verifierText)) checkThat(known.has(text), `key of the log ${text}`, 'is not one that this log was ever signed with, by what the store says');
  return { query, found, keys: trusted.length === 0 ? keys : trusted, since: await firstCheckpointAt(query) };
}

/** As it stands in a receipt; what is no proof has none. */
export interface SaidProof {
  readonly text: string;
  readonly proof: LogProof | undefined;
  readonly checkpoint: Checkpoint | undefined;
}

/** What a receipt says of the log; undefined for one from before there was a log. */
export function readProof(text: string | undefined): SaidProof | undefined {
  if (text === undefined) return undefined;
  const proof = parseProof(text);
  return { text, proof, checkpoint: proof && parseCheckpoint(proof.checkpoint.text) };
}

export function proofOf(where: string, receipt: Buffer): SaidProof | undefined {
  return readProof(checkVerifies(`receipt of ${where}`, 'it cannot be read', () => proofIn(receipt)));
}

export interface Logged {
  readonly entries: ReadonlyMap<string, EntryRow>;
  readonly checkpoints: ReadonlyMap<number, CheckpointRow>;
}

/** What the log has of rows whose receipts prove by these texts. */
export async function readLogged(query: Query, kind: string, rows: readonly { readonly subject: string; readonly proof: SaidProof | undefined }[]): Promise<Logged> {
  const sizes = rows.flatMap(({ proof }) => proof?.checkpoint?.size ?? []);
  const entries = await findEntries(query, kind, rows.map(({ subject }) => subject));
  const checkpoints = await findCheckpoints(query, [...new Set(sizes)]);
  return { entries: new Map(entries.map((entry) => [entry.subject, entry])), checkpoints: new Map(checkpoints.map((checkpoint) => [checkpoint.size, checkpoint])) };
}

export interface Receipted {
  readonly where: string;
  readonly kind: string;
  readonly subject: string;
  /** As it stands in the receipt. */
  readonly proof: SaidProof | undefined;
  readonly facts: Loggable;
}

/** What the receipt says of the log is so: its entry commits to what the receipt says, and the checkpoint is one of the log's, whose signature is checked there. */
export function checkReceiptLogged({ since }: LogAudit, { entries, checkpoints }: Logged, { where, kind, subject, proof: said, facts }: Receipted): void {
  if (said === undefined) {
    checkThat(since === undefined || facts.receivedAt < since, `receipt of ${where}`, 'does not say where in the log it is');
    return;
  }
  const { proof, checkpoint } = said;
  checkThat(proof !== undefined && checkpoint !== undefined, `receipt of ${where}`, 'its proof is none');
  checkThat(checkpoints.get(checkpoint.size)?.note === noteText(proof.checkpoint), `receipt of ${where}`, 'its checkpoint is not the log’s');
  const leaf = leafHash(entryOctets(kind, commitmentTo({ ...loggedSubmission(facts) }, proof.extra)));
  checkThat(isIncluded(leaf, proof.index, checkpoint.size, proof.path, checkpoint.root), `receipt of ${where}`, 'does not prove that it is in the log');
  checkThat(entries.get(subject)?.position === proof.index, where, `is not at ${proof.index} of the log`);
}

/** The entries from one, which begins a tile, up to another, with the checkpoints that were signed when they were entered. */
export async function checkLogPart(audit: LogAudit, from: number, to: number): Promise<void> {
  let tree = await headAt(audit, from);
  while (tree.size < to) {
    const start = tree.size;
    const page = await listEntries(audit.query, start, Math.min(PAGE, to - start));
    checkThat(page.length > 0, `entry ${start} of the log`, 'is not there');
    const leaves = await leavesOf(audit, start, page);
    const checkpoints = await listCheckpoints(audit.query, start, start + page.length);
    const cosignatures = await listAllCosignatures(audit.query, start, start + page.length);
    const completed: (Node & { readonly hash: Hash })[] = [];
    for (const end of new Set([...checkpoints.map(({ size }) => size), start + page.length])) {
      const growth = grow(tree, leaves.slice(tree.size - start, end - start));
      completed.push(...growth.completed.filter(({ level }) => level > 0 && level % TILE_LEVEL === 0));
      tree = growth.head;
      const checkpoint = checkpoints.find(({ size }) => size === end);
      const root = rootOf(tree);
      if (checkpoint === undefined) continue;
      await attempt(audit.found, () => { checkCheckpoint(checkpoint, root, audit.keys); });
      for (const cosignature of cosignatures.filter(({ size }) => size === end)) await attempt(audit.found, () => { checkCosignature(checkpoint, cosignature); });
    }
    await checkNodes(audit, completed);
  }
}

/** The tree of so many entries, which end a tile, by the nodes above its tiles: of each level those alone that no node of the next one covers. */
async function headAt({ query }: LogAudit, size: number): Promise<TreeHead> {
  const edge: Hash[] = [];
  for (let level = TILE_LEVEL; 2 ** level <= size; level += TILE_LEVEL) {
    const [first, end] = [TILE * Math.floor(size / (2 ** level * TILE)), Math.floor(size / 2 ** level)];
    const nodes = await listNodesFrom(query, level, first, end - first);
    checkThat(nodes.length === end - first, 'nodes of the log', `are ${nodes.length} instead of ${end - first} of level ${level} from ${first}`);
    edge.unshift(...grow(emptyTree, nodes).head.edge);
  }
  return { size, edge };
}

/** The root of the tree of so many entries, which are there. */
export async function rootAt(audit: LogAudit, size: number): Promise<Hash> {
  return rootOf(await treeAt(audit, size));
}

async function treeAt(audit: LogAudit, size: number): Promise<TreeHead> {
  const whole = await headAt(audit, size - (size % TILE));
  const rest = await listEntries(audit.query, whole.size, size - whole.size);
  return grow(whole, rest.map(({ kind, commitment }) => leafHash(entryOctets(kind, commitment)))).head;
}

/** Of entries that follow one another from a position; each commits to the row it names, unless its salt was destroyed. */
async function leavesOf({ query, found }: LogAudit, from: number, page: readonly EntryRow[]): Promise<Hash[]> {
  page.forEach(({ position }, place) => { checkThat(position === from + place, `entry ${from + place} of the log`, 'is not there'); });
  const facts = new Map<string, Parameters<typeof commitmentTo>[0]>();
  for (const kind of new Set(page.map((entry) => entry.kind))) {
    const records = await attemptToRead(query, kind, page);
    for (const { subject, facts: said } of records) facts.set(`${kind} ${subject}`, said);
  }
  for (const { position, kind, subject, salt, commitment } of page) {
    await attempt(found, async () => {
      const record = facts.get(`${kind} ${subject}`);
      checkThat(record !== undefined, `entry ${position} of the log`, `its ${kind} ${subject} is not there`);
      const isSame = salt === null || commitmentTo(record, salt).equals(commitment) || (await isErasedNow(query, kind, subject));
      checkThat(isSame, `${kind} ${subject}`, `is not what was entered into the log at ${position}`);
    });
  }
  return page.map(({ kind, commitment }) => leafHash(entryOctets(kind, commitment)));
}

/** Erased after the page was read. That whatever has lost its salt was erased is seen with the erasures. */
async function isErasedNow(query: Query, kind: string, subject: string): Promise<boolean> {
  return (await findEntries(query, kind, [subject])).some(({ salt }) => salt === null);
}

/** Of a kind that there is not, there is no record. */
async function attemptToRead(query: Query, kind: string, page: readonly EntryRow[]): ReturnType<typeof recordsOf> {
  return loggedTables.some(([known]) => known === kind) ? recordsOf(query, kind, page.flatMap((entry) => (entry.kind === kind ? [entry.subject] : []))) : [];
}

function checkCheckpoint({ size, root, note: text }: CheckpointRow, expected: Hash, keys: readonly NoteVerifier[]): void {
  const where = `checkpoint ${size} of the log`;
  checkThat(root.equals(expected), where, 'has another root than its entries make');
  const note = parseNote(text);
  const said = note && parseCheckpoint(note.text);
  checkThat(note !== undefined && said !== undefined, where, 'is none');
  checkThat(said.size === size && said.root.equals(root) && keys.some(({ name }) => name === said.origin), where, 'says something else');
  checkThat((verifyNote(note, keys) ?? []).length > 0, where, 'is not signed by the log');
}

/** Under the key that it was taken with; whether to trust that witness is for whoever reads the log. */
function checkCosignature({ size, note }: CheckpointRow, { witness, line: text, at }: CosignatureRow): void {
  const [verifier, line] = [parseVerifier(witness), parseLine(text)];
  const signed = parseNote(note);
  const [verified] = verifier !== undefined && line !== undefined && signed !== undefined ? (verifyNote({ text: signed.text, lines: [line] }, [verifier]) ?? []) : [];
  const where = `cosignature of checkpoint ${size} of the log by ${witness}`;
  checkThat(verified !== undefined, where, 'does not verify');
  checkThat(verified.at?.getTime() === at * 1000, where, 'was made at another time than its row says');
}

async function checkNodes({ query, found }: LogAudit, expected: readonly (Node & { readonly hash: Hash })[]): Promise<void> {
  if (expected.length === 0) return;
  const stored = await findNodes(query, expected);
  for (const [place, { level, index, hash }] of expected.entries()) {
    await attempt(found, () => { checkThat(stored[place]?.equals(hash) === true, `node ${index} of level ${level} of the log`, 'is not what its entries make'); });
  }
}

/** The head is what the entries make, and the last checkpoint is of all of them. */
export async function checkLogEnd(audit: LogAudit): Promise<void> {
  const { query } = audit;
  const { size, edge, checkpoint } = await findEnd(query);
  const tree = await treeAt(audit, size);
  checkThat(tree.size === size && Buffer.concat([...tree.edge]).equals(edge), 'head of the log', 'is not what its entries make');
  checkThat(checkpoint === size, `checkpoint ${checkpoint} of the log`, `is the last one, and there are ${size} entries`);
}
