// `ivan admin route …`, `backend …`, `lane …` and `dead-letter …`: where dossiers go, what their receivers were given and how they are doing, and what none of
// them would have.
import type { Command } from 'commander';

import type { Perform } from '../command.ts';
import { adminCommand, does, given, pathPart, queryOf } from './command.ts';
import type { AdminFlags } from './command.ts';

interface Routing extends AdminFlags { readonly reason: string }
interface Listing extends AdminFlags { readonly lane?: string; readonly after?: string }

const AGENCIES = 'mã cơ quan, phần đầu của mã, hoặc * / an agency code, the beginning of one, or *';

export function addDeliveries(admin: Command, perform: Perform): void {
  const route = admin.command('route').description('hồ sơ của cơ quan nào gửi đến hệ thống nào / which backend an agency’s dossiers go to');
  adminCommand(route, 'list', 'liệt kê, kèm lịch sử / list, with the history').action((flags: AdminFlags) => does(perform, flags, 'routes', (client) => client.get('routes')));
  adminCommand(route, 'set', 'đặt tuyến; hồ sơ đang chờ đi theo / set a route; what waits goes along')
    .argument('<agencies>', AGENCIES)
    .argument('<backend>', 'tên hệ thống / name of the backend')
    .requiredOption('--reason <text>', 'lý do / reason')
    .action((agencies: string, backend: string, { reason, ...flags }: Routing) => does(perform, flags, agencies, (client) => client.post('routes', { agencies, backend, reason })));
  adminCommand(route, 'remove', 'bỏ tuyến riêng / take a route out')
    .argument('<agencies>', AGENCIES)
    .requiredOption('--reason <text>', 'lý do / reason')
    .action((agencies: string, { reason, ...flags }: Routing) => does(perform, flags, agencies, (client) => client.post('routes', given({ agencies, reason }))));
  const lane = admin.command('lane').description('các nơi nhận / the receivers');
  adminCommand(lane, 'list', 'tình trạng của từng nơi nhận / how each is doing').action((flags: AdminFlags) => does(perform, flags, 'lanes', (client) => client.get('lanes')));
  adminCommand(lane, 'try', 'thử gửi ngay / try at once').argument('<lane>', 'nơi nhận / receiver').action((name: string, flags: AdminFlags) => does(perform, flags, name, (client) => client.post(`lanes/${pathPart(name)}/try`, {})));
  addBackends(admin, perform);
  addDeadLetters(admin, perform);
}

function addBackends(admin: Command, perform: Perform): void {
  const backend = admin.command('backend').description('hệ thống của cơ quan: địa chỉ, cách gửi, chứng thư được ký / agencies’ systems: address, transport, who may sign');
  adminCommand(backend, 'feeds', 'đã đọc thông điệp của từng hệ thống đến đâu / how far what each says has been read').action((flags: AdminFlags) => does(perform, flags, 'backend-feeds', (client) => client.get('backend-feeds')));
  adminCommand(backend, 'show', 'thiết lập đang dùng và trước đó / the settings that count, and those before')
    .argument('<backend>', 'tên hệ thống / name of the backend')
    .action((name: string, flags: AdminFlags) => does(perform, flags, name, (client) => client.get(`backends/${pathPart(name)}/settings`)));
  adminCommand(backend, 'restore', 'dùng lại thiết lập trước / bring settings of before back')
    .argument('<backend>', 'tên hệ thống / name of the backend')
    .argument('<id>', 'số thứ tự của thiết lập / number of the settings')
    .requiredOption('--reason <text>', 'lý do / reason')
    .action((name: string, id: string, { reason, ...flags }: Routing) => does(perform, flags, name, (client) => client.post(`backends/${pathPart(name)}/settings`, { id, reason })));
}

function addDeadLetters(admin: Command, perform: Perform): void {
  const letter = admin.command('dead-letter').description('hồ sơ mà nơi nhận từ chối nhận / deliveries that their receiver would not have');
  adminCommand(letter, 'list', 'liệt kê / list')
    .option('--lane <name>', 'nơi nhận / receiver')
    .option('--after <id>', 'tiếp theo / go on after')
    .action(({ lane, after, ...flags }: Listing) => does(perform, flags, 'dead-letters', (client) => client.get(`dead-letters${queryOf({ lane, after })}`)));
  adminCommand(letter, 'show', 'xem / show').argument('<id>', 'số thứ tự / number').action((id: string, flags: AdminFlags) => does(perform, flags, id, (client) => client.get(`dead-letters/${pathPart(id)}`)));
  adminCommand(letter, 'replay', 'gửi lại / send it again').argument('<id>', 'số thứ tự / number').action((id: string, flags: AdminFlags) => does(perform, flags, id, (client) => client.post(`dead-letters/${pathPart(id)}/replay`, {})));
  adminCommand(letter, 'replay-all', 'gửi lại tất cả của một nơi nhận / send all of a receiver’s again')
    .argument('<lane>', 'nơi nhận / receiver')
    .action((lane: string, flags: AdminFlags) => does(perform, flags, lane, (client) => client.post('dead-letters/replay', { lane })));
}
