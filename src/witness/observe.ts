// What a witness or a monitor makes of what a log says (C2SP tlog-witness): a checkpoint counts when a known key of the log has signed it, and the next one
// when its tree is proven to begin with the last one's. Pure: fetching, keeping and telling are the caller's.
import { decodeBase64 } from '../log/base64.ts';
import { parseCheckpoint } from '../log/checkpoint.ts';
import type { Checkpoint } from '../log/checkpoint.ts';
import { HASH_OCTETS, isConsistent } from '../log/merkle.ts';
import type { Hash } from '../log/merkle.ts';
import { noteText, parseNote, signatureLine, verifyNote } from '../log/note.ts';
import type { NoteSigner, NoteVerifier, SignatureLine, SignedNote } from '../log/note.ts';

/** A checkpoint that its log has signed. */
export interface Seen {
  readonly checkpoint: Checkpoint;
  readonly note: SignedNote;
}

export type NotSeen = 'checkpoint' | 'origin' | 'signature';

/** `keys`: of one log. Else what is wrong: no checkpoint, another log's, or not signed by any of the keys. */
export function readSeen(text: string, keys: readonly NoteVerifier[]): Seen | NotSeen {
  const note = parseNote(text);
  const checkpoint = note && parseCheckpoint(note.text);
  if (note === undefined || checkpoint === undefined) return 'checkpoint';
  if (!keys.some(({ name }) => name === checkpoint.origin)) return 'origin';
  const signatures = verifyNote(note, keys.filter(({ name }) => name === checkpoint.origin)) ?? [];
  return signatures.length === 0 ? 'signature' : { checkpoint, note };
}

export type Movement = 'first' | 'same' | 'grown';
/** Proof that the log lies, once both checkpoints are kept: it is smaller, it has another root for the same size, or it cannot show that it only grew. */
export type Divergence = 'shrunk' | 'forked' | 'unproven';

/** How the newest follows the last; `unproven` while a proof that is needed was not given. */
export function movement(last: Seen | undefined, newest: Seen, proof: readonly Hash[] | undefined): Movement | Divergence {
  if (last === undefined) return 'first';
  const [before, now] = [last.checkpoint, newest.checkpoint];
  if (now.size < before.size) return 'shrunk';
  if (now.size === before.size) return now.root.equals(before.root) ? 'same' : 'forked';
  if (proof === undefined) return 'unproven';
  return isConsistent(before.size, now.size, proof, before.root, now.root) ? 'grown' : 'forked';
}

/** Whether `movement` needs a proof. */
export function needsProof(last: Seen | undefined, newest: Seen): last is Seen {
  return last !== undefined && newest.checkpoint.size > last.checkpoint.size;
}

/** The hashes of a consistency proof from that size (`old <size>`, hashes, an empty line); undefined for what is none. */
export function proofFrom(size: number, text: string): readonly Hash[] | undefined {
  const end = text.indexOf('\n\n');
  const [title, ...written] = text.slice(0, Math.max(0, end)).split('\n');
  const hashes = written.map(decodeBase64).filter((hash) => hash?.length === HASH_OCTETS).filter((hash) => hash !== undefined);
  return title === `old ${size}` && hashes.length === written.length ? hashes : undefined;
}

/** The checkpoint with the witness's cosignature: what it keeps, and hands in the last line of. */
export function cosign({ checkpoint, note }: Seen, witness: NoteSigner, at: Date): Seen {
  const own = note.lines.filter((line) => !isOf(line, witness));
  return { checkpoint, note: { text: note.text, lines: [...own, signatureLine(note.text, witness, at)] } };
}

/** The witness's own line on it. */
export function lineOf({ note }: Seen, witness: NoteVerifier): SignatureLine | undefined {
  return note.lines.find((line) => isOf(line, witness));
}

function isOf({ name, keyId }: SignatureLine, witness: NoteVerifier): boolean {
  return name === witness.name && keyId.equals(witness.keyId);
}

/** Both checkpoints in one text, for whoever is shown that the log lies. */
export function evidenceText(last: Seen, newest: Seen): string {
  return `${noteText(last.note)}----\n${noteText(newest.note)}`;
}
