// Rules of process 320, review of books (3142/TB-BHXH of 28/12/2016): the unit's list (Mẫu 01) by its totals, book numbers, cut-off and batch; the
// agency's own papers by the order of months and days, confirmation before 1995, periods used for benefits, working days.
import { finding } from '../../errors/outcomes.ts';
import type { Finding } from '../../errors/outcomes.ts';
import type { Field } from '../envelope.ts';
import type { FormContent } from '../form-content.ts';
import { yearOf } from '../time.ts';
import { bookDataRules } from './book-data.ts';
import { roomRules } from './rooms-320.ts';
import { formRule, rowRule } from './rule.ts';
import type { Rule } from './rule.ts';
import { amountOf, formatMonth, monthOf } from './written.ts';

const FORM = 'M01-320';
const BOOKS = 'NoiDung/NguoiLaoDong';
const COVER = 'BIA';

const listRules: readonly Rule[] = [
  formRule('BOOK_COUNTS', [FORM], countFindings),
  rowRule('BOOK_NUMBER_MISSING', [FORM], ['MasoBHXH'], ([number = '']) => (number === '' ? {} : undefined), [BOOKS]),
  formRule('BOOK_REPEATED', [FORM], function* (form) {
    const list = form.lists.get(BOOKS);
    const seen = new Map<string, number>();
    for (const [row, number] of (list?.column('MasoBHXH') ?? []).entries()) {
      const other = number === '' ? undefined : seen.get(number);
      if (other === undefined) seen.set(number, row);
      else if (list !== undefined) yield finding('BOOK_REPEATED', { place: list.place(row, 'MasoBHXH'), value: number, params: { row: row + 1, other: other + 1 } });
    }
  }),
  formRule('BOOK_CUTOFF', [FORM], (form, { receivedAt }) => {
    const until = form.field('ThongTinKhac/DenThang');
    const month = monthOf(until?.text ?? '');
    // Drawn up in December and received in January, the year before is that of either day.
    const years = new Set([yearOf(receivedAt), Number(form.field('ThongTinKhac/NgayLap')?.text.slice(6))].filter((year) => year === yearOf(receivedAt) || year === yearOf(receivedAt) - 1));
    const cutoffs = [...years].map((year) => year * 12 - 1);
    if (until === undefined || month === undefined || cutoffs.includes(month)) return [];
    return [finding('BOOK_CUTOFF', { place: form.place(until), value: until.text, params: { month: until.text, cutoff: formatMonth(Math.max(...cutoffs)) } })];
  }),
  rowRule('COVER_WITHOUT_LEAVES', [FORM], ['SoToRoi', 'LoaiSo'], ([leaves = '', kind = '']) => (kind === COVER && amountOf(leaves) === 0 ? {} : undefined), [BOOKS]),
  formRule('BOOK_BATCH', [FORM], (form) => {
    const [batch, supplement] = [form.field('ThongTinKhac/Dot'), form.field('ThongTinKhac/BoSung')];
    if (supplement?.text !== '1' || batch === undefined || amountOf(batch.text) !== 1) return [];
    return [finding('BOOK_BATCH', { place: form.place(batch), value: batch.text })];
  }),
];

/** Totals that must be those of the rows; a total that the rows do not tell is not judged. */
function* countFindings(form: FormContent): Iterable<Finding> {
  const list = form.lists.get(BOOKS);
  if (list === undefined) return;
  const [kinds, leaves] = [list.column('LoaiSo'), list.column('SoToRoi')];
  const covers = kinds.includes('') ? undefined : kinds.filter((kind) => kind === COVER).length;
  const counted: readonly (readonly [string, readonly number[]])[] = [
    ['SoNguoi', [list.size]],
    // Covers are counted among the books or beside them.
    ['SoSo', covers === undefined ? [] : [list.size, list.size - covers]],
    ['SoBia', covers === undefined ? [] : [covers]],
    ['SoToRoi', leaves.includes('') ? [] : [leaves.reduce((sum, text) => sum + (amountOf(text) ?? 0), 0)]],
  ];
  for (const [name, expected] of counted) {
    const field: Field | undefined = form.field(`ThongTinKhac/${name}`);
    const count = amountOf(field?.text ?? '');
    if (field === undefined || count === undefined || expected.length === 0 || expected.includes(count)) continue;
    yield finding('BOOK_COUNTS', { place: form.place(field), value: field.text, params: { field: name, count: field.text, rows: expected[0] ?? 0 } });
  }
}

export const process320Rules: readonly Rule[] = [...listRules, ...bookDataRules, ...roomRules];
