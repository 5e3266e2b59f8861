// Statements over I-VAN contracts: who connects with which certificate, and from when to when the contract is in force.
import type { Database, Query } from './database.ts';
import { insertEvents } from './events.ts';

export interface ContractRow {
  readonly ivanCode: string;
  /** SHA-256 of the client certificate, lower-case hex. */
  readonly fingerprint: string;
  readonly state: 'active' | 'suspended' | 'ended';
  readonly validFrom: Date;
  readonly validUntil: Date;
}

export async function findContract(query: Query, fingerprint: string): Promise<ContractRow | undefined> {
  const [found] = await query<ContractRow>(
    'SELECT ivan_code AS "ivanCode", fingerprint, state, valid_from AS "validFrom", valid_until AS "validUntil" FROM contract WHERE fingerprint = $1',
    [fingerprint],
  );
  return found;
}

/** Registers a contract, or changes the one of the same certificate; the change is an audit event of the same transaction. */
export async function registerContract(database: Database, contract: ContractRow, at: Date): Promise<void> {
  await database.transaction(async (query) => {
    await query(
      `INSERT INTO contract (ivan_code, fingerprint, state, valid_from, valid_until) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (fingerprint) DO UPDATE SET ivan_code = $1, state = $3, valid_from = $4, valid_until = $5`,
      [contract.ivanCode, contract.fingerprint, contract.state, contract.validFrom, contract.validUntil],
    );
    const { ivanCode, fingerprint, state, validFrom, validUntil } = contract;
    const detail = { ivanCode, fingerprint, state, validFrom: validFrom.toISOString(), validUntil: validUntil.toISOString() };
    await insertEvents(query, [{ at, kind: 'contract_registered', submissionId: null, detail }]);
  });
}
