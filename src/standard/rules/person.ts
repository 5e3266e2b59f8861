// Rules of a person's data: numbers, sex and birth wherever people are listed (D02-TS, D02-LT, TK1-TS and its household annex), and what a TK1-TS
// must say of the person. The reading of GioiTinh (1 male) is inferred, so whatever rests on it warns.
import { finding } from '../../errors/outcomes.ts';
import type { Finding } from '../../errors/outcomes.ts';
import type { FormContent, RecordTable } from '../form-content.ts';
import { benefitForms, benefitPaths } from './benefit-lists.ts';
import { labourForms, LABOUR_LIST } from './labour.ts';
import { isCard, personsOf, readPersonalNumber } from './persons.ts';
import { formRule, rowRule } from './rule.ts';
import type { Rule, RowRule } from './rule.ts';
import { birthOf, isDigits, monthAt, monthOf, sameField } from './written.ts';

export const personForm = 'TK1-TS';
/** Members of the household of one person. */
const HOUSEHOLD_LIST = 'NoiDung/LaoDong/PhuLuc/DSThanhVien/ThanhVien';
const HEAD = '00';

const LEAST_AGE = 15;
const GREATEST_AGE = 100;
/** From this age on everybody has an identity card. */
const CARD_AGE = 16;

/** Forms that list people beside those of the labour list and TK1-TS, and where. */
const otherForms = ['D01-TS', 'D03-TS', 'D05-TS', ...benefitForms];
const BOOK_FORM = 'M01-320';
const BOOK_LIST = 'NoiDung/NguoiLaoDong';
const personLists = [LABOUR_LIST, HOUSEHOLD_LIST, 'NoiDung/BangKe/ThongTin', ...benefitPaths];

/** Of everybody listed, in the annex of a household too. Fields that a form does not have are empty here. */
function everyone(code: RowRule['code'], fields: readonly string[], wrong: RowRule['wrong']): Rule {
  return rowRule(code, [...labourForms, personForm, ...otherForms, BOOK_FORM], fields, wrong, [...personLists, BOOK_LIST]);
}

/** Of everybody whose number is an insurance number; old books may have others. */
function insured(code: RowRule['code'], fields: readonly string[], wrong: RowRule['wrong']): Rule {
  return rowRule(code, [...labourForms, personForm, ...otherForms], fields, wrong, personLists);
}

function declared(code: RowRule['code'], fields: readonly string[], wrong: RowRule['wrong']): Rule {
  return rowRule(code, [personForm], fields, wrong);
}

/** Of people in a labour list and of those who declare themselves. */
export const labourPersonRules: readonly Rule[] = [
  insured('INSURANCE_NUMBER_INVALID', ['MasoBHXH'], ([number = '']) => (number.length !== 10 && number.length !== 12 && isDigits(number) ? { digits: number.length } : undefined)),
  insured('INSURANCE_NUMBER_PERSONAL', ['MasoBHXH'], ([number = '']) => (number.length === 12 && isDigits(number) ? {} : undefined)),
  everyone('IDENTITY_NUMBER_INVALID', ['CMND', 'QuocTich'], ([number = '', nationality = '']) => (nationality === 'VN' && isDigits(number) && !isCard(number) ? { digits: number.length } : undefined)),
  rowRule('IDENTITY_NUMBER_UNLIKELY', [...labourForms, ...benefitForms, BOOK_FORM], ['CMND', 'QuocTich'], ([number = '', nationality = '']) => (nationality === '' && isDigits(number) && !isCard(number) ? { digits: number.length } : undefined), [LABOUR_LIST, ...benefitPaths, BOOK_LIST]),
  everyone('IDENTITY_NUMBER_SEX', ['CMND', 'GioiTinh'], ([number = '', sex = '']) => {
    const read = readPersonalNumber(number);
    return read === undefined || (sex !== '0' && sex !== '1') || read.male === (sex === '1') ? undefined : { sex };
  }),
  everyone('IDENTITY_NUMBER_BIRTH', ['CMND', 'NgaySinh'], ([number = '', born = '']) => {
    const read = readPersonalNumber(number);
    const birth = read === undefined ? undefined : birthOf(born);
    return read === undefined || birth === undefined || read.year === birth.year ? undefined : { year: read.year, born };
  }),
  everyone('BIRTH_EXACTNESS', ['NgaySinh', 'CCNS'], ([born = '', exactness = '']) => {
    const birth = born === '' || !/^[012]$/.test(exactness) ? undefined : birthOf(born);
    return birth === undefined || birth.exactness <= Number(exactness) ? undefined : { born, exactness };
  }),
  rowRule('AGE_UNLIKELY', labourForms, ['NgaySinh', 'TuThang'], ([born = '', from = '']) => {
    const [birth, month] = [born === '' ? undefined : birthOf(born), monthOf(from)];
    if (birth === undefined || month === undefined || birth.month > month) return undefined;
    const age = Math.floor((month - birth.month) / 12);
    return age < LEAST_AGE || age > GREATEST_AGE ? { age, least: LEAST_AGE, most: GREATEST_AGE, month: from } : undefined;
  }),
  formRule('ROW_NUMBERS', [...labourForms, personForm, 'D03-TS', 'D05-TS', 'M05A-HSB'], function* (form) {
    const list = form.lists.get(LABOUR_LIST);
    const numbers = list?.column('STT') ?? [];
    const row = numbers.findIndex((number, index) => number !== '' && Number(number) !== index + 1);
    if (list !== undefined && row >= 0) yield finding('ROW_NUMBERS', { place: list.place(row, 'STT'), value: numbers[row] ?? '', params: { number: numbers[row] ?? '', row: row + 1 } });
  }),
];

