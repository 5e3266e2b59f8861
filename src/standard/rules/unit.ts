// Rules of what a form says of its unit: unit code and tax code as in the envelope, in every form that names them; and of the declaration of a
// unit (TK3-TS): items that change must change something.
import { finding } from '../../errors/outcomes.ts';
import type { Finding } from '../../errors/outcomes.ts';
import type { FormContent } from '../form-content.ts';
import type { Field } from '../envelope.ts';
import { formRule, rowRule } from './rule.ts';
import type { Rule } from './rule.ts';

const FORM = 'TK3-TS';
const CHANGES = 'NoiDung/DSThayDoi/ThayDoi';

/** Where a form names the unit. */
const unitCodes: ReadonlyMap<string, string> = new Map([
  ['M01B-HSB', 'ThongTinKhac/MaDonVi'],
  ['M05A-HSB', 'ThongTinKhac/MaDonVi'],
  ['M01-320', 'ThongTinKhac/MaDonVi'],
  ['M01a-320', 'ThongTinKhac/MaDonVi'],
  ['M02-320', 'NoiDung/MaDonVi'],
  ['PGNHS-320', 'NoiDung/MaDonVi'],
  ['C02-TS', 'NoiDung/MaDonVi'],
  [FORM, 'NoiDung/MaDonVi'],
]);

/** A branch's tax code is written with and without its hyphen. */
const plain = (code: string): string => code.toUpperCase().replaceAll('-', '');

export const unitRules: readonly Rule[] = [
  formRule('UNIT_CODE_DIFFERS', [...unitCodes.keys()], (form, { envelope }) =>
    differs('UNIT_CODE_DIFFERS', form, unitCodes.get(form.form) ?? '', envelope.kind === 'dossier' ? envelope.unitCode : undefined)),
  formRule('UNIT_TAX_CODE_DIFFERS', [FORM], (form, { envelope: { taxCode } }) => {
    // The tax code itself may be what changes.
    const changes = form.lists.get(CHANGES)?.column('ChiTieu').some((item) => /thuế/iu.test(item.normalize('NFC'))) ?? false;
    return changes ? [] : differs('UNIT_TAX_CODE_DIFFERS', form, 'NoiDung/MaSoThue', taxCode);
  }),
  rowRule('UNIT_CHANGE_WITHOUT_CONTENT', [FORM], ['NoiDungMoi', 'NoiDungCu', 'ChiTieu'], ([after = '', before = '', item = '']) => (after === before ? { item } : undefined), [CHANGES]),
  formRule('UNIT_REQUEST_MISSING', [FORM], (form) => {
    const [unit, request] = [form.field('NoiDung/MaDonVi'), form.field('NoiDung/NoiDungYeuCau')];
    // Without a unit code it is a first registration.
    if (unit === undefined || unit.text === '' || (request?.text ?? '') !== '' || (form.lists.get(CHANGES)?.size ?? 0) > 0) return [];
    return [finding('UNIT_REQUEST_MISSING', { place: form.place(request ?? unit) })];
  }),
];

function differs(code: 'UNIT_CODE_DIFFERS' | 'UNIT_TAX_CODE_DIFFERS', form: FormContent, path: string, ofEnvelope: Field | undefined): readonly Finding[] {
  const field = form.field(path);
  if (field === undefined || field.text === '' || ofEnvelope === undefined || ofEnvelope.text === '' || plain(field.text) === plain(ofEnvelope.text)) return [];
  return [finding(code, { place: form.place(field), value: field.text, params: { here: field.text, envelope: ofEnvelope.text } })];
}
