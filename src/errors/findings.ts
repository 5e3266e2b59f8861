// The closed list of what can be wrong with a dossier: internal code → wire code (MA_LOI) → Vietnamese and English sentence → what to do
// now → clause. Words in braces are the finding's params. `CE047` is the agency's own code for an unsigned declaration; `GW…` are ours.
// Signature outcomes carry their ETSI EN 319 102-1 name as code.

import { fillIn } from './reasons.ts';

export interface FindingText {
  readonly wireCode: string;
  readonly severity: 'refuse' | 'warn';
  readonly vi: string;
  readonly en: string;
  readonly actionVi: string;
  readonly actionEn: string;
  readonly clause: string;
}

type Row = readonly [wireCode: string, vi: string, en: string, actionVi: string, actionEn: string, clause: string];

function refused(row: Row): FindingText {
  return textOf('refuse', row);
}

function warned(row: Row): FindingText {
  return textOf('warn', row);
}

function textOf(severity: 'refuse' | 'warn', [wireCode, vi, en, actionVi, actionEn, clause]: Row): FindingText {
  return { wireCode, severity, vi, en, actionVi, actionEn, clause };
}

const XML = 'W3C XML 1.0; TT 15/2025/TT-BKHCN PL I 3';
const XMLDSIG = 'W3C XML Signature 1.1; TT 15/2025/TT-BKHCN PL I 1.6';
const CERTIFICATE = 'TT 15/2025/TT-BKHCN PL II; RFC 5280';
const XADES = 'ETSI EN 319 132-1; TT 15/2025/TT-BKHCN PL I 1.6';
const TIMESTAMP = 'RFC 3161; RFC 5816; ETSI EN 319 422';
const STANDARD = 'Kế hoạch 991/KH-BHXH, nhiệm vụ 4 (Quy định chuẩn kết nối)';
const CONTRACT = 'NĐ 166/2016/NĐ-CP Điều 3(7); Kế hoạch 991/KH-BHXH, nhiệm vụ 2';

const REPAIR_XML: readonly [string, string] = [
  'Xuất lại hồ sơ từ phần mềm kê khai, ký lại rồi gửi lại.',
  'Export the dossier again from the declaration software, sign it again and resend.',
];
const SIGN_AGAIN: readonly [string, string] = [
  'Ký lại hồ sơ bằng chứng thư số của đơn vị (tại CKy_iVan: của I-VAN) và không thay đổi gì sau khi ký.',
  'Sign the dossier again with the unit’s certificate (in CKy_iVan: the I-VAN’s) and change nothing after signing.',
];
const SIGN_STRONGER: readonly [string, string] = [
  'Ký lại bằng RSA từ 2048 bit hoặc ECDSA (P-256, P-384, P-521) với SHA-256 trở lên; nơi áp dụng đúng TT 15/2025: RSASSA-PSS hoặc ECDSA.',
  'Sign again with RSA of 2048 bits or more, or ECDSA (P-256, P-384, P-521), and SHA-256 or stronger; where TT 15/2025 is applied to the letter: RSASSA-PSS or ECDSA.',
];
const SIGN_XADES: readonly [string, string] = [
  'Chọn chữ ký XAdES mức B trở lên (ETSI EN 319 132-1) trong phần mềm ký, không kèm chính sách ký riêng, rồi ký và gửi lại.',
  'Have the signing software write XAdES, level B or above (ETSI EN 319 132-1), without a signature policy of its own; sign again and resend.',
];
const STAMP_AGAIN: readonly [string, string] = [
  'Ký lại và lấy dấu thời gian mới từ tổ chức cấp dấu thời gian, hoặc ký không kèm dấu thời gian.',
  'Sign again with a new time stamp from a time-stamp authority, or without one.',
];
const RENEW_CERTIFICATE: readonly [string, string] = [
  'Dùng chứng thư số còn hiệu lực do tổ chức được cấp phép cấp, ký lại rồi gửi lại.',
  'Sign with a valid certificate of a licensed certification authority, then resend.',
];
const CORRECT_FIELD: readonly [string, string] = [
  'Sửa trường được nêu, ký lại rồi gửi lại.',
  'Correct the field named, sign again and resend.',
];

