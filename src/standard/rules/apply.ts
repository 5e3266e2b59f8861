// Every rule of the standard, and what they say of a dossier, in the order of the list. A rule that fails for most of a list is reported a
// hundred times and then counted, and places are found for the first findings only, so that ten thousand wrong records cost and say little.
import { finding } from '../../errors/outcomes.ts';
import type { Finding } from '../../errors/outcomes.ts';
import type { FormContent } from '../form-content.ts';
import { accidentRules } from './accident.ts';
import { acrossFormsRules } from './across-forms.ts';
import { benefitRules } from './benefit.ts';
import { contactRules } from './contact.ts';
import { documentRules } from './documents.ts';
import { envelopeRules } from './envelope.ts';
import { firstRegistrationRules } from './first-registration.ts';
import { healthRules } from './health.ts';
import { labourRules } from './labour.ts';
import { labourPersonRules, personRules } from './person.ts';
import { spelledIn } from './persons.ts';
import { process320Rules } from './process-320.ts';
import { profileRules } from './profile.ts';
import type { RowRule, Rule, RuleContext } from './rule.ts';
import { unitRules } from './unit.ts';
import { voluntaryRules } from './voluntary.ts';

/** What a dossier says of itself and who sends it. */
export const rulesOfEnvelope: readonly Rule[] = [...envelopeRules, ...profileRules];

/** What its forms say, each by itself and together. */
export const rulesOfForms: readonly Rule[] = [
  ...labourRules, ...labourPersonRules, ...personRules, ...contactRules, ...benefitRules, ...accidentRules, ...healthRules, ...voluntaryRules,
  ...unitRules, ...firstRegistrationRules, ...documentRules, ...process320Rules, ...acrossFormsRules,
];

export const rules: readonly Rule[] = [...rulesOfEnvelope, ...rulesOfForms];

/** Where a form keeps its records, unless a rule says otherwise. */
export const USUAL_LISTS: readonly string[] = ['NoiDung/LaoDong'];

/** Of one rule, in all forms together. */
const MOST_OF_A_RULE = 100;
/** A verdict shows as many findings (src/intake/judge.ts); to find a place, lines are counted. */
const MOST_PLACES = 500;

export function applyRules(list: readonly Rule[], context: RuleContext): Finding[] {
  const places = { left: MOST_PLACES, ofRule: 0 };
  const sparing = { ...context, forms: context.forms.map((form) => sparingPlaces(form, places)) };
  const findings: Finding[] = [];
  let omitted = 0;
  for (const rule of list) {
    let count = 0;
    places.ofRule = MOST_OF_A_RULE;
    for (const found of findingsOf(rule, sparing)) {
      count += 1;
      if (count <= MOST_OF_A_RULE) findings.push(found);
    }
    omitted += Math.max(0, count - MOST_OF_A_RULE);
  }
  return omitted === 0 ? findings : [...findings, finding('FINDINGS_OMITTED', { params: { count: omitted } })];
}

function* findingsOf(rule: Rule, context: RuleContext): Iterable<Finding> {
  if (rule.kind === 'dossier') {
    yield* rule.check(context);
    return;
  }
  for (const form of context.forms) {
    if (!rule.forms.includes(form.form)) continue;
    if (rule.kind === 'form') yield* rule.check(form, context);
    else for (const path of rule.lists ?? USUAL_LISTS) yield* findingsOfRows(rule, form, path, context);
  }
}

function* findingsOfRows(rule: RowRule, form: FormContent, path: string, context: RuleContext): Iterable<Finding> {
  const list = form.lists.get(path);
  const fields = rule.fields.map((name) => spelledIn(form.form, name));
  const [first] = fields;
  if (list === undefined || first === undefined) return;
  const columns = fields.map((name) => list.column(name));
  const varying = [...fields.keys()].filter((field) => !list.isConstant(fields[field] ?? ''));
  // One array for all records: a list has thousands of them and there are dozens of rules.
  const texts = columns.map(([text = '']) => text);
  let isRight = false;
  for (let row = 0; row < list.size; row += 1) {
    const isOther = refill(texts, columns, varying, row);
    if (isRight && !isOther) { // says what the record before says, of which there is nothing to say
      if (varying.length === 0) return;
      continue;
    }
    const params = rule.wrong(texts, context);
    isRight = params === undefined;
    if (params === undefined) continue;
    yield finding(rule.code, { place: list.place(row, first), value: texts[0] ?? '', params });
  }
}

/** Puts a record's texts where the one's before stand; only the `varying` fields can differ. Does one of them? */
function refill(texts: string[], columns: readonly (readonly string[])[], varying: readonly number[], row: number): boolean {
  let isOther = false;
  for (const field of varying) {
    const text = columns[field]?.[row] ?? '';
    if (texts[field] === text) continue;
    texts[field] = text;
    isOther = true;
  }
  return isOther;
}

/** The form, as long as places are left; then only the file is named. */
function sparingPlaces(form: FormContent, places: { left: number; ofRule: number }): FormContent {
  const spare = <A extends unknown[]>(place: (...given: A) => ReturnType<FormContent['place']>) => (...given: A): ReturnType<FormContent['place']> => {
    if (places.left === 0 || places.ofRule === 0) return form.file === '' ? {} : { file: form.file };
    places.left -= 1;
    places.ofRule -= 1;
    return place(...given);
  };
  const lists = new Map([...form.lists].map(([path, list]) => [path, {
    path: list.path, size: list.size, column: (name: string) => list.column(name), isConstant: (name: string) => list.isConstant(name), owner: (row: number) => list.owner(row), place: spare((row: number, name?: string) => list.place(row, name)),
  }]));
  return { form: form.form, file: form.file, lists, doubtful: form.doubtful, field: (path) => form.field(path), place: spare((field) => form.place(field)) };
}
