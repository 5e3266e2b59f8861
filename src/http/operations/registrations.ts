// The calls of an I-VAN about forms 04, 05 and 06: send one, and ask what became of it.
import { registrationReceipt, registrationStatus, submitRegistration } from '../registrations.ts';
import type { Operation, Parameter } from './operation.ts';
import { pattern, ref, xmlDocument } from './shapes.ts';

const signed = { 'application/xml': xmlDocument };
const stateHeaders = ['Ivan-State', 'Ivan-Transaction-Code'];
const asking = ['DIGEST_FORMAT', 'IDENTITY_UNKNOWN', 'IVAN_REQUIRED', 'REGISTRATION_UNKNOWN', 'UNAVAILABLE'] as const;

const digestParameter: Parameter = {
  in: 'path', name: 'digest', vi: 'SHA-256 của đúng các byte đã gửi', en: 'SHA-256 of the very bytes that were sent',
  schema: pattern('^[0-9a-fA-F]{64}$'), example: '0'.repeat(64),
};

export const registrationOperations: readonly Operation[] = [
  {
    id: 'submitRegistration', method: 'POST', path: '/v1/registrations', group: 'registration', caller: 'ivan', parameters: [], handler: submitRegistration,
    summary: { vi: 'Gửi mẫu 04, 05 hoặc 06', en: 'Send form 04, 05 or 06' },
    description: {
      vi: 'Nội dung là tệp Hoso do đơn vị ký rồi I-VAN ký, mỗi chữ ký ở vị trí của mình. Gửi lại cùng nội dung luôn an toàn và nhận lại đúng văn bản cũ.',
      en: 'The body is the Hoso file, signed by the employer and then by the I-VAN, each in its own place. Sending the same bytes again is always safe and returns the same answer.',
    },
    body: signed,
    answers: [
      { status: 201, vi: 'Đã tiếp nhận: biên nhận có chữ ký, kèm các hạn', en: 'Received: the signed receipt, with its clocks', media: signed, headers: ['Location'] },
      { status: 200, vi: 'Gửi lại: đúng biên nhận cũ', en: 'A resend: the same receipt', media: signed, headers: ['Location'] },
      { status: 422, vi: 'Từ chối: văn bản có chữ ký nêu mọi lỗi', en: 'Refused: signed, with every finding', media: signed },
    ],
    problems: ['BODY_EMPTY', 'BODY_COMPRESSION', 'BODY_INCOMPLETE', 'FIELD_INVALID', 'IDENTITY_UNKNOWN', 'IVAN_REQUIRED', 'BODY_TIMEOUT', 'BODY_TOO_LARGE', 'MEDIA_TYPE', 'CONTENT_ENCODING', 'UNAVAILABLE'],
  },
  {
    id: 'registrationStatus', method: 'GET', path: '/v1/registrations/{digest}', group: 'registration', caller: 'ivan', parameters: [digestParameter], handler: registrationStatus, problems: asking,
    summary: { vi: 'Thông báo kết quả của mẫu đã gửi', en: 'The notice of what was decided on a form' },
    answers: [
      { status: 200, vi: 'Thông báo có chữ ký; I-VAN chuyển cho đơn vị trước Ivan-Relay-Due-At', en: 'The signed notice; the I-VAN relays it to the unit before Ivan-Relay-Due-At', media: signed, headers: [...stateHeaders, 'Ivan-Relay-Due-At'] },
      { status: 202, vi: 'Chưa giải quyết', en: 'Not decided yet', media: { 'application/json': ref('RegistrationState') }, headers: [...stateHeaders, 'Retry-After'] },
      { status: 422, vi: 'Đã bị từ chối khi tiếp nhận: văn bản từ chối', en: 'It was refused on reception: the refusal', media: signed, headers: stateHeaders },
    ],
  },
  {
    id: 'registrationReceipt', method: 'GET', path: '/v1/registrations/{digest}/receipt', group: 'registration', caller: 'ivan', parameters: [digestParameter], handler: registrationReceipt, problems: asking,
    summary: { vi: 'Biên nhận của mẫu đã gửi', en: 'The receipt of a form' },
    answers: [
      { status: 200, vi: 'Biên nhận của lần đầu', en: 'The receipt of the first time', media: signed },
      { status: 422, vi: 'Văn bản từ chối của lần đầu', en: 'The refusal of the first time', media: signed },
    ],
  },
];
