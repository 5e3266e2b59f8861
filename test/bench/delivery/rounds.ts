// One round of a contestant: so many processes, started and connected, are given the word together; jobs per second from the word to the last completion.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

import { nameOf } from './contestants.ts';
import type { Contestant } from './contestants.ts';

const LONGEST_ROUND_MS = 60_000;
const LONGEST_END_MS = 5_000;
const children = new Set<ChildProcess>();

export interface Round extends Contestant {
  readonly url: string;
  readonly folder: string;
  readonly processes: number;
  readonly jobs: number;
}

export async function rateOf(round: Round): Promise<number> {
  const { jobs, processes } = round;
  const name = nameOf(round);
  const things = round.work === 'answered' ? 2 * jobs : jobs; // each dossier and each answer
  const counts = new Map<ChildProcess, number>();
  const workers = await Promise.all(Array.from({ length: processes }, () => startProcess(round)));
  try {
    const began = performance.now();
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => { reject(new Error(`${name}: ${[...counts.values()].join(' + ')} of ${things} jobs in ${LONGEST_ROUND_MS / 1000} s`)); }, LONGEST_ROUND_MS);
      for (const worker of workers) {
        worker.on('message', (message: unknown) => {
          if (typeof message === 'object' && message !== null && 'done' in message) counts.set(worker, Number(message.done));
          if ([...counts.values()].reduce((sum, done) => sum + done, 0) < things) return;
          clearTimeout(late);
          resolve();
        });
        worker.once('exit', (code) => { reject(new Error(`a process of ${name} ended with ${code}`)); });
        worker.send('go');
      }
    });
    return (jobs / (performance.now() - began)) * 1000;
  } finally {
    await Promise.all(workers.map(endProcess));
  }
}

export function killProcesses(): void {
  for (const child of children) child.kill('SIGKILL');
}

function startProcess({ engine, work, url, folder }: Round): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('worker-process.js', import.meta.url)), [engine, work, url, folder], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return new Promise((resolve, reject) => {
    child.once('message', () => { resolve(child); });
    child.once('exit', () => { reject(new Error(`a process of ${engine} ended`)); });
  });
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (!child.connected) return;
  const ended = new Promise<void>((resolve) => { child.once('exit', () => { resolve(); }); });
  child.send('end');
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_END_MS);
  await ended;
  clearTimeout(timer);
}
