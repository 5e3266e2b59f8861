// Statements on cases: found, opened, moved on. Knows no XML and no rule. A case is locked by whoever turns it; others pass over it.
import type { CaseFile } from './case-file.ts';
import { only } from './store.ts';
import type { Query } from './store.ts';

const CASE = `
  c.digest, c.number, d.dossier_number AS "dossierNumber", d.transaction_code AS "transactionCode", c.procedure, c.agency, c.unit_code AS "unitCode",
  c.unit_name AS "unitName", c.tax_code AS "taxCode", d.received_at AS "receivedAt", c.state, c.judged, c.plan, c.move, c.next_at AS "nextAt",
  c.due_at AS "dueAt", c.ready_at AS "readyAt", c.supplements, c.apologies, c.outcome, c.held
  FROM backend.case_file c JOIN backend.dossiers d ON d.digest = c.digest`;

export interface NewCase extends Pick<CaseFile, 'digest' | 'number' | 'procedure' | 'agency' | 'unitCode' | 'unitName' | 'taxCode' | 'plan' | 'dueAt' | 'readyAt'> {
  readonly nextAt: Date;
}

export async function insertCase(query: Query, row: NewCase): Promise<void> {
  const { digest, number, procedure, agency, unitCode, unitName, taxCode, plan, nextAt, dueAt, readyAt } = row;
  await query(
    `INSERT INTO backend.case_file (digest, number, procedure, agency, unit_code, unit_name, tax_code, state, judged, plan, move, next_at, due_at, ready_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $1, $8, 0, $9, $10, $11)`,
    [digest, number, procedure, agency, unitCode, unitName, taxCode, JSON.stringify(plan), nextAt, dueAt, readyAt],
  );
}

export async function findCase(query: Query, digest: string): Promise<CaseFile | undefined> {
  return (await query<CaseFile>(`SELECT ${CASE} WHERE c.digest = (SELECT case_digest FROM backend.dossiers WHERE digest = $1)`, [digest]))[0];
}

/** The next one that is due, unless somebody else is at it. */
export async function lockDueCase(query: Query, now: Date): Promise<CaseFile | undefined> {
  return (await query<CaseFile>(`SELECT ${CASE} WHERE c.next_at <= $1 ORDER BY c.next_at, c.digest LIMIT 1 FOR UPDATE OF c SKIP LOCKED`, [now]))[0];
}

/** Waits for whoever is at it. */
export async function lockCase(query: Query, digest: string): Promise<CaseFile | undefined> {
  return (await query<CaseFile>(`SELECT ${CASE} WHERE c.digest = $1 FOR UPDATE OF c`, [digest]))[0];
}

export async function nextCaseAt(query: Query): Promise<Date | undefined> {
  return only(await query<{ at: Date | null }>('SELECT min(next_at) AS at FROM backend.case_file WHERE next_at IS NOT NULL')).at ?? undefined;
}

export type CaseChange = Partial<Pick<CaseFile, 'number' | 'state' | 'judged' | 'plan' | 'move' | 'nextAt' | 'dueAt' | 'readyAt' | 'supplements' | 'apologies' | 'outcome' | 'held'>>;

const columns: ReadonlyMap<string, string> = new Map([
  ['number', 'number'], ['state', 'state'], ['judged', 'judged'], ['plan', 'plan'], ['move', 'move'], ['nextAt', 'next_at'], ['dueAt', 'due_at'], ['readyAt', 'ready_at'],
  ['supplements', 'supplements'], ['apologies', 'apologies'], ['outcome', 'outcome'], ['held', 'held'],
]);
const asJson: ReadonlySet<string> = new Set(['plan', 'outcome', 'held']);

export async function changeCase(query: Query, digest: string, change: CaseChange): Promise<void> {
  const entries = Object.entries(change);
  const sets = entries.map(([name], index) => `${columns.get(name) ?? ''} = $${index + 2}`);
  await query(`UPDATE backend.case_file SET ${sets.join(', ')} WHERE digest = $1`, [digest, ...entries.map(([name, value]) => (asJson.has(name) && value !== null ? JSON.stringify(value) : value))]);
}

