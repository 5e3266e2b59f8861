// Rules of the list for sickness, maternity and convalescence benefits (M01B-HSB): periods and days, what is asked twice, payment, adjustments,
// batch, late filing (Luật BHXH 41/2024/QH15 Điều 92). The lists of groups and of ways of payment are not public: what rests on them warns.
import { finding } from '../../errors/outcomes.ts';
import type { Finding } from '../../errors/outcomes.ts';
import { dueAfterWorkingDays } from '../calendar.ts';
import { procedureCode } from '../forms.ts';
import { accidentForm, adjustedPaths, benefitForm, benefitListsOf, benefitPaths } from './benefit-lists.ts';
import type { BenefitList, Regime } from './benefit-lists.ts';
import { longestLeave } from './leave.ts';
import { spelledIn } from './persons.ts';
import { formRule, rowRule, unitDossierRule } from './rule.ts';
import type { Params, Rule, RuleContext } from './rule.ts';
import { amountOf, dayAt, dayNumberAt, dayNumberOf, dayOf, plainNameOf } from './written.ts';

const DAY_MS = 86_400_000;
/** From the end of the leave the worker has 45 days for the papers, then the employer 7 working days (Luật BHXH 41/2024/QH15 Điều 48, 62). */
const WORKER_DAYS = 45;
const EMPLOYER_WORKING_DAYS = 7;

const procedureRegimes: ReadonlyMap<string, Regime> = new Map([['630a', 'sickness'], ['630b', 'maternity'], ['630c', 'convalescence']]);
const regimeNames: Readonly<Record<Regime, string>> = { sickness: 'ốm đau/sickness', maternity: 'thai sản/maternity', convalescence: 'dưỡng sức/convalescence' };

type BenefitCode = Parameters<typeof rowRule>[0];

/** Judges each record with what is known of its list; the finding stands at the first field unless it names another. */
function benefitRule(code: BenefitCode, fields: readonly string[], wrong: (texts: readonly string[], list: BenefitList, context: RuleContext) => (Params & { readonly field?: string }) | undefined): Rule {
  return formRule(code, [benefitForm], function* (form, context) {
    for (const list of benefitListsOf(form)) {
      const columns = fields.map((name) => list.list.column(name));
      for (let row = 0; row < list.list.size; row += 1) {
        const texts = columns.map((column) => column[row] ?? '');
        const params = wrong(texts, list, context);
        const at = params?.field ?? fields[0] ?? '';
        if (params !== undefined) yield finding(code, { place: list.list.place(row, at), value: texts[fields.indexOf(at)] ?? '', params });
      }
    }
  });
}

