// Keeps subscriptions to what their feed's right is: nobody is told what nobody could have asked for (`GET /v1/events`, the same rule; whether a
// certificate is believed is asked of calls alone). Without the right a subscription is withheld and what it is to be told waits; with it, it goes on;
// when the right is over for good, or has been gone for long, it ends. Each is a change in its history with its event. Judged at every hand-over, and
// every few seconds for what time alone changes.
import { setTimeout } from 'node:timers/promises';

import type { Database, Query } from '../store/database.ts';
import { endClaims } from '../store/deliveries.ts';
import type { Claimed } from '../store/deliveries.ts';
import { changeSubscription, entitlementOf, holdDelivery, lockSubscription, releaseHeld, subscriptionsToJudge } from '../store/subscriptions.ts';
import type { Entitlement, SubscriptionRow } from '../store/subscriptions.ts';
import type { Loop } from './loop.ts';

const DAY_MS = 24 * 60 * 60_000;
/** What was not told is kept that long without the right; the feed itself keeps everything. */
export const LONGEST_WITHHELD_MS = 90 * DAY_MS;
const LOOK_MS = 2_000;
const MOST_AT_ONCE = 200;

/** What becomes of a subscription by the right to its feed; undefined: nothing. */
export function stateByRight({ state, changedAt, feed }: Pick<SubscriptionRow, 'state' | 'changedAt' | 'feed'>, { isGranted, isOver }: Entitlement, at: Date): { readonly state: 'active' | 'withheld' | 'ended'; readonly reason: string } | undefined {
  const [kind = '', name = ''] = feed.split(/:(.*)/s);
  const right = kind === 'ivan' ? `the contract of I-VAN ${name}` : `a registered certificate of unit ${name}`;
  if (state === 'ended') return undefined;
  if (isOver) return { state: 'ended', reason: `${right} has ended` };
  if (state === 'withheld' && !isGranted && changedAt.getTime() <= at.getTime() - LONGEST_WITHHELD_MS) return { state: 'ended', reason: `${right} has not been there for ${LONGEST_WITHHELD_MS / DAY_MS} days` };
  if (state === 'active' && !isGranted) return { state: 'withheld', reason: kind === 'ivan' ? `${right} is not in force, or no certificate is registered under it` : `no certificate is registered for unit ${name}` };
  return state === 'withheld' && isGranted ? { state: 'active', reason: `${right} is in force again` } : undefined;
}

/** Gives the state that it then has. Of a subscription that is locked. */
async function judge(query: Query, row: SubscriptionRow, at: Date): Promise<SubscriptionRow['state']> {
  const change = stateByRight(row, await entitlementOf(query, row.feed, at), at);
  if (change !== undefined) await changeSubscription(query, row, { ...change, kinds: row.kinds, changedAt: at });
  // What was ordered while nobody had the right, and before anybody noticed, has nothing to wait for.
  else if (row.state === 'active') await releaseHeld(query, row, at);
  return change?.state ?? row.state;
}

/** A claimed delivery whose subscription is not one to be told: it waits, or is dropped, untried, as if it had not been claimed. */
export async function standAside(database: Database, claimed: Pick<Claimed, 'id' | 'lease' | 'subscription'>, at: Date): Promise<void> {
  await database.transaction(async (query) => {
    const row = await lockSubscription(query, claimed.subscription ?? '0');
    if (row === undefined) throw new Error('a delivery of no subscription');
    const state = await judge(query, row, at);
    await holdDelivery(query, { state }, claimed.id);
    await endClaims(query, [claimed]);
  });
}

/** All whose right has changed. Gives how many were looked at. */
export async function judgeSubscriptions(database: Database, at: Date): Promise<number> {
  let count = 0;
  for (let after = '0'; ;) {
    const ids = await subscriptionsToJudge(database.query, at, new Date(at.getTime() - LONGEST_WITHHELD_MS), after, MOST_AT_ONCE);
    for (const id of ids) {
      await database.transaction(async (query) => {
        const row = await lockSubscription(query, id);
        if (row !== undefined) await judge(query, row, at);
      });
    }
    count += ids.length;
    after = ids.at(-1) ?? after;
    if (ids.length < MOST_AT_ONCE) return count;
  }
}

export function startJudging({ database, now, log }: { readonly database: Database; readonly now: () => Date; readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void }): Loop {
  const stopping = new AbortController();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await judgeSubscriptions(database, now()).catch((error: unknown) => { log('subscriptions not judged', { reason: error instanceof Error ? error.message : String(error) }); });
      await setTimeout(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
