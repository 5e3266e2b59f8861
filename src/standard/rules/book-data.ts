// Rules of the data of reviewed books (Mẫu 01a of process 320): months in order and not over the cut-off, periods of one fund apart, time before
// 01/1995 confirmed (3142/TB-BHXH step 2), and what CT and TT say was used (step 3).
import { finding } from '../../errors/outcomes.ts';
import type { Finding } from '../../errors/outcomes.ts';
import type { FormContent, RecordTable } from '../form-content.ts';
import { formRule, rowRule } from './rule.ts';
import type { Rule } from './rule.ts';
import { isWholeUse, PROPORTIONAL_FROM } from './used-months.ts';
import { monthOf } from './written.ts';

const FORM = 'M01a-320';
const PERSONS = 'NoiDung/DSNguoi/Nguoi';
const PERIODS = 'NoiDung/DSQuaTrinh/QuaTrinh';
/** January 1995: from then on contributions are on record. */
const ON_RECORD_FROM = 1995 * 12;
/** What was used, by the code of a cut: one-off benefit, unemployment benefit. */
const cutFunds: ReadonlyMap<string, string> = new Map([['CT', 'BHXH'], ['TT', 'BHTN']]);

interface Period {
  readonly row: number;
  readonly person: string;
  readonly fund: string;
  readonly used: boolean;
  readonly first: number;
  readonly last: number;
}

export const bookDataRules: readonly Rule[] = [
  rowRule('BOOK_MONTHS_REVERSED', [FORM], ['DenThang', 'TuThang'], ([until = '', from = '']) => {
    const [first, last] = [monthOf(from), monthOf(until)];
    return first === undefined || last === undefined || first <= last ? undefined : { from, until };
  }, [PERIODS]),
  formRule('BOOK_AFTER_CUTOFF', [FORM], function* (form) {
    const list = form.lists.get(PERIODS);
    const cutoff = form.field('ThongTinKhac/DenThang')?.text ?? '';
    const limit = monthOf(cutoff);
    for (const [row, text] of limit === undefined || list === undefined ? [] : list.column('DenThang').entries()) {
      if (list !== undefined && limit !== undefined && (monthOf(text) ?? 0) > limit) yield finding('BOOK_AFTER_CUTOFF', { place: list.place(row, 'DenThang'), value: text, params: { month: text, cutoff } });
    }
  }),
  rowRule('BOOK_UNCONFIRMED', [FORM], ['CoXacNhan', 'TuThang'], ([confirmed = '', from = '']) => {
    const first = monthOf(from);
    return first === undefined || first >= ON_RECORD_FROM || confirmed === '1' ? undefined : { from };
  }, [PERIODS]),
  formRule('BOOK_PERIODS_OVERLAP', [FORM], function* (form) {
    const list = form.lists.get(PERIODS);
    if (list !== undefined) yield* overlapping(list);
  }),
  formRule('BOOK_PERSON_UNKNOWN', [FORM], function* (form) {
    const [persons, list] = [form.lists.get(PERSONS), form.lists.get(PERIODS)];
    const known = new Set(persons?.column('MasoBHXH') ?? []);
    for (const [row, number] of (list?.column('MasoBHXH') ?? []).entries()) {
      if (list !== undefined && !known.has(number)) yield finding('BOOK_PERSON_UNKNOWN', { place: list.place(row, 'MasoBHXH'), value: number, params: { row: row + 1 } });
    }
  }),
  formRule('BOOK_CUT_WITHOUT_PERIOD', [FORM], (form) => cutFindings(form, (fund, used) => (used.length > 0 ? undefined : ['BOOK_CUT_WITHOUT_PERIOD', { fund }]))),
  formRule('BOOK_USED_MONTHS', [FORM], (form) => cutFindings(form, (fund, used) => {
    // A benefit before 2015 took the whole of what was before it; what reaches into 2015 was used since.
    const months = used.filter(({ last }) => last >= PROPORTIONAL_FROM).reduce((sum, { first, last }) => sum + last - first + 1, 0);
    return fund !== 'BHTN' || isWholeUse(months) ? undefined : ['BOOK_USED_MONTHS', { months }];
  })),
];

type Cut = readonly [code: 'BOOK_CUT_WITHOUT_PERIOD' | 'BOOK_USED_MONTHS', params: Readonly<Record<string, string | number>>];

/** Of every person whose periods were cut, with the periods of that fund that are marked as used. */
function* cutFindings(form: FormContent, wrong: (fund: string, used: readonly Period[]) => Cut | undefined): Iterable<Finding> {
  const [persons, list] = [form.lists.get(PERSONS), form.lists.get(PERIODS)];
  if (persons === undefined || list === undefined) return;
  const used = grouped(periodsOf(list).filter((period) => period.used));
  const numbers = persons.column('MasoBHXH');
  for (const [row, option] of persons.column('XacNhan').entries()) {
    const fund = cutFunds.get(option);
    const found = fund === undefined ? undefined : wrong(fund, used.get(`${numbers[row] ?? ''}\n${fund}`) ?? []);
    if (found !== undefined) yield finding(found[0], { place: persons.place(row, 'XacNhan'), value: option, params: { option, row: row + 1, ...found[1] } });
  }
}

function* overlapping(list: RecordTable): Iterable<Finding> {
  for (const periods of grouped(periodsOf(list)).values()) {
    let before: Period | undefined;
    for (const period of periods.length < 2 ? [] : periods.toSorted((a, b) => a.first - b.first || a.row - b.row)) {
      if (before !== undefined && period.first <= before.last) yield finding('BOOK_PERIODS_OVERLAP', { place: list.place(period.row, 'TuThang'), params: { row: period.row + 1, other: before.row + 1, fund: period.fund } });
      if (before === undefined || period.last > before.last) before = period;
    }
  }
}

function grouped(periods: readonly Period[]): ReadonlyMap<string, readonly Period[]> {
  const groups = new Map<string, Period[]>();
  for (const period of periods) {
    const key = `${period.person}\n${period.fund}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [period]);
    else known.push(period);
  }
  return groups;
}

/** Those whose months can be read and are in order. */
function periodsOf(list: RecordTable): readonly Period[] {
  const [persons, funds, marks, begins, ends] = ['MasoBHXH', 'Quy', 'DaHuong', 'TuThang', 'DenThang'].map((name) => list.column(name));
  return Array.from({ length: list.size }, (_, row) => row).flatMap((row) => {
    const [first, last] = [monthOf(begins?.[row] ?? ''), monthOf(ends?.[row] ?? '')];
    const person = persons?.[row] ?? '';
    if (person === '' || first === undefined || last === undefined || first > last) return [];
    return [{ row, person, fund: funds?.[row] ?? '', used: marks?.[row] === '1', first, last }];
  });
}
