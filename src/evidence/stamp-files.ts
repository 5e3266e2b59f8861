// Time stamps of a container: each token with the note that it covers, and for each that another covers the proof that its entry in the log is in that
// other's checkpoint. So the first one proves its instant when its own certificate has long ended.
import { canonicalJson } from '../log/entry.ts';
import { parseNote } from '../log/note.ts';
import type { SignedNote } from '../log/note.ts';
import { proofText } from '../log/proof.ts';
import { findCheckpoint } from '../store/log.ts';
import { listEntriesOf } from '../store/log-nodes.ts';
import type { Query } from '../store/database.ts';
import { STAMP } from '../store/stamps.ts';
import type { Certificate } from '../trust/certificate.ts';
import { readSignedMessage } from '../trust/cms.ts';
import { readValues } from '../trust/embedded-values.ts';
import { proofsOf } from './proofs.ts';
import { recordsOf } from './waiting.ts';

interface Stamp {
  readonly id: string;
  readonly size: number;
  readonly token: Buffer;
}

/** @throws Error when the store lacks a checkpoint or an entry that a stamp needs. */
export async function stampFiles(query: Query, stamps: readonly Stamp[]): Promise<[string, Buffer][]> {
  const files: [string, Buffer][] = [];
  for (const [place, { size, token }] of stamps.entries()) {
    const note = await noteOf(query, size);
    files.push([`timestamps/${place + 1}.tst`, token], [`timestamps/${place + 1}.txt`, Buffer.from(note.octets)]);
    const before = stamps[place - 1];
    if (before !== undefined) files.push(...(await coverFiles(query, `log/timestamps/${place}`, before.id, size, note.note)));
  }
  return files;
}

async function coverFiles(query: Query, name: string, id: string, size: number, checkpoint: SignedNote): Promise<[string, Buffer][]> {
  const [entry] = await listEntriesOf(query, [{ kind: STAMP, subject: id }]);
  const [record] = await recordsOf(query, STAMP, [id]);
  if (entry?.salt == null || record === undefined) throw new Error(`time stamp ${id} is not in the log`);
  const [path = []] = await proofsOf(query, [entry], size);
  return [[`${name}.proof`, Buffer.from(proofText({ extra: entry.salt, index: entry.position, path, checkpoint }))], [`${name}.json`, Buffer.from(canonicalJson(record.facts))]];
}

async function noteOf(query: Query, size: number): Promise<{ readonly octets: string; readonly note: SignedNote }> {
  const octets = (await findCheckpoint(query, size))?.note ?? '';
  const note = parseNote(octets);
  if (note === undefined) throw new Error(`there is no checkpoint of ${size}`);
  return { octets, note };
}

/** The certificates that came with a token. What cannot be read has none. */
export function authoritiesOf(token: Buffer): readonly Certificate[] {
  try {
    return readValues({ ...readSignedMessage(token), responses: [] }).candidates;
  } catch {
    return [];
  }
}
