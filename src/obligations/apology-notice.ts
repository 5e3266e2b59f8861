// The one place where an apology becomes a document that the sender can fetch. It is stored with the move that it tells of.
import { apologyXml } from '../receipts/apology.ts';
import type { Issue } from '../receipts/issue.ts';
import type { Issuer } from '../receipts/receipt.ts';
import type { Procedure } from '../standard/procedures.ts';
import type { Apologised } from '../store/sweeping.ts';

export interface ApologySettings {
  readonly issue: Issue;
  readonly issuer: Issuer;
  readonly terms: { procedureAt(code: string, at: Date): Pick<Procedure, 'name'> | undefined };
}

export function issueApology({ issue, issuer, terms }: ApologySettings, dossier: Apologised, dates: { readonly oldDueAt: Date; readonly newDueAt: Date; readonly issuedAt: Date }): Promise<Buffer> {
  return issue(apologyXml({ ...dossier, ...dates, procedureName: terms.procedureAt(dossier.procedure, dossier.receivedAt)?.name ?? '' }, issuer));
}
