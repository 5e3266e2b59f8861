// The interface description: from the list of operations to an OpenAPI 3.1 document, without a network and without a clock. Nothing is said
// here that the list does not say.
import { problemTexts } from '../errors/problems.ts';
import type { ProblemCode } from '../errors/problems.ts';
import { agencyShapes } from './operations/agency.ts';
import { auditorShapes } from './operations/auditor.ts';
import { dossierShapes } from './operations/dossier-shapes.ts';
import { eventShapes } from './operations/event-shapes.ts';
import { deliveryShapes } from './operations/delivery-shapes.ts';
import { messageShapes } from './operations/operator-agency-messages.ts';
import { erasureShapes } from './operations/operator-erasures.ts';
import { operatorShapes } from './operations/operator-shapes.ts';
import { outageShapes } from './operations/outage-shapes.ts';
import type { AnswerDescription, Operation, Parameter, Sentence } from './operations/operation.ts';
import { ref } from './operations/shapes.ts';
import type { JsonSchema } from './operations/shapes.ts';
import { subscriptionShapes } from './operations/subscription-shapes.ts';
import { standardShapes } from './operations/standard-shapes.ts';

const PROBLEM_TYPE = 'application/problem+json';
/** Any call may get these: HTTP itself was not understood, or the gateway failed. */
const ALWAYS: readonly ProblemCode[] = ['REQUEST_MALFORMED', 'HEADERS_TOO_LARGE', 'INTERNAL'];

const headerTexts: Readonly<Record<string, Sentence>> = {
  'Request-Id': { vi: 'Mã của yêu cầu này, để báo khi cần hỗ trợ', en: 'This request’s id, to be named when asking for help' },
  Location: { vi: 'Nơi hỏi trạng thái', en: 'Where to ask for the state' },
  'Ivan-State': { vi: 'Trạng thái của hồ sơ', en: 'The dossier’s state' },
  'Ivan-Transaction-Code': { vi: 'Mã giao dịch', en: 'Transaction code' },
  'Ivan-Dossier-Number': { vi: 'Số hồ sơ', en: 'Dossier number' },
  'Ivan-Relay-Due-At': { vi: 'Hạn chuyển thông báo cho đơn vị', en: 'Until when the unit is to be told' },
  'Ivan-Receipt-Stamp': { vi: 'Địa chỉ dấu thời gian (RFC 3161) của biên nhận, nếu cổng đóng dấu từng biên nhận', en: 'Where the receipt’s time stamp (RFC 3161) is, if the gateway stamps every receipt' },
  'Ivan-Due-At': { vi: 'Ngày hẹn trả', en: 'When the result is due' },
  'Ivan-Rule-Set': { vi: 'Mã băm của bộ quy tắc', en: 'Digest of the rule set' },
  'Ivan-Feed-Last': { vi: 'Vị trí của sự kiện cuối cùng', en: 'Position of the last event' },
  'Retry-After': { vi: 'Số giây trước khi hỏi lại', en: 'Seconds to wait before asking again' },
  ETag: { vi: 'Mã băm của nội dung', en: 'Digest of the octets' },
  Vary: { vi: 'Phụ thuộc tiêu đề Accept', en: 'It depends on Accept' },
  'Cache-Control': { vi: 'Thời gian được lưu đệm', en: 'How long it may be kept' },
};

export const groupTexts: Readonly<Record<Operation['group'], Sentence>> = {
  dossiers: { vi: 'Hồ sơ', en: 'Dossiers' },
  log: { vi: 'Nhật ký', en: 'The log' },
  outages: { vi: 'Sự cố và bảo trì', en: 'Outages and maintenance' },
  standard: { vi: 'Quy định chuẩn kết nối', en: 'The connection standard' },
  registration: { vi: 'Đăng ký sử dụng I-VAN', en: 'Registrations to use an I-VAN' },
  subscriptions: { vi: 'Webhook và thư điện tử', en: 'Webhooks and mail' },
  agency: { vi: 'Cơ quan nhận hồ sơ', en: 'Agencies that fetch their dossiers' },
  auditor: { vi: 'Kiểm toán', en: 'Audit' },
  operator: { vi: 'Vận hành', en: 'Operation' },
  health: { vi: 'Tình trạng', en: 'Health' },
};

