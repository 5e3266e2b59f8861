// Which unit a call is about, where the caller's certificate is registered for several: the same for events and for subscriptions to them.
import type { Parameter } from './operation.ts';
import { pattern } from './shapes.ts';

export const unitParameter: Parameter = {
  in: 'query', name: 'unit', schema: pattern('^\\d{5}/[^\\s/]{1,20}$'), example: '00101/TS0001A',
  vi: 'Đơn vị được hỏi, khi chứng thư đăng ký cho nhiều đơn vị', en: 'Which unit, for a certificate that is registered for several',
};
