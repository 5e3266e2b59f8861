// Every rule of the standard, and what they say of a dossier, in the order of the list.
import { finding } from '../../errors/outcomes.ts';
import type { Finding } from '../../errors/outcomes.ts';
import type { FormContent } from '../form-content.ts';
import { envelopeRules } from './envelope.ts';
import type { RowRule, Rule, RuleContext } from './rule.ts';

export const rules: readonly Rule[] = [...envelopeRules];

/** Where a form keeps its records, unless a rule says otherwise. */
const USUAL_LIST = 'NoiDung/LaoDong';

export function applyRules(context: RuleContext): Finding[] {
  return rules.flatMap((rule) => [...findingsOf(rule, context)]);
}

function* findingsOf(rule: Rule, context: RuleContext): Iterable<Finding> {
  if (rule.kind === 'dossier') {
    yield* rule.check(context);
    return;
  }
  for (const form of context.forms) {
    if (!rule.forms.includes(form.form)) continue;
    yield* rule.kind === 'form' ? rule.check(form, context) : findingsOfRows(rule, form, context);
  }
}

function* findingsOfRows(rule: RowRule, form: FormContent, context: RuleContext): Iterable<Finding> {
  const list = form.lists.get(rule.list ?? USUAL_LIST);
  const [first] = rule.fields;
  if (list === undefined || first === undefined) return;
  const columns = rule.fields.map((name) => list.column(name));
  for (let row = 0; row < list.size; row += 1) {
    const texts = columns.map((column) => column[row] ?? '');
    const params = rule.wrong(texts, context);
    if (params === undefined) continue;
    yield finding(rule.code, { place: list.place(row, first), value: texts[0] ?? '', params });
  }
}
