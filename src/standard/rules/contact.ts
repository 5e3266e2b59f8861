// Rules of telephone numbers and e-mail addresses, in whichever form and field they are given, the envelope's own too: an answer sent there must be able to arrive.
// No law says how a number is written (QĐ 595/QĐ-BHXH only asks for it), so they warn.
import { finding } from '../../errors/outcomes.ts';
import type { Finding } from '../../errors/outcomes.ts';
import { envelopeForms } from '../envelope.ts';
import type { FormContent } from '../form-content.ts';
import { isAddress, isTelephone, maskedNumber } from './persons.ts';
import { formRule } from './rule.ts';
import type { FormRule, Params, Rule } from './rule.ts';

interface Places {
  /** Single fields, by their paths. */
  readonly fields?: readonly string[];
  /** A field of every record of a list. */
  readonly column?: readonly [list: string, field: string];
}

const LABOUR_LIST = 'NoiDung/LaoDong';

const telephones: ReadonlyMap<string, Places> = new Map<string, Places>([
  [envelopeForms.dossier, { fields: ['NoiDung/ThongTinDonVi/DienThoai'] }],
  [envelopeForms['first-registration'], { fields: ['NoiDung/DienThoai', 'NoiDung/DienThoaiLienHe'] }],
  ['TK1-TS', { column: [LABOUR_LIST, 'Dienthoai_LH'] }],
  ['TK3-TS', { fields: ['NoiDung/DienThoai'] }],
  ['M01B-HSB', { fields: ['ThongTinKhac/SoDienThoai'] }],
  ['M05A-HSB', { fields: ['ThongTinKhac/SoDienThoai'], column: [LABOUR_LIST, 'DienThoai'] }],
  ['M01-320', { fields: ['ThongTinKhac/DienThoai'] }],
]);

const addresses: ReadonlyMap<string, Places> = new Map<string, Places>([
  [envelopeForms['first-registration'], { fields: ['NoiDung/Email'] }],
  ['TK1-TS', { column: [LABOUR_LIST, 'Email_LH'] }],
  ['TK3-TS', { fields: ['NoiDung/Email'] }],
]);

export const contactRules: readonly Rule[] = [
  contactRule('TELEPHONE_SHAPE', telephones, (text) => (isTelephone(text) ? undefined : { number: maskedNumber(text) })),
  contactRule('EMAIL_SHAPE', addresses, (text) => (isAddress(text) ? undefined : {})),
];

function contactRule(code: FormRule['code'], places: ReadonlyMap<string, Places>, wrong: (text: string) => Params | undefined): Rule {
  return formRule(code, [...places.keys()], (form) => contactFindings(code, form, places.get(form.form) ?? {}, wrong));
}

function* contactFindings(code: FormRule['code'], form: FormContent, { fields = [], column }: Places, wrong: (text: string) => Params | undefined): Iterable<Finding> {
  for (const path of fields) {
    const field = form.field(path);
    const params = field === undefined || field.text === '' ? undefined : wrong(field.text);
    if (field !== undefined && params !== undefined) yield finding(code, { place: form.place(field), value: field.text, params });
  }
  const list = column === undefined ? undefined : form.lists.get(column[0]);
  if (list === undefined || column === undefined) return;
  for (const [row, text] of list.column(column[1]).entries()) {
    const params = text === '' ? undefined : wrong(text);
    if (params !== undefined) yield finding(code, { place: list.place(row, column[1]), value: text, params });
  }
}
