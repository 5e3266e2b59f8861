// `ivan status`: what became of a dossier, asked by the file itself or its SHA-256, both of which the sender holds.
import type { Command } from 'commander';

import type { DossierStatus, GatewayClient, KnownDossier } from '../client/connect.ts';
import { digestOf } from '../client/verify-message.ts';
import { withCommonFlags } from './command.ts';
import type { Perform } from './command.ts';
import { checkAnswer, withClient, withConnectionFlags } from './connection.ts';
import type { ConnectionFlags } from './connection.ts';
import { readInput, saveAnswer, stemOf } from './files.ts';
import { followToEnd } from './following.ts';
import { factLine } from './lines.ts';
import { messageFacts, messageLines } from './message-lines.ts';
import { exitCodes, failureOf, joined } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { resultOutcome, savedResult } from './result.ts';
import { stateLine } from './states.ts';
import type { Terminal } from './terminal.ts';

interface StatusFlags extends ConnectionFlags {
  readonly follow?: boolean;
  readonly out?: string;
}

export function addStatus(program: Command, perform: Perform): void {
  withCommonFlags(withConnectionFlags(program.command('status')))
    .description('hỏi tình trạng hồ sơ / ask what became of a dossier; for one the gateway does not know, its signed statement to that effect')
    .argument('<file or sha256>', 'the dossier as it was sent, or its SHA-256')
    .option('--follow', 'chờ kết quả của cơ quan BHXH / wait for the agency’s result')
    .option('--out <folder>', 'lưu biên nhận và kết quả / save the receipt, and the result once there is one')
    .action((about: string, flags: StatusFlags) => perform(flags, about, (terminal) => withClient(flags, terminal, (client) => status(client, about, flags, terminal))));
}

async function status(client: GatewayClient, about: string, flags: StatusFlags, terminal: Terminal): Promise<Outcome> {
  const digest = /^[0-9a-f]{64}$/i.test(about) ? about.toLowerCase() : digestOf(await readInput(about));
  const answer = await client.status(digest, terminal.signal);
  const received = await statusOutcome(answer, digest, about, flags);
  if (!answer.known || isFinal(answer)) return received;
  const ended = await resultOf(client, answer, digest, about, flags, terminal).catch((error: unknown) => failureOf(error, about));
  return ended === undefined ? received : joined(received, ended);
}

function isFinal({ state }: KnownDossier): boolean {
  return state === 'refused' || state === 'conflict';
}

/** Undefined while there is none and nobody wants to wait. */
async function resultOf(client: GatewayClient, answer: KnownDossier, digest: string, about: string, flags: StatusFlags, terminal: Terminal): Promise<Outcome | undefined> {
  const saving = { folder: flags.out, name: stemOf(about), flags };
  if (flags.follow === true) return resultOutcome(await followToEnd(client, digest, terminal, flags.lang), digest, saving);
  if (answer.state !== 'answered') return undefined;
  const result = await client.result(digest, terminal.signal);
  return result.kind === 'result' ? savedResult(result.result, digest, saving) : undefined;
}

async function statusOutcome(answer: DossierStatus, digest: string, about: string, flags: StatusFlags): Promise<Outcome> {
  const [bytes, kind] = answer.known ? [answer.receipt, 'receipt'] : [answer.nonReceipt, 'non-receipt'];
  const saved = flags.out === undefined ? undefined : await saveAnswer(flags.out, stemOf(about), kind, bytes);
  const checked = await checkAnswer(bytes, digest, flags);
  const state = answer.known ? answer.state : 'unknown';
  const dueAt = answer.known ? answer.dueAt : undefined;
  return {
    exitCode: exitCodeOf(answer),
    facts: { state, digest, dueAt, saved, verified: checked.verified, message: messageFacts(answer.message) },
    lines: [stateLine(state), ...messageLines(answer.message), ...factLine('Đã lưu', 'Saved', saved), ...checked.lines],
  };
}

function exitCodeOf(answer: DossierStatus): Outcome['exitCode'] {
  if (!answer.known) return exitCodes.indeterminate;
  return isFinal(answer) ? exitCodes.refused : exitCodes.done;
}
