// The operator's calls over I-VANs' contracts.
import type { ContractStep } from '../../registers/contracts.ts';
import { contractHandlers } from '../admin/contracts.ts';
import type { AnswerDescription, Operation, Parameter } from './operation.ts';
import { pattern, ref, text } from './shapes.ts';
import type { JsonSchema } from './shapes.ts';

const json = (name: string): Readonly<Record<string, JsonSchema>> => ({ 'application/json': ref(name) });

/** Problems of every call that takes JSON. */
export const bodyProblems = ['OPERATOR_UNKNOWN', 'OPERATOR_CERTIFICATE_TIME', 'BODY_EMPTY', 'BODY_COMPRESSION', 'BODY_INCOMPLETE', 'JSON_MALFORMED', 'FIELD_INVALID', 'BODY_TIMEOUT', 'BODY_TOO_LARGE', 'MEDIA_TYPE', 'CONTENT_ENCODING', 'UNAVAILABLE'] as const;
export const queryProblems = ['OPERATOR_UNKNOWN', 'OPERATOR_CERTIFICATE_TIME', 'FIELD_INVALID', 'UNAVAILABLE'] as const;

export const filter = (name: string, vi: string, en: string, example: string, schema: JsonSchema = text): Parameter => ({ in: 'query', name, vi, en, schema, example });

const numberParameter: Parameter = { in: 'path', name: 'number', vi: 'Số hợp đồng', en: 'Number of the contract', schema: text, example: '12/HĐ-BHXH' };
const shown: AnswerDescription = { status: 200, vi: 'Hợp đồng sau bước này', en: 'The contract as it then stands', media: json('Contract') };
const common = { group: 'operator', caller: 'operator' } as const;

const stepTexts: readonly (readonly [action: ContractStep, vi: string, en: string])[] = [
  ['assess', 'Kết luận đủ điều kiện', 'Find the checklist met'],
  ['reject', 'Từ chối đề nghị (có lý do)', 'Reject the application (reason)'],
  ['sign', 'Ký hợp đồng: điều khoản, thời hạn', 'Sign: terms and dates'],
  ['activate', 'Kích hoạt', 'Activate'],
  ['suspend', 'Tạm ngừng (có lý do)', 'Suspend (reason)'],
  ['resume', 'Tiếp tục (có lý do)', 'Resume (reason)'],
  ['amend', 'Sửa đổi, gia hạn: điều khoản, thời hạn, lý do', 'Amend or prolong: terms, dates, reason'],
  ['end', 'Chấm dứt (có lý do)', 'End (reason)'],
];

export const contractOperations: readonly Operation[] = [
  {
    ...common, id: 'listChecklist', method: 'GET', path: '/v1/admin/checklist', parameters: [], problems: queryProblems, handler: (gateway) => contractHandlers(gateway).listChecklist,
    summary: { vi: 'Các điều kiện đối với I-VAN', en: 'What an applicant for a contract is assessed by' },
    answers: [{ status: 200, vi: 'Danh sách, kèm căn cứ', en: 'The items, with their clauses', media: json('Checklist') }],
  },
  {
    ...common, id: 'listContracts', method: 'GET', path: '/v1/admin/contracts', problems: queryProblems, handler: (gateway) => contractHandlers(gateway).listContracts,
    parameters: [filter('ivan', 'Mã I-VAN', 'I-VAN code', '00040'), filter('state', 'Trạng thái', 'State', 'active')],
    summary: { vi: 'Hợp đồng I-VAN', en: 'I-VANs’ contracts' },
    answers: [{ status: 200, vi: 'Danh sách', en: 'The list', media: json('Contracts') }],
  },
  {
    ...common, id: 'applyForContract', method: 'POST', path: '/v1/admin/contracts', parameters: [], body: json('ContractApplication'), problems: [...bodyProblems, 'CONTRACT_EXISTS'], handler: (gateway) => contractHandlers(gateway).applyForContract,
    summary: { vi: 'Ghi nhận đề nghị ký hợp đồng', en: 'Enter an application' },
    answers: [{ ...shown, status: 201 }],
  },
  {
    ...common, id: 'showContract', method: 'GET', path: '/v1/admin/contracts/{number}', problems: [...queryProblems, 'CONTRACT_UNKNOWN'], handler: (gateway) => contractHandlers(gateway).showContract,
    parameters: [numberParameter, filter('at', 'Tại thời điểm', 'As it stood', '2027-01-01T00:00:00+07:00', pattern('\\+07:00$'))],
    summary: { vi: 'Một hợp đồng: điều kiện, chứng thư, lịch sử', en: 'One contract: checklist, certificates, history' },
    answers: [{ status: 200, vi: 'Hợp đồng', en: 'The contract', media: json('Contract') }],
  },
  {
    ...common, id: 'answerChecklist', method: 'POST', path: '/v1/admin/contracts/{number}/checklist', parameters: [numberParameter], body: json('ChecklistAnswers'), problems: [...bodyProblems, 'CONTRACT_UNKNOWN', 'TRANSITION_ILLEGAL'],
    handler: (gateway) => contractHandlers(gateway).answerChecklist, summary: { vi: 'Đánh giá các điều kiện, kèm minh chứng', en: 'Answer items of the checklist, with evidence' }, answers: [shown],
  },
  {
    ...common, id: 'certifyContract', method: 'POST', path: '/v1/admin/contracts/{number}/certificates', parameters: [numberParameter], body: json('ContractCertificate'),
    problems: [...bodyProblems, 'CONTRACT_UNKNOWN', 'TRANSITION_ILLEGAL', 'CERTIFICATE_TAKEN'], handler: (gateway) => contractHandlers(gateway).certifyContract,
    summary: { vi: 'Đăng ký chứng thư của I-VAN', en: 'Register a certificate of the I-VAN’s' }, answers: [{ ...shown, status: 201 }],
  },
  {
    ...common, id: 'decertifyContract', method: 'POST', path: '/v1/admin/contracts/{number}/certificates/{fingerprint}/end', body: json('Nothing'), problems: [...bodyProblems, 'CONTRACT_UNKNOWN', 'CERTIFICATE_UNKNOWN', 'TRANSITION_ILLEGAL'],
    parameters: [numberParameter, { in: 'path', name: 'fingerprint', vi: 'SHA-256 của chứng thư', en: 'SHA-256 of the certificate', schema: pattern('^[0-9a-fA-F]{64}$'), example: '0'.repeat(64) }],
    handler: (gateway) => contractHandlers(gateway).decertifyContract, summary: { vi: 'Chấm dứt đăng ký của một chứng thư', en: 'End a certificate’s entry' }, answers: [shown],
  },
  ...stepTexts.map(([action, vi, en]): Operation => ({
    ...common, id: `${action}Contract`, method: 'POST', path: `/v1/admin/contracts/{number}/${action}`, parameters: [numberParameter], body: json('ContractStep'), answers: [shown], summary: { vi, en },
    problems: [...bodyProblems, 'CONTRACT_UNKNOWN', 'TRANSITION_ILLEGAL', ...(action === 'assess' ? ['CHECKLIST_INCOMPLETE' as const] : []), ...(action === 'activate' ? ['CERTIFICATE_NEEDED' as const] : [])],
    handler: (gateway) => contractHandlers(gateway).step(action),
  })),
];
