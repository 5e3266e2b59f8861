// Why an examination says what it says, for people, with what to do now: of the log, of time stamps, of containers; and findings and errors in the same form.
import type { Finding } from '../errors/outcomes.ts';
import { publishedFinding } from '../errors/published.ts';
import type { PublishedFinding } from '../errors/published.ts';
import type { Reason } from '../report/model.ts';
import type { Explanation } from './errors.ts';

type Row = readonly [vi: string, en: string, actionVi: string, actionEn: string];

const FETCH: readonly [string, string] = ['Không dùng gói này; lấy lại từ cổng (ivan evidence) và báo cho BHXH Việt Nam nếu vẫn vậy.', 'Do not rely on this container; fetch it again from the gateway (ivan evidence) and report it if that happens again.'];
const GIVE_KEY: readonly [string, string] = ['Thêm --log-key với khóa do cổng công bố (/v1/log/key), nhận qua đường khác.', 'Add --log-key with the key that the gateway publishes (/v1/log/key), got by another way.'];
const GIVE_FINGERPRINT: readonly [string, string] = ['Thêm --fingerprint với SHA-256 của chứng thư ký của cổng, nhận qua đường khác (trên trang: ô dấu vân tay); hoặc kiểm tra gói chứng cứ (ivan evidence) với --log-key.', 'Add --fingerprint with the SHA-256 of the gateway’s signing certificate, got by another way (on the page: the field for it); or verify the evidence container (ivan evidence) with --log-key.'];
const GIVE_EITHER: readonly [string, string] = ['Thêm --log-key với khóa của nhật ký, hoặc --fingerprint với SHA-256 của chứng thư ký của cổng, nhận qua đường khác.', 'Add --log-key with the key of the log, or --fingerprint with the SHA-256 of the gateway’s signing certificate, got by another way.'];
const GIVE_LISTS: readonly [string, string] = ['Bổ sung danh sách thu hồi (CRL) còn hiệu lực vào --trust rồi kiểm tra lại.', 'Add a revocation list (CRL) that is in force to --trust and verify again.'];

