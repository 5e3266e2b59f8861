// Statements over I-VANs' contracts: who connects with which certificate, what holds at an instant, and the history, which is only ever inserted.
// What a step may be is not decided here; every row goes with an audit event of the same transaction.
import type { Query } from './database.ts';
import { insertEvents } from './events.ts';

/** A contract as one of its changes left it. */
export interface ContractChange {
  readonly contractId: string;
  readonly number: string;
  readonly ivanCode: string;
  readonly name: string;
  readonly taxCode: string | null;
  /** Of the change. */
  readonly id: string;
  readonly sequence: number;
  readonly action: string;
  readonly state: string;
  readonly validFrom: Date | null;
  readonly validUntil: Date | null;
  readonly terms: unknown;
  readonly reason: string | null;
  readonly actor: string;
  readonly changedAt: Date;
}

const columns = `c.id AS "contractId", c.number, c.ivan_code AS "ivanCode", c.name, c.tax_code AS "taxCode", h.id, h.sequence, h.action, h.state,
  h.valid_from AS "validFrom", h.valid_until AS "validUntil", h.terms, h.reason, h.actor, h.changed_at AS "changedAt"`;
const latest = 'JOIN LATERAL (SELECT * FROM ivan_contract_change WHERE contract_id = c.id ORDER BY sequence DESC LIMIT 1) h ON true';

/** The contract that this client certificate connects under at `at`, as it stands. */
export async function findContract(query: Query, fingerprint: string, at: Date): Promise<ContractChange | undefined> {
  const [found] = await query<ContractChange>(
    `SELECT ${columns} FROM ivan_certificate t JOIN ivan_contract c ON c.id = t.contract_id ${latest}
     WHERE t.fingerprint = $1 AND t.purpose = 'connect' AND (t.valid_from IS NULL OR (t.valid_from <= $2 AND t.valid_until > $2))
       AND NOT EXISTS (SELECT 1 FROM ivan_certificate_end x WHERE x.certificate_id = t.id) ORDER BY t.id DESC LIMIT 1`,
    [fingerprint, at],
  );
  return found;
}

/** The contract as it stands; nobody else changes it until the transaction ends. */
export async function lockContract(query: Query, number: string): Promise<ContractChange | undefined> {
  await query('SELECT 1 FROM ivan_contract WHERE number = $1 FOR UPDATE', [number]);
  const [found] = await query<ContractChange>(`SELECT ${columns} FROM ivan_contract c ${latest} WHERE c.number = $1`, [number]);
  return found;
}

/** The contract as it stood at an instant; undefined when it was not there yet. */
export async function contractAt(query: Query, contractId: string, at: Date): Promise<ContractChange | undefined> {
  const [found] = await query<ContractChange>(
    `SELECT ${columns} FROM ivan_contract c JOIN ivan_contract_change h ON h.contract_id = c.id WHERE c.id = $1 AND h.changed_at <= $2 ORDER BY h.sequence DESC LIMIT 1`,
    [contractId, at],
  );
  return found;
}

/** Every change, the first one first. */
export function contractHistory(query: Query, number: string): Promise<ContractChange[]> {
  return query<ContractChange>(`SELECT ${columns} FROM ivan_contract c JOIN ivan_contract_change h ON h.contract_id = c.id WHERE c.number = $1 ORDER BY h.sequence`, [number]);
}

export function listContracts(query: Query, { ivanCode, state }: { readonly ivanCode?: string | undefined; readonly state?: string | undefined }): Promise<ContractChange[]> {
  return query<ContractChange>(
    `SELECT ${columns} FROM ivan_contract c ${latest} WHERE ($1::text IS NULL OR c.ivan_code = $1) AND ($2::text IS NULL OR h.state = $2) ORDER BY c.id`,
    [ivanCode ?? null, state ?? null],
  );
}

export type NewContract = Pick<ContractChange, 'number' | 'ivanCode' | 'name' | 'taxCode'>;

/** Undefined when the number is taken. */
export async function insertContract(query: Query, { number, ivanCode, name, taxCode }: NewContract, at: Date): Promise<string | undefined> {
  const [row] = await query<{ id: string }>(
    'INSERT INTO ivan_contract (number, ivan_code, name, tax_code, opened_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING id',
    [number, ivanCode, name, taxCode, at],
  );
  return row?.id;
}

export type NewChange = Omit<ContractChange, 'id' | 'name' | 'taxCode'>;

export async function insertChange(query: Query, change: NewChange): Promise<void> {
  const { contractId, number, ivanCode, sequence, action, state, validFrom, validUntil, reason, actor, changedAt } = change;
  const terms = change.terms === null ? null : JSON.stringify(change.terms);
  // With the name and the tax code that the contract was opened under: nothing else in the log says them.
  const [row] = await query<{ id: string; name: string; taxCode: string | null }>(
    `INSERT INTO ivan_contract_change (contract_id, sequence, action, state, valid_from, valid_until, terms, reason, actor, changed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     RETURNING id, (SELECT c.name FROM ivan_contract c WHERE c.id = $1) AS name, (SELECT c.tax_code FROM ivan_contract c WHERE c.id = $1) AS "taxCode"`,
    [contractId, sequence, action, state, validFrom, validUntil, terms, reason, actor, changedAt],
  );
  const detail = { change: row?.id ?? '', contract: number, ivanCode, name: row?.name ?? '', taxCode: row?.taxCode ?? null, action, state, validFrom: validFrom?.toISOString() ?? null, validUntil: validUntil?.toISOString() ?? null, terms, reason, actor };
  await insertEvents(query, [{ at: changedAt, kind: 'contract_changed', submissionId: null, detail }]);
}

export interface ChecklistAnswer {
  readonly item: string;
  readonly met: boolean;
  readonly evidence: string;
}

export interface StoredAnswer extends ChecklistAnswer {
  readonly actor: string;
  readonly answeredAt: Date;
}

export async function insertAnswer(query: Query, { contractId, number }: Pick<ContractChange, 'contractId' | 'number'>, { item, met, evidence }: ChecklistAnswer, actor: string, at: Date): Promise<void> {
  const [row] = await query<{ id: string }>(
    'INSERT INTO ivan_checklist_answer (contract_id, item, met, evidence, actor, answered_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id',
    [contractId, item, met, evidence, actor, at],
  );
  await insertEvents(query, [{ at, kind: 'contract_checked', submissionId: null, detail: { answer: row?.id ?? '', contract: number, item, met, evidence, actor } }]);
}

/** The last answer to each item. */
export function findAnswers(query: Query, contractId: string): Promise<StoredAnswer[]> {
  return query<StoredAnswer>(
    'SELECT DISTINCT ON (item) item, met, evidence, actor, answered_at AS "answeredAt" FROM ivan_checklist_answer WHERE contract_id = $1 ORDER BY item, id DESC',
    [contractId],
  );
}
