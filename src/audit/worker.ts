// One worker of an audit: a thread with its own connection, which checks the pieces that it is given and tells what it found.
import { parentPort, workerData } from 'node:worker_threads';

import { createSchemas } from '../standard/schema-folder.ts';
import { loadStandards } from '../standard/tables.ts';
import { openReader } from '../store/reader.ts';
import { openAuditor } from './auditor.ts';
import { noCounts } from './counts.ts';
import type { Counts } from './counts.ts';
import type { Outside } from './kept.ts';
import { Lie } from './lie.ts';
import type { Piece } from './pieces.ts';

export interface WorkerSettings {
  readonly url: string;
  readonly password: string | undefined;
  /** False: a piece ends with its first lie. */
  readonly all: boolean;
  readonly outside: Outside | undefined;
}

export interface WorkerTells {
  readonly piece: Piece | undefined;
  readonly counts: Counts;
  readonly lies: readonly { readonly where: string; readonly message: string }[];
  /** Why the piece could not be checked. */
  readonly failure?: string;
}

const MOST_LIES = 1_000;

const { url, password, all, outside } = workerData as WorkerSettings;
const schemas = createSchemas();
const reader = await openReader({ url, connections: 2, ...(password === undefined ? {} : { password }) });
let lies: { where: string; message: string }[] = [];
const found = (lie: Lie): void => {
  if (!all || lies.length >= MOST_LIES) throw new PieceEnded(lie);
  lies.push({ where: lie.where, message: lie.message });
};

class PieceEnded extends Error {
  readonly lie: Lie;

  constructor(lie: Lie) {
    super(lie.message);
    this.lie = lie;
  }
}

const tell = (told: WorkerTells): void => { parentPort?.postMessage(told); };

async function checked(piece: Piece, check: (piece: Piece) => Promise<Counts>): Promise<WorkerTells> {
  lies = [];
  try {
    const counts = await check(piece);
    return { piece, counts, lies };
  } catch (error) {
    const lie = error instanceof PieceEnded ? error.lie : error;
    if (lie instanceof Lie) return { piece, counts: noCounts, lies: [...lies, { where: lie.where, message: lie.message }] };
    return { piece, counts: noCounts, lies, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

let opening: ReturnType<typeof openAuditor> | undefined;
parentPort?.on('message', (piece: Piece | 'end') => {
  if (piece === 'end') {
    schemas.dispose();
    void reader.close().then(() => { parentPort?.close(); });
    return;
  }
  void checked(piece, async (given) => (await (opening ??= openAuditor({ query: reader.query, standards: loadStandards(), schemas, found, ...(outside === undefined ? {} : { outside }) }))).check(given)).then(tell);
});
tell({ piece: undefined, counts: noCounts, lies: [] });
