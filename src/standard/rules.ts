// Business rules of the envelope: small named functions, each from fields to findings. They read fields only where the schema let them be;
// what is missing is the schema's finding, not theirs.
import { finding } from '../errors/outcomes.ts';
import type { Finding, Place } from '../errors/outcomes.ts';
import { formatDay } from './time.ts';
import { isKnownAgency } from './agencies.ts';
import type { Sender } from './dossier.ts';
import type { Envelope, Field } from './envelope.ts';
import { procedureCode } from './forms.ts';
import type { Standard } from './tables.ts';
import { parseDay, parsePeriod } from './time.ts';

export interface RuleContext {
  readonly envelope: Envelope;
  readonly standard: Standard;
  readonly sender: Sender;
  readonly receivedAt: Date;
  readonly placeOf: (field: Field) => Place;
  /** Form codes of the files, in their order. */
  readonly forms: readonly string[];
}

type Rule = (context: RuleContext) => readonly Finding[];

export const rules = {
  agencyKnown: ({ envelope: { agency }, standard, placeOf }) =>
    agency === undefined || agency.text === '' || isKnownAgency(standard.agencies, agency.text)
      ? []
      : [finding('AGENCY_UNKNOWN', { place: placeOf(agency), value: agency.text, params: { agency: agency.text } })],

  periodReal: ({ envelope: { period }, placeOf }) =>
    period === undefined || parsePeriod(period.text) !== undefined ? [] : [finding('PERIOD_INVALID', { place: placeOf(period), value: period.text })],

  filingDateReal: ({ envelope: { filedOn }, placeOf }) =>
    filedOn === undefined || parseDay(filedOn.text) !== undefined ? [] : [finding('DATE_INVALID', { place: placeOf(filedOn), value: filedOn.text })],

  fileCountTrue: ({ envelope: { fileCount, files }, placeOf }) =>
    fileCount === undefined || !/^\d+$/.test(fileCount.text) || Number(fileCount.text) === files.length
      ? []
      : [finding('FILE_COUNT', { place: placeOf(fileCount), value: fileCount.text, params: { declared: fileCount.text, counted: files.length } })],

  procedureHasItsForms: ({ envelope: { procedure }, standard, placeOf, forms }) => {
    if (procedure === undefined || procedure.text === '') return [];
    const place = placeOf(procedure);
    const known = standard.procedures.get(procedureCode(procedure.text));
    if (known === undefined) return [finding('PROCEDURE_UNKNOWN', { place, value: procedure.text, params: { procedure: procedure.text } })];
    const missing = known.requiredForms.filter((form) => !forms.includes(form));
    const allowed = new Set([...known.requiredForms, ...known.optionalForms]);
    const surplus = [...new Set(forms.filter((form) => !allowed.has(form)))];
    return [
      ...missing.map((form) => finding('FORM_MISSING', { place, params: { procedure: known.code, form } })),
      ...surplus.map((form) => finding('FORM_NOT_ALLOWED', { place, params: { procedure: known.code, form } })),
    ];
  },

  ivanIsTheSender: ({ envelope: { ivanCode, ivanReadable }, standard, sender, placeOf }) => {
    if (!ivanReadable) return [];
    const declared = ivanCode?.text ?? '';
    const connected = sender.kind === 'ivan' ? sender.code : '';
    const place = ivanCode === undefined ? {} : placeOf(ivanCode);
    if (declared !== '' && !standard.ivans.has(declared)) return [finding('IVAN_UNKNOWN', { place, value: declared, params: { ivan: declared } })];
    if (declared === connected) return [];
    return [finding('IVAN_MISMATCH', { place, value: declared, params: { declared: declared || '∅', connected: connected || 'DIRECT_FILING' } })];
  },

  ivanUnderContract: ({ sender, receivedAt }) => {
    if (sender.kind === 'direct') return [];
    const { state, from, until } = sender.contract;
    if (state === 'active' && from <= receivedAt && receivedAt < until) return [];
    return [finding('IVAN_CONTRACT_INACTIVE', { params: { ivan: sender.code, from: formatDay(from), until: formatDay(until) } })];
  },
} satisfies Record<string, Rule>;

/** What every rule says, in the order of the table. */
export function applyRules(context: RuleContext): Finding[] {
  return Object.values(rules).flatMap((rule: Rule) => rule(context));
}
