// The sender as the store keeps it, and back: what admission saw of its contract is judged by again in an audit.
import { isContractState } from '../standard/contract-states.ts';
import type { Contract, Sender } from '../standard/dossier.ts';
import type { ContractFacts, SenderFacts } from '../store/tables.ts';

export function senderFacts(sender: Sender): SenderFacts {
  if (sender.kind === 'direct') return { kind: 'direct' };
  const { from, until, ...rest } = sender.contract;
  return { kind: 'ivan', code: sender.code, contract: { ...rest, from: from.toISOString(), until: until.toISOString() } };
}

export function senderOf(facts: SenderFacts): Sender {
  return facts.kind === 'direct' ? facts : { kind: 'ivan', code: facts.code, contract: contractOf(facts.contract) };
}

function contractOf({ state, from, until, ...rest }: ContractFacts): Contract {
  if (!isContractState(state)) throw new Error(`a contract in the state ${state}`);
  return { ...rest, state, from: new Date(from), until: new Date(until) };
}
