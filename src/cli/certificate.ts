#!/usr/bin/env node
// `npm run certificate`: the register of the certificates that units sign with (form 04), in the gateway's database (the one
// GATEWAY_DATABASE_URL names, or the development site's). For the operator at the agency; entries are only added, each with an audit event,
// and the gateway asks for them where `npm run agency` says so. Exit codes: 0 done, 1 nothing to end, 3 usage, 4 database unreachable.
import type { X509Certificate } from 'node:crypto';

import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';

import { currentEnvironment } from '../config.ts';
import { formatInstant } from '../standard/time.ts';
import { endUnitCertificates, listUnitCertificates, registerUnitCertificate } from '../store/unit-certificates.ts';
import type { UnitCertificate } from '../store/unit-certificates.ts';
import { agencyOf, certificateOf, dayOf, fingerprintOf, operatorCommand, reportFailure, withGatewayDatabase } from './operator.ts';

interface Unit {
  readonly agency: string;
  readonly unit: string;
}

interface Registering extends Unit {
  readonly certificate: X509Certificate;
  readonly from?: Date;
  readonly until?: Date;
}

const environment = currentEnvironment();
const program = operatorCommand('certificate', 'Sổ đăng ký chứng thư số của đơn vị (mẫu 04). The register of the units’ certificates (form 04).', (code) => process.exit(code));

withUnit(program.command('register').description('đăng ký một chứng thư số / register a certificate'))
  .requiredOption('--certificate <file>', 'chứng thư số ký (PEM hoặc DER) / signing certificate (PEM or DER)', certificateOf)
  .option('--from <day>', 'có hiệu lực từ; mặc định như chứng thư / in force from, otherwise as the certificate, yyyy-MM-dd (+07:00)', dayOf)
  .option('--until <day>', 'hết hiệu lực từ; mặc định như chứng thư / no longer in force from, otherwise as the certificate, yyyy-MM-dd (+07:00)', dayOf)
  .action(register);

withUnit(program.command('end').description('chấm dứt ngay đăng ký của một chứng thư số / end a certificate’s registration at once'))
  .requiredOption('--certificate <file or fingerprint>', 'chứng thư số, hoặc SHA-256 của nó / the certificate, or its SHA-256', fingerprintOrFile)
  .action(end);

program
  .command('list')
  .description('liệt kê / list')
  .option('--agency <code>', 'mã cơ quan BHXH / agency code', agencyOf)
  .option('--unit <code>', 'mã đơn vị / unit code')
  .action(list);

function withUnit(command: Command): Command {
  return command
    .requiredOption('--agency <code>', 'mã cơ quan BHXH quản lý đơn vị / code of the unit’s agency', agencyOf)
    .requiredOption('--unit <code>', 'mã đơn vị như trong hồ sơ / unit code as in the dossiers', unitOf);
}

function unitOf(value: string): string {
  if (value.trim() === '' || value.trim() !== value) throw new InvalidArgumentError('mã đơn vị / unit code');
  return value;
}

function fingerprintOrFile(value: string): string {
  return /^[0-9a-fA-F]{64}$/.test(value) ? value.toLowerCase() : fingerprintOf(certificateOf(value));
}

async function register({ agency, unit, certificate, from, until }: Registering): Promise<void> {
  const [validFrom, validUntil] = [from ?? new Date(certificate.validFrom), until ?? new Date(certificate.validTo)];
  if (validUntil <= validFrom) program.error('--until phải sau --from / must be after --from');
  const fingerprint = fingerprintOf(certificate);
  const { serialNumber, subject } = certificate;
  const entry = { agency, unitCode: unit, fingerprint, serialNumber: serialNumber.toLowerCase(), subject: subject.replaceAll('\n', ', '), validFrom, validUntil };
  const id = await withGatewayDatabase(environment, (database) => registerUnitCertificate(database, entry, new Date()));
  console.log(`Đã đăng ký / registered (${id}): ${agency} ${unit}, ${formatInstant(validFrom)} – ${formatInstant(validUntil)}, ${fingerprint}`);
}

async function end({ agency, unit, certificate }: Unit & { readonly certificate: string }): Promise<void> {
  const ended = await withGatewayDatabase(environment, (database) => endUnitCertificates(database, { agency, unitCode: unit, fingerprint: certificate }, new Date()));
  console.log(`Đã chấm dứt / ended: ${ended}`);
  if (ended === 0) process.exitCode = 1;
}

async function list({ agency, unit }: Partial<Unit>): Promise<void> {
  const wanted = { ...(agency === undefined ? {} : { agency }), ...(unit === undefined ? {} : { unitCode: unit }) };
  for (const entry of await withGatewayDatabase(environment, ({ query }) => listUnitCertificates(query, wanted))) console.log(lineOf(entry));
}

function lineOf({ id, agency, unitCode, fingerprint, serialNumber, subject, validFrom, validUntil, endedAt }: UnitCertificate): string {
  const ended = endedAt === null ? '' : `\tđã chấm dứt / ended ${formatInstant(endedAt)}`;
  return `${id}\t${agency}\t${unitCode}\t${formatInstant(validFrom)} – ${formatInstant(validUntil)}\t${fingerprint}\t${serialNumber}\t${subject}${ended}`;
}

await program.parseAsync().catch((error: unknown) => { process.exitCode = reportFailure(error); });
