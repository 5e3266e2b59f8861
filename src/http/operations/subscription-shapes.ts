// The JSON bodies of the calls over webhooks and mail, and of what a webhook is sent.
import { feedKinds } from '../../store/feeds.ts';
import { closed, digest, flag, instant, list, oneOf, open, orNull, pattern, text, whole } from './shapes.ts';
import type { JsonSchema } from './shapes.ts';

/** withheld: the right to the feed (contract, registered certificate) is not there at present; what is to be told waits. */
const state = oneOf(['unconfirmed', 'active', 'paused', 'withheld', 'ended']);
const kinds = orNull(list(oneOf(feedKinds)));
const common = { id: pattern('^\\d+$'), state, kinds, createdAt: instant, changedAt: instant };
const outstanding = { waiting: whole, dead: whole, history: list(closed({ state, kinds, reason: text, changedAt: instant })) };
const test = { delivered: flag, status: orNull(whole), reason: orNull(text) };

export const subscriptionShapes: Readonly<Record<string, JsonSchema>> = {
  /** Without kinds, or with null: every kind, also those to come. */
  NewWebhook: closed({ url: text }, { kinds }),
  Webhook: closed({ ...common, url: text }),
  RegisteredWebhook: closed({ ...common, url: text, test: closed(test) }),
  Webhooks: closed({ webhooks: list(closed({ ...common, url: text })) }),
  WebhookWhole: closed({ ...common, url: text, ...outstanding }),
  WebhookTest: closed(test),
  /** What is not given stays. */
  SubscriptionChange: closed({}, { kinds, paused: flag }),
  NewMailSubscription: closed({ address: text }, { kinds }),
  NewlyMailed: closed({ ...common, address: text, sent: flag }),
  MailSubscriptions: closed({ subscriptions: list(closed({ ...common, address: text })) }),
  MailSubscriptionWhole: closed({ ...common, address: text, ...outstanding }),
  ConfirmationSent: closed({ sent: flag }),
  /** The body of a POST to a webhook: the event as GET /v1/events has it; kind `test` and position 0 in a test. */
  WebhookEvent: closed({
    position: whole, id: text, kind: oneOf([...feedKinds, 'test']), at: instant,
    dossier: orNull(closed({ sha256: digest, number: orNull(text), transactionCode: orNull(text) })), detail: open({}),
  }),
};