/** The first of `count` new numbers of a series, which begins with 1. */
export async function draw(query: Query, series: string, count = 1): Promise<number> {
  const sql = 'INSERT INTO backend.counter VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = counter.value + $2 RETURNING value';
  return Number(only(await query<{ value: string }>(sql, [series, count])).value) - count + 1;
}

export interface StepRow {
  readonly number: number;
  readonly name: string;
  readonly room: string;
  readonly receivedAt: Date;
  readonly dueAt: Date;
  readonly returnedAt: Date | null;
}

/** Begun once; begun again by a dossier that supplements the first, it keeps when it was received. */
export async function beginStep(query: Query, digest: string, { number, name, room, receivedAt, dueAt }: Omit<StepRow, 'returnedAt'>): Promise<void> {
  await query(
    `INSERT INTO backend.step (digest, number, name, room, received_at, due_at) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (digest, number) DO UPDATE SET due_at = EXCLUDED.due_at, returned_at = NULL`,
    [digest, number, name, room, receivedAt, dueAt],
  );
}

export async function endStep(query: Query, digest: string, number: number, at: Date): Promise<void> {
  await query('UPDATE backend.step SET returned_at = $3 WHERE digest = $1 AND number = $2', [digest, number, at]);
}

export async function listSteps(query: Query, digest: string): Promise<readonly StepRow[]> {
  return query<StepRow>('SELECT number, name, room, received_at AS "receivedAt", due_at AS "dueAt", returned_at AS "returnedAt" FROM backend.step WHERE digest = $1 ORDER BY number', [digest]);
}

export interface HistoryRow {
  readonly step: number;
  readonly at: Date;
  readonly room: string;
  readonly officer: string;
  readonly action: string;
}

export async function addHistory(query: Query, digest: string, rows: readonly HistoryRow[]): Promise<void> {
  for (const { step, at, room, officer, action } of rows) {
    await query(
      `INSERT INTO backend.history (digest, position, step, at, room, officer, action)
       SELECT $1, COALESCE(max(position), 0) + 1, $2, $3, $4, $5, $6 FROM backend.history WHERE digest = $1`,
      [digest, step, at, room, officer, action],
    );
  }
}

export async function listHistory(query: Query, digest: string): Promise<readonly HistoryRow[]> {
  return query<HistoryRow>('SELECT step, at, room, officer, action FROM backend.history WHERE digest = $1 ORDER BY position', [digest]);
}

export interface HandOver {
  readonly fromRoom: string;
  readonly toRoom: string;
  readonly givenBy: string;
  readonly givenAt: Date;
  readonly takenBy: string | null;
  readonly takenAt: Date | null;
  readonly what: string;
  readonly checksum: string | null;
}

export async function give(query: Query, digest: string, { fromRoom, toRoom, givenBy, givenAt, what, checksum }: Omit<HandOver, 'takenBy' | 'takenAt'>): Promise<void> {
  await query(
    `INSERT INTO backend.hand_over (digest, position, from_room, to_room, given_by, given_at, what, checksum)
     SELECT $1, COALESCE(max(position), 0) + 1, $2, $3, $4, $5, $6, $7 FROM backend.hand_over WHERE digest = $1`,
    [digest, fromRoom, toRoom, givenBy, givenAt, what, checksum],
  );
}

/** The checksum of what was given. */
export async function take(query: Query, digest: string, by: string, at: Date): Promise<string | null> {
  const sql = 'UPDATE backend.hand_over SET taken_by = $2, taken_at = $3 WHERE digest = $1 AND taken_by IS NULL RETURNING checksum';
  return only(await query<{ checksum: string | null }>(sql, [digest, by, at])).checksum;
}

export async function listHandOvers(query: Query, digest: string): Promise<readonly HandOver[]> {
  const sql = `SELECT from_room AS "fromRoom", to_room AS "toRoom", given_by AS "givenBy", given_at AS "givenAt", taken_by AS "takenBy", taken_at AS "takenAt", what, checksum
    FROM backend.hand_over WHERE digest = $1 ORDER BY position`;
  return query<HandOver>(sql, [digest]);
}
