// Guarantee: the rules of reviewing books (3142/TB-BHXH), each at its borders: cuts by CT and TT and one for twelve, branches of old and new
// books, how far a leaf is printed, time before 01/1995, the five groups of data, totals of Form 01, postal numbers.
import { describe, expect, test } from '@jest/globals';

import type { BookList } from '../../src/backend/dossier-rows.ts';
import { cutoffOf, formatMonth, month } from '../../src/backend/months.ts';
import type { Benefit, BookRecord, Period } from '../../src/backend/process-320/book.ts';
import { countPapers } from '../../src/backend/process-320/count.ts';
import { cutPeriods } from '../../src/backend/process-320/cut.ts';
import { faultsOf } from '../../src/backend/process-320/first-comparison.ts';
import { branchOf, decideBook, differences, unproven, yearlyLeaf } from '../../src/backend/process-320/rules.ts';
import { questionOn } from '../../src/backend/process-320/second-comparison.ts';
import { trackingNumber } from '../../src/backend/process-320/works.ts';

const period = (fund: Period['fund'], from: number, to: number, changes: Partial<Period> = {}): Period => ({ fund, from, to, rank: '', post: 'Nhân viên', unit: 'A', wage: '5000000', allowance: '', place: '79', confirmed: false, ...changes });
const benefit = (changes: Partial<Benefit>): Benefit => ({ kind: 'unemployment', decided: month(2015, 1), granted: 3, paid: 3, known: true, ...changes });
const record = (periods: readonly Period[], identity: Partial<BookRecord['identity']> = {}): BookRecord => ({ identity: { name: 'A', bornOn: '02/09/1970', sex: '1', nationality: 'VN', ...identity }, periods });

describe('a cut', () => {
  const both = [period('BHXH', month(2005, 1), month(2016, 12)), period('BHTN', month(2009, 1), month(2016, 12))];

  test('of a one-off takes all social insurance before it, code CT, and no unemployment insurance', () => {
    const { cuts, left, kept } = cutPeriods(both, [benefit({ kind: 'one-off', decided: month(2010, 1) })]);
    expect(cuts).toEqual([{ code: 'CT', fund: 'BHXH', months: 60, printedIn: 'SMS' }]);
    expect([left, kept.find(({ fund }) => fund === 'BHXH')?.from]).toEqual([{ BHXH: 84, BHTN: 96 }, month(2010, 1)]);
  });

  test('of unemployment benefit before 2015 takes the whole time before it, however little was paid', () => {
    const { cuts, left } = cutPeriods(both, [benefit({ decided: month(2014, 12), granted: 3, paid: 1 })]);
    expect([cuts, left.BHTN]).toEqual([[{ code: 'TT', fund: 'BHTN', months: 71, printedIn: 'SMS' }], 25]);
  });

  test('from 01/2015 takes twelve months for one, the earliest first', () => {
    const { cuts, left, kept } = cutPeriods(both, [benefit({ decided: month(2015, 1) })]);
    expect([cuts, left.BHTN]).toEqual([[{ code: 'TT', fund: 'BHTN', months: 36, printedIn: 'SMS' }], 60]);
    expect(kept.find(({ fund }) => fund === 'BHTN')?.from).toBe(month(2012, 1));
  });

  test.each([[1, 12], [2, 24], [3, 36]])('of a benefit ended after %i months takes %i', (paid, months) => {
    expect(cutPeriods(both, [benefit({ paid })]).cuts[0]?.months).toBe(months);
  });

  test('never takes more than there was before the decision', () => {
    const late = [period('BHTN', month(2014, 6), month(2016, 12))];
    expect(cutPeriods(late, [benefit({ decided: month(2015, 6) })])).toMatchObject({ cuts: [{ months: 12 }], left: { BHTN: 19 } });
    expect(cutPeriods(late, [benefit({ decided: month(2014, 6) })]).cuts).toEqual([]);
  });

  test('is printed in QLST from 01/2016 on, in SMS before', () => {
    expect(cutPeriods(both, [benefit({ decided: month(2015, 12) })]).cuts[0]?.printedIn).toBe('SMS');
    expect(cutPeriods(both, [benefit({ decided: month(2016, 1) })]).cuts[0]?.printedIn).toBe('QLST');
  });

  test('is made without data of the city too, and of two benefits one after the other', () => {
    const { cuts, left } = cutPeriods(both, [benefit({ decided: month(2016, 5), paid: 1, known: false }), benefit({ decided: month(2012, 1) })]);
    expect([cuts.map(({ months }) => months), left.BHTN]).toEqual([[36, 12], 48]);
  });
});

