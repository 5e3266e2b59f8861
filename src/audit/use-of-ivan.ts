// Was the register of uses quoted truly? What a submission's row says of its unit's use of the I-VAN must be what the tables said at reception. Throws `Lie`.
import type { Query } from '../store/database.ts';
import type { SubmissionRow, UseOfIvanFacts } from '../store/tables.ts';
import { changesOfUnit, findUseOfIvan } from '../store/uses.ts';
import type { DossierQuestion } from '../store/uses.ts';
import { checkThat } from './lie.ts';
import { isQuotedTruly } from './quoted.ts';
import { sameJson } from './same.ts';

/** `said`: the register's answer, by what was recorded until the reception. */
export async function checkUseOfIvan(query: Query, { id, receivedAt, ivanUse }: SubmissionRow, question: DossierQuestion | undefined, said: UseOfIvanFacts | null): Promise<void> {
  if (sameJson(ivanUse, said)) return;
  const isTrue = question !== undefined
    && (await isQuotedTruly({ quoted: ivanUse, receivedAt, saidBy: (knownBy) => findUseOfIvan(query, question, receivedAt, knownBy), changes: (from, until) => changesOfUnit(query, question, from, until) }));
  checkThat(isTrue, `submission ${id}`, 'does not say of its unit’s use of the I-VAN what the register said');
}
