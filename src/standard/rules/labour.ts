// Rules of the labour list (D02-TS, and D02-LT since QĐ 366/QĐ-BHXH): months, kind of change, pay, rate, death, pairs of days, persons twice.
// What the sources settle refuses; what is read from names, or may be otherwise in a case they do not tell of, warns.
import { finding } from '../../errors/outcomes.ts';
import type { Finding } from '../../errors/outcomes.ts';
import type { FormContent, RecordTable } from '../form-content.ts';
import { inForce } from '../labour-tables.ts';
import type { LabourTables } from '../labour-tables.ts';
import { parsePeriod } from '../time.ts';
import { personsOf, repeatedIn } from './persons.ts';
import { formRule, rowRule, unitDossierRule } from './rule.ts';
import type { Params, Rule, RuleContext } from './rule.ts';
import { amountOf, birthOf, dayAt, dayOf, formatMonth, monthAt, monthOf } from './written.ts';

export const labourForms: readonly string[] = ['D02-TS', 'D02-LT'];
export const LABOUR_LIST = 'NoiDung/LaoDong';

const MONTHS_AHEAD = 12;
/** What is above is đồng, what is not is a coefficient of the base salary (portal). */
const GREATEST_COEFFICIENT = 100;

/** Days that begin and end something. */
const dayPairs = ['Vtvl_nql', 'Vtvl_cmktbc', 'Vtvl_cmktbt', 'Vtvl_khac', 'Nndh', 'Hdld_xdth', 'Hdld_khac'].map((name) => [`${name}_tungay`, `${name}_denngay`] as const);

function labourRule(code: Parameters<typeof rowRule>[0], fields: readonly string[], wrong: (texts: readonly string[], context: RuleContext) => Params | undefined): Rule {
  return rowRule(code, labourForms, fields, wrong);
}

const monthRules: readonly Rule[] = [
  labourRule('MONTHS_REVERSED', ['DenThang', 'TuThang'], ([until = '', from = '']) => {
    if (until === '') return undefined;
    const [last, first] = [monthOf(until), monthOf(from)];
    return last === undefined || first === undefined || first <= last ? undefined : { from, until };
  }),
  rowRule('MONTH_FAR_AHEAD', [...labourForms, 'D05-TS'], ['TuThang'], ([from = ''], { receivedAt }) => {
    const month = monthOf(from);
    return month === undefined || month <= monthAt(receivedAt) + MONTHS_AHEAD ? undefined : { from, months: MONTHS_AHEAD };
  }),
  labourRule('UNTIL_MONTH_MISSING', ['DenThang', 'PA'], ([until = '', change = ''], { standard }) =>
    until === '' && standard.labour.changes.get(change)?.closed === true ? { change } : undefined),
  unitDossierRule('PERIOD_FAR_AHEAD', ({ envelope: { period }, receivedAt, placeOf }) => {
    const read = parsePeriod(period?.text ?? '');
    if (period === undefined || read === undefined || read.year * 12 + read.month - 1 <= monthAt(receivedAt) + MONTHS_AHEAD) return [];
    return [finding('PERIOD_FAR_AHEAD', { place: placeOf(period), value: period.text, params: { period: period.text, months: MONTHS_AHEAD } })];
  }),
];

const sectionNames = ['tăng/increase', 'giảm/decrease', 'điều chỉnh/adjustment'];

const changeRules: readonly Rule[] = [
  labourRule('CHANGE_NOT_INCREASE', ['PA', 'Loai'], ([change = '', section = ''], { standard }) => {
    const known = standard.labour.changes.get(change);
    return section === '1' && known?.section === 2 && known.named ? { change } : undefined;
  }),
  labourRule('CHANGE_SECTION', ['PA', 'Loai'], ([change = '', section = ''], { standard }) => {
    const known = standard.labour.changes.get(change);
    if (known?.section === undefined || !/^[123]$/.test(section) || Number(section) === known.section) return undefined;
    if (section === '1' && known.section === 2 && known.named) return undefined; // refused above
    return { change, section, expected: sectionNames[known.section - 1] ?? '' };
  }),
];

