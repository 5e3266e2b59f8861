// The later value of a sample's seed, which must not be the log's to choose: a public beacon; a checkpoint as a witness gave it to the auditor, verified with the
// witness's own key; or the first cosigned one that the store has kept, which is only as good as the witness's own list of what it signed.
import { parseCheckpoint } from '../log/checkpoint.ts';
import { noteText, parseLine, parseNote, parseVerifier, verifyLine, verifyNote } from '../log/note.ts';
import type { NoteVerifier } from '../log/note.ts';
import { formatInstant } from '../standard/time.ts';
import type { Query } from '../store/database.ts';
import { firstCosigned, listAllCosignatures } from '../store/log.ts';
import { findServed } from '../store/log-serving.ts';
import { Lie } from './lie.ts';

/** A round of a public beacon as it was published; a later checkpoint as a witness gave it; or the first later one in the store, with its first cosignature. */
export type Later = { readonly beacon: string } | Witnessed | 'cosigned';

export interface Witnessed {
  /** The checkpoint as a note, with the witness's cosignature. */
  readonly witnessed: string;
  readonly key: NoteVerifier;
}

interface Chosen {
  readonly octets: Buffer;
  readonly said: object;
}

export async function laterOf(query: Query, fixed: number, later: Later): Promise<Chosen> {
  if (later !== 'cosigned' && 'witnessed' in later) return witnessed(query, fixed, later);
  if (later !== 'cosigned') return { octets: Buffer.from(later.beacon), said: { kind: 'beacon', value: later.beacon, remark: 'compare it with what the beacon published after the checkpoint was' } };
  const size = await firstCosigned(query, fixed);
  const served = size === undefined ? undefined : await findServed(query, { size });
  if (size === undefined || served === undefined) throw new Error(`no witness has signed a checkpoint later than ${fixed} yet: the log alone could have chosen it; wait for one, or give a --beacon`);
  const note = parseNote(served.note);
  const lines = (await listAllCosignatures(query, size - 1, size)).flatMap(({ witness, line: text }) => {
    const [verifier, line] = [parseVerifier(witness), parseLine(text)];
    const at = note !== undefined && verifier !== undefined && line !== undefined ? verifyLine(note.text, line, verifier)?.at : undefined;
    return line === undefined || at === undefined ? [] : [{ line, at }];
  });
  const [first] = lines.toSorted((a, b) => a.at.getTime() - b.at.getTime() || (a.line.name < b.line.name ? -1 : 1));
  if (note === undefined || first === undefined) throw new Lie(`cosignature of checkpoint ${size} of the log`, 'does not verify');
  const value = noteText({ text: note.text, lines: [first.line] });
  return { octets: Buffer.from(value), said: { kind: 'first cosigned checkpoint', value, witness: first.line.name, at: formatInstant(first.at), remark: 'the store says that this is the first: it could leave out cosignatures until one suits it, unless the witness publishes all of its own; compare there, give what the witness gave you with --cosigned, or take a beacon, which nobody of the log can choose' } };
}

/** @throws Error for what proves nothing; Lie where the store does not have what the witness signed. */
async function witnessed(query: Query, fixed: number, { witnessed: text, key }: Witnessed): Promise<Chosen> {
  const note = parseNote(text);
  const checkpoint = note && parseCheckpoint(note.text);
  const [signature] = (note && verifyNote(note, [key])) ?? [];
  const line = note?.lines.find(({ name, keyId }) => name === key.name && keyId.equals(key.keyId));
  if (note === undefined || checkpoint === undefined || line === undefined || signature?.at === undefined) throw new Error(`--cosigned: no checkpoint that ${key.name} has signed with the key given`);
  if (checkpoint.size <= fixed) throw new Error(`--cosigned: its size ${checkpoint.size} is not later than ${fixed}`);
  const served = await findServed(query, { size: checkpoint.size });
  if (served === undefined || parseNote(served.note)?.text !== note.text) throw new Lie(`checkpoint ${checkpoint.size} of the log`, `is not the one that ${key.name} has signed`);
  const value = noteText({ text: note.text, lines: [line] });
  return { octets: Buffer.from(value), said: { kind: 'checkpoint from a witness', value, witness: key.name, at: formatInstant(signature.at), remark: 'from the witness and not from the store; that it is the first after the fixed one, or the one agreed on, the witness says' } };
}
