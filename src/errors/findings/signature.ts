// What is wrong with a signature, its XAdES properties and time stamps (GW201–219, GW231–239); outcomes carry their ETSI EN 319 102-1 name.
import { CERTIFICATE, RENEW_CERTIFICATE, SIGN_AGAIN, SIGN_STRONGER, SIGN_XADES, STAMP_AGAIN, STANDARD, TIMESTAMP, XADES, XMLDSIG, refused, warned } from './text.ts';
import type { FindingText } from './text.ts';

export const signatureFindings = {
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
  SIGNING_TIME_UNVERIFIED: warned(['GW901', 'Tham chiếu {uri} đến thời điểm ký không khớp; thời điểm ký không được công nhận.', 'The reference {uri} to the signing time does not match; the signing time is not relied on.', 'Không cần làm gì; nên cập nhật phần mềm ký.', 'Nothing is required; update the signing software.', XMLDSIG]),
  XADES_PROPERTY_UNKNOWN: warned(['GW911', 'Thuộc tính {property} trong chữ ký XAdES không được xét.', 'The property {property} of the XAdES signature was not judged.', 'Không cần làm gì.', 'Nothing is required.', XADES]),
  XADES_OBJECT_FORMAT_MISSING: warned(['GW912', 'Chữ ký XAdES không ghi kiểu dữ liệu (DataObjectFormat/MimeType) của tham chiếu "{uri}".', 'The XAdES signature names no data format (DataObjectFormat/MimeType) for the reference "{uri}".', 'Không cần làm gì; nên cập nhật phần mềm ký.', 'Nothing is required; update the signing software.', XADES]),
  XADES_POLICY_NOT_APPLIED: warned(['GW913', 'Chính sách ký {policy} mà chữ ký viện dẫn không được cổng áp dụng.', 'The signature policy {policy} that the signature invokes was not applied.', 'Không cần làm gì.', 'Nothing is required.', XADES]),
  TIMESTAMP_UNTRUSTED: warned(['GW914', 'Dấu thời gian trong chữ ký do {subject} cấp, không được tin cậy: {reason}.', 'The time stamp in the signature was issued by {subject}, which is not trusted: {reason}.', 'Không cần làm gì; thời điểm của dấu thời gian không được công nhận.', 'Nothing is required; the time of the stamp is not relied on.', `${TIMESTAMP} (NO_CERTIFICATE_CHAIN_FOUND)`]),
} satisfies Record<string, FindingText>;
