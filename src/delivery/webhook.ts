// The transport to a sender's webhook: one signed POST of one event. 2xx is delivered; 410 ends the subscription; another 4xx says something of
// this event; whatever else is the receiver being away. Tried for three days, then a dead letter; one that is does not hold up the later ones,
// whose positions tell the receiver of the gap.
import type { SigningIdentity } from '../signature/sign.ts';
import { signRequest } from '../signature/http-message.ts';
import type { Database } from '../store/database.ts';
import { loadHandOvers } from '../store/hand-overs.ts';
import type { EventHandOver } from '../store/hand-overs.ts';
import { payloadOf } from '../webhooks/payload.ts';
import type { Poster } from '../webhooks/post.ts';
import { endSubscription } from '../webhooks/wishes.ts';
import { NotToBeTold, preparing, Rejected } from './hand-over.ts';
import type { LaneTransport, Policy } from './hand-over.ts';

export interface WebhookTransportSettings {
  readonly database: Database;
  readonly poster: Poster;
  readonly identity: SigningIdentity;
  readonly leaseMs: number;
  readonly now: () => Date;
}

export const webhookPolicy: Policy = {
  firstRetryMs: 5_000,
  slowestRetryMs: 60 * 60_000,
  firstRetryOfRejectedMs: 30_000,
  slowestRetryOfRejectedMs: 60 * 60_000,
  mostRejections: 100, // within about three days too
  mostAgeMs: 3 * 24 * 60 * 60_000,
};

export function webhookTransport(settings: WebhookTransportSettings): LaneTransport {
  return { kind: 'webhook', leaseMs: settings.leaseMs, policy: webhookPolicy, prepare: preparing((query, claimed) => loadHandOvers(query, claimed, settings.now()), (event) => post(settings, event)) };
}

async function post({ database, poster, identity, now }: WebhookTransportSettings, event: EventHandOver): Promise<void> {
  const { target: url, eventId, state, subscription } = event;
  // Paused, withheld or ended a moment ago: what is under way then goes no further.
  if (state !== 'active') throw new NotToBeTold(state);
  const body = payloadOf({ ...event, id: eventId, position: Number(event.position) });
  const headers = await signRequest({ url, contentType: 'application/json', eventId, body }, identity, now());
  const { status, excerpt } = await poster.post(url, headers, body);
  if (status >= 200 && status < 300) return;
  const reason = `answered ${status}: ${excerpt}`;
  if (status === 410) await endSubscription(database, subscription, 'the receiver answered 410', now());
  throw isOfThisEvent(status) ? new Rejected(reason) : new Error(reason);
}

/** 4xx, except what says something of the moment, of who we are or of the address. Nothing is followed: a redirect is a receiver that moved. */
function isOfThisEvent(status: number): boolean {
  return status >= 400 && status < 500 && ![401, 403, 404, 405, 407, 408, 421, 425, 429].includes(status);
}
