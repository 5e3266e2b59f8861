// Time stamps against one another and against the log, as far as rows alone show it: none is older than what it covers, and none ended before one that lasts
// longer covered it.
import type { Query } from './database.ts';
import { RECEIPT_STAMP, STAMP } from './stamps.ts';

/** Sentences. Whether all stamps of one end were covered the last of them in the log shows. */
export function findStampContradictions(query: Query): Promise<{ where: string; what: string }[]> {
  return query(`WITH ended AS (
      SELECT DISTINCT ON (a.ends_at) a.ends_at, a.name, e.position
      FROM (SELECT '${STAMP}' AS kind, id, ends_at, 'time stamp ' || id AS name FROM log_stamp UNION ALL SELECT '${RECEIPT_STAMP}', id, ends_at, 'time stamp of receipt ' || digest FROM receipt_stamp) a
      JOIN log_entry e ON e.kind = a.kind AND e.subject = a.id WHERE a.ends_at < (SELECT max(at) FROM log_stamp) ORDER BY a.ends_at, e.position DESC)
    SELECT * FROM (
    SELECT 'time stamp ' || s.id AS "where", 'is older than the checkpoint that it covers' AS what FROM log_stamp s JOIN log_checkpoint c ON c.size = s.size WHERE s.at < c.at - interval '5 minutes'
    UNION ALL SELECT name, 'ended before another covered it' FROM ended d WHERE NOT EXISTS (SELECT 1 FROM log_stamp n WHERE n.size > d.position AND n.at <= d.ends_at AND n.ends_at > d.ends_at)
    ) f ORDER BY 1 LIMIT 10`);
}

const receipts = `SELECT encode(sha256(body), 'hex') FROM receipt UNION ALL SELECT encode(sha256(receipt), 'hex') FROM ivan_registration`;

/** Digests of stamps that are of no receipt there is, nor of one that was erased. */
export async function findStampsOfNothing(query: Query): Promise<string[]> {
  if ((await query('SELECT 1 FROM receipt_stamp LIMIT 1')).length === 0) return [];
  return (await query<{ digest: string }>(`SELECT digest FROM receipt_stamp p WHERE NOT EXISTS (SELECT 1 FROM (${receipts}) r (digest) WHERE r.digest = p.digest) AND NOT EXISTS (SELECT 1 FROM erasure x WHERE x.receipt_digest = p.digest) ORDER BY digest LIMIT 10`)).map(({ digest }) => digest);
}
