// A sender's calls over its webhooks and its subscriptions by mail: JSON in and out, each sender its own only. What a link in a message leads to is a
// page with one button, because programs that look at links open them; nothing happens before it is pressed.
import type { Request, RequestHandler, Response } from 'express';

import { Problem } from '../errors/outcomes.ts';
import { isMailAddress } from '../mail/address.ts';
import { confirmByLink, endByLink, sendConfirmation, subscribeByMail, usualKinds } from '../mail/desk.ts';
import type { MailDesk } from '../mail/desk.ts';
import { flagOf, listOf, memberOf, oneOf, optionalMemberOf, textOf } from '../standard/json.ts';
import type { JsonValue } from '../standard/json.ts';
import { formatInstant } from '../standard/time.ts';
import type { Query } from '../store/database.ts';
import { feedKinds } from '../store/feeds.ts';
import { spend } from '../store/subscription-pace.ts';
import { countOutstanding, listChanges, listSubscriptions } from '../store/subscriptions.ts';
import type { SubscriptionKind, SubscriptionRow } from '../store/subscriptions.ts';
import { registerWebhook, testWebhook } from '../webhooks/desk.ts';
import type { WebhookDesk } from '../webhooks/desk.ts';
import { urlFault } from '../webhooks/post.ts';
import { changeWish, endSubscription, knownSubscription, pace } from '../webhooks/wishes.ts';
import type { Wish } from '../webhooks/wishes.ts';
import { parameterOf, readJson, reading } from './admin/operator.ts';
import type { BodyLimits } from './body.ts';
import { feedOf } from './feed-caller.ts';
import type { CheckCertificate } from './feed-caller.ts';
import { linkPage } from './link-page.ts';
import { unitParameter } from './operations/unit-parameter.ts';
import { readQuery } from './published/query.ts';
import { sendJson } from './respond.ts';

export interface SubscriptionAccess {
  readonly webhooks: WebhookDesk;
  readonly mail: MailDesk;
  readonly limits: BodyLimits;
  readonly checkCertificate: CheckCertificate;
  readonly now: () => Date;
}

type Call = (feed: string, request: Request, response: Response) => Promise<{ readonly status?: number; readonly body: unknown }>;
type SharedCall = 'list' | 'show' | 'change' | 'end';

export function webhookHandlers(access: SubscriptionAccess): Readonly<Record<SharedCall | 'register' | 'test', RequestHandler>> {
  const { webhooks } = access;
  const { query } = webhooks.database;
  return {
    ...sharedHandlers(access, 'webhook', 'webhooks'),
    register: calling(access, async (feed, request, response) => {
      const json = await readJson(access, request, response);
      const { url, kinds } = reading(json, ['url', 'kinds'], () => ({ url: urlOf(memberOf(json, 'url')), kinds: kindsOf(json) ?? null }));
      await spendPace(access, feed, response);
      const { webhook, test } = await registerWebhook(webhooks, feed, url, kinds);
      response.location(`/v1/webhooks/${webhook.id}`);
      return { status: 201, body: { ...describe(webhook), test } };
    }),
    test: calling(access, async (feed, request, response) => {
      const row = await knownSubscription(query, 'webhook', feed, idOf(request));
      if (row.state === 'ended') throw new Problem('SUBSCRIPTION_UNKNOWN');
      await spendPace(access, feed, response);
      return { body: await testWebhook(webhooks, row) };
    }),
  };
}

export function mailHandlers(access: SubscriptionAccess): Readonly<Record<SharedCall | 'register' | 'remind' | 'showConfirm' | 'confirm' | 'showUnsubscribe' | 'unsubscribe', RequestHandler>> {
  const { mail } = access;
  return {
    ...sharedHandlers(access, 'mail', 'subscriptions'),
    register: calling(access, async (feed, request, response) => {
      const json = await readJson(access, request, response);
      const { address, kinds } = reading(json, ['address', 'kinds'], () => ({ address: addressOf(memberOf(json, 'address')), kinds: kindsOf(json) }));
      await spendPace(access, feed, response);
      const { subscription, sent } = await subscribeByMail(mail, feed, address, kinds === undefined ? usualKinds : kinds);
      response.location(`/v1/mail-subscriptions/${subscription.id}`);
      return { status: 201, body: { ...describe(subscription), sent } };
    }),
    remind: calling(access, async (feed, request, response) => {
      const row = await knownSubscription(mail.database.query, 'mail', feed, idOf(request));
      await spendPace(access, feed, response);
      return { body: { sent: await sendConfirmation(mail, row) } };
    }),
    showConfirm: (request, response) => { linkPage(response, 200, 'confirm', tokenOf(request)); },
    confirm: async (request, response) => {
      await confirmByLink(mail, tokenOf(request));
      linkPage(response, 200, 'confirmed');
    },
    showUnsubscribe: (request, response) => { linkPage(response, 200, 'unsubscribe', tokenOf(request)); },
    unsubscribe: async (request, response) => {
      await endByLink(mail, tokenOf(request));
      linkPage(response, 200, 'unsubscribed');
    },
  };
}

