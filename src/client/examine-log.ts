// Is the entry in the log? (C2SP tlog-proof, tlog-cosignature.) The path is checked always; whose log it is only a key that whoever asks brought along can
// say, and by when a tree was there only a witness whose key they brought. A key that came with the document proves that it fits and nothing else.
import { parseCheckpoint } from '../log/checkpoint.ts';
import type { Checkpoint } from '../log/checkpoint.ts';
import { isIncluded } from '../log/merkle.ts';
import type { Hash } from '../log/merkle.ts';
import { noteText, parseVerifier, verifyNote } from '../log/note.ts';
import type { NoteVerifier, SignedNote, VerifiedSignature } from '../log/note.ts';
import { parseProof } from '../log/proof.ts';
import { localTime } from '../report/words.ts';
import type { Fact, ProofEntry, Reason, Words } from '../report/model.ts';
import { ClientError } from './errors.ts';
import { reasonFor } from './reasons.ts';
import type { ReasonName } from './reasons.ts';

/** Brought along by whoever asks, not by the document. */
export interface LogKeys {
  readonly logs: readonly NoteVerifier[];
  readonly witnesses: readonly NoteVerifier[];
  /** Keys that came with the document: never believed. */
  readonly enclosed?: readonly NoteVerifier[];
}

export const noLogKeys: LogKeys = { logs: [], witnesses: [] };

export interface ExaminedProof {
  readonly entry: ProofEntry;
  /** Of a right path, whoever signed it. */
  readonly checkpoint?: Checkpoint;
  /** The checkpoint's whole text: what a time stamp is over. */
  readonly note?: string;
  /** The first witness that saw it. */
  readonly seen?: { readonly at: Date; readonly by: string };
}

export const logTitle: Words = { vi: 'Bằng chứng có trong nhật ký', en: 'Proof of being in the log' };

/** `leaves`: what the entry may be; the proof is of one of them. */
export function examineProof(text: string, leaves: readonly Hash[], keys: LogKeys, title: Words = logTitle): ExaminedProof {
  const failed = (code: ReasonName, facts: readonly Fact[] = []): ExaminedProof => ({ entry: { kind: 'log', state: 'failed', title, facts, reasons: [reasonFor(code)] } });
  const proof = parseProof(text);
  const checkpoint = proof && parseCheckpoint(proof.checkpoint.text);
  if (proof === undefined || checkpoint === undefined) return failed('LOG_PROOF_MALFORMED');
  const place = placeFacts(checkpoint, proof.index);
  if (!leaves.some((leaf) => isIncluded(leaf, proof.index, checkpoint.size, proof.path, checkpoint.root))) return failed('LOG_PATH', place);
  const { state, reasons: why, seen, witnesses } = examineNote(proof.checkpoint, checkpoint, keys);
  const facts = [...place, ...witnessFacts(witnesses)];
  const entry: ProofEntry = { kind: 'log', state, title, facts, reasons: why };
  return { entry, checkpoint, note: noteText(proof.checkpoint), ...(seen === undefined ? {} : { seen }) };
}

/** Which log, and where in it. */
export function placeFacts({ origin, size }: Checkpoint, index?: number): readonly Fact[] {
  const log: Fact = { vi: 'Nhật ký', en: 'Log', value: origin };
  if (index === undefined) return [log, { vi: 'Số bản ghi', en: 'Entries', value: String(size) }];
  return [log, { vi: 'Vị trí', en: 'Position', value: `${index} / ${size}` }];
}

export function witnessFacts(witnesses: readonly VerifiedSignature[]): readonly Fact[] {
  return witnesses.map(({ verifier, at }) => ({ vi: 'Nhân chứng', en: 'Witness', value: `${verifier.name}, ${localTime(at?.toISOString() ?? '')}` }));
}

export interface ExaminedNote {
  readonly state: ProofEntry['state'];
  readonly reasons: readonly Reason[];
  readonly seen: ExaminedProof['seen'];
  readonly witnesses: readonly VerifiedSignature[];
}

/** Who signed a checkpoint, and which witnesses saw it. */
export function examineNote(note: SignedNote, { origin }: Checkpoint, { logs, witnesses, enclosed = [] }: LogKeys): ExaminedNote {
  const says = (state: ProofEntry['state'], code?: ReasonName, found: readonly VerifiedSignature[] = []): ExaminedNote => {
    const cosigned = found.filter(({ verifier }) => verifier.kind === 'witness');
    const [first] = cosigned.toSorted((a, b) => (a.at?.getTime() ?? 0) - (b.at?.getTime() ?? 0));
    return { state, reasons: code === undefined ? [] : [reasonFor(code)], witnesses: cosigned, seen: first?.at === undefined ? undefined : { at: first.at, by: first.verifier.name } };
  };
  const given = logs.filter(({ name }) => name === origin);
  if (logs.length > 0 && given.length === 0) return says('failed', 'LOG_ORIGIN');
  const known = given.length > 0 ? given : enclosed.filter(({ name }) => name === origin);
  const found = verifyNote(note, [...known, ...witnesses]);
  if (found === undefined) return says('failed', 'LOG_SIGNATURE');
  if (known.length > 0 && !found.some(({ verifier }) => verifier.kind === 'log')) return says('failed', 'LOG_SIGNATURE');
  if (given.length > 0) return says('passed', undefined, found);
  return says('unchecked', known.length > 0 ? 'LOG_KEY_ENCLOSED' : 'LOG_KEY_ABSENT', found);
}

/** Verifier keys, one a line; lines that begin with # are passed over. @throws ClientError USAGE. */
export function readVerifiers(text: string, place: string): readonly NoteVerifier[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.length === 0) throw new ClientError('USAGE', place, 'no key');
  return lines.map((line) => parseVerifier(line) ?? wrong(place, line));
}

function wrong(place: string, line: string): never {
  throw new ClientError('USAGE', place, line.slice(0, 100));
}
