// A contract concluded elsewhere, recorded on the gateway's own machine (`npm run contract`): the state, dates and certificate are taken as they are
// given. A certificate stays with its contract; where that has ended, or was another I-VAN's, a new contract is opened for it.
import { stateAfter } from '../standard/contract-states.ts';
import { insertChange, insertContract, lockContract } from '../store/contracts.ts';
import type { ContractChange } from '../store/contracts.ts';
import type { Database, Query } from '../store/database.ts';
import { endIvanCertificate, insertIvanCertificate, lockCertificate } from '../store/ivan-certificates.ts';
import { stateOf } from './contracts.ts';

export interface RecordedContract {
  readonly ivanCode: string;
  /** SHA-256 of the client certificate, lower-case hex. */
  readonly fingerprint: string;
  readonly state: 'active' | 'suspended' | 'ended';
  readonly validFrom: Date;
  readonly validUntil: Date;
  /** Whose certificates may sign registrations for the I-VAN; only where a contract is opened. */
  readonly taxCode?: string;
}

const ACTOR = 'machine';

export async function registerContract(database: Database, recorded: RecordedContract, at: Date): Promise<void> {
  const { ivanCode, fingerprint, validFrom, validUntil } = recorded;
  await database.transaction(async (query) => {
    const [entry] = (await lockCertificate(query, fingerprint)).filter(({ purpose }) => purpose === 'connect');
    const held = entry && (await lockContract(query, entry.number));
    const contract = held?.ivanCode === ivanCode && held.state !== 'ended' ? held : undefined;
    const state = stateAfter('record', 'machine', contract && stateOf(contract), recorded.state);
    const { contractId, number, sequence, terms } = contract ?? (await openNewContract(query, recorded, at));
    await insertChange(query, { contractId, number, ivanCode, sequence: sequence + 1, action: 'record', state, validFrom, validUntil, terms, reason: null, actor: ACTOR, changedAt: at });
    if (contract !== undefined) return;
    if (entry !== undefined) await endIvanCertificate(query, entry, ACTOR, at);
    await insertIvanCertificate(query, { contractId, number }, { fingerprint, purpose: 'connect', validFrom: null, validUntil: null }, ACTOR, at);
  });
}

async function openNewContract(query: Query, { ivanCode, fingerprint, taxCode }: RecordedContract, at: Date): Promise<Pick<ContractChange, 'contractId' | 'number' | 'sequence' | 'terms'>> {
  for (let count = 1; ; count += 1) {
    const number = `M-${ivanCode}-${fingerprint.slice(0, 8)}-${count}`;
    const contractId = await insertContract(query, { number, ivanCode, name: '', taxCode: taxCode ?? null }, at);
    if (contractId !== undefined) return { contractId, number, sequence: 0, terms: null };
  }
}
