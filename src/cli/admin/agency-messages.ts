// `ivan admin agency-message …` and `feeds`: what the agencies said, what was made of it, and how far their feeds are read.
import type { Command } from 'commander';

import type { Perform } from '../command.ts';
import { adminCommand, does, pathPart, queryOf } from './command.ts';
import type { AdminFlags } from './command.ts';

interface Listing extends AdminFlags { readonly verdict?: string; readonly backend?: string; readonly dossier?: string; readonly after?: string }

export function addAgencyMessages(admin: Command, perform: Perform): void {
  const message = admin.command('agency-message').description('thông điệp của cơ quan BHXH / what the agencies say');
  adminCommand(message, 'list', 'liệt kê / list')
    .option('--verdict <name>', 'taken, repeated, late, contradicting, rejected')
    .option('--backend <name>', 'hệ thống xử lý / backend')
    .option('--dossier <sha256>', 'của một hồ sơ / of one dossier')
    .option('--after <id>', 'tiếp theo / go on after')
    .action(({ verdict, backend, dossier, after, ...flags }: Listing) => does(perform, flags, 'agency-messages', (client) => client.get(`agency-messages${queryOf({ verdict, backend, dossier, after })}`)));
  adminCommand(message, 'show', 'xem / show').argument('<id>', 'số thứ tự / number').action((id: string, flags: AdminFlags) => does(perform, flags, id, (client) => client.get(`agency-messages/${pathPart(id)}`)));
  adminCommand(message, 'feeds', 'đã đọc đến đâu / how far each feed is read').action((flags: AdminFlags) => does(perform, flags, 'backend-feeds', (client) => client.get('backend-feeds')));
}
