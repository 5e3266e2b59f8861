// A sender's subscriptions by mail. Nothing is told to an address before its owner has opened a link that only a message to it holds; the link's
// token is kept as a digest and ends. Every message has a link that ends the subscription.
import { createHash, randomBytes } from 'node:crypto';

import { Problem } from '../errors/outcomes.ts';
import type { Database } from '../store/database.ts';
import type { FeedKind } from '../store/feeds.ts';
import { changeSubscription, confirmationsHolding, insertConfirmation, insertSubscription, listSubscriptions, lockFeedSubscriptions, lockSubscription, subscriptionToConfirm, subscriptionToEnd } from '../store/subscriptions.ts';
import type { SubscriptionRow } from '../store/subscriptions.ts';
import { checkRegistered, endSubscription, knownSubscription } from '../webhooks/wishes.ts';
import { confirmationMessage } from './compose.ts';
import type { Letterhead } from './compose.ts';
import type { Mailer } from './smtp.ts';

export interface MailDesk {
  readonly database: Database;
  /** Undefined: this gateway sends no mail. */
  readonly post: { readonly mailer: Mailer; readonly head: Letterhead } | undefined;
  readonly now: () => Date;
}

/** What most people want to be told; every kind can be switched on. */
export const usualKinds: readonly FeedKind[] = ['accepted', 'slip', 'supplement-requested', 'apology', 'result', 'notice', 'resend-demanded'];

const MOST_PER_FEED = 50;
const LINK_HOLDS_MS = 3 * 24 * 60 * 60_000;
/** To one address, whoever asks: nobody is to be flooded by way of us. */
const MOST_CONFIRMATIONS = 5;

export interface Subscribed {
  readonly subscription: SubscriptionRow;
  /** False when the mail server would not take the message: it can be asked for again. */
  readonly sent: boolean;
}

export async function subscribeByMail(desk: MailDesk, feed: string, address: string, kinds: readonly string[] | null): Promise<Subscribed> {
  const { database, post, now } = desk;
  if (post === undefined) throw new Problem('MAIL_OFF');
  const id = await database.transaction(async (query) => {
    await lockFeedSubscriptions(query, feed);
    await checkRegistered(query, feed, now());
    const there = await listSubscriptions(query, 'mail', feed);
    if (there.length >= MOST_PER_FEED) throw new Problem('SUBSCRIPTIONS_MANY', { maximum: MOST_PER_FEED });
    const same = there.find(({ target }) => target === address);
    if (same !== undefined) throw new Problem('SUBSCRIPTION_EXISTS', { reason: same.id });
    return insertSubscription(query, { kind: 'mail', feed, target: address, kinds, endToken: newToken() }, now());
  });
  const subscription = await knownSubscription(database.query, 'mail', feed, id);
  return { subscription, sent: await sendConfirmation(desk, subscription) };
}

/** False when it could not be sent now. @throws Problem when the address got as many as it may. */
export async function sendConfirmation({ database, post, now }: MailDesk, { id, target: address, state }: SubscriptionRow): Promise<boolean> {
  if (post === undefined) throw new Problem('MAIL_OFF');
  if (state !== 'unconfirmed') return false;
  const at = now();
  const token = newToken();
  const expiresAt = new Date(at.getTime() + LINK_HOLDS_MS);
  await database.transaction(async (query) => {
    await lockFeedSubscriptions(query, address);
    if ((await confirmationsHolding(query, address, at)) >= MOST_CONFIRMATIONS) throw new Problem('SUBSCRIPTIONS_MANY', { maximum: MOST_CONFIRMATIONS });
    await insertConfirmation(query, digestOf(token), id, expiresAt);
  });
  return post.mailer.send(confirmationMessage({ subscriptionId: id, address, token, expiresAt }, post.head)).then(() => true, () => false);
}

/** @throws Problem when the link is none, or holds no longer. Opening it again changes nothing. */
export async function confirmByLink({ database, now }: MailDesk, token: string): Promise<void> {
  const at = now();
  await database.transaction(async (query) => {
    const id = await subscriptionToConfirm(query, digestOf(token), at);
    const row = id === undefined ? undefined : await lockSubscription(query, id);
    if (row === undefined || row.state === 'ended') throw new Problem('LINK_UNKNOWN');
    if (row.state === 'unconfirmed') await changeSubscription(query, row, { state: 'active', kinds: row.kinds, reason: 'the address was confirmed', changedAt: at });
  });
}

/** Ending what is ended is no mistake: mail programs call twice. */
export async function endByLink({ database, now }: MailDesk, token: string): Promise<void> {
  const id = await subscriptionToEnd(database.query, token);
  if (id === undefined) throw new Problem('LINK_UNKNOWN');
  await endSubscription(database, id, 'unsubscribed by mail', now());
}

function newToken(): string {
  return randomBytes(32).toString('base64url');
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