const periodRules: readonly Rule[] = [
  formRule('BENEFIT_LIST_EMPTY', [benefitForm], function* (form) {
    const unit = form.field('ThongTinKhac/MaDonVi');
    if (benefitListsOf(form).every(({ list }) => list.size === 0)) yield finding('BENEFIT_LIST_EMPTY', { place: unit === undefined ? { file: form.file } : form.place(unit) });
  }),
  benefitRule('BENEFIT_DATES_REVERSED', ['DenNgay', 'TuNgay', 'DenNgayDonVi', 'TuNgayDonVi'], ([until = '', from = '', unitUntil = '', unitFrom = '']) => {
    if (isReversed(from, until)) return { from, until };
    return isReversed(unitFrom, unitUntil) ? { from: unitFrom, until: unitUntil, field: 'DenNgayDonVi' } : undefined;
  }),
  benefitRule('BENEFIT_PERIOD_MISSING', ['TuNgay', 'DenNgay'], ([from = '', until = ''], { regime, adjusted }) => {
    const missing = from === '' ? 'TuNgay' : 'DenNgay';
    return adjusted || regime === 'maternity' || (from !== '' && until !== '') ? undefined : { missing, field: missing };
  }),
  benefitRule('BENEFIT_DAYS_NEGATIVE', ['TongSoNgay'], ([days = '']) => ((amountOf(days) ?? 0) < 0 ? {} : undefined)),
  benefitRule('BENEFIT_DAYS_EXCEED', ['TongSoNgay', 'TuNgay', 'DenNgay'], ([days = '', from = '', until = '']) => {
    const [count, calendar] = [amountOf(days), calendarDays(from, until)];
    return count === undefined || calendar === undefined || count <= calendar ? undefined : { days, calendar, from, until };
  }),
  benefitRule('BENEFIT_DAYS_AHEAD', ['TuNgay', 'DenNgay'], ([from = '', until = ''], { regime }, { receivedAt }) => {
    if (isAfter(from, receivedAt)) return { day: from };
    // Sick leave is settled once work is resumed.
    return regime === 'sickness' && isAfter(until, receivedAt) ? { day: until, field: 'DenNgay' } : undefined;
  }),
  benefitRule('BENEFIT_LENGTH', ['TongSoNgay', 'TuNgay', 'DenNgay', 'MaNhomHuong', 'SoCon', 'MaBenhDaiNgay', 'NghiDuongThai'], ([days = '', from = '', until = '', group = '', children = '', disease = '', protection = ''], { regime }) => {
    const calendar = calendarDays(from, until);
    const most = calendar === undefined || disease !== '' || protection !== '' ? undefined : longestLeave({ regime, group, from, children: Math.min(amountOf(children) ?? 1, 20) });
    const count = regime === 'maternity' ? calendar : (amountOf(days) ?? calendar);
    return most === undefined || count === undefined || calendar === undefined || count > calendar || count <= most ? undefined : { days: count, most };
  }),
  benefitRule('BENEFIT_GROUP_REGIME', ['MaNhomHuong'], ([group = ''], { regime }) => {
    const expected = { O: 'sickness', T: 'maternity' }[group.charAt(0).toUpperCase()];
    return expected === undefined || regime === 'convalescence' || expected === regime ? undefined : { group, regime: regimeNames[regime] };
  }),
];

const repeatFields = ['MaNhomHuong', 'MaNhomHuong2', 'TuNgay', 'DenNgay', 'SoSeriCT', 'NgaySinhCon', 'TheBhytCuaCon', 'MaSoBHXHCuaCon'] as const;

const listRules: readonly Rule[] = [
  formRule('BENEFIT_REPEATED', [benefitForm], function* (form) {
    for (const entry of benefitListsOf(form)) {
      for (const { row, other } of repeated(entry)) yield finding('BENEFIT_REPEATED', { place: entry.list.place(row, 'SoBHXH'), params: { row: row + 1, other: other + 1 } });
    }
  }),
  formRule('BENEFIT_OVERLAPS', [benefitForm], function* (form) {
    for (const entry of benefitListsOf(form)) if (!entry.adjusted) yield* overlapping(entry);
  }),
  rowRule('BENEFIT_PERSON_UNKNOWN', [benefitForm, accidentForm], ['MasoBHXH', 'CMND'], ([number = '', identity = '']) => (number === '' && identity === '' ? {} : undefined), [...benefitPaths, 'NoiDung/LaoDong']),
  benefitRule('EVENT_IN_FUTURE', ['NgayConChet', 'NgayMeChet', 'NgayKetLuan', 'NgayGiamDinh', 'NgaySinhCon'], (texts, { regime }, { receivedAt }) => {
    // A birth may be expected where maternity leave begins before it, but no child is ill before its birth.
    const fields = ['NgayConChet', 'NgayMeChet', 'NgayKetLuan', 'NgayGiamDinh', ...(regime === 'sickness' ? ['NgaySinhCon'] : [])];
    const index = fields.findIndex((_name, at) => isAfter(texts[at] ?? '', receivedAt));
    const field = fields[index];
    return field === undefined ? undefined : { field, day: texts[index] ?? '' };
  }),
  benefitRule('CHILD_DEATH_BEFORE_BIRTH', ['NgayConChet', 'NgaySinhCon'], ([death = '', birth = '']) => (isReversed(birth, death) ? { birth, death } : undefined)),
  unitDossierRule('REGIME_NOT_OF_PROCEDURE', function* ({ envelope: { procedure }, forms }) {
    const code = procedureCode(procedure?.text ?? '');
    const expected = procedureRegimes.get(code);
    for (const form of expected === undefined ? [] : forms.filter((entry) => entry.form === benefitForm)) {
      const other = benefitListsOf(form).find(({ list, regime }) => list.size > 0 && regime !== expected);
      if (other !== undefined) yield finding('REGIME_NOT_OF_PROCEDURE', { place: other.list.place(0), params: { procedure: code, regime: regimeNames[other.regime] } });
    }
  }),
];

