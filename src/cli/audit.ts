// `ivan audit`: for an auditor who has the database's address and may read it. The program itself is in `src/audit/`; it is loaded when it is asked for,
// because no other command needs a database.
import type { Command } from 'commander';

import { fetchCompromised } from '../client/auditor.ts';
import { currentEnvironment } from '../config.ts';
import { adminCommand } from './admin/command.ts';
import type { AdminFlags } from './admin/command.ts';
import type { Perform } from './command.ts';
import { readText, writeNew } from './files.ts';
import { factLine } from './lines.ts';
import { exitCodes } from './outcome.ts';
import type { Outcome } from './outcome.ts';

export function addAudit(program: Command, perform: Perform): void {
  const audit = program
    .command('audit')
    .description('Kiểm toán kho và nhật ký, chỉ đọc: GATEWAY_DATABASE_URL / Audit the store and the log, reading only (ivan audit --help)')
    .helpOption(false)
    .helpCommand(false)
    .allowUnknownOption()
    .argument('[words...]')
    .action((words: readonly string[]) => perform({ lang: 'vi' }, 'audit', async ({ out, err, isInteractive, now, signal }): Promise<Outcome> => {
      const { auditProgram } = await import('../audit/program.ts');
      const code = await auditProgram(words, { out, err, isInteractive, now, environment: currentEnvironment(), ...(signal === undefined ? {} : { signal }) });
      return { exitCode: codes[code], facts: {}, lines: [] };
    }));
  adminCommand(audit, 'compromise', 'mọi hồ sơ ký bằng chứng thư bị lộ khóa, trước và sau / every dossier signed with a compromised certificate, before and after')
    .requiredOption('--fingerprint <sha256>', 'SHA-256 của chứng thư / of the certificate')
    .requiredOption('--at <instant>', 'thời điểm bị lộ / when it was compromised, yyyy-MM-ddThh:mm:ss+07:00')
    .option('--out <file>', 'ghi vào tệp này / write it here (affected-….asice in this folder)')
    .action((flags: CompromiseFlags) => perform(flags, flags.fingerprint, async (terminal): Promise<Outcome> => {
      const { url, cert, key, ca, fingerprint, at, out = `affected-${fingerprint.replaceAll(':', '').slice(0, 16).toLowerCase()}.asice` } = flags;
      const { container, files } = await fetchCompromised(
        {
          url,
          clientCertificate: { certificatePem: await readText(cert), keyPem: await readText(key) },
          ...(ca === undefined ? {} : { certificateAuthorities: [await readText(ca)] }),
          ...(terminal.sleep === undefined ? {} : { sleep: terminal.sleep }),
        },
        fingerprint,
        at,
      );
      await writeNew(out, container);
      const { counts } = JSON.parse(files.get('affected.json')?.toString('utf8') ?? '{}') as { counts?: Readonly<Record<string, number>> };
      return { exitCode: exitCodes.done, facts: { saved: out, counts }, lines: [...factLine('Đã lưu', 'Saved', out), ...Object.entries(counts ?? {}).map(([name, value]) => ({ name, value: String(value) }))] };
    }));
}

interface CompromiseFlags extends AdminFlags {
  readonly fingerprint: string;
  readonly at: string;
  readonly out?: string;
}

const codes = { 0: exitCodes.done, 1: exitCodes.refused, 2: exitCodes.indeterminate, 3: exitCodes.unreachable } as const;
