// `ivan admin registration …` and the registers: forms 04, 05 and 06 to decide, who uses which I-VAN, and which agency asks for it.
import type { Command } from 'commander';

import type { Perform } from '../command.ts';
import { writeNew } from '../files.ts';
import { factLine } from '../lines.ts';
import { exitCodes } from '../outcome.ts';
import { adminCommand, certificateText, dayText, does, given, pathPart, queryOf, withOperator } from './command.ts';
import type { AdminFlags } from './command.ts';

interface Listing extends AdminFlags { readonly state?: string; readonly late?: string; readonly ivan?: string; readonly agency?: string; readonly unit?: string; readonly after?: string }
interface Deciding extends AdminFlags { readonly reason?: string; readonly unitGrounds?: string; readonly certificate?: readonly string[] }
interface Saving extends AdminFlags { readonly out: string }
interface Ruling extends AdminFlags { readonly from: string }

const ID = 'số thứ tự của đăng ký / number of the registration';
const documents = [['document', 'mẫu đã nhận / the form as it came'], ['receipt', 'biên nhận / its receipt'], ['notice', 'thông báo kết quả / the notice of the decision']] as const;

export function addRegistrations(admin: Command, perform: Perform): void {
  const registration = admin.command('registration').description('mẫu 04, 05, 06: đăng ký sử dụng dịch vụ I-VAN / forms 04, 05, 06: use of an I-VAN');
  adminCommand(registration, 'list', 'liệt kê / list')
    .option('--state <state>', 'received | forwarded | accepted | refused | rejected')
    .option('--late <clock>', 'quá hạn / past due: forward | decision | relay')
    .option('--ivan <code>', 'mã I-VAN / I-VAN code')
    .option('--agency <code>', 'mã cơ quan BHXH / agency code')
    .option('--unit <code>', 'mã đơn vị / unit code')
    .option('--after <id>', 'tiếp theo / go on after')
    .action(({ state, late, ivan, agency, unit, after, ...flags }: Listing) => does(perform, flags, 'registrations', (client) => client.get(`registrations${queryOf({ state, late, ivan, agency, unit, after })}`)));
  adminCommand(registration, 'show', 'xem một đăng ký / one registration').argument('<id>', ID).action((id: string, flags: AdminFlags) => does(perform, flags, id, (client) => client.get(`registrations/${pathPart(id)}`)));
  adminCommand(registration, 'forward', 'tiếp nhận để giải quyết / take it up').argument('<id>', ID).action((id: string, flags: AdminFlags) => does(perform, flags, id, (client) => client.post(`registrations/${pathPart(id)}/forward`, {})));
  adminCommand(registration, 'accept', 'chấp nhận / accept')
    .argument('<id>', ID)
    .option('--reason <text>', 'ghi chú / remark')
    .option('--certificate <pem...>', 'các chứng thư khác được liệt kê / further certificates that the form lists')
    .option('--unit-grounds <text>', 'căn cứ cho thấy mã đơn vị thuộc mã số thuế này, khi cổng chưa biết / on what grounds the unit code is this tax code’s, where the gateway does not know it')
    .action((id: string, { reason, unitGrounds, certificate = [], ...flags }: Deciding) =>
      does(perform, flags, id, async (client) => client.post(`registrations/${pathPart(id)}/decision`, given({ decision: 'accept', reason, unitGrounds, certificates: await Promise.all(certificate.map(certificateText)) }))));
  adminCommand(registration, 'refuse', 'không chấp nhận / refuse')
    .argument('<id>', ID)
    .requiredOption('--reason <text>', 'lý do / reason')
    .action((id: string, { reason, ...flags }: Deciding) => does(perform, flags, id, (client) => client.post(`registrations/${pathPart(id)}/decision`, given({ decision: 'refuse', reason }))));
  for (const [kind, description] of documents) {
    adminCommand(registration, kind, description)
      .argument('<id>', ID)
      .requiredOption('--out <file>', 'nơi ghi / where it goes')
      .action((id: string, { out, ...flags }: Saving) =>
        perform(flags, id, async (terminal) => {
          await writeNew(out, await withOperator(flags, terminal, (client) => client.document(`registrations/${pathPart(id)}/${kind}`)));
          return { exitCode: exitCodes.done, facts: { saved: out }, lines: factLine('Đã lưu', 'Saved', out) };
        }));
  }
  addRegisters(admin, perform);
}

function addRegisters(admin: Command, perform: Perform): void {
  adminCommand(admin, 'uses', 'sổ đơn vị sử dụng I-VAN / which unit uses which I-VAN')
    .option('--agency <code>', 'mã cơ quan BHXH / agency code')
    .option('--unit <code>', 'mã đơn vị / unit code')
    .option('--ivan <code>', 'mã I-VAN / I-VAN code')
    .action(({ agency, unit, ivan, ...flags }: Listing) => does(perform, flags, 'uses', (client) => client.get(`uses${queryOf({ agency, unit, ivan })}`)));
  adminCommand(admin, 'certificates', 'sổ chứng thư số của đơn vị / the register of the units’ certificates')
    .option('--agency <code>', 'mã cơ quan BHXH / agency code')
    .option('--unit <code>', 'mã đơn vị / unit code')
    .action(({ agency, unit, ...flags }: Listing) => does(perform, flags, 'certificates', (client) => client.get(`certificates${queryOf({ agency, unit })}`)));
  const rule = admin.command('use-rule').description('cơ quan nào đòi hỏi đăng ký sử dụng I-VAN / which agency asks that a unit has registered its use of an I-VAN');
  adminCommand(rule, 'list', 'liệt kê / list').action((flags: AdminFlags) => does(perform, flags, 'use-rules', (client) => client.get('use-rules')));
  for (const [name, required, description] of [['require', true, 'bắt buộc đăng ký / registration is required'], ['release', false, 'không còn bắt buộc / no longer required']] as const) {
    adminCommand(rule, name, description)
      .argument('<agency>', 'mã cơ quan BHXH / agency code')
      .requiredOption('--from <day>', 'từ ngày / from this day on, yyyy-MM-dd (+07:00)', dayText)
      .action((agency: string, { from, ...flags }: Ruling) => does(perform, flags, agency, (client) => client.post('use-rules', { agency, from, required })));
  }
}
