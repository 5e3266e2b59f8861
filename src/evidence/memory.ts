// The newest checkpoint that this process has seen committed, kept beside the database: a database that comes back with less (a standby that took over without
// the last commits, a copy put back) would make a second log under the same key. Then nothing more is entered, so nothing is received, until somebody
// decides; with a file a process that starts anew knows it, too.
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';

import { Unavailable } from '../errors/outcomes.ts';
import { checkpointText, parseCheckpoint } from '../log/checkpoint.ts';
import type { Checkpoint } from '../log/checkpoint.ts';
import type { Database, Query } from '../store/database.ts';
import { findCheckpoint } from '../store/log.ts';
import type { Enter } from './append.ts';

export interface LogMemory {
  /** Its transactions are remembered once they are committed. */
  readonly database: Database;
  /** Refuses to sign what does not go on from the newest that is remembered. */
  remembering(enter: Enter): Enter;
  /** Looks whether the database still has it, and what others have committed since. */
  readonly look: () => Promise<void>;
  /** What the database lost; undefined while all is well. */
  readonly setBack: string | undefined;
}

export interface MemorySettings {
  readonly database: Database;
  /** Where it is kept for the next process; none: for this one alone. */
  readonly file: string | undefined;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

type Seen = Pick<Checkpoint, 'size' | 'root'>;

/** @throws Error when the database has less than the file says, or the file says nothing. */
export async function openLogMemory({ database, file, log }: MemorySettings): Promise<LogMemory> {
  let newest = file === undefined ? undefined : await readKept(file);
  let kept = newest?.size ?? 0;
  let setBack: string | undefined;
  const made = new WeakMap<Query, Seen>();
  const remember = (seen: Seen | undefined): void => { if (seen !== undefined && seen.size > (newest?.size ?? 0)) newest = seen; };
  const lost = (what: string): Unavailable => {
    if (setBack === undefined) log('the log was set back: nothing is entered any more', { reason: what });
    setBack = what;
    return new Unavailable('LOG_SET_BACK', { detail: what, retryAfterSeconds: 60 });
  };
  const memory: LogMemory = {
    database: {
      ...database,
      transaction: async (work) => {
        let used: Query | undefined;
        const value = await database.transaction((query) => work(used = query));
        remember(used && made.get(used));
        return value;
      },
    },
    remembering: (enter) => async (query, records, at) => {
      if (setBack !== undefined) throw lost(setBack);
      const entering = await enter(query, records, at);
      const signed = signedIn(entering.proofs);
      if (signed === undefined) return entering;
      // Whoever has the head sees everything that was committed before.
      const head = signed.size - records.length;
      if (newest !== undefined && head < newest.size) throw lost(`the log has ${head} entries, and had ${newest.size}`);
      made.set(query, signed);
      return entering;
    },
    look: async () => {
      const sought = newest; // others are committed while the database is asked
      if (sought !== undefined) {
        const found = await findCheckpoint(database.query, sought.size);
        if (found?.root.equals(sought.root) !== true) lost(`the log ${found === undefined ? 'no longer has a checkpoint' : 'has another root'} of ${sought.size} entries`);
      }
      if (setBack !== undefined) return;
      remember(await findCheckpoint(database.query));
      if (file === undefined || newest === undefined || newest.size === kept) return;
      const { size, root } = newest;
      await writeFile(`${file}.new`, checkpointText({ origin: TITLE, size, root }), { mode: 0o600, flush: true });
      await rename(`${file}.new`, file);
      kept = size;
    },
    get setBack() {
      return setBack;
    },
  };
  await memory.look();
  if (setBack !== undefined) throw new Error(`GATEWAY_LOG_MEMORY_FILE: ${setBack}. Bring back the database that has them`);
  return memory;
}

const TITLE = 'ivan-log-memory';

async function readKept(file: string): Promise<Seen | undefined> {
  if (!existsSync(file)) return undefined;
  const text = await readFile(file, 'utf8');
  const seen = parseCheckpoint(text);
  if (seen?.origin !== TITLE) throw new Error(`GATEWAY_LOG_MEMORY_FILE: ${file} is none`);
  return seen;
}

/** Every proof of one call is of one checkpoint. */
function signedIn([proof]: readonly string[]): Seen | undefined {
  if (proof === undefined) return undefined;
  const note = proof.slice(proof.indexOf('\n\n') + 2);
  return parseCheckpoint(note.slice(0, note.indexOf('\n\n') + 1));
}
