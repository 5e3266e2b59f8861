// What the rules say of how much an I-VAN sends in one dossier (GW320–329; warnings GW985–989).
import { CONTRACT, refused, warned } from './text.ts';
import type { FindingText } from './text.ts';

const SPLIT: readonly [string, string] = ['Giảm số tệp hoặc dung lượng chứng từ đính kèm (ví dụ quét ở độ phân giải thấp hơn), ký lại rồi gửi lại.', 'Attach fewer or smaller papers (such as scans of a lower resolution), sign again and resend.'];
const NOTHING: readonly [string, string] = ['Không cần làm gì; nên giảm số tệp hoặc dung lượng.', 'Nothing is required; attach fewer or smaller papers.'];

export const profileFindings = {
  FILES_TOO_MANY: refused(['GW320', 'Số lượng tệp không được vượt quá {limit} tệp theo hợp đồng của I-VAN; hồ sơ có {count} tệp.', 'There must not be more than {limit} files by the I-VAN’s contract; the dossier has {count}.', ...SPLIT, CONTRACT]),
  FILES_TOO_LARGE: refused(['GW321', 'Tổng dung lượng các tệp không được vượt quá {limit} MB theo hợp đồng của I-VAN; hồ sơ có {size} MB.', 'The files must not be larger than {limit} MB together by the I-VAN’s contract; the dossier has {size} MB.', ...SPLIT, CONTRACT]),
  FILES_MANY: warned(['GW985', 'Số lượng tệp vượt quá {limit} tệp: hồ sơ có {count} tệp.', 'There are more than {limit} files: the dossier has {count}.', ...NOTHING, CONTRACT]),
  FILES_LARGE: warned(['GW986', 'Tổng dung lượng các tệp vượt quá {limit} MB: hồ sơ có {size} MB.', 'The files are larger than {limit} MB together: the dossier has {size} MB.', ...NOTHING, CONTRACT]),
} satisfies Record<string, FindingText>;
