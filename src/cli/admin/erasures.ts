// `ivan admin erase` and `erasures`: a finished dossier's data is erased for good, on a legal basis that is named (Law 91/2025/QH15, Art. 14).
import type { Command } from 'commander';

import type { Perform } from '../command.ts';
import { adminCommand, does, given, pathPart, queryOf } from './command.ts';
import type { AdminFlags } from './command.ts';

interface Erasing extends AdminFlags { readonly reason: string; readonly legalBasis: string; readonly beforeRetention?: boolean }
interface Listing extends AdminFlags { readonly after?: string }

export function addErasures(admin: Command, perform: Perform): void {
  adminCommand(admin, 'erase', 'xóa vĩnh viễn dữ liệu của một hồ sơ đã kết thúc; nhật ký vẫn kiểm tra được / erase a finished dossier’s data for good; the log still verifies')
    .argument('<sha256>', 'mã băm của hồ sơ / SHA-256 of the dossier')
    .requiredOption('--reason <text>', 'lý do, không ghi dữ liệu cá nhân / reason, without personal data')
    .requiredOption('--legal-basis <text>', 'căn cứ pháp lý, như "Luật 91/2025/QH15 Điều 14" / legal basis')
    .option('--before-retention', 'dù chưa hết thời hạn lưu trữ / though it is to be kept longer as a rule')
    .action((digest: string, { reason, legalBasis, beforeRetention, ...flags }: Erasing) =>
      does(perform, flags, digest, (client) => client.post(`dossiers/${pathPart(digest)}/erase`, given({ reason, legalBasis, beforeRetention }))));
  adminCommand(admin, 'erasures', 'những gì đã xóa / what was erased')
    .option('--after <id>', 'tiếp theo / go on after')
    .action(({ after, ...flags }: Listing) => does(perform, flags, 'erasures', (client) => client.get(`erasures${queryOf({ after })}`)));
}