const payRules: readonly Rule[] = [
  labourRule('SALARY_MISSING', ['TienLuong', 'PA'], ([salary = '', change = ''], { standard }) => {
    if (standard.labour.changes.get(change)?.pay !== true) return undefined;
    return salary === '' || amountOf(salary) === 0 ? { change } : undefined;
  }),
  labourRule('SALARY_NEGATIVE', ['TienLuong'], ([salary = '']) => (salary.startsWith('-') && (amountOf(salary) ?? 0) < 0 ? {} : undefined)),
  payRule('SALARY_BELOW_REFERENCE', ({ pay, base }) => (pay < base.amount ? { least: base.amount, basis: base.basis } : undefined)),
  payRule('SALARY_BELOW_MINIMUM', ({ pay, base, zone, least, basis }) => (least !== undefined && pay >= base.amount && pay < least ? { zone, least, basis } : undefined)),
  payRule('SALARY_ABOVE_CEILING', ({ pay, base, tables }) => {
    const most = base.amount * tables.ceilingTimes;
    return pay > most ? { most, times: tables.ceilingTimes, basis: base.basis } : undefined;
  }),
  labourRule('RATE_OUT_OF_RANGE', ['TyleDong'], ([text = '']) => {
    const rate = text === '' ? undefined : amountOf(text);
    return rate === undefined || (rate >= 0 && rate <= 100) ? undefined : { rate: text };
  }),
  labourRule('RATE_UNUSUAL', ['TyleDong'], ([text = ''], { standard }) => {
    const rate = text === '' ? undefined : amountOf(text);
    if (rate === undefined || rate < 0 || rate > 100 || standard.labour.usualRates.has(Math.round(rate * 1000) / 100)) return undefined;
    return { rate: text };
  }),
  labourRule('ALLOWANCE_RATE_UNLIKELY', ['PhuCapTNVK', 'PhuCapTNNghe'], (texts) => {
    const wrong = texts.find((text) => text !== '' && ((amountOf(text) ?? 0) < 0 || (amountOf(text) ?? 0) > 100));
    return wrong === undefined ? undefined : { rate: wrong };
  }),
];

interface Pay {
  /** Đồng a month. */
  readonly pay: number;
  readonly base: { readonly amount: number; readonly basis: string };
  readonly zone: string;
  readonly least: number | undefined;
  readonly basis: string;
  readonly tables: LabourTables;
}

/** Judges the pay of a row that sets it, by what was in force in its first month; months before the table are not judged. */
function payRule(code: Parameters<typeof rowRule>[0], wrong: (pay: Pay) => Params | undefined): Rule {
  return labourRule(code, ['TienLuong', 'TuThang', 'MavungLTT', 'PA'], ([text = '', from = '', zone = '', change = ''], { standard: { labour } }) => {
    if (labour.changes.get(change)?.pay !== true) return undefined;
    const [salary, month] = [amountOf(text), monthOf(from)];
    if (salary === undefined || salary <= 0 || month === undefined) return undefined;
    const base = inForce(labour.baseSalaries, month);
    if (base === undefined) return undefined;
    const wages = inForce(labour.zoneWages, month);
    const pay = salary <= GREATEST_COEFFICIENT ? salary * base.amount : salary;
    const found = wrong({ pay, base, zone, least: wages?.amounts.get(zone), basis: wages?.basis ?? '', tables: labour });
    return found === undefined ? undefined : { ...found, month: formatMonth(month) };
  });
}

/** Lists that tell of deaths the same way. */
const formsWithDeath: readonly string[] = [...labourForms, 'D03-TS'];

