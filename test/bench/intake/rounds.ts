// One round: so many processes, started, connected and with their dossiers in hand, are given the word together; dossiers per second from the word to the last
// receipt, and how long each waited for its own.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

import { serverSeconds } from './processor.ts';
import type { Way } from './stage.ts';

/** Judged and recorded, as they are received · or judged beforehand, and recorded. */
export const works = ['received', 'recorded'] as const;
export type Work = (typeof works)[number];

export interface Task {
  readonly work: Work;
  readonly way: Way;
  readonly url: string;
  readonly folder: string;
  /** Dossiers of this process: the first, and how many. */
  readonly first: number;
  readonly count: number;
  /** At once. */
  readonly senders: number;
}

export interface Round extends Omit<Task, 'first' | 'count'> {
  readonly processes: number;
  /** Of all processes. */
  readonly dossiers: number;
}

export interface Outcome {
  /** Dossiers a second. */
  readonly rate: number;
  readonly latencies: readonly number[];
  /** For each dossier on the processor, until all is entered: of the gateway's processes, and of the database server. */
  readonly processorMs: readonly [number, number];
}

const LONGEST_ROUND_MS = 120_000;
const children = new Set<ChildProcess>();

/** `data`: the database server's folder. */
export async function measure({ processes, dossiers, ...task }: Round, data: string): Promise<Outcome> {
  const count = Math.floor(dossiers / processes);
  const workers = await Promise.all(Array.from({ length: processes }, (_value, index) => startProcess({ ...task, first: index * count, count })));
  try {
    const serverBefore = serverSeconds(data);
    const began = performance.now();
    const latencies = await Promise.all(workers.map((worker) => told<{ readonly latencies: number[] }>(worker, 'go')));
    const clock = (performance.now() - began) / 1000;
    const ended = await Promise.all(workers.map((worker) => told<{ readonly seconds: number }>(worker, 'end')));
    const spent = ended.reduce((sum, { seconds }) => sum + seconds, 0);
    return { rate: (count * processes) / clock, latencies: latencies.flatMap((those) => those.latencies), processorMs: [spent, serverSeconds(data) - serverBefore].map((seconds) => (1000 * seconds) / (count * processes)) as [number, number] };
  } finally {
    for (const worker of workers) worker.kill('SIGKILL');
  }
}

export function killProcesses(): void {
  for (const child of children) child.kill('SIGKILL');
}

/** Gives it the word, and its answer. */
function told<Answer>(child: ChildProcess, word: 'go' | 'end'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => { reject(new Error(`a round took longer than ${LONGEST_ROUND_MS / 1000} s`)); }, LONGEST_ROUND_MS);
    child.once('message', (answer) => {
      clearTimeout(late);
      resolve(answer as Answer);
    });
    child.once('exit', (code) => {
      clearTimeout(late);
      reject(new Error(`a process ended with ${code}`));
    });
    child.send(word);
  });
}

function startProcess(task: Task): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('worker-process.js', import.meta.url)), [JSON.stringify(task)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return new Promise((resolve, reject) => {
    child.once('message', () => { resolve(child); });
    child.once('exit', () => { reject(new Error('a process ended before it was ready')); });
  });
}
