// What is wrong with the certificate that signed (GW221–229); outcomes carry their ETSI EN 319 102-1 name.
import { CERTIFICATE, RENEW_CERTIFICATE, refused } from './text.ts';
import type { FindingText } from './text.ts';

export const certificateFindings = {
  NO_CERTIFICATE_CHAIN_FOUND: refused(['GW221', 'Không tìm được đường dẫn tin cậy từ chứng thư số do {issuer} cấp đến tổ chức gốc.', 'No trusted path from the certificate issued by {issuer} to a root.', ...RENEW_CERTIFICATE, CERTIFICATE]),
  CHAIN_CONSTRAINTS_FAILURE: refused(['GW222', 'Đường dẫn chứng thư số vi phạm ràng buộc: {reason}.', 'The certificate path violates a constraint: {reason}.', ...RENEW_CERTIFICATE, CERTIFICATE]),
  EXPIRED: refused(['GW223', 'Chứng thư số của {subject} đã hết hạn lúc {until}.', 'The certificate of {subject} expired at {until}.', ...RENEW_CERTIFICATE, CERTIFICATE]),
  NOT_YET_VALID: refused(['GW224', 'Chứng thư số của {subject} chưa có hiệu lực trước {from}.', 'The certificate of {subject} is not valid before {from}.', ...RENEW_CERTIFICATE, CERTIFICATE]),
  REVOKED: refused(['GW225', 'Chứng thư số của {subject} đã bị thu hồi lúc {revokedAt} ({reason}).', 'The certificate of {subject} was revoked at {revokedAt} ({reason}).', ...RENEW_CERTIFICATE, CERTIFICATE]),
  TAX_CODE_MISSING: refused(['GW226', 'Chứng thư số không ghi mã số thuế (UID=MST:…).', 'The certificate names no tax code (UID=MST:…).', ...RENEW_CERTIFICATE, 'TT 15/2025/TT-BKHCN PL II 1']),
  TAX_CODE_MISMATCH: refused(['GW227', 'Mã số thuế trong chứng thư số ({certificate}) không phải là của đơn vị ({declared}).', 'The tax code of the certificate ({certificate}) is not the unit’s ({declared}).', 'Ký bằng chứng thư số của chính đơn vị nộp hồ sơ.', 'Sign with the certificate of the unit that files.', 'TT 15/2025/TT-BKHCN PL II 2']),
  CERTIFICATE_NOT_REGISTERED: refused(['GW228', 'Chứng thư số ký hồ sơ chưa được đơn vị {unit} đăng ký với cơ quan BHXH {agency}, hoặc đăng ký đã hết hiệu lực.', 'The certificate that signs the dossier is not registered, or no longer, for unit {unit} with agency {agency}.', 'Đăng ký chứng thư số với cơ quan BHXH (mẫu 04) rồi gửi lại, hoặc ký bằng chứng thư số đã đăng ký.', 'Register the certificate with the agency (form 04) and resend, or sign with a registered one.', 'NĐ 166/2016/NĐ-CP; mẫu 04/ĐK-IVAN']),
} satisfies Record<string, FindingText>;
