// `ivan admin`: the operator's commands, all over the gateway's interface under /v1/admin and with the operator's own client certificate.
import type { Command } from 'commander';

import { addAgencyMessages } from './admin/agency-messages.ts';
import { addContracts } from './admin/contracts.ts';
import { addDeliveries } from './admin/deliveries.ts';
import { addErasures } from './admin/erasures.ts';
import { addObligations } from './admin/obligations.ts';
import { addRegistrations } from './admin/registrations.ts';
import type { Perform } from './command.ts';

export function addAdmin(program: Command, perform: Perform): void {
  const admin = program.command('admin').description('người vận hành cổng: hợp đồng I-VAN, mẫu 04–06, sổ đăng ký / the gateway’s operator: I-VAN contracts, forms 04–06, registers');
  addContracts(admin, perform);
  addRegistrations(admin, perform);
  addDeliveries(admin, perform);
  addAgencyMessages(admin, perform);
  addObligations(admin, perform);
  addErasures(admin, perform);
}
