// A sender's webhooks: registered and tested. A receiver is told nothing before it has answered a signed test with 2xx; every
// change stands in the history and is an audit event.
import { randomUUID } from 'node:crypto';

import { Problem } from '../errors/outcomes.ts';
import { signRequest } from '../signature/http-message.ts';
import type { SigningIdentity } from '../signature/sign.ts';
import type { Database } from '../store/database.ts';
import { setLane } from '../store/lanes.ts';
import { changeSubscription, insertSubscription, laneOfSubscription, listSubscriptions, lockFeedSubscriptions, lockSubscription } from '../store/subscriptions.ts';
import type { SubscriptionRow } from '../store/subscriptions.ts';
import { testPayload } from './payload.ts';
import type { Poster } from './post.ts';
import { checkRegistered, knownSubscription } from './wishes.ts';

export interface WebhookDesk {
  readonly database: Database;
  readonly poster: Poster;
  readonly identity: SigningIdentity;
  readonly now: () => Date;
}

export interface TestOutcome {
  readonly delivered: boolean;
  /** Null when there was no answer. */
  readonly status: number | null;
  readonly reason: string | null;
}

const MOST_PER_FEED = 20;
const AT_ONCE = 4; // deliveries to one receiver under way, of all processes

/** Registers and tests. */
export async function registerWebhook(desk: WebhookDesk, feed: string, url: string, kinds: readonly string[] | null): Promise<{ readonly webhook: SubscriptionRow; readonly test: TestOutcome }> {
  const { database, now } = desk;
  const id = await database.transaction(async (query) => {
    await lockFeedSubscriptions(query, feed);
    await checkRegistered(query, feed, now());
    const there = await listSubscriptions(query, 'webhook', feed);
    if (there.length >= MOST_PER_FEED) throw new Problem('SUBSCRIPTIONS_MANY', { maximum: MOST_PER_FEED });
    if (there.some(({ target }) => target === url)) throw new Problem('SUBSCRIPTION_EXISTS', { reason: there.find(({ target }) => target === url)?.id ?? '' });
    const added = await insertSubscription(query, { kind: 'webhook', feed, target: url, kinds, endToken: null }, now());
    await setLane(query, laneOfSubscription('webhook', added), AT_ONCE, feed);
    return added;
  });
  const webhook = await knownSubscription(database.query, 'webhook', feed, id);
  const test = await testWebhook(desk, webhook);
  return { webhook: await knownSubscription(database.query, 'webhook', feed, id), test };
}

/** A signed event of no dossier; its 2xx confirms a webhook that waits for it. */
export async function testWebhook({ database, poster, identity, now }: WebhookDesk, { id, target: url }: SubscriptionRow): Promise<TestOutcome> {
  const eventId = `test-${randomUUID()}`;
  const body = testPayload(eventId, now());
  const headers = await signRequest({ url, contentType: 'application/json', eventId, body }, identity, now());
  const outcome = await poster.post(url, headers, body).then(
    ({ status, excerpt }): TestOutcome => ({ delivered: status >= 200 && status < 300, status, reason: status >= 200 && status < 300 ? null : excerpt }),
    (error: unknown): TestOutcome => ({ delivered: false, status: null, reason: (error instanceof Error ? error.message : String(error)).slice(0, 200).toWellFormed() }),
  );
  if (!outcome.delivered) return outcome;
  await database.transaction(async (query) => {
    const row = await lockSubscription(query, id);
    if (row?.state === 'unconfirmed') await changeSubscription(query, row, { state: 'active', kinds: row.kinds, reason: 'the receiver answered the test', changedAt: now() });
  });
  return outcome;
}
