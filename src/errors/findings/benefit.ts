// What the rules say of benefit lists (M01B-HSB) and of requests on accidents and diseases of work (M05A-HSB) (GW600–649; warnings GW960–969 and
// GW979). The lists of groups and ways of payment are not public, and what a person has left of a year is not known here: such rules warn.
import { CORRECT_FIELD, refused, warned } from './text.ts';
import type { FindingText } from './text.ts';

const LIST = 'QĐ 166/QĐ-BHXH (2019), QĐ 2222/QĐ-BHXH (2025), QĐ 313/QĐ-BHXH (2026), mẫu 01B-HSB';
const ACCIDENT = 'QĐ 166/QĐ-BHXH (2019), mẫu 05A-HSB; Luật An toàn, vệ sinh lao động 84/2015/QH13';
const SICKNESS = 'Luật BHXH 41/2024/QH15 Điều 48';
const LENGTH = 'Luật BHXH 41/2024/QH15 Điều 43, 44, 46, 53, 60';
const AUTHENTICATION = 'QĐ 366/QĐ-BHXH (2026) Điều 5(1.3.1)';
const CHECK: readonly [string, string] = [
  'Đối chiếu với chứng từ; nếu đúng thì không cần làm gì, nếu sai thì sửa, ký lại và gửi hồ sơ điều chỉnh.',
  'Compare with the papers; if it is right nothing is required, if not correct it, sign again and file an adjustment.',
];

