// The log's entries of a container's documents, and what was stamped: each entry commits to facts that lie beside its proof and that name the document by its
// digest; a time stamp over a checkpoint proves that every document whose proof leads to that checkpoint was there by then, whoever signed the checkpoint.
import { parseCheckpoint } from '../log/checkpoint.ts';
import { commitmentTo, entryOctets } from '../log/entry.ts';
import { leafHash } from '../log/merkle.ts';
import { parseNote } from '../log/note.ts';
import { parseProof } from '../log/proof.ts';
import type { BestTime, Fact, ProofEntry, Words } from '../report/model.ts';
import type { ExamineBasis } from './examined.ts';
import { examineNote, examineProof, logTitle, placeFacts, witnessFacts } from './examine-log.ts';
import type { ExaminedProof } from './examine-log.ts';
import { examineReceiptStamp, examineStamps, factsIn, headOf } from './examine-stamps.ts';
import type { ExaminedStamps } from './examine-stamps.ts';
import { reasonFor } from './reasons.ts';
import { digestOf } from './verify-message.ts';

export interface Entries {
  /** By the document's name. */
  readonly proofs: ReadonlyMap<string, readonly ProofEntry[]>;
  readonly times: ReadonlyMap<string, BestTime>;
  /** Of the checkpoint that all proofs lead to, and of its time stamps. */
  readonly ofCheckpoint: readonly ProofEntry[];
}

/** Which entry speaks of a document, and what the entry's facts call the document's digest. */
const entriesOf: readonly (readonly [document: RegExp, entry: string, kind: string, fact: string])[] = [
  [/^(dossier)$/, '$1', 'submission', 'SHA256'],
  [/^(receipt)$/, '$1', 'receipt', 'receipt'],
  [/^(results\/[^/]+)$/, '$1', 'result', 'body'],
  [/^(notices\/[^/]+)$/, '$1', 'notice', 'body'],
  [/^agency\/(results\/[^/]+)$/, '$1', 'result', 'agency_answer'],
  [/^(agency\/notices\/[^/]+)$/, '$1', 'message', 'body'],
];

export function examineEntries(files: ReadonlyMap<string, Buffer>, basis: ExamineBasis): Entries {
  const stamps = examineStamps(files, basis);
  const proofs = new Map<string, readonly ProofEntry[]>();
  const times = new Map<string, BestTime>();
  const heads = new Set<string>();
  for (const [file, document] of files) {
    const examined = examineEntry(file, document, files, basis);
    if (examined === undefined) continue;
    const own = file === 'receipt.xml' ? examineReceiptStamp(files, basis, stamps) : undefined;
    proofs.set(file, [examined.entry, ...(own === undefined ? [] : [own.entry])]);
    if (examined.checkpoint !== undefined) heads.add(headOf(examined.checkpoint));
    const time = earliest([...timesOf(examined, stamps), ...(own?.proven === undefined ? [] : [stampedAt(own.proven)])]);
    if (time !== undefined) times.set(file, time);
  }
  return { proofs, times, ofCheckpoint: [...checkpointIn(files, basis), ...used(stamps, heads)] };
}

/** Undefined for what is no document. */
function examineEntry(file: string, document: Buffer, files: ReadonlyMap<string, Buffer>, { logKeys }: ExamineBasis): ExaminedProof | undefined {
  const name = file.replace(/\.xml$/, '');
  const [pattern, target, kind = '', fact = ''] = entriesOf.find(([of]) => file.endsWith('.xml') && of.test(name)) ?? [];
  if (pattern === undefined || target === undefined) return undefined;
  const entry = name.replace(pattern, target);
  const proof = files.get(`log/${entry}.proof`)?.toString('utf8');
  if (proof === undefined) return { entry: { kind: 'log', state: 'unchecked', title: logTitle, facts: [], reasons: [reasonFor('LOG_PROOF_ABSENT', `log/${entry}.proof`)] } };
  const facts = factsIn(files.get(`log/${entry}.json`));
  if (facts?.[fact] !== digestOf(document)) return { entry: { kind: 'log', state: 'failed', title: logTitle, facts: [], reasons: [reasonFor('LOG_FACTS', `log/${entry}.json`)] } };
  const salt = parseProof(proof)?.extra ?? Buffer.alloc(0);
  return examineProof(proof, [leafHash(entryOctets(kind, commitmentTo(facts, salt)))], logKeys);
}

/** What a stamp over the checkpoint, and a witness of it, prove. */
function timesOf({ checkpoint, seen }: ExaminedProof, { proven }: ExaminedStamps): readonly BestTime[] {
  if (checkpoint === undefined) return [];
  const stamped = proven !== undefined && headOf(proven.checkpoint) === headOf(checkpoint) ? [stampedAt(proven)] : [];
  return [...stamped, ...(seen === undefined ? [] : [{ at: seen.at.toISOString(), proof: 'witness', by: seen.by } as const])];
}

function stampedAt({ at, by }: { readonly at: Date; readonly by: string }): BestTime {
  return { at: at.toISOString(), proof: 'timestamp', by };
}

/** The earliest that anybody proves. */
function earliest(times: readonly BestTime[]): BestTime | undefined {
  return times.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))[0];
}

const checkpointTitle: Words = { vi: 'Điểm kiểm tra của nhật ký (log/checkpoint.txt)', en: 'The log’s checkpoint (log/checkpoint.txt)' };

function checkpointIn(files: ReadonlyMap<string, Buffer>, { logKeys }: ExamineBasis): readonly ProofEntry[] {
  const octets = files.get('log/checkpoint.txt');
  if (octets === undefined) return [];
  return [checkpointEntry(octets.toString('utf8'), logKeys, checkpointTitle)];
}

/** Whoever signed a checkpoint, and which witnesses saw it, where nothing is proven to be in it. */
export function checkpointEntry(text: string, keys: ExamineBasis['logKeys'], title: Words): ProofEntry {
  const note = parseNote(text);
  const checkpoint = note && parseCheckpoint(note.text);
  if (note === undefined || checkpoint === undefined) return { kind: 'log', state: 'failed', title, facts: [], reasons: [reasonFor('LOG_CHECKPOINT')] };
  const { state, reasons, witnesses } = examineNote(note, checkpoint, keys);
  const root: Fact = { vi: 'Gốc cây (SHA-256)', en: 'Root (SHA-256)', value: checkpoint.root.toString('hex') };
  return { kind: 'log', state, title, facts: [...placeFacts(checkpoint), root, ...witnessFacts(witnesses)], reasons };
}

/** A stamp over what no proof leads to says nothing of the documents. */
function used({ entries, proven }: ExaminedStamps, heads: ReadonlySet<string>): readonly ProofEntry[] {
  if (proven === undefined || heads.has(headOf(proven.checkpoint))) return entries;
  return entries.map((entry) => (entry.state === 'passed' ? { ...entry, state: 'unchecked', reasons: [reasonFor('STAMP_UNUSED')] } : entry));
}