describe('a book', () => {
  test.each([
    ['BIA', 2, true, 'cover'], ['S24', 0, false, 'a'], ['S46', 0, true, 'a'], ['S46', 1, false, 'b'], ['S24', 3, true, 'c'],
  ] as const)('%s with %i leaves, adjusted %s, takes branch %s', (kind, leaves, adjusted, branch) => {
    expect(branchOf({ kind, leaves, adjusted })).toBe(branch);
  });

  const facts = { kind: 'S46', leaves: 1, adjusted: true, open: true, cutoff: month(2016, 12), paidTo: month(2016, 12), firstMonth: month(2001, 1) } as const;

  test('that is old is withdrawn and its cover reissued; of branch c the leaves too; a new one stays', () => {
    expect(decideBook(facts)).toMatchObject({ branch: 'c', withdrawsBook: true, withdrawsLeaves: true, reissuesCover: true, leaf: 'QT' });
    expect(decideBook({ ...facts, adjusted: false })).toMatchObject({ branch: 'b', withdrawsBook: true, withdrawsLeaves: false });
    expect(decideBook({ ...facts, kind: 'BIA' })).toMatchObject({ branch: 'cover', withdrawsBook: false, reissuesCover: false, leaf: 'QT' });
  });

  test('that is closed gets the leaf BL and no yearly one', () => {
    expect(decideBook({ ...facts, open: false })).toMatchObject({ leaf: 'BL', yearly: null });
  });
});

describe('the yearly leaf', () => {
  const facts = { cutoff: month(2016, 12), paidTo: month(2016, 12), firstMonth: month(2001, 1), open: true };

  test('goes from 01/2010 to December of the year before', () => {
    expect(yearlyLeaf(facts)).toEqual({ from: month(2010, 1), to: month(2016, 12) });
  });

  test('goes to the month paid when the unit is in debt', () => {
    expect(yearlyLeaf({ ...facts, paidTo: month(2016, 7) })?.to).toBe(month(2016, 7));
    expect(yearlyLeaf({ ...facts, paidTo: month(2017, 3) })?.to).toBe(month(2016, 12));
  });

  test('begins with the first month insured, and is not printed when nothing was paid since', () => {
    expect(yearlyLeaf({ ...facts, firstMonth: month(2013, 5) })?.from).toBe(month(2013, 5));
    expect(yearlyLeaf({ ...facts, paidTo: month(2009, 12) })).toBeNull();
  });

  test.each([['2017-01-03T02:00:00Z', '12/2016'], ['2016-12-31T18:00:00Z', '12/2016'], ['2016-12-31T16:00:00Z', '12/2015']])('filed at %s is reviewed up to %s', (filed, to) => {
    expect(formatMonth(cutoffOf(new Date(filed)))).toBe(to);
  });
});

