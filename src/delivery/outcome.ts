// What became of a hand-over, recorded in one transaction with its events: done, the receiver was away, or it would not have this one. A dossier's
// way is told by events; of what is sent to subscribers only a dead letter is one, or telling of an event would make the next.
import type { Query } from '../store/database.ts';
import { markAged, markDead, markDelivered, postpone } from '../store/deliveries.ts';
import { insertEvents } from '../store/events.ts';
import type { NewEvent } from '../store/events.ts';
import { lockLane, resetBreakers, saveBreaker } from '../store/lanes.ts';
import { arise, meet } from '../store/obligations.ts';
import { afterFailure, backoff } from './breaker.ts';
import type { Claimed } from '../store/deliveries.ts';
import type { LaneTransport } from './hand-over.ts';
import type { SlipDueOf, WorkerSettings } from './worker.ts';

/** What recording takes, whoever hands over. */
export type Recording = Omit<WorkerSettings, 'lanes' | 'transportFor'>;

/** What was handed over, and by whom. */
export interface Handed {
  readonly claimed: Pick<Claimed, 'id' | 'kind' | 'lane' | 'attempts' | 'rejections' | 'submissionId'>;
  readonly transport: Pick<LaneTransport, 'policy'>;
  readonly worker: string;
}

const MOST_AGED_AT_ONCE = 1_000;

/** Gives of each whether it was still its worker's. */
export async function recordDone({ database, now, slipDueOf }: Recording, held: readonly Handed[]): Promise<boolean[]> {
  const at = now();
  return database.transaction(async (query) => {
    const ours = await markDelivered(query, held.map(({ claimed, worker }) => ({ id: claimed.id, worker })), at);
    const dossiers = held.flatMap(({ claimed: { id, kind, submissionId, lane, attempts } }) => (kind === 'dossier' && submissionId !== null && ours.has(id) ? [{ submissionId, lane, attempts }] : []));
    const events = dossiers.map(({ submissionId, lane, attempts }): NewEvent => ({ at, kind: 'delivered', submissionId, detail: { lane, attempts } }));
    if (dossiers.length > 0) await recordForwarded(query, dossiers, at, slipDueOf(at));
    await query("SELECT pg_notify('result', '')");
    const closed = await closeBreakers(query, held.map(({ claimed }) => claimed.lane), at);
    await insertEvents(query, [...events, ...closed]);
    return held.map(({ claimed }) => ours.has(claimed.id));
  });
}

/** The gateway has done what it owed, and the agency owes its slip. */
async function recordForwarded(query: Query, dossiers: readonly { readonly submissionId: string }[], at: Date, slip: ReturnType<SlipDueOf>): Promise<void> {
  await meet(query, dossiers.map(({ submissionId }) => ({ submissionId, kind: 'forward', at })));
  if (slip !== undefined) await arise(query, dossiers.map(({ submissionId }) => ({ submissionId, kind: 'slip', ...slip })));
}

/** The receiver is away, or told us to come again: it is left alone for a while, together with all that waits for it. */
export async function recordFailure({ database, now, random, log }: Recording, { claimed, transport: { policy }, worker }: Handed, reason: string): Promise<void> {
  const at = now();
  const { id, kind, lane, attempts, rejections, submissionId } = claimed;
  const wait = backoff(policy.firstRetryMs, policy.slowestRetryMs, attempts, random());
  const given = await database.transaction(async (query) => {
    const before = await lockLane(query, lane);
    const after = afterFailure(before, at, random());
    await saveBreaker(query, lane, after);
    await postpone(query, claimed, worker, new Date(at.getTime() + wait), reason, rejections);
    const dead = policy.mostAgeMs === Infinity ? [] : await markAged(query, lane, new Date(at.getTime() - policy.mostAgeMs), at, MOST_AGED_AT_ONCE);
    const events: NewEvent[] = dead.map((letter) => ({ at, kind: 'delivery_dead', submissionId: letter.submissionId, detail: { delivery: letter.id, lane, reason } }));
    const hasOpened = after.timesOpened > before.timesOpened;
    if (hasOpened && after.openUntil !== null) events.push({ at, kind: 'breaker_opened', submissionId: null, detail: { lane, until: after.openUntil.toISOString(), reason } });
    // An event for the 1st, 2nd, 4th, 8th … failure: events are kept for ever, and a backend may be away for days.
    if (kind === 'dossier' && Number.isInteger(Math.log2(attempts))) events.push({ at, kind: 'delivery_failed', submissionId, detail: { lane, attempts, reason } });
    await insertEvents(query, events);
    return dead.length;
  });
  log('delivery failed', { delivery: id, kind, lane, submission: submissionId, attempts, reason, retryInMs: wait, givenUp: given });
}

/** The receiver is there, but not for this one: tried a few times more, then a dead letter. */
export async function recordRejection({ database, now, random, log }: Recording, { claimed, transport: { policy }, worker }: Handed, reason: string): Promise<void> {
  const at = now();
  const { id, kind, lane, attempts, submissionId } = claimed;
  const rejections = claimed.rejections + 1;
  const wait = backoff(policy.firstRetryOfRejectedMs, policy.slowestRetryOfRejectedMs, rejections, random());
  const isLast = rejections >= policy.mostRejections;
  await database.transaction(async (query) => {
    if (isLast && !(await markDead(query, id, worker, reason, rejections))) return;
    if (!isLast) await postpone(query, claimed, worker, new Date(at.getTime() + wait), reason, rejections);
    // An answer, even this one, shows that the receiver is there.
    const closed = await closeBreakers(query, [lane], at);
    const detail = { delivery: id, lane, attempts, rejections, reason };
    if (isLast || kind === 'dossier') await insertEvents(query, [...closed, { at, kind: isLast ? 'delivery_dead' : 'delivery_failed', submissionId, detail }]);
    else await insertEvents(query, closed);
  });
  log(isLast ? 'delivery given up' : 'delivery rejected', { delivery: id, kind, lane, submission: submissionId, rejections, reason, ...(isLast ? {} : { retryInMs: wait }) });
}

async function closeBreakers(query: Query, lanes: readonly string[], at: Date): Promise<NewEvent[]> {
  const closed = await resetBreakers(query, [...new Set(lanes)]);
  return closed.map((lane) => ({ at, kind: 'breaker_closed', submissionId: null, detail: { lane } }));
}
