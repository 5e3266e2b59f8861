// The report: Markdown tables of times and ratios, and which targets were reached. A ratio is always peer over engine: above one, the
// engine is faster. Times on the clock come
// first, times on the processor second: these show what the clock would on a quiet machine.
import type { Allocations } from './allocations.ts';
import type { Entry, EntryId } from './contestants.ts';
import { titleOf } from './documents.ts';
import type { BenchDocument, DocumentId } from './documents.ts';
import type { Timing } from './rounds.ts';
import { memoryTarget, targets } from './targets.ts';
import type { Target } from './targets.ts';

export type Timings = ReadonlyMap<DocumentId, ReadonlyMap<EntryId, Timing>>;
export type Added = ReadonlyMap<EntryId, number | { readonly unfit: string }>;

export function timesTable(entries: readonly Entry[], documents: readonly BenchDocument[], timings: Timings): string {
  const cell = (entry: Entry, document: BenchDocument): string => {
    if ('missing' in entry.program) return 'missing';
    const timing = timings.get(document.id)?.get(entry.id);
    if (timing === undefined || 'unfit' in timing) return 'unfit';
    return `${duration(timing.time)} / ${duration(timing.cpu)}`;
  };
  return table(['contestant', ...documents.map(({ title }) => title)], entries.map((entry) => [entry.title, ...documents.map((document) => cell(entry, document))]));
}

export function ratiosTable(entries: readonly Entry[], documents: readonly BenchDocument[], timings: Timings): string {
  const cell = ({ id }: Entry, document: BenchDocument): string => {
    const { time, cpu } = ratio(timings, document.id, id) ?? {};
    if (time === undefined || cpu === undefined) return '–';
    const write = id === 'floor' ? percent : factor;
    return `${write(time)} / ${write(cpu)}`;
  };
  const others = entries.filter(({ id }) => id !== 'engine');
  const title = ({ id, title: own }: Entry): string => (id === 'floor' ? 'share of the floor’s speed' : `faster than ${own}`);
  return table(['this engine', ...documents.map((document) => document.title)], others.map((entry) => [title(entry), ...documents.map((document) => cell(entry, document))]));
}

export function memoryTable(entries: readonly Entry[], { octets }: BenchDocument, added: Added): string {
  const rows = entries.map(({ id, title, program }) => {
    const octetsAdded = added.get(id);
    if ('missing' in program || octetsAdded === undefined) return [title, 'missing', '–'];
    if (typeof octetsAdded !== 'number') return [title, `unfit: ${octetsAdded.unfit}`, '–'];
    return [title, megabytes(octetsAdded), `${(octetsAdded / octets).toFixed(2)} ×`];
  });
  return table(['contestant', 'added', 'of the document'], rows);
}

export function allocationsTable(documents: readonly BenchDocument[], allocations: ReadonlyMap<DocumentId, Allocations>): string {
  const row = (title: string, read: (allocated: Allocations) => number): string[] => [title, ...documents.map(({ id }) => kilobytes(allocations.get(id), read))];
  return table(['this engine, one verification', ...documents.map(({ title }) => title)], [row('on the heap', ({ heap }) => heap), row('outside (buffers)', ({ external }) => external)]);
}

export function targetsTable(entries: readonly Entry[], documents: readonly BenchDocument[], timings: Timings, added: Added): string {
  const timed = targets.map(({ document, against, atLeast }: Target) => {
    const what = against === 'floor' ? 'of the floor' : `as fast as ${entries.find(({ id }) => id === against)?.title ?? against}`;
    const write = against === 'floor' ? percent : factor;
    const { time, cpu } = ratio(timings, document, against) ?? {};
    return [`${titleOf(document)}: ≥ ${write(atLeast)} ${what}`, ...judged(time, (value) => value >= atLeast, write), ...judged(cpu, (value) => value >= atLeast, write)];
  });
  const large = documents.find(({ id }) => id === memoryTarget.document);
  const own = added.get('engine');
  const memory = typeof own === 'number' && large !== undefined ? own / large.octets : undefined;
  const write = (value: number): string => `${value.toFixed(2)} ×`;
  return table(
    ['target', 'on the clock', '', 'on the processor', ''],
    [...timed, [`${titleOf(memoryTarget.document)}: adds < ${memoryTarget.less} × the document to the resident set`, ...judged(memory, (value) => value < memoryTarget.less, write), '', '']],
  );
}

function judged(value: number | undefined, reached: (value: number) => boolean, write: (value: number) => string): [string, string] {
  if (value === undefined) return ['–', 'not measured'];
  return [write(value), reached(value) ? 'reached' : '**not reached**'];
}

interface Ratio {
  readonly time: number;
  readonly cpu: number;
}

/** How often the engine verifies while the other does once; `undefined` unless both were timed. */
function ratio(timings: Timings, document: DocumentId, other: EntryId): Ratio | undefined {
  const [own, theirs] = [timings.get(document)?.get('engine'), timings.get(document)?.get(other)];
  if (own === undefined || theirs === undefined || 'unfit' in own || 'unfit' in theirs) return undefined;
  return { time: theirs.time / own.time, cpu: theirs.cpu / own.cpu };
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}

function duration(nanoseconds: number): string {
  if (nanoseconds < 1e6) return `${(nanoseconds / 1e3).toPrecision(3)} µs`;
  return nanoseconds < 1e9 ? `${(nanoseconds / 1e6).toPrecision(3)} ms` : `${(nanoseconds / 1e9).toPrecision(3)} s`;
}

function factor(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(1)} ×`;
}

function percent(value: number): string {
  return `${(value * 100).toFixed(0)} %`;
}

function megabytes(octets: number): string {
  return `${(octets / 2 ** 20).toFixed(1)} MB`;
}

function kilobytes(allocated: Allocations | undefined, read: (allocated: Allocations) => number): string {
  return allocated === undefined ? '–' : `${Math.max(0, read(allocated) / 1024).toFixed(0)} KB`;
}
