// What the rules say of a dossier beside those that the unit filed before (GW330–334; warnings GW980–984).
import { refused, STANDARD, warned } from './text.ts';
import type { FindingText } from './text.ts';

const SUPPLEMENT = 'QĐ 366/QĐ-BHXH Điều 5(1.1); Luật BHXH 41/2024/QH15 Điều 28(4)';
const NAME_IT: readonly [string, string] = [
  'Ghi vào Ivan-Supplements SHA-256 của đúng hồ sơ đã được yêu cầu bổ sung; nếu đây là hồ sơ mới thì bỏ tiêu đề này.',
  'Name in Ivan-Supplements the SHA-256 of the very dossier that was sent back for completion; leave the header out for a new one.',
];

export const acrossDossiersFindings = {
  DECLARATION_FILED_BEFORE: warned(['GW980', 'Tờ khai {form} này đã có trong hồ sơ {number} của đơn vị, tiếp nhận lúc {at}.', 'This {form} stands already in the unit’s dossier {number}, received at {at}.', 'Nếu nộp lại vì hồ sơ trước bị trả lại thì không cần làm gì; nếu nộp nhầm, báo cơ quan BHXH và nêu số hồ sơ trước.', 'Nothing, where the earlier dossier was returned; if it was filed twice by mistake, tell the agency and name the earlier number.', STANDARD]),
  BATCH_FILED_BEFORE: warned(['GW981', 'Đợt {batch} kỳ {period} của {form} đã được đơn vị nộp trong hồ sơ {number}, tiếp nhận lúc {at}.', 'The unit filed batch {batch} of period {period} of {form} already in dossier {number}, received at {at}.', 'Danh sách mới thì ghi số đợt tiếp theo trong kỳ; nếu thay hoặc bổ sung hồ sơ trước thì ghi số hồ sơ đó vào lý do giải trình.', 'Give a new list the next batch number of the period; where it replaces or supplements the earlier dossier, name that number in the explanation.', STANDARD]),
  SUPPLEMENT_UNKNOWN: refused(['GW330', 'Không có hồ sơ đã tiếp nhận nào có mã băm {digest}… để bổ sung.', 'No accepted dossier has the digest {digest}… that this one is said to supplement.', ...NAME_IT, SUPPLEMENT]),
  SUPPLEMENT_OF_ANOTHER: refused(['GW331', 'Hồ sơ bổ sung ({found}) không cùng cơ quan, đơn vị, mã số thuế và thủ tục với hồ sơ {number} ({expected}).', 'The supplement ({found}) is not of the same agency, unit, tax code and procedure as dossier {number} ({expected}).', ...NAME_IT, SUPPLEMENT]),
  SUPPLEMENT_NOT_ASKED: refused(['GW332', 'Cơ quan BHXH không chờ bổ sung cho hồ sơ {number}.', 'The agency does not wait for a supplement to dossier {number}.', 'Xem tình trạng của hồ sơ đó; nếu đây là hồ sơ mới thì gửi lại không kèm Ivan-Supplements.', 'Look at the state of that dossier; if this is a new one, send it again without Ivan-Supplements.', SUPPLEMENT]),
  SUPPLEMENT_GIVEN: refused(['GW333', 'Yêu cầu bổ sung hồ sơ {number} đã được đáp ứng bằng hồ sơ {given}, tiếp nhận lúc {at}.', 'What the agency asked for dossier {number} was given already, by dossier {given}, received at {at}.', 'Không gửi thêm; nếu hồ sơ {given} còn thiếu, chờ cơ quan BHXH yêu cầu bổ sung lần nữa.', 'Send no more; where dossier {given} still lacks something, wait until the agency asks once more.', SUPPLEMENT]),
  SUPPLEMENT_AFTER_TIME: warned(['GW982', 'Hồ sơ bổ sung đến sau thời hạn bổ sung của hồ sơ {number} ({until}).', 'The supplement comes after the time that the agency set for dossier {number} ({until}).', 'Không cần làm gì; cơ quan BHXH quyết định có tiếp tục hồ sơ hay không.', 'Nothing; the agency decides whether the dossier goes on.', SUPPLEMENT]),
} satisfies Record<string, FindingText>;
