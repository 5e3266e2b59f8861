// The operator's calls over forms 04, 05 and 06, the registers that follow from them, and which agency asks for what.
import { registerHandlers, registrationHandlers } from '../admin/registrations.ts';
import { bodyProblems, filter, queryProblems } from './operator-contracts.ts';
import type { Operation, Parameter } from './operation.ts';
import { oneOf, pattern, ref, xmlDocument } from './shapes.ts';
import type { JsonSchema } from './shapes.ts';

const json = (name: string): Readonly<Record<string, JsonSchema>> => ({ 'application/json': ref(name) });
const signed = { 'application/xml': xmlDocument };
const common = { group: 'operator', caller: 'operator' } as const;
const idParameter: Parameter = { in: 'path', name: 'id', vi: 'Số thứ tự của đăng ký', en: 'Number of the registration', schema: pattern('^\\d+$'), example: '1' };
const shown = { status: 200, vi: 'Đăng ký sau bước này', en: 'The registration as it then stands', media: json('Registration') };
const [agency, unit, ivan] = [filter('agency', 'Mã cơ quan BHXH', 'Agency code', '00101'), filter('unit', 'Mã đơn vị', 'Unit code', 'TS12345'), filter('ivan', 'Mã I-VAN', 'I-VAN code', '00040')];

export const operatorRegistrationOperations: readonly Operation[] = [
  {
    ...common, id: 'listRegistrations', method: 'GET', path: '/v1/admin/registrations', problems: queryProblems, handler: (gateway) => registrationHandlers(gateway).listRegistrations,
    parameters: [
      filter('state', 'Trạng thái', 'State', 'received', oneOf(['received', 'forwarded', 'accepted', 'refused', 'rejected'])),
      filter('late', 'Hạn đã quá', 'The clock that ran out', 'decision', oneOf(['forward', 'decision', 'relay'])),
      ivan, agency, unit,
      filter('after', 'Tiếp theo số thứ tự này', 'Go on after this number', '200', pattern('^\\d+$')),
    ],
    summary: { vi: 'Các mẫu 04, 05, 06 đã nhận', en: 'Forms 04, 05 and 06 as they came' },
    answers: [{ status: 200, vi: 'Một trang; next là nơi tiếp theo', en: 'A page; next is where to go on', media: json('Registrations') }],
  },
  {
    ...common, id: 'showRegistration', method: 'GET', path: '/v1/admin/registrations/{id}', parameters: [idParameter], problems: [...queryProblems, 'REGISTRATION_UNKNOWN'], handler: (gateway) => registrationHandlers(gateway).showRegistration,
    summary: { vi: 'Một đăng ký, kèm các hạn', en: 'One registration, with its clocks' }, answers: [{ ...shown, vi: 'Đăng ký', en: 'The registration' }],
  },
  ...([
    ['registrationDocument', 'document', 'Mẫu đúng như đã nhận', 'The form as it came'],
    ['registrationReceiptCopy', 'receipt', 'Biên nhận hoặc văn bản từ chối', 'Its receipt or refusal'],
    ['registrationNotice', 'notice', 'Thông báo kết quả', 'The notice of the decision'],
  ] as const).map(([id, part, vi, en]): Operation => ({
    ...common, id, method: 'GET', path: `/v1/admin/registrations/{id}/${part}`, parameters: [idParameter], problems: ['OPERATOR_UNKNOWN', 'OPERATOR_CERTIFICATE_TIME', 'REGISTRATION_UNKNOWN', 'UNAVAILABLE'], handler: (gateway) => registrationHandlers(gateway)[id],
    summary: { vi, en }, answers: [{ status: 200, vi, en, media: signed }],
  })),
  {
    ...common, id: 'forwardRegistration', method: 'POST', path: '/v1/admin/registrations/{id}/forward', parameters: [idParameter], body: json('Nothing'), problems: [...bodyProblems, 'REGISTRATION_UNKNOWN', 'REGISTRATION_DECIDED'],
    handler: (gateway) => registrationHandlers(gateway).forwardRegistration, summary: { vi: 'Tiếp nhận để giải quyết', en: 'Take it up' }, answers: [shown],
  },
  {
    ...common, id: 'decideRegistration', method: 'POST', path: '/v1/admin/registrations/{id}/decision', parameters: [idParameter], body: json('RegistrationDecision'),
    problems: [...bodyProblems, 'REGISTRATION_UNKNOWN', 'REGISTRATION_DECIDED', 'REGISTRATION_OVERTAKEN', 'UNIT_NOT_TIED'], handler: (gateway) => registrationHandlers(gateway).decideRegistration,
    summary: { vi: 'Chấp nhận, hoặc không chấp nhận kèm lý do', en: 'Accept, or refuse with a reason' }, answers: [shown],
  },
  {
    ...common, id: 'listUses', method: 'GET', path: '/v1/admin/uses', parameters: [agency, unit, ivan], problems: queryProblems, handler: (gateway) => registerHandlers(gateway).listUses,
    summary: { vi: 'Đơn vị nào sử dụng I-VAN nào', en: 'Which unit uses which I-VAN' }, answers: [{ status: 200, vi: 'Sổ đăng ký', en: 'The register', media: json('Uses') }],
  },
  {
    ...common, id: 'listCertificates', method: 'GET', path: '/v1/admin/certificates', parameters: [agency, unit], problems: queryProblems, handler: (gateway) => registerHandlers(gateway).listCertificates,
    summary: { vi: 'Chứng thư số của đơn vị', en: 'The units’ certificates' }, answers: [{ status: 200, vi: 'Sổ đăng ký', en: 'The register', media: json('UnitCertificates') }],
  },
  {
    ...common, id: 'listUseRules', method: 'GET', path: '/v1/admin/use-rules', parameters: [], problems: queryProblems, handler: (gateway) => registerHandlers(gateway).listUseRules,
    summary: { vi: 'Cơ quan nào đòi hỏi đăng ký sử dụng I-VAN', en: 'Which agency asks for a registered use' }, answers: [{ status: 200, vi: 'Các quy định', en: 'The rules', media: json('UseRules') }],
  },
  {
    ...common, id: 'setUseRule', method: 'POST', path: '/v1/admin/use-rules', parameters: [], body: json('UseRule'), problems: bodyProblems, handler: (gateway) => registerHandlers(gateway).setUseRule,
    summary: { vi: 'Đặt quy định của một cơ quan', en: 'Set an agency’s rule' }, answers: [{ status: 201, vi: 'Các quy định', en: 'The rules', media: json('UseRules') }],
  },
];
