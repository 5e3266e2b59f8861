#!/usr/bin/env node
// `npm run agency`: which agencies accept only dossiers that are signed with a certificate registered for the unit, and from when on. For
// the operator; rules are only added, each with an audit event, and hold without a restart. Exit codes: 0 done, 3 usage, 4 database unreachable.
import type { Command } from 'commander';

import { currentEnvironment } from '../config.ts';
import { formatInstant } from '../standard/time.ts';
import { listAgencyPolicies, setAgencyPolicy } from '../store/registrations.ts';
import { agencyOf, dayOf, operatorCommand, reportFailure, withGatewayDatabase } from './operator.ts';

const environment = currentEnvironment();
const program = operatorCommand('agency', 'Quy định của từng cơ quan BHXH. What each agency asks for.', (code) => process.exit(code));

rule('require-registered-certificates', true, 'chỉ nhận hồ sơ ký bằng chứng thư số đã đăng ký / accept only dossiers signed with a registered certificate');
rule('accept-unregistered-certificates', false, 'không còn đòi hỏi đăng ký / no longer ask for registration');

program
  .command('list')
  .description('liệt kê / list')
  .action(async () => {
    const policies = await withGatewayDatabase(environment, ({ query }) => listAgencyPolicies(query));
    for (const { agency, effectiveFrom, required } of policies) console.log(`${agency}\ttừ / from ${formatInstant(effectiveFrom)}\t${saying(required)}`);
  });

function rule(name: string, required: boolean, description: string): Command {
  return program
    .command(name)
    .description(description)
    .argument('<agency>', 'mã cơ quan BHXH / agency code', agencyOf)
    .requiredOption('--from <day>', 'từ ngày / from this day on, yyyy-MM-dd (+07:00)', dayOf)
    .action(async (agency: string, { from }: { readonly from: Date }) => {
      await withGatewayDatabase(environment, (database) => setAgencyPolicy(database, { agency, effectiveFrom: from, required }, new Date()));
      console.log(`Đã ghi / recorded: ${agency}, từ / from ${formatInstant(from)}: ${saying(required)}`);
    });
}

function saying(required: boolean): string {
  return required ? 'phải đăng ký chứng thư số / certificates must be registered' : 'không phải đăng ký / need not be registered';
}

await program.parseAsync().catch((error: unknown) => { process.exitCode = reportFailure(error); });