/** Where a person without an insurance number must be described; the identity card from the age on at which everybody has one. */
const required = ['NgaySinh', 'GioiTinh', 'QuocTich', 'CMND'] as const;

export const personRules: readonly Rule[] = [
  formRule('PERSON_DATA_MISSING', [personForm], function* (form, { receivedAt }) {
    const list = form.lists.get(LABOUR_LIST);
    if (list === undefined) return;
    const [numbers, births, columns] = [list.column('MasoBHXH'), list.column('NgaySinh'), required.map((name) => list.column(name))];
    for (let row = 0; row < list.size; row += 1) {
      if (numbers[row] !== '') continue;
      const birth = birthOf(births[row] ?? '');
      const isChild = birth !== undefined && monthAt(receivedAt) - birth.month < CARD_AGE * 12;
      for (const [index, field] of required.entries()) {
        if (columns[index]?.[row] !== '' || (field === 'CMND' && isChild)) continue;
        yield finding('PERSON_DATA_MISSING', { place: list.place(row, field), params: { field, row: row + 1 } });
      }
    }
  }),
  declared('CHANGE_TEXT_MISSING', ['Noidung_Thaydoi', 'MasoBHXH'], ([text = '', number = '']) => (text === '' && number !== '' ? {} : undefined)),
  rowRule('HOSPITAL_CODE', [personForm, 'D03-TS'], ['MaBenhVien', 'MaTinhBenhVien'], ([hospital = '', province = '']) => {
    if (hospital === '') return undefined;
    if (province === '') return /^\d{5}$/.test(hospital) ? undefined : { hospital };
    return /^\d{3}$/.test(hospital) || (/^\d{5}$/.test(hospital) && hospital.startsWith(province)) ? undefined : { hospital };
  }),
  formRule('PERSON_DECLARED_TWICE', [personForm], function* (form) {
    const list = form.lists.get(LABOUR_LIST);
    if (list !== undefined) yield* twice(list, personsOf(list), 'PERSON_DECLARED_TWICE');
  }),
  formRule('HOUSEHOLD_HEADS', [personForm], function* (form) {
    for (const { list, heads } of households(form)) {
      const [first, second] = heads;
      if (first === undefined || second === undefined) continue;
      yield finding('HOUSEHOLD_HEADS', { place: list.place(second, 'MoiQuanHe'), value: HEAD, params: { count: heads.length, person: list.owner(first) + 1 } });
    }
  }),
  formRule('HOUSEHOLD_HEAD_MISSING', [personForm], function* (form) {
    for (const { list, rows, heads } of households(form)) {
      const [first] = rows;
      if (first !== undefined && heads.length === 0) yield finding('HOUSEHOLD_HEAD_MISSING', { place: list.place(first), params: { person: list.owner(first) + 1 } });
    }
  }),
  formRule('HOUSEHOLD_MEMBER_REPEATED', [personForm], function* (form) {
    const list = form.lists.get(HOUSEHOLD_LIST);
    if (list === undefined) return;
    const persons = personsOf(list).map((person, row) => (person === '' ? '' : `${list.owner(row)}\n${person}`));
    yield* twice(list, persons, 'HOUSEHOLD_MEMBER_REPEATED');
  }),
  formRule('HOUSEHOLD_MEMBER_DIFFERS', [personForm], function* (form) {
    yield* differingMembers(form);
  }),
];

interface Household {
  readonly list: RecordTable;
  readonly rows: readonly number[];
  readonly heads: readonly number[];
}

/** Of every person whose annex names members. */
function households(form: FormContent): readonly Household[] {
  const list = form.lists.get(HOUSEHOLD_LIST);
  if (list === undefined) return [];
  const relations = list.column('MoiQuanHe');
  const byOwner = new Map<number, number[]>();
  for (let row = 0; row < list.size; row += 1) {
    const rows = byOwner.get(list.owner(row));
    if (rows === undefined) byOwner.set(list.owner(row), [row]);
    else rows.push(row);
  }
  return [...byOwner.values()].map((rows) => ({ list, rows, heads: rows.filter((row) => relations[row] === HEAD) }));
}

function* twice(list: RecordTable, persons: readonly string[], code: 'PERSON_DECLARED_TWICE' | 'HOUSEHOLD_MEMBER_REPEATED'): Iterable<Finding> {
  const seen = new Map<string, number>();
  for (const [row, person] of persons.entries()) {
    if (person === '') continue;
    const other = seen.get(person);
    if (other === undefined) seen.set(person, row);
    else yield finding(code, { place: list.place(row, 'HoTen'), params: { row: row + 1, other: other + 1 } });
  }
}

/** A member with the person's own number whose name, birth or sex is another. */
function* differingMembers(form: FormContent): Iterable<Finding> {
  const [persons, members] = [form.lists.get(LABOUR_LIST), form.lists.get(HOUSEHOLD_LIST)];
  if (persons === undefined || members === undefined) return;
  const [numbers, own] = [members.column('MasoBHXH'), persons.column('MasoBHXH')];
  for (let row = 0; row < members.size; row += 1) {
    const person = members.owner(row);
    if (numbers[row] === '' || numbers[row] !== own[person]) continue;
    for (const field of ['HoTen', 'NgaySinh', 'GioiTinh']) {
      const [here, there] = [members.column(field)[row] ?? '', persons.column(field)[person] ?? ''];
      if (here === '' || there === '' || sameField(field, here, there)) continue;
      yield finding('HOUSEHOLD_MEMBER_DIFFERS', { place: members.place(row, field), value: here, params: { field, person: person + 1 } });
    }
  }
}
