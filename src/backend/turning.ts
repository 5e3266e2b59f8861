// The agency at work: each case is turned move by move as its plan falls due, each move in one transaction with what it says to the gateway.
// The instant of a move is the plan's, whenever the program gets to it, so that a case reads the same on a virtual clock, on the real one, and
// after a night in which nothing ran.
import { lockCase, lockDueCase } from './case-store.ts';
import { makeMove } from './moves.ts';
import type { Office } from './office.ts';

/** Makes the next move that is due, anywhere or of one dossier; false when none is. */
export async function turn(office: Office, now: Date, digest?: string): Promise<boolean> {
  return office.store.transaction(async (query) => {
    const file = digest === undefined ? await lockDueCase(query, now) : await lockCase(query, digest);
    if (file?.nextAt == null || file.nextAt > now) return false;
    await makeMove(office, query, file);
    return true;
  });
}
