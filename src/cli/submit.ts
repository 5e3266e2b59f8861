// `ivan submit`: one dossier to the gateway, the receipt beside it, and on request the result. Sending the same file again is always safe.
import { dirname } from 'node:path';

import type { Command } from 'commander';

import type { GatewayClient, Submission, SubmitOptions } from '../client/connect.ts';
import { digestOf } from '../client/verify-message.ts';
import { withCommonFlags } from './command.ts';
import type { Perform } from './command.ts';
import { checkAnswer, withClient, withConnectionFlags } from './connection.ts';
import type { ConnectionFlags } from './connection.ts';
import { readInput, saveAnswer, stemOf } from './files.ts';
import { findingLines } from './findings.ts';
import { followToEnd } from './following.ts';
import { factLine } from './lines.ts';
import { messageFacts, messageLines } from './message-lines.ts';
import { exitCodes, failureOf, joined } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { openProgress } from './progress.ts';
import { resultOutcome } from './result.ts';
import { signatureLines } from './signature-lines.ts';
import type { Terminal } from './terminal.ts';

interface SubmitFlags extends ConnectionFlags {
  readonly keyId?: string;
  readonly supplements?: string;
  readonly dryRun?: boolean;
  readonly follow?: boolean;
  readonly out?: string;
}

export function addSubmit(program: Command, perform: Perform): void {
  withCommonFlags(withConnectionFlags(program.command('submit')))
    .description('nộp hồ sơ đã ký; biên nhận hoặc từ chối được lưu bên cạnh / send a signed dossier; the signed receipt, refusal or conflict is saved beside it')
    .argument('<file>', 'the signed dossier (Hoso)')
    .option('--key-id <key>', 'mã riêng của bên gửi cho hồ sơ này (Idempotency-Key) / your own name for this dossier (Idempotency-Key); other bytes under it are a conflict')
    .option('--supplements <file>', 'hồ sơ (tệp, hoặc SHA-256 của tệp) mà cơ quan BHXH yêu cầu bổ sung / the dossier (its file, or the file’s SHA-256) that the agency asked to be completed')
    .option('--dry-run', 'chỉ kiểm tra, không nộp / judge it and file nothing')
    .option('--follow', 'chờ và lưu cả kết quả / wait for the agency’s result and save it too')
    .option('--out <folder>', 'nơi lưu câu trả lời / where the answers go (the folder of the file)')
    .action((file: string, flags: SubmitFlags) => perform(flags, file, (terminal) => withClient(flags, terminal, (client) => submit(client, file, flags, terminal))));
}

async function submit(client: GatewayClient, file: string, flags: SubmitFlags, terminal: Terminal): Promise<Outcome> {
  const bytes = await readInput(file);
  const named = await namedBy(flags);
  if (flags.dryRun === true) return dryRun(client, bytes, named, terminal);
  const submission = await send(client, bytes, { ...named, lang: flags.lang }, terminal);
  const folder = flags.out ?? dirname(file);
  const received = await receiptOutcome(submission, folder, file, flags);
  if (submission.outcome !== 'accepted' || flags.follow !== true) return received;
  // Whatever ends the waiting, the receipt is there and is told.
  const ended = await followToEnd(client, submission.digest, terminal, flags.lang)
    .then((last) => resultOutcome(last, submission.digest, { folder, name: stemOf(file), flags }))
    .catch((error: unknown) => failureOf(error, file));
  return joined(received, ended);
}

/** What the sender says of the dossier beside it. */
async function namedBy({ keyId, supplements }: SubmitFlags): Promise<Pick<SubmitOptions, 'key' | 'supplements'>> {
  const completed = supplements === undefined || /^[0-9a-f]{64}$/i.test(supplements) ? supplements : digestOf(await readInput(supplements));
  return { ...(keyId === undefined ? {} : { key: keyId }), ...(completed === undefined ? {} : { supplements: completed }) };
}

async function dryRun(client: GatewayClient, bytes: Buffer, { supplements }: Pick<SubmitOptions, 'supplements'>, { signal }: Terminal): Promise<Outcome> {
  const { outcome, findings, signatures } = await client.dryRun(bytes, { ...(supplements === undefined ? {} : { supplements }), ...(signal === undefined ? {} : { signal }) });
  const accepted = outcome === 'accepted';
  const title = accepted
    ? { vi: 'Hồ sơ hợp lệ (chỉ kiểm tra, chưa nộp).', en: 'The dossier is valid (only checked, not filed).' }
    : { vi: 'Hồ sơ không hợp lệ (chỉ kiểm tra, chưa nộp).', en: 'The dossier is not valid (only checked, not filed).' };
  return { exitCode: accepted ? exitCodes.done : exitCodes.refused, facts: { dryRun: true, outcome, findings, signatures }, lines: [title, ...findings.flatMap(findingLines), ...signatures.flatMap(signatureLines)] };
}

async function send(client: GatewayClient, bytes: Buffer, { lang, ...named }: Pick<SubmitOptions, 'key' | 'supplements'> & Pick<SubmitFlags, 'lang'>, terminal: Terminal): Promise<Submission> {
  const progress = openProgress(terminal, lang);
  progress.stage({ vi: 'Đang gửi hồ sơ', en: 'Sending the dossier' });
  const { signal } = terminal;
  return client.submit(bytes, { ...named, ...(signal === undefined ? {} : { signal }) }).finally(progress.end);
}

const savedAs = { accepted: 'receipt', refused: 'refusal', conflict: 'conflict' } as const;

/** Saved before it is judged: whatever it is worth, it is what the gateway said. */
async function receiptOutcome({ outcome, digest, receipt, message, resent, httpStatus }: Submission, folder: string, file: string, flags: SubmitFlags): Promise<Outcome> {
  const saved = await saveAnswer(folder, stemOf(file), savedAs[outcome], receipt);
  const checked = await checkAnswer(receipt, digest, flags);
  const again = resent ? [{ vi: '  Cổng đã có hồ sơ này từ trước; đây là chính thông điệp khi đó.', en: '  The gateway had this dossier already; this is the message of that time.' }] : [];
  return {
    exitCode: outcome === 'accepted' ? exitCodes.done : exitCodes.refused,
    facts: { outcome, digest, resent, httpStatus, saved, verified: checked.verified, message: messageFacts(message) },
    lines: [...messageLines(message), ...again, ...factLine('Đã lưu', 'Saved', saved), ...checked.lines],
  };
}
