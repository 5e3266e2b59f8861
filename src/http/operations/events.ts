// The calls that tell what happened since: to an I-VAN or a unit of all its dossiers, to whoever knows a digest of one.
import { dossierEvents, ownEvents } from '../events.ts';
import { digestParameter, nonReceipt, stateHeaders } from './dossiers.ts';
import type { Operation, Parameter } from './operation.ts';
import { pattern, ref } from './shapes.ts';
import { unitParameter } from './unit-parameter.ts';

const paging: readonly Parameter[] = [
  { in: 'query', name: 'after', schema: pattern('^\\d{1,15}$'), example: '0', vi: 'Chỉ các sự kiện sau vị trí này', en: 'Only events after this position' },
  { in: 'query', name: 'limit', schema: pattern('^(?:[1-9]\\d{0,2}|1000)$'), example: '1000', vi: 'Nhiều nhất bao nhiêu sự kiện; mặc định 100', en: 'At most so many events; 100 unless said' },
  { in: 'query', name: 'wait', schema: pattern('^(?:[0-5]?\\d|60)$'), example: '0', vi: 'Chờ tối đa bao nhiêu giây khi chưa có gì mới', en: 'Wait up to so many seconds while there is nothing new' },
];

const page = { status: 200, vi: 'Các sự kiện theo thứ tự, không thiếu vị trí nào; last là vị trí cuối cùng', en: 'The events in order, no position left out; last is the last position', media: { 'application/json': ref('EventPage') } };

export const eventOperations: readonly Operation[] = [
  {
    id: 'ownEvents', method: 'GET', path: '/v1/events', group: 'dossiers', caller: 'any', parameters: [...paging, unitParameter], handler: ownEvents([...paging, unitParameter]),
    summary: { vi: 'Các sự kiện của bên gọi', en: 'The caller’s events' },
    description: {
      vi: 'Chứng thư máy khách quyết định luồng sự kiện: của I-VAN có hợp đồng còn hiệu lực, hoặc của đơn vị đã đăng ký chứng thư đó. Hỏi tiếp với after bằng vị trí cuối cùng đã nhận: không sự kiện nào bị bỏ sót, dù ghi nhận muộn. Sự kiện có cùng id trong mọi luồng.',
      en: 'The client certificate decides whose feed it is: that of an I-VAN under an active contract, or of a unit that registered the certificate. Ask on with after = the last position received: no event is ever left out, however late it was recorded. An event has the same id in every feed.',
    },
    answers: [{ ...page, headers: ['Ivan-Feed-Last'] }],
    problems: ['QUERY_NAME', 'QUERY_VALUE', 'FEED_POSITION', 'FEED_AMBIGUOUS', 'FEED_CALLER', 'FEED_CONTRACT', 'FEED_CERTIFICATE', 'FEED_FOREIGN', 'UNAVAILABLE'],
  },
  {
    id: 'dossierEvents', method: 'GET', path: '/v1/dossiers/{digest}/events', group: 'dossiers', parameters: [digestParameter, ...paging], handler: dossierEvents(paging),
    summary: { vi: 'Các sự kiện của một hồ sơ', en: 'A dossier’s events' },
    description: {
      vi: 'Ai biết SHA-256 của các byte đã gửi thì hỏi được. Vị trí đếm từ 1 trong hồ sơ này; id là id của sự kiện trong mọi luồng.',
      en: 'Whoever knows the SHA-256 of the bytes that were sent may ask. Positions count from 1 within this dossier; the id is the event’s in every feed.',
    },
    answers: [{ ...page, headers: ['Ivan-Feed-Last', ...stateHeaders] }, nonReceipt],
    problems: ['QUERY_NAME', 'QUERY_VALUE', 'DIGEST_FORMAT', 'DOSSIER_IS_FORM', 'FEED_POSITION', 'UNAVAILABLE'],
  },
];
