// `ivan audit` and `npm run audit`: audits the database that GATEWAY_DATABASE_URL names, the development site's when it names none, on every core, reading
// only. Exit codes: 0 everything holds, 1 a lie was found, 2 something could not be decided, 3 the audit could not run, or was stopped.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

import type { Environment } from '../config.ts';
import { openSiteDatabase } from '../development/site.ts';
import { createSchemas } from '../standard/schema-folder.ts';
import { loadStandards } from '../standard/tables.ts';
import { findRuleSets } from '../store/audit.ts';
import { countWaiting } from '../store/log-audit.ts';
import { openReader } from '../store/reader.ts';
import type { Reader } from '../store/reader.ts';
import { extentOf } from './auditor.ts';
import { conclude } from './conclusion.ts';
import { added, noCounts } from './counts.ts';
import type { Counts } from './counts.ts';
import { readOutside } from './kept.ts';
import { auditInParallel } from './parallel.ts';
import { progressLine } from './progress-line.ts';
import { engineRate } from './rate.ts';
import type { EngineRate } from './rate.ts';
import { sampleHelp, sampleProgram } from './sample-program.ts';
import { endState, newState, saveState, takeOver } from './state.ts';
import type { AuditState } from './state.ts';

/** What the program knows of the world around it. */
export interface AuditWorld {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly isInteractive: boolean;
  readonly now: () => Date;
  readonly environment: Environment;
  readonly signal?: AbortSignal;
}

export const auditHelp = `ivan audit [--workers N] [--all] [--most N] [--state FILE] [--log-key KEY [--checkpoint FILE]…] [--rate] [--json]
  --workers N   luồng làm việc / threads (default: one per core)
  --all         mọi điều sai, không chỉ điều đầu tiên / every lie, not just the first; --most N of them (default 100)
  --state FILE  tệp để chạy tiếp khi bị ngắt / goes on from this file after an interruption
  --log-key KEY khóa của nhật ký, nhận từ nơi khác / the log’s verifier key, or a file with every key it has had, from elsewhere than the store
  --checkpoint FILE  điểm kiểm tra mà bên theo dõi, bên làm chứng hay biên nhận giữ; có thể nhiều lần / a checkpoint that a monitor, a witness or a receipt
                keeps, for which the store must account (the state file of ivan log follow or ivan witness, or a receipt); may be repeated
  --rate        so với tốc độ của bộ máy kiểm tra / the verification engine's own rate on the same documents, and the ratio
  --json        chỉ một dòng JSON / one line of JSON alone
`;

