#!/usr/bin/env node
// `npm run agency`: which agencies accept only dossiers that are signed with a certificate registered for the unit, and from when on. For
// the operator; rules are only added, each with an audit event, and hold without a restart. Exit codes: 0 done, 3 usage, 4 database unreachable.
import type { Command } from 'commander';

import { currentEnvironment } from '../config.ts';
import { formatInstant } from '../standard/time.ts';
import { listAgencyPolicies, setAgencyPolicy } from '../store/unit-certificates.ts';
import { listUsePolicies, setUsePolicy } from '../store/uses.ts';
import { agencyOf, dayOf, operatorCommand, reportFailure, withGatewayDatabase } from './operator.ts';

type Matter = 'certificate' | 'use';

const environment = currentEnvironment();
const program = operatorCommand('agency', 'Quy định của từng cơ quan BHXH. What each agency asks for.', (code) => process.exit(code));

rule('require-registered-certificates', 'certificate', true, 'chỉ nhận hồ sơ ký bằng chứng thư số đã đăng ký / accept only dossiers signed with a registered certificate');
rule('accept-unregistered-certificates', 'certificate', false, 'không còn đòi hỏi đăng ký / no longer ask for registration');
rule('require-registered-use', 'use', true, 'chỉ nhận hồ sơ qua I-VAN mà đơn vị đã đăng ký sử dụng (mẫu 04) / accept through an I-VAN only what a unit files that registered its use (form 04)');
rule('accept-unregistered-use', 'use', false, 'không còn đòi hỏi đăng ký sử dụng / no longer ask for the registration of use');

program
  .command('list')
  .description('liệt kê / list')
  .action(async () => {
    const { certificates, uses } = await withGatewayDatabase(environment, async ({ query }) => ({ certificates: await listAgencyPolicies(query), uses: await listUsePolicies(query) }));
    for (const { agency, effectiveFrom, required } of certificates) console.log(`${agency}\ttừ / from ${formatInstant(effectiveFrom)}\t${saying('certificate', required)}`);
    for (const { agency, effectiveFrom, required } of uses) console.log(`${agency}\ttừ / from ${formatInstant(effectiveFrom)}\t${saying('use', required)}`);
  });

function rule(name: string, what: Matter, required: boolean, description: string): Command {
  return program
    .command(name)
    .description(description)
    .argument('<agency>', 'mã cơ quan BHXH / agency code', agencyOf)
    .requiredOption('--from <day>', 'từ ngày / from this day on, yyyy-MM-dd (+07:00)', dayOf)
    .action(async (agency: string, { from }: { readonly from: Date }) => {
      const policy = { agency, effectiveFrom: from, required };
      await withGatewayDatabase(environment, (database) => (what === 'use' ? setUsePolicy(database, policy, 'machine', new Date()) : setAgencyPolicy(database, policy, new Date())));
      console.log(`Đã ghi / recorded: ${agency}, từ / from ${formatInstant(from)}: ${saying(what, required)}`);
    });
}

function saying(what: Matter, required: boolean): string {
  if (what === 'use') return required ? 'phải đăng ký sử dụng I-VAN / use of the I-VAN must be registered' : 'không phải đăng ký sử dụng I-VAN / use need not be registered';
  return required ? 'phải đăng ký chứng thư số / certificates must be registered' : 'không phải đăng ký / need not be registered';
}

await program.parseAsync().catch((error: unknown) => { process.exitCode = reportFailure(error); });
