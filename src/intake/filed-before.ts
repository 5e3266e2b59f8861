// What did the unit file before? Asked of a dossier that is otherwise accepted, in the transaction that records it, and recorded. The answer makes findings
// under the rule set in force; a set that is stricter than the rules refuses by them. Pure: the same verdict and answer always give the same verdict.
import { severityOfFinding } from '../errors/outcomes.ts';
import type { Finding } from '../errors/outcomes.ts';
import { underRuleSet } from '../standard/rule-sets.ts';
import type { RuleSet } from '../standard/rule-sets.ts';
import { acrossDossiersFindings } from '../standard/rules/across-dossiers.ts';
import { plainTaxCode } from '../standard/tax-code.ts';
import type { ComparedDossier } from '../store/declarations.ts';
import type { Judged } from './facts.ts';
import { cut } from './judge.ts';
import type { Verdict } from './judge.ts';

/** What is asked for, and kept of it when it is accepted; nothing of what is refused already. */
export function comparedDossier(verdict: Verdict): ComparedDossier | undefined {
  if (verdict.outcome !== 'accepted') return undefined;
  const { dossier: { agency, unitCode, taxCode, procedure, period }, contentDigest, declarations } = verdict;
  return {
    unit: { agency, unitCode, taxCode: plainTaxCode(taxCode) },
    procedure,
    period,
    contentDigest,
    declarations: declarations.map(({ form, contentDigest: digest, batch }) => ({ form, contentDigest: digest, batch: batch?.text ?? null })),
  };
}

/** `filedBefore` is null when nobody asked. That a dossier has what the one has that it supplements goes without saying. */
export type Before = Pick<Judged, 'filedBefore' | 'supplements'>;

export function withFiledBefore(verdict: Verdict, before: Before, ruleSet: Pick<RuleSet, 'changed'>): Verdict {
  return withComparison(verdict, comparisonOf(verdict, before), ruleSet);
}

/** What the answer says of an accepted dossier, in the rules' own severity: no rule set has had its say. */
export function comparisonOf(verdict: Verdict, { filedBefore, supplements }: Before): readonly Finding[] {
  if (verdict.outcome !== 'accepted' || filedBefore === null) return [];
  const supplemented = [supplements?.dossier?.submission, supplements?.dossier?.origin];
  return acrossDossiersFindings(verdict.declarations, verdict.dossier.period, filedBefore.filter(({ submission }) => !supplemented.includes(submission)));
}

export function withComparison(verdict: Verdict, comparison: readonly Finding[], ruleSet: Pick<RuleSet, 'changed'>): Verdict {
  const found = underRuleSet(ruleSet, comparison);
  if (found.length === 0) return verdict;
  const { outcome, declared, signatures } = verdict;
  const findings = cut([...verdict.findings, ...found]);
  const refuses = outcome === 'refused' || found.some((entry) => severityOfFinding(entry) === 'refuse');
  return refuses ? { outcome: 'refused', declared, findings, signatures } : { ...verdict, findings };
}
