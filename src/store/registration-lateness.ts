// The clocks of forms 04, 05 and 06 that ran out (NĐ 166/2016/NĐ-CP Điều 26–30): each is entered once, with an audit event of the same transaction, by
// whoever sees it first – the step that came late, the operator's list, or the gateway's own round.
import type { Query } from './database.ts';
import { insertEvents } from './events.ts';

export const registrationClocks = ['forward', 'decision', 'relay'] as const;
export type RegistrationClock = (typeof registrationClocks)[number];

/** A step is dated a moment before others can see it, and gateways' clocks differ: what ran out only now may have been done in time. */
const IN_BETWEEN = '1 minute';

/** More than that wait for the next time. */
const AT_ONCE = 1000;

interface Late {
  readonly id: string;
  readonly clock: RegistrationClock;
  readonly dueAt: Date;
}

/** Enters what was late at an instant and is not entered yet: of one form, or of all; gives how many there were. */
export async function noteLateness(query: Query, at: Date, id: string | null = null): Promise<number> {
  const late = await query<Late>(
    `INSERT INTO ivan_registration_late (registration_id, clock, due_at, noticed_at)
     SELECT c.id, c.clock, c.due_at, $1 FROM (
       SELECT r.id, v.clock, v.due_at, v.done_at FROM ivan_registration r LEFT JOIN ivan_registration_decision d ON d.registration_id = r.id
       LEFT JOIN ivan_registration_step f ON f.registration_id = r.id AND f.step = 'forwarded' LEFT JOIN ivan_registration_step l ON l.registration_id = r.id AND l.step = 'relayed'
       CROSS JOIN LATERAL (VALUES ('forward', r.forward_due_at, coalesce(f.at, d.decided_at)), ('decision', r.decision_due_at, d.decided_at), ('relay', d.relay_due_at, l.at)) AS v (clock, due_at, done_at)
       WHERE r.outcome = 'received' AND ($2::bigint IS NULL OR r.id = $2)) c
     WHERE c.due_at < coalesce(c.done_at, $1::timestamptz - interval '${IN_BETWEEN}') AND c.due_at < $1
       AND NOT EXISTS (SELECT 1 FROM ivan_registration_late k WHERE k.registration_id = c.id AND k.clock = c.clock)
     ORDER BY c.id, c.clock LIMIT ${AT_ONCE} ON CONFLICT DO NOTHING RETURNING registration_id AS id, clock, due_at AS "dueAt"`,
    [at, id],
  );
  await insertEvents(query, late.map(({ id: registration, clock, dueAt }) => ({ at, kind: 'registration_late', submissionId: null, detail: { registration, clock, dueAt: dueAt.toISOString() } })));
  return late.length;
}