const paymentRules: readonly Rule[] = [
  rowRule('PAYMENT_ACCOUNT_MISSING', [benefitForm, accidentForm], ['SoTaiKhoan', 'MaNganHang', 'TenChuTaiKhoan', 'HinhThucNhan'], ([account = '', bank = '', holder = '', method = '']) => {
    const missing = [account === '' ? 'SoTaiKhoan' : '', bank === '' ? 'MaNganHang' : '', holder === '' ? 'TenChuTaiKhoan' : ''].filter((name) => name !== '');
    return method !== 'ATM' || missing.length === 0 ? undefined : { missing: missing.join(', ') };
  }, [...benefitPaths, 'NoiDung/LaoDong']),
  // What DDCHI means is not on record, and a real client sends it without any account (wire-format §2.6).
  rowRule('PAYMENT_ACCOUNT_INCOMPLETE', [benefitForm, accidentForm], ['SoTaiKhoan', 'MaNganHang', 'HinhThucNhan'], ([account = '', bank = '', method = '']) =>
    method === 'ATM' || (account === '') === (bank === '') ? undefined : { missing: account === '' ? 'SoTaiKhoan' : 'MaNganHang' }, [...benefitPaths, 'NoiDung/LaoDong']),
  rowRule('ACCOUNT_HOLDER_DIFFERS', [benefitForm, accidentForm], ['TenChuTaiKhoan', 'HoTen', 'HinhThucNhan'], ([holder = '', name = '', method = '']) =>
    method !== 'ATM' || holder === '' || plainNameOf(holder) === plainNameOf(name) ? undefined : {}, [...benefitPaths, 'NoiDung/LaoDong']),
];

const batchRules: readonly Rule[] = [
  rowRule('ADJUSTMENT_INCOMPLETE', [benefitForm], ['DotDaGiaiQuyet', 'LyDoDieuChinh'], ([batch = '', reason = '']) =>
    batch !== '' && reason !== '' ? undefined : { missing: [batch === '' ? 'DotDaGiaiQuyet' : '', reason === '' ? 'LyDoDieuChinh' : ''].filter((name) => name !== '').join(', ') }, adjustedPaths),
  formRule('BENEFIT_BATCH_UNLIKELY', [benefitForm], function* (form, { receivedAt }) {
    const batch = form.field('ThongTinKhac/DotXetDuyet');
    if (batch !== undefined && batch.text !== '' && !isBatch(batch.text, /^\d{8}$/, receivedAt)) yield finding('BENEFIT_BATCH_UNLIKELY', { place: form.place(batch), value: batch.text, params: { batch: batch.text } });
    for (const { list } of benefitListsOf(form)) {
      for (const [row, text] of list.column('DotDaGiaiQuyet').entries()) {
        if (text !== '' && !isBatch(text, /^\d{8}(?:\d{3})?$/, receivedAt)) yield finding('BENEFIT_BATCH_UNLIKELY', { place: list.place(row, 'DotDaGiaiQuyet'), value: text, params: { batch: text } });
      }
    }
  }),
  formRule('LATE_WITHOUT_EXPLANATION', [benefitForm], function* (form, context) {
    if ((form.field('ThongTinKhac/LyDoGiaiTrinh')?.text ?? '') !== '') return;
    for (const { list, regime, adjusted } of benefitListsOf(form)) {
      if (adjusted || regime === 'convalescence') continue;
      const row = list.column('DenNgay').findIndex((day) => isLate(day, context));
      if (row < 0) continue;
      yield finding('LATE_WITHOUT_EXPLANATION', { place: list.place(row, 'DenNgay'), params: { row: row + 1, day: list.column('DenNgay')[row] ?? '' } });
      return; // one explanation is asked for
    }
  }),
];

function isReversed(from: string, until: string): boolean {
  const [first, last] = [dayOf(from), dayOf(until)];
  return first !== undefined && last !== undefined && first > last;
}