export const benefitFindings = {
  BENEFIT_LIST_EMPTY: refused(['GW600', 'Danh sách không đề nghị chế độ nào: cả sáu phần đều trống.', 'The list asks for no benefit: all six parts are empty.', 'Kê khai người hưởng, ký lại rồi gửi lại.', 'List the persons entitled, sign again and resend.', LIST]),
  BENEFIT_DATES_REVERSED: refused(['GW601', 'Đến ngày {until} trước từ ngày {from}.', 'The last day {until} is before the first day {from}.', ...CORRECT_FIELD, LIST]),
  BENEFIT_PERIOD_MISSING: refused(['GW602', 'Chế độ ốm đau, dưỡng sức phải có {missing}.', 'A sickness or convalescence benefit needs {missing}.', ...CORRECT_FIELD, `${LIST}; Luật BHXH 41/2024/QH15 Điều 45, 46`]),
  BENEFIT_DAYS_NEGATIVE: refused(['GW603', 'Tổng số ngày không được âm.', 'The number of days must not be negative.', ...CORRECT_FIELD, LIST]),
  BENEFIT_REPEATED: refused(['GW604', 'Dòng {row} lặp lại nguyên dòng {other}: cùng người, cùng nhóm hưởng, cùng ngày, cùng chứng từ.', 'Row {row} repeats row {other}: same person, group, days and paper.', 'Bỏ dòng lặp, ký lại rồi gửi lại.', 'Remove the repeated row, sign again and resend.', LIST]),
  BENEFIT_PERSON_UNKNOWN: refused(['GW605', 'Người hưởng không có mã số BHXH và không có số định danh.', 'The person has neither an insurance number nor an identity number.', ...CORRECT_FIELD, AUTHENTICATION]),
  PAYMENT_ACCOUNT_MISSING: refused(['GW606', 'Nhận tiền qua tài khoản (ATM) nhưng thiếu {missing}.', 'The money goes to an account (ATM), but {missing} is missing.', ...CORRECT_FIELD, LIST]),
  ADJUSTMENT_INCOMPLETE: refused(['GW607', 'Dòng điều chỉnh thiếu {missing}: không biết điều chỉnh lần giải quyết nào, vì sao.', 'The adjustment lacks {missing}: what was settled, or why it changes, is not known.', ...CORRECT_FIELD, LIST]),
  EVENT_IN_FUTURE: refused(['GW608', '{field} là {day}, sau ngày tiếp nhận hồ sơ.', '{field} is {day}, after the reception of the dossier.', ...CORRECT_FIELD, LIST]),
  CHILD_DEATH_BEFORE_BIRTH: refused(['GW609', 'Ngày con chết {death} trước ngày sinh con {birth}.', 'The child’s death on {death} is before the birth on {birth}.', ...CORRECT_FIELD, LIST]),
  ACCIDENT_DATA_MISSING: refused(['GW610', 'Đề nghị {kind} phải có {missing}.', 'A request of kind {kind} needs {missing}.', ...CORRECT_FIELD, ACCIDENT]),
  ACCIDENT_DATES_REVERSED: refused(['GW611', 'Thứ tự ngày không đúng: {until} trước {from}.', 'The days are in the wrong order: {until} is before {from}.', ...CORRECT_FIELD, ACCIDENT]),
  ACCIDENT_IN_FUTURE: refused(['GW612', '{field} là {day}, sau ngày tiếp nhận hồ sơ.', '{field} is {day}, after the reception of the dossier.', ...CORRECT_FIELD, ACCIDENT]),
  ACCIDENT_REPEATED: refused(['GW613', 'Dòng {row} lặp lại đề nghị của dòng {other}: cùng người, cùng loại, cùng ngày.', 'Row {row} repeats the request of row {other}: same person, kind and days.', 'Bỏ dòng lặp, ký lại rồi gửi lại.', 'Remove the repeated row, sign again and resend.', ACCIDENT]),
  BENEFIT_DAYS_EXCEED: warned(['GW960', 'Tổng số ngày {days} nhiều hơn {calendar} ngày theo lịch từ {from} đến {until}.', '{days} days are asked for, but there are only {calendar} from {from} to {until}.', ...CHECK, LIST]),
  BENEFIT_DAYS_AHEAD: warned(['GW961', 'Ngày {day} sau ngày tiếp nhận: chế độ chưa phát sinh hoặc đợt nghỉ ốm chưa kết thúc.', 'The day {day} is after reception: the benefit has not begun, or the sick leave is not over.', ...CHECK, SICKNESS]),
  BENEFIT_LENGTH: warned(['GW962', 'Thời gian hưởng {days} ngày dài hơn mức tối đa của luật ({most} ngày).', 'The benefit lasts {days} days, longer than the law gives at most ({most} days).', ...CHECK, LENGTH]),
  BENEFIT_GROUP_REGIME: warned(['GW963', 'Mã nhóm hưởng {group} thường không thuộc chế độ {regime}.', 'The group {group} does not usually belong to {regime}.', ...CHECK, LIST]),
  BENEFIT_OVERLAPS: warned(['GW964', 'Dòng {row} trùng ngày với dòng {other} của cùng một người, cùng chế độ.', 'Row {row} overlaps with row {other} of the same person and regime.', ...CHECK, LIST]),
  BENEFIT_BATCH_UNLIKELY: warned(['GW965', 'Đợt {batch} không phải là năm, tháng đã qua và số thứ tự.', 'The batch {batch} is not a past year and month with a number.', ...CHECK, LIST]),
  LATE_WITHOUT_EXPLANATION: warned(['GW966', 'Dòng {row} nghỉ đến {day}: đã quá 45 ngày và 7 ngày làm việc mà không có lý do giải trình.', 'The leave of row {row} ended on {day}: 45 days and 7 working days have passed, and no explanation is given.', 'Ghi lý do giải trình (LyDoGiaiTrinh) hoặc nộp văn bản giải trình.', 'Give the reason (LyDoGiaiTrinh) or file a written explanation.', 'Luật BHXH 41/2024/QH15 Điều 48, 62, 92']),
  ACCOUNT_HOLDER_DIFFERS: warned(['GW967', 'Tên chủ tài khoản khác họ tên người hưởng.', 'The holder of the account is not named like the person.', ...CHECK, LIST]),
  PAYMENT_ACCOUNT_INCOMPLETE: warned(['GW968', 'Tài khoản nhận tiền thiếu {missing}.', 'The account for the money lacks {missing}.', ...CHECK, LIST]),
  REGIME_NOT_OF_PROCEDURE: warned(['GW969', 'Thủ tục {procedure} không phải là thủ tục của chế độ {regime}.', 'Procedure {procedure} is not the one for {regime}.', 'Nộp theo thủ tục 630 hoặc thủ tục của chế độ đó.', 'File it under procedure 630 or that of the regime.', 'QĐ 838/QĐ-BHXH (2024): 1.001667, 2.000693, 1.001598']),
  ACCIDENT_LOSS_LOW: warned(['GW979', 'Mức suy giảm khả năng lao động {loss} % dưới {least} %: không đủ điều kiện hưởng trợ cấp.', 'The loss of ability to work, {loss} %, is below {least} %: no allowance is due.', ...CHECK, 'Luật An toàn, vệ sinh lao động 84/2015/QH13 Điều 45, 48']),
} satisfies Record<string, FindingText>;