const deathRules: readonly Rule[] = [
  rowRule('DEATH_NOT_FLAGGED', formsWithDeath, ['NgayChet', 'CoGiamChet'], ([day = '', flag = '']) => (day !== '' && flag !== '1' ? {} : undefined)),
  rowRule('DEATH_DATE_MISSING', formsWithDeath, ['NgayChet', 'CoGiamChet'], ([day = '', flag = '']) => (day === '' && flag === '1' ? {} : undefined)),
  labourRule('DEATH_NOT_DECREASE', ['CoGiamChet', 'PA'], ([flag = '', change = ''], { standard }) => {
    const section = standard.labour.changes.get(change)?.section;
    return flag === '1' && section !== undefined && section !== 2 ? { change } : undefined;
  }),
  rowRule('DEATH_IN_FUTURE', formsWithDeath, ['NgayChet'], ([text = ''], { receivedAt }) => {
    const day = text === '' ? undefined : dayOf(text);
    return day === undefined || day <= dayAt(receivedAt) ? undefined : { day: text };
  }),
  rowRule('DEATH_BEFORE_BIRTH', formsWithDeath, ['NgayChet', 'NgaySinh'], ([text = '', born = '']) => {
    if (text === '' || dayOf(text) === undefined) return undefined;
    const [death, birth] = [birthOf(text), birthOf(born)];
    return death === undefined || birth === undefined || birth.month <= death.month ? undefined : { day: text, born };
  }),
];

const listRules: readonly Rule[] = [
  formRule('DATES_REVERSED', labourForms, function* (form) {
    const list = form.lists.get(LABOUR_LIST);
    for (const [from, until] of list === undefined ? [] : dayPairs) yield* reversedDays(list, from, until);
  }),
  formRule('PERSON_REPEATED', labourForms, function* (form) {
    const list = form.lists.get(LABOUR_LIST);
    if (list !== undefined) yield* repeatedPersons(list);
  }),
];

function* reversedDays(list: RecordTable | undefined, from: string, until: string): Iterable<Finding> {
  if (list === undefined) return;
  const ends = list.column(until);
  for (let row = 0; row < ends.length; row += 1) {
    const end = ends[row] ?? '';
    if (end === '') continue;
    const begin = list.column(from)[row] ?? '';
    const [first, last] = [dayOf(begin), dayOf(end)];
    if (first === undefined || last === undefined || first <= last) continue;
    yield finding('DATES_REVERSED', { place: list.place(row, until), value: end, params: { from: `${from} ${begin}`, until: `${until} ${end}` } });
  }
}

/** The same person with the same change and rate in months that overlap; a row without DenThang counts for its first month alone. */
function* repeatedPersons(list: RecordTable): Iterable<Finding> {
  const [changes, rates, begins, ends] = ['PA', 'TyleDong', 'TuThang', 'DenThang'].map((name) => list.column(name));
  const persons = personsOf(list);
  const repeated = repeatedIn(persons);
  if (repeated.size === 0) return;
  const groups = new Map<string, { readonly row: number; readonly first: number; readonly last: number }[]>();
  for (let row = 0; row < list.size; row += 1) {
    const first = monthOf(begins?.[row] ?? '');
    const person = persons[row] ?? '';
    if (!repeated.has(person) || first === undefined) continue;
    const key = `${person}\n${changes?.[row] ?? ''}\n${Number(rates?.[row] ?? '')}`;
    const entry = { row, first, last: Math.max(first, monthOf(ends?.[row] ?? '') ?? first) };
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  for (const group of groups.values()) {
    if (group.length < 2) continue;
    let before: { readonly row: number; readonly first: number; readonly last: number } | undefined;
    for (const entry of group.toSorted((a, b) => a.first - b.first || a.row - b.row)) {
      if (before !== undefined && entry.first <= before.last) yield finding('PERSON_REPEATED', { place: list.place(entry.row, 'MasoBHXH'), params: { row: entry.row + 1, other: before.row + 1, change: changes?.[entry.row] ?? '' } });
      if (before === undefined || entry.last > before.last) before = entry;
    }
  }
}

export function listOf(form: FormContent): RecordTable | undefined {
  return form.lists.get(LABOUR_LIST);
}

export const labourRules: readonly Rule[] = [...monthRules, ...changeRules, ...payRules, ...deathRules, ...listRules];
