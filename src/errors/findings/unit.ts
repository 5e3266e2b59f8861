// What the rules say of a unit's own data in any form, of the declaration of a unit (TK3-TS) and of documents (D01-TS) (GW700–729; warnings
// GW946–949).
import { CORRECT_FIELD, refused, warned } from './text.ts';
import type { FindingText } from './text.ts';

const UNIT = 'QĐ 366/QĐ-BHXH (2026), mẫu TK3-TS; QĐ 595/QĐ-BHXH';
const DOCUMENTS = 'QĐ 595/QĐ-BHXH, mẫu D01-TS';
const AUTHENTICATION = 'QĐ 366/QĐ-BHXH (2026) Điều 5(1.3.1)';
const CHECK: readonly [string, string] = [
  'Đối chiếu với giấy tờ; nếu đúng thì không cần làm gì, nếu sai thì sửa, ký lại và gửi hồ sơ điều chỉnh.',
  'Compare with the papers; if it is right nothing is required, if not correct it, sign again and file an adjustment.',
];

export const unitFindings = {
  UNIT_CODE_DIFFERS: refused(['GW700', 'Mã đơn vị trong tờ khai là {here}, trong hồ sơ là {envelope}.', 'The unit code is {here} in the form, but {envelope} in the dossier.', ...CORRECT_FIELD, AUTHENTICATION]),
  UNIT_TAX_CODE_DIFFERS: refused(['GW701', 'Mã số thuế trong tờ khai là {here}, trong hồ sơ là {envelope}.', 'The tax code is {here} in the form, but {envelope} in the dossier.', ...CORRECT_FIELD, AUTHENTICATION]),
  UNIT_CHANGE_WITHOUT_CONTENT: refused(['GW702', 'Chỉ tiêu thay đổi “{item}” có nội dung mới giống nội dung cũ.', 'The item “{item}” is to change, but its new content is the old one.', ...CORRECT_FIELD, UNIT]),
  UNIT_REQUEST_MISSING: warned(['GW946', 'Đơn vị đã có mã nhưng tờ khai không nêu nội dung thay đổi, yêu cầu.', 'The unit has a code, but the declaration names nothing that changes or is asked for.', ...CHECK, UNIT]),
  DOCUMENT_INCOMPLETE: warned(['GW947', 'Văn bản “{document}” thiếu {missing}.', 'The document “{document}” lacks {missing}.', ...CHECK, DOCUMENTS]),
  DOCUMENT_RETROACTIVE: warned(['GW948', 'Văn bản ban hành ngày {issue} nhưng có hiệu lực từ {effect}, trước ngày ban hành.', 'The document was issued on {issue}, but is in force from {effect}, before that.', ...CHECK, DOCUMENTS]),
  DOCUMENT_DAY_IN_FUTURE: warned(['GW949', '{field} là {day}, sau ngày tiếp nhận hồ sơ.', '{field} is {day}, after the reception of the dossier.', ...CHECK, `${DOCUMENTS}; ${UNIT}`]),
} satisfies Record<string, FindingText>;
