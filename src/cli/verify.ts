// `ivan verify`: offline, whatever was signed. A message of the gateway's by both engines, with what it says; a dossier or a form, with who signed it.
import type { Command } from 'commander';

import { checkDigest, digestOf, verifyMessage } from '../client/verify-message.ts';
import { verifyNotice } from '../client/verify-notice.ts';
import type { VerifiedNotice } from '../client/verify-notice.ts';
import { documentKindOf, verifySigned } from '../client/verify-signed.ts';
import { publishedFinding } from '../errors/published.ts';
import { loadStandard } from '../standard/tables.ts';
import { formatDateTime } from '../standard/time.ts';
import type { TrustMaterial } from '../trust/material.ts';
import { withCommonFlags } from './command.ts';
import type { CommonFlags, Perform } from './command.ts';
import { readInput, readTrust } from './files.ts';
import { findingLines } from './findings.ts';
import { factLine } from './lines.ts';
import { messageFacts, messageLines, signerLines } from './message-lines.ts';
import { instantOf } from './instants.ts';
import { exitCodes, failureOf, worstOf } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { signatureLines } from './signature-lines.ts';

interface VerifyFlags extends CommonFlags {
  readonly trust: string;
  readonly for?: string;
  readonly fingerprint?: string;
  readonly at?: string;
}

export function addVerify(program: Command, perform: Perform): void {
  withCommonFlags(program.command('verify'))
    .description('kiểm tra ngoại tuyến biên nhận, từ chối, kết quả, hồ sơ, tờ khai / verify offline: a receipt, refusal, conflict, non-receipt, result, notice or agency message; or a signed dossier or form')
    .argument('<file...>')
    .requiredOption('--trust <folder or pem>', 'root and subordinate certificates with their CRLs')
    .option('--for <dossier>', 'thông điệp phải đúng là về tệp này / the messages must be about exactly this file')
    .option('--fingerprint <sha256>', 'chứng thư duy nhất được phép đã ký; nếu không nêu, hãy so với dấu vân tay in ra / the only certificate that may have signed a message; without it, compare the one printed')
    .option('--at <time>', 'xét chứng thư tại thời điểm này / judge certificates as of this time, e.g. 2026-05-14T08:00:00+07:00 (a message’s own time; now for a dossier)')
    .action((files: readonly string[], flags: VerifyFlags) => perform(flags, files.join(' '), ({ now }) => verifyAll(files, flags, now())));
}

async function verifyAll(files: readonly string[], flags: VerifyFlags, now: Date): Promise<Outcome> {
  const trust = await readTrust(flags.trust);
  const at = instantOf(flags.at);
  const about = flags.for === undefined ? undefined : digestOf(await readInput(flags.for));
  const outcomes: Outcome[] = [];
  for (const file of files) outcomes.push(await verifyFile(file, { trust, at, now, about, fingerprint: flags.fingerprint }).catch((error: unknown) => failureOf(error, file)));
  return {
    exitCode: worstOf(outcomes.map(({ exitCode }) => exitCode)),
    facts: { files: outcomes.map(({ exitCode, facts }, index) => ({ file: files[index], verified: exitCode === exitCodes.done, ...facts })) },
    lines: outcomes.flatMap(({ lines }) => lines),
  };
}

interface Basis {
  readonly trust: TrustMaterial;
  readonly at: Date | undefined;
  readonly now: Date;
  /** Digest that a message must be about. */
  readonly about: string | undefined;
  readonly fingerprint: string | undefined;
}

async function verifyFile(file: string, basis: Basis): Promise<Outcome> {
  const bytes = await readInput(file);
  if (documentKindOf(bytes) !== 'message') return verifiedDocument(file, bytes, basis);
  const { trust, at, about, fingerprint, now } = basis;
  const options = { ...(at === undefined ? {} : { at }), ...(fingerprint === undefined ? {} : { fingerprint }) };
  const notice = await verifyNotice(bytes, trust, now, options);
  if (about !== undefined && notice !== undefined) checkDigest({ digest: notice.digest ?? '' }, about);
  if (notice !== undefined) return verifiedNotice(file, notice);
  const message = await verifyMessage(bytes, trust, options);
  if (about !== undefined) checkDigest(message, about);
  const { agencyAnswer: agency, signer, trustedAt } = message;
  return {
    exitCode: exitCodes.done,
    facts: { ...messageFacts(message), signer, trustedAt, agencyAnswer: agency },
    lines: [
      { vi: `${file}: chữ ký đúng và được tin cậy`, en: `${file}: signature right and trusted` },
      ...messageLines(message),
      ...signerLines(signer),
      ...(agency === undefined ? [] : [{ vi: '  Văn bản của cơ quan BHXH:', en: '  The agency’s own answer:' }, ...signerLines(agency.signer)]),
    ],
  };
}

function verifiedNotice(file: string, notice: VerifiedNotice): Outcome {
  const { form, at, digest, dossierNumber, transactionCode, signer } = notice;
  const { nameVi, nameEn } = loadStandard().forms.get(form) ?? { nameVi: form, nameEn: form };
  return {
    exitCode: exitCodes.done,
    facts: { kind: form, ...notice },
    lines: [
      { vi: `${file}: chữ ký đúng và được tin cậy`, en: `${file}: signature right and trusted` },
      { vi: nameVi, en: nameEn },
      ...factLine('Số hồ sơ', 'Dossier number', dossierNumber),
      ...factLine('Mã giao dịch', 'Transaction code', transactionCode),
      ...factLine('Thời điểm', 'At', at && `${formatDateTime(at)} +07:00`),
      ...factLine('SHA-256', 'SHA-256', digest),
      ...signerLines(signer),
    ],
  };
}

function verifiedDocument(file: string, bytes: Buffer, { trust, at, now }: Basis): Outcome {
  const { kind, digest, signer, trustedAt, warnings, signatures } = verifySigned(bytes, trust, at ?? now);
  const findings = warnings.map(publishedFinding);
  const lines = [{ vi: `${file}: chữ ký đúng và được tin cậy`, en: `${file}: signature right and trusted` }, ...signerLines(signer), ...signatures.flatMap(signatureLines), ...findings.flatMap(findingLines)];
  return { exitCode: exitCodes.done, facts: { kind, digest, signer, trustedAt, signatures, findings }, lines };
}
