// The operator's calls over what the agencies say.
import { messageHandlers, verdicts } from '../admin/agency-messages.ts';
import { filter, queryProblems } from './operator-contracts.ts';
import type { Operation, Parameter } from './operation.ts';
import { closed, digest, instant, list, oneOf, orNull, pattern, ref, text, whole, xmlDocument } from './shapes.ts';
import type { JsonSchema } from './shapes.ts';

const json = (name: string): Readonly<Record<string, JsonSchema>> => ({ 'application/json': ref(name) });
const common = { group: 'operator', caller: 'operator' } as const;
const idParameter: Parameter = { in: 'path', name: 'id', vi: 'Số thứ tự của thông điệp', en: 'Number of the message', schema: pattern('^\\d+$'), example: '1' };

export const messageShapes: Readonly<Record<string, JsonSchema>> = {
  AgencyMessage: closed({
    id: text, backend: text, position: orNull(whole), digest, size: whole, receivedAt: instant, verdict: oneOf([...verdicts]), reason: orNull(text), firstId: orNull(text),
    kind: orNull(oneOf(['slip', 'step', 'supplement', 'apology', 'result', 'notice'])), number: orNull(whole), saidAt: orNull(instant), dossierNumber: orNull(text), dossierDigest: orNull(digest), repeats: whole,
    reports: list(closed({ what: oneOf(['delivered', 'opened']), how: oneOf(['feed', 'webhook', 'mail', 'fetch']), at: instant, toldAt: orNull(instant) })),
  }),
  AgencyMessages: closed({ messages: list(ref('AgencyMessage')), next: orNull(text) }),
  BackendFeeds: closed({ feeds: list(closed({ backend: text, after: whole, lastKnown: whole, readAt: orNull(instant), failures: whole, lastError: orNull(text) })) }),
};

export const operatorMessageOperations: readonly Operation[] = [
  {
    ...common, id: 'listAgencyMessages', method: 'GET', path: '/v1/admin/agency-messages', problems: queryProblems, handler: (gateway) => messageHandlers(gateway).listAgencyMessages,
    parameters: [
      filter('verdict', 'Kết luận', 'Verdict', 'contradicting', oneOf([...verdicts])), filter('backend', 'Hệ thống xử lý', 'Backend', 'reference'),
      filter('dossier', 'SHA-256 của hồ sơ', 'SHA-256 of the dossier', '0'.repeat(64)), filter('after', 'Tiếp theo số thứ tự này', 'Go on after this number', '200', pattern('^\\d+$')),
    ],
    summary: { vi: 'Thông điệp của cơ quan BHXH và cách cổng xử lý', en: 'What the agencies said, and what was made of it' },
    answers: [{ status: 200, vi: 'Một trang; next là nơi tiếp theo', en: 'A page; next is where to go on', media: json('AgencyMessages') }],
  },
  {
    ...common, id: 'showAgencyMessage', method: 'GET', path: '/v1/admin/agency-messages/{id}', parameters: [idParameter], problems: [...queryProblems, 'AGENCY_MESSAGE_UNKNOWN'], handler: (gateway) => messageHandlers(gateway).showAgencyMessage,
    summary: { vi: 'Một thông điệp', en: 'One message' }, answers: [{ status: 200, vi: 'Thông điệp', en: 'The message', media: json('AgencyMessage') }],
  },
  {
    ...common, id: 'agencyMessageDocument', method: 'GET', path: '/v1/admin/agency-messages/{id}/document', parameters: [idParameter], problems: [...queryProblems, 'AGENCY_MESSAGE_UNKNOWN', 'DOSSIER_ERASED'],
    handler: (gateway) => messageHandlers(gateway).agencyMessageDocument,
    summary: { vi: 'Nguyên văn thông điệp', en: 'The message as it came' }, answers: [{ status: 200, vi: 'Nguyên văn', en: 'Octet for octet', media: { 'application/xml': xmlDocument } }],
  },
  {
    ...common, id: 'listBackendFeeds', method: 'GET', path: '/v1/admin/backend-feeds', parameters: [], problems: queryProblems, handler: (gateway) => messageHandlers(gateway).listBackendFeeds,
    summary: { vi: 'Đã đọc đến đâu lời của từng hệ thống xử lý', en: 'How far each backend’s feed is read' }, answers: [{ status: 200, vi: 'Các luồng', en: 'The feeds', media: json('BackendFeeds') }],
  },
];
