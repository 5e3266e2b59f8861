// Starts what hands events over to subscribers: webhooks, and mail where there is a server for it. A worker of its own, so that receivers whom
// anybody can name never take the turn of an agency's.
import { X509Certificate } from 'node:crypto';

import type { MailDesk } from '../mail/desk.ts';
import { openMailer } from '../mail/smtp.ts';
import type { SigningIdentity } from '../signature/sign.ts';
import type { Database } from '../store/database.ts';
import { nextDeliveryDueAt } from '../store/deliveries.ts';
import { setLane } from '../store/lanes.ts';
import type { WebhookDesk } from '../webhooks/desk.ts';
import { createPoster } from '../webhooks/post.ts';
import { startJudging } from './entitlement.ts';
import { startLoop } from './loop.ts';
import type { Loop } from './loop.ts';
import type { LaneTransport } from './hand-over.ts';
import { mailTransport } from './mail.ts';
import { webhookTransport } from './webhook.ts';
import { createWorker } from './worker.ts';

export interface SubscriptionSettings {
  readonly database: Database;
  /** The name that the process holds. */
  readonly holder: string;
  /** What signs webhooks. */
  readonly identity: SigningIdentity;
  readonly webhooks: { readonly anyAddress: boolean; readonly authorities: readonly string[] };
  /** Undefined: no mail is sent; what is ordered waits until there is a server. */
  readonly mail: { readonly smtpUrl: string; readonly password: string | undefined; readonly from: string; readonly publicUrl: string } | undefined;
  readonly name: string;
  readonly now: () => Date;
  readonly random: () => number;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface Subscriptions extends Loop {
  readonly desks: {
    readonly webhooks: WebhookDesk;
    readonly mail: MailDesk;
    /** PEM: the certificate that signs, and those it leads to. */
    readonly signingChain: string;
  };
}

/** Of one process, webhooks: more than the receivers of one feed can hold (20 webhooks of 4 each), so that no sender's slow ones take all. */
const WEBHOOKS_AT_ONCE = 160;
const MAILS_AT_ONCE = 4; // of all
const TIMEOUT_MS = 10_000;
const MAIL_TIMEOUT_MS = 30_000;
const LEASE_MARGIN_MS = 20_000;

export async function openSubscriptions(settings: SubscriptionSettings): Promise<Subscriptions> {
  const { database, identity, webhooks, now, log } = settings;
  await setLane(database.query, 'mail', MAILS_AT_ONCE);
  const poster = createPoster({ ...webhooks, timeoutMs: TIMEOUT_MS });
  const post = openPost(settings);
  if (post === undefined) log('no mail is sent: GATEWAY_SMTP_URL is not set', {});
  const webhook = webhookTransport({ database, poster, identity, leaseMs: TIMEOUT_MS + LEASE_MARGIN_MS, now });
  const mail = post && mailTransport(post.mailer, post.head, 3 * MAIL_TIMEOUT_MS + LEASE_MARGIN_MS, now);
  // Each by itself: neither takes the other's places.
  const serve = (name: string, lane: string, transport: LaneTransport, mostAtOnce: number): Loop => {
    const worker = createWorker({ ...settings, slipDueOf: noDossier, lanes: [lane], transportFor: () => transport });
    return startLoop({ name, database, channel: 'delivery', worker, mostAtOnce, nextDueAt: () => nextDeliveryDueAt(database.query, [lane]), now, log });
  };
  const loops = [startJudging({ database, now, log }), serve('webhooks', 'webhook:', webhook, WEBHOOKS_AT_ONCE), ...(mail === undefined ? [] : [serve('mail', 'mail', mail, MAILS_AT_ONCE)])];
  return {
    desks: { webhooks: { database, poster, identity, now }, mail: { database, post, now }, signingChain: identity.certificates.map((certificate) => new X509Certificate(certificate).toString()).join('') },
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
      poster.close();
      post?.mailer.close();
    },
  };
}

function noDossier(): never {
  throw new Error('no dossier is handed over on these lanes');
}

function openPost({ mail, name }: SubscriptionSettings): MailDesk['post'] {
  if (mail === undefined) return undefined;
  const { smtpUrl: url, password, from, publicUrl } = mail;
  return { mailer: openMailer({ url, password, from, timeoutMs: MAIL_TIMEOUT_MS }), head: { publicUrl, name } };
}
