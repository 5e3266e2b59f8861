// Was the register of uses quoted truly? What a submission's row says of its unit's use of the I-VAN must be what the tables said at reception. Throws `Lie`.
import type { Verdict } from '../intake/judge.ts';
import { senderOf } from '../intake/sender-facts.ts';
import { useOfIvanQuestion } from '../intake/use-of-ivan.ts';
import type { Query } from '../store/database.ts';
import type { SubmissionRow } from '../store/tables.ts';
import { changesOfUnit, findUseOfIvan } from '../store/uses.ts';
import { checkThat } from './lie.ts';
import { isQuotedTruly } from './quoted.ts';

export async function checkUseOfIvan(query: Query, { id, receivedAt, ivanUse, senderFacts }: SubmissionRow, judgement: Verdict): Promise<void> {
  const question = useOfIvanQuestion(judgement, senderOf(senderFacts));
  const isTrue = question === undefined
    ? ivanUse === null
    : await isQuotedTruly({ quoted: ivanUse, receivedAt, saidBy: (knownBy) => findUseOfIvan(query, question, receivedAt, knownBy), changes: (from, until) => changesOfUnit(query, question, from, until) });
  checkThat(isTrue, `submission ${id}`, 'does not say of its unit’s use of the I-VAN what the register said');
}
