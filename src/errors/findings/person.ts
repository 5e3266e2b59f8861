// What the rules say of people: numbers, sex, birth, the declaration TK1-TS with its household annex, and people across forms (GW550–599; warnings
// from GW926). The reading of GioiTinh is inferred and not every case of the law is known here, so most of it is warned of.
import { CORRECT_FIELD, refused, warned } from './text.ts';
import type { FindingText } from './text.ts';

const AUTHENTICATION = 'QĐ 366/QĐ-BHXH (2026) Điều 5(1.3.1)';
const PERSON = 'QĐ 366/QĐ-BHXH (2026), mẫu TK1-TS; QĐ 595/QĐ-BHXH';
const HOUSEHOLD = 'QĐ 595/QĐ-BHXH, Phụ lục thành viên hộ gia đình kèm mẫu TK1-TS';
const LISTS = 'QĐ 366/QĐ-BHXH (2026), mẫu D02-LT; QĐ 595/QĐ-BHXH, mẫu D02-TS';
const PERSONAL_NUMBER = 'NĐ 137/2015/NĐ-CP Điều 13; QĐ 366/QĐ-BHXH (2026) Điều 5(1.3.1)';
const CHECK_PERSON: readonly [string, string] = [
  'Đối chiếu với giấy tờ của người lao động; nếu đúng thì không cần làm gì, nếu sai thì sửa, ký lại và gửi hồ sơ điều chỉnh.',
  'Compare with the person’s papers; if it is right nothing is required, if not correct it, sign again and file an adjustment.',
];

