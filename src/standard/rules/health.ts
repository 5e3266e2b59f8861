// Rules of the health-insurance list (D03-TS): shares of budgets, hospital of who joins, amount against months and base salary, people twice.
// The list's own reckoning is not public (wire-format §2.4), so that only what exceeds every reading of it is told, and as a warning.
import { finding } from '../../errors/outcomes.ts';
import { inForce } from '../labour-tables.ts';
import { LABOUR_LIST } from './labour.ts';
import { personsOf } from './persons.ts';
import { formRule, rowRule } from './rule.ts';
import type { Rule } from './rule.ts';
import { amountOf, monthAt, monthOf } from './written.ts';

const FORM = 'D03-TS';
/** Of the base salary a month (NĐ 188/2025/NĐ-CP; NĐ 146/2018/NĐ-CP Điều 7). */
const RATE = 0.045;
const JOINS = 'TM';
const MONTHS_AHEAD = 12;

export const healthRules: readonly Rule[] = [
  formRule('SUPPORT_ABOVE_WHOLE', [FORM, 'D05-TS'], function* (form) {
    const list = form.lists.get(LABOUR_LIST);
    const ofList = amountOf(form.field('ThongTinKhac/TyleNSNN')?.text ?? '') ?? 0;
    if (list === undefined) return;
    const columns = ['TyleNSDP', 'TyleNSNN', 'TyleHotroKhac'].map((name) => list.column(name));
    for (let row = 0; row < list.size; row += 1) {
      const sum = columns.reduce((whole, column) => whole + (amountOf(column[row] ?? '') ?? 0), ofList);
      if (sum > 100) yield finding('SUPPORT_ABOVE_WHOLE', { place: list.place(row, 'TyleNSDP'), value: columns[0]?.[row] ?? '', params: { row: row + 1, sum } });
    }
  }),
  rowRule('HEALTH_HOSPITAL_MISSING', [FORM], ['MaBenhVien', 'PA'], ([hospital = '', change = '']) => (hospital === '' && change === JOINS ? { change } : undefined)),
  rowRule('AMOUNT_WITHOUT_MONTHS', [FORM, 'D05-TS'], ['Sothang', 'Tiendong', 'Tongtien'], ([months = '', paid = '', whole = '']) => {
    const amount = paid === '' ? whole : paid;
    return (amountOf(amount) ?? 0) > 0 && (amountOf(months) ?? 0) === 0 ? { amount } : undefined;
  }),
  formRule('HEALTH_AMOUNT_HIGH', [FORM], function* (form, { standard, receivedAt }) {
    const list = form.lists.get(LABOUR_LIST);
    const base = amountOf(form.field('ThongTinKhac/LuongCoSo')?.text ?? '') ?? inForce(standard.labour.baseSalaries, monthAt(receivedAt))?.amount ?? 0;
    if (list === undefined || base <= 0) return;
    const [amounts, months] = ['Tiendong', 'Sothang'].map((name) => list.column(name));
    for (let row = 0; row < list.size; row += 1) {
      const [amount, count] = [amountOf(amounts?.[row] ?? ''), amountOf(months?.[row] ?? '') ?? 0];
      const most = Math.ceil(base * RATE * count);
      if (amount === undefined || count === 0 || amount <= most) continue;
      yield finding('HEALTH_AMOUNT_HIGH', { place: list.place(row, 'Tiendong'), value: amounts?.[row] ?? '', params: { row: row + 1, amount, most, months: count } });
    }
  }),
  rowRule('HEALTH_START_FAR', [FORM], ['TuNgay'], ([day = ''], { receivedAt }) => {
    const month = monthOf(day.slice(3));
    return month === undefined || Math.abs(month - monthAt(receivedAt)) <= MONTHS_AHEAD ? undefined : { day, months: MONTHS_AHEAD };
  }),
  formRule('HEALTH_PERSON_REPEATED', [FORM], function* (form) {
    const list = form.lists.get(LABOUR_LIST);
    if (list === undefined) return;
    const [changes, days] = ['PA', 'TuNgay'].map((name) => list.column(name));
    const seen = new Map<string, number>();
    for (const [row, person] of personsOf(list, FORM).entries()) {
      const key = [person, changes?.[row], days?.[row]].join('\n');
      const other = person === '' ? undefined : seen.get(key);
      if (other === undefined) seen.set(key, row);
      else yield finding('HEALTH_PERSON_REPEATED', { place: list.place(row, 'HoTen'), params: { row: row + 1, other: other + 1 } });
    }
  }),
];
