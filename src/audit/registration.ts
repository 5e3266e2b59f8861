// Was the register of certificates quoted truly? What a submission's row says of it must be what its tables said at reception. Throws `Lie`.
import type { Query } from '../store/database.ts';
import { wasEnteredWithin } from '../store/unit-certificates.ts';
import type { RegistrationQuestion } from '../store/unit-certificates.ts';
import type { RegistrationFacts, SubmissionRow } from '../store/tables.ts';
import { checkThat } from './lie.ts';
import { sameJson } from './same.ts';

/** An entry is dated a moment before others can see it, and the register is asked a moment after reception: what was entered in between may have been seen or not. */
const IN_BETWEEN_MS = 60_000;

/** `said`: the register's answer, by what was entered until the reception. */
export async function checkRegistration(query: Query, { id, receivedAt, registration }: SubmissionRow, question: RegistrationQuestion | undefined, said: RegistrationFacts | null): Promise<void> {
  if (sameJson(registration, said)) return;
  const around = (milliseconds: number): Date => new Date(receivedAt.getTime() + milliseconds);
  const changing = question !== undefined && (await wasEnteredWithin(query, question, around(-IN_BETWEEN_MS), around(IN_BETWEEN_MS)));
  checkThat(changing, `submission ${id}`, 'does not say of its certificate’s registration what the register said');
}