export const shapes: Readonly<Record<string, JsonSchema>> = {
  ...dossierShapes,
  ...eventShapes,
  ...auditorShapes,
  ...operatorShapes,
  ...erasureShapes,
  ...deliveryShapes,
  ...subscriptionShapes,
  ...messageShapes,
  ...outageShapes,
  ...agencyShapes,
  ...standardShapes,
};

export function openApiDocument(operations: readonly Operation[]): JsonSchema {
  const groups = [...new Set(operations.map(({ group }) => group))];
  return {
    openapi: '3.1.1',
    info: {
      title: 'ivan-gateway',
      version: '1',
      summary: both({ vi: 'Cổng giao dịch điện tử bảo hiểm xã hội', en: 'Electronic-transaction gateway for Vietnam’s social insurance' }),
      description: 'XML: a JSON member is an element of its name, a list holds `item` elements. Every problem is application/problem+json (RFC 9457) with a listed code, also where the call was made for XML: problems are only written in JSON.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: groups.map((name) => ({ name, description: both(groupTexts[name]) })),
    security: [{}],
    paths: pathsOf(operations),
    components: {
      schemas: shapes,
      headers: Object.fromEntries(Object.entries(headerTexts).map(([name, sentence]) => [name, { description: both(sentence), schema: { type: 'string' } }])),
      securitySchemes: { clientCertificate: { type: 'mutualTLS', description: both({ vi: 'Chứng thư máy khách đã đăng ký', en: 'A registered client certificate' }) } },
    },
  };
}

function pathsOf(operations: readonly Operation[]): JsonSchema {
  const paths = new Map<string, JsonSchema>();
  for (const operation of operations) paths.set(operation.path, { ...paths.get(operation.path), [operation.method.toLowerCase()]: describe(operation) });
  return Object.fromEntries(paths);
}

function describe(operation: Operation): JsonSchema {
  const { id, group, summary, description, parameters, body, caller } = operation;
  return {
    operationId: id,
    tags: [group],
    summary: both(summary),
    ...(description === undefined ? {} : { description: both(description) }),
    ...(caller === undefined ? {} : { security: caller === 'any' ? [{}, { clientCertificate: [] }] : [{ clientCertificate: [] }] }),
    ...(parameters.length === 0 ? {} : { parameters: parameters.map(parameterOf) }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: contentOf(body) } }),
    responses: responsesOf(operation),
  };
}

function parameterOf({ in: place, name, schema, required, flag, vi, en, example }: Parameter): JsonSchema {
  return { name, in: place, required: place === 'path' || required === true, description: both({ vi, en }), schema, example, ...(flag === true ? { allowEmptyValue: true } : {}) };
}

/** Problems that come with the time to wait. */
const saysWhen: ReadonlySet<ProblemCode> = new Set(['UNAVAILABLE', 'SUBSCRIPTIONS_FAST']);

/** By status; where an answer and problems share one, both are described. */
function responsesOf({ answers, problems }: Operation): JsonSchema {
  const codes = [...problems, ...ALWAYS];
  const statuses = [...new Set([...answers.map(({ status }) => status), ...codes.map((code) => problemTexts[code].status)])].sort((a, b) => a - b);
  return Object.fromEntries(statuses.map((status) => [status, responseOf(answers.filter((answer) => answer.status === status), codes.filter((code) => problemTexts[code].status === status))]));
}

function responseOf(answers: readonly AnswerDescription[], problems: readonly ProblemCode[]): JsonSchema {
  const description = [...answers.map(both), ...(problems.length === 0 ? [] : [`problem: ${problems.join(', ')}`])].join('; ');
  const headers = ['Request-Id', ...answers.flatMap((answer) => answer.headers ?? []), ...(problems.some((code) => saysWhen.has(code)) ? ['Retry-After'] : [])];
  const media = { ...Object.assign({}, ...answers.map((answer) => answer.media)) as Record<string, JsonSchema>, ...(problems.length === 0 ? {} : { [PROBLEM_TYPE]: ref('Problem') }) };
  return {
    description,
    headers: Object.fromEntries([...new Set(headers)].map((name) => [name, { $ref: `#/components/headers/${name}` }])),
    ...(Object.keys(media).length === 0 ? {} : { content: contentOf(media) }),
  };
}

function contentOf(media: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return Object.fromEntries(Object.entries(media).map(([type, schema]) => [type, { schema }]));
}

function both({ vi, en }: Sentence): string {
  return `${vi} / ${en}`;
}
