// The verdict after the registers of certificates and uses were asked, and the dossier that it supplements was looked at. Pure: the same judgement and answers always give the same verdict.
// The store answers, in `receive.ts`; an audit takes the answers from the row.
import type { Sender } from '../standard/dossier.ts';
import type { Judged } from './facts.ts';
import type { Verdict } from './judge.ts';
import { withRegistration } from './registration.ts';
import { withSupplement } from './supplement.ts';
import { withUseOfIvan } from './use-of-ivan.ts';

/** What the registers said of certificate and use, and what was known of the dossier that this one supplements. */
export type RegistersSaid = Pick<Judged, 'registration' | 'ivanUse' | 'supplements'>;

export function withRegisters(judgement: Verdict, { registration, ivanUse, supplements }: RegistersSaid, { sender, receivedAt }: { readonly sender: Sender; readonly receivedAt: Date }): Verdict {
  return withUseOfIvan(withRegistration(withSupplement(judgement, supplements, receivedAt), registration), ivanUse, sender);
}
