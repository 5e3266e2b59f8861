// The operator's calls over deliveries: routes, lanes and dead letters.
import { deliveryHandlers } from '../admin/deliveries.ts';
import { bodyProblems, filter, queryProblems } from './operator-contracts.ts';
import type { Operation, Parameter } from './operation.ts';
import { pattern, ref, text } from './shapes.ts';
import type { JsonSchema } from './shapes.ts';

const json = (name: string): Readonly<Record<string, JsonSchema>> => ({ 'application/json': ref(name) });
const common = { group: 'operator', caller: 'operator' } as const;
const idParameter: Parameter = { in: 'path', name: 'id', vi: 'Số thứ tự của lần gửi', en: 'Number of the delivery', schema: pattern('^\\d+$'), example: '1' };

const backendParameter: Parameter = { in: 'path', name: 'backend', vi: 'Hệ thống của cơ quan', en: 'Backend', schema: text, example: 'reference' };

export const operatorDeliveryOperations: readonly Operation[] = [
  {
    ...common, id: 'listRoutes', method: 'GET', path: '/v1/admin/routes', parameters: [], problems: queryProblems, handler: (gateway) => deliveryHandlers(gateway).listRoutes,
    summary: { vi: 'Hồ sơ của cơ quan nào gửi đến hệ thống nào', en: 'Which backend an agency’s dossiers go to' },
    answers: [{ status: 200, vi: 'Các tuyến và lịch sử', en: 'The routes, and what they were', media: json('Routes') }],
  },
  {
    ...common, id: 'changeRoute', method: 'POST', path: '/v1/admin/routes', parameters: [], body: json('RouteChange'), problems: [...bodyProblems, 'BACKEND_UNKNOWN', 'ROUTE_UNKNOWN'], handler: (gateway) => deliveryHandlers(gateway).changeRoute,
    summary: { vi: 'Đổi tuyến; hồ sơ đang chờ đi theo', en: 'Change a route; what waits goes along' },
    answers: [{ status: 201, vi: 'Các tuyến sau khi đổi', en: 'The routes as they then stand', media: json('Routes') }],
  },
  {
    ...common, id: 'listBackendFacts', method: 'GET', path: '/v1/admin/backends/{backend}/settings', parameters: [backendParameter], problems: [...queryProblems, 'BACKEND_UNKNOWN'], handler: (gateway) => deliveryHandlers(gateway).listBackendFacts,
    summary: { vi: 'Địa chỉ, chứng thư được ký và cách chuyển của một hệ thống, theo thời gian', en: 'A backend’s address, signing certificates and transport over time' },
    answers: [{ status: 200, vi: 'Mới nhất trước; dòng đầu đang có hiệu lực', en: 'The newest first, which counts', media: json('BackendSettings') }],
  },
  {
    ...common, id: 'restoreBackendFacts', method: 'POST', path: '/v1/admin/backends/{backend}/settings', parameters: [backendParameter], body: json('BackendSettingsRestored'), problems: [...bodyProblems, 'BACKEND_UNKNOWN'], handler: (gateway) => deliveryHandlers(gateway).restoreBackendFacts,
    summary: { vi: 'Dùng lại thiết lập trước; chứng thư có hiệu lực ngay, địa chỉ từ lần khởi động sau', en: 'Bring back earlier settings; certificates count at once, the address from the next start' },
    answers: [{ status: 200, vi: 'Các thiết lập', en: 'The settings', media: json('BackendSettings') }],
  },
  {
    ...common, id: 'listLanes', method: 'GET', path: '/v1/admin/lanes', parameters: [], problems: queryProblems, handler: (gateway) => deliveryHandlers(gateway).listLanes,
    summary: { vi: 'Tình trạng của từng nơi nhận', en: 'How each receiver is doing' },
    answers: [{ status: 200, vi: 'Đang chờ, đang gửi, ngừng gửi; cầu dao', en: 'Waiting, under way, given up; the breaker', media: json('Lanes') }],
  },
  {
    ...common, id: 'tryLane', method: 'POST', path: '/v1/admin/lanes/{name}/try', body: json('Nothing'), problems: [...bodyProblems, 'LANE_UNKNOWN'], handler: (gateway) => deliveryHandlers(gateway).tryLane,
    parameters: [{ in: 'path', name: 'name', vi: 'Nơi nhận', en: 'Receiver', schema: text, example: 'agency:reference' }],
    summary: { vi: 'Thử gửi ngay, không đợi cầu dao', en: 'Try at once, without waiting for the breaker' },
    answers: [{ status: 200, vi: 'Các nơi nhận', en: 'The receivers', media: json('Lanes') }],
  },
  {
    ...common, id: 'listDeadLetters', method: 'GET', path: '/v1/admin/dead-letters', problems: queryProblems, handler: (gateway) => deliveryHandlers(gateway).listDeadLetters,
    parameters: [filter('lane', 'Nơi nhận', 'Receiver', 'agency:reference'), filter('after', 'Tiếp theo số thứ tự này', 'Go on after this number', '200', pattern('^\\d+$'))],
    summary: { vi: 'Hồ sơ mà nơi nhận từ chối nhận', en: 'Deliveries that their receiver would not have' },
    answers: [{ status: 200, vi: 'Một trang; next là nơi tiếp theo', en: 'A page; next is where to go on', media: json('DeadLetters') }],
  },
  {
    ...common, id: 'replayDeadLetters', method: 'POST', path: '/v1/admin/dead-letters/replay', parameters: [], body: json('ReplayOfLane'), problems: bodyProblems, handler: (gateway) => deliveryHandlers(gateway).replayDeadLetters,
    summary: { vi: 'Gửi lại tất cả của một nơi nhận', en: 'Send all of a receiver’s again' }, answers: [{ status: 200, vi: 'Các số thứ tự', en: 'Their numbers', media: json('Replayed') }],
  },
  {
    ...common, id: 'showDeadLetter', method: 'GET', path: '/v1/admin/dead-letters/{id}', parameters: [idParameter], problems: [...queryProblems, 'DEAD_LETTER_UNKNOWN'], handler: (gateway) => deliveryHandlers(gateway).showDeadLetter,
    summary: { vi: 'Một hồ sơ bị ngừng gửi', en: 'One that was given up' }, answers: [{ status: 200, vi: 'Hồ sơ và lý do', en: 'The dossier, and why', media: json('DeadLetter') }],
  },
  {
    ...common, id: 'replayDeadLetter', method: 'POST', path: '/v1/admin/dead-letters/{id}/replay', parameters: [idParameter], body: json('Nothing'), problems: [...bodyProblems, 'DEAD_LETTER_UNKNOWN'], handler: (gateway) => deliveryHandlers(gateway).replayDeadLetter,
    summary: { vi: 'Gửi lại', en: 'Send it again' }, answers: [{ status: 200, vi: 'Số thứ tự', en: 'Its number', media: json('Replayed') }],
  },
];
