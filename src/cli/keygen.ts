// `ivan keygen`: a new key, the request for its certificate, and a self-signed certificate for trying. The key's file is for its owner only.
import { join } from 'node:path';

import type { Command } from 'commander';

import { ClientError } from '../client/errors.ts';
import { generateKeyFiles } from '../client/key-files.ts';
import type { KeyOwner } from '../client/key-files.ts';
import { withCommonFlags } from './command.ts';
import type { CommonFlags, Perform } from './command.ts';
import { writeNew } from './files.ts';
import { exitCodes } from './outcome.ts';
import type { Outcome } from './outcome.ts';

interface KeygenFlags extends CommonFlags {
  readonly out: string;
  readonly name: string;
  readonly mst: string;
}

export function addKeygen(program: Command, perform: Perform): void {
  withCommonFlags(program.command('keygen'))
    .description('tạo khóa RSA-2048, yêu cầu cấp chứng thư và chứng thư tự ký để thử / make an RSA-2048 key, a certificate request, and a self-signed certificate for trying (no gateway trusts that one)')
    .requiredOption('--out <folder>', 'where key.pem, request.pem and certificate.pem go; existing ones are never overwritten')
    .requiredOption('--name <name>', 'the unit’s name')
    .requiredOption('--mst <tax code>', 'the unit’s tax code: 10 digits, 10-3 for a branch, 12 for a person')
    .action((flags: KeygenFlags) => perform(flags, flags.out, ({ now }) => makeKey(flags, now())));
}

async function makeKey({ out, name, mst }: KeygenFlags, now: Date): Promise<Outcome> {
  if (!/^(?:\d{10}(?:-\d{3})?|\d{12})$/.test(mst)) throw new ClientError('USAGE', '--mst', mst);
  const owner: KeyOwner = { name, taxCode: mst };
  const { key, request, certificate } = await generateKeyFiles(owner, now);
  const files = { key: join(out, 'key.pem'), request: join(out, 'request.pem'), certificate: join(out, 'certificate.pem') };
  await writeNew(files.key, key, 0o600);
  await writeNew(files.request, request);
  await writeNew(files.certificate, certificate);
  const lines = [
    { vi: `Khóa bí mật (giữ kín): ${files.key}`, en: `Private key (keep it secret): ${files.key}` },
    { vi: `Yêu cầu cấp chứng thư số, gửi cho tổ chức chứng thực: ${files.request}`, en: `Certificate request, for the certification authority: ${files.request}` },
    { vi: `Chứng thư tự ký để thử, không có giá trị nộp hồ sơ: ${files.certificate}`, en: `Self-signed certificate for trying, not for filing: ${files.certificate}` },
  ];
  return { exitCode: exitCodes.done, facts: { ...files }, lines };
}
