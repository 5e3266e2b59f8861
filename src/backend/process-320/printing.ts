// Step 3 goes on: used time is cut, books are confirmed and sorted into their branches, old ones withdrawn, punched and archived, covers and
// leaves printed on numbered blanks, which the slip C06-TS accounts for one by one, and the hand-over minutes drawn up in two copies.
import type { BookEvent, BookRow, Work } from '../case-file.ts';
import { cutoffOf, formatMonth } from '../months.ts';
import { officerOf } from '../officers.ts';
import { cutPeriods } from './cut.ts';
import { blanksSlip, cutText, minutes } from './documents.ts';
import type { Blank } from './documents.ts';
import { decideBook } from './rules.ts';

export const cut: Work = async ({ books }) => {
  const reserved = (await books()).filter(({ state }) => state === 'compared').map((book): BookRow => {
    const { kept, cuts, left } = cutPeriods(book.content.record.periods, book.content.benefits);
    return { ...book, state: 'cut', content: { ...book.content, record: { ...book.content.record, periods: kept }, cuts, left } };
  });
  const actions = reserved.filter(({ content }) => content.cuts.length > 0).map(({ number, content }) => {
    const unknown = content.benefits.some(({ known }) => !known) ? ', chưa có dữ liệu BHTN tại địa phương' : '';
    return { action: `Sổ ${number}: cắt ${content.cuts.map(cutText).join('; ')}, còn lại BHXH ${content.left?.BHXH ?? 0}, BHTN ${content.left?.BHTN ?? 0} tháng${unknown}` };
  });
  return { actions: actions.length === 0 ? [{ action: 'Không có thời gian phải cắt' }] : actions, books: reserved };
};

export const confirm: Work = async ({ file, books }) => {
  const cutoff = cutoffOf(file.receivedAt);
  const confirmed = (await books()).filter(({ state }) => state === 'cut').map((book): BookRow => {
    const { kind, leaves, adjusted, open, paidTo, record } = book.content;
    const firstMonth = Math.min(...record.periods.map(({ from }) => from), cutoff + 1);
    return { ...book, state: 'confirmed', content: { ...book.content, decision: decideBook({ kind, leaves, adjusted, open, cutoff, paidTo, firstMonth }) } };
  });
  const events = confirmed.flatMap(({ line, content: { decision } }): BookEvent[] => {
    if (decision?.withdrawsBook !== true) return [];
    const leaves: BookEvent[] = decision.withdrawsLeaves ? [{ line, event: 'leaves-withdrawn' }] : [];
    return [{ line, event: 'withdrawn' }, ...leaves, { line, event: 'punched' }, { line, event: 'archived' }];
  });
  const old = confirmed.filter(({ content }) => content.decision?.withdrawsBook === true).length;
  return { actions: [{ action: `Xác nhận ${confirmed.length} sổ đến ${formatMonth(cutoff)} (TX)` }, { action: `Thu hồi, đục lỗ, lưu ${old} sổ cũ` }], books: confirmed, events };
};

export const print: Work = async ({ file, at, officer, books, draw }) => {
  const all = await books();
  const ready = all.filter(({ state }) => state === 'confirmed');
  const covers = ready.filter(({ content }) => content.decision?.reissuesCover === true);
  const leaves = ready.flatMap((book) => [{ book, why: book.content.decision?.leaf ?? 'QT' }, ...(book.content.decision?.yearly == null ? [] : [{ book, why: 'TX' }])]);
  const firstCover = await draw('blank BIA', covers.length);
  const firstLeaf = await draw('blank TO_ROI', leaves.length);
  const blanks: Blank[] = [
    ...covers.map((book, index): Blank => ({ serial: serialOf('B', firstCover + index), form: 'BIA', book, why: 'Khác' })),
    ...leaves.map(({ book, why }, index): Blank => ({ serial: serialOf('T', firstLeaf + index), form: 'TO_ROI', book, why })),
  ];
  const printed = ready.map((book): BookRow => ({ ...book, state: 'printed', content: { ...book.content, blanks: blanks.filter((blank) => blank.book.line === book.line).map(({ serial }) => serial) } }));
  const after = all.map((book) => printed.find(({ line }) => line === book.line) ?? book);
  const slip = `C06-${String(await draw('C06-TS')).padStart(4, '0')}/${at.getUTCFullYear()}`;
  const drawn = { file, at, officer };
  return {
    actions: [
      { action: `Chuyển QLST, in ${leaves.length} tờ rời, cấp lại ${covers.length} bìa; lập C06-TS ${slip} (02 bản)` },
      { action: 'Trình ký bìa, tờ rời; lập biên bản bàn giao (02 bản)' },
    ],
    documents: [...(blanks.length === 0 ? [] : [blanksSlip(drawn, slip, blanks)]), minutes(drawn, after, cutoffOf(file.receivedAt), officerOf('TNHS', file.digest))],
    books: printed,
    events: blanks.map(({ serial, form, book }): BookEvent => ({ line: book.line, event: form === 'BIA' ? 'reissued' : 'printed', blank: { serial, form } })),
  };
};

function serialOf(letter: string, number: number): string {
  return `${letter}${String(number).padStart(7, '0')}`;
}
