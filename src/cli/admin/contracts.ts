// `ivan admin contract …`: I-VANs' contracts from application to their end, over the operator's interface.
import type { Command } from 'commander';
import { Option } from 'commander';

import type { JsonObject } from '../../client/operator.ts';
import type { Perform } from '../command.ts';
import { adminCommand, certificateText, countOf, dayText, does, given, pathPart, queryOf } from './command.ts';
import type { AdminFlags } from './command.ts';

interface Applying extends AdminFlags { readonly ivan: string; readonly name: string; readonly taxCode: string }
interface Answering extends AdminFlags { readonly evidence: string; readonly notMet?: boolean }
interface Reasoned extends AdminFlags { readonly reason?: string }
interface Agreeing extends Reasoned {
  readonly template: string;
  readonly signedOn: string;
  readonly from: string;
  readonly until: string;
  readonly ackMinutes?: number;
  readonly forwardMinutes?: number;
  readonly relayMinutes?: number;
  readonly downtimePercent?: number;
  readonly maxFiles?: number;
  readonly maxBytes?: number;
}
interface Certifying extends AdminFlags { readonly certificate: string; readonly purpose: string; readonly from?: string; readonly until?: string }
interface Wanted extends AdminFlags { readonly ivan?: string; readonly state?: string; readonly at?: string }

const NUMBER = 'số hợp đồng / number of the contract';

/** Steps that take at most a reason. */
const plainSteps = [
  ['assess', 'đủ điều kiện / the checklist is met', false],
  ['reject', 'từ chối đề nghị / reject the application', true],
  ['activate', 'kích hoạt / activate', false],
  ['suspend', 'tạm ngừng / suspend', true],
  ['resume', 'tiếp tục / resume', true],
  ['end', 'chấm dứt / end', true],
] as const;

export function addContracts(admin: Command, perform: Perform): void {
  const contract = admin.command('contract').description('hợp đồng của tổ chức I-VAN / I-VANs’ contracts');
  adminCommand(contract, 'list', 'liệt kê / list')
    .option('--ivan <code>', 'mã I-VAN / I-VAN code')
    .option('--state <state>', 'trạng thái / state')
    .action((flags: Wanted) => does(perform, flags, 'contracts', (client) => client.get(`contracts${queryOf({ ivan: flags.ivan, state: flags.state })}`)));
  adminCommand(contract, 'show', 'xem một hợp đồng: điều kiện, chứng thư, lịch sử / one contract: checklist, certificates, history')
    .argument('<number>', NUMBER)
    .option('--at <instant>', 'tại thời điểm / as it stood, yyyy-MM-ddTHH:mm:ss+07:00')
    .action((number: string, flags: Wanted) => does(perform, flags, number, (client) => client.get(`contracts/${pathPart(number)}${queryOf({ at: flags.at })}`)));
  adminCommand(contract, 'checklist', 'các điều kiện của I-VAN / what an I-VAN is assessed by').action((flags: AdminFlags) => does(perform, flags, 'checklist', (client) => client.get('checklist')));
  adminCommand(contract, 'apply', 'ghi nhận đề nghị / enter an application')
    .argument('<number>', NUMBER)
    .requiredOption('--ivan <code>', 'mã I-VAN, 5 chữ số / I-VAN code, 5 digits')
    .requiredOption('--name <name>', 'tên tổ chức / name of the organisation')
    .requiredOption('--tax-code <code>', 'mã số thuế / tax code')
    .action((number: string, { ivan, name, taxCode, ...flags }: Applying) => does(perform, flags, number, (client) => client.post('contracts', { number, ivan, name, taxCode })));
  adminCommand(contract, 'answer', 'đánh giá một điều kiện / answer an item of the checklist')
    .argument('<number>', NUMBER)
    .argument('<item>', 'I1 … I16')
    .requiredOption('--evidence <text>', 'minh chứng / evidence')
    .option('--not-met', 'chưa đạt / it is not met')
    .action((number: string, item: string, { evidence, notMet, ...flags }: Answering) =>
      does(perform, flags, number, (client) => client.post(`contracts/${pathPart(number)}/checklist`, { items: [{ item, met: notMet !== true, evidence }] })));
  for (const [step, description, needsReason] of plainSteps) {
    const command = adminCommand(contract, step, description).argument('<number>', NUMBER);
    if (needsReason) command.requiredOption('--reason <text>', 'lý do / reason');
    command.action((number: string, { reason, ...flags }: Reasoned) => does(perform, flags, number, (client) => client.post(`contracts/${pathPart(number)}/${step}`, given({ reason }))));
  }
  addTerms(contract, perform);
  addCertificates(contract, perform);
}

