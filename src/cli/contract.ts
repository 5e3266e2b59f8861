#!/usr/bin/env node
// `npm run contract`: registers or changes an I-VAN's contract in the gateway's database (the one GATEWAY_DATABASE_URL names, or the
// development site's). For the operator at the agency; the change is an audit event. Exit codes: 0 done, 3 usage, 4 database unreachable.
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { Command, InvalidArgumentError, Option } from 'commander';

import { currentEnvironment } from '../config.ts';
import { openSiteDatabase } from '../development/site.ts';
import { formatInstant } from '../standard/time.ts';
import { registerContract } from '../store/contracts.ts';
import type { ContractRow } from '../store/contracts.ts';
import { openDatabase } from '../store/database.ts';

interface Options {
  readonly ivan: string;
  readonly certificate: string;
  readonly from: Date;
  readonly until: Date;
  readonly state: ContractRow['state'];
}

const program = new Command('contract')
  .description('Đăng ký hoặc thay đổi hợp đồng của một tổ chức I-VAN. Registers or changes an I-VAN’s contract.')
  .requiredOption('--ivan <code>', 'mã I-VAN, 5 chữ số / I-VAN code, 5 digits', codeOf)
  .requiredOption('--certificate <file>', 'chứng thư máy khách TLS (PEM) / TLS client certificate (PEM)', fingerprintOf)
  .requiredOption('--from <day>', 'có hiệu lực từ / in force from, yyyy-MM-dd (+07:00)', dayOf)
  .requiredOption('--until <day>', 'hết hiệu lực từ / no longer in force from, yyyy-MM-dd (+07:00)', dayOf)
  .addOption(new Option('--state <state>', 'trạng thái / state').choices(['active', 'suspended', 'ended']).default('active'))
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 3));

function codeOf(value: string): string {
  if (!/^\d{5}$/.test(value)) throw new InvalidArgumentError('5 chữ số / 5 digits');
  return value;
}

function fingerprintOf(path: string): string {
  try {
    return new X509Certificate(readFileSync(path)).fingerprint256.replaceAll(':', '').toLowerCase();
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

function dayOf(value: string): Date {
  const day = new Date(`${value}T00:00:00+07:00`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value) || Number.isNaN(day.getTime())) throw new InvalidArgumentError('yyyy-MM-dd');
  return day;
}

async function register({ ivan, certificate, from, until, state }: Options): Promise<void> {
  if (until <= from) program.error('--until phải sau --from / must be after --from');
  const site = await openSiteDatabase(currentEnvironment());
  const database = await openDatabase({ url: site.url, connections: 4, ...(site.password === undefined ? {} : { password: site.password }) });
  await registerContract(database, { ivanCode: ivan, fingerprint: certificate, state, validFrom: from, validUntil: until }, new Date());
  console.log(`Đã ghi hợp đồng / contract recorded: I-VAN ${ivan}, ${state}, ${formatInstant(from)} – ${formatInstant(until)}, ${certificate}`);
  await database.close();
  await site.stop();
}

await register(program.parse().opts<Options>()).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 4;
});
