// Was the register of certificates quoted truly? What a submission's row says of it must be what its tables said at reception. Throws `Lie`.
import type { Verdict } from '../intake/judge.ts';
import { registrationQuestion } from '../intake/registration.ts';
import type { Query } from '../store/database.ts';
import { findRegistration } from '../store/registrations.ts';
import type { SubmissionRow } from '../store/tables.ts';
import { checkThat } from './lie.ts';
import { sameJson } from './same.ts';

/** An entry is dated a moment before others can see it, and the register is asked a moment after reception: what was entered in between may have been seen or not. */
const IN_BETWEEN_MS = 60_000;

export async function checkRegistration(query: Query, { id, receivedAt, registration }: SubmissionRow, judgement: Verdict): Promise<void> {
  const question = registrationQuestion(judgement);
  const saidBy = (milliseconds: number) => (question === undefined ? null : findRegistration(query, question, receivedAt, new Date(receivedAt.getTime() + milliseconds)));
  const [before, after] = [await saidBy(-IN_BETWEEN_MS), await saidBy(IN_BETWEEN_MS)];
  const changing = !sameJson(before, after);
  checkThat(changing || sameJson(registration, before), `submission ${id}`, 'does not say of its certificate’s registration what the register said');
}
