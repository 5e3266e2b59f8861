// Claim → hand over → record. At least once: what a killed worker had claimed is claimed again when its lease is over, and the receiver tells
// a repeat by the digest. Any number of workers in any number of processes share the work; limits and breakers hold over all of them.
import { randomUUID } from 'node:crypto';

import type { Database } from '../store/database.ts';
import { claimDeliveries } from '../store/deliveries.ts';
import type { Claim, Claimed } from '../store/deliveries.ts';
import { together } from '../store/together.ts';
import { roomOf } from './breaker.ts';
import { Rejected } from './hand-over.ts';
import type { LaneTransport, Prepare } from './hand-over.ts';
import { recordDone, recordFailure, recordRejection } from './outcome.ts';

export interface WorkerSettings {
  readonly database: Database;
  /** Beginnings of the names of the lanes that this worker looks at. */
  readonly lanes: readonly string[];
  /** Asked at every claim, because lanes come and go; undefined: others serve that lane. */
  readonly transportFor: (lane: string) => LaneTransport | undefined;
  readonly now: () => Date;
  /** Uniform in [0, 1), for the jitter. */
  readonly random: () => number;
  /** Until when the agency owes its reception slip for what it was handed, and by which rule; undefined where none sets a time. */
  readonly slipDueOf: SlipDueOf;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export type SlipDueOf = (forwardedAt: Date) => { readonly arisenAt: Date; readonly dueAt: Date; readonly basis: string } | undefined;

export interface Worker {
  /** Claims at most so many of what is due and starts settling each; the promises never reject. Throws `Unavailable` when the database is away. */
  start(most: number): Promise<readonly Promise<void>[]>;
}

/** A claim, what hands it over, and who holds it. */
export interface Held {
  readonly claimed: Claimed;
  readonly transport: LaneTransport;
  readonly worker: string;
}

export function createWorker(settings: WorkerSettings): Worker {
  const { database, lanes, transportFor, now } = settings;
  const worker = randomUUID();
  const done = together({ work: (held: readonly Held[]) => recordDone(settings, held), mostTogether: 256, atOnce: 1, mostWaiting: Infinity });
  return {
    start: async (most) => {
      const at = now();
      const transports = new Map<string, LaneTransport>();
      const termsOf: Claim['termsOf'] = (lane) => {
        const transport = transportFor(lane.name);
        if (transport === undefined) return undefined;
        transports.set(lane.name, transport);
        return { room: roomOf(lane, lane.mostAtOnce, at), leaseMs: transport.leaseMs };
      };
      const claimed = await database.transaction((query) => claimDeliveries(query, { now: at, worker, most, lanes, termsOf }));
      const held = claimed.flatMap((claim): Held[] => {
        const transport = transports.get(claim.lane);
        return transport === undefined ? [] : [{ claimed: claim, transport, worker }];
      });
      const kinds = new Set(held.map(({ transport }) => transport.prepare));
      return [...kinds].flatMap((prepare) => startAll(settings, prepare, held.filter(({ transport }) => transport.prepare === prepare), done));
    },
  };
}

function startAll(settings: WorkerSettings, prepare: Prepare, group: readonly Held[], done: (held: Held) => Promise<boolean>): Promise<void>[] {
  const prepared = prepare(settings.database.query, group.map(({ claimed }) => claimed));
  return group.map((held) => settle(settings, held, prepared, done));
}

/** Never throws for what a receiver does: a failure is recorded and tried again later, slower each time. */
async function settle(settings: WorkerSettings, held: Held, prepared: ReturnType<Prepare>, done: (held: Held) => Promise<boolean>): Promise<void> {
  const { id, lane, kind, submissionId } = held.claimed;
  try {
    const handOver = (await prepared).get(id);
    const failure = handOver === undefined ? nothingThere : await handOver().then(() => undefined, failureOf);
    if (failure === undefined) await done(held);
    else if (failure.isRejection) await recordRejection(settings, held, failure.reason);
    else await recordFailure(settings, held, failure.reason);
  } catch (error) {
    // Ours, not the receiver's. The lease ends by itself, and the delivery is made again.
    settings.log('delivery not recorded', { delivery: id, kind, lane, submission: submissionId, reason: error instanceof Error ? error.message : String(error) });
  }
}

const nothingThere = { reason: 'there is nothing to hand over', isRejection: true };

function failureOf(error: unknown): { readonly reason: string; readonly isRejection: boolean } {
  return { reason: (error instanceof Error ? error.message : String(error)).slice(0, 500).toWellFormed(), isRejection: error instanceof Rejected };
}
