// What is wrong with the octets and with the shape of a document, whatever it declares (GW101–119, GW9xx).
import { CORRECT_FIELD, REPAIR_XML, STANDARD, XML, refused, warned } from './text.ts';
import type { FindingText } from './text.ts';

export const markupFindings = {
  XML_ENCODING: refused(['GW101', 'Hồ sơ không được mã hóa UTF-8.', 'The dossier is not encoded in UTF-8.', ...REPAIR_XML, 'TCVN 6909:2001; TT 15/2025/TT-BKHCN PL I 2.1']),
  XML_MALFORMED: refused(['GW102', 'Hồ sơ không phải là XML hợp lệ: {reason}.', 'The dossier is not well-formed XML: {reason}.', ...REPAIR_XML, XML]),
  XML_DOCTYPE: refused(['GW103', 'Hồ sơ không được chứa khai báo DOCTYPE.', 'A dossier must not contain a DOCTYPE.', ...REPAIR_XML, STANDARD]),
  XML_ENTITY: refused(['GW104', 'Hồ sơ dùng thực thể không được phép: {entity}.', 'The dossier uses an entity that is not allowed: {entity}.', ...REPAIR_XML, XML]),
  XML_PROCESSING_INSTRUCTION: refused(['GW105', 'Hồ sơ không được chứa chỉ thị xử lý (processing instruction).', 'A dossier must not contain processing instructions.', ...REPAIR_XML, STANDARD]),
  XML_LIMIT: refused(['GW106', 'Hồ sơ vượt giới hạn cấu trúc: {limit} tối đa {maximum}.', 'The dossier exceeds a structural limit: {limit} at most {maximum}.', ...REPAIR_XML, STANDARD]),
  // ── the form of the envelope ──
  ENVELOPE_ROOT: refused(['GW111', 'Phần tử gốc phải là {expected}, không phải {found}.', 'The root element must be {expected}, not {found}.', ...REPAIR_XML, STANDARD]),
  ELEMENT_MISSING: refused(['GW112', 'Phần tử {element} thiếu: {expected}.', 'Element {element} lacks: {expected}.', ...CORRECT_FIELD, STANDARD]),
  ELEMENT_UNKNOWN: refused(['GW113', 'Phần tử {element} không có trong biểu mẫu hoặc lặp lại.', 'Element {element} is not part of the form here, or is repeated.', ...CORRECT_FIELD, STANDARD]),
  VALUE_INVALID: refused(['GW114', 'Giá trị của {element} không đúng định dạng.', 'The value of {element} does not have the right format.', ...CORRECT_FIELD, STANDARD]),
  FINDINGS_OMITTED: warned(['GW904', 'Còn {count} phát hiện khác không liệt kê.', 'A further {count} findings are not listed.', 'Sửa các lỗi đã nêu rồi gửi lại.', 'Correct what is listed and resend.', STANDARD]),
} satisfies Record<string, FindingText>;
