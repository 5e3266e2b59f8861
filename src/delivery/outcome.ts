// What became of a hand-over, recorded in one transaction with its events: done, the receiver was away, or it would not have this one. A dossier's
// way is told by events; of what is sent to subscribers only a dead letter is one, or telling of an event would make the next.
import type { Query } from '../store/database.ts';
import { endClaims, markAged, markDead, markDelivered, postponeClaim, removeDelivered } from '../store/deliveries.ts';
import type { Claimed } from '../store/deliveries.ts';
import { insertEvents } from '../store/events.ts';
import type { NewEvent } from '../store/events.ts';
import { lockLane, resetBreakers, saveBreaker } from '../store/lanes.ts';
import { reportDelivered } from '../store/notice-reports.ts';
import { arise, meet } from '../store/obligations.ts';
import { afterFailure, backoff } from './breaker.ts';
import type { LaneTransport } from './hand-over.ts';
import type { SlipDueOf, WorkerSettings } from './worker.ts';

/** What recording takes, whoever hands over. */
export type Recording = Omit<WorkerSettings, 'lanes' | 'transportFor'>;

/** What was handed over. */
export interface Handed {
  readonly claimed: Pick<Claimed, 'id' | 'lease' | 'kind' | 'lane' | 'attempts' | 'rejections' | 'submissionId' | 'feed' | 'position'>;
  readonly transport: Pick<LaneTransport, 'policy'>;
}

const MOST_AGED_AT_ONCE = 1_000;

/** Of many in one transaction. */
export async function recordDone({ database, now, slipDueOf }: Recording, held: readonly Handed[]): Promise<void> {
  const at = now();
  const claims = held.map(({ claimed }) => claimed);
  const [dossiers, others] = [claims.filter(({ kind }) => kind === 'dossier'), claims.filter(({ kind }) => kind !== 'dossier')];
  await database.transaction(async (query) => {
    await removeDelivered(query, others.map(({ id }) => id));
    await reportDelivered(query, others.flatMap(({ kind, feed, position }) => (kind === 'dossier' || feed === null || position === null ? [] : [{ feed, position, how: kind }])), at);
    const events = await markForwarded(query, dossiers, at, slipDueOf);
    const closed = await closeBreakers(query, claims.map(({ lane }) => lane), at);
    await endClaims(query, claims);
    await insertEvents(query, [...events, ...closed]);
  });
}

/** The gateway has done what it owed, and the agency owes its slip. Gives the events of those of which it was not known before. */
async function markForwarded(query: Query, claims: readonly Handed['claimed'][], at: Date, slipDueOf: SlipDueOf): Promise<NewEvent[]> {
  if (claims.length === 0) return [];
  const slip = slipDueOf(at);
  const marked = await markDelivered(query, claims.map(({ id }) => id), at);
  const forwarded = claims.flatMap(({ id, submissionId, lane, attempts }) => (submissionId !== null && marked.has(id) ? [{ submissionId, lane, attempts }] : []));
  await meet(query, forwarded.map(({ submissionId }) => ({ submissionId, kind: 'forward', at })));
  if (slip !== undefined) await arise(query, forwarded.map(({ submissionId }) => ({ submissionId, kind: 'slip', ...slip })));
  return forwarded.map(({ submissionId, lane, attempts }) => ({ at, kind: 'delivered', submissionId, detail: { lane, attempts } }));
}

/** The receiver is away, or told us to come again: it is left alone for a while, together with all that waits for it, `untried` of the same group too. */
export async function recordFailure({ database, now, random, log }: Recording, { claimed, transport: { policy } }: Handed, reason: string, untried: readonly Handed[]): Promise<void> {
  const at = now();
  const { id, kind, lane, attempts, rejections, submissionId } = claimed;
  const wait = backoff(policy.firstRetryMs, policy.slowestRetryMs, attempts, random());
  const given = await database.transaction(async (query) => {
    const before = await lockLane(query, lane);
    const after = afterFailure(before, at, random());
    await saveBreaker(query, lane, after, at);
    await postponeClaim(query, claimed, new Date(at.getTime() + wait), reason, rejections);
    await endClaims(query, [claimed, ...untried.map((one) => one.claimed)]);
    const dead = policy.mostAgeMs === Infinity ? [] : await markAged(query, lane, new Date(at.getTime() - policy.mostAgeMs), at, MOST_AGED_AT_ONCE);
    const events: NewEvent[] = dead.map((letter) => ({ at, kind: 'delivery_dead', submissionId: letter.submissionId, detail: { delivery: letter.id, lane, reason } }));
    const hasOpened = after.timesOpened > before.timesOpened;
    if (hasOpened) await query("SELECT pg_notify('obligation', '')"); // one that stays open is proposed as an outage
    if (hasOpened && after.openUntil !== null) events.push({ at, kind: 'breaker_opened', submissionId: null, detail: { lane, until: after.openUntil.toISOString(), reason } });
    // An event for the 1st, 2nd, 4th, 8th … failure: events are kept for ever, and a backend may be away for days.
    if (kind === 'dossier' && Number.isInteger(Math.log2(attempts))) events.push({ at, kind: 'delivery_failed', submissionId, detail: { lane, attempts, reason } });
    await insertEvents(query, events);
    return dead.length;
  });
  log('delivery failed', { delivery: id, kind, lane, submission: submissionId, attempts, reason, retryInMs: wait, givenUp: given });
}

/** The receiver is there, but not for this one: tried a few times more, then a dead letter. */
export async function recordRejection({ database, now, random, log }: Recording, { claimed, transport: { policy } }: Handed, reason: string): Promise<void> {
  const at = now();
  const { id, kind, lane, attempts, submissionId } = claimed;
  const rejections = claimed.rejections + 1;
  const wait = backoff(policy.firstRetryOfRejectedMs, policy.slowestRetryOfRejectedMs, rejections, random());
  const isLast = rejections >= policy.mostRejections;
  await database.transaction(async (query) => {
    // An answer, even this one, shows that the receiver is there.
    const closed = await closeBreakers(query, [lane], at);
    await endClaims(query, [claimed]);
    const isNew = isLast ? await markDead(query, claimed, reason, rejections) : await postponeClaim(query, claimed, new Date(at.getTime() + wait), reason, rejections);
    const isTold = isNew && (isLast || kind === 'dossier');
    await insertEvents(query, [...closed, ...(isTold ? [{ at, kind: isLast ? 'delivery_dead' : 'delivery_failed', submissionId, detail: { delivery: id, lane, attempts, rejections, reason } } as const] : [])]);
  });
  log(isLast ? 'delivery given up' : 'delivery rejected', { delivery: id, kind, lane, submission: submissionId, rejections, reason, ...(isLast ? {} : { retryInMs: wait }) });
}

async function closeBreakers(query: Query, lanes: readonly string[], at: Date): Promise<NewEvent[]> {
  const closed = await resetBreakers(query, [...new Set(lanes)]);
  return closed.map((lane) => ({ at, kind: 'breaker_closed', submissionId: null, detail: { lane } }));
}
