// The states of a dossier, with who acts next.
import type { Line } from './lines.ts';

const stateNames: ReadonlyMap<string, Line> = new Map<string, Line>([
  ['waiting', { vi: 'Đã tiếp nhận, chờ chuyển đến cơ quan BHXH', en: 'Received, waiting to be passed to the agency' }],
  ['delivered', { vi: 'Đã chuyển, cơ quan BHXH đang giải quyết', en: 'Passed on, the agency is working on it' }],
  ['answered', { vi: 'Đã có kết quả', en: 'The result is there' }],
  ['refused', { vi: 'Bị từ chối; đơn vị sửa và gửi lại', en: 'Refused; the unit corrects it and sends it again' }],
  ['conflict', { vi: 'Trùng mã giao dịch hoặc nội dung với hồ sơ trước; bên gửi kiểm tra', en: 'In conflict with an earlier dossier of the same key or content; the sender looks into it' }],
  ['unknown', { vi: 'Cổng chưa nhận được hồ sơ này', en: 'The gateway has not received this dossier' }],
]);

export function stateLine(state: string): Line {
  return stateNames.get(state) ?? state;
}
