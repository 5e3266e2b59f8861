// The audit on every core: workers take one piece after the other; what they tell is put together here. The first lie ends it, unless all are wanted.
import { Worker } from 'node:worker_threads';

import { added, noCounts } from './counts.ts';
import type { Counts } from './counts.ts';
import { piecesLeft, withDone } from './state.ts';
import type { AuditState } from './state.ts';
import type { WorkerSettings, WorkerTells } from './worker.ts';

/** Documents live for a moment: where there is room for many of them, less is collected. */
const YOUNG_MB = 192;

export interface ParallelSettings extends WorkerSettings {
  readonly workers: number;
  readonly mostLies: number;
  readonly signal?: AbortSignal;
  /** After each piece. */
  readonly went: (state: AuditState, counts: Counts) => void;
}

export interface ParallelOutcome {
  readonly counts: Counts;
  readonly lies: readonly { readonly where: string; readonly message: string }[];
  /** False when it was stopped, or ended by a lie, before everything was checked. */
  readonly isWhole: boolean;
}

/** @throws Error when a worker cannot go on. */
export async function auditInParallel(begun: AuditState, { url, password, all, outside, workers, mostLies, signal, went }: ParallelSettings): Promise<ParallelOutcome> {
  const left = [...piecesLeft(begun)];
  const lies: { where: string; message: string }[] = [];
  let state = begun;
  let counts = Object.values(begun.done).reduce(added, noCounts);
  const isOver = (): boolean => signal?.aborted === true || lies.length >= mostLies;
  const work = (worker: Worker): Promise<void> => new Promise((resolve, reject) => {
    worker.on('error', reject);
    let isDone = false;
    worker.on('exit', (code) => { if (isDone) resolve(); else reject(new Error(`a worker of the audit ended with ${code} before its work`)); });
    worker.on('message', ({ piece, counts: more, lies: told, failure }: WorkerTells) => {
      if (failure !== undefined) {
        reject(new Error(failure)); // at once: what is not rejected when the worker ends counts as checked
        return;
      }
      const said = new Set(lies.map(({ message: one }) => one)); // what is wrong with all of it every piece says
      lies.push(...told.filter(({ message: one }) => !said.has(one)));
      counts = added(counts, more);
      if (piece !== undefined && told.length === 0) state = withDone(state, piece, more);
      if (piece !== undefined) went(state, counts);
      const next = isOver() ? 'end' : (left.shift() ?? 'end');
      isDone = next === 'end';
      worker.postMessage(next);
    });
  });
  const threads = Array.from({ length: workers }, () => new Worker(new URL('./worker.js', import.meta.url), { workerData: { url, password, all, outside } satisfies WorkerSettings, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } }));
  try {
    await Promise.all(threads.map(work));
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
  return { counts, lies: lies.slice(0, mostLies), isWhole: left.length === 0 && signal?.aborted !== true && lies.length < mostLies };
}
