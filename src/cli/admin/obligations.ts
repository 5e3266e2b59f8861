// `ivan admin obligations`, `obligations-report` and `outage …`: what is about to lapse and what lapsed, how agencies kept their times, and the ledger of outages.
// The public ledger and I-VANs' maintenance are no operator's calls: GET /v1/outages, /v1/maintenance.
import type { Command } from 'commander';

import type { Perform } from '../command.ts';
import { adminCommand, dayText, does, given, pathPart, queryOf } from './command.ts';
import type { AdminFlags } from './command.ts';

interface Listing extends AdminFlags { readonly state: string; readonly kind?: string; readonly agency?: string; readonly after?: string }
interface Reporting extends AdminFlags { readonly from: string; readonly until: string; readonly agency?: string }
interface Opening extends AdminFlags { readonly scope: string; readonly agencies?: string; readonly ivan?: string; readonly causeVi: string; readonly causeEn: string; readonly startedAt?: string }
interface Ending extends AdminFlags { readonly endedAt: string }
interface Correcting extends AdminFlags { readonly reason: string; readonly causeVi?: string; readonly causeEn?: string; readonly startedAt?: string; readonly endedAt?: string }
interface Reported extends AdminFlags { readonly agency: string; readonly unit: string; readonly procedure: string; readonly period?: string; readonly number: string; readonly filedAt: string }

interface Proposed extends AdminFlags { readonly state: string; readonly before?: string }
interface Accepting extends AdminFlags { readonly causeVi?: string; readonly causeEn?: string; readonly agencies?: string }
interface Dismissing extends AdminFlags { readonly reason: string }

const INSTANT = '2026-11-23T08:00:00.000+07:00';

export function addObligations(admin: Command, perform: Perform): void {
  adminCommand(admin, 'obligations', 'thời hạn sắp hết, đã quá, đã dời / what is about to lapse, lapsed, was moved')
    .option('--state <state>', 'near, breached, moved, open', 'near')
    .option('--kind <kind>', 'acknowledge, forward, slip, relay, return, result, resend, supplement, conclude')
    .option('--agency <code>', 'mã cơ quan hoặc phần đầu / agency code, or the beginning of one')
    .option('--after <place>', 'tiếp theo / go on after')
    .action(({ state, kind, agency, after, ...flags }: Listing) => does(perform, flags, 'obligations', (client) => client.get(`obligations${queryOf({ state, kind, agency, after })}`)));
  adminCommand(admin, 'obligations-report', 'việc giữ thời hạn theo cơ quan / how each agency kept its times')
    .requiredOption('--from <day>', 'từ ngày / from', dayText)
    .requiredOption('--until <day>', 'đến trước ngày / until before', dayText)
    .option('--agency <code>', 'mã cơ quan hoặc phần đầu / agency code, or the beginning of one')
    .action(({ from, until, agency, ...flags }: Reporting) => does(perform, flags, 'obligations/report', (client) => client.get(`obligations/report${queryOf({ from, until, agency })}`)));
  addOutages(admin, perform);
}

function addProposals(outage: Command, perform: Perform): void {
  adminCommand(outage, 'proposals', 'cơ quan mất kết nối lâu, đề xuất ghi sự cố / agencies away for long, proposed as outages')
    .option('--state <state>', 'open, accepted, dismissed', 'open')
    .option('--before <id>', 'tiếp theo / go on before')
    .action(({ state, before, ...flags }: Proposed) => does(perform, flags, 'outage-proposals', (client) => client.get(`outage-proposals${queryOf({ state, before })}`)));
  adminCommand(outage, 'accept', 'ghi nhận sự cố được đề xuất, từ lần lỗi đầu tiên / open what is proposed, from its first failure on')
    .argument('<id>', 'số thứ tự / number')
    .option('--cause-vi <text>', 'nguyên nhân, tiếng Việt / cause, in Vietnamese')
    .option('--cause-en <text>', 'nguyên nhân, tiếng Anh / cause, in English')
    .option('--agencies <prefix,…>', 'chỉ các cơ quan này, cách nhau bằng dấu phẩy / of these agencies only')
    .action((id: string, { causeVi, causeEn, agencies, ...flags }: Accepting) => does(perform, flags, id, (client) => client.post(`outage-proposals/${pathPart(id)}/accept`, given({ causeVi, causeEn, agencies: agencies?.split(',') }))));
  adminCommand(outage, 'dismiss', 'bỏ đề xuất / dismiss a proposal')
    .argument('<id>', 'số thứ tự / number')
    .requiredOption('--reason <text>', 'lý do / reason')
    .action((id: string, { reason, ...flags }: Dismissing) => does(perform, flags, id, (client) => client.post(`outage-proposals/${pathPart(id)}/dismiss`, { reason })));
}

