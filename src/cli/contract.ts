#!/usr/bin/env node
// `npm run contract`: registers or changes an I-VAN's contract in the gateway's database (the one GATEWAY_DATABASE_URL names, or the
// development site's). For the operator at the agency; the change is an audit event. Exit codes: 0 done, 3 usage, 4 database unreachable.
import type { X509Certificate } from 'node:crypto';

import { InvalidArgumentError, Option } from 'commander';

import { currentEnvironment } from '../config.ts';
import { registerContract } from '../registers/record-contract.ts';
import type { RecordedContract } from '../registers/record-contract.ts';
import { formatInstant } from '../standard/time.ts';
import { certificateOf, dayOf, fingerprintOf, operatorCommand, reportFailure, withGatewayDatabase } from './operator.ts';

interface Options {
  readonly ivan: string;
  readonly certificate: X509Certificate;
  readonly from: Date;
  readonly until: Date;
  readonly state: RecordedContract['state'];
  readonly taxCode?: string;
}

const program = operatorCommand('contract', 'Đăng ký hoặc thay đổi hợp đồng của một tổ chức I-VAN. Registers or changes an I-VAN’s contract.', (code) => process.exit(code))
  .requiredOption('--ivan <code>', 'mã I-VAN, 5 chữ số / I-VAN code, 5 digits', codeOf)
  .requiredOption('--certificate <file>', 'chứng thư máy khách TLS (PEM) / TLS client certificate (PEM)', certificateOf)
  .requiredOption('--from <day>', 'có hiệu lực từ / in force from, yyyy-MM-dd (+07:00)', dayOf)
  .requiredOption('--until <day>', 'hết hiệu lực từ / no longer in force from, yyyy-MM-dd (+07:00)', dayOf)
  .addOption(new Option('--state <state>', 'trạng thái / state').choices(['active', 'suspended', 'ended']).default('active'))
  .option('--tax-code <code>', 'mã số thuế của I-VAN, khi mở hợp đồng mới / the I-VAN’s tax code, where a contract is opened', taxCodeOf);

function codeOf(value: string): string {
  if (!/^\d{5}$/.test(value)) throw new InvalidArgumentError('5 chữ số / 5 digits');
  return value;
}

function taxCodeOf(value: string): string {
  if (!/^\d{10}(?:-\d{3})?$/.test(value)) throw new InvalidArgumentError('10 chữ số / 10 digits');
  return value;
}

async function register({ ivan, certificate, from, until, state, taxCode }: Options): Promise<void> {
  if (until <= from) program.error('--until phải sau --from / must be after --from');
  const fingerprint = fingerprintOf(certificate);
  await withGatewayDatabase(currentEnvironment(), (database) =>
    registerContract(database, { ivanCode: ivan, fingerprint, state, validFrom: from, validUntil: until, ...(taxCode === undefined ? {} : { taxCode }) }, new Date()),
  );
  console.log(`Đã ghi hợp đồng / contract recorded: I-VAN ${ivan}, ${state}, ${formatInstant(from)} – ${formatInstant(until)}, ${fingerprint}`);
}

await register(program.parse().opts<Options>()).catch((error: unknown) => { process.exitCode = reportFailure(error); });
