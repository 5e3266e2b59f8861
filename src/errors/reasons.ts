// The closed list of short reasons that stand inside a finding's sentence as the value of a param, in both languages.

export const reasonTexts = {
  // XML
  NO_ROOT: ['không tìm thấy phần tử gốc', 'no root element found'],
  TRUNCATED: ['dữ liệu kết thúc giữa chừng', 'the data ends before the document does'],
  TAG_MISMATCH: ['thẻ đóng không khớp thẻ mở', 'an end tag does not match its start tag'],
  TAG_SYNTAX: ['thẻ sai cú pháp', 'a tag is not written correctly'],
  NAME: ['tên không hợp lệ', 'a name is not valid'],
  CHARACTER: ['có ký tự không được phép trong XML', 'a character is not allowed in XML'],
  ATTRIBUTE_SYNTAX: ['thuộc tính sai cú pháp', 'an attribute is not written correctly'],
  ATTRIBUTE_REPEATED: ['thuộc tính bị lặp', 'an attribute is repeated'],
  PREFIX_UNBOUND: ['tiền tố không gian tên chưa khai báo', 'a namespace prefix is not declared'],
  NAMESPACE_RESERVED: ['không gian tên dành riêng bị dùng sai', 'a reserved namespace is misused'],
  REFERENCE_SYNTAX: ['tham chiếu ký tự sai cú pháp', 'a character reference is not written correctly'],
  TEXT_OUTSIDE: ['có nội dung ngoài phần tử gốc', 'there is content outside the root element'],
  XML_DECLARATION: ['khai báo XML không hợp lệ', 'the XML declaration is not valid'],
  COMMENT_SYNTAX: ['chú thích sai cú pháp', 'a comment is not written correctly'],
  CDATA_END: ['chuỗi ]]> không được phép trong văn bản', 'the sequence ]]> is not allowed in text'],
  LIMIT_DEPTH: ['độ sâu phần tử', 'element depth'],
  LIMIT_ATTRIBUTES: ['số thuộc tính của một phần tử', 'attributes of one element'],
  LIMIT_NAME: ['độ dài tên (byte)', 'octets of a name'],
  LIMIT_NAMESPACES: ['số khai báo không gian tên đang có hiệu lực', 'namespace declarations in scope'],
  LIMIT_FILES: ['số tệp của hồ sơ', 'files of a dossier'],
  LIMIT_NODES: ['số nút của tài liệu', 'nodes of the document'],
  LIMIT_EXCLUSIVE: ['độ dài dạng chuẩn exclusive (lần độ dài tài liệu)', 'length of the exclusive canonical form, in lengths of the document'],
  DIRECT_FILING: ['đơn vị nộp trực tiếp', 'a unit filing directly'],
  // not now
  REVOCATION_UNKNOWN: ['chưa xác định được tình trạng thu hồi của chứng thư số', 'the revocation state of a certificate is not known'],
  TRUST_MATERIAL: ['danh mục tổ chức chứng thực cần được kiểm tra lại', 'the trust material needs attention'],
  TOLD_TO_FAIL: ['được yêu cầu báo lỗi', 'told to fail'],
  DATABASE_AWAY: ['cơ sở dữ liệu tạm thời không truy cập được', 'the database cannot be reached'],
  WAITERS_FULL: ['quá nhiều lời gọi đang chờ sự kiện cùng lúc', 'too many calls are waiting for events at once'],
  QUEUE_FULL: ['cổng đang ghi nhận quá nhiều hồ sơ cùng lúc', 'too many dossiers are being recorded at once'],
  BODY_ROOM: ['cổng đang nhận quá nhiều dữ liệu cùng lúc', 'too much data is being received at once'],
  EVIDENCE_BUSY: ['cổng đang lập quá nhiều bộ chứng cứ cùng lúc', 'too much evidence is being put together at once'],
  ERASE_UNDELIVERED: ['hồ sơ chưa chuyển xong đến cơ quan BHXH', 'the agency has not been handed the dossier yet'],
  ERASE_UNANSWERED: ['hồ sơ chưa có kết quả', 'there is no result yet'],
  ERASE_OWED: ['còn thời hạn chưa thực hiện xong', 'a deadline is still open'],
  LOG_BEHIND: ['nhật ký chưa ghi xong các mục của hồ sơ này', 'the log has not taken up all of this dossier yet'],
  LOG_SET_BACK: ['nhật ký của cổng đã bị đặt lùi; không ghi nhận gì thêm', 'the gateway’s log was set back; nothing more is recorded'],
  BACKLOG_FULL: ['số hồ sơ chờ chuyển đã đến giới hạn', 'as many dossiers wait for delivery as the gateway may answer for'],
  STAMPS_FAILING: ['nhật ký của cổng đã quá lâu không được đóng dấu thời gian', 'the gateway’s log has been without a time stamp for too long'],
  RECEIPT_UNSTAMPED: ['hồ sơ đã được ghi nhận nhưng biên nhận chưa được đóng dấu thời gian; hãy gửi lại đúng nội dung này', 'the dossier is recorded, but its receipt has no time stamp yet; send the same bytes again'],
  // signature shape
  SIGNATURE_CHILDREN: ['các phần tử con của Signature không đúng', 'the children of Signature are not as they must be'],
  SIGNED_INFO_CHILDREN: ['các phần tử con của SignedInfo không đúng', 'the children of SignedInfo are not as they must be'],
  REFERENCE_CHILDREN: ['cấu trúc Reference không đúng', 'a Reference is not as it must be'],
  REFERENCE_COUNT: ['số lượng Reference không được phép', 'the number of References is not allowed'],
  REFERENCE_TARGET: ['Reference trỏ tới phần tử không có hoặc không duy nhất trong chữ ký', 'a Reference points to nothing, or not to one thing, inside the signature'],
  TRANSFORM_ENVELOPED: ['Reference rỗng phải có đúng phép biến đổi enveloped-signature', 'the empty Reference must have the enveloped-signature transform'],
  OBJECT_CONTENT: ['Object trong chữ ký chứa phần tử không được phép', 'an Object of the signature holds an element that it must not'],
  APPENDIX_CONTENT: ['CKy_iVan chỉ được chứa đúng một chữ ký', 'CKy_iVan may hold exactly one signature and nothing else'],
  COUNTER_REFERENCE: ['chữ ký của I-VAN phải bao phủ toàn bộ hồ sơ hoặc phần tử NoiDung', 'the I-VAN’s signature must cover the whole dossier or its NoiDung'],
  KEY_INFO: ['KeyInfo không hợp lệ', 'KeyInfo is not valid'],
  BASE64: ['giá trị base64 không hợp lệ', 'a base64 value is not valid'],
  COMMENT_INSIDE: ['chữ ký không được chứa chú thích', 'a signature must not contain comments'],
  // XAdES
  XADES_PLACE: ['QualifyingProperties phải có đúng một, trong ds:Object, và Target trỏ tới chính chữ ký này', 'there must be one QualifyingProperties, in a ds:Object, whose Target is this very signature'],
  XADES_REFERENCE: ['SignedInfo phải có đúng một Reference kiểu SignedProperties trỏ tới SignedProperties của chữ ký này', 'SignedInfo must have one Reference of type SignedProperties, to the SignedProperties of this signature'],
  XADES_CHILDREN: ['có phần tử sai chỗ, lặp lại hoặc không thuộc XAdES', 'an element is misplaced, repeated or not part of XAdES'],
  XADES_TIME: ['SigningTime không phải là thời điểm có múi giờ', 'SigningTime is not an instant with a zone'],
  XADES_OBJECT_REFERENCE: ['DataObjectFormat phải trỏ tới một Reference của chữ ký, mỗi Reference một lần', 'a DataObjectFormat must point to a Reference of the signature, each at most once'],
  XADES_ENCODING: ['giá trị nhúng phải là DER', 'an embedded value must be DER'],
  XADES_TOO_MUCH: ['có quá nhiều hoặc quá lớn giá trị nhúng', 'there are too many embedded values, or too large ones'],
  // time-stamp tokens
  TOKEN_MALFORMED: ['không đọc được dấu thời gian', 'the token cannot be read'],
  TOKEN_ALGORITHM: ['thuật toán không được phép', 'an algorithm is not allowed'],
  TOKEN_IMPRINT: ['dấu thời gian thuộc dữ liệu khác', 'the token is about other data'],
  TOKEN_SIGNATURE: ['chữ ký của dấu thời gian không khớp', 'the signature of the token does not match'],
  TOKEN_SIGNER: ['không xác định được chứng thư số đã ký dấu thời gian', 'the certificate that signed the token cannot be identified'],
  TOKEN_TIME: ['thời điểm nằm ngoài thời hạn của chứng thư số hoặc ở tương lai', 'the instant is outside the validity of the certificate, or in the future'],
  // evidence containers
  ZIP_STRUCTURE: ['cấu trúc ZIP không hợp lệ', 'its ZIP structure is not valid'],
  ZIP_64: ['dùng ZIP64', 'it uses ZIP64'],
  ZIP_MIMETYPE: ['tệp đầu tiên phải là mimetype, không nén, với kiểu của ASiC-E', 'its first file must be mimetype, stored, with the type of ASiC-E'],
  ZIP_HEADERS_DIFFER: ['hai phần mô tả của tệp không khớp nhau', 'its two headers do not agree'],
  ZIP_METHOD: ['tệp bị mã hóa hoặc nén theo cách không được phép', 'it is encrypted, or compressed in a way that is not allowed'],
  ZIP_NAME: ['tên không được phép', 'its name is not allowed'],
  ZIP_NAME_REPEATED: ['tên trùng với tên tệp khác', 'its name is that of another file'],
  ZIP_CONTENT: ['nội dung không khớp kích thước hoặc mã kiểm tra', 'its content does not match its size or check sum'],
  LIMIT_ENTRIES: ['số tệp trong container', 'files of a container'],
  LIMIT_OCTETS: ['tổng kích thước sau khi giải nén (byte)', 'octets in all, unpacked'],
  LIMIT_RATIO: ['tỷ lệ nén', 'ratio of compression'],
} satisfies Record<string, readonly [vi: string, en: string]>;

export type ReasonCode = keyof typeof reasonTexts;

/** A sentence with every `{name}` replaced by its param; a param that is a reason of the list by the reason's text in that language. */
export function fillIn(sentence: string, params: Readonly<Record<string, string>>, language: 0 | 1): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return isReason(value) ? reasonTexts[value][language] : localInstant(value);
  });
}

/** An instant in a param (ISO 8601, UTC) is shown as the clock on the wall shows it, with its zone. */
function localInstant(value: string): string {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(value) || Number.isNaN(Date.parse(value))) return value;
  const [day = '', time = ''] = new Date(Date.parse(value) + 7 * 3_600_000).toISOString().split('T');
  return `${day.split('-').reverse().join('/')} ${time.slice(0, 8)} +07:00`;
}

function isReason(value: string): value is ReasonCode {
  return Object.hasOwn(reasonTexts, value);
}
