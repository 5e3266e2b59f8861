// The auditor's calls: what was submitted and what was made of it, to look at and nothing else.
import { CONTAINER_TYPE } from '../../evidence/container/write.ts';
import { compromisedDossiers } from '../auditor/exports.ts';
import { auditorHandlers } from '../auditor/submissions.ts';
import type { ProblemCode } from '../../errors/problems.ts';
import { filter } from './operator-contracts.ts';
import type { Operation, Parameter } from './operation.ts';
import { closed, digest, instant, list, oneOf, orNull, pattern, ref, text, whole, xmlDocument } from './shapes.ts';
import type { JsonSchema } from './shapes.ts';

export const auditorShapes: Readonly<Record<string, JsonSchema>> = {
  AuditedSubmissions: closed({
    submissions: list(closed({ id: text, digest, size: whole, sender: text, receivedAt: instant, outcome: oneOf(['accepted', 'refused', 'conflict']), transactionCode: text, dossierNumber: orNull(text), ruleSetDigest: digest, logPosition: orNull(whole) })),
    next: orNull(text),
  }),
};

const json: Readonly<Record<string, JsonSchema>> = { 'application/json': ref('AuditedSubmissions') };
const common = { group: 'auditor', caller: 'auditor' } as const;
const problems: readonly ProblemCode[] = ['AUDITOR_UNKNOWN', 'AUDITOR_CERTIFICATE_TIME', 'FIELD_INVALID', 'METHOD', 'UNAVAILABLE'];
const idParameter: Parameter = { in: 'path', name: 'id', vi: 'Số thứ tự của lần nộp', en: 'Number of the submission', schema: pattern('^\\d+$'), example: '1' };
const digestParameter: Parameter = { in: 'path', name: 'digest', vi: 'SHA-256 của hồ sơ', en: 'SHA-256 of the dossier', schema: pattern('^[0-9a-fA-F]{64}$'), example: '0'.repeat(64) };

const container: JsonSchema = { type: 'string', contentMediaType: CONTAINER_TYPE };

const documents = [
  ['document', 'body', 'Hồ sơ như đã nộp', 'The dossier as it came'],
  ['receipt', 'receipt', 'Biên nhận', 'Its receipt'],
  ['result', 'result', 'Kết quả', 'Its result'],
] as const;

export const auditorOperations: readonly Operation[] = [
  {
    ...common, id: 'auditSubmissions', method: 'GET', path: '/v1/auditor/submissions', problems, handler: (gateway) => auditorHandlers(gateway).list,
    parameters: [
      filter('after', 'Tiếp theo số thứ tự này', 'Go on after this number', '200', pattern('^\\d+$')), filter('from', 'Nhận từ', 'Received from', '2027-01-01T00:00:00+07:00', pattern('\\+07:00$')),
      filter('until', 'Nhận trước', 'Received before', '2027-02-01T00:00:00+07:00', pattern('\\+07:00$')),
    ],
    summary: { vi: 'Các lần nộp, theo thứ tự', en: 'Submissions, in their order' },
    description: { vi: 'Mỗi lần xem được ghi lại (ai, xem gì, lúc nào) trước khi trả lời.', en: 'Every look is recorded – who, what, when – before it is answered.' },
    answers: [{ status: 200, vi: 'Một trang; next là nơi tiếp theo', en: 'A page; next is where to go on', media: json }],
  },
  {
    ...common, id: 'auditSubmission', method: 'GET', path: '/v1/auditor/dossiers/{digest}', parameters: [digestParameter], problems: [...problems, 'DIGEST_FORMAT', 'NOT_FOUND'], handler: (gateway) => auditorHandlers(gateway).show,
    summary: { vi: 'Các lần nộp của những byte này', en: 'The submissions of these bytes' }, answers: [{ status: 200, vi: 'Các lần nộp', en: 'The submissions', media: json }],
  },
  {
    ...common, id: 'auditEvidence', method: 'GET', path: '/v1/auditor/dossiers/{digest}/evidence', parameters: [digestParameter], problems: [...problems, 'DIGEST_FORMAT', 'NOT_FOUND', 'DOSSIER_ERASED'], handler: (gateway) => auditorHandlers(gateway).evidence,
    summary: { vi: 'Toàn bộ chứng cứ của hồ sơ (ASiC-E)', en: 'A dossier’s evidence, whole (ASiC-E)' }, answers: [{ status: 200, vi: 'Container có chữ ký', en: 'The sealed container', media: { [CONTAINER_TYPE]: container } }],
  },
  {
    ...common, id: 'compromisedDossiers', method: 'GET', path: '/v1/auditor/compromised', problems, handler: (gateway) => compromisedDossiers(gateway),
    parameters: [
      { ...filter('fingerprint', 'SHA-256 của chứng thư bị lộ khóa', 'SHA-256 of the certificate whose key was compromised', '0'.repeat(64), pattern('^[0-9a-fA-F]{64}$')), required: true },
      { ...filter('at', 'Thời điểm bị lộ', 'When it was compromised', '2027-01-01T00:00:00+07:00', pattern('\\+07:00$')), required: true },
    ],
    summary: { vi: 'Mọi hồ sơ ký bằng chứng thư bị lộ khóa, trước và sau thời điểm đó (ASiC-E)', en: 'Every dossier signed with a compromised certificate, before and after (ASiC-E)' },
    description: { vi: 'JSON và CSV, chia theo bằng chứng tồn tại; cổng ký, và được ghi lại kèm mã băm trước khi trả lời.', en: 'JSON and CSV, split by proof of existence; signed by the gateway, and recorded with its digest before it is given.' },
    answers: [{ status: 200, vi: 'Container có chữ ký', en: 'The sealed container', media: { [CONTAINER_TYPE]: container } }],
  },
  ...documents.map(([name, kind, vi, en]): Operation => ({
    ...common, id: `audited${name.charAt(0).toUpperCase()}${name.slice(1)}`, method: 'GET', path: `/v1/auditor/submissions/{id}/${name}`, parameters: [idParameter], problems: [...problems, 'NOT_FOUND', 'DOSSIER_ERASED'],
    handler: (gateway) => auditorHandlers(gateway).document(kind), summary: { vi, en }, answers: [{ status: 200, vi, en, media: { 'application/xml': xmlDocument } }],
  })),
];
