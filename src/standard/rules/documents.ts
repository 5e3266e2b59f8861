// Rules of documents and the days written on them: the statement of documents (D01-TS), and days of papers, receipts and drawing up that lie in
// the future, in any form. A decision may take effect before it is issued, and some papers bear no number: all of it warns.
import { finding } from '../../errors/outcomes.ts';
import type { Finding } from '../../errors/outcomes.ts';
import type { FormContent } from '../form-content.ts';
import { formRule, rowRule } from './rule.ts';
import type { Rule } from './rule.ts';
import { dayAt, dayOf } from './written.ts';

const STATEMENT = 'D01-TS';
const STATEMENT_LIST = 'NoiDung/BangKe/ThongTin';
const details = ['SoVanBan', 'NgayBanHanh', 'CoQuanBanHanh'] as const;

interface Days {
  readonly fields?: readonly string[];
  readonly column?: readonly [list: string, field: string];
}

/** Days on which something was written, issued or paid. */
const written: ReadonlyMap<string, Days> = new Map<string, Days>([
  [STATEMENT, { column: [STATEMENT_LIST, 'NgayBanHanh'] }],
  ['D03-TS', { column: ['NoiDung/LaoDong', 'NgayBienLai'] }],
  ['M05A-HSB', { fields: ['ThongTinKhac/NgayVanBan'] }],
  ['TK3-TS', { fields: ['NoiDung/NgayLap', 'NoiDung/NgayCapQuyetDinh'] }],
  ['M01-320', { fields: ['ThongTinKhac/NgayLap'] }],
]);

export const documentRules: readonly Rule[] = [
  rowRule('DOCUMENT_INCOMPLETE', [STATEMENT], [...details, 'TenLoaiVanBan'], (texts) => {
    const missing = details.filter((_name, index) => texts[index] === '');
    return missing.length === 0 || texts[3] === '' ? undefined : { document: texts[3] ?? '', missing: missing.join(', ') };
  }, [STATEMENT_LIST]),
  rowRule('DOCUMENT_RETROACTIVE', [STATEMENT], ['NgayHieuLuc', 'NgayBanHanh'], ([effect = '', issue = '']) => {
    const [from, issued] = [writtenDay(effect), writtenDay(issue)];
    return from === undefined || issued === undefined || issued <= from ? undefined : { issue: issue.slice(0, 10), effect: effect.slice(0, 10) };
  }, [STATEMENT_LIST]),
  formRule('DOCUMENT_DAY_IN_FUTURE', [...written.keys()], (form, { receivedAt }) => inFuture(form, written.get(form.form) ?? {}, dayAt(receivedAt))),
];

function* inFuture(form: FormContent, { fields = [], column }: Days, today: number): Iterable<Finding> {
  for (const path of fields) {
    const field = form.field(path);
    if (field === undefined || (writtenDay(field.text) ?? 0) <= today) continue;
    yield finding('DOCUMENT_DAY_IN_FUTURE', { place: form.place(field), value: field.text, params: { field: path.slice(path.lastIndexOf('/') + 1), day: field.text } });
  }
  const list = column === undefined ? undefined : form.lists.get(column[0]);
  if (list === undefined || column === undefined) return;
  for (const [row, text] of list.column(column[1]).entries()) {
    if ((writtenDay(text) ?? 0) > today) yield finding('DOCUMENT_DAY_IN_FUTURE', { place: list.place(row, column[1]), value: text, params: { field: column[1], day: text.slice(0, 10) } });
  }
}

/** `dd/MM/yyyy`, or the day of an xs:dateTime as one client writes it. */
function writtenDay(text: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:T|$)/.exec(text);
  return dayOf(match === null ? text : `${match[3]}/${match[2]}/${match[1]}`);
}
