// What did the unit file before? Asked of a dossier that is otherwise accepted, in the transaction that records it, and recorded. The answer makes findings
// under the rule set in force; a set that is stricter than the rules refuses by them. Pure: the same verdict and answer always give the same verdict.
import { severityOfFinding } from '../errors/outcomes.ts';
import { underRuleSet } from '../standard/rule-sets.ts';
import type { RuleSet } from '../standard/rule-sets.ts';
import { acrossDossiersFindings } from '../standard/rules/across-dossiers.ts';
import type { FiledBefore } from '../standard/rules/across-dossiers.ts';
import type { ComparedDossier } from '../store/declarations.ts';
import { cut } from './judge.ts';
import type { Verdict } from './judge.ts';

/** What is asked for, and kept of it when it is accepted; nothing of what is refused already. */
export function comparedDossier(verdict: Verdict): ComparedDossier | undefined {
  if (verdict.outcome !== 'accepted') return undefined;
  const { dossier: { agency, unitCode, taxCode, procedure, period }, contentDigest, declarations } = verdict;
  return {
    unit: { agency, unitCode, taxCode },
    procedure,
    period,
    contentDigest,
    declarations: declarations.map(({ form, contentDigest: digest, batch }) => ({ form, contentDigest: digest, batch: batch?.text ?? null })),
  };
}

/** `filedBefore` is null when nobody asked. */
export function withFiledBefore(verdict: Verdict, filedBefore: readonly FiledBefore[] | null, ruleSet: Pick<RuleSet, 'changed'>): Verdict {
  if (verdict.outcome !== 'accepted' || filedBefore === null || filedBefore.length === 0) return verdict;
  const found = underRuleSet(ruleSet, acrossDossiersFindings(verdict.declarations, verdict.dossier.period, filedBefore));
  if (found.length === 0) return verdict;
  const findings = cut([...verdict.findings, ...found]);
  const { declared, signatures } = verdict;
  return found.some((entry) => severityOfFinding(entry) === 'refuse') ? { outcome: 'refused', declared, findings, signatures } : { ...verdict, findings };
}
