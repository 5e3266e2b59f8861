// `ivan verify`: offline, whatever was signed – a message of the gateway's, a dossier, a form, an evidence container: what TT 15/2025/TT-BKHCN Art. 6 asks, as
// a report after ETSI TS 119 102-2. Ends with 0 when all passed, 1 when something failed, 2 when it cannot be decided.
import { readFile, stat } from 'node:fs/promises';

import { Option } from 'commander';
import type { Command } from 'commander';

import { ClientError, reasonOf } from '../client/errors.ts';
import type { ClientErrorCode, Explanation } from '../client/errors.ts';
import { examineFile } from '../client/examine-file.ts';
import { kindTitles } from '../client/examined.ts';
import type { ExamineBasis, Examined } from '../client/examined.ts';
import { readVerifiers } from '../client/examine-log.ts';
import type { LogKeys } from '../client/examine-log.ts';
import { reasonOfError } from '../client/reasons.ts';
import { digestOf } from '../client/verify-message.ts';
import { exitCodeOf, objectOf, reportOf, statusOf } from '../report/model.ts';
import type { ObjectReport, Report } from '../report/model.ts';
import { objectRows } from '../report/rows.ts';
import { reportXml } from '../report/xml.ts';
import { withCommonFlags } from './command.ts';
import type { CommonFlags, Perform } from './command.ts';
import { readInput, readText, readTrust } from './files.ts';
import type { Line } from './lines.ts';
import { messageFacts, messageLines, signerLines } from './message-lines.ts';
import { instantOf } from './instants.ts';
import { exitCodes, failureOf, worstOf } from './outcome.ts';
import type { ExitCode, Outcome } from './outcome.ts';

interface VerifyFlags extends CommonFlags {
  readonly trust: string;
  readonly for?: string;
  readonly fingerprint?: readonly string[];
  readonly at?: string;
  readonly logKey?: readonly string[];
  readonly witnessKey?: readonly string[];
  readonly report: 'text' | 'json' | 'xml';
}

export function addVerify(program: Command, perform: Perform): void {
  withCommonFlags(program.command('verify'))
    .description('kiểm tra ngoại tuyến gói chứng cứ, biên nhận, từ chối, kết quả, thông báo, hồ sơ, tờ khai / verify offline: an evidence container; a receipt, refusal, conflict, non-receipt, result, notice or agency message; a signed dossier or form')
    .argument('<file...>')
    .requiredOption('--trust <folder or pem>', 'root and subordinate certificates with their CRLs')
    .option('--for <dossier>', 'thông điệp phải đúng là về tệp này / the messages must be about exactly this file')
    .option('--fingerprint <sha256>', 'chứng thư ký của cổng, nhận qua đường khác; nêu được nhiều lần. Không có thì chưa biết thông điệp là của ai (mã 2) / the gateway’s signing certificate, got by another way; may be repeated. Without it nobody knows whose a message is (code 2)', (one: string, before: readonly string[] | undefined) => [...(before ?? []), one])
    .option('--at <time>', 'xét chứng thư tại thời điểm này / judge certificates as of this time, e.g. 2026-05-14T08:00:00+07:00 (the time that is proven, or that a message claims; now for a dossier)')
    .option('--log-key <key...>', 'khóa của nhật ký do cổng công bố: văn bản hoặc tệp; cho biết gói là của cổng / verifier keys of the log, as the gateway publishes them: text or file; show that a container is the gateway’s')
    .option('--witness-key <key...>', 'khóa của nhân chứng được tin / keys of the witnesses that you believe: text or file')
    .addOption(new Option('--report <form>', 'dạng báo cáo / the report as text, JSON or XML (ETSI TS 119 102-2)').choices(['text', 'json', 'xml']).default('text'))
    .action((files: readonly string[], flags: VerifyFlags) => perform(flags, files.join(' '), ({ now }) => verifyAll(files, flags, now())));
}

async function verifyAll(files: readonly string[], flags: VerifyFlags, now: Date): Promise<Outcome> {
  const trust = await readTrust(flags.trust);
  const about = flags.for === undefined ? undefined : digestOf(await readInput(flags.for));
  const basis: ExamineBasis = { trust, now, at: instantOf(flags.at), about, fingerprints: flags.fingerprint, logKeys: await readLogKeys(flags) };
  const verified: Verified[] = [];
  for (const file of files) verified.push(await verifyFile(file, basis).catch((error: unknown) => unexamined(file, failureOf(error, file))));
  const report = reportOf(now, verified.map(({ report: object }) => object));
  const outcomes = verified.map(({ outcome }) => outcome);
  return {
    exitCode: worstOf(outcomes.map(({ exitCode }) => exitCode)),
    facts: { files: outcomes.map(({ exitCode, facts }, index) => ({ file: files[index], verified: exitCode === exitCodes.done, ...facts })), report },
    lines: [...outcomes.flatMap(({ lines }) => lines), ...totalLines(verified)],
    ...printedAs(report, flags),
  };
}

function printedAs(report: Report, { report: form }: VerifyFlags): Pick<Outcome, 'text'> {
  if (form === 'json') return { text: `${JSON.stringify(report, undefined, 2)}\n` };
  return form === 'xml' ? { text: reportXml(report) } : {};
}

