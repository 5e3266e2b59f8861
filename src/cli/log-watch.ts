// What `ivan witness` and `ivan log follow` share: a look at the log against the checkpoint that is kept, once or again and again. A log that diverges ends it with
// both checkpoints kept; a gateway that is away for a while does not.
import { setTimeout as sleepFor } from 'node:timers/promises';

import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

import { ClientError, GatewayProblem, reasonOf } from '../client/errors.ts';
import { connectLog } from '../client/log.ts';
import type { LogClient } from '../client/log.ts';
import { maySucceedLater } from '../client/retry.ts';
import { noteText } from '../log/note.ts';
import type { NoteVerifier } from '../log/note.ts';
import { readVerifiers } from '../log/witnesses.ts';
import { evidenceText, movement, needsProof, proofFrom, readSeen } from '../witness/observe.ts';
import type { Movement, Seen } from '../witness/observe.ts';
import { withCommonFlags } from './command.ts';
import type { CommonFlags } from './command.ts';
import { readText } from './files.ts';
import { factLine, printed } from './lines.ts';
import type { Line } from './lines.ts';
import { withState } from './log-state.ts';
import type { StateFile } from './log-state.ts';
import { exitCodes } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import type { Terminal } from './terminal.ts';

export interface WatchFlags extends CommonFlags {
  readonly url: string;
  readonly ca?: string;
  readonly logKey: string;
  readonly state: string;
  readonly every?: number;
}

export function withWatchFlags(command: Command): Command {
  return withCommonFlags(command)
    .requiredOption('--url <url>', 'địa chỉ của cổng (https) / address of the gateway (https)')
    .option('--ca <pem>', 'tổ chức chứng thực tin cậy cho TLS / authorities to trust for TLS, instead of those built in')
    .requiredOption('--log-key <key or file>', 'khóa kiểm tra của nhật ký, nhận từ người vận hành / the log’s verifier key, <name>+<id>+<base64>, or a file with one a line, as the operator gave it')
    .requiredOption('--state <file>', 'điểm kiểm tra đã thấy lần cuối / where the last checkpoint is kept')
    .option('--every <seconds>', 'nhìn lại sau mỗi ngần này giây, cho đến khi dừng / look again every so many seconds, until stopped', secondsOf)
    .addOption(new Option('--once', 'nhìn một lần (mặc định) / look once (the default)').conflicts('every'));
}

function secondsOf(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('1 … 999999');
  return Number(text);
}

/** What was seen at one look, what came of it, and what to keep. */
export interface Look {
  readonly moved: Movement;
  readonly last: Seen | undefined;
  readonly newest: Seen;
  readonly client: LogClient;
  readonly state: StateFile;
}

/** Does what is to be done with a checkpoint that follows on, keeps it, and says so. */
export type Take = (look: Look) => Promise<{ readonly facts: Readonly<Record<string, unknown>>; readonly lines: readonly Line[] }>;

export async function watch(flags: WatchFlags, terminal: Terminal, take: Take): Promise<Outcome> {
  const keys = await keysIn(flags.logKey);
  const client = connectLog({ url: flags.url, ...(flags.ca === undefined ? {} : { certificateAuthorities: [await readText(flags.ca)] }), ...(terminal.sleep === undefined ? {} : { sleep: terminal.sleep }) });
  return withState(flags.state, (state) => rounds(flags, terminal, () => look(client, state, keys, flags, take, terminal.signal))).finally(client.close);
}

/** A key itself, or a file of keys; all of one log. */
async function keysIn(given: string): Promise<readonly NoteVerifier[]> {
  const text = /^[^+\n]+\+[0-9a-f]{8}\+\S+$/.test(given) ? given : await readText(given);
  try {
    const keys = readVerifiers(text, 'log');
    if (new Set(keys.map(({ name }) => name)).size !== 1) throw new Error('keys of one log');
    return keys;
  } catch (error) {
    throw new ClientError('USAGE', given, `--log-key: ${reasonOf(error)}`, { cause: error });
  }
}

