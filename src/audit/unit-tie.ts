// Was a form 04 accepted on a tie between unit code and tax code that was there? What a decision names must be what the registers said when it was made;
// where the operator vouched, they must have said nothing. Throws `Lie`.
import type { Query } from '../store/database.ts';
import type { DeclaredUse, DecisionRow } from '../store/ivan-registrations.ts';
import { changesOfUnit, findUseFacts } from '../store/uses.ts';
import { checkThat } from './lie.ts';
import { isQuotedTruly } from './quoted.ts';

/** What was decided before ties were recorded has none; that nothing later lacks one is for the counts to show. */
export async function checkUnitTie(query: Query, ivanCode: string, { agency, unitCode, taxCode, signer }: DeclaredUse, { registrationId, decidedAt, unitTie }: DecisionRow): Promise<void> {
  if (unitTie === null) return;
  const question = { agency, unitCode, taxCode, ivanCode, contractId: null, fingerprint: signer?.fingerprint ?? '', ivanFingerprint: '', contentDigest: '' };
  const isTrue = await isQuotedTruly({
    quoted: unitTie.source === 'operator' ? null : unitTie,
    receivedAt: new Date(decidedAt.getTime() - 1), // the use that the decision itself began ties nothing
    saidBy: async (knownBy) => (await findUseFacts(query, question, decidedAt, knownBy, registrationId)).tie,
    changes: (from, until) => changesOfUnit(query, question, from, until, registrationId),
  });
  checkThat(isTrue, `decision on registration ${registrationId}`, 'does not say by what its unit code was tied to the tax code');
}
