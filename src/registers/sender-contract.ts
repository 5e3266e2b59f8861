// What a dossier is judged by of the contract it comes under: a row of the contract's history → the sender's contract.
import type { Contract } from '../standard/dossier.ts';
import type { ContractChange } from '../store/contracts.ts';
import { stateOf } from './contracts.ts';

export function senderContract(row: ContractChange): Contract {
  const { id, validFrom, validUntil } = row;
  if (validFrom === null || validUntil === null) throw new Error('a contract that somebody connects under has no dates');
  return { state: stateOf(row), from: validFrom, until: validUntil, change: id, ...limitsOf(row) };
}

function limitsOf({ terms }: ContractChange): Pick<Contract, 'maxFiles' | 'maxBytes'> {
  if (typeof terms !== 'object' || terms === null || !('maxFiles' in terms) || !('maxBytes' in terms)) return {};
  return { maxFiles: Number(terms.maxFiles), maxBytes: Number(terms.maxBytes) };
}