async function rounds({ every, json = false, lang }: WatchFlags, { out, err, signal, sleep = waitFor }: Terminal, round: () => Promise<Outcome>): Promise<Outcome> {
  for (;;) {
    const outcome = await round().catch((error: unknown) => {
      if (every === undefined || !isPassing(error)) throw error;
      err(printed([{ vi: `${reasonOf(error)} Hỏi lại sau ${every} giây.`, en: `${reasonOf(error)} Asking again in ${every} s.` }], 'en'));
      return undefined;
    });
    if (every === undefined && outcome !== undefined) return outcome;
    if (outcome !== undefined) out(json ? `${JSON.stringify(outcome.facts)}\n` : printed(outcome.lines, lang));
    await sleep((every ?? 1) * 1_000, signal).catch(() => undefined);
    if (signal?.aborted === true) return { exitCode: exitCodes.done, facts: { stopped: true }, lines: [{ vi: 'Đã dừng theo yêu cầu.', en: 'Stopped on request.' }] };
  }
}

async function waitFor(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await sleepFor(milliseconds, undefined, signal === undefined ? {} : { signal });
}

function isPassing(error: unknown): boolean {
  if (error instanceof GatewayProblem) return maySucceedLater(error.status);
  return error instanceof ClientError && (error.code === 'UNREACHABLE' || error.code === 'ANSWER_UNEXPECTED');
}

async function look(client: LogClient, state: StateFile, keys: readonly NoteVerifier[], { url, state: path }: WatchFlags, take: Take, signal: AbortSignal | undefined): Promise<Outcome> {
  const kept = await state.read();
  const last = kept === undefined ? undefined : seenIn(kept, keys, path);
  const newest = seenIn(await client.checkpoint(signal), keys, url);
  const proof = needsProof(last, newest) ? await client.consistency(last.checkpoint.size, newest.checkpoint.size, signal) : undefined;
  const moved = movement(last, newest, proof === undefined || last === undefined ? undefined : proofFrom(last.checkpoint.size, proof));
  if (moved === 'shrunk' || moved === 'forked' || moved === 'unproven') {
    const evidence = last === undefined ? '' : await state.keepEvidence(evidenceText(last, newest));
    throw new ClientError('LOG_DIVERGED', evidence, `${moved}, ${last?.checkpoint.size ?? 0} → ${newest.checkpoint.size}`);
  }
  const { facts, lines } = await take({ moved, last, newest, client, state });
  const { origin, size, root } = newest.checkpoint;
  return {
    exitCode: exitCodes.done,
    facts: { origin, size, root: root.toString('base64'), moved, before: last?.checkpoint.size ?? null, ...facts },
    lines: [movedLine(moved, last, newest), ...factLine('Gốc', 'Root', root.toString('base64')), ...lines],
  };
}

/** @throws ClientError LOG_UNSIGNED for what no known key of the log has signed. */
function seenIn(text: string, keys: readonly NoteVerifier[], place: string): Seen {
  const seen = readSeen(text, keys);
  if (typeof seen === 'string') throw new ClientError('LOG_UNSIGNED', place, seen);
  return seen;
}

function movedLine(moved: Movement, last: Seen | undefined, { checkpoint: { origin, size } }: Seen): Line {
  const before = last?.checkpoint.size ?? 0;
  if (moved === 'first') return { vi: `${origin}: lần đầu thấy, ${size} mục`, en: `${origin}: seen for the first time, ${size} entries` };
  if (moved === 'same') return { vi: `${origin}: không đổi, ${size} mục`, en: `${origin}: unchanged, ${size} entries` };
  return { vi: `${origin}: chỉ được nối thêm, ${before} → ${size} mục`, en: `${origin}: only grown, ${before} → ${size} entries` };
}

/** The checkpoint whole, for the state file. */
export function kept({ note }: Seen): string {
  return noteText(note);
}
