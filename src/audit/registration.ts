// Was the register of certificates quoted truly? What a submission's row says of it must be what its tables said at reception. Throws `Lie`.
import type { Verdict } from '../intake/judge.ts';
import { registrationQuestion } from '../intake/registration.ts';
import type { Query } from '../store/database.ts';
import { findRegistration, wasEnteredWithin } from '../store/unit-certificates.ts';
import type { SubmissionRow } from '../store/tables.ts';
import { checkThat } from './lie.ts';
import { sameJson } from './same.ts';

/** An entry is dated a moment before others can see it, and the register is asked a moment after reception: what was entered in between may have been seen or not. */
const IN_BETWEEN_MS = 60_000;

export async function checkRegistration(query: Query, { id, receivedAt, registration }: SubmissionRow, judgement: Verdict): Promise<void> {
  const question = registrationQuestion(judgement);
  const said = question === undefined ? null : await findRegistration(query, question, receivedAt, receivedAt);
  if (sameJson(registration, said)) return;
  const around = (milliseconds: number): Date => new Date(receivedAt.getTime() + milliseconds);
  const changing = question !== undefined && (await wasEnteredWithin(query, question, around(-IN_BETWEEN_MS), around(IN_BETWEEN_MS)));
  checkThat(changing, `submission ${id}`, 'does not say of its certificate’s registration what the register said');
}
