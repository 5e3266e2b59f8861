// Was the unit's dossier held against what it had filed before, and truly? What its row says must be what the declarations of earlier rows say; units are
// locked while they file, so there is no moment in between. And what is kept of an accepted dossier must be what is in it. Throws `Lie`.
import { comparedDossier } from '../intake/filed-before.ts';
import type { Verdict } from '../intake/judge.ts';
import type { ComparedDossier, KeptDeclaration } from '../store/declarations.ts';
import type { FiledBefore, SubmissionRow } from '../store/tables.ts';
import { checkThat } from './lie.ts';
import { sameJson } from './same.ts';

/** What is to be asked about: nothing of what was refused already, or recorded before declarations were kept. */
export function askedBefore({ filedBefore }: Pick<SubmissionRow, 'filedBefore'>, compared: Verdict): ComparedDossier | undefined {
  return filedBefore === null ? undefined : comparedDossier(compared);
}

/** `kept`: its own declarations on record; `said`: what the declarations of earlier rows say of it. */
export function checkFiledBefore({ id, outcome, filedBefore }: Pick<SubmissionRow, 'id' | 'outcome' | 'filedBefore'>, compared: Verdict, kept: readonly KeptDeclaration[], said: readonly FiledBefore[]): void {
  const where = `submission ${id}`;
  const dossier = comparedDossier(compared);
  if (dossier === undefined) {
    checkThat(filedBefore === null && kept.length === 0, where, 'was held against earlier dossiers though it was refused already');
    return;
  }
  if (filedBefore === null) {
    // That nothing later lacks them is for the counts to show.
    checkThat(kept.length === 0, where, 'has declarations on record, but was not held against earlier ones');
    return;
  }
  checkThat(sameJson(filedBefore, said), where, 'does not say what its unit had filed before');
  const { unit, procedure, period, declarations } = dossier;
  const own = outcome === 'accepted' ? declarations.map((declaration, position) => ({ position, ...unit, procedure, period, ...declaration })) : [];
  checkThat(sameJson(kept, own), where, 'has other declarations on record than are in it');
}