const rows = {
  LOG_PROOF_MALFORMED: ['Bằng chứng nhật ký không đọc được.', 'The log’s proof cannot be read.', ...FETCH],
  LOG_PATH: ['Đường dẫn không nối bản ghi với gốc cây đã nêu.', 'The path does not lead from the entry to the root.', ...FETCH],
  LOG_ORIGIN: ['Đây không phải nhật ký có khóa đã nêu.', 'This is not the log whose key was given.', 'Kiểm tra lại khóa đã nêu ở --log-key; nếu đúng khóa, không dùng tài liệu này.', 'Check the key given with --log-key; if it is the right one, do not rely on this document.'],
  LOG_SIGNATURE: ['Chữ ký của nhật ký trên điểm kiểm tra không đúng.', 'The log’s signature on the checkpoint is not right.', 'Kiểm tra lại khóa đã nêu ở --log-key; nếu đúng khóa, không dùng tài liệu này.', 'Check the key given with --log-key; if it is the right one, do not rely on this document.'],
  LOG_KEY_ABSENT: ['Chưa kiểm tra ai đã ký điểm kiểm tra: không có khóa của nhật ký.', 'Who signed the checkpoint was not checked: there is no key of the log.', ...GIVE_KEY],
  LOG_KEY_ENCLOSED: ['Đúng theo khóa kèm trong gói, nhưng không có gì chứng minh khóa đó.', 'Right by the key in the container, which nothing vouches for.', ...GIVE_KEY],
  LOG_PROOF_ABSENT: ['Gói không có bằng chứng nhật ký của tài liệu này.', 'The container has no proof of the log for this document.', 'Lấy lại gói từ cổng (ivan evidence): văn bản vừa phát hành được ghi vào nhật ký trong vài giây.', 'Fetch the container again (ivan evidence): what was just issued is entered within seconds.'],
  LOG_FACTS: ['Bản ghi nhật ký không phải của tài liệu này.', 'The log’s entry is not of this document.', ...FETCH],
  LOG_CHECKPOINT: ['Điểm kiểm tra trong thông điệp không đọc được.', 'The checkpoint in the message cannot be read.', ...FETCH],
  ROLE_NOT_SHOWN: ['Chưa có gì chứng tỏ đây là văn bản của cổng: ai có chứng thư dưới gốc được tin cũng ký được tệp XML như vậy.', 'Nothing shows yet that this is the gateway’s: whoever has a certificate under a trusted root can sign such an XML file.', ...GIVE_FINGERPRINT],
  ROLE_NOT_SHOWN_BY_ENTRY: ['Nhật ký chứng minh hồ sơ này đã được ghi nhận, chưa chứng minh cổng đã ký biên nhận này: hạn trả, phát hiện và tên không nằm trong bản ghi.', 'The log proves that this submission is in it, not yet that the gateway signed this receipt: due date, findings and names are not in the entry.', ...GIVE_FINGERPRINT],
  ROLE_NOT_SHOWN_ENCLOSED: ['Chưa có gì ngoài chính gói chứng tỏ văn bản này là của cổng hay của cơ quan BHXH.', 'Nothing but the container itself shows that this document is the gateway’s or the agency’s.', ...GIVE_EITHER],
  SEAL_NOT_SHOWN: ['Chưa có gì ngoài chính gói chứng tỏ người ký gói là cổng.', 'Nothing but the container itself shows that it was the gateway who signed it.', ...GIVE_EITHER],
  STAMP_NOTE: ['Nội dung được đóng dấu không phải là điểm kiểm tra của nhật ký.', 'What was stamped is no checkpoint of the log.', ...FETCH],
  STAMP_REVOCATION_UNKNOWN: ['Chưa biết chứng thư của tổ chức cấp dấu thời gian có bị thu hồi hay không.', 'Whether the authority’s certificate is revoked is not known.', ...GIVE_LISTS],
  STAMP_UNUSED: ['Không bằng chứng nào dẫn tới điểm kiểm tra đã đóng dấu: dấu thời gian này không chứng minh gì cho tài liệu trong gói.', 'No proof leads to the checkpoint that was stamped: this time stamp proves nothing of what is in the container.', ...FETCH],
  REVOCATION_UNKNOWN: ['Chưa biết chứng thư có bị thu hồi hay không.', 'Whether the certificate is revoked is not known.', ...GIVE_LISTS],
  NO_PROOF_OF_TIME: ['Chưa có gì ngoài chính tài liệu chứng minh chữ ký đã có khi chứng thư còn hiệu lực.', 'Nothing but the document itself shows that the signature was there while the certificate was in order.', 'Lấy gói chứng cứ có dấu thời gian (ivan evidence), hoặc nêu thời điểm đã biết chắc bằng --at.', 'Get the evidence container with its time stamps (ivan evidence), or give a time that is known for certain with --at.'],
  SIGNED_BEFORE_CERTIFICATE: ['Chữ ký đã có trước khi chứng thư bắt đầu có hiệu lực.', 'The signature was there before the certificate began.', 'Không dùng tài liệu này; báo cho tổ chức cấp chứng thư.', 'Do not rely on this document; tell the certificate’s issuer.'],
  SECOND_ENGINE_CANNOT: ['Bộ kiểm tra thứ hai không có thuật toán này nên không xác nhận cũng không bác bỏ.', 'The second engine lacks this algorithm, so it says neither yes nor no.', 'Kiểm tra chữ ký thêm bằng công cụ khác, chẳng hạn xmlsec1.', 'Verify the signature with another tool as well, such as xmlsec1.'],
  SEAL_ENDED: ['Chứng thư ký gói đã hết hạn và không có gì khác chứng minh thời điểm đóng gói; mỗi tài liệu bên trong vẫn được chứng minh riêng.', 'The certificate that signed the container has ended, and nothing else proves when it was packed; each document inside is proven by itself.', 'Nếu cần gói mới, lấy lại từ cổng (ivan evidence).', 'If a fresh container is needed, fetch it again (ivan evidence).'],
  CONTAINER_REPACKED: ['Mọi tệp đều được xét theo chữ ký, nhưng gói không còn đúng từng bit như cổng đã ghi.', 'Every file is judged by its signatures, but the container is not bit for bit as the gateway writes it.', 'Lấy lại gói từ cổng (ivan evidence).', 'Fetch the container again (ivan evidence).'],
  FILE_EMPTY: ['Tệp rỗng.', 'The file is empty.', 'Lấy lại tệp từ nơi đã nhận (cổng, thư điện tử, kho lưu trữ).', 'Get the file again from where it came (gateway, mail, archive).'],
  FILE_NOT_READ: ['Tệp không phải XML đọc được, cũng không phải gói chứng cứ: có thể chọn nhầm tệp, hoặc tệp đã hỏng hay bị cắt.', 'The file is neither XML that can be read nor an evidence container: it may be another file, or damaged, or cut short.', 'Chọn hồ sơ, tờ khai, biên nhận, kết quả, thông báo hoặc gói chứng cứ (.asice); nếu đúng tệp, lấy lại từ nơi đã nhận.', 'Choose a dossier, form, receipt, result, notice or evidence container (.asice); if it is the right file, get it again from where it came.'],
  CONTAINER_NO_DOCUMENT: ['Gói không có tài liệu nào để kiểm tra.', 'There is no document in the container.', ...FETCH],
  RULES_OTHER: ['rules.json không nêu bộ quy tắc và vật liệu tin cậy mà biên nhận nêu.', 'rules.json does not name the rule set and the trust material that the receipt names.', ...FETCH],
  RULES_ABSENT: ['Không có biên nhận nào nêu bộ quy tắc để so.', 'There is no receipt that names a rule set to compare with.', ...FETCH],
  REVOCATION_MISNAMED: ['Có tệp không mang tên là SHA-256 của chính nó.', 'A file does not have its own SHA-256 as its name.', ...FETCH],
  REVOCATION_NONE: ['Gói không có dữ liệu thu hồi nào.', 'There are no revocation data in the container.', ...GIVE_LISTS],
} as const satisfies Record<string, Row>;

export type ReasonName = keyof typeof rows;

export function reasonFor(code: ReasonName, place?: string): Reason {
  const [vi, en, actionVi, actionEn] = rows[code];
  return { code, vi, en, action: { vi: actionVi, en: actionEn }, ...(place === undefined ? {} : { place }) };
}

export function reasonOfFinding(found: Finding): Reason {
  return reasonOfPublished(publishedFinding(found));
}

export function reasonOfPublished({ code, vi, en, actionVi, actionEn, place: { file, xpath, line, column } }: PublishedFinding): Reason {
  const position = line === undefined ? undefined : `${line}:${column ?? 1}`;
  const place = [file, position, xpath].filter((part) => part !== undefined && part !== '').join(' ');
  return { code, vi, en, action: { vi: actionVi, en: actionEn }, ...(place === '' ? {} : { place }) };
}

export function reasonOfError({ code, vi, en, actionVi, actionEn }: Explanation): Reason {
  return { code, vi, en, action: { vi: actionVi, en: actionEn } };
}
