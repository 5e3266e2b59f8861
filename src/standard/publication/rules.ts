// What the gateway checks, as published: every code of the closed list with its sentences, and, where it is a business rule, what it reads.
// And the list of errors itself, in the shape it has had from the beginning.
import { findingTexts } from '../../errors/findings.ts';
import { problemTexts } from '../../errors/problems.ts';
import { reasonTexts } from '../../errors/reasons.ts';
import { rules, USUAL_LISTS } from '../rules/apply.ts';
import type { Rule } from '../rules/rule.ts';
import type { RuleSet, Severity } from '../rule-sets.ts';
import type { StandardFiles } from '../standard-files.ts';
import { rowsOf, tableOf } from './tables.ts';
import { isMembers, membersOf } from './value.ts';
import type { Members } from './value.ts';

/** With a set, also what each does under it; `severity` is what it does unless a set says otherwise. */
export function ruleRows(files: StandardFiles, set?: RuleSet): readonly Members[] {
  const business = new Map(rules.map((rule) => [rule.code as string, rule]));
  const changed: ReadonlyMap<string, Severity> | undefined = set?.changed;
  return Object.entries(findingTexts).map(([code, text]) => ({
    code,
    kind: business.get(code)?.kind ?? 'check',
    ...membersOf(text),
    ...(set === undefined ? {} : { ruleSetInForce: set.id, severityInForce: changed?.get(code) ?? text.severity }),
    ...read(business.get(code)),
    ...changedBy(files, code),
  }));
}

/** The rule sets under which it weighs otherwise, with their days. */
function changedBy(files: StandardFiles, code: string): Members {
  const ruleSets = rowsOf(tableOf(files, 'rule-sets')['ruleSets']).flatMap((set) => {
    const severity = isMembers(set['severities']) ? set['severities'][code] : undefined;
    // Of the set itself its names and days; the rest stands in the list of rule sets.
    return severity === undefined ? [] : [{ ...Object.fromEntries(Object.entries(set).filter(([, value]) => typeof value !== 'object')), severity }];
  });
  return ruleSets.length === 0 ? {} : { ruleSets };
}

export function errorMembers(): Members {
  return {
    findings: Object.entries(findingTexts).map(([code, text]) => ({ code, ...text })),
    problems: Object.entries(problemTexts).map(([code, text]) => ({ code, ...text })),
    reasons: Object.entries(reasonTexts).map(([code, [vi, en]]) => ({ code, vi, en })),
  };
}

function read(rule: Rule | undefined): Members {
  if (rule === undefined || rule.kind === 'dossier') return {};
  if (rule.kind === 'form') return { forms: rule.forms };
  return { forms: rule.forms, lists: rule.lists ?? USUAL_LISTS, fields: rule.fields };
}
