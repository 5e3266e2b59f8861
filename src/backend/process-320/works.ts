// The works of process 320 by name (3142/TB-BHXH): received and counted by reception, compared and handed over by the collection room,
// compared again, cut, confirmed and printed by the book room, returned by post.
import type { BookRow, Turn, Work } from '../case-file.ts';
import type { Dossier } from '../dossier.ts';
import { cutoffOf, formatMonth } from '../months.ts';
import { countPapers } from './count.ts';
import { handOverSlip } from './documents.ts';
import { makeUp } from './made-up.ts';
import { compareFirst, handOver } from './first-comparison.ts';
import { confirm, cut, print } from './printing.ts';
import { compareSecond, transferAnswered } from './second-comparison.ts';

/** The books come by post: every one has its line, its past and its faults. */
const receive: Work = async ({ file, at, officer, dossier, draw }) => {
  const filed = await dossier();
  const cutoff = cutoffOf(file.receivedAt);
  const setting = { unit: file.unitName, place: file.agency.slice(0, 2), cutoff };
  const books = (filed.books?.lines ?? []).map((listed): BookRow => ({ line: listed.line, number: listed.number, name: listed.name, kind: listed.kind, state: 'received', content: makeUp(listed, setting) }));
  const postedAs = trackingNumber('EE', await draw('post-in'));
  return {
    actions: [{ action: `Nhận từ bưu điện ${postedAs}: Mẫu 01 (02 bản), D02-TS (01 bản), ${books.length} sổ, đợt ${batchOf(filed)}` }, { action: `Lập phiếu giao nhận hồ sơ ${file.number} (02 bản), rà soát đến ${formatMonth(cutoff)}` }],
    documents: [handOverSlip({ file, at, officer, dossier: filed, postedAs, returnedAt: undefined })],
    books,
    freshBooks: true,
  };
};

function batchOf({ books }: Dossier): string {
  return books === undefined || books.batch === '' ? '1' : books.batch;
}

const count: Work = async ({ dossier }) => {
  const filed = await dossier();
  const lacks = countPapers(filed);
  return { actions: [{ action: lacks.length === 0 ? `Kiểm đếm ${filed.books?.lines.length ?? 0} sổ: khớp Mẫu 01, nhập TNHS` : `Kiểm đếm: ${lacks.length} điểm không khớp Mẫu 01` }], lacks };
};

const sendBack: Work = async ({ file, at, officer, dossier, books, draw }): Promise<Turn> => {
  const all = await books();
  const tracking = trackingNumber('RR', await draw('post-out'));
  const printed = all.filter(({ content }) => content.decision !== null).length;
  const text = `Đã giải quyết hồ sơ ${file.number}: ${printed} sổ được xác nhận và in tờ rời, ${all.length - printed} sổ trả lại kèm Mẫu 02. Trả qua bưu điện, bưu gửi ${tracking}.`;
  return {
    actions: [{ action: `Giao bưu điện trả ${all.length} sổ, bưu gửi ${tracking}` }],
    documents: [handOverSlip({ file, at, officer, dossier: await dossier(), postedAs: tracking, returnedAt: at })],
    books: all.map((book) => ({ ...book, state: 'returned' })),
    parcel: { tracking, books: all.length },
    outcome: { code: '200', text },
  };
};

/** S10 of the postal union: two letters, eight digits with their check digit, the country. */
export function trackingNumber(service: 'EE' | 'RR', serial: number): string {
  const digits = String(serial).padStart(8, '0');
  const weights = [8, 6, 4, 2, 3, 5, 9, 7];
  const rest = 11 - (weights.reduce((sum, weight, index) => sum + weight * Number(digits.charAt(index)), 0) % 11);
  return `${service}${digits}${rest === 10 ? 0 : rest === 11 ? 5 : rest}VN`;
}

export const bookWorks: readonly (readonly [string, Work])[] = [
  ['320-receive', receive], ['320-count', count], ['320-compare-first', compareFirst], ['320-hand-over', handOver], ['320-compare-second', compareSecond],
  ['320-transfer-answered', transferAnswered], ['320-cut', cut], ['320-confirm', confirm], ['320-print', print], ['320-return', sendBack],
];
