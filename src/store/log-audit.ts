// Rows of evidence against the log: each is in it or waits for it, which takes a moment and no more; cosignatures are of checkpoints; and what is kept by its digest is what its digest says.
import type { Query } from './database.ts';
import { loggedTables } from './log-records.ts';

const missing = (kind: string, table: string, id: string, isLogged: string): string => `
  SELECT '${kind} ' || r.${id} AS "where", 'is not in the log and does not wait for it' AS what FROM ${table} r
  WHERE ${isLogged} AND NOT EXISTS (SELECT 1 FROM log_entry e WHERE e.kind = '${kind}' AND e.subject = r.${id}) AND NOT EXISTS (SELECT 1 FROM log_waiting w WHERE w.kind = '${kind}' AND w.subject = r.${id})`;

const ofNoCheckpoint = `
  SELECT 'cosignature of checkpoint ' || c.size || ' of the log by ' || c.witness, 'its checkpoint is not there' FROM log_cosignature c WHERE NOT EXISTS (SELECT 1 FROM log_checkpoint k WHERE k.size = c.size)`;

/** Sentences. */
export function findLogContradictions(query: Query): Promise<{ where: string; what: string }[]> {
  return query(`SELECT * FROM (${[...loggedTables.map((logged) => missing(...logged)), ofNoCheckpoint].join(' UNION ALL ')}) m ORDER BY 1 LIMIT 10`);
}

/** When a row came, by its own word. */
const cameAt: Readonly<Record<string, string>> = {
  submission: 'received_at', registration: 'received_at', result: 'answered_at', notice: 'issued_at', message: 'received_at', statement: 'issued_at', form: 'received_at', decision: 'decided_at', stamp: 'recorded_at', 'receipt-stamp': 'recorded_at', event: 'at',
  receipt: '(SELECT s.received_at FROM submission s WHERE s.id = r.submission_id)',
};

/** The newest instant that rows have is as late as the store was ever written; nobody's clock is asked. */
const overdue = (kind: string, table: string, id: string): string => `
  SELECT '${kind} ' || w.subject AS "where", 'has waited for the log since ' || to_char(c.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS what
  FROM log_waiting w JOIN ${table} r ON r.${id} = w.subject CROSS JOIN LATERAL (SELECT ${cameAt[kind] ?? 'r.received_at'} AS at) c CROSS JOIN newest n
  WHERE w.kind = '${kind}' AND c.at < n.at - $1 * interval '1 ms'`;

const ofNothing = `
  SELECT w.kind || ' ' || w.subject, 'waits for the log and is not there' FROM log_waiting w
  WHERE NOT (${loggedTables.map(([kind, table, id]) => `(w.kind = '${kind}' AND EXISTS (SELECT 1 FROM ${table} r WHERE r.${id} = w.subject))`).join(' OR ')})`;

/** What has waited longer than so, by the rows alone: sentences. What waits is entered within a second by any gateway that runs. */
export async function findOverdue(query: Query, longerThanMs: number): Promise<{ where: string; what: string }[]> {
  if ((await query('SELECT 1 FROM log_waiting LIMIT 1')).length === 0) return [];
  return query(
    `WITH newest AS MATERIALIZED (SELECT greatest((SELECT max(at) FROM audit_event), (SELECT max(received_at) FROM submission), (SELECT max(at) FROM log_checkpoint)) AS at)
     SELECT * FROM (${[...loggedTables.map(([kind, table, id]) => overdue(kind, table, id)), ofNothing].join(' UNION ALL ')}) m ORDER BY 1 LIMIT 100`,
    [longerThanMs],
  );
}

export async function countWaiting(query: Query): Promise<number> {
  return (await query<{ count: number }>('SELECT count(*)::float8 AS count FROM log_waiting'))[0]?.count ?? 0;
}

const digested = [['trust part', 'trust_part', 'digest'], ['revocation evidence', 'revocation_evidence', 'digest'], ['signing certificate', 'signing_certificate', 'fingerprint']] as const;

/** Sentences. */
export function findDigestContradictions(query: Query): Promise<{ where: string; what: string }[]> {
  const other = digested.map(([name, table, digest]) => `SELECT '${name} ' || ${digest} AS "where", 'is not what its digest says' AS what FROM ${table} WHERE encode(sha256(body), 'hex') <> ${digest}`);
  return query(`${other.join(' UNION ALL ')} LIMIT 10`);
}
