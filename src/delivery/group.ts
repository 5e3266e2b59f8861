// A group of claims of one lane, handed over by a few hands that take one after the other, so that a fast receiver is not waited for between
// claims. What no hand has begun when the receiver turns out to be away, or when the group's time is over, is given back untried.
import { endClaims } from '../store/deliveries.ts';
import type { Claimed } from '../store/deliveries.ts';
import { standAside } from './entitlement.ts';
import { NotToBeTold, Rejected } from './hand-over.ts';
import type { LaneTransport, Prepare } from './hand-over.ts';
import { recordFailure, recordRejection } from './outcome.ts';
import type { Paces } from './pace.ts';
import { reasonOf } from './reason.ts';
import type { WorkerSettings } from './worker.ts';

/** A claim, and what hands it over. */
export interface Held {
  readonly claimed: Claimed;
  readonly transport: LaneTransport;
}

export interface Group {
  readonly held: readonly Held[];
  readonly prepared: ReturnType<Prepare>;
  /** Nothing is begun afterwards. */
  readonly until: Date;
}

export interface Handling extends WorkerSettings {
  readonly paces: Paces;
  /** Resolves when it is recorded. */
  readonly done: (held: Held) => Promise<unknown>;
}

interface Failure {
  readonly reason: string;
  readonly kind: 'away' | 'rejected' | 'not to be told';
}

/** The hands, each ending when what it handed over is recorded. They never reject for what a receiver does. */
export function startHands(handling: Handling, { held, prepared, until }: Group): Promise<void>[] {
  const waiting = held.toReversed();
  const takeRest = (): Held[] => waiting.splice(0);
  const hand = async (): Promise<void> => {
    const records: Promise<void>[] = [];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const failure = await tryOne(handling, next, prepared);
      if (failure !== 'not ours') records.push(record(handling, next, failure, takeRest));
      if (waiting.length > 0 && handling.now() >= until) records.push(recording(handling, next, endClaims(handling.database.query, takeRest().map(({ claimed }) => claimed))));
    }
    await Promise.all(records);
  };
  return Array.from({ length: held[0]?.claimed.hands ?? 0 }, hand);
}

/** Undefined: the receiver has it. */
async function tryOne(handling: Handling, { claimed }: Held, prepared: ReturnType<Prepare>): Promise<Failure | 'not ours' | undefined> {
  const { now, paces, log } = handling;
  let handOver: (() => Promise<void>) | undefined;
  try {
    handOver = (await prepared).get(claimed.id);
  } catch (error) {
    log('delivery not loaded', { ...describe(claimed), reason: reasonOf(error) }); // its lease ends by itself
    return 'not ours';
  }
  if (handOver === undefined) return { reason: 'there is nothing to hand over', kind: 'rejected' };
  const began = now().getTime();
  try {
    await handOver();
    paces.took(claimed.lane, now().getTime() - began);
    return undefined;
  } catch (error) {
    const kind = error instanceof Rejected ? 'rejected' : error instanceof NotToBeTold ? 'not to be told' : 'away';
    return { reason: reasonOf(error), kind };
  }
}

function record(handling: Handling, held: Held, failure: Failure | undefined, takeRest: () => readonly Held[]): Promise<void> {
  if (failure === undefined) return recording(handling, held, handling.done(held));
  if (failure.kind === 'rejected') return recording(handling, held, recordRejection(handling, held, failure.reason));
  if (failure.kind === 'not to be told') return recording(handling, held, standAside(handling.database, held.claimed, handling.now()));
  handling.paces.failed(held.claimed.lane);
  return recording(handling, held, recordFailure(handling, held, failure.reason, takeRest()));
}

/** What is not recorded is ours, not the receiver's: the lease ends by itself, and the delivery is made again. */
async function recording({ log }: Handling, { claimed }: Held, work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => { log('delivery not recorded', { ...describe(claimed), reason: reasonOf(error) }); });
}

function describe({ id, kind, lane, submissionId }: Claimed): Record<string, unknown> {
  return { delivery: id, kind, lane, submission: submissionId };
}
