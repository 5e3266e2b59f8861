// `npm run bench:intake [-- --quick] [--work=recorded] [--processes=1,2] [--senders=1,64]`: dossiers received per second, and how long each waits for its receipt,
// by 1 and 2 processes with 1 and 64 senders each; with the log, on a database that has none, and there with a transaction for each dossier, in turn in the same run;
// medians. Asserts nothing about time.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';

import { startEmbeddedDatabase } from '../../../src/development/database.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { load, machine } from '../verify/machine.ts';
import { killProcesses, measure, works } from './rounds.ts';
import type { Outcome, Work } from './rounds.ts';
import { freshDatabase, prepare, ways } from './stage.ts';
import type { Way } from './stage.ts';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, work: { type: 'string' }, processes: { type: 'string' }, senders: { type: 'string' }, rounds: { type: 'string' }, dossiers: { type: 'string' } } });
const ROUNDS = Number(values.rounds ?? (values.quick ? 1 : 3));
const PROCESSES = values.processes?.split(',').map(Number) ?? [1, 2];
const SENDERS = values.senders?.split(',').map(Number) ?? [1, 64];
const WORKS = works.filter((work) => values.work === undefined || values.work === work);
const MOST = Number(values.dossiers ?? (values.quick ? 600 : 1_600));
/** Who sends one after the other is given less, so that every round takes about as long. */
const dossiersFor = (senders: number): number => (senders === 1 ? MOST / 8 : senders < 64 ? MOST / 2 : MOST);
const LONGEST_COMPARISON_MS = 6 * 60_000; // nothing but the first round is begun afterwards
const LONGEST_RUN_MS = 12 * 60_000;

interface Cell {
  readonly work: Work;
  readonly processes: number;
  readonly senders: number;
}

const cells: readonly Cell[] = WORKS.flatMap((work) => PROCESSES.flatMap((processes) => SENDERS.map((senders) => ({ work, processes, senders }))));
const outcomes = new Map<string, Outcome[]>();
const keyOf = ({ work, processes, senders }: Cell, way: Way): string => `${work} ${processes} ${senders} ${way}`;

const folder = mkdtempSync(join(tmpdir(), 'bench-intake-'));
const server = await startEmbeddedDatabase({ folder: join(folder, 'database'), persistent: true, flags: ['-c', 'shared_buffers=256MB', '-c', 'max_connections=200'] });
const alarm = setTimeout(() => {
  say(`stopped after ${LONGEST_RUN_MS / 60_000} minutes`);
  killProcesses();
  void end().finally(() => process.exit(1));
}, LONGEST_RUN_MS);
try {
  say(`${machine()}\nload ${load()}; PostgreSQL on the same machine with fsync and synchronous_commit on; at most ${ROUNDS} rounds of up to ${MOST} dossiers; medians\n`);
  await prepare(server, join(folder, 'pki'), MOST);
  await compare();
  print();
  say(`\nload ${load()} at the end`);
} finally {
  clearTimeout(alarm);
  await end();
}

async function end(): Promise<void> {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function compare(): Promise<void> {
  const began = performance.now();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const cell of cells) {
      if (round > 0 && performance.now() - began > LONGEST_COMPARISON_MS) return;
      for (const way of round % 2 === 0 ? ways : ways.toReversed()) {
        const url = await freshDatabase(server, way);
        const dossiers = dossiersFor(cell.senders);
        const outcome = await measure({ ...cell, dossiers, url, folder: join(folder, 'pki'), way }, join(folder, 'database', 'data'));
        await check(url, cell, way, dossiers);
        outcomes.set(keyOf(cell, way), [...(outcomes.get(keyOf(cell, way)) ?? []), outcome]);
      }
    }
  }
}

/** What a round should have left is there: each dossier with its receipt; with the log, an entry of each, of its receipt and of its event, and nothing waits. */
async function check(url: string, { processes }: Cell, way: Way, dossiers: number): Promise<void> {
  const hasLog = way === 'with the log';
  const sent = Math.floor(dossiers / processes) * processes;
  const database = await openDatabase({ url, connections: 2 });
  const count = async (table: string): Promise<number> => (await database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]?.n ?? 0;
  const [receipts, entries, waiting] = [await count('receipt'), !hasLog ? 0 : await count(`log_entry WHERE kind IN ('submission', 'receipt')`), !hasLog ? 0 : await count('log_waiting')];
  await database.close();
  if (receipts !== sent || (hasLog && (entries !== 2 * sent || waiting !== 0))) throw new Error(`${receipts} receipts, ${entries} entries and ${waiting} waiting of ${sent} dossiers`);
}

function print(): void {
  say('| | with the log: dossiers a second | latency ms, median (95 %) | without: dossiers a second | latency ms, median (95 %) | without, each alone: dossiers a second | latency ms, median (95 %) | with / without | with / each alone | on the processor, ms a dossier: with, without, each alone (gateway + database) |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|');
  for (const cell of cells) {
    const all = ways.map((way) => outcomes.get(keyOf(cell, way)) ?? []);
    const [ours = NaN, ...others] = all.map((those) => median(those.map(({ rate }) => rate)));
    const cellsOf = (those: readonly Outcome[]): string => {
      const latencies = those.flatMap((outcome) => outcome.latencies);
      const sorted = those.map(({ rate }) => rate).toSorted((a, b) => a - b);
      return `${Math.round(median(sorted))} (${Math.round(sorted[0] ?? 0)}–${Math.round(sorted.at(-1) ?? 0)}) | ${at(latencies, 0.5).toFixed(1)} (${at(latencies, 0.95).toFixed(1)})`;
    };
    const { work, processes, senders } = cell;
    say(`| ${work}, ${processes} process${processes === 1 ? '' : 'es'}, ${senders} sender${senders === 1 ? '' : 's'} each | ${all.map(cellsOf).join(' | ')} | ${others.map((rate) => `**${(ours / rate).toFixed(2)}**`).join(' | ')} | ${all.map(spentBy).join(', ')} |`);
  }
}

function spentBy(outcomes: readonly Outcome[]): string {
  return [0, 1].map((place) => median(outcomes.map(({ processorMs }) => processorMs[place] ?? 0)).toFixed(2)).join(' + ');
}

/** Between the two in the middle, where there are two. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return ((sorted[half] ?? 0) + (sorted[sorted.length - 1 - half] ?? 0)) / 2;
}

function at(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
