// `npm run bench:delivery [-- --quick] [--only=NAME/NAME] [--processes=1,2]`: jobs claimed and completed per second by 1, 2 and 4 processes; dossiers
// delivered with all that is recorded of it; dossiers delivered and answered; each beside graphile-worker and pg-boss, which do the same on the same
// database in the same run. They take turns; medians. Then what a receiver that is away costs the others, and intake. Asserts nothing about time.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';

import { startEmbeddedDatabase } from '../../../src/development/database.ts';
import { load, machine } from '../verify/machine.ts';
import { contestants, nameOf, openStage, works } from './contestants.ts';
import type { Contestant, Work } from './contestants.ts';
import { measureOutage } from './outage.ts';
import { killProcesses, rateOf } from './rounds.ts';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' }, processes: { type: 'string' }, jobs: { type: 'string' }, rounds: { type: 'string' } } });
/** A round of it takes seconds, so that the start, in which code is compiled and paces are found, is a small part of it. */
const JOBS = Number(values.jobs ?? 64_000);
const jobsOfWork: Readonly<Record<Work, number>> = { jobs: JOBS, dossiers: JOBS / 8, answered: JOBS / 32 };
/** Who is slower is given less. */
const slower: Readonly<Record<Work, number>> = { jobs: 16, dossiers: 4, answered: 2 };
const jobsOf = ({ engine, work }: Contestant): number => (engine === 'graphile-worker' ? jobsOfWork[work] / slower[work] : jobsOfWork[work]);
const ROUNDS = Number(values.rounds ?? (values.quick ? 1 : 3));
const PROCESSES = values.processes?.split(',').map(Number) ?? [1, 2, 4];
const LONGEST_COMPARISON_MS = 8 * 60_000; // nothing but the first round is begun afterwards
const LONGEST_RUN_MS = 14 * 60_000;

const chosen = contestants.filter((contestant) => values.only === undefined || values.only.split('/').includes(nameOf(contestant)));
const folder = mkdtempSync(join(tmpdir(), 'bench-delivery-'));
const server = await startEmbeddedDatabase({ folder: join(folder, 'database'), persistent: true, flags: ['-c', 'shared_buffers=256MB', '-c', 'max_connections=400'] });
const alarm = setTimeout(() => {
  say(`stopped after ${LONGEST_RUN_MS / 60_000} minutes`);
  killProcesses();
  void end().finally(() => process.exit(1));
}, LONGEST_RUN_MS);
try {
  say(`${machine()}\nload ${load()}; PostgreSQL on the same machine with fsync and synchronous_commit on; ${works.map((work) => `${jobsOfWork[work]} ${work} (graphile-worker ${jobsOfWork[work] / slower[work]})`).join(', ')} a round; at most ${ROUNDS} rounds; per second, median (least–most)\n`);
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
  await server.createDatabase('bench');
  const url = server.url('bench');
  const stage = await openStage(url, folder, jobsOfWork);
  const rates = new Map<string, number[]>();
  const began = performance.now();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const processes of PROCESSES) {
      if (round > 0 && performance.now() - began > LONGEST_COMPARISON_MS) break;
      for (const contestant of round % 2 === 0 ? chosen : chosen.toReversed()) {
        const jobs = jobsOf(contestant);
        await stage.fill(contestant, jobs);
        const key = `${nameOf(contestant)} ${processes}`;
        rates.set(key, [...(rates.get(key) ?? []), await rateOf({ ...contestant, url, folder, processes, jobs })]);
        const left = await stage.remaining(contestant, jobs);
        if (left > 0) throw new Error(`${nameOf(contestant)} left ${left} of ${jobs} jobs undone, or unrecorded`);
      }
    }
  }
  await stage.close();
  print((contestant, processes) => (rates.get(`${nameOf(contestant)} ${processes}`) ?? []).toSorted((a, b) => a - b));
}

type RatesOf = (contestant: Contestant, processes: number) => readonly number[];

function print(ratesOf: RatesOf): void {
  const median = (rates: readonly number[]): number => rates[Math.floor(rates.length / 2)] ?? 0;
  const whole = (rate: number): string => Math.round(rate).toLocaleString('en');
  say(`| | ${PROCESSES.map((count) => `${count} process${count === 1 ? '' : 'es'}`).join(' | ')} |\n|---|${'---:|'.repeat(PROCESSES.length)}`);
  for (const work of works) {
    const at = chosen.filter((contestant) => contestant.work === work);
    for (const contestant of at) {
      const cells = PROCESSES.map((processes) => {
        const rates = ratesOf(contestant, processes);
        return `${whole(median(rates))} (${whole(rates[0] ?? 0)}–${whole(rates.at(-1) ?? 0)})`;
      });
      say(`| ${nameOf(contestant)} | ${cells.join(' | ')} |`);
    }
    const [ours, ...peers] = at.toSorted((a, b) => Number(b.engine === 'gateway') - Number(a.engine === 'gateway'));
    if (ours?.engine !== 'gateway' || peers.length === 0) continue;
    const ratios = PROCESSES.map((processes) => median(ratesOf(ours, processes)) / Math.max(...peers.map((peer) => median(ratesOf(peer, processes)))));
    say(`| **${nameOf(ours)} / the faster peer** | ${ratios.map((ratio) => ratio.toFixed(2)).join(' | ')} |`);
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
