// What is wrong with a value whatever the form: a code that is in no list (GW350–369, GW950–959). Days and months have the codes of the envelope.
import { CORRECT_FIELD, STANDARD, refused, warned } from './text.ts';
import type { FindingText } from './text.ts';

export const typeFindings = {
  CODE_UNKNOWN: refused(['GW351', 'Mã {code} của {element} không có trong danh mục {list}.', 'Code {code} of {element} is not in the list {list}.', ...CORRECT_FIELD, STANDARD]),
  CODE_NOT_LISTED: warned(['GW951', 'Mã {code} của {element} chưa có trong danh mục {list} mà cổng biết.', 'Code {code} of {element} is not in the list {list} as far as the gateway knows it.', 'Kiểm tra lại mã; không cần gửi lại nếu mã đúng.', 'Check the code; nothing is required when it is right.', STANDARD]),
} satisfies Record<string, FindingText>;
