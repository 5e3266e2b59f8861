// Rules of a unit's first registration: it has no code yet, the agency that it asks is the one that its declaration (TK3-TS) names, and the answer,
// with the code that it gets, must be able to reach it.
import { finding } from '../../errors/outcomes.ts';
import type { FormContent } from '../form-content.ts';
import { firstRegistrationRule } from './rule.ts';
import type { Rule } from './rule.ts';

const FORM = 'TK3-TS';

export const firstRegistrationRules: readonly Rule[] = [
  firstRegistrationRule('FIRST_REGISTRATION_HAS_CODE', function* ({ forms }) {
    for (const form of declarations(forms)) {
      const code = form.field('NoiDung/MaDonVi');
      if (code !== undefined && code.text !== '') yield finding('FIRST_REGISTRATION_HAS_CODE', { place: form.place(code), value: code.text, params: { code: code.text } });
    }
  }),
  firstRegistrationRule('FIRST_REGISTRATION_AGENCY_DIFFERS', function* ({ envelope: { agency }, forms }) {
    for (const form of declarations(forms)) {
      const named = form.field('NoiDung/CoQuanBHXHQuanLy');
      if (agency === undefined || agency.text === '' || named === undefined || named.text === '' || named.text === agency.text) continue;
      yield finding('FIRST_REGISTRATION_AGENCY_DIFFERS', { place: form.place(named), value: named.text, params: { here: named.text, envelope: agency.text } });
    }
  }),
  firstRegistrationRule('FIRST_REGISTRATION_NO_EMAIL', ({ envelope: { email }, placeOf }) => (email === undefined || email.text === '' ? [finding('FIRST_REGISTRATION_NO_EMAIL', { place: placeOf(email) })] : [])),
];

function declarations(forms: readonly FormContent[]): readonly FormContent[] {
  return forms.filter(({ form }) => form === FORM);
}
