// Days, months and codes of every field of every form that the schema's type has checked by the standard (`std:check`): no form needs a rule of
// its own for them. The schema has accepted the value already; a value that it refuses is not found wrong twice.
import { finding } from '../../errors/outcomes.ts';
import type { Finding } from '../../errors/outcomes.ts';
import type { FindingCode } from '../../errors/findings.ts';
import type { DoubtfulValue, FormContent } from '../form-content.ts';
/** Of one code in all forms together. */
const MOST_ALIKE = 100;

export function typeFindings(forms: readonly FormContent[]): Finding[] {
  const counts = new Map<FindingCode, number>();
  const findings: Finding[] = [];
  let omitted = 0;
  for (const form of forms) {
    for (const value of form.doubtful) {
      const code = codeOf(value);
      const count = (counts.get(code) ?? 0) + 1;
      counts.set(code, count);
      if (count > MOST_ALIKE) omitted += 1;
      else findings.push(findingOf(code, value, form));
    }
  }
  return omitted === 0 ? findings : [...findings, finding('FINDINGS_OMITTED', { params: { count: omitted } })];
}

function findingOf(code: FindingCode, value: DoubtfulValue, form: FormContent): Finding {
  const field = value.field();
  const params = value.kind === 'code' ? { code: field.text, element: field.element.local, list: value.list } : {};
  return finding(code, { place: form.place(field), value: field.text, params });
}

function codeOf({ kind, severity }: DoubtfulValue): FindingCode {
  if (kind === 'code') return severity === 'refuse' ? 'CODE_UNKNOWN' : 'CODE_NOT_LISTED';
  return kind === 'month' ? 'PERIOD_INVALID' : 'DATE_INVALID';
}
