// Was a register quoted truly? An entry is dated a moment before others can see it, and the register is asked a moment after reception: what was entered
// in between may have been seen or not. So what a row says must be what the register said by what was known at reception, or at one of those changes.
import { sameJson } from './same.ts';

const IN_BETWEEN_MS = 60_000;

export interface Quotation {
  /** As the row has it. */
  readonly quoted: unknown;
  readonly receivedAt: Date;
  /** What the register says by what was entered until an instant. */
  readonly saidBy: (knownBy: Date) => Promise<unknown>;
  /** The instants between the two at which it changed. */
  readonly changes: (from: Date, until: Date) => Promise<readonly Date[]>;
}

export async function isQuotedTruly({ quoted, receivedAt, saidBy, changes }: Quotation): Promise<boolean> {
  if (sameJson(quoted, await saidBy(receivedAt))) return true;
  const around = (milliseconds: number): Date => new Date(receivedAt.getTime() + milliseconds);
  const instants = await changes(around(-IN_BETWEEN_MS), around(IN_BETWEEN_MS));
  for (const at of instants) if (sameJson(quoted, await saidBy(at)) || sameJson(quoted, await saidBy(new Date(at.getTime() - 1)))) return true;
  return false;
}