describe('comparing', () => {
  const known = record([period('BHXH', month(2001, 1), month(2016, 12))]);

  test.each<[group: string, book: BookRecord]>([
    ['identity', record(known.periods, { bornOn: '02/09/1971' })],
    ['periods', record([])],
    ['work', record([period('BHXH', month(2001, 1), month(2016, 12), { post: 'Kỹ sư' })])],
    ['pay', record([period('BHXH', month(2001, 1), month(2016, 12), { wage: '1' })])],
    ['place', record([period('BHXH', month(2001, 1), month(2016, 12), { place: '01' })])],
  ])('finds what differs in %s', (group, book) => {
    expect(differences(book, known).map((one) => one.group)).toEqual([group]);
    expect(differences(known, known)).toEqual([]);
  });

  test('V-1995: time before 01/1995 needs the signature, time from then on the data or a confirmation', () => {
    const old = (confirmed: boolean): Period => period('BHXH', month(1992, 1), month(1994, 12), { confirmed });
    expect(unproven(record([old(true), ...known.periods]), known)).toEqual([]);
    expect(unproven(record([old(false), ...known.periods]), known)).toEqual([old(false)]);
    const alone = period('BHXH', month(1995, 1), month(2000, 12));
    expect(unproven(record([alone]), known)).toEqual([alone]);
    expect(unproven(record([{ ...alone, confirmed: true }]), known)).toEqual([]);
  });

  test('writes a slip for a torn or blurred book though its data agree', () => {
    expect(faultsOf({ record: known, data: known, damage: 'MO' }).map(({ kind }) => kind)).toEqual(['MO']);
    expect(faultsOf({ record: known, data: known, damage: null })).toEqual([]);
  });

  test('leaves unemployment insurance to the second comparison', () => {
    const book = record([...known.periods, period('BHTN', month(2009, 1), month(2016, 12))]);
    const data = record([...known.periods, period('BHTN', month(2009, 3), month(2016, 12))]);
    expect(faultsOf({ record: book, data, damage: null })).toEqual([]);
    expect(questionOn({ record: book, data, uncut: false, benefits: [] })).toEqual({ inBook: 'BHTN 01/2009–12/2016', inData: 'BHTN 03/2009–12/2016', asked: 'Kiểm tra tháng bắt đầu đóng BHTN' });
    expect(questionOn({ record: data, data, uncut: true, benefits: [benefit({})] })?.asked).toMatch(/số tháng đã hưởng/);
  });
});

describe('counting', () => {
  const line = (number: string, kind: 'BIA' | 'S24' = 'BIA', leaves = 1): BookList['lines'][number] => ({ line: 1, number, name: 'A', bornOn: '', sex: '', kind, leaves, note: '' });
  const books = (lines: BookList['lines'], totals: Partial<BookList['totals']> = {}): BookList => ({ batch: '', lines, totals: { people: undefined, books: undefined, covers: undefined, leaves: undefined, ...totals } });
  const both = ['M01-320', 'D02-TS'];

  test('finds nothing when totals agree, or nothing is said of them', () => {
    expect(countPapers({ books: books([line('1'), line('2', 'S24', 0)], { people: 2, books: 2, covers: 1, leaves: 1 }), forms: both })).toEqual([]);
    expect(countPapers({ books: books([line('1')]), forms: both })).toEqual([]);
  });

  test.each(['people', 'books', 'covers', 'leaves'] as const)('finds a wrong total of %s', (what) => {
    expect(countPapers({ books: books([line('1')], { [what]: 7 }), forms: both })).toMatchObject([{ why: 'Mẫu 01 ghi 7, kiểm đếm được 1' }]);
  });

  test('finds a book twice, a book without a number, a missing form', () => {
    expect(countPapers({ books: books([line('1'), line('1')]), forms: both })).toMatchObject([{ why: 'Số sổ ghi hai lần' }]);
    expect(countPapers({ books: books([line('')]), forms: both })).toMatchObject([{ why: 'Không ghi số sổ' }]);
    expect(countPapers({ books: books([line('1')]), forms: ['M01-320'] })).toMatchObject([{ file: 'D02-TS' }]);
    expect(countPapers({ books: undefined, forms: both })).toMatchObject([{ file: 'M01-320' }]);
  });
});

test('a tracking number has the check digit of the postal union', () => {
  expect(trackingNumber('RR', 47312482).slice(0, 11)).toBe('RR473124829');
  expect([trackingNumber('EE', 1), trackingNumber('EE', 10)]).toEqual(['EE000000014VN', 'EE000000102VN']);
});
