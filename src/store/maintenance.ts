// Statements over the announced maintenance of I-VANs, and over all the time an I-VAN was or will be away.
import type { Query } from './database.ts';
import { insertRows } from './rows.ts';

export interface NewMaintenance {
  readonly ivanCode: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly reason: string;
  readonly mitigation: string;
  readonly announcedAt: Date;
  readonly actor: string;
}

export interface Maintenance extends NewMaintenance {
  readonly id: string;
}

export async function insertMaintenance(query: Query, row: NewMaintenance): Promise<string> {
  const [inserted] = await insertRows<{ id: string }>(
    query, 'maintenance',
    [{ ivan_code: row.ivanCode, starts_at: row.startsAt, ends_at: row.endsAt, reason: row.reason, mitigation: row.mitigation, announced_at: row.announcedAt, actor: row.actor }],
    'RETURNING id',
  );
  return inserted?.id ?? '';
}

/** Of a year, in order of time; of all I-VANs when none is named. */
export function listMaintenance(query: Query, ivanCode: string | undefined, from: Date, until: Date): Promise<Maintenance[]> {
  return query<Maintenance>(
    `SELECT id, ivan_code AS "ivanCode", starts_at AS "startsAt", ends_at AS "endsAt", reason, mitigation, announced_at AS "announcedAt", actor FROM maintenance
     WHERE ($1::text IS NULL OR ivan_code = $1) AND starts_at < $3 AND ends_at > $2 ORDER BY starts_at, id`,
    [ivanCode ?? null, from, until],
  );
}

export interface AwayTime {
  readonly ivanCode: string;
  readonly from: Date;
  readonly until: Date | null;
}

/** Recorded outages of I-VANs in a time. */
export function listIvanOutages(query: Query, ivanCode: string | undefined, from: Date, until: Date): Promise<AwayTime[]> {
  return query<AwayTime>(
    `SELECT ivan_code AS "ivanCode", started_at AS "from", ended_at AS "until" FROM outage_state
     WHERE scope = 'ivan' AND ($1::text IS NULL OR ivan_code = $1) AND started_at < $3 AND (ended_at IS NULL OR ended_at > $2) ORDER BY started_at`,
    [ivanCode ?? null, from, until],
  );
}
