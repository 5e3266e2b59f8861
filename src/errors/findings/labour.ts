// What the rules say of a labour list (GW500–549; warnings from GW915). Refused is what contradicts itself; what only is unlikely is warned of.
import { CORRECT_FIELD, refused, warned } from './text.ts';
import type { FindingText } from './text.ts';

const LIST = 'QĐ 366/QĐ-BHXH (2026), mẫu D02-LT; QĐ 595/QĐ-BHXH, mẫu D02-TS';
const CHANGES = 'Danh mục phương án của Cổng DVC BHXH Việt Nam (2026); QĐ 595/QĐ-BHXH, mẫu D02-TS';
const PAY = 'Luật BHXH 41/2024/QH15 Điều 31';
const RATE = 'Luật BHXH 41/2024/QH15 Điều 32–34';
const CHECK_ROW: readonly [string, string] = [
  'Kiểm tra lại dòng được nêu; nếu đúng thì không cần làm gì, nếu sai thì sửa, ký lại và gửi hồ sơ điều chỉnh.',
  'Check the row named; if it is right nothing is required, if not correct it, sign again and file an adjustment.',
];

export const labourFindings = {
  MONTHS_REVERSED: refused(['GW500', 'Đến tháng {until} trước từ tháng {from}.', 'The last month {until} is before the first month {from}.', ...CORRECT_FIELD, LIST]),
  CHANGE_NOT_INCREASE: refused(['GW501', 'Phương án {change} là báo giảm nhưng dòng được ghi ở phần tăng (Loai 1).', 'Change {change} is a decrease, but the row stands in the section of increases (Loai 1).', ...CORRECT_FIELD, CHANGES]),
  SALARY_MISSING: refused(['GW502', 'Phương án {change} phải có tiền lương lớn hơn 0.', 'Change {change} needs a salary above 0.', ...CORRECT_FIELD, `${PAY}; ${CHANGES}`]),
  SALARY_NEGATIVE: refused(['GW503', 'Tiền lương không được âm.', 'The salary must not be negative.', ...CORRECT_FIELD, PAY]),
  RATE_OUT_OF_RANGE: refused(['GW504', 'Tỷ lệ đóng {rate} không nằm trong khoảng từ 0 đến 100.', 'The contribution rate {rate} is not between 0 and 100.', ...CORRECT_FIELD, RATE]),
  PERSON_REPEATED: refused(['GW505', 'Dòng {row} lặp lại người lao động của dòng {other}: cùng phương án {change}, cùng tỷ lệ đóng, trùng tháng.', 'Row {row} repeats the person of row {other}: same change {change}, same rate, overlapping months.', 'Bỏ dòng lặp hoặc sửa tháng, ký lại rồi gửi lại.', 'Remove the repeated row or correct its months, sign again and resend.', LIST]),
  DATES_REVERSED: refused(['GW506', 'Ngày kết thúc ({until}) trước ngày bắt đầu ({from}).', 'The end ({until}) is before the beginning ({from}).', ...CORRECT_FIELD, LIST]),
  DEATH_NOT_FLAGGED: refused(['GW507', 'Có ngày chết nhưng không đánh dấu giảm do chết (CoGiamChet).', 'A day of death is given, but not the mark for a decrease by death (CoGiamChet).', ...CORRECT_FIELD, `${LIST}, mẫu D03-TS`]),
  DEATH_IN_FUTURE: refused(['GW508', 'Ngày chết {day} sau ngày tiếp nhận hồ sơ.', 'The day of death {day} is after the reception of the dossier.', ...CORRECT_FIELD, `${LIST}, mẫu D03-TS`]),
  DEATH_BEFORE_BIRTH: refused(['GW509', 'Ngày chết {day} trước ngày sinh {born}.', 'The day of death {day} is before the birth {born}.', ...CORRECT_FIELD, `${LIST}, mẫu D03-TS`]),
  CHANGE_SECTION: warned(['GW915', 'Phương án {change} thường thuộc phần {expected}, dòng lại ghi Loai {section}.', 'Change {change} usually belongs to the section {expected}, but the row says Loai {section}.', ...CHECK_ROW, CHANGES]),
  SALARY_BELOW_REFERENCE: warned(['GW916', 'Tiền lương của tháng {month} thấp hơn mức lương cơ sở/mức tham chiếu {least} đồng ({basis}).', 'The salary of month {month} is below the base salary or reference level of {least} đồng ({basis}).', ...CHECK_ROW, PAY]),
  SALARY_BELOW_MINIMUM: warned(['GW917', 'Tiền lương của tháng {month} thấp hơn mức lương tối thiểu vùng {zone}: {least} đồng ({basis}).', 'The salary of month {month} is below the minimum wage of zone {zone}: {least} đồng ({basis}).', ...CHECK_ROW, 'Bộ luật Lao động 45/2019/QH14 Điều 91; nghị định về lương tối thiểu vùng nêu trong câu']),
  SALARY_ABOVE_CEILING: warned(['GW918', 'Tiền lương của tháng {month} cao hơn mức trần {most} đồng ({times} lần mức tham chiếu, {basis}); chỉ tính đóng đến mức trần.', 'The salary of month {month} is above the ceiling of {most} đồng ({times} times the reference level, {basis}); contributions are reckoned up to it only.', ...CHECK_ROW, PAY]),
  RATE_UNUSUAL: warned(['GW919', 'Tỷ lệ đóng {rate} % không phải là tổng các tỷ lệ của các quỹ.', 'The contribution rate {rate} % is not a sum of the funds’ rates.', ...CHECK_ROW, RATE]),
  DEATH_DATE_MISSING: warned(['GW920', 'Đánh dấu giảm do chết nhưng không có ngày chết.', 'The row is marked as a decrease by death but gives no day of death.', ...CHECK_ROW, `${LIST}, mẫu D03-TS`]),
  DEATH_NOT_DECREASE: warned(['GW921', 'Đánh dấu giảm do chết nhưng phương án {change} không phải là báo giảm.', 'The row is marked as a decrease by death, but change {change} is no decrease.', ...CHECK_ROW, LIST]),
  MONTH_FAR_AHEAD: warned(['GW922', 'Từ tháng {from} sau ngày tiếp nhận hơn {months} tháng.', 'The first month {from} is more than {months} months after reception.', ...CHECK_ROW, `${LIST}, mẫu D05-TS`]),
  PERIOD_FAR_AHEAD: warned(['GW923', 'Kỳ kê khai {period} sau ngày tiếp nhận hơn {months} tháng.', 'The period {period} is more than {months} months after reception.', ...CHECK_ROW, LIST]),
  UNTIL_MONTH_MISSING: warned(['GW924', 'Phương án {change} là bổ sung cho thời gian đã qua nhưng không có đến tháng.', 'Change {change} is about months gone by, but gives no last month.', ...CHECK_ROW, CHANGES]),
  ALLOWANCE_RATE_UNLIKELY: warned(['GW925', 'Phụ cấp thâm niên {rate} không nằm trong khoảng từ 0 đến 100 %.', 'The seniority allowance {rate} is not between 0 and 100 %.', ...CHECK_ROW, LIST]),
} satisfies Record<string, FindingText>;
