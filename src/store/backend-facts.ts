// Statements over what backends were given, which is only ever inserted: the newest of a backend counts, in every process on the database.
import { HELD_NAMES } from './database.ts';
import type { Query } from './database.ts';
import { insertRows } from './rows.ts';

/** As JSON: lists are sorted, so that the same settings have the same octets. */
export interface BackendFacts {
  readonly url: string;
  /** PEM of the authorities its TLS certificate may come from. */
  readonly certificateAuthorities: readonly string[];
  /** SHA-256 fingerprints of the certificates that may sign what it says. */
  readonly answerSigners: readonly string[];
  readonly transport: TransportFacts;
}

export type TransportFacts =
  | { readonly kind: 'https' }
  | { readonly kind: 'pull'; readonly clients: readonly string[]; readonly leaseMs: number; readonly mostOctets: number }
  | { readonly kind: 'nats'; readonly servers: readonly string[]; readonly certificateAuthorities: readonly string[]; readonly replicas: number; readonly duplicateWindowMs: number };

export interface NewBackendFacts {
  readonly backend: string;
  readonly digest: string;
  readonly facts: string;
  readonly actor: string;
  readonly reason: string;
  readonly decidedAt: Date;
}

export interface RecordedFacts extends Omit<NewBackendFacts, 'facts'> {
  readonly id: string;
  readonly facts: BackendFacts;
}

const columns = 'id, backend, digest, facts::jsonb AS facts, actor, reason, decided_at AS "decidedAt"';

/** Until the transaction ends nobody else decides. */
export async function lockFacts(query: Query): Promise<void> {
  await query('SELECT pg_advisory_xact_lock(991, 6)');
}

export async function insertFacts(query: Query, row: NewBackendFacts): Promise<string> {
  const [inserted] = await insertRows<{ id: string }>(
    query, 'backend_facts', [{ backend: row.backend, digest: row.digest, facts: row.facts, actor: row.actor, reason: row.reason, decided_at: row.decidedAt }], 'RETURNING id',
  );
  return inserted?.id ?? '';
}

/** Those that count now. */
export async function findFacts(query: Query, backend: string): Promise<RecordedFacts | undefined> {
  const [found] = await query<RecordedFacts>(`SELECT ${columns} FROM backend_facts WHERE backend = $1 ORDER BY id DESC LIMIT 1`, [backend]);
  return found;
}

export async function findNewestFactsId(query: Query, backend: string): Promise<string | undefined> {
  const [found] = await query<{ id: string }>('SELECT id FROM backend_facts WHERE backend = $1 ORDER BY id DESC LIMIT 1', [backend]);
  return found?.id;
}

/** The newest first. */
export function listFacts(query: Query, backend: string): Promise<RecordedFacts[]> {
  return query<RecordedFacts>(`SELECT ${columns} FROM backend_facts WHERE backend = $1 ORDER BY id DESC LIMIT 1000`, [backend]);
}

export async function areKnownFacts(query: Query, backend: string, digest: string): Promise<boolean> {
  return (await query('SELECT 1 FROM backend_facts WHERE backend = $1 AND digest = $2 LIMIT 1', [backend, digest])).length > 0;
}

/** Whether another gateway than the one that holds this name is there. */
export async function isAnotherThere(query: Query, holder: string): Promise<boolean> {
  const rows = await query(
    `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = $1 AND objid <> (hashtext($2)::bigint & 4294967295)::oid
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) LIMIT 1`,
    [HELD_NAMES, holder],
  );
  return rows.length > 0;
}
