// What the agency's registers know of people (registers/people.json), and what follows for an increase of somebody already insured
// (QĐ 366/QĐ-BHXH Điều 5(1.3.2)): returned at once, taken with a refund, or taken and the other insurance ended. Pure but for the one reading.
import { readFileSync } from 'node:fs';

import { packageFile } from '../paths.ts';
import { listOf, memberOf, oneOf, parseJson, textOf } from '../standard/json.ts';

export const registeredStates = ['employed', 'unemployment', 'pension', 'voluntary', 'household', 'fund', 'budget'] as const;
export type RegisteredState = (typeof registeredStates)[number];

export type Register = ReadonlyMap<string, RegisteredState>;

export function loadRegister(): Register {
  const file = parseJson(readFileSync(packageFile('src', 'backend', 'registers', 'people.json')), 'people.json');
  return new Map(listOf(memberOf(file, 'people'), (row) => [textOf(memberOf(row, 'number')), oneOf(memberOf(row, 'state'), registeredStates)] as const));
}

export interface Consequence {
  /** Điều 5(1.3.2) a, b or c. */
  readonly rule: 'return' | 'refund' | 'end-other';
  readonly because: string;
}

export function consequenceOf(state: RegisteredState): Consequence {
  switch (state) {
    case 'employed':
      return { rule: 'return', because: 'đang tham gia BHXH bắt buộc tại đơn vị khác' };
    case 'unemployment':
      return { rule: 'return', because: 'đang hưởng trợ cấp thất nghiệp' };
    case 'pension':
      return { rule: 'return', because: 'đang hưởng lương hưu, trợ cấp BHXH hằng tháng' };
    case 'voluntary':
      return { rule: 'refund', because: 'đang tham gia BHXH tự nguyện' };
    case 'household':
      return { rule: 'refund', because: 'đang tham gia BHYT tự đóng' };
    case 'fund':
      return { rule: 'end-other', because: 'có thẻ BHYT do tổ chức BHXH đóng' };
    case 'budget':
      return { rule: 'end-other', because: 'có thẻ BHYT do ngân sách nhà nước đóng' };
  }
}
