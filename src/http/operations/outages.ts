// The calls over outages, certificates and maintenance that are not the operator's, and the operator's over the same and over what is owed.
import { proposalStates } from '../../store/outage-proposals.ts';
import { obligationHandlers } from '../admin/obligations.ts';
import { proposalHandlers } from '../admin/outage-proposals.ts';
import { outageHandlers } from '../admin/outages.ts';
import { maintenanceHandlers } from '../maintenance.ts';
import { publicOutageHandlers } from '../outages.ts';
import { bodyProblems, filter, queryProblems } from './operator-contracts.ts';
import type { Operation, Parameter } from './operation.ts';
import { kindFilter, stateFilter } from './outage-shapes.ts';
import { oneOf, pattern, ref, text, xmlDocument } from './shapes.ts';
import type { JsonSchema } from './shapes.ts';

const json = (name: string): Readonly<Record<string, JsonSchema>> => ({ 'application/json': ref(name) });
const signed = { 'application/xml': xmlDocument };
const reference: Parameter = { in: 'path', name: 'reference', vi: 'Mã sự cố', en: 'Reference of the outage', schema: text, example: 'SC2026-0001' };
const id: Parameter = { in: 'path', name: 'id', vi: 'Số thứ tự', en: 'Number', schema: pattern('^\\d+$'), example: '1' };
const proposal: Parameter = { ...id, vi: 'Số của đề xuất', en: 'Number of the proposal' };
const digest: Parameter = { in: 'path', name: 'digest', vi: 'SHA-256 của đúng các byte đã gửi', en: 'SHA-256 of the very bytes that were sent', schema: pattern('^[0-9a-fA-F]{64}$'), example: '0'.repeat(64) };
const agency = filter('agency', 'Mã cơ quan, hoặc phần đầu', 'Agency code, or the beginning of one', '00101', pattern('^\\d{1,5}$'));
const jsonProblems = bodyProblems.filter((code) => code !== 'OPERATOR_UNKNOWN' && code !== 'OPERATOR_CERTIFICATE_TIME');
const ledger = { group: 'outages', problems: ['FIELD_INVALID', 'UNAVAILABLE'] } as const;
const operator = { group: 'outages', caller: 'operator' } as const;

