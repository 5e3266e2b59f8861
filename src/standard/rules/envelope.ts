// Rules of the envelope: agency, period, day, number of files, procedure and its forms, who sends.
import { finding } from '../../errors/outcomes.ts';
import { isKnownAgency } from '../agencies.ts';
import { formVersionAt, procedureCode } from '../forms.ts';
import { ivanAt } from '../ivans.ts';
import { allowedForms, missingForms } from '../procedures.ts';
import type { Procedure } from '../procedures.ts';
import { formatDay, formatIsoDay, parseDay, parsePeriod } from '../time.ts';
import { dossierRule } from './rule.ts';
import type { DossierRule, Rule, RuleContext } from './rule.ts';

export const envelopeRules: readonly Rule[] = [
  dossierRule('AGENCY_UNKNOWN', ({ envelope: { agency }, standard, placeOf }) =>
    agency === undefined || agency.text === '' || isKnownAgency(standard.agencies, agency.text)
      ? []
      : [finding('AGENCY_UNKNOWN', { place: placeOf(agency), value: agency.text, params: { agency: agency.text } })]),

  dossierRule('PERIOD_INVALID', ({ envelope: { period }, placeOf }) =>
    period === undefined || parsePeriod(period.text) !== undefined ? [] : [finding('PERIOD_INVALID', { place: placeOf(period), value: period.text })]),

  dossierRule('DATE_INVALID', ({ envelope: { filedOn }, placeOf }) =>
    filedOn === undefined || parseDay(filedOn.text) !== undefined ? [] : [finding('DATE_INVALID', { place: placeOf(filedOn), value: filedOn.text })]),

  dossierRule('FILE_COUNT', ({ envelope: { fileCount, files }, placeOf }) =>
    fileCount === undefined || !/^\d+$/.test(fileCount.text) || Number(fileCount.text) === files.length
      ? []
      : [finding('FILE_COUNT', { place: placeOf(fileCount), value: fileCount.text, params: { declared: fileCount.text, counted: files.length } })]),

  dossierRule('PROCEDURE_UNKNOWN', ({ envelope: { procedure }, standard, placeOf }) =>
    procedure === undefined || procedure.text === '' || standard.procedures.has(procedureCode(procedure.text))
      ? []
      : [finding('PROCEDURE_UNKNOWN', { place: placeOf(procedure), value: procedure.text, params: { procedure: procedure.text } })]),

  dossierRule('PROCEDURE_NOT_IN_FORCE', ({ envelope: { procedure }, standard, receivedAt, placeOf }) => {
    const code = procedureCode(procedure?.text ?? '');
    if (procedure === undefined || !standard.procedures.has(code) || standard.procedureAt(code, receivedAt) !== undefined) return [];
    return [finding('PROCEDURE_NOT_IN_FORCE', { place: placeOf(procedure), value: procedure.text, params: { procedure: code, day: formatDay(receivedAt) } })];
  }),

  procedureRule('FORM_MISSING', missingForms),

  procedureRule('FORM_NOT_ALLOWED', (procedure, formCodes) => {
    const allowed = allowedForms(procedure);
    return [...new Set(formCodes.filter((form) => !allowed.has(form)))];
  }),

  dossierRule('FORM_NOT_IN_FORCE', ({ standard: { forms }, formCodes, receivedAt }) =>
    [...new Set(formCodes)].flatMap((code) => {
      const form = forms.get(code);
      const inForce = form === undefined || form.versions.length === 0 || formVersionAt(form, receivedAt) !== undefined;
      return inForce ? [] : [finding('FORM_NOT_IN_FORCE', { params: { form: code, day: formatDay(receivedAt) } })];
    })),

  dossierRule('IVAN_CHANNEL_CLOSED', ({ ruleSet: { clocks }, sender, receivedAt }) => {
    const { ivanChannelEnd } = clocks;
    if (sender.kind === 'direct' || ivanChannelEnd === undefined || formatIsoDay(receivedAt) < ivanChannelEnd) return [];
    return [finding('IVAN_CHANNEL_CLOSED', { params: { day: ivanChannelEnd.split('-').reverse().join('/') } })];
  }),

  dossierRule('PROCEDURE_NOT_THROUGH_IVAN', ({ envelope: { procedure }, standard, sender, receivedAt, placeOf }) => {
    const known = standard.procedureAt(procedureCode(procedure?.text ?? ''), receivedAt);
    if (procedure === undefined || sender.kind === 'direct' || known === undefined || known.throughIvan) return [];
    return [finding('PROCEDURE_NOT_THROUGH_IVAN', { place: placeOf(procedure), params: { procedure: known.code } })];
  }),

  dossierRule('IVAN_UNKNOWN', (context) => {
    const { envelope: { ivanCode }, placeOf } = context;
    if (ivanCode === undefined || !isUnknownIvan(context)) return [];
    return [finding('IVAN_UNKNOWN', { place: placeOf(ivanCode), value: ivanCode.text, params: { ivan: ivanCode.text } })];
  }),

  dossierRule('IVAN_MISMATCH', (context) => {
    const { envelope: { ivanCode, ivanReadable }, sender, placeOf } = context;
    const declared = ivanCode?.text ?? '';
    const connected = sender.kind === 'ivan' ? sender.code : '';
    if (!ivanReadable || declared === connected || isUnknownIvan(context)) return [];
    const place = ivanCode === undefined ? {} : placeOf(ivanCode);
    return [finding('IVAN_MISMATCH', { place, value: declared, params: { declared: declared || '∅', connected: connected || 'DIRECT_FILING' } })];
  }),

  dossierRule('IVAN_CONTRACT_INACTIVE', ({ sender, receivedAt }) => {
    if (sender.kind === 'direct') return [];
    const { state, from, until } = sender.contract;
    if (state === 'active' && from <= receivedAt && receivedAt < until) return [];
    return [finding('IVAN_CONTRACT_INACTIVE', { params: { ivan: sender.code, from: formatDay(from), until: formatDay(until) } })];
  }),
];

/** One finding for each form that `wrongForms` names. */
function procedureRule(code: 'FORM_MISSING' | 'FORM_NOT_ALLOWED', wrongForms: (procedure: Procedure, formCodes: readonly string[]) => readonly string[]): DossierRule {
  return dossierRule(code, ({ envelope: { procedure }, standard, receivedAt, placeOf, formCodes }) => {
    const known = standard.procedureAt(procedureCode(procedure?.text ?? ''), receivedAt);
    if (procedure === undefined || known === undefined) return [];
    return wrongForms(known, formCodes).map((form) => finding(code, { place: placeOf(procedure), params: { procedure: known.code, form } }));
  });
}

function isUnknownIvan({ envelope: { ivanCode, ivanReadable }, standard, receivedAt }: RuleContext): boolean {
  return ivanReadable && ivanCode !== undefined && ivanCode.text !== '' && ivanAt(standard.datedIvans, ivanCode.text, receivedAt) === undefined;
}
