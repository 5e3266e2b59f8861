// The columns of a row of the table of findings, and the actions and clauses that several rows share.
// The blocks of wire codes: GW1 the octets · GW2 signature and certificate · GW3 envelope, files, who sends, other dossiers · GW4 an agency's
// answer · GW5–GW7 the forms · GW9 warnings. A code that was once given to somebody never changes its meaning.

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

export function refused(row: Row): FindingText {
  return textOf('refuse', row);
}

export function warned(row: Row): FindingText {
  return textOf('warn', row);
}

function textOf(severity: 'refuse' | 'warn', [wireCode, vi, en, actionVi, actionEn, clause]: Row): FindingText {
  return { wireCode, severity, vi, en, actionVi, actionEn, clause };
}

export const XML = 'W3C XML 1.0; TT 15/2025/TT-BKHCN PL I 3';
export const XMLDSIG = 'W3C XML Signature 1.1; TT 15/2025/TT-BKHCN PL I 1.6';
export const CERTIFICATE = 'TT 15/2025/TT-BKHCN PL II; RFC 5280';
export const XADES = 'ETSI EN 319 132-1; TT 15/2025/TT-BKHCN PL I 1.6';
export const TIMESTAMP = 'RFC 3161; RFC 5816; ETSI EN 319 422';
export const STANDARD = 'Kế hoạch 991/KH-BHXH, nhiệm vụ 4 (Quy định chuẩn kết nối)';
export const CONTRACT = 'NĐ 166/2016/NĐ-CP Điều 3(7); Kế hoạch 991/KH-BHXH, nhiệm vụ 2';
export const REPAIR_XML: readonly [string, string] = [
  'Xuất lại hồ sơ từ phần mềm kê khai, ký lại rồi gửi lại.',
  'Export the dossier again from the declaration software, sign it again and resend.',
];
export const SIGN_AGAIN: readonly [string, string] = [
  'Ký lại hồ sơ bằng chứng thư số của đơn vị (tại CKy_iVan: của I-VAN) và không thay đổi gì sau khi ký.',
  'Sign the dossier again with the unit’s certificate (in CKy_iVan: the I-VAN’s) and change nothing after signing.',
];
export const SIGN_STRONGER: readonly [string, string] = [
  'Ký lại bằng RSA từ 2048 bit hoặc ECDSA (P-256, P-384, P-521) với SHA-256 trở lên; nơi áp dụng đúng TT 15/2025: RSASSA-PSS hoặc ECDSA.',
  'Sign again with RSA of 2048 bits or more, or ECDSA (P-256, P-384, P-521), and SHA-256 or stronger; where TT 15/2025 is applied to the letter: RSASSA-PSS or ECDSA.',
];
export const SIGN_XADES: readonly [string, string] = [
  'Chọn chữ ký XAdES mức B trở lên (ETSI EN 319 132-1) trong phần mềm ký, không kèm chính sách ký riêng, rồi ký và gửi lại.',
  'Have the signing software write XAdES, level B or above (ETSI EN 319 132-1), without a signature policy of its own; sign again and resend.',
];
export const STAMP_AGAIN: readonly [string, string] = [
  'Ký lại và lấy dấu thời gian mới từ tổ chức cấp dấu thời gian, hoặc ký không kèm dấu thời gian.',
  'Sign again with a new time stamp from a time-stamp authority, or without one.',
];
export const RENEW_CERTIFICATE: readonly [string, string] = [
  'Dùng chứng thư số còn hiệu lực do tổ chức được cấp phép cấp, ký lại rồi gửi lại.',
  'Sign with a valid certificate of a licensed certification authority, then resend.',
];
export const CORRECT_FIELD: readonly [string, string] = [
  'Sửa trường được nêu, ký lại rồi gửi lại.',
  'Correct the field named, sign again and resend.',
];
