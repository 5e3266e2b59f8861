// What the operator does to an I-VAN's contract, one call for one step: apply → answer the checklist → assess → sign → activate, then suspend, resume,
// amend, end. The table of steps decides what may be; each step is one transaction with its history row and its event. Throws `Problem`.
import { Problem } from '../errors/outcomes.ts';
import { isContractState, needsOf, stateAfter } from '../standard/contract-states.ts';
import type { ContractAction, ContractState } from '../standard/contract-states.ts';
import { itemsInTheWay } from '../standard/ivan-checklist.ts';
import type { Checklist } from '../standard/ivan-checklist.ts';
import type { IvanTerms } from '../standard/ivan-terms.ts';
import { findAnswers, insertAnswer, insertChange, insertContract, lockContract } from '../store/contracts.ts';
import type { ChecklistAnswer, ContractChange, NewContract } from '../store/contracts.ts';
import type { Database, Query } from '../store/database.ts';
import { certificatesOf, endIvanCertificate, insertIvanCertificate, lockCertificate } from '../store/ivan-certificates.ts';
import type { NewIvanCertificate } from '../store/ivan-certificates.ts';

/** Steps that change the state or the terms. */
export type ContractStep = Exclude<ContractAction, 'apply' | 'answer' | 'certify' | 'decertify' | 'record' | 'carry_over'>;

export interface Agreed {
  readonly terms: IvanTerms;
  readonly validFrom: Date;
  /** First instant at which the contract is no longer in force. */
  readonly validUntil: Date;
}

export interface StepDetails {
  readonly agreed?: Agreed | undefined;
  readonly reason?: string | undefined;
}

/** Who does it, as it stands in history and events. */
export type Actor = string;

export async function applyForContract(database: Database, contract: NewContract, actor: Actor, at: Date): Promise<void> {
  const state = stateAfter('apply', 'operator', undefined);
  await database.transaction(async (query) => {
    const contractId = await insertContract(query, contract, at);
    if (contractId === undefined) throw new Problem('CONTRACT_EXISTS', { number: contract.number });
    await insertChange(query, { ...contract, contractId, sequence: 1, action: 'apply', state, validFrom: null, validUntil: null, terms: null, reason: null, actor, changedAt: at });
  });
}

export async function answerChecklist(database: Database, number: string, answers: readonly ChecklistAnswer[], actor: Actor, at: Date): Promise<void> {
  await database.transaction(async (query) => {
    const contract = await contractToChange(query, number);
    stateAfter('answer', 'operator', stateOf(contract));
    for (const answer of answers) await insertAnswer(query, contract, answer, actor, at);
  });
}

export async function takeStep(database: Database, number: string, action: ContractStep, details: StepDetails, { checklist, actor, at }: { readonly checklist: Checklist; readonly actor: Actor; readonly at: Date }): Promise<void> {
  await database.transaction(async (query) => {
    const contract = await contractToChange(query, number);
    const state = stateAfter(action, 'operator', stateOf(contract));
    await checkNeeds(query, contract, action, details, checklist);
    const { agreed, reason } = details;
    const { contractId, ivanCode, validFrom, validUntil, terms } = contract;
    const now = agreed ?? { validFrom, validUntil, terms };
    await insertChange(query, { contractId, number, ivanCode, sequence: contract.sequence + 1, action, state, ...now, reason: reason ?? null, actor, changedAt: at });
  });
}

async function checkNeeds(query: Query, { contractId }: ContractChange, action: ContractStep, { agreed, reason }: StepDetails, checklist: Checklist): Promise<void> {
  const needs = needsOf.get(action) ?? [];
  if (needs.includes('reason') && reason === undefined) throw new Problem('FIELD_INVALID', { reason: 'reason' });
  if (needs.includes('terms') !== (agreed !== undefined)) throw new Problem('FIELD_INVALID', { reason: 'terms, from, until' });
  if (needs.includes('checklist')) {
    const answers = await findAnswers(query, contractId);
    const missing = itemsInTheWay(checklist, new Map(answers.map(({ item, met }) => [item, met])));
    if (missing.length > 0) throw new Problem('CHECKLIST_INCOMPLETE', { items: missing.join(', ') });
  }
  if (needs.includes('certificate')) {
    const certificates = await certificatesOf(query, contractId);
    if (!certificates.some(({ purpose, endedAt }) => purpose === 'connect' && endedAt === null)) throw new Problem('CERTIFICATE_NEEDED');
  }
}

/** One certificate connects, or signs, under one contract at a time. */
export async function certifyContract(database: Database, number: string, entry: NewIvanCertificate, actor: Actor, at: Date): Promise<void> {
  await database.transaction(async (query) => {
    const contract = await contractToChange(query, number);
    stateAfter('certify', 'operator', stateOf(contract));
    const entries = await lockCertificate(query, entry.fingerprint);
    const taken = entries.find(({ purpose }) => purpose === entry.purpose);
    if (taken !== undefined) throw new Problem('CERTIFICATE_TAKEN', { number: taken.number });
    await insertIvanCertificate(query, contract, entry, actor, at);
  });
}

/** Ends all entries of the certificate under this contract. */
export async function decertifyContract(database: Database, number: string, fingerprint: string, actor: Actor, at: Date): Promise<void> {
  await database.transaction(async (query) => {
    const contract = await contractToChange(query, number);
    stateAfter('decertify', 'operator', stateOf(contract));
    const entries = (await lockCertificate(query, fingerprint)).filter(({ contractId }) => contractId === contract.contractId);
    if (entries.length === 0) throw new Problem('CERTIFICATE_UNKNOWN', { fingerprint });
    for (const entry of entries) await endIvanCertificate(query, entry, actor, at);
  });
}

async function contractToChange(query: Query, number: string): Promise<ContractChange> {
  const contract = await lockContract(query, number);
  if (contract === undefined) throw new Problem('CONTRACT_UNKNOWN', { number });
  return contract;
}

export function stateOf({ state }: Pick<ContractChange, 'state'>): ContractState {
  if (!isContractState(state)) throw new Error(`a contract in the state ${state}`);
  return state;
}
