// What a sender may want of a subscription of its own, whatever it leads to: other kinds, a pause, an end. Every change stands in the history and is an
// audit event. Another's subscription is as if it were not there.
import { Problem } from '../errors/outcomes.ts';
import type { Database, Query } from '../store/database.ts';
import { changeSubscription, countRegistered, findSubscription, lockSubscription } from '../store/subscriptions.ts';
import type { SubscriptionKind, SubscriptionRow } from '../store/subscriptions.ts';
import type { Pace } from '../store/subscription-pace.ts';

export interface Wish {
  /** Null: every kind; undefined: as it was. */
  readonly kinds?: readonly string[] | null | undefined;
  readonly paused?: boolean | undefined;
}

/** Kinds and pausing, of whichever subscription that is not ended. */
export async function changeWish(database: Database, { id, feed }: SubscriptionRow, { kinds, paused }: Wish, at: Date): Promise<void> {
  await database.transaction(async (query) => {
    const row = await lockSubscription(query, id);
    if (row === undefined || row.state === 'ended') throw new Problem('SUBSCRIPTION_UNKNOWN');
    if (row.state === 'unconfirmed' && paused !== undefined) throw new Problem('SUBSCRIPTION_UNCONFIRMED');
    const state = paused === undefined ? row.state : paused ? 'paused' : 'active';
    await changeSubscription(query, row, { state, kinds: kinds === undefined ? row.kinds : kinds, reason: `changed by ${feed}`, changedAt: at });
  });
}

const DAY_MS = 24 * 60 * 60_000;
const MOST_A_DAY = 200;

/** Each of them has us call a receiver, write to an address or keep history for ever. */
export const pace: Pace = { atOnce: 40, eachMs: 15_000 };

/** Whoever registers and ends again and again makes us call, or write to, ever others, and leaves a lane each time. @throws Problem */
export async function checkRegistered(query: Query, feed: string, at: Date): Promise<void> {
  if ((await countRegistered(query, feed, new Date(at.getTime() - DAY_MS))) >= MOST_A_DAY) throw new Problem('SUBSCRIPTIONS_MANY', { maximum: MOST_A_DAY });
}

/** For good; what waits for it is dropped. False when it was ended before. */
export async function endSubscription(database: Database, id: string, reason: string, at: Date): Promise<boolean> {
  return database.transaction(async (query) => {
    const row = await lockSubscription(query, id);
    if (row === undefined || row.state === 'ended') return false;
    await changeSubscription(query, row, { state: 'ended', kinds: row.kinds, reason, changedAt: at });
    return true;
  });
}

export async function knownSubscription(query: Query, kind: SubscriptionKind, feed: string, id: string): Promise<SubscriptionRow> {
  const row = await findSubscription(query, kind, feed, id);
  if (row === undefined) throw new Problem('SUBSCRIPTION_UNKNOWN');
  return row;
}
