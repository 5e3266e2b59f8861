// What the rules say of the health-insurance list (D03-TS) and of the voluntary list (D05-TS) (GW650–699; warnings GW970–978). How amounts are
// reckoned in every case is not public, so that amounts are warned of.
import { CORRECT_FIELD, refused, warned } from './text.ts';
import type { FindingText } from './text.ts';

const HEALTH = 'QĐ 595/QĐ-BHXH, mẫu D03-TS';
const VOLUNTARY = 'QĐ 366/QĐ-BHXH (2026), QĐ 595/QĐ-BHXH, mẫu D05-TS';
const RATES = 'Luật BHXH 41/2024/QH15 Điều 31, 36';
const CHECK: readonly [string, string] = [
  'Tính lại dòng được nêu; nếu đúng thì không cần làm gì, nếu sai thì sửa, ký lại và gửi hồ sơ điều chỉnh.',
  'Reckon the row again; if it is right nothing is required, if not correct it, sign again and file an adjustment.',
];

export const healthVoluntaryFindings = {
  SUPPORT_ABOVE_WHOLE: refused(['GW650', 'Các tỷ lệ hỗ trợ ở dòng {row} cộng lại là {sum} %, hơn 100 %.', 'The shares of support in row {row} are {sum} % together, more than 100 %.', ...CORRECT_FIELD, `${HEALTH}; ${VOLUNTARY}`]),
  HEALTH_PERSON_REPEATED: refused(['GW651', 'Dòng {row} lặp lại người của dòng {other}: cùng phương án, cùng ngày.', 'Row {row} repeats the person of row {other}: same change, same day.', 'Bỏ dòng lặp, ký lại rồi gửi lại.', 'Remove the repeated row, sign again and resend.', HEALTH]),
  VOLUNTARY_INCOME_NEGATIVE: refused(['GW652', 'Mức thu nhập chọn đóng không được âm.', 'The income chosen must not be negative.', ...CORRECT_FIELD, VOLUNTARY]),
  VOLUNTARY_PERSON_REPEATED: refused(['GW653', 'Dòng {row} lặp lại người của dòng {other}: cùng phương án, trùng tháng.', 'Row {row} repeats the person of row {other}: same change, overlapping months.', 'Bỏ dòng lặp hoặc sửa tháng, ký lại rồi gửi lại.', 'Remove the repeated row or correct its months, sign again and resend.', VOLUNTARY]),
  HEALTH_HOSPITAL_MISSING: warned(['GW970', 'Người tham gia mới (phương án {change}) chưa có nơi khám chữa bệnh ban đầu.', 'A person who joins (change {change}) has no hospital.', ...CHECK, HEALTH]),
  AMOUNT_WITHOUT_MONTHS: warned(['GW971', 'Có số tiền đóng {amount} nhưng không có số tháng.', 'The amount {amount} is given, but no number of months.', ...CHECK, `${HEALTH}; ${VOLUNTARY}`]),
  HEALTH_AMOUNT_HIGH: warned(['GW972', 'Số tiền đóng {amount} ở dòng {row} cao hơn {most} đồng (4,5 % mức lương cơ sở, {months} tháng).', 'The amount {amount} of row {row} is above {most} đồng (4.5 % of the base salary, {months} months).', ...CHECK, 'Luật BHYT Điều 13; NĐ 188/2025/NĐ-CP']),
  HEALTH_START_FAR: warned(['GW973', 'Ngày bắt đầu {day} cách ngày tiếp nhận hơn {months} tháng.', 'The first day {day} is more than {months} months from reception.', ...CHECK, HEALTH]),
  VOLUNTARY_INCOME_RANGE: warned(['GW974', 'Mức thu nhập {income} của tháng {month} không nằm trong khoảng từ {least} đến {most} đồng.', 'The income {income} of month {month} is not between {least} and {most} đồng.', ...CHECK, RATES]),
  VOLUNTARY_RATE: warned(['GW975', 'Tỷ lệ đóng BHXH tự nguyện là {rate} %, thường là {usual} %.', 'The rate of voluntary insurance is {rate} %; it usually is {usual} %.', ...CHECK, RATES]),
  VOLUNTARY_TOTAL: warned(['GW976', 'Tổng tiền {whole} khác với mức đóng của {months} tháng ({expected} đồng).', 'The amount {whole} is not the contribution of {months} months ({expected} đồng).', ...CHECK, VOLUNTARY]),
  VOLUNTARY_PARTS: warned(['GW977', 'Tiền tự đóng và các khoản hỗ trợ cộng lại là {parts}, khác tổng tiền {whole}.', 'What the person and the supporters pay is {parts} together, not {whole}.', ...CHECK, VOLUNTARY]),
  SUPPORT_EXCEEDS_SHARE: warned(['GW978', '{field} là {amount}, nhiều hơn {share} ({percent} %) của tổng tiền.', '{field} is {amount}, more than {share} ({percent} %) of the whole.', ...CHECK, VOLUNTARY]),
} satisfies Record<string, FindingText>;
