// Rules across the forms of one dossier: the people of a TK1-TS and those of the labour list, counts against rows, papers said to be enclosed,
// the signatory against the certificate. Nobody's law says that all of it must agree in every case, so all of it warns.
import { finding } from '../../errors/outcomes.ts';
import type { Finding } from '../../errors/outcomes.ts';
import type { Signer } from '../../trust/path.ts';
import type { FormContent, RecordTable } from '../form-content.ts';
import { attachmentForm } from '../forms.ts';
import { labourForms, LABOUR_LIST } from './labour.ts';
import { personForm } from './person.ts';
import { dossierRule, formRule, unitDossierRule } from './rule.ts';
import type { Rule } from './rule.ts';
import { nameOf, sameField } from './written.ts';

/** New people, who have no number yet. */
const newcomers: ReadonlySet<string> = new Set(['TM', 'TH']);
/** How many of each the agency makes: one for a person at most. */
const counts = ['ThongTinKhac/SoToBiaSoBHXH', 'ThongTinKhac/SoTheBHYT', 'ThongTinKhac/SoSoBHXH'];

interface Row {
  readonly list: RecordTable;
  readonly row: number;
}

/** The people of some lists, found by whatever tells them apart. */
interface People {
  readonly byNumber: ReadonlyMap<string, Row>;
  readonly byIdentity: ReadonlyMap<string, Row>;
  readonly byNameAndBirth: ReadonlyMap<string, Row>;
  /** Those written without a birth, as one vendor's lists are. */
  readonly byNameAlone: ReadonlyMap<string, Row>;
}

export const acrossFormsRules: readonly Rule[] = [
  dossierRule('PERSON_NOT_IN_LIST', function* ({ forms }) {
    const [lists, declarations] = [listsOf(forms, labourForms), listsOf(forms, [personForm])];
    if (lists.length === 0 || declarations.length === 0) return;
    const people = peopleOf(lists);
    for (const list of declarations) {
      for (let row = 0; row < list.size; row += 1) {
        if (find(people, list, row) !== undefined || textAt(list, row, 'HoTen') === '') continue;
        yield finding('PERSON_NOT_IN_LIST', { place: list.place(row, 'HoTen'), value: textAt(list, row, 'HoTen'), params: { row: row + 1 } });
      }
    }
  }),
  dossierRule('NEW_PERSON_WITHOUT_DECLARATION', function* ({ forms }) {
    const people = peopleOf(listsOf(forms, [personForm]));
    for (const list of listsOf(forms, labourForms)) {
      const [changes, numbers] = [list.column('PA'), list.column('MasoBHXH')];
      for (let row = 0; row < list.size; row += 1) {
        if (numbers[row] !== '' || !newcomers.has(changes[row] ?? '') || find(people, list, row) !== undefined) continue;
        yield finding('NEW_PERSON_WITHOUT_DECLARATION', { place: list.place(row, 'MasoBHXH'), params: { row: row + 1 } });
      }
    }
  }),
  dossierRule('PERSON_DATA_DIFFERS', function* ({ forms }) {
    const declarations = listsOf(forms, [personForm]);
    const people = peopleOf(declarations.length === 0 ? [] : listsOf(forms, labourForms));
    for (const list of declarations) {
      for (let row = 0; row < list.size; row += 1) {
        const other = people.byNumber.get(textAt(list, row, 'MasoBHXH'));
        if (other !== undefined) yield* differences({ list, row }, other);
      }
    }
  }),
  formRule('COUNT_EXCEEDS_ROWS', [...labourForms, 'D03-TS', 'D05-TS'], function* (form) {
    const rows = form.lists.get(LABOUR_LIST)?.size ?? 0;
    for (const path of counts) {
      const field = form.field(path);
      if (field === undefined || !/^\d{1,10}$/.test(field.text) || Number(field.text) <= rows) continue;
      yield finding('COUNT_EXCEEDS_ROWS', { place: form.place(field), value: field.text, params: { field: path.slice(path.indexOf('/') + 1), count: field.text, rows } });
    }
  }),
  dossierRule('PAPERS_MISSING', function* ({ forms, formCodes }) {
    if (formCodes.includes('D01-TS') || formCodes.includes(attachmentForm)) return;
    for (const list of listsOf(forms, [personForm])) {
      for (const [row, papers] of list.column('HosoKemtheo').entries()) {
        if (papers !== '') yield finding('PAPERS_MISSING', { place: list.place(row, 'HosoKemtheo'), params: { row: row + 1 } });
      }
    }
  }),
  unitDossierRule('SIGNATORY_DIFFERS', ({ envelope: { signatory }, signer, placeOf }) => {
    if (signatory === undefined || signer === undefined || !isPerson(signatory.text) || !namesPerson(signer)) return [];
    const named = new Set(nameOf(signatory.text).split(' '));
    if (nameOf(signer.commonName).split(' ').some((word) => named.has(word))) return [];
    return [finding('SIGNATORY_DIFFERS', { place: placeOf(signatory), value: signatory.text, params: { certificate: signer.commonName } })];
  }),
];