export const findingTexts = {
  // ── the bytes ──
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
  // ── the signature ──
  SIGNATURE_MISSING: refused(['GW201', 'Hồ sơ chưa được đơn vị ký số tại {expected}.', 'The dossier carries no signature at {expected}.', ...SIGN_AGAIN, 'NĐ 164/2025/NĐ-CP Điều 9(1)']),
  SIGNATURE_MULTIPLE: refused(['GW202', 'Có nhiều hơn một chữ ký tại {expected}.', 'There is more than one signature at {expected}.', ...SIGN_AGAIN, STANDARD]),
  SIGNATURE_MISPLACED: refused(['GW203', 'Chữ ký nằm ngoài vị trí quy định {expected}.', 'A signature stands outside its place {expected}.', ...SIGN_AGAIN, STANDARD]),
  SIGNATURE_FORMAT: refused(['GW204', 'Cấu trúc chữ ký không hợp lệ: {reason}.', 'The structure of the signature is not valid: {reason}.', ...SIGN_AGAIN, `${XMLDSIG} (FORMAT_FAILURE)`]),
  REFERENCE_PARTIAL: refused(['GW205', 'Chữ ký chỉ bao phủ một phần hồ sơ ({uri}).', 'The signature covers only a part of the dossier ({uri}).', ...SIGN_AGAIN, STANDARD]),
  REFERENCE_EXTERNAL: refused(['GW206', 'Chữ ký tham chiếu ra ngoài hồ sơ ({uri}).', 'The signature refers outside the dossier ({uri}).', ...SIGN_AGAIN, XMLDSIG]),
  TRANSFORM_FORBIDDEN: refused(['GW207', 'Phép biến đổi không được phép trong chữ ký: {algorithm}.', 'Transform not allowed in a signature: {algorithm}.', ...SIGN_AGAIN, STANDARD]),
  CRYPTO_CONSTRAINTS_FAILURE: refused(['GW208', 'Thuật toán hoặc độ dài khóa không được phép: {algorithm}.', 'Algorithm or key length not allowed: {algorithm}.', ...SIGN_STRONGER, 'TT 15/2025/TT-BKHCN PL I 1.2, 1.3']),
  HASH_FAILURE: refused(['GW209', 'Nội dung đã bị thay đổi sau khi ký.', 'The content was changed after signing.', ...SIGN_AGAIN, 'ETSI EN 319 102-1 HASH_FAILURE; TT 15/2025/TT-BKHCN PL II 2']),
  SIG_CRYPTO_FAILURE: refused(['GW210', 'Giá trị chữ ký không khớp với khóa của chứng thư số.', 'The signature value does not match the certificate’s key.', ...SIGN_AGAIN, 'ETSI EN 319 102-1 SIG_CRYPTO_FAILURE']),
  KEY_MISMATCH: refused(['GW211', 'Khóa trong KeyInfo không phải là khóa của chứng thư số kèm theo.', 'The key in KeyInfo is not the key of the certificate beside it.', ...SIGN_AGAIN, XMLDSIG]),
  CERTIFICATE_MISSING: refused(['GW212', 'Chữ ký không kèm chứng thư số.', 'The signature carries no certificate.', ...SIGN_AGAIN, 'TT 15/2025/TT-BKHCN Điều 5']),
  CERTIFICATE_MALFORMED: refused(['GW213', 'Chứng thư số kèm theo không đọc được.', 'The certificate in the signature cannot be read.', ...RENEW_CERTIFICATE, CERTIFICATE]),
  // ── XAdES and time stamps ──
  XADES_FORMAT: refused(['GW231', 'Thuộc tính XAdES không đúng cấu trúc: {reason}.', 'The XAdES properties are not as they must be: {reason}.', ...SIGN_XADES, `${XADES} (FORMAT_FAILURE)`]),
  XADES_PROPERTIES_MISSING: refused(['GW232', 'Chữ ký XAdES thiếu thuộc tính bắt buộc {property}.', 'The XAdES signature lacks the required property {property}.', ...SIGN_XADES, `${XADES} (SIG_CONSTRAINTS_FAILURE)`]),
  XADES_SIGNING_CERTIFICATE_MISMATCH: refused(['GW233', 'Chứng thư số trong KeyInfo không phải là chứng thư số mà thuộc tính {property} ghi nhận.', 'The certificate in KeyInfo is not the one that {property} names.', ...SIGN_XADES, `${XADES} (NO_SIGNING_CERTIFICATE_FOUND)`]),
  XADES_POLICY: refused(['GW234', 'Chữ ký viện dẫn chính sách ký {policy} mà cổng không áp dụng.', 'The signature invokes the signature policy {policy}, which the gateway does not apply.', ...SIGN_XADES, `${XADES} (SIGNATURE_POLICY_NOT_AVAILABLE)`]),
  TIMESTAMP_INVALID: refused(['GW235', 'Dấu thời gian trong chữ ký không hợp lệ: {reason}.', 'The time stamp in the signature is not valid: {reason}.', ...STAMP_AGAIN, `${TIMESTAMP} (SIG_CONSTRAINTS_FAILURE)`]),
  // ── the certificate ──
  NO_CERTIFICATE_CHAIN_FOUND: refused(['GW221', 'Không tìm được đường dẫn tin cậy từ chứng thư số do {issuer} cấp đến tổ chức gốc.', 'No trusted path from the certificate issued by {issuer} to a root.', ...RENEW_CERTIFICATE, CERTIFICATE]),
  CHAIN_CONSTRAINTS_FAILURE: refused(['GW222', 'Đường dẫn chứng thư số vi phạm ràng buộc: {reason}.', 'The certificate path violates a constraint: {reason}.', ...RENEW_CERTIFICATE, CERTIFICATE]),
  EXPIRED: refused(['GW223', 'Chứng thư số của {subject} đã hết hạn lúc {until}.', 'The certificate of {subject} expired at {until}.', ...RENEW_CERTIFICATE, CERTIFICATE]),
  NOT_YET_VALID: refused(['GW224', 'Chứng thư số của {subject} chưa có hiệu lực trước {from}.', 'The certificate of {subject} is not valid before {from}.', ...RENEW_CERTIFICATE, CERTIFICATE]),
  REVOKED: refused(['GW225', 'Chứng thư số của {subject} đã bị thu hồi lúc {revokedAt} ({reason}).', 'The certificate of {subject} was revoked at {revokedAt} ({reason}).', ...RENEW_CERTIFICATE, CERTIFICATE]),
  TAX_CODE_MISSING: refused(['GW226', 'Chứng thư số không ghi mã số thuế (UID=MST:…).', 'The certificate names no tax code (UID=MST:…).', ...RENEW_CERTIFICATE, 'TT 15/2025/TT-BKHCN PL II 1']),
  TAX_CODE_MISMATCH: refused(['GW227', 'Mã số thuế trong chứng thư số ({certificate}) không phải là của đơn vị ({declared}).', 'The tax code of the certificate ({certificate}) is not the unit’s ({declared}).', 'Ký bằng chứng thư số của chính đơn vị nộp hồ sơ.', 'Sign with the certificate of the unit that files.', 'TT 15/2025/TT-BKHCN PL II 2']),
  CERTIFICATE_NOT_REGISTERED: refused(['GW228', 'Chứng thư số ký hồ sơ chưa được đơn vị {unit} đăng ký với cơ quan BHXH {agency}, hoặc đăng ký đã hết hiệu lực.', 'The certificate that signs the dossier is not registered, or no longer, for unit {unit} with agency {agency}.', 'Đăng ký chứng thư số với cơ quan BHXH (mẫu 04) rồi gửi lại, hoặc ký bằng chứng thư số đã đăng ký.', 'Register the certificate with the agency (form 04) and resend, or sign with a registered one.', 'NĐ 166/2016/NĐ-CP; mẫu 04/ĐK-IVAN']),
  // ── the rules ──
  DECLARATION_UNSIGNED: refused(['CE047', 'Tờ khai phải có chữ ký.', 'A declaration must be signed.', 'Ký số tờ khai được nêu trước khi đóng gói hồ sơ.', 'Sign the declaration named before packing the dossier.', 'NĐ 164/2025/NĐ-CP Điều 9(1)']),
  FILE_CONTENT_BASE64: refused(['GW301', 'Nội dung tệp không phải là base64 hợp lệ.', 'The content of the file is not valid base64.', ...REPAIR_XML, STANDARD]),
  FILE_LENGTH: refused(['GW302', 'DoDaiFile là {declared} nhưng tệp có {decoded} byte ({encoded} ký tự base64).', 'DoDaiFile is {declared} but the file has {decoded} bytes ({encoded} base64 characters).', ...REPAIR_XML, STANDARD]),
  FILE_COUNT: refused(['GW303', 'SoLuongFile là {declared} nhưng hồ sơ có {counted} tệp.', 'SoLuongFile is {declared} but the dossier has {counted} files.', ...REPAIR_XML, STANDARD]),
  PROCEDURE_UNKNOWN: refused(['GW311', 'Không tồn tại mã thủ tục {procedure}.', 'There is no procedure {procedure}.', ...CORRECT_FIELD, 'QĐ 838/QĐ-BHXH (2024)']),
  FORM_MISSING: refused(['GW312', 'Thủ tục {procedure} thiếu tờ khai {form}.', 'Procedure {procedure} lacks form {form}.', 'Bổ sung tờ khai bắt buộc rồi ký và gửi lại.', 'Add the required form, sign again and resend.', 'QĐ 838/QĐ-BHXH (2024)']),
  FORM_NOT_ALLOWED: refused(['GW313', 'Thủ tục {procedure} không cho phép nộp tờ khai {form}.', 'Procedure {procedure} does not allow form {form}.', 'Bỏ tờ khai không thuộc thủ tục hoặc chọn đúng thủ tục.', 'Leave out the form, or choose the right procedure.', 'QĐ 838/QĐ-BHXH (2024)']),
  AGENCY_UNKNOWN: refused(['GW314', 'Không tồn tại mã cơ quan BHXH {agency}.', 'There is no social-insurance agency {agency}.', ...CORRECT_FIELD, STANDARD]),
  IVAN_UNKNOWN: refused(['GW315', 'Không tồn tại mã tổ chức I-VAN {ivan}.', 'There is no I-VAN {ivan}.', ...CORRECT_FIELD, CONTRACT]),
  IVAN_MISMATCH: refused(['GW316', 'Hồ sơ ghi I-VAN {declared} nhưng do {connected} gửi.', 'The dossier names I-VAN {declared} but was sent by {connected}.', 'Gửi hồ sơ qua đúng I-VAN ghi trong hồ sơ, hoặc để trống MaIVAN khi nộp trực tiếp.', 'Send through the I-VAN the dossier names, or leave MaIVAN empty when filing directly.', CONTRACT]),
  IVAN_CONTRACT_INACTIVE: refused(['GW317', 'Hợp đồng của I-VAN {ivan} không có hiệu lực (từ {from} đến {until}).', 'The contract of I-VAN {ivan} is not in force (from {from} to {until}).', 'I-VAN liên hệ BHXH Việt Nam để gia hạn hợp đồng.', 'The I-VAN must renew its contract with Vietnam Social Security.', CONTRACT]),
  PERIOD_INVALID: refused(['GW318', 'Kỳ kê khai phải có dạng MM/yyyy và là tháng có thật.', 'The period must be MM/yyyy and a real month.', ...CORRECT_FIELD, STANDARD]),
  DATE_INVALID: refused(['GW319', 'Ngày phải có dạng dd/MM/yyyy và là ngày có thật.', 'The date must be dd/MM/yyyy and a real day.', ...CORRECT_FIELD, STANDARD]),
  // ── an agency's answer ──
  ANSWER_SIGNER: refused(['GW401', 'Kết quả do {subject} ký, không phải chứng thư số của cơ quan xử lý.', 'The answer is signed by {subject}, which is not a certificate of the processing agency.', 'Cơ quan xử lý ký lại bằng chứng thư số đã đăng ký.', 'The agency signs again with its registered certificate.', STANDARD]),
  ANSWER_MISMATCH: refused(['GW402', 'Kết quả không thuộc hồ sơ này: {found} thay vì {expected}.', 'The answer is not about this dossier: {found} instead of {expected}.', 'Cơ quan xử lý gửi lại kết quả của đúng hồ sơ.', 'The agency sends the answer to this very dossier.', STANDARD]),
  // ── accepted, but said ──
  SIGNING_TIME_UNVERIFIED: warned(['GW901', 'Tham chiếu {uri} đến thời điểm ký không khớp; thời điểm ký không được công nhận.', 'The reference {uri} to the signing time does not match; the signing time is not relied on.', 'Không cần làm gì; nên cập nhật phần mềm ký.', 'Nothing is required; update the signing software.', XMLDSIG]),
  XADES_PROPERTY_UNKNOWN: warned(['GW911', 'Thuộc tính {property} trong chữ ký XAdES không được xét.', 'The property {property} of the XAdES signature was not judged.', 'Không cần làm gì.', 'Nothing is required.', XADES]),
  XADES_OBJECT_FORMAT_MISSING: warned(['GW912', 'Chữ ký XAdES không ghi kiểu dữ liệu (DataObjectFormat/MimeType) của tham chiếu "{uri}".', 'The XAdES signature names no data format (DataObjectFormat/MimeType) for the reference "{uri}".', 'Không cần làm gì; nên cập nhật phần mềm ký.', 'Nothing is required; update the signing software.', XADES]),
  XADES_POLICY_NOT_APPLIED: warned(['GW913', 'Chính sách ký {policy} mà chữ ký viện dẫn không được cổng áp dụng.', 'The signature policy {policy} that the signature invokes was not applied.', 'Không cần làm gì.', 'Nothing is required.', XADES]),
  TIMESTAMP_UNTRUSTED: warned(['GW914', 'Dấu thời gian trong chữ ký do {subject} cấp, không được tin cậy: {reason}.', 'The time stamp in the signature was issued by {subject}, which is not trusted: {reason}.', 'Không cần làm gì; thời điểm của dấu thời gian không được công nhận.', 'Nothing is required; the time of the stamp is not relied on.', `${TIMESTAMP} (NO_CERTIFICATE_CHAIN_FOUND)`]),
  FINDINGS_OMITTED: warned(['GW904', 'Còn {count} phát hiện khác không liệt kê.', 'A further {count} findings are not listed.', 'Sửa các lỗi đã nêu rồi gửi lại.', 'Correct what is listed and resend.', STANDARD]),
  FORM_WITHOUT_SCHEMA: warned(['GW903', 'Biểu mẫu {form} chưa có lược đồ trong phiên bản này; nội dung được chuyển nguyên văn.', 'Form {form} has no schema in this version; its content is passed on as it is.', 'Không cần làm gì.', 'Nothing is required.', STANDARD]),
} satisfies Record<string, FindingText>;

export type FindingCode = keyof typeof findingTexts;

export function severityOf(code: FindingCode): 'refuse' | 'warn' {
  return findingTexts[code].severity;
}

/** The code's sentences with `{name}` replaced by the finding's params. */
export function sentencesOf(code: FindingCode, params: Readonly<Record<string, string>>): { vi: string; en: string } {
  const { vi, en } = findingTexts[code];
  return { vi: fillIn(vi, params, 0), en: fillIn(en, params, 1) };
}
