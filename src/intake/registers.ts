// The verdict after the registers of certificates and uses were asked. Pure: the same judgement and answers always give the same verdict.
// The store answers, in `receive.ts`; an audit takes the answers from the row.
import type { Sender } from '../standard/dossier.ts';
import type { Judged } from './facts.ts';
import type { Verdict } from './judge.ts';
import { withRegistration } from './registration.ts';
import { withUseOfIvan } from './use-of-ivan.ts';

/** What the registers said of certificate and use. */
export type RegistersSaid = Pick<Judged, 'registration' | 'ivanUse'>;

export function withRegisters(judgement: Verdict, { registration, ivanUse }: RegistersSaid, sender: Sender): Verdict {
  return withUseOfIvan(withRegistration(judgement, registration), ivanUse, sender);
}
