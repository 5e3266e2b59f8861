// The calls of an agency that fetches its dossiers, and the JSON bodies of them.
import { acknowledgeDossier, bringMessage, fetchDossiers, fetchParameters, rejectDossier } from '../agency.ts';
import type { Operation, Parameter } from './operation.ts';
import { closed, digest, instant, list, oneOf, orNull, pattern, ref, text, whole, xmlDocument } from './shapes.ts';
import type { JsonSchema } from './shapes.ts';

const base64 = pattern('^[A-Za-z0-9+/]*={0,2}$');

export const agencyShapes: Readonly<Record<string, JsonSchema>> = {
  /** `attempts` counts from 1; more tells that it may have been given before. */
  LeasedDossiers: closed({ leasedUntil: orNull(instant), dossiers: list(closed({ id: text, sha256: digest, number: text, transactionCode: text, attempts: whole, supplements: orNull(digest), receipt: base64, dossier: base64 })) }),
  Acknowledged: closed({ state: oneOf(['delivered']), deliveredAt: instant }),
  DossierRejection: closed({ code: pattern('^[\\w.-]{1,50}$'), reason: text }),
  AgencyMessageTaken: closed({ sha256: digest, verdict: oneOf(['taken', 'repeated', 'late', 'contradicting', 'rejected']), reason: orNull(text) }),
  /** `waiting` is given again later; `dead` waits for an operator. */
  DossierRejected: closed({ state: oneOf(['waiting', 'dead']) }),
};

const json = (name: string): Readonly<Record<string, JsonSchema>> => ({ 'application/json': ref(name) });
const common = { group: 'agency', caller: 'agency' } as const;
const digestParameter: Parameter = { in: 'path', name: 'digest', vi: 'SHA-256 của hồ sơ', en: 'SHA-256 of the dossier', schema: pattern('^[0-9a-fA-F]{64}$'), example: '0'.repeat(64) };
const one = ['AGENCY_UNKNOWN', 'AGENCY_CERTIFICATE_TIME', 'DIGEST_FORMAT', 'DOSSIER_UNKNOWN', 'DOSSIER_NOT_LEASED', 'UNAVAILABLE'] as const;

export const agencyOperations: readonly Operation[] = [
  {
    ...common, id: 'fetchDossiers', method: 'GET', path: '/v1/agency/dossiers', parameters: fetchParameters, handler: (gateway) => fetchDossiers(gateway),
    problems: ['AGENCY_UNKNOWN', 'AGENCY_CERTIFICATE_TIME', 'QUERY_NAME', 'QUERY_VALUE', 'METHOD', 'UNAVAILABLE'],
    summary: { vi: 'Cơ quan nhận hồ sơ của mình', en: 'An agency fetches its dossiers' },
    description: {
      vi: 'Hồ sơ được giao đến leasedUntil; cơ quan lưu rồi xác nhận từng hồ sơ. Hồ sơ chưa được xác nhận sẽ được giao lại: nhận biết bằng sha256. Hồ sơ của một đơn vị được giao lần lượt.',
      en: 'The dossiers are the caller’s until leasedUntil: store each, then acknowledge it. What is not acknowledged is given again; the sha256 tells a repeat. The dossiers of one employer are given one after the other.',
    },
    answers: [{ status: 200, vi: 'Các hồ sơ được giao, có thể không có', en: 'The dossiers given, perhaps none', media: json('LeasedDossiers') }],
  },
  {
    ...common, id: 'acknowledgeDossier', method: 'POST', path: '/v1/agency/dossiers/{digest}/acknowledge', parameters: [digestParameter], handler: (gateway) => acknowledgeDossier(gateway), problems: one,
    summary: { vi: 'Xác nhận đã lưu hồ sơ', en: 'Say that a dossier is stored' },
    answers: [{ status: 200, vi: 'Đã ghi nhận, bây giờ hoặc trước đó', en: 'Recorded, now or before', media: json('Acknowledged') }],
  },
  {
    ...common, id: 'rejectDossier', method: 'POST', path: '/v1/agency/dossiers/{digest}/reject', parameters: [digestParameter], body: json('DossierRejection'), handler: (gateway) => rejectDossier(gateway),
    problems: [...one, 'BODY_EMPTY', 'BODY_COMPRESSION', 'BODY_INCOMPLETE', 'JSON_MALFORMED', 'FIELD_INVALID', 'BODY_TIMEOUT', 'BODY_TOO_LARGE', 'MEDIA_TYPE', 'CONTENT_ENCODING'],
    summary: { vi: 'Không nhận được hồ sơ, kèm lý do', en: 'Say that a dossier cannot be taken, and why' },
    description: {
      vi: 'Dành cho lỗi kỹ thuật (chữ ký biên nhận, mã băm không khớp …), không phải để trả hồ sơ. Sau năm lần, hồ sơ chờ người vận hành.',
      en: 'For what is technically wrong (receipt, digest …), not for returning a dossier to its employer. After five times the dossier waits for an operator.',
    },
    answers: [{ status: 200, vi: 'Sẽ giao lại, hoặc chờ người vận hành', en: 'It is given again later, or waits for an operator', media: json('DossierRejected') }],
  },
  {
    ...common, id: 'bringMessage', method: 'POST', path: '/v1/agency/messages', parameters: [], body: { 'application/xml': xmlDocument }, handler: (gateway) => bringMessage(gateway),
    problems: ['AGENCY_UNKNOWN', 'AGENCY_CERTIFICATE_TIME', 'BODY_EMPTY', 'BODY_COMPRESSION', 'BODY_INCOMPLETE', 'BODY_TIMEOUT', 'BODY_TOO_LARGE', 'MEDIA_TYPE', 'CONTENT_ENCODING', 'UNAVAILABLE'],
    summary: { vi: 'Cơ quan gửi một thông báo đã ký', en: 'An agency brings one signed message' },
    description: {
      vi: 'Dành cho cơ quan mà cổng không gọi đến được; nội dung như trong luồng thông báo của hệ thống xử lý. Gửi lại luôn an toàn.',
      en: 'For agencies that the gateway cannot call; the body is what a backend’s feed would hold. Bringing the same octets again is always safe.',
    },
    answers: [
      { status: 202, vi: 'Đã ghi nhận; verdict cho biết cách hiểu', en: 'Recorded; the verdict says what was made of it', media: json('AgencyMessageTaken') },
      { status: 200, vi: 'Đã có từ trước', en: 'It came before', media: json('AgencyMessageTaken') },
    ],
  },
];
