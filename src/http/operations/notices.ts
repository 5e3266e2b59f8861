// The calls for what the gateway issued on the agency's messages.
import { dossierNotice, dossierNotices, unitNotice } from '../notices.ts';
import { digestParameter, nonReceipt, stateHeaders } from './dossiers.ts';
import type { Operation, Parameter } from './operation.ts';
import { pattern, ref, xmlDocument } from './shapes.ts';

const signed = { 'application/xml': xmlDocument };
const numberParameter: Parameter = { in: 'path', name: 'number', vi: 'Số thứ tự của thông báo trong hồ sơ; xl1, xl2 … cho phiếu xin lỗi của cổng', en: 'Number of the notice within the dossier; xl1, xl2 … for apologies of the gateway’s own', schema: pattern('^(\\d{1,9}|xl\\d{1,4})$'), example: '1' };
const idParameter: Parameter = { in: 'path', name: 'id', vi: 'Số của thông báo', en: 'Number of the notice', schema: pattern('^\\d{1,18}$'), example: '1' };
const agencyMessage = { vi: 'Thông điệp gốc có chữ ký của cơ quan BHXH', en: 'The agency’s own signed message that it was issued on' };

export const noticeOperations: readonly Operation[] = [
  {
    id: 'dossierNotices', method: 'GET', path: '/v1/dossiers/{digest}/notices', group: 'dossiers', parameters: [digestParameter], handler: dossierNotices, problems: ['DIGEST_FORMAT', 'DOSSIER_IS_FORM', 'DOSSIER_ERASED', 'UNAVAILABLE'],
    summary: { vi: 'Các thông báo về hồ sơ', en: 'The notices about a dossier' },
    description: {
      vi: 'Giấy tiếp nhận và hẹn trả (TNHT), yêu cầu bổ sung (YCBS), xin lỗi và hẹn lại (XLHL), do cổng ký. Kết quả có địa chỉ riêng.',
      en: 'Slip with the appointment (TNHT), request to supplement (YCBS), apology with a new date (XLHL), signed by the gateway. The result has its own address.',
    },
    answers: [{ status: 200, vi: 'Danh sách', en: 'The list', media: { 'application/json': ref('Notices') }, headers: stateHeaders }, nonReceipt],
  },
  {
    id: 'dossierNotice', method: 'GET', path: '/v1/dossiers/{digest}/notices/{number}', group: 'dossiers', parameters: [digestParameter, numberParameter], handler: (gateway) => dossierNotice(gateway, 'body'),
    problems: ['DIGEST_FORMAT', 'NOTICE_UNKNOWN', 'DOSSIER_ERASED', 'UNAVAILABLE'],
    summary: { vi: 'Một thông báo về hồ sơ', en: 'A notice about a dossier' }, answers: [{ status: 200, vi: 'Thông báo có chữ ký của cổng', en: 'The notice, signed by the gateway', media: signed }],
  },
  {
    id: 'dossierNoticeOfAgency', method: 'GET', path: '/v1/dossiers/{digest}/notices/{number}/agency', group: 'dossiers', parameters: [digestParameter, numberParameter], handler: (gateway) => dossierNotice(gateway, 'agencyMessage'),
    problems: ['DIGEST_FORMAT', 'NOTICE_UNKNOWN', 'DOSSIER_ERASED', 'UNAVAILABLE'], summary: agencyMessage, answers: [{ status: 200, vi: 'Nguyên văn', en: 'Octet for octet', media: signed }],
  },
  {
    id: 'unitNotice', method: 'GET', path: '/v1/notices/{id}', group: 'dossiers', caller: 'unit', parameters: [idParameter], handler: (gateway) => unitNotice(gateway, 'body'), problems: ['UNIT_REQUIRED', 'FEED_CERTIFICATE', 'NOTICE_UNKNOWN', 'UNAVAILABLE'],
    summary: { vi: 'Thông báo gửi đơn vị (C12-TS, D08a-TS)', en: 'A notice to a unit (C12-TS, D08a-TS)' },
    description: {
      vi: 'Chỉ đơn vị nhận, bằng chứng thư số đã đăng ký của đơn vị. Lần lấy đầu tiên được báo cho cơ quan BHXH là đã nhận và đã mở.',
      en: 'For the unit alone, by its registered certificate. The first fetch is told to the agency as delivered and opened.',
    },
    answers: [{ status: 200, vi: 'Biểu mẫu có chữ ký của cơ quan', en: 'The form, signed by the agency', media: signed }],
  },
  {
    id: 'unitNoticeOfAgency', method: 'GET', path: '/v1/notices/{id}/agency', group: 'dossiers', caller: 'unit', parameters: [idParameter], handler: (gateway) => unitNotice(gateway, 'agencyMessage'),
    problems: ['UNIT_REQUIRED', 'FEED_CERTIFICATE', 'NOTICE_UNKNOWN', 'UNAVAILABLE'], summary: agencyMessage, answers: [{ status: 200, vi: 'Nguyên văn', en: 'Octet for octet', media: signed }],
  },
];
