// The calls about dossiers: file one, try one, and ask by the digest of what was sent.
import { CONTAINER_TYPE } from '../../evidence/container/write.ts';
import { dossierEvidence } from '../evidence.ts';
import { dossierResult, dossierStatus } from '../status.ts';
import { receiptStamp } from '../receipt-stamps.ts';
import { submitDossier } from '../submit.ts';
import type { AnswerDescription, Operation, Parameter } from './operation.ts';
import { octets, pattern, ref, xmlDocument } from './shapes.ts';

const signed = { 'application/xml': xmlDocument };
export const stateHeaders = ['Ivan-State', 'Ivan-Transaction-Code', 'Ivan-Dossier-Number', 'Ivan-Due-At'];

export const digestParameter: Parameter = {
  in: 'path', name: 'digest', vi: 'SHA-256 của đúng các byte đã gửi', en: 'SHA-256 of the very bytes that were sent',
  schema: pattern('^[0-9a-fA-F]{64}$'), example: '0'.repeat(64),
};

export const nonReceipt: AnswerDescription = { status: 404, vi: 'Văn bản có chữ ký xác nhận chưa nhận được', en: 'A signed statement that nothing with this digest was received', media: signed };

export const dossierOperations: readonly Operation[] = [
  {
    id: 'submitDossier', method: 'POST', path: '/v1/dossiers', group: 'dossiers', caller: 'any', handler: submitDossier,
    summary: { vi: 'Nộp hồ sơ', en: 'File a dossier' },
    description: {
      vi: 'Nội dung là tệp Hoso đã ký, có thể nén gzip: hồ sơ của đơn vị đã có mã, hoặc hồ sơ đăng ký lần đầu (Hoso-DKLanDau). I-VAN dùng chứng thư máy khách đã đăng ký; đơn vị nộp trực tiếp thì không. Gửi lại cùng nội dung luôn an toàn và nhận lại đúng biên nhận cũ.',
      en: 'The body is the signed Hoso file, gzip allowed: of a unit that has its code, or a first registration (Hoso-DKLanDau). An I-VAN shows its registered client certificate, an employer that files directly shows none. Sending the same bytes again is always safe and returns the same receipt.',
    },
    parameters: [
      { in: 'query', name: 'dry-run', flag: true, schema: pattern('^$'), example: '', vi: 'Chỉ kiểm tra, không ghi nhận gì', en: 'Judge only; nothing is recorded' },
      { in: 'header', name: 'Idempotency-Key', schema: pattern('^[\\x21-\\x7e]{1,128}$'), example: '2026-11-0001', vi: 'Khóa riêng của bên gửi', en: 'The sender’s own key' },
      { in: 'header', name: 'Ivan-Supplements', schema: pattern('^[0-9A-Fa-f]{64}$'), example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', vi: 'SHA-256 của hồ sơ mà cơ quan BHXH yêu cầu bổ sung', en: 'SHA-256 of the dossier that the agency asked to be completed' },
    ],
    body: { 'application/xml': xmlDocument },
    answers: [
      { status: 201, vi: 'Đã tiếp nhận: biên nhận có chữ ký', en: 'Accepted: the signed receipt', media: signed, headers: ['Location', 'Ivan-Receipt-Stamp'] },
      { status: 200, vi: 'Gửi lại: đúng biên nhận cũ; với ?dry-run: kết quả kiểm tra', en: 'A resend: the same receipt; with ?dry-run: what was found', media: { ...signed, 'application/json': ref('DryRun') }, headers: ['Location', 'Ivan-Receipt-Stamp'] },
      { status: 422, vi: 'Từ chối: văn bản có chữ ký nêu mọi lỗi; với ?dry-run: mọi lỗi', en: 'Refused: signed, with every finding; with ?dry-run: every finding', media: { ...signed, 'application/json': ref('DryRun') } },
      { status: 409, vi: 'Xung đột có chữ ký: khóa hoặc nội dung này đã dùng cho hồ sơ khác', en: 'Signed conflict: the key or the content was filed with other bytes', media: signed },
    ],
    problems: [
      'BODY_EMPTY', 'BODY_COMPRESSION', 'BODY_INCOMPLETE', 'KEY_FORMAT', 'SUPPLEMENTS_FORMAT', 'DOSSIER_ERASED', 'QUERY_UNKNOWN', 'IDENTITY_UNKNOWN', 'BODY_TIMEOUT', 'BODY_TOO_LARGE', 'MEDIA_TYPE',
      'CONTENT_ENCODING', 'UNAVAILABLE',
    ],
  },
  {
    id: 'dossierStatus', method: 'GET', path: '/v1/dossiers/{digest}', group: 'dossiers', parameters: [digestParameter], handler: dossierStatus, problems: ['DIGEST_FORMAT', 'DOSSIER_IS_FORM', 'DOSSIER_ERASED', 'UNAVAILABLE'],
    summary: { vi: 'Biên nhận và trạng thái của hồ sơ', en: 'A dossier’s receipt and state' },
    answers: [{ status: 200, vi: 'Biên nhận; trạng thái ở tiêu đề, hoặc dạng JSON', en: 'The receipt, its state in the headers; or the state as JSON', media: { ...signed, 'application/json': ref('DossierState') }, headers: stateHeaders }, nonReceipt],
  },
  {
    id: 'dossierResult', method: 'GET', path: '/v1/dossiers/{digest}/result', group: 'dossiers', parameters: [digestParameter], handler: dossierResult, problems: ['DIGEST_FORMAT', 'DOSSIER_IS_FORM', 'DOSSIER_ERASED', 'UNAVAILABLE'],
    summary: { vi: 'Kết quả giải quyết', en: 'The agency’s result' },
    answers: [
      { status: 200, vi: 'Kết quả có chữ ký, bên trong là trả lời của cơ quan', en: 'The signed result, with the agency’s own answer inside', media: signed, headers: stateHeaders },
      { status: 202, vi: 'Chưa có kết quả', en: 'Not yet', media: { 'application/json': ref('DossierState') }, headers: [...stateHeaders, 'Retry-After'] },
      { status: 422, vi: 'Hồ sơ đã bị từ chối: văn bản từ chối', en: 'It was refused: the refusal', media: signed, headers: stateHeaders },
      nonReceipt,
    ],
  },
  {
    id: 'receiptStamp', method: 'GET', path: '/v1/receipt-stamps/{digest}', group: 'dossiers', handler: receiptStamp, problems: ['DIGEST_FORMAT', 'STAMP_UNKNOWN', 'UNAVAILABLE'],
    parameters: [{ ...digestParameter, vi: 'SHA-256 của biên nhận', en: 'SHA-256 of the receipt' }],
    summary: { vi: 'Dấu thời gian của biên nhận', en: 'A receipt’s time stamp' },
    description: {
      vi: 'Chỉ có khi cổng đóng dấu từng biên nhận (tiêu đề Ivan-Receipt-Stamp). Kiểm tra: openssl ts -verify -token_in -data bien-nhan.xml -in dau.tst -CAfile root.pem',
      en: 'Only where the gateway stamps every receipt (header Ivan-Receipt-Stamp). To check: openssl ts -verify -token_in -data receipt.xml -in stamp.tst -CAfile root.pem',
    },
    answers: [{ status: 200, vi: 'Dấu thời gian (RFC 3161)', en: 'The token (RFC 3161)', media: { 'application/vnd.etsi.timestamp-token': { type: 'string', contentMediaType: 'application/vnd.etsi.timestamp-token' } } }],
  },
  {
    id: 'dossierEvidence', method: 'GET', path: '/v1/dossiers/{digest}/evidence', group: 'dossiers', parameters: [digestParameter], handler: dossierEvidence, problems: ['DIGEST_FORMAT', 'DOSSIER_ERASED', 'UNAVAILABLE'],
    summary: { vi: 'Chứng cứ của hồ sơ (ASiC-E)', en: 'A dossier’s evidence (ASiC-E)' },
    description: {
      vi: 'Một container ASiC-E có chữ ký XAdES của cổng: các byte đã gửi, biên nhận, thông báo, kết quả, chứng thư số và dữ liệu thu hồi đã dùng, chứng minh trong nhật ký, bản đọc được, hướng dẫn tự kiểm tra. Không đổi khi hồ sơ không có gì mới.',
      en: 'One ASiC-E container with the gateway’s XAdES signature: the bytes that were sent, receipt, notices, result, the certificates and revocation data that were used, proofs from the log, renditions, and how to check all of it. The same as long as nothing becomes of the dossier.',
    },
    answers: [
      { status: 200, vi: 'Container', en: 'The container', media: { [CONTAINER_TYPE]: octets }, headers: [...stateHeaders, 'ETag'] },
      { status: 304, vi: 'Không đổi', en: 'Not changed', media: {}, headers: [...stateHeaders, 'ETag'] },
      nonReceipt,
    ],
  },
];
