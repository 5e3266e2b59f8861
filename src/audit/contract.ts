// Was the contract quoted truly? The step of its history that a row names must be the one that counted at its reception, and say what the row says.
// And was every step one that the table has? Throws `Lie`.
import { senderContract } from '../registers/sender-contract.ts';
import { senderFacts, senderOf } from '../intake/sender-facts.ts';
import { contractStates, needsOf, steps } from '../standard/contract-states.ts';
import type { ContractRole } from '../standard/contract-states.ts';
import type { Sender } from '../standard/dossier.ts';
import { findHistories } from '../store/contract-audit.ts';
import type { HistoryRow, QuotedChange } from '../store/contract-audit.ts';
import type { Query } from '../store/database.ts';
import type { SenderFacts } from '../store/tables.ts';
import { checkThat, checkVerifies } from './lie.ts';
import { sameJson } from './same.ts';

/** A step is dated a moment before others can see it, and admission looks a moment before reception. */
const IN_BETWEEN_MS = 60_000;

/** Throws `Lie` where the stored facts are of no sender: they are read before anything else is. */
export function readSender(where: string, facts: SenderFacts): Sender {
  return checkVerifies(where, 'its sender cannot be read', () => {
    const sender = senderOf(facts);
    senderFacts(sender);
    return sender;
  });
}

/** The step that a row names; none of what came directly, or was recorded before contracts had a history. */
export function changeNamed(facts: SenderFacts): string | undefined {
  return facts.kind === 'direct' ? undefined : facts.contract.change;
}

/** `change`: the step that is named, as it is on record. */
export function checkContract(change: QuotedChange | undefined, where: string, { senderFacts: facts, receivedAt }: { readonly senderFacts: SenderFacts; readonly receivedAt: Date }): void {
  if (changeNamed(facts) === undefined) return;
  checkThat(change !== undefined, where, 'quotes a step of a contract that is not there');
  const again = senderFacts({ kind: 'ivan', code: change.ivanCode, contract: senderContract(change) });
  checkThat(sameJson(again, senderFacts(senderOf(facts))), where, 'does not say of its contract what its history says');
  const at = receivedAt.getTime();
  const known = change.changedAt.getTime() <= at + IN_BETWEEN_MS;
  const current = change.overtakenAt === null || change.overtakenAt.getTime() >= at - IN_BETWEEN_MS;
  checkThat(known && current, where, 'was judged by a step of its contract that did not count at its reception');
}

export async function checkHistories(query: Query): Promise<void> {
  let before: HistoryRow | undefined;
  for (const row of await findHistories(query)) {
    const previous = before?.contractId === row.contractId ? before : undefined;
    checkStep(row, previous);
    before = row;
  }
}

function checkStep({ number, sequence, action, state, actor, reason, changedAt }: HistoryRow, previous: HistoryRow | undefined): void {
  const where = `contract ${number}, step ${sequence}`;
  const from = contractStates.find((known) => known === previous?.state);
  const known = steps.find((step) => step.action === action && step.by === roleOf(actor) && step.from === from && step.to === state);
  checkThat(known !== undefined, where, `${action} from ${from ?? 'nothing'} to ${state} is no step that there is`);
  checkThat(sequence === (previous?.sequence ?? 0) + 1, where, 'follows on a step that is not there');
  checkThat(previous === undefined || previous.changedAt <= changedAt, where, 'is dated before the step that it follows on');
  checkThat(reason !== null || needsOf.get(known.action)?.includes('reason') !== true, where, 'has no reason');
}

function roleOf(actor: string): ContractRole {
  return actor === 'machine' || actor === 'migration' ? actor : 'operator';
}