const options = {
  workers: { type: 'string' },
  all: { type: 'boolean', default: false },
  most: { type: 'string', default: '100' },
  state: { type: 'string' },
  'log-key': { type: 'string' },
  checkpoint: { type: 'string', multiple: true, default: [] as string[] },
  rate: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

type Flags = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

/** Of each pass: enough that the compiler has done all it does. */
const RATED = 2_000;
const SAVED_EVERY_MS = 1_000;
const SAID_EVERY_MS = 60_000;
const DRAWN_EVERY_MS = 100;

export async function auditProgram(words: readonly string[], world: AuditWorld): Promise<0 | 1 | 2 | 3> {
  try {
    if (words.includes('--help')) {
      world.out(`${auditHelp}${sampleHelp}`);
      return 0;
    }
    const { values } = words[0] === 'sample' ? {} : parseArgs({ args: [...words], options });
    const site = await openSiteDatabase(world.environment);
    try {
      const settings = { url: site.url, password: site.password };
      const reader = await openReader({ url: site.url, connections: 2, ...(site.password === undefined ? {} : { password: site.password }) });
      return await (values === undefined ? sampleProgram(words.slice(1), reader, world) : audited(reader, settings, values, world)).finally(() => reader.close());
    } finally {
      await site.stop();
    }
  } catch (error) {
    world.err(`audit failed: ${error instanceof Error ? error.message : String(error)}\n`);
    return 3;
  }
}

async function audited(reader: Reader, database: { readonly url: string; readonly password: string | undefined }, flags: Flags, world: AuditWorld): Promise<0 | 1 | 2 | 3> {
  const { query } = reader;
  const workers = countOf('workers', flags.workers ?? String(availableParallelism()));
  const mostLies = flags.all ? countOf('most', flags.most) : 1;
  const outside = readOutside(flags['log-key'], flags.checkpoint);
  const logKeys = outside?.logKeys ?? null;
  const takenOver = flags.state === undefined ? undefined : await takeOver(query, flags.state, logKeys);
  const begun = takenOver ?? (await newState(query, await extentOf(query), logKeys));
  const follow = follower(begun, flags, world);
  const start = world.now().getTime();
  const used = process.cpuUsage();
  const outcome = await auditInParallel(begun, { ...database, all: flags.all, outside, workers, mostLies, went: follow.went, ...(world.signal === undefined ? {} : { signal: world.signal }) }).finally(follow.end);
  const { user, system } = process.cpuUsage(used);
  for (const { message } of outcome.lies) world.err(`LIE: ${message}\n`);
  if (outcome.isWhole && outcome.lies.length === 0 && flags.state !== undefined) endState(flags.state);
  const fresh = outcome.counts.submissions - Object.values(begun.done).reduce(added, noCounts).submissions;
  const measured = { seconds: (world.now().getTime() - start) / 1000, processorSeconds: (user + system) / 1e6, fresh };
  const rates = await ratesOf(reader, flags.rate, measured);
  const standards = loadStandards();
  const { exitCode, report, remarks } = conclude(outcome.counts, standards.map(({ digest }) => digest), await findRuleSets(query));
  const isTrue = outcome.lies.length === 0;
  const waiting = await countWaiting(query);
  world.out(`${JSON.stringify({ ...(JSON.parse(report) as object), holds: isTrue && outcome.isWhole && exitCode === 0, ...(isTrue ? {} : { lies: outcome.lies.map(({ where, message }) => ({ where, what: message })) }), logSize: begun.extent.logSize, waiting, takenOver: takenOver !== undefined, workers, ...rates })}\n`);
  if (!flags.json) for (const line of [...remarks, ...waitingLines(waiting), ...rateLines(rates)]) world.err(`${line}\n`);
  if (!isTrue) return 1;
  if (!outcome.isWhole) world.err('stopped before everything was checked\n');
  return outcome.isWhole ? exitCode : 3;
}

interface Rates {
  readonly seconds: number;
  /** Submissions, each with all that belongs to it, its entries of the log among that. */
  readonly perSecond: number;
  /** By the processor time of the audit itself. */
  readonly perSecondAndCore: number;
  readonly engine?: EngineRate & { readonly ratio: number };
}

async function ratesOf({ query }: Reader, isAsked: boolean, { seconds, processorSeconds, fresh }: { readonly seconds: number; readonly processorSeconds: number; readonly fresh: number }): Promise<Rates> {
  const rates: Rates = { seconds, perSecond: fresh / Math.max(seconds, 0.001), perSecondAndCore: fresh / Math.max(processorSeconds, 0.001) };
  if (!isAsked) return rates;
  const schemas = createSchemas();
  try {
    const engine = await engineRate(query, loadStandards(), schemas, RATED);
    return engine === undefined ? rates : { ...rates, engine: { ...engine, ratio: rates.perSecondAndCore / engine.perSecond } };
  } finally {
    schemas.dispose();
  }
}

function waitingLines(waiting: number): readonly string[] {
  return waiting === 0 ? [] : [`${waiting} rows wait for the log: they agree with one another, and nothing that was signed says so yet`];
}

function rateLines({ seconds, perSecond, perSecondAndCore, engine }: Rates): readonly string[] {
  const own = `${perSecond.toFixed(0)} submissions a second (${seconds.toFixed(1)} s), ${perSecondAndCore.toFixed(0)} a second and core`;
  return engine === undefined ? [own] : [own, `the verification engine alone: ${engine.perSecond.toFixed(0)} a second and core; the audit runs at ${(100 * engine.ratio).toFixed(0)} % of that`];
}

/** Draws the progress and keeps the state. */
function follower(begun: AuditState, { state: file, json }: Flags, world: AuditWorld): { readonly went: (state: AuditState, counts: Counts) => void; readonly end: () => void } {
  const weigh = ({ submissions, logged }: Counts): number => submissions + logged;
  const doneBefore = weigh(Object.values(begun.done).reduce(added, noCounts));
  const all = begun.extent.submissions + begun.extent.logSize;
  const start = world.now().getTime();
  let [saved, drawn, last] = [start, start, begun];
  return {
    went: (state, counts) => {
      last = state;
      const now = world.now().getTime();
      if (file !== undefined && now - saved >= SAVED_EVERY_MS) {
        saveState(file, state);
        saved = now;
      }
      if (json || now - drawn < (world.isInteractive ? DRAWN_EVERY_MS : SAID_EVERY_MS)) return;
      drawn = now;
      const line = progressLine({ done: weigh(counts), doneBefore, all, milliseconds: now - start });
      world.err(world.isInteractive ? `\r\u001b[2K${line}` : `${line}\n`);
    },
    end: () => {
      if (file !== undefined) saveState(file, last);
      if (world.isInteractive && !json) world.err('\r\u001b[2K');
    },
  };
}

function countOf(name: string, text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new Error(`--${name}: a number from 1 to 9999`);
  return Number(text);
}
