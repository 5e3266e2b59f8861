// What an auditor brings from outside the store: the log's keys, and checkpoints that somebody else kept, a monitor, a witness, or whoever was given a receipt.
// A store that was set back or made anew under other keys agrees with itself, but not with them. Throws `Lie`; @throws Error for a file that is none of it.
import { readFileSync } from 'node:fs';

import { parseCheckpoint } from '../log/checkpoint.ts';
import type { Checkpoint } from '../log/checkpoint.ts';
import { parseNote, verifyNote } from '../log/note.ts';
import type { NoteVerifier } from '../log/note.ts';
import { parseProof } from '../log/proof.ts';
import type { LogProof } from '../log/proof.ts';
import { readVerifiers } from '../log/witnesses.ts';
import { proofIn } from '../receipts/log-entry.ts';
import { findCheckpoint, findEnd } from '../store/log.ts';
import { checkThat } from './lie.ts';
import { rootAt } from './log.ts';
import type { LogAudit } from './log.ts';

/** Texts, so that they can be given to another thread. */
export interface Outside {
  /** Verifier keys, one a line. */
  readonly logKeys: string;
  readonly checkpoints: readonly KeptFile[];
}

export interface KeptFile {
  readonly name: string;
  readonly text: string;
}

/** `logKey`: a key itself, or a file of them. @throws Error for checkpoints without a key, and for what no given key signed. */
export function readOutside(logKey: string | undefined, files: readonly string[]): Outside | undefined {
  if (logKey === undefined && files.length === 0) return undefined;
  if (logKey === undefined) throw new Error('--checkpoint needs --log-key: a checkpoint is one by the log’s signature');
  const logKeys = isKey(logKey) ? logKey : readFileSync(logKey, 'utf8');
  const outside = { logKeys, checkpoints: files.map((name) => ({ name, text: readFileSync(name, 'utf8') })) };
  const keys = keysOf(outside);
  if (new Set(keys.map(({ name }) => name)).size !== 1) throw new Error(`--log-key ${logKey}: keys of one log`);
  for (const file of outside.checkpoints) keptIn(file, keys);
  return outside;
}

function isKey(text: string): boolean {
  return /^[^+\n]+\+[0-9a-f]{8}\+\S+$/.test(text);
}

export function keysOf({ logKeys }: Outside): readonly NoteVerifier[] {
  return readVerifiers(logKeys, 'log');
}

/** A note, a proof, or a receipt with one. */
function keptIn({ name, text }: KeptFile, keys: readonly NoteVerifier[]): Checkpoint {
  const note = (parseProof(text) ?? ofReceipt(text))?.checkpoint ?? parseNote(text);
  const checkpoint = note && parseCheckpoint(note.text);
  if (note === undefined || checkpoint === undefined) throw new Error(`${name}: no checkpoint, nor a receipt with one`);
  const signed = keys.some((key) => key.name === checkpoint.origin) ? verifyNote(note, keys) : [];
  if (signed === undefined || signed.length === 0) throw new Error(`${name}: its checkpoint is signed by no key given with --log-key`);
  return checkpoint;
}

function ofReceipt(text: string): LogProof | undefined {
  return text.trimStart().startsWith('<') ? parseProof(proofIn(Buffer.from(text)) ?? '') : undefined;
}

/** The log has grown from each of them. Its checkpoints' own roots are checked with the entries. */
export async function checkKept(audit: LogAudit, outside: Outside): Promise<void> {
  const { size: end } = await findEnd(audit.query);
  for (const file of outside.checkpoints) {
    const { size, root } = keptIn(file, audit.keys);
    const where = `checkpoint ${size} of the log`;
    checkThat(size <= end, where, `is kept in ${file.name}, and the log has ${end} entries: the log was set back or rewritten`);
    checkThat((await rootAt(audit, size)).equals(root), where, `has another root in ${file.name}: the log was set back or rewritten`);
    checkThat(size === 0 || (await findCheckpoint(audit.query, size))?.root.equals(root) === true, where, `is kept in ${file.name}, and not there: the log was set back or rewritten`);
  }
}