async function readLogKeys({ logKey = [], witnessKey = [] }: VerifyFlags): Promise<LogKeys> {
  const keysOf = async (flag: string, given: readonly string[]): Promise<LogKeys['logs']> => (await Promise.all(given.map(async (text) => readVerifiers(await isFile(text) ? await readText(text) : text, flag)))).flat();
  const kinds = async (flag: string, given: readonly string[], kind: 'log' | 'witness'): Promise<LogKeys['logs']> => {
    const keys = await keysOf(flag, given);
    const other = keys.find((key) => key.kind !== kind);
    if (other !== undefined) throw new ClientError('USAGE', flag, `${other.name}: not the key of a ${kind}`);
    return keys;
  };
  return { logs: await kinds('--log-key', logKey, 'log'), witnesses: await kinds('--witness-key', witnessKey, 'witness') };
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then((found) => found.isFile(), () => false);
}

/** Beyond what a container may hold, with room to spare. */
const LARGEST_MB = 300;

const unreadable: ReadonlyMap<string, ClientErrorCode> = new Map([['ENOENT', 'FILE_ABSENT'], ['ENOTDIR', 'FILE_ABSENT'], ['EISDIR', 'FILE_IS_FOLDER'], ['EACCES', 'FILE_FORBIDDEN'], ['EPERM', 'FILE_FORBIDDEN']]);

/** Looked at before it is read: a file of many gigabytes is not taken into memory to be told so. */
async function readGiven(file: string): Promise<Buffer> {
  const about = await stat(file).catch((error: unknown) => {
    throw new ClientError(unreadable.get(codeOf(error)) ?? 'FILE', file, reasonOf(error), { cause: error });
  });
  if (about.isDirectory()) throw new ClientError('FILE_IS_FOLDER', file);
  if (about.size > LARGEST_MB * 1_048_576) throw new ClientError('FILE_TOO_LARGE', file, String(LARGEST_MB));
  return readFile(file).catch((error: unknown) => {
    throw new ClientError(unreadable.get(codeOf(error)) ?? 'FILE', file, reasonOf(error), { cause: error });
  });
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

function ofNoKind(file: string, error: unknown): never {
  throw error instanceof ClientError && error.code === 'FORM_UNKNOWN' ? new ClientError('DOCUMENT_UNKNOWN', file, error.place.slice(1), { cause: error }) : error;
}

interface Verified {
  readonly outcome: Outcome;
  readonly report: ObjectReport;
}

async function verifyFile(file: string, basis: ExamineBasis): Promise<Verified> {
  const examined = await examineFile(file, await readGiven(file), basis).catch((error: unknown) => ofNoKind(file, error));
  const { report } = examined;
  const [head, ...rows] = objectRows(report, 0);
  const exitCode = exitCodeOf(report);
  const lines = [...(head === undefined ? [] : [head]), ...contentLines(examined), ...rows];
  return { report, outcome: { exitCode, facts: factsOf(examined), lines } };
}

/** Not even looked at, or none of the documents that there are: nothing is known of it, and nothing of it may count as passed. */
function unexamined(file: string, outcome: Outcome): Verified {
  const { error } = outcome.facts as { readonly error?: Explanation };
  const reasons = error === undefined ? [] : [reasonOfError(error)];
  return { outcome, report: objectOf({ name: file, what: 'unknown', title: kindTitles.unknown, digest: '', size: 0, facts: [], signatures: [], proofs: [], reasons, objects: [] }, statusOf('INDETERMINATE', 'SIGNED_DATA_NOT_FOUND')) };
}

function totalLines(verified: readonly Verified[]): readonly Line[] {
  if (verified.length < 2) return [];
  const counted = (code: ExitCode): number => verified.filter(({ outcome: { exitCode } }) => exitCode === code).length;
  const [right, wrong, open] = [counted(exitCodes.done), counted(exitCodes.refused), verified.length - counted(exitCodes.done) - counted(exitCodes.refused)];
  return [{ vi: `${verified.length} tệp: ${right} hợp lệ, ${wrong} không hợp lệ, ${open} chưa kết luận được`, en: `${verified.length} files: ${right} valid, ${wrong} not valid, ${open} cannot be decided` }];
}

/** What a message says is shown of what verified as whole alone. */
function contentLines({ content }: Examined): readonly Line[] {
  if (content === undefined || !('message' in content)) return [];
  const { agencyAnswer: agency } = content;
  return [...messageLines(content.message), ...(agency?.signer === undefined ? [] : [{ vi: '  Văn bản của cơ quan BHXH:', en: '  The agency’s own answer:' }, ...signerLines(agency.signer)])];
}

/** What was there before there were reports; the report stands beside the files. */
function factsOf({ report, kind, content, signed, findings, error }: Examined): Outcome['facts'] {
  const { indication, subIndication } = report;
  const failed = indication === 'TOTAL-PASSED' ? {} : { findings, ...(error === undefined ? {} : { error }) };
  const status = { indication, ...(subIndication === undefined ? {} : { subIndication }) };
  if (content !== undefined) {
    const { signer, trustedAt, agencyAnswer } = content;
    const said = 'message' in content ? messageFacts(content.message) : { kind: content.notice.form, ...content.notice };
    return { ...said, signer, trustedAt, ...(agencyAnswer === undefined ? {} : { agencyAnswer }), ...failed, ...status };
  }
  if (signed !== undefined) return { kind, digest: report.digest, ...signed, findings, ...status };
  return { ...(kind === undefined ? {} : { kind }), digest: report.digest, ...failed, ...status };
}
