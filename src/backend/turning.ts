// The agency at work: each case is turned move by move as its plan falls due, each move in one transaction with what it says to the gateway.
// The instant of a move is the plan's, whenever the program gets to it, so that a case reads the same on a virtual clock, on the real one, and
// after a night in which nothing ran.
import { lockCase, lockDueCase } from './case-store.ts';
import { readDossier } from './dossier.ts';
import type { Dossier } from './dossier.ts';
import { dossierOctets } from './dossier-store.ts';
import { makeMove } from './moves.ts';
import type { DossierOf } from './moves.ts';
import type { Office } from './office.ts';
import type { Query } from './store.ts';

/** Makes what is due next, anywhere or of one dossier; false when nothing is. Moves of one instant are one transition. */
export async function turn(office: Office, now: Date, digest?: string): Promise<boolean> {
  return office.store.transaction(async (query) => {
    let file = digest === undefined ? await lockDueCase(query, now) : await lockCase(query, digest);
    const at = file?.nextAt?.getTime() ?? Number.POSITIVE_INFINITY;
    if (at > now.getTime()) return false;
    const dossier = oneDossier(query);
    while (file?.nextAt?.getTime() === at) {
      await makeMove(office, query, file, dossier);
      file = await lockCase(query, file.digest);
    }
    return true;
  });
}

/** Reads the dossier a case is judged by when it is first wanted, and not again. */
function oneDossier(query: Query): DossierOf {
  let read: { readonly digest: string; readonly dossier: Promise<Dossier> } | undefined;
  return (judged) => {
    if (read?.digest !== judged) read = { digest: judged, dossier: dossierOctets(query, judged).then(readDossier) };
    return read.dossier;
  };
}
