// What the rules say of a dossier beside those that the unit filed before (warnings GW980–984).
import { STANDARD, warned } from './text.ts';
import type { FindingText } from './text.ts';

export const acrossDossiersFindings = {
  DECLARATION_FILED_BEFORE: warned(['GW980', 'Tờ khai {form} này đã có trong hồ sơ {number} của đơn vị, tiếp nhận lúc {at}.', 'This {form} stands already in the unit’s dossier {number}, received at {at}.', 'Nếu nộp lại vì hồ sơ trước bị trả lại thì không cần làm gì; nếu nộp nhầm, báo cơ quan BHXH và nêu số hồ sơ trước.', 'Nothing, where the earlier dossier was returned; if it was filed twice by mistake, tell the agency and name the earlier number.', STANDARD]),
  BATCH_FILED_BEFORE: warned(['GW981', 'Đợt {batch} kỳ {period} của {form} đã được đơn vị nộp trong hồ sơ {number}, tiếp nhận lúc {at}.', 'The unit filed batch {batch} of period {period} of {form} already in dossier {number}, received at {at}.', 'Danh sách mới thì ghi số đợt tiếp theo trong kỳ; nếu thay hoặc bổ sung hồ sơ trước thì ghi số hồ sơ đó vào lý do giải trình.', 'Give a new list the next batch number of the period; where it replaces or supplements the earlier dossier, name that number in the explanation.', STANDARD]),
} satisfies Record<string, FindingText>;
