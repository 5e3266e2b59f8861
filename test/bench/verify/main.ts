// `npm run bench:verify [-- --quick] [-- --only <document>]`: one run, side by side, warm, every contestant in its own process and
// measuring inside it. Prints Markdown; asserts nothing about time; leaves nothing behind.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { allocationsOf } from './allocations.ts';
import { ContestantProcess } from './contestant-process.ts';
import { entries, withCertificate } from './contestants.ts';
import type { Entry, EntryId } from './contestants.ts';
import { documentIds, makeDocuments } from './documents.ts';
import type { BenchDocument, DocumentId, Documents } from './documents.ts';
import { load, machine } from './machine.ts';
import { addedBy } from './memory.ts';
import { preheat, quickPace, timeDocument, usualPace } from './rounds.ts';
import type { Pace, Timing } from './rounds.ts';
import { allocationsTable, memoryTable, ratiosTable, targetsTable, timesTable } from './table.ts';
import type { Added, Timings } from './table.ts';
import { memoryTarget } from './targets.ts';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string', multiple: true, default: [] } } });
const wanted = documentIds.filter((id) => values.only.length === 0 || values.only.includes(id));
const folder = mkdtempSync(join(tmpdir(), 'bench-verify-'));
const started: ContestantProcess[] = [];
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
process.once('exit', () => {
  for (const { pid } of started) if (pid > 0) tryToEnd(pid);
  rmSync(folder, { recursive: true, force: true });
});

if (wanted.length < Math.max(1, values.only.length)) {
  print(`--only takes: ${documentIds.join(', ')}`);
  process.exitCode = 2;
} else await run(values.quick ? quickPace : usualPace);

async function run(pace: Pace): Promise<void> {
  const before = load();
  // The small document also warms up the processes whose memory is measured.
  const documents = await makeDocuments(join(folder, 'documents'), new Date(), [...new Set<DocumentId>(['10k', ...wanted])]);
  const all = entries(join(folder, 'programs'));
  const measured = documents.all.filter(({ id }) => wanted.includes(id));
  const { timings, versions } = await race(all, measured, documents, pace);
  const large = measured.find(({ id }) => id === memoryTarget.document);
  const added = large === undefined ? new Map<EntryId, number>() : await measureMemory(all, documents, large);
  const allocations = await allocationsOf(measured, documents.certificate);
  print('## Verification of signed documents\n');
  print(`${machine()}. Load average before ${before}, after ${load()}.\n`);
  print(`Received bytes to verified content, warm, one thread; median of up to ${pace.rounds} rounds, contestants in turn. By the clock / on the processor, which other work on the machine hardly changes.\n`);
  print(timesTable(all, measured, timings));
  print(`\nHow much faster this engine is, by the clock / on the processor.\n`);
  print(ratiosTable(all, measured, timings));
  if (large !== undefined) print(`\n### Memory: added to the resident set by verifying ${large.title} once\n\n${memoryTable(all, large, added)}`);
  print(`\n### Allocated\n\n${allocationsTable(measured, allocations)}`);
  print(`\n### Targets (for a quiet machine)\n\n${targetsTable(all, measured, timings, added)}`);
  print(`\n${notes(all, measured, timings, versions)}`);
}

async function race(all: readonly Entry[], measured: readonly BenchDocument[], { certificate, all: documents }: Documents, pace: Pace): Promise<{ timings: Timings; versions: ReadonlyMap<EntryId, string> }> {
  const running: { readonly entry: Entry; readonly process: ContestantProcess }[] = [];
  for (const entry of all) if (!('missing' in entry.program)) running.push({ entry, process: start(withCertificate(entry.program, certificate)) });
  const versions = new Map<EntryId, string>();
  for (const { entry, process: contestant } of running) {
    versions.set(entry.id, await contestant.ask('about').catch(String));
    const [small] = documents;
    if (entry.native === true || small === undefined) continue;
    progress(`warming up ${entry.title}`);
    // One that fails here fails its proof too, and is called unfit there.
    await contestant.load(small.variants[entry.variant].good).then(() => preheat(contestant, pace.preheatMs)).catch(() => undefined);
  }
  const timings = new Map<DocumentId, ReadonlyMap<EntryId, Timing>>();
  for (const { id, title, variants } of measured) {
    progress(`timing ${title}`);
    timings.set(id, await timeDocument(running.map(({ entry, process: contestant }) => ({ id: entry.id, process: contestant, copies: variants[entry.variant] })), pace));
  }
  for (const { process: contestant } of running) await contestant.stop();
  return { timings, versions };
}

async function measureMemory(all: readonly Entry[], { all: documents, certificate }: Documents, large: BenchDocument): Promise<Added> {
  const small = documents.find(({ id }) => id === '10k');
  const added = new Map<EntryId, number | { readonly unfit: string }>();
  for (const { id, title, program, variant } of all) {
    if ('missing' in program || small === undefined) continue;
    progress(`memory of ${title}`);
    added.set(id, await addedBy(withCertificate(program, certificate), small.variants[variant].good, large.variants[variant].good));
  }
  return added;
}

function start(command: ConstructorParameters<typeof ContestantProcess>[0]): ContestantProcess {
  const contestant = new ContestantProcess(command);
  started.push(contestant);
  return contestant;
}

function notes(all: readonly Entry[], measured: readonly BenchDocument[], timings: Timings, versions: ReadonlyMap<EntryId, string>): string {
  return all.flatMap(({ id, title, program }) => {
    if ('missing' in program) return [`- ${title}: missing, not on this machine: ${program.missing}`];
    const unfit = measured.flatMap((document) => {
      const timing = timings.get(document.id)?.get(id);
      return timing !== undefined && 'unfit' in timing ? [`; unfit for ${document.title}: ${timing.unfit}`] : [];
    });
    return [`- ${title}: ${versions.get(id) ?? '?'}${unfit.join('')}`];
  }).join('\n');
}

function tryToEnd(pid: number): void {
  try {
    process.kill(pid);
  } catch {
    // It has ended.
  }
}

function progress(text: string): void {
  process.stderr.write(`${text} …\n`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
