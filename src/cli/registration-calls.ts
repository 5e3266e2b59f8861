// `ivan register submit` and `ivan register status`: form 04, 05 or 06 to the gateway, and what became of it. Both answers are saved beside the form;
// sending the same file again, and asking again, is always safe.
import { dirname } from 'node:path';

import type { Command } from 'commander';

import type { GatewayClient } from '../client/connect.ts';
import type { AwaitOptions, RegistrationAnswer } from '../client/registration.ts';
import { digestOf } from '../client/verify-message.ts';
import { formatDateTime } from '../standard/time.ts';
import { withCommonFlags } from './command.ts';
import type { Perform } from './command.ts';
import { checkAnswer, withClient, withConnectionFlags } from './connection.ts';
import type { ConnectionFlags } from './connection.ts';
import { readInput, saveAnswer, stemOf } from './files.ts';
import { factLine } from './lines.ts';
import type { Line } from './lines.ts';
import { messageFacts, messageLines } from './message-lines.ts';
import { exitCodes, failureOf, joined } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { openProgress } from './progress.ts';
import type { Terminal } from './terminal.ts';

interface CallFlags extends ConnectionFlags {
  readonly follow?: boolean;
  readonly out?: string;
}

type Answered = Exclude<RegistrationAnswer, { kind: 'pending' }>;

const states: Readonly<Record<'received' | 'forwarded', Line>> = {
  received: { vi: 'Cổng đã nhận, chờ cơ quan BHXH tiếp nhận', en: 'Received, waiting for the agency to take it up' },
  forwarded: { vi: 'Cơ quan BHXH đang giải quyết', en: 'The agency is deciding' },
};

export function addRegistrationCalls(register: Command, perform: Perform): void {
  const command = (name: string, description: string): Command =>
    withCommonFlags(withConnectionFlags(register.command(name)))
      .description(description)
      .option('--follow', 'chờ thông báo của cơ quan BHXH / wait for the agency’s notice')
      .option('--out <folder>', 'nơi lưu câu trả lời / where the answers go (the folder of the file)');
  command('submit', 'gửi mẫu đã ký đủ hai chữ ký (với tư cách I-VAN) / send the form with both signatures, as the I-VAN')
    .argument('<file>', 'mẫu đã ký / the signed form')
    .action((file: string, flags: CallFlags) => perform(flags, file, (terminal) => withClient(flags, terminal, (client) => submit(client, file, flags, terminal))));
  command('status', 'hỏi kết quả của mẫu đã gửi / ask what became of a form')
    .argument('<file or sha256>', 'mẫu như đã gửi, hoặc SHA-256 của nó / the form as it was sent, or its SHA-256')
    .action((about: string, flags: CallFlags) => perform(flags, about, (terminal) => withClient(flags, terminal, (client) => status(client, about, flags, terminal))));
}

async function submit(client: GatewayClient, file: string, flags: CallFlags, terminal: Terminal): Promise<Outcome> {
  const { outcome, digest, receipt, message, resent } = await client.register(await readInput(file), terminal.signal);
  const folder = flags.out ?? dirname(file);
  const saved = await saveAnswer(folder, stemOf(file), outcome === 'received' ? 'receipt' : 'refusal', receipt);
  const checked = await checkAnswer(receipt, digest, flags);
  const again = resent ? [{ vi: '  Cổng đã có mẫu này từ trước; đây là chính biên nhận khi đó.', en: '  The gateway had this form already; this is the receipt of that time.' }] : [];
  const received: Outcome = {
    exitCode: outcome === 'received' ? exitCodes.done : exitCodes.refused,
    facts: { outcome, digest, resent, saved, verified: checked.verified, message: messageFacts(message) },
    lines: [...messageLines(message), ...again, ...factLine('Đã lưu', 'Saved', saved), ...checked.lines],
  };
  if (outcome === 'refused' || flags.follow !== true) return received;
  // Whatever ends the waiting, the receipt is there and is told.
  const ended = await decided(client, digest, flags, terminal).then((answer) => answerOutcome(answer, digest, folder, file, flags)).catch((error: unknown) => failureOf(error, file));
  return joined(received, ended);
}

async function status(client: GatewayClient, about: string, flags: CallFlags, terminal: Terminal): Promise<Outcome> {
  const isDigest = /^[0-9a-f]{64}$/i.test(about);
  const digest = isDigest ? about.toLowerCase() : digestOf(await readInput(about));
  const answer = flags.follow === true ? await decided(client, digest, flags, terminal) : await client.registration(digest, terminal.signal);
  const folder = flags.out ?? (isDigest ? undefined : dirname(about));
  if (answer.kind !== 'pending') return answerOutcome(answer, digest, folder, about, flags);
  const { state, decisionDueAt } = answer;
  return { exitCode: exitCodes.indeterminate, facts: { state, digest, decisionDueAt }, lines: [states[state], ...factLine('Hạn trả lời', 'To be decided by', decisionDueAt && `${formatDateTime(decisionDueAt)} +07:00`)] };
}

async function decided(client: GatewayClient, digest: string, { lang }: CallFlags, terminal: Terminal): Promise<Answered> {
  const progress = openProgress(terminal, lang);
  const { signal } = terminal;
  const onWait: AwaitOptions['onWait'] = (answer, waitMs) => {
    const seconds = Math.ceil(waitMs / 1000);
    if (!(answer instanceof Error)) progress.stage(states[answer.state]);
    else progress.stage({ vi: `${answer.vi} Hỏi lại sau ${seconds} giây.`, en: `${answer.en} Asking again in ${seconds} s.` });
  };
  return client.awaitDecision(digest, { onWait, ...(signal === undefined ? {} : { signal }) }).finally(progress.end);
}

/** Saved before it is judged: whatever it is worth, it is what the gateway said. */
async function answerOutcome(answer: Answered, digest: string, folder: string | undefined, name: string, flags: CallFlags): Promise<Outcome> {
  const { kind, message } = answer;
  const bytes = kind === 'notice' ? answer.notice : answer.receipt;
  const saved = folder === undefined ? undefined : await saveAnswer(folder, stemOf(name), kind === 'notice' ? 'notice' : 'refusal', bytes);
  const checked = await checkAnswer(bytes, digest, flags);
  const isAccepted = message.kind === 'CHAP_NHAN';
  return {
    exitCode: isAccepted ? exitCodes.done : exitCodes.refused,
    facts: { state: kind === 'refused' ? 'rejected' : isAccepted ? 'accepted' : 'refused', digest, noticeSaved: saved, noticeVerified: checked.verified, notice: messageFacts(message) },
    lines: [...messageLines(message), ...factLine('Đã lưu', 'Saved', saved), ...checked.lines],
  };
}
