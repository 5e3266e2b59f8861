// How often one feed's owner may make the gateway call its receivers, write to addresses or write history, over all processes: so many at once, then
// one as often as that (a leaky bucket in one row and one statement, so that calls at the same moment cannot pass together).
import type { Query } from './database.ts';

export interface Pace {
  readonly atOnce: number;
  readonly eachMs: number;
}

/** Undefined: spent. Otherwise nothing was, and after so many milliseconds there is one again. */
export async function spend(query: Query, feed: string, { atOnce, eachMs }: Pace, at: Date): Promise<number | undefined> {
  // What is further ahead than can be earned was written by a clock that has been put back since.
  const [fullAt, longestAt] = [new Date(at.getTime() + (atOnce - 1) * eachMs), new Date(at.getTime() + atOnce * eachMs)];
  const rows = await query(
    `INSERT INTO subscription_pace AS p (feed, earned_at) VALUES ($1, $2::timestamptz + $5::bigint * interval '1 millisecond')
     ON CONFLICT (feed) DO UPDATE SET earned_at = CASE WHEN p.earned_at > $4 THEN $2 ELSE greatest(p.earned_at, $2) END + $5::bigint * interval '1 millisecond'
     WHERE p.earned_at <= $3 OR p.earned_at > $4 RETURNING feed`,
    [feed, at, fullAt, longestAt, eachMs],
  );
  if (rows.length > 0) return undefined;
  const [row] = await query<{ earnedAt: Date }>('SELECT earned_at AS "earnedAt" FROM subscription_pace WHERE feed = $1', [feed]);
  return Math.max(1, (row?.earnedAt ?? at).getTime() - fullAt.getTime());
}