function addOutages(admin: Command, perform: Perform): void {
  const outage = admin.command('outage').description('sổ sự cố / the ledger of outages');
  addProposals(outage, perform);
  adminCommand(outage, 'open', 'ghi nhận sự cố / open one')
    .requiredOption('--scope <scope>', 'gateway, portal, ca, network, ivan')
    .requiredOption('--cause-vi <text>', 'nguyên nhân, tiếng Việt / cause, in Vietnamese')
    .requiredOption('--cause-en <text>', 'nguyên nhân, tiếng Anh / cause, in English')
    .option('--agencies <prefix>', 'phần đầu của mã cơ quan / the beginning of agency codes')
    .option('--ivan <code>', 'mã I-VAN / I-VAN code')
    .option('--started-at <instant>', `bắt đầu / began, ${INSTANT}`)
    .action(({ scope, agencies, ivan, causeVi, causeEn, startedAt, ...flags }: Opening) => does(perform, flags, scope, (client) => client.post('outages', given({ scope, agencies, ivan, causeVi, causeEn, startedAt }))));
  adminCommand(outage, 'end', 'kết thúc; thời hạn được dời / end it; deadlines move')
    .argument('<reference>', 'mã sự cố / reference')
    .requiredOption('--ended-at <instant>', `kết thúc / ended, ${INSTANT}`)
    .action((reference: string, { endedAt, ...flags }: Ending) => does(perform, flags, reference, (client) => client.post(`outages/${pathPart(reference)}/end`, { endedAt })));
  adminCommand(outage, 'correct', 'đính chính / correct')
    .argument('<reference>', 'mã sự cố / reference')
    .requiredOption('--reason <text>', 'lý do / reason')
    .option('--cause-vi <text>', 'nguyên nhân, tiếng Việt / cause, in Vietnamese')
    .option('--cause-en <text>', 'nguyên nhân, tiếng Anh / cause, in English')
    .option('--started-at <instant>', 'bắt đầu / began')
    .option('--ended-at <instant>', 'kết thúc / ended')
    .action((reference: string, { reason, causeVi, causeEn, startedAt, endedAt, ...flags }: Correcting) => does(perform, flags, reference, (client) => client.post(`outages/${pathPart(reference)}/correct`, given({ reason, causeVi, causeEn, startedAt, endedAt }))));
  adminCommand(outage, 'paper', 'báo hồ sơ nộp bản giấy / report what was filed on paper')
    .argument('<reference>', 'mã sự cố / reference')
    .requiredOption('--agency <code>', 'mã cơ quan / agency')
    .requiredOption('--unit <code>', 'mã đơn vị / unit')
    .requiredOption('--procedure <code>', 'mã thủ tục / procedure')
    .option('--period <period>', 'kỳ kê khai / period, MM/yyyy')
    .requiredOption('--number <text>', 'số hồ sơ giấy / number of the paper')
    .requiredOption('--filed-at <instant>', `nộp lúc / filed, ${INSTANT}`)
    .action((reference: string, { agency, unit, procedure, period, number, filedAt, ...flags }: Reported) =>
      does(perform, flags, reference, (client) => client.post(`outages/${pathPart(reference)}/paper`, given({ agency, unitCode: unit, procedure, period, paperNumber: number, filedAt }))));
}