export const outageOperations: readonly Operation[] = [
  {
    ...ledger, id: 'listOutages', method: 'GET', path: '/v1/outages', handler: (gateway) => publicOutageHandlers(gateway).listOutages,
    parameters: [agency, filter('before', 'Trước số thứ tự này', 'Before this number', '100', pattern('^\\d+$'))],
    summary: { vi: 'Sổ sự cố', en: 'The ledger of outages' }, answers: [{ status: 200, vi: 'Mới nhất trước', en: 'The newest first', media: json('Outages') }],
  },
  {
    ...ledger, id: 'outagesPage', method: 'GET', path: '/outages', parameters: [], handler: (gateway) => publicOutageHandlers(gateway).outagesPage,
    summary: { vi: 'Sổ sự cố, trang để đọc', en: 'The ledger of outages as a page' }, answers: [{ status: 200, vi: 'Trang HTML', en: 'An HTML page', media: { 'text/html': text } }],
  },
  {
    ...ledger, id: 'outageStatement', method: 'GET', path: '/v1/outages/{reference}', parameters: [reference], problems: [...ledger.problems, 'OUTAGE_UNKNOWN'], handler: (gateway) => publicOutageHandlers(gateway).outageStatement,
    summary: { vi: 'Thông báo mới nhất về sự cố, có chữ ký', en: 'What was said last of an outage, signed' }, answers: [{ status: 200, vi: 'XNSC có chữ ký của cổng', en: 'XNSC, signed by the gateway', media: signed }],
  },
  {
    ...ledger, id: 'earlierStatement', method: 'GET', path: '/v1/outages/{reference}/statements/{id}', parameters: [reference, id], problems: [...ledger.problems, 'OUTAGE_UNKNOWN'],
    handler: (gateway) => publicOutageHandlers(gateway).earlierStatement,
    summary: { vi: 'Một thông báo về sự cố', en: 'One statement on an outage' }, answers: [{ status: 200, vi: 'XNSC có chữ ký của cổng', en: 'XNSC, signed by the gateway', media: signed }],
  },
  {
    ...ledger, id: 'certifyUnit', method: 'POST', path: '/v1/outages/{reference}/certificates', caller: 'any', parameters: [reference], body: json('UnitDeadline'),
    problems: [...jsonProblems, 'OUTAGE_UNKNOWN', 'OUTAGE_MISSES', 'UNIT_NOT_YOURS', 'FEED_CERTIFICATE', 'ENTRY_UNKNOWN', 'UNAVAILABLE'], handler: (gateway) => publicOutageHandlers(gateway).certifyUnit,
    summary: { vi: 'Giấy chứng nhận sự cố cho đơn vị không nộp được hồ sơ', en: 'A certificate for a unit that could not file' },
    description: { vi: 'Bằng chứng thư máy khách đã đăng ký của đơn vị, hoặc của I-VAN mà đơn vị sử dụng. Hỏi lại nhận đúng văn bản cũ.', en: 'By the unit’s registered client certificate, or that of an I-VAN it uses. The same question gets the same octets.' },
    answers: [{ status: 201, vi: 'XNSC nêu hạn mới', en: 'XNSC with the moved deadline', media: signed }],
  },
  {
    ...ledger, id: 'listDossierCertificates', method: 'GET', path: '/v1/dossiers/{digest}/outage-certificates', parameters: [digest], problems: ['DIGEST_FORMAT', 'FIELD_INVALID', 'UNAVAILABLE'],
    handler: (gateway) => publicOutageHandlers(gateway).listDossierCertificates,
    summary: { vi: 'Giấy chứng nhận sự cố của hồ sơ', en: 'The outage certificates of a dossier' }, answers: [{ status: 200, vi: 'Danh sách', en: 'The list', media: json('OutageCertificates') }],
  },
  {
    ...ledger, id: 'outageCertificate', method: 'GET', path: '/v1/dossiers/{digest}/outage-certificates/{id}', parameters: [digest, id], problems: ['DIGEST_FORMAT', 'NOT_FOUND', 'DOSSIER_ERASED', 'FIELD_INVALID', 'UNAVAILABLE'],
    handler: (gateway) => publicOutageHandlers(gateway).outageCertificate,
    summary: { vi: 'Một giấy chứng nhận', en: 'One certificate' }, answers: [{ status: 200, vi: 'XNSC nêu hạn mới', en: 'XNSC with the moved deadline', media: signed }],
  },
  {
    ...ledger, id: 'apology', method: 'GET', path: '/v1/dossiers/{digest}/apology', parameters: [digest], problems: ['DIGEST_FORMAT', 'NOT_FOUND', 'DOSSIER_ERASED', 'FIELD_INVALID', 'UNAVAILABLE'],
    handler: (gateway) => publicOutageHandlers(gateway).apology,
    summary: { vi: 'Phiếu xin lỗi và hẹn lại của cổng', en: 'The gateway’s apology with the new date' }, answers: [{ status: 200, vi: 'XLHL có chữ ký', en: 'XLHL, signed', media: signed }],
  },
  {
    ...ledger, id: 'announceMaintenance', method: 'POST', path: '/v1/maintenance', caller: 'ivan', parameters: [], body: json('NewMaintenance'), problems: [...bodyProblems, 'IDENTITY_UNKNOWN', 'MAINTENANCE_NOTICE'],
    handler: (gateway) => maintenanceHandlers(gateway).announceMaintenance,
    summary: { vi: 'I-VAN thông báo bảo trì', en: 'An I-VAN announces maintenance' }, answers: [{ status: 201, vi: 'Đã ghi; thời gian ngừng trong năm', en: 'Entered; the year’s downtime', media: json('MaintenanceEntered') }],
  },
  {
    ...ledger, id: 'listMaintenance', method: 'GET', path: '/v1/maintenance', caller: 'ivan', problems: [...queryProblems, 'IDENTITY_UNKNOWN'], handler: (gateway) => maintenanceHandlers(gateway).listMaintenance,
    parameters: [filter('year', 'Năm', 'Year', '2026', pattern('^20\\d\\d$'))],
    summary: { vi: 'Bảo trì và thời gian ngừng so với mức cho phép', en: 'Maintenance, and downtime against its budget' }, answers: [{ status: 200, vi: 'Của một năm', en: 'Of a year', media: json('Maintenance') }],
  },
  {
    ...operator, id: 'listObligations', method: 'GET', path: '/v1/admin/obligations', problems: queryProblems, handler: (gateway) => obligationHandlers(gateway).listObligations,
    parameters: [
      filter('state', 'near: sắp hết hạn; breached: đã quá hạn; moved: đã dời hạn; open: đang chờ', 'near its end, breached, moved, or open', 'near', stateFilter),
      filter('kind', 'Nghĩa vụ', 'What is owed', 'result', kindFilter), agency, filter('after', 'Tiếp theo', 'Go on after', '1795305600000-1', pattern('^\\d+-\\d+$')),
    ],
    summary: { vi: 'Thời hạn sắp hết và đã quá', en: 'What is about to lapse, and what lapsed' }, answers: [{ status: 200, vi: 'Một trang; đến hạn trước xếp trước', en: 'A page; what is due first, first', media: json('Obligations') }],
  },
  {
    ...operator, id: 'reportObligations', method: 'GET', path: '/v1/admin/obligations/report', problems: queryProblems, handler: (gateway) => obligationHandlers(gateway).reportObligations,
    parameters: [{ ...filter('from', 'Từ ngày', 'From this day', '2026-11-01'), required: true }, { ...filter('until', 'Đến trước ngày', 'Until before this day', '2026-12-01'), required: true }, agency],
    summary: { vi: 'Việc giữ thời hạn theo cơ quan và thời gian', en: 'How times were kept, by agency and period' }, answers: [{ status: 200, vi: 'Số lượng, tỷ lệ đúng hạn, chậm nhất', en: 'Counts, share in time, the worst', media: json('ObligationReport') }],
  },
  {
    ...operator, id: 'openOutage', method: 'POST', path: '/v1/admin/outages', parameters: [], body: json('NewOutage'), problems: bodyProblems, handler: (gateway) => outageHandlers(gateway).openOutage,
    summary: { vi: 'Ghi nhận sự cố', en: 'Open an outage' }, answers: [{ status: 201, vi: 'Sự cố và thông báo', en: 'The outage and its statement', media: json('Outage') }],
  },
  {
    ...operator, id: 'endOutage', method: 'POST', path: '/v1/admin/outages/{reference}/end', parameters: [reference], body: json('OutageEnd'), problems: [...bodyProblems, 'OUTAGE_UNKNOWN', 'OUTAGE_ENDED'],
    handler: (gateway) => outageHandlers(gateway).endOutage,
    summary: { vi: 'Kết thúc sự cố; thời hạn được dời', en: 'End an outage; deadlines move' }, answers: [{ status: 200, vi: 'Sự cố và các thông báo', en: 'The outage and its statements', media: json('Outage') }],
  },
  {
    ...operator, id: 'correctOutage', method: 'POST', path: '/v1/admin/outages/{reference}/correct', parameters: [reference], body: json('OutageCorrection'), problems: [...bodyProblems, 'OUTAGE_UNKNOWN'],
    handler: (gateway) => outageHandlers(gateway).correctOutage,
    summary: { vi: 'Đính chính', en: 'Correct what was said' }, answers: [{ status: 200, vi: 'Sự cố và các thông báo', en: 'The outage and its statements', media: json('Outage') }],
  },
  {
    ...operator, id: 'listOutageProposals', method: 'GET', path: '/v1/admin/outage-proposals', problems: queryProblems, handler: (gateway) => proposalHandlers(gateway).listOutageProposals,
    parameters: [filter('state', 'Trạng thái', 'State', 'open', oneOf(proposalStates)), filter('before', 'Trước số này', 'Before this number', '100', pattern('^\\d+$'))],
    summary: { vi: 'Sự cố được đề xuất vì không kết nối được cơ quan trong thời gian dài', en: 'Outages proposed because an agency was away for long' },
    answers: [{ status: 200, vi: 'Mới nhất trước', en: 'The newest first', media: json('OutageProposals') }],
  },
  {
    ...operator, id: 'acceptOutageProposal', method: 'POST', path: '/v1/admin/outage-proposals/{id}/accept', parameters: [proposal], body: json('ProposalAcceptance'), problems: [...bodyProblems, 'PROPOSAL_UNKNOWN', 'PROPOSAL_DECIDED'],
    handler: (gateway) => proposalHandlers(gateway).acceptOutageProposal,
    summary: { vi: 'Chấp nhận đề xuất; sự cố được ghi nhận từ lần lỗi đầu tiên', en: 'Accept it; the outage is opened from the first failure on' },
    answers: [{ status: 201, vi: 'Các sự cố và thông báo', en: 'The outages and their statements', media: json('Outages') }],
  },
  {
    ...operator, id: 'dismissOutageProposal', method: 'POST', path: '/v1/admin/outage-proposals/{id}/dismiss', parameters: [proposal], body: json('ProposalDismissal'), problems: [...bodyProblems, 'PROPOSAL_UNKNOWN', 'PROPOSAL_DECIDED'],
    handler: (gateway) => proposalHandlers(gateway).dismissOutageProposal,
    summary: { vi: 'Bác đề xuất, kèm lý do', en: 'Dismiss it, with a reason' }, answers: [{ status: 200, vi: 'Đề xuất', en: 'The proposal', media: json('OutageProposal') }],
  },
  {
    ...operator, id: 'reportPaper', method: 'POST', path: '/v1/admin/outages/{reference}/paper', parameters: [reference], body: json('NewPaperFiling'),
    problems: [...bodyProblems, 'OUTAGE_UNKNOWN', 'OUTAGE_MISSES', 'PAPER_NUMBER_TAKEN', 'ENTRY_UNKNOWN'], handler: (gateway) => outageHandlers(gateway).reportPaper,
    summary: { vi: 'Báo hồ sơ đã nộp bản giấy khi có sự cố', en: 'Report what was filed on paper meanwhile' },
    answers: [{ status: 201, vi: 'Đã ghi', en: 'Entered', media: json('PaperFiling') }, { status: 200, vi: 'Đã ghi từ trước', en: 'It was entered before', media: json('PaperFiling') }],
  },
];