/** What goes the same way for both. */
function sharedHandlers(access: SubscriptionAccess, kind: SubscriptionKind, member: string): Readonly<Record<SharedCall, RequestHandler>> {
  const { webhooks: { database }, now } = access;
  const { query } = database;
  return {
    list: calling(access, async (feed) => ({ body: { [member]: (await listSubscriptions(query, kind, feed)).map(describe) } })),
    show: calling(access, async (feed, request) => ({ body: await describeWhole(query, await knownSubscription(query, kind, feed, idOf(request))) })),
    change: calling(access, async (feed, request, response) => {
      const row = await knownSubscription(query, kind, feed, idOf(request));
      const json = await readJson(access, request, response);
      const wish = reading(json, ['kinds', 'paused'], () => wishOf(json));
      await spendPace(access, feed, response);
      await changeWish(database, row, wish, now());
      return { body: await describeWhole(query, await knownSubscription(query, kind, feed, row.id)) };
    }),
    end: calling(access, async (feed, request) => {
      const row = await knownSubscription(query, kind, feed, idOf(request));
      if (!(await endSubscription(database, row.id, `ended by ${feed}`, now()))) throw new Problem('SUBSCRIPTION_UNKNOWN');
      return { body: await describeWhole(query, await knownSubscription(query, kind, feed, row.id)) };
    }),
  };
}

/** The certificate decides whose subscriptions; `unit` chooses, where it is registered for several units, as for the events themselves. */
function calling({ webhooks: { database }, checkCertificate, now }: SubscriptionAccess, call: Call): RequestHandler {
  return async (request, response) => {
    const unit = readQuery(request, [unitParameter]).get('unit');
    const feed = await feedOf(request, unit, database.query, checkCertificate, now());
    const { status = 200, body } = await call(feed, request, response);
    sendJson(response, status, body);
  };
}

/** @throws Problem when the feed's owner has made so many such calls lately. */
async function spendPace({ webhooks: { database }, now }: SubscriptionAccess, feed: string, response: Response): Promise<void> {
  const waitMs = await spend(database.query, feed, pace, now());
  if (waitMs === undefined) return;
  const seconds = Math.ceil(waitMs / 1000);
  response.set('Retry-After', String(seconds));
  throw new Problem('SUBSCRIPTIONS_FAST', { maximum: pace.atOnce, each: pace.eachMs / 1000, seconds });
}

function describe({ id, kind, target, state, kinds, createdAt, changedAt }: SubscriptionRow): Record<string, unknown> {
  return { id, [kind === 'mail' ? 'address' : 'url']: target, state, kinds, createdAt: formatInstant(createdAt), changedAt: formatInstant(changedAt) };
}

async function describeWhole(query: Query, row: SubscriptionRow): Promise<Record<string, unknown>> {
  const history = (await listChanges(query, row.id)).map(({ changedAt, ...change }) => ({ ...change, changedAt: formatInstant(changedAt) }));
  return { ...describe(row), ...(await countOutstanding(query, row)), history };
}

function wishOf(json: JsonValue): Wish {
  const paused = optionalMemberOf(json, 'paused');
  return { kinds: kindsOf(json), paused: paused && flagOf(paused) };
}

/** Undefined when not given; null when every kind is wanted. */
function kindsOf(json: JsonValue): readonly string[] | null | undefined {
  const member = optionalMemberOf(json, 'kinds');
  if (member === undefined || member.value === null) return member === undefined ? undefined : null;
  return [...new Set(listOf(member, (element) => oneOf(element, feedKinds)))];
}

function urlOf(json: JsonValue): string {
  const url = textOf(json);
  const fault = urlFault(url);
  if (fault !== undefined) throw new Error(`${json.at}: ${fault}`);
  return url;
}

function addressOf(json: JsonValue): string {
  const address = textOf(json);
  if (!isMailAddress(address)) throw new Error(`${json.at}: not a mail address`);
  return address;
}

function idOf(request: Request): string {
  const id = parameterOf(request, 'id');
  if (!/^\d{1,18}$/.test(id)) throw new Problem('SUBSCRIPTION_UNKNOWN');
  return id;
}

function tokenOf({ query }: Request): string {
  const { token, ...others } = query;
  if (typeof token !== 'string' || !/^[\w-]{43}$/.test(token) || Object.keys(others).length > 0) throw new Problem('LINK_UNKNOWN');
  return token;
}