function isAfter(text: string, receivedAt: Date): boolean {
  const day = text === '' ? undefined : dayOf(text);
  return day !== undefined && day > dayAt(receivedAt);
}

/** The first and the last day both count. */
function calendarDays(from: string, until: string): number | undefined {
  const [first, last] = [dayNumberOf(from), dayNumberOf(until)];
  return first === undefined || last === undefined || last < first ? undefined : last - first + 1;
}

/** Year and month, then a number; not of a month after reception. */
function isBatch(text: string, shape: RegExp, receivedAt: Date): boolean {
  const month = Number(text.slice(4, 6));
  const limit = new Date(receivedAt.getTime() + 7 * 3_600_000);
  return shape.test(text) && text >= '1995' && month >= 1 && month <= 12 && Number(text.slice(0, 6)) <= limit.getUTCFullYear() * 100 + limit.getUTCMonth() + 1;
}

function isLate(text: string, { standard, receivedAt }: RuleContext): boolean {
  const last = dayNumberOf(text);
  if (last === undefined || last + WORKER_DAYS + EMPLOYER_WORKING_DAYS >= dayNumberAt(receivedAt)) return false;
  const papers = new Date((last + WORKER_DAYS) * DAY_MS);
  return dueAfterWorkingDays(standard.calendar, papers, EMPLOYER_WORKING_DAYS, 'end_of_day').at < receivedAt;
}

/** Rows that ask for the very same thing as an earlier one. */
function* repeated({ list }: BenefitList): Iterable<{ readonly row: number; readonly other: number }> {
  const seen = new Map<string, number>();
  for (const [row, key] of fingerprints(list).entries()) {
    const other = seen.get(key);
    if (key === '') continue;
    if (other === undefined) seen.set(key, row);
    else yield { row, other };
  }
}

/** Person and everything that tells one benefit from another; '' for a person nobody can tell. */
function fingerprints(list: BenefitList['list']): readonly string[] {
  const columns = repeatFields.map((name) => list.column(name));
  return personKeys(list).map((person, row) => (person === '' ? '' : [person, ...columns.map((column) => column[row] ?? '')].join('\n')));
}

function personKeys(list: BenefitList['list']): readonly string[] {
  const [numbers, identities] = ['MasoBHXH', 'CMND'].map((name) => list.column(spelledIn(benefitForm, name)));
  return Array.from({ length: list.size }, (_, row) => (numbers?.[row] ?? '') || (identities?.[row] ?? ''));
}

/** Days of one person that are asked for twice in a regime; in maternity only in one group, since an allowance and a leave go together. */
function* overlapping({ list, regime }: BenefitList): Iterable<Finding> {
  const [begins, ends, groups, second] = ['TuNgay', 'DenNgay', 'MaNhomHuong', 'MaNhomHuong2'].map((name) => list.column(name));
  const [prints, seen] = [fingerprints(list), new Set<string>()];
  const spans = new Map<string, { readonly row: number; readonly first: number; readonly last: number }[]>();
  for (const [row, person] of personKeys(list).entries()) {
    const [first, last] = [dayNumberOf(begins?.[row] ?? ''), dayNumberOf(ends?.[row] ?? '')];
    const print = prints[row] ?? '';
    if (person === '' || first === undefined || last === undefined || last < first || seen.has(print)) continue; // a row repeated is found as such
    seen.add(print);
    const key = regime === 'maternity' ? [person, groups?.[row], second?.[row]].join('\n') : person;
    const known = spans.get(key);
    if (known === undefined) spans.set(key, [{ row, first, last }]);
    else known.push({ row, first, last });
  }
  for (const entries of spans.values()) {
    let before: { readonly row: number; readonly last: number } | undefined;
    for (const { row, first, last } of entries.length < 2 ? [] : entries.toSorted((a, b) => a.first - b.first || a.row - b.row)) {
      if (before !== undefined && first <= before.last) yield finding('BENEFIT_OVERLAPS', { place: list.place(row, 'TuNgay'), value: begins?.[row] ?? '', params: { row: row + 1, other: before.row + 1 } });
      if (before === undefined || last > before.last) before = { row, last };
    }
  }
}

export const benefitRules: readonly Rule[] = [...periodRules, ...listRules, ...paymentRules, ...batchRules];
