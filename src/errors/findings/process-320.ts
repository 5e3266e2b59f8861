// What the rules say of process 320, review of insurance books: of the unit's list (Mẫu 01), and of the agency's own papers of the process
// (GW730–759). All of it is of the notice; the elements are ours (schemas/M01-320 and beside it).
import { CORRECT_FIELD, refused } from './text.ts';
import type { FindingText } from './text.ts';

const STEP_1 = '3142/TB-BHXH (28/12/2016), bước 1';
const STEP_2 = '3142/TB-BHXH (28/12/2016), bước 2';
const STEP_3 = '3142/TB-BHXH (28/12/2016), bước 3';
const UNEMPLOYMENT = 'CV 3722/BHXH-CST (19/11/2015); 3142/TB-BHXH (28/12/2016), bước 3';

export const process320Findings = {
  BOOK_COUNTS: refused(['GW730', '{field} là {count} nhưng danh sách có {rows}.', '{field} is {count}, but the list has {rows}.', ...CORRECT_FIELD, STEP_1]),
  BOOK_NUMBER_MISSING: refused(['GW731', 'Sổ không có mã số BHXH hay số sổ.', 'The book has neither an insurance number nor a book number.', ...CORRECT_FIELD, STEP_1]),
  BOOK_REPEATED: refused(['GW732', 'Dòng {row} lặp lại số sổ của dòng {other}.', 'Row {row} repeats the book number of row {other}.', 'Bỏ dòng lặp, ký lại rồi gửi lại.', 'Remove the repeated row, sign again and resend.', STEP_1]),
  BOOK_CUTOFF: refused(['GW733', 'Rà soát đến tháng {month}, phải đến tháng {cutoff} (tháng 12 của năm trước năm nộp).', 'The books are reviewed up to {month} instead of {cutoff}, December of the year before filing.', ...CORRECT_FIELD, '3142/TB-BHXH (28/12/2016), mục đích']),
  COVER_WITHOUT_LEAVES: refused(['GW734', 'Bìa sổ phải có tờ rời kèm theo.', 'A cover needs its leaves.', ...CORRECT_FIELD, '3142/TB-BHXH (28/12/2016), điều kiện']),
  BOOK_BATCH: refused(['GW735', 'Đợt bổ sung không thể là đợt 1.', 'A supplementary batch cannot be the first.', ...CORRECT_FIELD, STEP_3]),
  BOOK_MONTHS_REVERSED: refused(['GW740', 'Đến tháng {until} trước từ tháng {from}.', 'The last month {until} is before the first month {from}.', ...CORRECT_FIELD, STEP_2]),
  BOOK_AFTER_CUTOFF: refused(['GW741', 'Giai đoạn đến tháng {month} vượt quá tháng rà soát {cutoff}.', 'The period goes on to {month}, beyond the month reviewed, {cutoff}.', ...CORRECT_FIELD, '3142/TB-BHXH (28/12/2016), mục đích']),
  BOOK_UNCONFIRMED: refused(['GW742', 'Giai đoạn từ tháng {from}, trước 01/1995, phải có xác nhận của cơ quan BHXH.', 'The period from {from}, before 01/1995, must be confirmed by the agency.', ...CORRECT_FIELD, STEP_2]),
  BOOK_PERIODS_OVERLAP: refused(['GW743', 'Giai đoạn ở dòng {row} trùng tháng với dòng {other} của cùng người, cùng quỹ {fund}.', 'The period of row {row} overlaps with that of row {other}, same person and fund {fund}.', ...CORRECT_FIELD, STEP_2]),
  BOOK_PERSON_UNKNOWN: refused(['GW744', 'Giai đoạn ở dòng {row} là của người không có trong danh sách.', 'The period of row {row} is of somebody who is not listed.', ...CORRECT_FIELD, STEP_2]),
  BOOK_CUT_WITHOUT_PERIOD: refused(['GW745', 'Người ở dòng {row} có mã {option} nhưng không có giai đoạn nào của quỹ {fund} được đánh dấu đã hưởng.', 'The person of row {row} has the code {option}, but no period of the fund {fund} is marked as used.', ...CORRECT_FIELD, STEP_3]),
  BOOK_USED_MONTHS: refused(['GW746', 'Người ở dòng {row} đã hưởng {months} tháng BHTN từ 2015: mỗi tháng trợ cấp trừ 12 tháng đóng, nên phải là bội của 12.', 'The person of row {row} used {months} months of unemployment insurance since 2015: each month of benefit uses 12, so it must be a multiple of 12.', ...CORRECT_FIELD, UNEMPLOYMENT]),
  SLIP_DAYS_REVERSED: refused(['GW747', '{until} ({day}) trước {from}.', '{until} ({day}) is before {from}.', ...CORRECT_FIELD, '3142/TB-BHXH (28/12/2016)']),
  SLIP_DUE_DAY: refused(['GW748', '{until} là {day}, phải là {expected}: {days} ngày làm việc sau {from}.', '{until} is {day} instead of {expected}, {days} working days after {from}.', ...CORRECT_FIELD, '3142/TB-BHXH (28/12/2016), thời hạn']),
  SLIP_TO_ITSELF: refused(['GW749', 'Phiếu yêu cầu gửi cho chính bộ phận yêu cầu ({room}).', 'The request goes to the room that asks ({room}).', ...CORRECT_FIELD, STEP_3]),
} satisfies Record<string, FindingText>;
