// A dossier that supplements one which its agency sent back for completion: does the one it names exist, is it the same unit's matter, and does it
// wait? The store answers, the answer is recorded. Pure: the same judgement and answer always give the same verdict. The new dossier has a number and
// a term of its own, because the term runs from the complete dossier (Luật BHXH 41/2024/QH15 Điều 28(4)).
import { finding } from '../errors/outcomes.ts';
import type { Finding } from '../errors/outcomes.ts';
import { plainTaxCode } from '../standard/tax-code.ts';
import type { Declared } from '../standard/dossier.ts';
import { formatDateTime } from '../standard/time.ts';
import type { SupplementFacts } from '../store/tables.ts';
import { cut } from './judge.ts';
import type { Verdict } from './judge.ts';

/** `facts` is null when the sender named no dossier. */
export function withSupplement(verdict: Verdict, facts: SupplementFacts | null, receivedAt: Date): Verdict {
  const found = facts === null ? undefined : supplementFinding(verdict.declared, facts, receivedAt);
  if (found === undefined) return verdict;
  if (found.code === 'SUPPLEMENT_AFTER_TIME') return { ...verdict, findings: [...verdict.findings, found] };
  const { declared, signatures, findings } = verdict;
  return { outcome: 'refused', declared, signatures, findings: [found, ...findings] };
}

function supplementFinding(declared: Declared | undefined, { digest, dossier }: SupplementFacts, receivedAt: Date): Finding | undefined {
  if (dossier === null) return finding('SUPPLEMENT_UNKNOWN', { params: { digest: digest.slice(0, 12) } });
  const { number, requestedAt, until } = dossier;
  if (declared !== undefined && matterOf(declared) !== matterOf(dossier)) return finding('SUPPLEMENT_OF_ANOTHER', { params: { number, found: matterOf(declared), expected: matterOf(dossier) } });
  if (requestedAt === null) return finding('SUPPLEMENT_NOT_ASKED', { params: { number } });
  if (until !== null && receivedAt > new Date(until)) return finding('SUPPLEMENT_AFTER_TIME', { params: { number, until: formatDateTime(new Date(until)) } });
  return undefined;
}

/** A request is answered once. Asked of what is otherwise accepted, while nobody else of its unit can be. */
export function withGiven(verdict: Verdict, facts: SupplementFacts | null): Verdict {
  if (verdict.outcome !== 'accepted' || !facts?.given) return verdict;
  const { declared, signatures, findings } = verdict;
  const { number, receivedAt } = facts.given;
  const found = finding('SUPPLEMENT_GIVEN', { params: { number: facts.dossier?.number ?? '', given: number, at: formatDateTime(new Date(receivedAt)) } });
  return { outcome: 'refused', declared, signatures, findings: cut([found, ...findings]) };
}

/** Whose it is, with whom, about what. */
function matterOf({ agency, unitCode, taxCode, procedure }: Pick<Declared, 'agency' | 'unitCode' | 'taxCode' | 'procedure'>): string {
  return [agency, unitCode, plainTaxCode(taxCode), procedure].join(' · ');
}