function addTerms(contract: Command, perform: Perform): void {
  for (const [step, description] of [['sign', 'ký hợp đồng / sign'], ['amend', 'sửa đổi, gia hạn / amend or prolong']] as const) {
    const command = adminCommand(contract, step, description)
      .argument('<number>', NUMBER)
      .requiredOption('--template <version>', 'phiên bản hợp đồng mẫu / version of the model contract')
      .requiredOption('--signed-on <day>', 'ngày ký / day of signing, yyyy-MM-dd', dayText)
      .requiredOption('--from <day>', 'có hiệu lực từ / in force from, yyyy-MM-dd (+07:00)', dayText)
      .requiredOption('--until <day>', 'hết hiệu lực từ / no longer in force from, yyyy-MM-dd (+07:00)', dayText)
      .option('--ack-minutes <n>', 'xác nhận đã nhận (15) / acknowledgement', countOf)
      .option('--forward-minutes <n>', 'chuyển hồ sơ (120) / forwarding', countOf)
      .option('--relay-minutes <n>', 'chuyển thông báo (120) / relaying notices', countOf)
      .option('--downtime-percent <n>', 'bảo trì một năm (2) / maintenance a year', countOf)
      .option('--max-files <n>', 'số tệp tối đa của hồ sơ (6) / files of a dossier', countOf)
      .option('--max-bytes <n>', 'dung lượng tối đa của hồ sơ (5242880) / octets of a dossier', countOf);
    if (step === 'amend') command.requiredOption('--reason <text>', 'lý do / reason');
    command.action((number: string, flags: Agreeing) => does(perform, flags, number, (client) => client.post(`contracts/${pathPart(number)}/${step}`, agreedOf(flags))));
  }
}

function agreedOf({ template, signedOn, from, until, reason, ackMinutes, forwardMinutes, relayMinutes, downtimePercent, maxFiles, maxBytes }: Agreeing): JsonObject {
  return given({ reason, from, until, terms: given({ template, signedOn, ackMinutes, forwardMinutes, relayMinutes, downtimePercent, maxFiles, maxBytes }) });
}

function addCertificates(contract: Command, perform: Perform): void {
  adminCommand(contract, 'certify', 'đăng ký chứng thư của I-VAN / register a certificate of the I-VAN’s')
    .argument('<number>', NUMBER)
    .requiredOption('--certificate <pem>', 'chứng thư / certificate')
    .addOption(new Option('--purpose <purpose>', 'connect: máy khách TLS; sign: ký mẫu 04–06 / TLS client; signing forms 04–06').choices(['connect', 'sign']).makeOptionMandatory())
    .option('--from <day>', 'từ ngày; mặc định như chứng thư / from, otherwise as the certificate', dayText)
    .option('--until <day>', 'đến ngày; mặc định như chứng thư / until, otherwise as the certificate', dayText)
    .action((number: string, { certificate, purpose, from, until, ...flags }: Certifying) =>
      does(perform, flags, number, async (client) => client.post(`contracts/${pathPart(number)}/certificates`, given({ certificate: await certificateText(certificate), purpose, from, until }))));
  adminCommand(contract, 'decertify', 'chấm dứt đăng ký của một chứng thư / end a certificate’s entry')
    .argument('<number>', NUMBER)
    .argument('<fingerprint>', 'SHA-256')
    .action((number: string, fingerprint: string, flags: AdminFlags) => does(perform, flags, number, (client) => client.post(`contracts/${pathPart(number)}/certificates/${pathPart(fingerprint)}/end`, {})));
}
