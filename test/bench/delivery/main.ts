// `npm run bench:delivery [-- --quick]`: dossiers claimed, handed over to a receiver that costs nothing, and completed with their events, per second,
// by 1, 2 and 4 processes; beside graphile-worker and pg-boss, which claim and complete as many jobs on the same PostgreSQL in the same run.
// They take turns; medians. Then what a receiver that is away costs the others, and intake. Prints Markdown; asserts nothing about time.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { startEmbeddedDatabase } from '../../../src/development/database.ts';
import { load, machine } from '../verify/machine.ts';
import { contestants, openContestant } from './contestants.ts';
import type { Contestant, ContestantName } from './contestants.ts';
import { measureOutage } from './outage.ts';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' }, processes: { type: 'string' }, jobs: { type: 'string' } } });
const JOBS = Number(values.jobs ?? 16_000);
/** Who is slower is given less, so that a round of each takes seconds; long enough for all to be past their start. */
const jobsOf = (name: ContestantName): number => (name === 'gateway' || name === 'pg-boss' ? JOBS : JOBS / 4);
const ROUNDS = values.quick ? 3 : 5;
const PROCESSES = values.processes?.split(',').map(Number) ?? [1, 2, 4];
const LONGEST_ROUND_MS = 60_000;
const LONGEST_COMPARISON_MS = 3 * 60_000; // no round is begun afterwards
const LONGEST_RUN_MS = 5 * 60_000;

const names = contestants.filter((name) => values.only === undefined || values.only.split('/').includes(name));
const folder = mkdtempSync(join(tmpdir(), 'bench-delivery-'));
const server = await startEmbeddedDatabase({ folder, persistent: true, flags: ['-c', 'shared_buffers=256MB', '-c', 'max_connections=200'] });
const children = new Set<ChildProcess>();
const alarm = setTimeout(() => {
  say(`stopped after ${LONGEST_RUN_MS / 60_000} minutes`);
  for (const child of children) child.kill('SIGKILL');
  void end().finally(() => process.exit(1));
}, LONGEST_RUN_MS);
try {
  say(`${machine()}\nload ${load()}; PostgreSQL on the same machine with fsync and synchronous_commit on; ${JOBS} jobs a round (graphile-worker and dossiers: ${JOBS / 4}), at most ${ROUNDS} rounds; jobs per second, median (least–most)\n`);
  await compare();
  if (values.only === undefined) await showOutage();
} finally {
  clearTimeout(alarm);
  await end();
}

async function end(): Promise<void> {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function compare(): Promise<void> {
  const open = new Map<ContestantName, Contestant>();
  for (const [index, name] of names.entries()) {
    await server.createDatabase(`bench${index}`);
    open.set(name, await openContestant(name, server.url(`bench${index}`), jobsOf(name)));
  }
  const rates = new Map<string, number[]>();
  const began = performance.now();
  for (let round = 0; round < ROUNDS && performance.now() - began < LONGEST_COMPARISON_MS; round += 1) {
    const turn = round % 2 === 0 ? [...open] : [...open].toReversed();
    for (const processes of PROCESSES) {
      for (const [name, contestant] of turn) {
        await contestant.fill(jobsOf(name));
        const key = `${name} ${processes}`;
        rates.set(key, [...(rates.get(key) ?? []), await rateOf(name, server.url(`bench${names.indexOf(name)}`), processes)]);
        const left = await contestant.remaining();
        if (left > 0) throw new Error(`${name} left ${left} of ${jobsOf(name)} jobs`);
      }
    }
  }
  for (const contestant of open.values()) await contestant.close();
  print((name, processes) => (rates.get(`${name} ${processes}`) ?? []).toSorted((a, b) => a - b));
}

/** Jobs per second, from the word to the last completion. */
async function rateOf(name: ContestantName, url: string, processes: number): Promise<number> {
  const jobs = jobsOf(name);
  const counts = new Map<ChildProcess, number>();
  const workers = await Promise.all(Array.from({ length: processes }, () => startProcess(name, url)));
  try {
    const began = performance.now();
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => { reject(new Error(`${name}: ${[...counts.values()].join(' + ')} of ${jobs} jobs in ${LONGEST_ROUND_MS / 1000} s`)); }, LONGEST_ROUND_MS);
      for (const worker of workers) {
        worker.on('message', (message: unknown) => {
          if (typeof message === 'object' && message !== null && 'done' in message) counts.set(worker, Number(message.done));
          if ([...counts.values()].reduce((sum, done) => sum + done, 0) < jobs) return;
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

function startProcess(name: ContestantName, url: string): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('worker-process.js', import.meta.url)), [name, url], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return new Promise((resolve, reject) => {
    child.once('message', () => { resolve(child); });
    child.once('exit', () => { reject(new Error(`a process of ${name} ended`)); });
  });
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (!child.connected) return;
  const ended = new Promise<void>((resolve) => { child.once('exit', () => { resolve(); }); });
  child.send('end');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(timer);
}

function print(ratesOf: (name: ContestantName, processes: number) => number[]): void {
  const median = (rates: readonly number[]): number => rates[Math.floor(rates.length / 2)] ?? 0;
  const whole = (rate: number): string => Math.round(rate).toLocaleString('en');
  say(`| | ${PROCESSES.map((count) => `${count} process${count === 1 ? '' : 'es'}`).join(' | ')} |\n|---|${'---:|'.repeat(PROCESSES.length)}`);
  for (const name of names) {
    const cells = PROCESSES.map((processes) => {
      const rates = ratesOf(name, processes);
      return `${whole(median(rates))} (${whole(rates[0] ?? 0)}–${whole(rates.at(-1) ?? 0)})`;
    });
    say(`| ${name} | ${cells.join(' | ')} |`);
  }
  const peers = names.filter((name) => !name.startsWith('gateway'));
  if (peers.length === 0) return;
  for (const ours of names.filter((name) => name.startsWith('gateway'))) {
    const ratios = PROCESSES.map((processes) => median(ratesOf(ours, processes)) / Math.max(...peers.map((peer) => median(ratesOf(peer, processes)))));
    say(`| ${ours} / the faster peer | ${ratios.map((ratio) => ratio.toFixed(2)).join(' | ')} |`);
  }
}

async function showOutage(): Promise<void> {
  await server.createDatabase('outage');
  const { throughput: [hanging, answering], intakeMs: [away, there] } = await measureOutage(server.url('outage'));
  say(`\nOne of three backends hangs, one process: the other two are handed ${Math.round(hanging)} dossiers a second, ${Math.round(answering)} when it answers (ratio ${(hanging / answering).toFixed(2)}).`);
  say(`Intake of a dossier for it: ${away.toFixed(2)} ms while it hangs, ${there.toFixed(2)} ms while it answers (ratio ${(away / there).toFixed(2)}).`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
