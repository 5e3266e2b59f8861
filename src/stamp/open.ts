// Time stamping as the gateway has it: a keeper that works by itself, whether new dossiers may be taken in while stamps fail, what to tell whoever watches,
// and stamps of single receipts. A gateway without an authority stamps nothing and says so.
import { randomBytes, randomUUID } from 'node:crypto';

import { Unavailable } from '../errors/outcomes.ts';
import type { Database } from '../store/database.ts';
import { findReceiptStamp, findStampState, insertReceiptStamp } from '../store/stamps.ts';
import type { ReceiptStampRow } from '../store/stamps.ts';
import type { TrustMaterial } from '../trust/material.ts';
import { digestOf } from '../trust/stamp-ends.ts';
import { createAuthorities } from './authorities.ts';
import type { Authorities } from './authorities.ts';
import { createStampKeeper } from './keeper.ts';
import type { StampKeeper } from './keeper.ts';
import { createPost } from './post.ts';
import type { StampSettings } from './settings.ts';

export interface StampingHealth {
  /** False: no authority is set. */
  readonly on: boolean;
  readonly refusing: boolean;
  /** Since when a checkpoint of the log waits for a stamp. */
  readonly waitingSince: Date | undefined;
  readonly lastAt: Date | undefined;
  /** What the authorities that fail answered last. */
  readonly failing: readonly string[];
}

export interface Stamping {
  /** @throws Unavailable while stamps have failed for longer than the policy allows. */
  check(): void;
  health(): StampingHealth;
  /** Of a receipt, got now if it has none; undefined where receipts get none of their own. @throws Unavailable while there is none to be had. */
  ofReceipt(receipt: Buffer): Promise<ReceiptStampRow | undefined>;
  /** A round of the keeper, now. */
  work(): Promise<number>;
  stop(): Promise<void>;
}

export interface StampingWorld {
  readonly database: Database;
  readonly trust: () => TrustMaterial;
  readonly missed: (error: unknown) => void;
  readonly now: () => Date;
  readonly random: () => number;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

const LONGEST_REST_MS = 5_000;
const RETRY_SECONDS = 60;

export async function openStamping(settings: StampSettings | undefined, world: StampingWorld): Promise<Stamping> {
  const { database, log } = world;
  if (settings === undefined) {
    log('time stamping is off: GATEWAY_STAMP_URL names no authority', {});
    return { check: () => undefined, health: () => ({ on: false, refusing: false, waitingSince: undefined, lastAt: undefined, failing: [] }), ofReceipt: () => Promise.resolve(undefined), work: () => Promise.resolve(0), stop: () => Promise.resolve() };
  }
  const stopping = new AbortController();
  const authorities = createAuthorities({ ...world, urls: settings.urls, post: createPost(settings, stopping.signal), randomOctets: randomBytes });
  const keeper = createStampKeeper({ database, log, now: world.now, authorities, holder: randomUUID(), intervalMs: settings.intervalMs, leaseMs: settings.urls.length * settings.timeoutMs + LONGEST_REST_MS }, await findStampState(database.query));
  return stampingBy(settings, world, authorities, keeper, stopping);
}

function stampingBy(settings: StampSettings, world: StampingWorld, authorities: Authorities, keeper: StampKeeper, stopping: AbortController): Stamping {
  const { now } = world;
  const refusing = (): boolean => keeper.state.waitingSince !== null && now().getTime() - keeper.state.waitingSince.getTime() > settings.refuseAfterMs;
  const running = keepWorking(keeper, Math.min(settings.intervalMs, LONGEST_REST_MS), stopping.signal, world.log);
  return {
    check: () => {
      if (refusing()) throw new Unavailable('STAMPS_FAILING', { retryAfterSeconds: RETRY_SECONDS, detail: authorities.failing.join('; ') });
    },
    health: () => ({ on: true, refusing: refusing(), waitingSince: keeper.state.waitingSince ?? undefined, lastAt: keeper.state.lastAt ?? undefined, failing: authorities.failing }),
    ofReceipt: (receipt) => (settings.receipts ? stampOfReceipt(world.database, authorities, receipt) : Promise.resolve(undefined)),
    work: () => keeper.work(),
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** The receipt is recorded; without its stamp it stays here until the sender asks again. */
async function stampOfReceipt({ query }: Database, authorities: Authorities, receipt: Buffer): Promise<ReceiptStampRow | undefined> {
  const digest = digestOf(receipt);
  const known = await findReceiptStamp(query, digest);
  if (known !== undefined) return known;
  const stamped = await authorities.stamp(receipt).catch((error: unknown) => {
    throw new Unavailable('RECEIPT_UNSTAMPED', { detail: error instanceof Error ? error.message : String(error), cause: error });
  });
  await insertReceiptStamp(query, digest, stamped);
  return findReceiptStamp(query, digest); // another process may have been first
}

async function keepWorking(keeper: StampKeeper, restMs: number, stopping: AbortSignal, log: StampingWorld['log']): Promise<void> {
  let told = '';
  for (;;) {
    const failed = await keeper.work().then(() => '', (error: unknown) => (error instanceof Error ? error.message : String(error)));
    // Once for each reason: what goes on for hours is in the health answer.
    if (stopping.aborted) return;
    if (failed !== told) log(failed === '' ? 'time stamps work again' : 'no time stamp to be had', failed === '' ? {} : { reason: failed });
    told = failed;
    await rest(restMs, stopping);
  }
}

function rest(ms: number, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      stopping.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (stopping.aborted) done();
    else stopping.addEventListener('abort', done);
  });
}
