// Statements over subscriptions: who is told of a feed's events, and what is on its way to them. What an event makes of deliveries is written in
// the event's own transaction, so that nothing told is forgotten and nothing is told that did not happen.
import { createHash } from 'node:crypto';

import type { Query } from './database.ts';
import { insertEvents } from './events.ts';
import { isGranted, isOver } from './feed-grants.ts';
import type { SubscriptionState } from './hand-overs.ts';
import { HELD_UNTIL } from './lanes.ts';

export type SubscriptionKind = 'webhook' | 'mail';

export interface NewSubscription {
  readonly kind: SubscriptionKind;
  readonly feed: string;
  /** https address or mail address. */
  readonly target: string;
  /** Null: every kind. */
  readonly kinds: readonly string[] | null;
  /** Of a mail subscription. */
  readonly endToken: string | null;
}

export interface SubscriptionRow {
  readonly id: string;
  readonly kind: SubscriptionKind;
  readonly feed: string;
  readonly target: string;
  readonly endToken: string | null;
  readonly createdAt: Date;
  readonly state: SubscriptionState;
  readonly kinds: readonly string[] | null;
  readonly changedAt: Date;
}

export interface SubscriptionChange {
  readonly state: SubscriptionState;
  readonly kinds: readonly string[] | null;
  readonly reason: string;
  readonly changedAt: Date;
}

/** What waits for the receiver, and what was given up. */
export interface Outstanding {
  readonly waiting: number;
  readonly dead: number;
}

const columns = 'id, kind, feed, target, end_token AS "endToken", created_at AS "createdAt", state, kinds, changed_at AS "changedAt"';

export function laneOfSubscription(kind: SubscriptionKind, id: string): string {
  return kind === 'mail' ? 'mail' : `webhook:${id}`;
}

/** One at a time per feed may count and add. */
export async function lockFeedSubscriptions(query: Query, feed: string): Promise<void> {
  await query("SELECT pg_advisory_xact_lock(hashtextextended('subscriptions of ' || $1, 0))", [feed]);
}

/** Unconfirmed at first. Gives its id. */
export async function insertSubscription(query: Query, { kind, feed, target, kinds, endToken }: NewSubscription, at: Date): Promise<string> {
  const [row] = await query<{ id: string }>('INSERT INTO subscription (kind, feed, target, end_token, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING id', [kind, feed, target, endToken, at]);
  const id = row?.id ?? '';
  await insertChange(query, { id, kind, feed, target }, { state: 'unconfirmed', kinds, reason: 'registered', changedAt: at });
  return id;
}

/** Of a subscription that `lockSubscription` holds. What waits is held, let go or dropped with it. */
export async function changeSubscription(query: Query, before: SubscriptionRow, change: SubscriptionChange): Promise<void> {
  const { id, kind } = before;
  const lane = laneOfSubscription(kind, id);
  if (change.state === 'paused' || change.state === 'withheld') await query(`UPDATE delivery SET due_at = $3 WHERE lane = $1 AND subscription = $2 AND state = 'waiting'`, [lane, id, HELD_UNTIL]);
  if (change.state === 'active') await releaseHeld(query, before, change.changedAt);
  // What nobody wants any more is neither delivered nor a dead letter.
  const dropped = change.state === 'ended' ? await query(`DELETE FROM delivery WHERE lane = $1 AND subscription = $2 AND state IN ('waiting', 'dead') RETURNING id`, [lane, id]) : [];
  await query("SELECT pg_notify('delivery', '')");
  await insertChange(query, before, change, dropped.length);
}

/** The time in which it may be tried begins with the end of the pause: a first failure must not find it too old. */
export async function releaseHeld(query: Query, { id, kind }: Pick<SubscriptionRow, 'id' | 'kind'>, at: Date): Promise<void> {
  const released = await query(`UPDATE delivery SET due_at = $3, ordered_at = $3 WHERE lane = $1 AND subscription = $2 AND state = 'waiting' AND due_at = $4 RETURNING id`, [laneOfSubscription(kind, id), id, at, HELD_UNTIL]);
  if (released.length > 0) await query("SELECT pg_notify('delivery', '')");
}

async function insertChange(query: Query, { id, kind, feed, target }: Pick<SubscriptionRow, 'id' | 'kind' | 'feed' | 'target'>, { state, kinds, reason, changedAt }: SubscriptionChange, dropped = 0): Promise<void> {
  await query('INSERT INTO subscription_change (subscription_id, state, kinds, reason, changed_at) VALUES ($1, $2, $3, $4, $5)', [id, state, kinds, reason, changedAt]);
  const detail = { subscription: id, subscriptionKind: kind, feed, state, kinds: kinds === null ? '*' : kinds.join(' '), reason, dropped, targetDigest: createHash('sha256').update(target).digest('hex') };
  await insertEvents(query, [{ at: changedAt, kind: 'subscription_changed', submissionId: null, detail }]);
}

/** Of a subscription that `lockSubscription` holds: one delivery that was claimed and is not to be handed over waits with the others, or is dropped. */
export async function holdDelivery(query: Query, { state }: Pick<SubscriptionRow, 'state'>, delivery: string): Promise<void> {
  if (state === 'ended') await query(`DELETE FROM delivery WHERE id = $1 AND state = 'waiting'`, [delivery]);
  else if (state !== 'active') await query(`UPDATE delivery SET due_at = $2 WHERE id = $1 AND state = 'waiting'`, [delivery, HELD_UNTIL]);
}

