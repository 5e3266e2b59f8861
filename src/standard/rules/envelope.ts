// Rules of the envelope: agency, period, day, number of files, procedure and its forms, who sends.
import { finding } from '../../errors/outcomes.ts';
import type { Finding } from '../../errors/outcomes.ts';
import { isKnownAgency } from '../agencies.ts';
import { procedureCode } from '../forms.ts';
import type { Procedure } from '../procedures.ts';
import { formatDay, parseDay, parsePeriod } from '../time.ts';
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

  procedureRule('FORM_MISSING', ({ requiredForms }, formCodes) => requiredForms.filter((form) => !formCodes.includes(form))),

  procedureRule('FORM_NOT_ALLOWED', ({ requiredForms, optionalForms }, formCodes) => {
    const allowed = new Set([...requiredForms, ...optionalForms]);
    return [...new Set(formCodes.filter((form) => !allowed.has(form)))];
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

function dossierRule(code: DossierRule['code'], check: (context: RuleContext) => Iterable<Finding>): DossierRule {
  return { kind: 'dossier', code, check };
}

/** One finding for each form that `wrongForms` names. */
function procedureRule(code: 'FORM_MISSING' | 'FORM_NOT_ALLOWED', wrongForms: (procedure: Procedure, formCodes: readonly string[]) => readonly string[]): DossierRule {
  return dossierRule(code, ({ envelope: { procedure }, standard, placeOf, formCodes }) => {
    const known = standard.procedures.get(procedureCode(procedure?.text ?? ''));
    if (procedure === undefined || known === undefined) return [];
    return wrongForms(known, formCodes).map((form) => finding(code, { place: placeOf(procedure), params: { procedure: known.code, form } }));
  });
}

function isUnknownIvan({ envelope: { ivanCode, ivanReadable }, standard }: RuleContext): boolean {
  return ivanReadable && ivanCode !== undefined && ivanCode.text !== '' && !standard.ivans.has(ivanCode.text);
}
