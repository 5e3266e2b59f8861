// The sample of one log: what it is drawn from, by what seed, and each dossier in it, audited and with the proof that it stood in the fixed checkpoint.
import { proofsOf } from '../evidence/proofs.ts';
import { cosignedNote } from '../evidence/serving.ts';
import { recordsOf } from '../evidence/waiting.ts';
import { emptyTree, grow, isIncluded, leafHash, rootOf } from '../log/merkle.ts';
import type { Hash } from '../log/merkle.ts';
import { commitmentTo, entryOctets } from '../log/entry.ts';
import { noteText, verifyNote } from '../log/note.ts';
import type { NoteVerifier } from '../log/note.ts';
import { parseCheckpoint } from '../log/checkpoint.ts';
import { proofText } from '../log/proof.ts';
import { SUBMISSION } from '../receipts/log-entry.ts';
import { formatInstant } from '../standard/time.ts';
import { submissionsAmong } from '../store/audit.ts';
import type { Query } from '../store/database.ts';
import { countEntered, enteredAt } from '../store/log.ts';
import { findServed, listLeaves } from '../store/log-serving.ts';
import { added, noCounts } from './counts.ts';
import type { Counts } from './counts.ts';
import { checkThat, Lie } from './lie.ts';
import type { Auditor } from './auditor.ts';
import { laterOf } from './later.ts';
import type { Later } from './later.ts';
import { drawSample, sampleSeed } from './sample.ts';

export interface Sample {
  readonly report: object;
  readonly counts: Counts;
}

export interface Wanted {
  /** The size of the checkpoint that was published first. */
  readonly fixed: number;
  readonly later: Later;
  readonly count: number;
  /** Of the log. */
  readonly keys: readonly NoteVerifier[];
}

const OF_A_TIME = 100;
const LEAVES_OF_A_TIME = 4_096;

/** @throws Error for a checkpoint that is not there, or a later value that proves nothing; Lie for a checkpoint that is not what it has to be. */
export async function takeSample(query: Query, auditor: Auditor, { fixed, later, count, keys }: Wanted): Promise<Sample> {
  const checkpoint = await findServed(query, { size: fixed });
  const note = checkpoint && cosignedNote(checkpoint);
  if (note === undefined) throw new Error(`the log has no checkpoint of size ${fixed}`);
  const root = parseCheckpoint(note.text)?.root;
  if (root === undefined) throw new Lie(`checkpoint ${fixed} of the log`, 'is none');
  checkThat((verifyNote(note, keys) ?? []).some(({ verifier: { kind } }) => kind === 'log'), `checkpoint ${fixed} of the log`, 'is not signed by the log');
  await checkPopulation(query, fixed, root);
  const chosenBy = await laterOf(query, fixed, later);
  const seed = sampleSeed(note.text, chosenBy.octets);
  const population = await countEntered(query, SUBMISSION, fixed);
  const places = drawSample(seed, population, count);
  const entries = await enteredAt(query, SUBMISSION, fixed, places);
  let counts = noCounts;
  const dossiers: object[] = [];
  for (let from = 0; from < entries.length; from += OF_A_TIME) {
    const page = entries.slice(from, from + OF_A_TIME);
    const paths = await proofsOf(query, page, fixed);
    const rows = new Map((await submissionsAmong(query, page.map(({ subject }) => subject))).map((one) => [one.submission.id, one]));
    for (const [place, { position, kind, subject, salt, commitment }] of page.entries()) {
      const path = paths[place] ?? [];
      if (!isIncluded(leafHash(entryOctets(kind, commitment)), position, fixed, path, root)) throw new Lie(`entry ${position} of the log`, `is not in the checkpoint of size ${fixed}`);
      const found = rows.get(subject);
      if (found === undefined) throw new Lie(`entry ${position} of the log`, `its submission ${subject} is not there`);
      const { submission, dossier, isErased } = found;
      const [record] = await recordsOf(query, SUBMISSION, [subject]);
      const isSame = salt === null ? isErased : record !== undefined && commitmentTo(record.facts, salt).equals(commitment);
      checkThat(isSame, `submission ${subject}`, `is not what was entered into the log at ${position}`);
      counts = added(counts, await auditor.checkRows([found]));
      dossiers.push({
        drawn: dossiers.length + 1, place: places[dossiers.length], position, submission: subject, digest: submission.digest, outcome: submission.outcome, dossierNumber: dossier?.number ?? null, receivedAt: formatInstant(submission.receivedAt),
        proof: proofText({ extra: salt ?? Buffer.alloc(0), index: position, path, checkpoint: note }),
      });
    }
  }
  return { counts, report: { method: 'ivan-audit-sample/1', checkpoint: noteText(note), later: chosenBy.said, seed: seed.toString('hex'), population, asked: count, dossiers } };
}

/** What is drawn from is what the store says to be submissions: only with its kind is an entry a leaf of the tree that was signed, so none is kept out. */
async function checkPopulation(query: Query, fixed: number, root: Hash): Promise<void> {
  let tree = emptyTree;
  while (tree.size < fixed) {
    const page = await listLeaves(query, tree.size, Math.min(LEAVES_OF_A_TIME, fixed - tree.size));
    checkThat(page.length > 0, `entry ${tree.size} of the log`, 'is not there');
    tree = grow(tree, page.map(({ kind, commitment }) => leafHash(entryOctets(kind, commitment)))).head;
  }
  checkThat(rootOf(tree).equals(root), `checkpoint ${fixed} of the log`, 'has another root than its entries make');
}