/** What the right to the feed is at an instant. */
export interface Entitlement {
  readonly isGranted: boolean;
  /** For good. */
  readonly isOver: boolean;
}

export async function entitlementOf(query: Query, feed: string, at: Date): Promise<Entitlement> {
  const [row] = await query<Entitlement>(`SELECT ${isGranted('$1::text', '$2::timestamptz')} AS "isGranted", ${isOver('$1::text')} AS "isOver"`, [feed, at]);
  return row ?? { isGranted: false, isOver: false };
}

/** Those whose state, or what waits for them, is not what the right to their feed says; the first so many after one of them. */
export async function subscriptionsToJudge(query: Query, at: Date, endedBefore: Date, after: string, most: number): Promise<string[]> {
  const rows = await query<{ id: string }>(
    `SELECT s.id FROM subscription_now s WHERE s.state <> 'ended' AND s.id > $4 AND (
       CASE s.state WHEN 'active' THEN NOT ${isGranted('s.feed', '$1')} OR EXISTS (SELECT 1 FROM delivery WHERE subscription = s.id AND lane = CASE s.kind WHEN 'mail' THEN 'mail' ELSE 'webhook:' || s.id END AND state = 'waiting' AND due_at = $2)
                    WHEN 'withheld' THEN s.changed_at <= $3 OR ${isGranted('s.feed', '$1')} ELSE false END
       OR ${isOver('s.feed')}) ORDER BY s.id LIMIT $5`,
    [at, HELD_UNTIL, endedBefore, after, most],
  );
  return rows.map(({ id }) => id);
}

/** Of this feed only: another's is as if it were not there. */
export async function findSubscription(query: Query, kind: SubscriptionKind, feed: string, id: string): Promise<SubscriptionRow | undefined> {
  const [row] = await query<SubscriptionRow>(`SELECT ${columns} FROM subscription_now WHERE id = $1 AND kind = $2 AND feed = $3`, [id, kind, feed]);
  return row;
}

/** As it stands, and nobody else changes it until the transaction ends. */
export async function lockSubscription(query: Query, id: string): Promise<SubscriptionRow | undefined> {
  await query('SELECT id FROM subscription WHERE id = $1 FOR NO KEY UPDATE', [id]);
  const [row] = await query<SubscriptionRow>(`SELECT ${columns} FROM subscription_now WHERE id = $1`, [id]);
  return row;
}

export function listSubscriptions(query: Query, kind: SubscriptionKind, feed: string): Promise<SubscriptionRow[]> {
  return query<SubscriptionRow>(`SELECT ${columns} FROM subscription_now WHERE kind = $1 AND feed = $2 AND state <> 'ended' ORDER BY id`, [kind, feed]);
}

/** Ended ones too. */
export async function countRegistered(query: Query, feed: string, since: Date): Promise<number> {
  const [row] = await query<{ count: number }>('SELECT count(*)::int AS count FROM subscription WHERE feed = $1 AND created_at > $2', [feed, since]);
  return row?.count ?? 0;
}

export function listChanges(query: Query, id: string): Promise<SubscriptionChange[]> {
  return query<SubscriptionChange>('SELECT state, kinds, reason, changed_at AS "changedAt" FROM subscription_change WHERE subscription_id = $1 ORDER BY id', [id]);
}

export async function countOutstanding(query: Query, { kind, id }: Pick<SubscriptionRow, 'kind' | 'id'>): Promise<Outstanding> {
  const [row] = await query<Outstanding>(
    `SELECT count(*) FILTER (WHERE state = 'waiting')::int AS waiting, count(*) FILTER (WHERE state = 'dead')::int AS dead FROM delivery WHERE lane = $1 AND subscription = $2 AND state IN ('waiting', 'dead')`,
    [laneOfSubscription(kind, id), id],
  );
  return row ?? { waiting: 0, dead: 0 };
}

export async function insertConfirmation(query: Query, digest: string, subscriptionId: string, expiresAt: Date): Promise<void> {
  await query('INSERT INTO mail_confirmation (digest, subscription_id, expires_at) VALUES ($1, $2, $3)', [digest, subscriptionId, expiresAt]);
}

/** How many links to this address, of whoever's subscriptions, hold at an instant. */
export async function confirmationsHolding(query: Query, address: string, at: Date): Promise<number> {
  const [row] = await query<{ count: number }>('SELECT count(*)::int AS count FROM mail_confirmation c JOIN subscription s ON s.id = c.subscription_id WHERE lower(s.target) = lower($1) AND c.expires_at > $2', [address, at]);
  return row?.count ?? 0;
}

/** The subscription that a link's token confirms, while the link holds. */
export async function subscriptionToConfirm(query: Query, digest: string, at: Date): Promise<string | undefined> {
  const [row] = await query<{ id: string }>('SELECT subscription_id AS id FROM mail_confirmation WHERE digest = $1 AND expires_at > $2', [digest, at]);
  return row?.id;
}

export async function subscriptionToEnd(query: Query, token: string): Promise<string | undefined> {
  const [row] = await query<{ id: string }>('SELECT id FROM subscription WHERE end_token = $1', [token]);
  return row?.id;
}
