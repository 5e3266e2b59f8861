// Rules of the envelope, of either kind: agency, period, day, number of files, procedure and its forms, who sends.
import { finding } from '../../errors/outcomes.ts';
import type { Place } from '../../errors/outcomes.ts';
import { isKnownAgency } from '../agencies.ts';
import { envelopeForms } from '../envelope.ts';
import { formVersionAt, procedureCode } from '../forms.ts';
import { ivanAt } from '../ivans.ts';
import { allowedForms, missingForms } from '../procedures.ts';
import type { Procedure } from '../procedures.ts';
import { formatDay, formatIsoDay, parseDay, parsePeriod } from '../time.ts';
import { dossierRule, unitDossierRule } from './rule.ts';
import type { DossierRule, Rule, RuleContext } from './rule.ts';

export const envelopeRules: readonly Rule[] = [
  dossierRule('AGENCY_UNKNOWN', ({ envelope: { agency }, standard, placeOf }) =>
    agency === undefined || agency.text === '' || isKnownAgency(standard.agencies, agency.text)
      ? []
      : [finding('AGENCY_UNKNOWN', { place: placeOf(agency), value: agency.text, params: { agency: agency.text } })]),

  unitDossierRule('PERIOD_INVALID', ({ envelope: { period }, placeOf }) =>
    period === undefined || parsePeriod(period.text) !== undefined ? [] : [finding('PERIOD_INVALID', { place: placeOf(period), value: period.text })]),

  // A day of a first registration has its type in the schema.
  unitDossierRule('DATE_INVALID', ({ envelope: { filedOn }, placeOf }) =>
    filedOn === undefined || parseDay(filedOn.text) !== undefined ? [] : [finding('DATE_INVALID', { place: placeOf(filedOn), value: filedOn.text })]),

  unitDossierRule('FILE_COUNT', ({ envelope: { fileCount, files }, placeOf }) =>
    fileCount === undefined || !/^\d+$/.test(fileCount.text) || Number(fileCount.text) === files.length
      ? []
      : [finding('FILE_COUNT', { place: placeOf(fileCount), value: fileCount.text, params: { declared: fileCount.text, counted: files.length } })]),

  unitDossierRule('PROCEDURE_UNKNOWN', ({ envelope: { procedure }, standard, placeOf }) =>
    procedure === undefined || procedure.text === '' || standard.procedures.has(procedureCode(procedure.text))
      ? []
      : [finding('PROCEDURE_UNKNOWN', { place: placeOf(procedure), value: procedure.text, params: { procedure: procedure.text } })]),

  dossierRule('PROCEDURE_NOT_IN_FORCE', ({ envelope, procedure, standard, receivedAt, placeOf }) => {
    if (procedure !== undefined) return [];
    const day = formatDay(receivedAt);
    if (envelope.kind === 'first-registration') return [finding('PROCEDURE_NOT_IN_FORCE', { place: placeOf(undefined), params: { procedure: envelopeForms[envelope.kind], day } })];
    const { procedure: named } = envelope;
    const code = procedureCode(named?.text ?? '');
    return named === undefined || !standard.procedures.has(code) ? [] : [finding('PROCEDURE_NOT_IN_FORCE', { place: placeOf(named), value: named.text, params: { procedure: code, day } })];
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

  dossierRule('PROCEDURE_NOT_THROUGH_IVAN', (context) => {
    const { procedure, sender } = context;
    if (sender.kind === 'direct' || procedure === undefined || procedure.throughIvan) return [];
    return [finding('PROCEDURE_NOT_THROUGH_IVAN', { place: placeOfProcedure(context), params: { procedure: procedure.code } })];
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
  return dossierRule(code, (context) => {
    const { procedure, formCodes } = context;
    if (procedure === undefined) return [];
    return wrongForms(procedure, formCodes).map((form) => finding(code, { place: placeOfProcedure(context), params: { procedure: procedure.code, form } }));
  });
}

/** Where the procedure is named; a first registration names none, but lists its files. */
function placeOfProcedure({ envelope, placeOf }: RuleContext): Place {
  if (envelope.kind === 'dossier') return placeOf(envelope.procedure);
  return placeOf(envelope.fileList && { element: envelope.fileList });
}

/** The I-VAN that connects under a contract of the register is one, whether or not it is on the published list. */
function isUnknownIvan({ envelope: { ivanCode, ivanReadable }, sender, standard, receivedAt }: RuleContext): boolean {
  const isUnderContract = sender.kind === 'ivan' && sender.contract.change !== undefined && sender.code === ivanCode?.text;
  return ivanReadable && !isUnderContract && ivanCode !== undefined && ivanCode.text !== '' && ivanAt(standard.datedIvans, ivanCode.text, receivedAt) === undefined;
}
