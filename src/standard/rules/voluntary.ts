// Rules of the voluntary list (D05-TS): income chosen, contribution in all and its parts, support, months asked for twice. Clients reckon with a
// factor for payment in advance (Heso) that no source explains: a row that has one is not reckoned over. MucTien is read both ways seen.
import { finding } from '../../errors/outcomes.ts';
import { inForce } from '../labour-tables.ts';
import { LABOUR_LIST } from './labour.ts';
import { personsOf } from './persons.ts';
import { formRule, rowRule } from './rule.ts';
import type { Rule, RuleContext } from './rule.ts';
import { amountOf, formatMonth, monthOf } from './written.ts';

const FORM = 'D05-TS';
/** Of the income chosen (Luật BHXH 41/2024/QH15 Điều 36). */
const RATE = 22;
/** Poverty line of the countryside (NĐ 07/2021/NĐ-CP), the least income there is; it has only risen since. */
const LEAST_INCOME = 1_500_000;
const LEAST_INCOME_FROM = 2022 * 12;

interface Reckoned {
  readonly income: number;
  readonly months: number;
  readonly whole: number;
}

/** Undefined where a part is not there or a factor changes the sum. */
function reckonedOf(income: string, months: string, whole: string, factor: string): Reckoned | undefined {
  const [base, count, sum, times] = [amountOf(income), amountOf(months), amountOf(whole), amountOf(factor) ?? 0];
  if (base === undefined || count === undefined || sum === undefined || count <= 0 || (times !== 0 && times !== 1)) return undefined;
  return { income: base, months: count, whole: sum };
}

/** Each month may be rounded by itself. */
function isAbout(one: number, other: number, months: number): boolean {
  return Math.abs(one - other) <= Math.max(1, months);
}

function greatestIncome({ standard: { labour } }: RuleContext, month: number): number | undefined {
  const base = inForce(labour.baseSalaries, month);
  return base === undefined ? undefined : base.amount * labour.ceilingTimes;
}

/** Support as a share of the contribution, and the share that is written. */
const supports = [['TienHotro', 'TyleNSNN'], ['TienNSDP', 'TyleNSDP'], ['TienHotroKhac', 'TyleHotroKhac']] as const;

export const voluntaryRules: readonly Rule[] = [
  rowRule('VOLUNTARY_INCOME_NEGATIVE', [FORM], ['MucTien'], ([income = '']) => ((amountOf(income) ?? 0) < 0 ? {} : undefined)),
  rowRule('VOLUNTARY_INCOME_RANGE', [FORM], ['MucTien', 'Tuthang', 'Sothang', 'Tongtien', 'Heso'], ([income = '', from = '', months = '', whole = '', factor = ''], context) => {
    const [amount, month] = [amountOf(income), monthOf(from)];
    const reckoned = reckonedOf(income, months, whole, factor);
    // Where the sum is months times this amount, it is the contribution and not the income.
    const isContribution = reckoned !== undefined && isAbout(reckoned.income * reckoned.months, reckoned.whole, reckoned.months);
    if (amount === undefined || amount <= 0 || month === undefined || month < LEAST_INCOME_FROM || isContribution) return undefined;
    const most = greatestIncome(context, month) ?? Number.POSITIVE_INFINITY;
    return amount >= LEAST_INCOME && amount <= most ? undefined : { income, least: LEAST_INCOME, most, month: formatMonth(month) };
  }),
  rowRule('VOLUNTARY_RATE', [FORM], ['Tyle'], ([rate = '']) => ((amountOf(rate) ?? RATE) === RATE ? undefined : { rate, usual: RATE })),
  rowRule('VOLUNTARY_TOTAL', [FORM], ['Tongtien', 'MucTien', 'Sothang', 'Heso', 'Tyle'], ([whole = '', income = '', months = '', factor = '', rate = '']) => {
    const reckoned = reckonedOf(income, months, whole, factor);
    if (reckoned === undefined || reckoned.income < 0) return undefined;
    const plain = reckoned.income * reckoned.months;
    const expected = (plain * (amountOf(rate) ?? RATE)) / 100;
    return isAbout(expected, reckoned.whole, reckoned.months) || isAbout(plain, reckoned.whole, reckoned.months) ? undefined : { whole, expected: Math.round(expected), months };
  }),
  rowRule('VOLUNTARY_PARTS', [FORM], ['Tongtien', 'TienTudong', 'TienHotro', 'TienNSDP', 'TienHotroKhac'], ([whole = '', own = '', ...others]) => {
    const [sum, paid] = [amountOf(whole), amountOf(own)];
    if (sum === undefined || paid === undefined) return undefined;
    const parts = others.reduce((together, text) => together + (amountOf(text) ?? 0), paid);
    return Math.abs(parts - sum) <= others.length + 1 ? undefined : { whole, parts };
  }),
  rowRule('SUPPORT_EXCEEDS_SHARE', [FORM], ['TienHotro', 'Tongtien', 'Sothang', ...supports.flat()], ([, whole = '', months = '', ...texts]) => {
    const [sum, count] = [amountOf(whole), amountOf(months) ?? 0];
    for (const [index, [field, share]] of supports.entries()) {
      const [amount, percent] = [amountOf(texts[index * 2] ?? ''), amountOf(texts[index * 2 + 1] ?? '')];
      if (sum !== undefined && amount !== undefined && percent !== undefined && amount > (sum * percent) / 100 + Math.max(1, count)) return { field, amount, share, percent };
    }
    return undefined;
  }),
  formRule('VOLUNTARY_PERSON_REPEATED', [FORM], function* (form) {
    const list = form.lists.get(LABOUR_LIST);
    if (list === undefined) return;
    const [changes, begins, months] = ['PA', 'Tuthang', 'Sothang'].map((name) => list.column(name));
    const groups = new Map<string, { readonly row: number; readonly first: number; readonly last: number }[]>();
    for (const [row, person] of personsOf(list, FORM).entries()) {
      const first = monthOf(begins?.[row] ?? '');
      if (person === '' || first === undefined) continue;
      const key = `${person}\n${changes?.[row] ?? ''}`;
      const entry = { row, first, last: first + Math.max(1, amountOf(months?.[row] ?? '') ?? 1) - 1 };
      const known = groups.get(key);
      if (known === undefined) groups.set(key, [entry]);
      else known.push(entry);
    }
    for (const entries of groups.values()) {
      let before: { readonly row: number; readonly last: number } | undefined;
      for (const { row, first, last } of entries.length < 2 ? [] : entries.toSorted((a, b) => a.first - b.first || a.row - b.row)) {
        if (before !== undefined && first <= before.last) yield finding('VOLUNTARY_PERSON_REPEATED', { place: list.place(row, 'HoTen'), params: { row: row + 1, other: before.row + 1 } });
        if (before === undefined || last > before.last) before = { row, last };
      }
    }
  }),
];
