// `ivan validate`: the gateway's own judge on a dossier, offline: signatures, certificates, form and rules, with every finding. What only a
// gateway knows (contracts, registers, dossiers filed before) is not asked: `ivan submit --dry-run` does.
import type { Command } from 'commander';

import { judgeOffline } from '../intake/offline.ts';
import type { OfflineVerdict } from '../intake/offline.ts';
import { createSchemas } from '../standard/schema-folder.ts';
import { loadStandard } from '../standard/tables.ts';
import { withCommonFlags } from './command.ts';
import type { CommonFlags, Perform } from './command.ts';
import { readInput, readTrust } from './files.ts';
import { findingLines } from './findings.ts';
import { instantOf } from './instants.ts';
import type { Line } from './lines.ts';
import { exitCodes, failureOf, worstOf } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { signatureLines } from './signature-lines.ts';

interface ValidateFlags extends CommonFlags {
  readonly trust?: string;
  readonly at?: string;
}

export function addValidate(program: Command, perform: Perform): void {
  withCommonFlags(program.command('validate'))
    .description('kiểm tra ngoại tuyến hồ sơ như cổng sẽ kiểm tra: chữ ký, chứng thư, biểu mẫu, quy tắc / judge dossiers offline as the gateway will: signatures, certificates, form, rules')
    .argument('<file...>')
    .option('--trust <folder or pem>', 'root and subordinate certificates with their CRLs; without it no certificate is believed, and the best answer is "not known yet"')
    .option('--at <time>', 'xét tại thời điểm này / judge as of this time, e.g. 2026-05-14T08:00:00+07:00 (now)')
    .action((files: readonly string[], flags: ValidateFlags) => perform(flags, files.join(' '), ({ now }) => validateAll(files, flags, now())));
}

async function validateAll(files: readonly string[], flags: ValidateFlags, now: Date): Promise<Outcome> {
  const trust = flags.trust === undefined ? undefined : await readTrust(flags.trust);
  const at = instantOf(flags.at) ?? now;
  const standard = loadStandard();
  const schemas = createSchemas();
  const outcomes: Outcome[] = [];
  for (const file of files) {
    const judged = async (): Promise<Outcome> => outcomeOf(file, judgeOffline({ bytes: await readInput(file), at, standard, schemas, trust }));
    outcomes.push(await judged().catch((error: unknown) => failureOf(error, file)));
  }
  schemas.dispose();
  return {
    exitCode: worstOf(outcomes.map(({ exitCode }) => exitCode)),
    facts: { ruleSetDigest: standard.digest, files: outcomes.map(({ facts }, index) => ({ file: files[index], ...facts })) },
    lines: outcomes.flatMap(({ lines }) => lines),
  };
}

const titles: Readonly<Record<OfflineVerdict['outcome'], readonly [vi: string, en: string]>> = {
  accepted: ['hợp lệ', 'valid'],
  refused: ['không hợp lệ', 'not valid'],
  indeterminate: ['chưa thể kết luận', 'cannot be decided yet'],
};

const openQuestions: Readonly<Record<'TRUST' | 'REVOCATION', Line>> = {
  TRUST: { vi: '  → Chưa xét chứng thư: thêm --trust với chứng thư gốc và danh sách thu hồi.', en: '  → Certificates were not judged: add --trust with the roots and revocation lists.' },
  REVOCATION: { vi: '  → Thiếu danh sách thu hồi (CRL) còn hiệu lực trong --trust: bổ sung rồi kiểm tra lại.', en: '  → --trust lacks a revocation list (CRL) that is in force: add it and validate again.' },
};

/** Of what is not refused anyway. */
const notAsked: Line = {
  vi: '  → Chưa xét điều chỉ cổng biết: hợp đồng, đăng ký, hồ sơ đã nộp trước (ivan submit --dry-run).',
  en: '  → What only a gateway knows was not asked: contracts, registers, dossiers filed before (ivan submit --dry-run).',
};

function outcomeOf(file: string, { outcome, findings, signatures, open }: OfflineVerdict): Outcome {
  const [vi, en] = titles[outcome];
  const exitCode = { accepted: exitCodes.done, refused: exitCodes.refused, indeterminate: exitCodes.indeterminate }[outcome];
  const remark = [...(open === undefined ? [] : [openQuestions[open]]), ...(outcome === 'refused' ? [] : [notAsked])];
  return {
    exitCode,
    facts: { outcome, findings, signatures, ...(open === undefined ? {} : { open }) },
    lines: [{ vi: `${file}: ${vi}`, en: `${file}: ${en}` }, ...remark, ...findings.flatMap(findingLines), ...signatures.flatMap(signatureLines)],
  };
}