export const personFindings = {
  INSURANCE_NUMBER_INVALID: refused(['GW550', 'Mã số BHXH phải có 10 chữ số (hoặc 12 chữ số của số định danh), không phải {digits}.', 'An insurance number has 10 digits (or the 12 of the personal number), not {digits}.', ...CORRECT_FIELD, AUTHENTICATION]),
  PERSON_DATA_MISSING: refused(['GW551', 'Người ở dòng {row} chưa có mã số BHXH nên phải khai {field}.', 'The person of row {row} has no insurance number, so that {field} must be given.', ...CORRECT_FIELD, `${AUTHENTICATION}; mẫu TK1-TS`]),
  BIRTH_EXACTNESS: refused(['GW552', 'CCNS là {exactness} nhưng ngày sinh chỉ ghi {born}.', 'CCNS is {exactness}, but the birth is written only as {born}.', ...CORRECT_FIELD, PERSON]),
  IDENTITY_NUMBER_INVALID: refused(['GW553', 'Số CMND/CCCD của công dân Việt Nam phải có 9 hoặc 12 chữ số, không phải {digits}.', 'The identity number of a Vietnamese citizen has 9 or 12 digits, not {digits}.', ...CORRECT_FIELD, PERSONAL_NUMBER]),
  HOUSEHOLD_HEADS: refused(['GW554', 'Hộ gia đình của người ở dòng {person} có {count} chủ hộ.', 'The household of the person of row {person} has {count} heads.', ...CORRECT_FIELD, HOUSEHOLD]),
  INSURANCE_NUMBER_PERSONAL: warned(['GW926', 'Mã số BHXH ghi bằng số định danh 12 chữ số thay cho 10 chữ số.', 'The insurance number is written as the 12-digit personal number instead of 10 digits.', ...CHECK_PERSON, AUTHENTICATION]),
  IDENTITY_NUMBER_UNLIKELY: warned(['GW927', 'Số giấy tờ gồm {digits} chữ số: CMND/CCCD có 9 hoặc 12 chữ số.', 'The number of the paper has {digits} digits: identity cards have 9 or 12.', ...CHECK_PERSON, PERSONAL_NUMBER]),
  IDENTITY_NUMBER_SEX: warned(['GW928', 'Chữ số giới tính trong số định danh không khớp với GioiTinh {sex}.', 'The digit for the sex in the personal number does not match GioiTinh {sex}.', ...CHECK_PERSON, PERSONAL_NUMBER]),
  IDENTITY_NUMBER_BIRTH: warned(['GW929', 'Số định danh ghi năm sinh {year} nhưng ngày sinh là {born}.', 'The personal number says birth in {year}, but the birth is written as {born}.', ...CHECK_PERSON, PERSONAL_NUMBER]),
  AGE_UNLIKELY: warned(['GW930', 'Người lao động {age} tuổi vào tháng {month} (thường từ {least} đến {most}).', 'The person is {age} years old in month {month} (usually {least} to {most}).', ...CHECK_PERSON, 'Bộ luật Lao động 45/2019/QH14 Điều 3; Luật BHXH 41/2024/QH15 Điều 2']),
  ROW_NUMBERS: warned(['GW931', 'Số thứ tự {number} ở dòng {row}: số thứ tự không liên tục hoặc bị lặp.', 'Number {number} stands in row {row}: the rows are not numbered one after the other.', 'Không cần làm gì; nên đánh lại số thứ tự.', 'Nothing is required; number the rows anew next time.', `${LISTS}, D03-TS, D05-TS`]),
  HOUSEHOLD_HEAD_MISSING: warned(['GW932', 'Hộ gia đình của người ở dòng {person} không có thành viên nào là chủ hộ.', 'No member of the household of the person of row {person} is its head.', ...CHECK_PERSON, HOUSEHOLD]),
  HOUSEHOLD_MEMBER_REPEATED: warned(['GW933', 'Thành viên hộ gia đình ở dòng {row} lặp lại thành viên ở dòng {other}.', 'The household member of row {row} repeats that of row {other}.', ...CHECK_PERSON, HOUSEHOLD]),
  HOUSEHOLD_MEMBER_DIFFERS: warned(['GW934', '{field} của thành viên hộ gia đình khác với người cùng mã số ở dòng {person}.', '{field} of the household member differs from that of the person with the same number in row {person}.', ...CHECK_PERSON, HOUSEHOLD]),
  CHANGE_TEXT_MISSING: warned(['GW935', 'Người đã có mã số BHXH nhưng nội dung thay đổi, yêu cầu (Noidung_Thaydoi) để trống.', 'The person has an insurance number, but what is to change (Noidung_Thaydoi) is empty.', ...CHECK_PERSON, PERSON]),
  HOSPITAL_CODE: warned(['GW936', 'Mã cơ sở khám chữa bệnh {hospital} không phải 3 chữ số sau mã tỉnh, hoặc 5 chữ số bắt đầu bằng mã tỉnh.', 'The hospital code {hospital} is not 3 digits after the province, or 5 that begin with it.', ...CHECK_PERSON, `${PERSON}, mẫu TK1-TS, D03-TS`]),
  TELEPHONE_SHAPE: warned(['GW937', 'Số điện thoại {number} không đúng dạng.', 'The telephone number {number} does not look like one.', ...CHECK_PERSON, `${PERSON}, mẫu TK1-TS, TK3-TS`]),
  EMAIL_SHAPE: warned(['GW938', 'Địa chỉ thư điện tử không đúng dạng.', 'The e-mail address does not look like one.', ...CHECK_PERSON, `${PERSON}, mẫu TK1-TS, TK3-TS`]),
  PERSON_DECLARED_TWICE: warned(['GW939', 'Dòng {row} kê khai lại người của dòng {other}.', 'Row {row} declares the person of row {other} again.', ...CHECK_PERSON, PERSON]),
  PERSON_NOT_IN_LIST: warned(['GW940', 'Người ở dòng {row} của TK1-TS không có trong danh sách lao động của hồ sơ.', 'The person of row {row} of the TK1-TS is not in the labour list of the dossier.', ...CHECK_PERSON, LISTS]),
  NEW_PERSON_WITHOUT_DECLARATION: warned(['GW941', 'Người ở dòng {row} tăng mới, chưa có mã số BHXH và không có tờ khai TK1-TS trong hồ sơ.', 'The person of row {row} is new, has no insurance number and no TK1-TS in the dossier.', 'Nộp tờ khai TK1-TS của người đó nếu chưa nộp.', 'File the TK1-TS of the person unless that was done.', 'Luật BHXH 41/2024/QH15 Điều 28(1); QĐ 595/QĐ-BHXH, mẫu TK1-TS']),
  PERSON_DATA_DIFFERS: warned(['GW942', '{field} ở dòng {row} của TK1-TS khác với dòng {other} của danh sách lao động.', '{field} in row {row} of the TK1-TS differs from row {other} of the labour list.', ...CHECK_PERSON, AUTHENTICATION]),
  COUNT_EXCEEDS_ROWS: warned(['GW943', '{field} là {count} nhưng danh sách chỉ có {rows} dòng.', '{field} is {count}, but the list has only {rows} rows.', ...CHECK_PERSON, `${LISTS}, D03-TS, D05-TS`]),
  PAPERS_MISSING: warned(['GW944', 'Dòng {row} ghi có hồ sơ kèm theo nhưng hồ sơ không có bảng kê D01-TS hay chứng từ nào.', 'Row {row} says that papers are enclosed, but the dossier has neither a D01-TS nor an attachment.', 'Nộp bổ sung giấy tờ kèm theo nếu cần.', 'File the papers if they are needed.', 'QĐ 595/QĐ-BHXH, mẫu D01-TS']),
  SIGNATORY_DIFFERS: warned(['GW945', 'NguoiKy không phải là người đứng tên chứng thư số ({certificate}).', 'The signatory named is not the person of the certificate ({certificate}).', 'Không cần làm gì nếu người ký được ủy quyền; nếu không, ghi đúng tên người ký.', 'Nothing is required if the signer is authorised; otherwise name the person who signs.', 'NĐ 164/2025/NĐ-CP Điều 9(1)']),
} satisfies Record<string, FindingText>;
