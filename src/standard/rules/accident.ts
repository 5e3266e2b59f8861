// Rules of the request on a work accident or an occupational disease (M05A-HSB): what each kind must say, and the order of its days.
// The element list is ours (schemas/M05A-HSB); the order of events needs no source.
import { finding } from '../../errors/outcomes.ts';
import { accidentForm } from './benefit-lists.ts';
import { personsOf } from './persons.ts';
import { formRule, rowRule } from './rule.ts';
import type { Rule } from './rule.ts';
import { amountOf, dayAt, dayOf } from './written.ts';

const LIST = 'NoiDung/LaoDong';
/** What is earlier, what is later. */
const order = [['NgayVaoVien', 'NgayRaVien'], ['NgayBiTaiNan', 'NgayBienBanDieuTra'], ['NgayBiTaiNan', 'NgayVaoVien']] as const;
const past = ['NgayBiTaiNan', 'NgayBienBanDieuTra', 'NgayKetQuaMoiTruong', 'NgayVaoVien', 'NgayGiamDinh', 'NgayCapCMND'] as const;
/** Below this loss nothing is due (Luật An toàn, vệ sinh lao động 84/2015/QH13 Điều 48). */
const LEAST_LOSS = 5;

export const accidentRules: readonly Rule[] = [
  rowRule('ACCIDENT_DATA_MISSING', [accidentForm], ['LoaiDeNghi', 'NgayBiTaiNan', 'TenBenhNgheNghiep'], ([kind = '', day = '', disease = '']) => {
    if (kind === 'TNLD' && day === '') return { kind, missing: 'NgayBiTaiNan' };
    return kind === 'BNN' && disease === '' ? { kind, missing: 'TenBenhNgheNghiep' } : undefined;
  }),
  formRule('ACCIDENT_DATES_REVERSED', [accidentForm], function* (form) {
    const list = form.lists.get(LIST);
    for (const [earlier, later] of list === undefined ? [] : order) {
      const begins = list?.column(earlier) ?? [];
      for (const [row, text] of (list?.column(later) ?? []).entries()) {
        const [first, last] = [dayOf(begins[row] ?? ''), dayOf(text)];
        if (list === undefined || first === undefined || last === undefined || first <= last) continue;
        yield finding('ACCIDENT_DATES_REVERSED', { place: list.place(row, later), value: text, params: { from: `${earlier} ${begins[row] ?? ''}`, until: `${later} ${text}` } });
      }
    }
  }),
  formRule('ACCIDENT_IN_FUTURE', [accidentForm], function* (form, { receivedAt }) {
    const list = form.lists.get(LIST);
    for (const field of list === undefined ? [] : past) {
      for (const [row, text] of (list?.column(field) ?? []).entries()) {
        if (list !== undefined && (dayOf(text) ?? 0) > dayAt(receivedAt)) yield finding('ACCIDENT_IN_FUTURE', { place: list.place(row, field), value: text, params: { field, day: text } });
      }
    }
  }),
  formRule('ACCIDENT_REPEATED', [accidentForm], function* (form) {
    const list = form.lists.get(LIST);
    if (list === undefined) return;
    const columns = ['LoaiDeNghi', 'NgayBiTaiNan', 'TenBenhNgheNghiep', 'NgayGiamDinh'].map((name) => list.column(name));
    const seen = new Map<string, number>();
    for (const [row, person] of personsOf(list, accidentForm).entries()) {
      const key = [person, ...columns.map((column) => column[row])].join('\n');
      const other = person === '' ? undefined : seen.get(key);
      if (other === undefined) seen.set(key, row);
      else yield finding('ACCIDENT_REPEATED', { place: list.place(row, 'HoTen'), params: { row: row + 1, other: other + 1 } });
    }
  }),
  rowRule('ACCIDENT_LOSS_LOW', [accidentForm], ['TyLeSuyGiam'], ([loss = '']) => {
    const percent = amountOf(loss);
    return percent === undefined || percent >= LEAST_LOSS ? undefined : { loss, least: LEAST_LOSS };
  }),
];
