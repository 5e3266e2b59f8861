// Statements over what a rule set would have said that is not in force.
import type { Query } from './database.ts';

export type ShadowKind = 'judged' | 'passed_over' | 'would_refuse' | 'would_accept' | 'rule';

export interface ShadowCount {
  readonly ruleSet: string;
  readonly digest: string;
  /** `yyyy-MM-dd` at +07:00. */
  readonly day: string;
  /** An I-VAN's code, or 'direct'. */
  readonly sender: string;
  readonly kind: ShadowKind;
  /** The rule; '' for the other kinds. */
  readonly code: string;
  readonly count: number;
  /** Digest of the latest submission counted. */
  readonly example: string;
}

/** Adds to what is there already. In one order, so that two processes never wait for each other in a circle. */
export async function addShadowCounts(query: Query, counts: readonly ShadowCount[]): Promise<void> {
  const key = ({ day, sender, kind, code }: ShadowCount): string => `${day} ${sender} ${kind} ${code}`;
  const sorted = counts.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  await query(
    `INSERT INTO shadow_count (rule_set, digest, day, sender, kind, code, count, example)
     SELECT * FROM unnest($1::text[], $2::text[], $3::date[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[])
     ON CONFLICT (rule_set, digest, day, sender, kind, code) DO UPDATE SET count = shadow_count.count + excluded.count, example = excluded.example`,
    [
      sorted.map(({ ruleSet }) => ruleSet), sorted.map(({ digest }) => digest), sorted.map(({ day }) => day), sorted.map(({ sender }) => sender),
      sorted.map(({ kind }) => kind), sorted.map(({ code }) => code), sorted.map(({ count }) => count), sorted.map(({ example }) => example),
    ],
  );
}

/** All days from `since` (`yyyy-MM-dd`) on together; the most frequent rule of each sender first. */
export async function shadowReport(query: Query, since: string): Promise<Omit<ShadowCount, 'day'>[]> {
  return query<Omit<ShadowCount, 'day'>>(
    `SELECT rule_set AS "ruleSet", digest, sender, kind, code, sum(count)::float8 AS count, (array_agg(example ORDER BY day DESC))[1] AS example
     FROM shadow_count WHERE day >= $1::date GROUP BY rule_set, digest, sender, kind, code
     ORDER BY rule_set, digest, sender, kind, count DESC, code`,
    [since],
  );
}