function listsOf(forms: readonly FormContent[], codes: readonly string[]): readonly RecordTable[] {
  return forms.filter(({ form }) => codes.includes(form)).flatMap(({ lists }) => lists.get(LABOUR_LIST) ?? []);
}

function textAt(list: RecordTable, row: number, name: string): string {
  return list.column(name)[row] ?? '';
}

function peopleOf(lists: readonly RecordTable[]): People {
  const people = { byNumber: new Map<string, Row>(), byIdentity: new Map<string, Row>(), byNameAndBirth: new Map<string, Row>(), byNameAlone: new Map<string, Row>() };
  const put = (map: Map<string, Row>, key: string, entry: Row): void => {
    if (key !== '' && !map.has(key)) map.set(key, entry);
  };
  for (const list of lists) {
    const [numbers, identities, names, births] = ['MasoBHXH', 'CMND', 'HoTen', 'NgaySinh'].map((name) => list.column(name));
    for (let row = 0; row < list.size; row += 1) {
      const entry = { list, row };
      const [name, birth] = [nameOf(names?.[row] ?? ''), births?.[row] ?? ''];
      put(people.byNumber, numbers?.[row] ?? '', entry);
      put(people.byIdentity, identities?.[row] ?? '', entry);
      put(birth === '' ? people.byNameAlone : people.byNameAndBirth, birth === '' || name === '' ? name : `${name}\n${birth}`, entry);
    }
  }
  return people;
}

function find(people: People, list: RecordTable, row: number): Row | undefined {
  const [number, identity, birth] = ['MasoBHXH', 'CMND', 'NgaySinh'].map((name) => textAt(list, row, name));
  const name = nameOf(textAt(list, row, 'HoTen'));
  const known = people.byNumber.get(number ?? '') ?? people.byIdentity.get(identity ?? '');
  if (known !== undefined) return known;
  const byName = people.byNameAlone.get(name);
  if (birth !== '') return people.byNameAndBirth.get(`${name}\n${birth ?? ''}`) ?? byName;
  return byName;
}

/** Fields of a person that both forms give, and give differently. */
function* differences(declared: Row, listed: Row): Iterable<Finding> {
  for (const field of ['HoTen', 'NgaySinh', 'GioiTinh', 'CMND']) {
    const [here, there] = [textAt(declared.list, declared.row, field), textAt(listed.list, listed.row, field)];
    if (here === '' || there === '' || sameField(field, here, there)) continue;
    yield finding('PERSON_DATA_DIFFERS', { place: declared.list.place(declared.row, field), value: here, params: { field, row: declared.row + 1, other: listed.row + 1 } });
  }
}

const ORGANISATION = /\b(?:CTY|TNHH|CP|MTV|HTX|UBND|CO|LTD|COMPANY|JSC|BANK)\b|CÔNG TY|DOANH NGHIỆP|HỢP TÁC|TRƯỜNG|BỆNH VIỆN|CHI NHÁNH|NGÂN HÀNG|VĂN PHÒNG|TẬP ĐOÀN|HỘ KINH|ỦY BAN|UỶ BAN|TRUNG TÂM|VIỆN|QUỸ|HỘI|PHÒNG|SỞ|CỤC|BAN|TỔNG|XÍ NGHIỆP|NHÀ/u;

/** Two to six words of letters, none of which names an organisation. */
function isPerson(text: string): boolean {
  const name = nameOf(text);
  return /^\p{L}+(?: \p{L}+){1,5}$/u.test(name) && !ORGANISATION.test(name);
}

/** A certificate of a person within the unit: beside the tax code it carries a personal number, and its name is a person's. */
function namesPerson({ commonName, certificate: { otherUserIds } }: Signer): boolean {
  return otherUserIds.some((id) => /^(?:CMND|CCCD|CC|HC):/.test(id)) && isPerson(commonName);
}
