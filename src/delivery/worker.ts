// Claim → hand over → record. At least once: what a killed worker had claimed is claimed again when its lease is over, and the receiver tells
// a repeat by the digest. Any number of workers in any number of processes share the work; limits and breakers hold over all of them.
import { randomUUID } from 'node:crypto';

import type { Database, Query } from '../store/database.ts';
import { claimDeliveries, findHandOver, markDead, markDelivered, postpone } from '../store/deliveries.ts';
import type { Claim, ClaimedDelivery } from '../store/deliveries.ts';
import { insertEvents } from '../store/events.ts';
import type { NewEvent } from '../store/events.ts';
import { lockLane, resetBreakers, saveBreaker } from '../store/lanes.ts';
import { arise, meet } from '../store/obligations.ts';
import { together } from '../store/together.ts';
import { afterFailure, backoff, roomOf } from './breaker.ts';
import { Rejected } from './hand-over.ts';
import type { Transport } from './hand-over.ts';

export interface WorkerSettings {
  readonly database: Database;
  /** By lane. */
  readonly transports: ReadonlyMap<string, LaneTransport>;
  readonly now: () => Date;
  /** Uniform in [0, 1), for the jitter. */
  readonly random: () => number;
  /** Until when the agency owes its reception slip for what it was handed, and by which rule; undefined where none sets a time. */
  readonly slipDueOf: SlipDueOf;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export type SlipDueOf = (forwardedAt: Date) => { readonly arisenAt: Date; readonly dueAt: Date; readonly basis: string } | undefined;

export interface LaneTransport {
  readonly handOver: Transport;
  /** Longer than handing over can take: what is claimed longer than that belongs to a worker that is gone. */
  readonly leaseMs: number;
}

export interface Worker {
  /** Claims at most so many of what is due and starts settling each; the promises never reject. Throws `Unavailable` when the database is away. */
  start(most: number): Promise<readonly Promise<void>[]>;
}

const FIRST_RETRY_MS = 500;
const SLOWEST_RETRY_MS = 60_000; // how long a receiver is left alone is the breaker's business
const FIRST_RETRY_OF_REJECTED_MS = 30_000;
const SLOWEST_RETRY_OF_REJECTED_MS = 60 * 60_000;
const MOST_REJECTIONS = 5;

export function createWorker(settings: WorkerSettings): Worker {
  const { database, transports, now } = settings;
  const worker = randomUUID();
  const leases = new Map([...transports].map(([lane, { leaseMs }]) => [lane, leaseMs]));
  const done = together({ work: (deliveries: readonly ClaimedDelivery[]) => recordDone(settings, worker, deliveries), mostTogether: 256, atOnce: 1, mostWaiting: Infinity });
  return {
    start: async (most) => {
      const at = now();
      const claim: Claim = { now: at, worker, most, leases, roomOf: (lane) => roomOf(lane, lane.mostAtOnce, at) };
      const claimed = await database.transaction((query) => claimDeliveries(query, claim));
      return claimed.map((delivery) => settle(settings, worker, delivery, done));
    },
  };
}

/** Never throws for what a receiver does: a failure is recorded and tried again later, slower each time. */
async function settle(settings: WorkerSettings, worker: string, delivery: ClaimedDelivery, done: (delivery: ClaimedDelivery) => Promise<boolean>): Promise<void> {
  const { database, transports, log } = settings;
  try {
    const transport = transports.get(delivery.lane);
    if (transport === undefined) throw new Error(`there is no transport for ${delivery.lane}`);
    const handOver = { ...delivery, ...(await findHandOver(database.query, delivery.submissionId)) };
    const failure = await transport.handOver(handOver).then(() => undefined, failureOf);
    if (failure === undefined) await done(delivery);
    else if (failure.isRejection) await recordRejection(settings, worker, delivery, failure.reason);
    else await recordFailure(settings, worker, delivery, failure.reason);
  } catch (error) {
    // Ours, not the receiver's. The lease ends by itself, and the delivery is made again.
    log('delivery not recorded', { dossier: delivery.dossierNumber, lane: delivery.lane, reason: error instanceof Error ? error.message : String(error) });
  }
}

function failureOf(error: unknown): { readonly reason: string; readonly isRejection: boolean } {
  return { reason: (error instanceof Error ? error.message : String(error)).slice(0, 500).toWellFormed(), isRejection: error instanceof Rejected };
}

/** Gives of each whether it was still this worker's. */
async function recordDone({ database, now, slipDueOf }: WorkerSettings, worker: string, deliveries: readonly ClaimedDelivery[]): Promise<boolean[]> {
  const at = now();
  return database.transaction(async (query) => {
    const ours = await markDelivered(query, deliveries.map(({ id }) => id), worker, at);
    const events = deliveries.filter(({ id }) => ours.has(id)).map(({ submissionId, lane, attempts }): NewEvent => ({ at, kind: 'delivered', submissionId, detail: { lane, attempts } }));
    await forwarded(query, deliveries.filter(({ id }) => ours.has(id)), at, slipDueOf(at));
    await query("SELECT pg_notify('result', '')");
    const closedLanes = await resetBreakers(query, [...new Set(deliveries.map(({ lane }) => lane))]);
    await insertEvents(query, [...events, ...closedLanes.map((lane): NewEvent => ({ at, kind: 'breaker_closed', submissionId: null, detail: { lane } }))]);
    return deliveries.map(({ id }) => ours.has(id));
  });
}

/** The gateway has done what it owed, and the agency owes its slip. */
async function forwarded(query: Query, deliveries: readonly ClaimedDelivery[], at: Date, slip: ReturnType<SlipDueOf>): Promise<void> {
  await meet(query, deliveries.map(({ submissionId }) => ({ submissionId, kind: 'forward', at })));
  if (slip !== undefined) await arise(query, deliveries.map(({ submissionId }) => ({ submissionId, kind: 'slip', ...slip })));
}

/** The receiver is away, or told us to come again: it is left alone for a while, together with all that waits for it. */
async function recordFailure(settings: WorkerSettings, worker: string, delivery: ClaimedDelivery, reason: string): Promise<void> {
  const { database, now, random, log } = settings;
  const at = now();
  const { id, lane, attempts, rejections, submissionId, dossierNumber } = delivery;
  const wait = backoff(FIRST_RETRY_MS, SLOWEST_RETRY_MS, attempts, random());
  await database.transaction(async (query) => {
    const before = await lockLane(query, lane);
    const after = afterFailure(before, at, random());
    await saveBreaker(query, lane, after);
    await postpone(query, delivery, worker, new Date(at.getTime() + wait), reason, rejections);
    const hasOpened = after.timesOpened > before.timesOpened;
    const events: NewEvent[] = [];
    if (hasOpened && after.openUntil !== null) events.push({ at, kind: 'breaker_opened', submissionId: null, detail: { lane, until: after.openUntil.toISOString(), reason } });
    // An event for the 1st, 2nd, 4th, 8th … failure: events are kept for ever, and a backend may be away for days.
    if (Number.isInteger(Math.log2(attempts))) events.push({ at, kind: 'delivery_failed', submissionId, detail: { lane, attempts, reason } });
    await insertEvents(query, events);
  });
  log('delivery failed', { dossier: dossierNumber, delivery: id, lane, attempts, reason, retryInMs: wait });
}

/** The receiver is there, but not for this one: tried a few times more, then a dead letter. */
async function recordRejection(settings: WorkerSettings, worker: string, delivery: ClaimedDelivery, reason: string): Promise<void> {
  const { database, now, random, log } = settings;
  const at = now();
  const { id, lane, attempts, submissionId, dossierNumber } = delivery;
  const rejections = delivery.rejections + 1;
  const wait = backoff(FIRST_RETRY_OF_REJECTED_MS, SLOWEST_RETRY_OF_REJECTED_MS, rejections, random());
  const isLast = rejections >= MOST_REJECTIONS;
  await database.transaction(async (query) => {
    if (isLast && !(await markDead(query, id, worker, reason, rejections))) return;
    if (!isLast) await postpone(query, delivery, worker, new Date(at.getTime() + wait), reason, rejections);
    await insertEvents(query, [{ at, kind: isLast ? 'delivery_dead' : 'delivery_failed', submissionId, detail: { lane, attempts, rejections, reason } }]);
    // An answer, even this one, shows that the receiver is there.
    await resetBreakers(query, [lane]);
  });
  log(isLast ? 'delivery given up' : 'delivery rejected', { dossier: dossierNumber, delivery: id, lane, rejections, reason, ...(isLast ? {} : { retryInMs: wait }) });
}
