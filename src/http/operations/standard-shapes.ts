// The bodies of the published standard. What the gateway relies on is named and required; every record is open, because a table may gain a
// member without the interface becoming another.
import { severities } from '../../standard/rule-sets.ts';
import { closed, day, digest, flag, instant, list, oneOf, open, pattern, ref, text, whole } from './shapes.ts';
import type { JsonSchema } from './shapes.ts';

const inForce = { inForce: closed({}, { from: day, until: day }) };
const dates = { from: day, until: day };
const note = { note: text };
const facets = { type: 'object', additionalProperties: text };
const typeMembers = { base: text, facets, values: list(text), check: facets };
const labels = { labelVi: text, labelEn: text, noteVi: text, noteEn: text };

export const standardShapes: Readonly<Record<string, JsonSchema>> = {
  ...listShape('Procedures', 'procedures', 'Procedure', { ...note, defaultWorkingDays: whole }),
  ...entryShape('ProcedureAnswer', 'procedure', 'Procedure'),
  Procedure: open({ code: text, versions: list(ref('ProcedureVersion')) }),
  ProcedureVersion: open(
    { nameVi: text, nameEn: text, requiredForms: list(text), requiredOneOf: list(list(text)), optionalForms: list(text), workingDays: whole, workingDaysAssumed: flag, group: text, filedBy: list(text), throughIvan: flag, fee: whole, basis: text },
    { ...dates, nationalCode: text, workingDaysBasis: text, numberFormat: text, slip: text, steps: list(ref('ProcedureStep')), source: text, confidence: text },
  ),
  ProcedureStep: open({ step: whole, unit: text, workingDays: whole }, { unitEn: text, system: text, mayIssue: list(text), subTask: open({ form: text, to: text, workingDays: whole }) }),
  ...listShape('Services', 'services', 'Service', { ...note, listed: whole }),
  ...entryShape('ServiceAnswer', 'service', 'Service'),
  Service: open({ code: text, nameVi: text, nameEn: text, group: text, filedBy: list(text), procedures: list(text), basis: text, confidence: text }, { ...dates, match: text, remark: text }),
  ...listShape('Forms', 'forms', 'Form', note),
  ...entryShape('FormAnswer', 'form', 'Form'),
  Form: open(
    { code: text, requiredBy: list(text), oneOfIn: list(text), optionalIn: list(text), versions: list(ref('FormVersion')) },
    { kind: text, nameVi: text, nameEn: text, basis: text, aliases: list(text) },
  ),
  FormVersion: open(
    { version: whole },
    { root: text, ...dates, basis: text, schema: text, schemaSha256: digest, sample: text, documentationVi: text, documentationEn: text, elements: list(ref('FormElement')), types: list(ref('FormType')) },
  ),
  FormElement: open({ path: text, required: flag }, { ...labels, repeats: text, type: text, ...typeMembers, unit: text, source: text, confidence: text }),
  FormType: open({ name: text }, { ...labels, ...typeMembers }),
  ...listShape('Schemas', 'schemas', 'SchemaFile'),
  SchemaFile: open({ form: text, version: whole, schema: text, schemaSha256: digest }, { sample: text, ...dates }),
  ...listShape('Rules', 'rules', 'Rule'),
  ...entryShape('RuleAnswer', 'rule', 'Rule'),
  Rule: open(
    { code: text, kind: oneOf(['check', 'row', 'form', 'dossier']), wireCode: pattern('^(GW|CE)\\d{3}$'), severity: oneOf(['refuse', 'warn']), ruleSetInForce: text, severityInForce: oneOf(severities), vi: text, en: text, actionVi: text, actionEn: text, clause: text },
    { forms: list(text), lists: list(text), fields: list(text), ruleSets: list(open({ id: text, severity: oneOf(severities) }, dates)) },
  ),
  Errors: {
    ...open({
      digest,
      findings: list(open({ code: text, wireCode: text, severity: text, vi: text, en: text, actionVi: text, actionEn: text, clause: text })),
      problems: list(open({ code: text, status: whole, vi: text, en: text, actionVi: text, actionEn: text })),
      reasons: list(open({ code: text, vi: text, en: text })),
    }),
    xml: { name: 'errors' },
  },
  ...listShape('Agencies', 'agencies', 'Agency', note),
  Agency: open({ code: text }, { nameVi: text, nameEn: text, province: text, test: flag }),
  ...listShape('Provinces', 'provinces', 'Province', note),
  Province: open({ code: text, nameVi: text, nameEn: text, from: day }, { until: day, mergedFrom: list(text), became: text, basis: text }),
  ...listShape('Ivans', 'ivans', 'Ivan', note),
  Ivan: open({ code: text, name: text }, { ...dates, source: text }),
  ...listShape('Calendar', 'calendar', 'CalendarYear', { ...note, reasons: list(open({ code: text, nameVi: text, nameEn: text })) }),
  ...entryShape('CalendarYearAnswer', 'calendarYear', 'CalendarYear'),
  CalendarYear: open({ year: whole, status: oneOf(['announced', 'derived']), holidays: list(open({ day, reason: text })), workedSaturdays: list(day) }, { basis: text }),
  DueDate: { ...closed({ digest, from: instant, workingDays: whole, keepTimeOfDay: flag, dueAt: instant, provisional: flag }), xml: { name: 'dueDate' } },
  ...listShape('CodeLists', 'codeLists', 'CodeList', note),
  ...entryShape('CodeListAnswer', 'codeList', 'CodeList'),
  CodeList: open({ name: text, codes: list(open({ code: text }, { name: text, nameEn: text })) }, { nameVi: text, nameEn: text, source: text }),
  ...listShape('RuleSets', 'ruleSets', 'RuleSet', note),
  RuleSet: open({ id: text, nameVi: text, nameEn: text, inForce: flag, instruments: list(text) }, { ...dates, clocks: open({}), severities: facets }),
  ...listShape('Instruments', 'instruments', 'Instrument', note),
  Instrument: open({ id: text, citation: text, nameVi: text, nameEn: text }, dates),
};

function listShape(name: string, member: string, row: string, optional: Readonly<Record<string, JsonSchema>> = {}): Record<string, JsonSchema> {
  return { [name]: { ...open({ digest, [member]: list(ref(row)) }, { ...optional, ...inForce }), xml: { name: member } } };
}

function entryShape(name: string, member: string, row: string): Record<string, JsonSchema> {
  return { [name]: { ...closed({ digest, [member]: ref(row) }, inForce), xml: { name: member } } };
}
