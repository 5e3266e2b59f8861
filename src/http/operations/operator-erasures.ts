// The operator's calls over erasures of a person's data.
import { erasureHandlers } from '../admin/erasures.ts';
import { digestParameter } from './dossiers.ts';
import { bodyProblems, filter, queryProblems } from './operator-contracts.ts';
import type { Operation } from './operation.ts';
import { closed, digest, flag, instant, list, orNull, pattern, ref, text, whole } from './shapes.ts';
import type { JsonSchema } from './shapes.ts';

const json = (name: string): Readonly<Record<string, JsonSchema>> => ({ 'application/json': ref(name) });
const common = { group: 'operator', caller: 'operator' } as const;
const erasure = { id: text, submission: text, digest, erasedAt: instant, actor: text, reason: text, legalBasis: text, beforeRetention: flag, position: whole, eventPosition: orNull(whole) };
const counts = Object.fromEntries(['submission', 'receipt', 'result', 'notice', 'message', 'apology', 'certificate'].map((kind) => [kind, whole]));

export const erasureShapes: Readonly<Record<string, JsonSchema>> = {
  ErasureAsked: closed({ reason: text, legalBasis: text }, { beforeRetention: flag }),
  Erased: closed({ ...erasure, documents: closed({}, counts), conflicts: list(digest) }),
  Erasures: closed({ erasures: list(closed(erasure)), next: orNull(text) }),
};

export const operatorErasureOperations: readonly Operation[] = [
  {
    ...common, id: 'eraseDossier', method: 'POST', path: '/v1/admin/dossiers/{digest}/erase', parameters: [digestParameter], body: json('ErasureAsked'), handler: (gateway) => erasureHandlers(gateway).eraseDossier,
    problems: [...bodyProblems, 'DIGEST_FORMAT', 'ERASURE_UNKNOWN', 'ERASURE_EARLY', 'ERASURE_RETENTION'],
    summary: { vi: 'Xóa dữ liệu của một hồ sơ đã kết thúc (Luật 91/2025/QH15 Điều 14)', en: 'Erase the data of a finished dossier (Law 91/2025/QH15, Art. 14)' },
    description: {
      vi: 'Xóa nội dung hồ sơ, biên nhận, kết quả, thông báo, thông điệp của cơ quan và muối của các mục trong nhật ký; mã băm, số hồ sơ và cam kết vẫn còn, nên mọi bằng chứng vẫn đúng. Không hoàn tác được. Việc xóa được ghi vào nhật ký kèm người xóa, lý do, căn cứ: không ghi dữ liệu cá nhân vào đó. conflicts: những lần nộp khác có thể chứa cùng dữ liệu. Gọi lại để xóa những gì đến sau.',
      en: 'Blanks the dossier, its receipts, result, notices and agency messages and destroys the salts of their entries in the log; digest, number and commitments stay, so every proof still holds. It cannot be undone. Who, why and on what basis is entered into the log: write no personal data there. conflicts: other submissions that may hold the same data. Call again to erase what came later.',
    },
    answers: [{ status: 200, vi: 'Đã xóa', en: 'Erased', media: json('Erased') }],
  },
  {
    ...common, id: 'listErasures', method: 'GET', path: '/v1/admin/erasures', problems: queryProblems, handler: (gateway) => erasureHandlers(gateway).listErasures,
    parameters: [filter('after', 'Tiếp theo số thứ tự này', 'Go on after this number', '200', pattern('^\\d+$'))],
    summary: { vi: 'Những gì đã xóa: ai, lúc nào, vì sao', en: 'What was erased: by whom, when and why' },
    answers: [{ status: 200, vi: 'Một trang; next là nơi tiếp theo', en: 'A page; next is where to go on', media: json('Erasures') }],
  },
];
