// What processes that are gone have left under way. Each holds a name by a connection (`Database.hold`), which ends with it: what stands under a name
// that nobody holds is free at once, instead of when its time is over. Time still ends what a machine that vanished had, and what agencies lease.
import { HELD_NAMES } from './database.ts';
import type { Query } from './database.ts';

const HOLDERS = 'gateway:';

/** A name for a process, to be held. */
export function holderName(id: string): string {
  return `${HOLDERS}${id}`;
}

/** Gives how many leases of deliveries and feeds were ended. `self` is alive, whatever its connection says. */
export async function endLeasesOfGone(query: Query, self: string): Promise<number> {
  const [row] = await query<{ ended: number }>(
    `WITH holders AS MATERIALIZED (
       SELECT name FROM (SELECT worker AS name FROM delivery_lease UNION SELECT claimed_by FROM backend_feed) h WHERE starts_with(name, $1) AND name <> $2),
     gone AS MATERIALIZED (SELECT name FROM holders WHERE pg_try_advisory_xact_lock($3, hashtext(name))),
     left_under_way AS MATERIALIZED (SELECT id FROM delivery_lease WHERE worker IN (SELECT name FROM gone) ORDER BY id FOR UPDATE SKIP LOCKED),
     leases AS (DELETE FROM delivery_lease WHERE id IN (SELECT id FROM left_under_way) RETURNING id),
     feeds AS (UPDATE backend_feed SET claimed_by = NULL, claimed_until = NULL WHERE claimed_by IN (SELECT name FROM gone) RETURNING backend)
     SELECT ((SELECT count(*) FROM leases) + (SELECT count(*) FROM feeds))::int AS ended`,
    [HOLDERS, self, HELD_NAMES],
  );
  return row?.ended ?? 0;
}
