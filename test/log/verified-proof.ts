// A proof → the checkpoint that it leads to, for one log whose key is known: what a program that follows the C2SP texts does with it.
import { parseCheckpoint } from '../../src/log/checkpoint.ts';
import type { Checkpoint } from '../../src/log/checkpoint.ts';
import { isIncluded } from '../../src/log/merkle.ts';
import type { Hash } from '../../src/log/merkle.ts';
import { verifyNote } from '../../src/log/note.ts';
import type { NoteVerifier, VerifiedSignature } from '../../src/log/note.ts';
import type { LogProof } from '../../src/log/proof.ts';

export interface VerifiedProof {
  readonly checkpoint: Checkpoint;
  readonly signatures: readonly VerifiedSignature[];
}

export type ProofFault = 'checkpoint' | 'signature' | 'origin' | 'path';

/** Whether an entry with that leaf hash is in the log whose key is known; else what is wrong. */
export function verifyProof({ index, path, checkpoint: note }: LogProof, leaf: Hash, log: NoteVerifier, witnesses: readonly NoteVerifier[] = []): VerifiedProof | ProofFault {
  const checkpoint = parseCheckpoint(note.text);
  if (checkpoint === undefined) return 'checkpoint';
  if (checkpoint.origin !== log.name) return 'origin';
  const signatures = verifyNote(note, [log, ...witnesses]);
  if (signatures?.some(({ verifier }) => verifier === log) !== true) return 'signature';
  return isIncluded(leaf, index, checkpoint.size, path, checkpoint.root) ? { checkpoint, signatures } : 'path';
}
