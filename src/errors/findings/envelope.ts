// What the rules say of the envelope, of its files and of who sends it (GW301–319).
import { CONTRACT, CORRECT_FIELD, REPAIR_XML, STANDARD, refused, warned } from './text.ts';
import type { FindingText } from './text.ts';

export const envelopeFindings = {
  DECLARATION_UNSIGNED: refused(['CE047', 'Tờ khai phải có chữ ký.', 'A declaration must be signed.', 'Ký số tờ khai được nêu trước khi đóng gói hồ sơ.', 'Sign the declaration named before packing the dossier.', 'NĐ 164/2025/NĐ-CP Điều 9(1)']),
  FILE_CONTENT_BASE64: refused(['GW301', 'Nội dung tệp không phải là base64 hợp lệ.', 'The content of the file is not valid base64.', ...REPAIR_XML, STANDARD]),
  FILE_LENGTH: refused(['GW302', 'DoDaiFile là {declared} nhưng tệp có {decoded} byte ({encoded} ký tự base64).', 'DoDaiFile is {declared} but the file has {decoded} bytes ({encoded} base64 characters).', ...REPAIR_XML, STANDARD]),
  FILE_COUNT: refused(['GW303', 'SoLuongFile là {declared} nhưng hồ sơ có {counted} tệp.', 'SoLuongFile is {declared} but the dossier has {counted} files.', ...REPAIR_XML, STANDARD]),
  FORM_NOT_IN_FORCE: refused(['GW304', 'Biểu mẫu {form} không có hiệu lực vào ngày {day}.', 'Form {form} is not in force on {day}.', 'Lập lại tờ khai theo biểu mẫu đang có hiệu lực.', 'Make the declaration again on the form in force.', STANDARD]),
  IVAN_CHANNEL_CLOSED: refused(['GW305', 'Từ ngày {day} hồ sơ không còn được nộp qua I-VAN.', 'Since {day} dossiers are no longer filed through an I-VAN.', 'Nộp hồ sơ qua Cổng Dịch vụ công.', 'File through the National Public Service Portal.', 'NĐ 164/2025/NĐ-CP Điều 26(2)']),
  PROCEDURE_NOT_THROUGH_IVAN: refused(['GW306', 'Thủ tục {procedure} không nộp qua I-VAN.', 'Procedure {procedure} is not filed through an I-VAN.', 'Nộp trực tiếp.', 'File directly.', 'QĐ 838/QĐ-BHXH (2024)']),
  PROCEDURE_NOT_IN_FORCE: refused(['GW307', 'Thủ tục {procedure} không có hiệu lực vào ngày {day}.', 'Procedure {procedure} is not in force on {day}.', 'Chọn thủ tục đang có hiệu lực.', 'Choose a procedure that is in force.', 'QĐ 838/QĐ-BHXH (2024)']),
  PROCEDURE_UNKNOWN: refused(['GW311', 'Không tồn tại mã thủ tục {procedure}.', 'There is no procedure {procedure}.', ...CORRECT_FIELD, 'QĐ 838/QĐ-BHXH (2024)']),
  FORM_MISSING: refused(['GW312', 'Thủ tục {procedure} thiếu tờ khai {form}.', 'Procedure {procedure} lacks form {form}.', 'Bổ sung tờ khai bắt buộc rồi ký và gửi lại.', 'Add the required form, sign again and resend.', 'QĐ 838/QĐ-BHXH (2024)']),
  FORM_NOT_ALLOWED: refused(['GW313', 'Thủ tục {procedure} không cho phép nộp tờ khai {form}.', 'Procedure {procedure} does not allow form {form}.', 'Bỏ tờ khai không thuộc thủ tục hoặc chọn đúng thủ tục.', 'Leave out the form, or choose the right procedure.', 'QĐ 838/QĐ-BHXH (2024)']),
  AGENCY_UNKNOWN: refused(['GW314', 'Không tồn tại mã cơ quan BHXH {agency}.', 'There is no social-insurance agency {agency}.', ...CORRECT_FIELD, STANDARD]),
  IVAN_UNKNOWN: refused(['GW315', 'Không tồn tại mã tổ chức I-VAN {ivan}.', 'There is no I-VAN {ivan}.', ...CORRECT_FIELD, CONTRACT]),
  IVAN_MISMATCH: refused(['GW316', 'Hồ sơ ghi I-VAN {declared} nhưng do {connected} gửi.', 'The dossier names I-VAN {declared} but was sent by {connected}.', 'Gửi hồ sơ qua đúng I-VAN ghi trong hồ sơ, hoặc để trống MaIVAN khi nộp trực tiếp.', 'Send through the I-VAN the dossier names, or leave MaIVAN empty when filing directly.', CONTRACT]),
  IVAN_CONTRACT_INACTIVE: refused(['GW317', 'Hợp đồng của I-VAN {ivan} không có hiệu lực (từ {from} đến {until}).', 'The contract of I-VAN {ivan} is not in force (from {from} to {until}).', 'I-VAN liên hệ BHXH Việt Nam để gia hạn hợp đồng.', 'The I-VAN must renew its contract with Vietnam Social Security.', CONTRACT]),
  PERIOD_INVALID: refused(['GW318', 'Kỳ kê khai phải có dạng MM/yyyy và là tháng có thật.', 'The period must be MM/yyyy and a real month.', ...CORRECT_FIELD, STANDARD]),
  DATE_INVALID: refused(['GW319', 'Ngày phải có dạng dd/MM/yyyy và là ngày có thật.', 'The date must be dd/MM/yyyy and a real day.', ...CORRECT_FIELD, STANDARD]),
  FORM_WITHOUT_SCHEMA: warned(['GW903', 'Biểu mẫu {form} chưa có lược đồ trong phiên bản này; nội dung được chuyển nguyên văn.', 'Form {form} has no schema in this version; its content is passed on as it is.', 'Không cần làm gì.', 'Nothing is required.', STANDARD]),
} satisfies Record<string, FindingText>;
