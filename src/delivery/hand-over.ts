// What a transport is: it loads what belongs to claimed deliveries, of many in one statement, and hands each over. One file for each; what is
// told of failures, how often and how long it is tried again are data beside it.
import type { Query } from '../store/database.ts';
import type { Claimed, DeliveryKind, HandOver } from '../store/deliveries.ts';

/**
 * Resolves when the receiver has stored it, now or before.
 * @throws Rejected when the receiver answered that it will not have this one, NotToBeTold when it was not asked; anything else is the receiver being away.
 */
export type Transport<Load> = (load: Load) => Promise<void>;

/** By the id of the claim. What is missing cannot be handed over, and is rejected. */
export type Loader<Load> = (query: Query, claimed: readonly Claimed[]) => Promise<ReadonlyMap<string, Load>>;

/** Loads, and gives for each claim, by its id, how it is handed over. Claims on lanes that share this function are loaded together. */
export type Prepare = (query: Query, claimed: readonly Claimed[]) => Promise<ReadonlyMap<string, () => Promise<void>>>;

export interface LaneTransport {
  readonly kind: DeliveryKind;
  readonly prepare: Prepare;
  /** Longer than handing over can take: what is claimed longer than that belongs to a worker that is gone. */
  readonly leaseMs: number;
  readonly policy: Policy;
}

export interface Policy {
  readonly firstRetryMs: number;
  readonly slowestRetryMs: number;
  readonly firstRetryOfRejectedMs: number;
  readonly slowestRetryOfRejectedMs: number;
  /** So many, and it is a dead letter. */
  readonly mostRejections: number;
  /** What is older when it fails is a dead letter, together with whatever else on the lane is older; Infinity for what is never given up. */
  readonly mostAgeMs: number;
}

export function preparing<Load>(load: Loader<Load>, handOver: Transport<Load>): Prepare {
  return async (query, claimed) => new Map([...(await load(query, claimed))].map(([id, loaded]) => [id, () => handOver(loaded)]));
}

/** What an agency is handed, by whatever way: JSON with receipt and dossier in base64, and the digest of the dossier that it supplements. */
export function payloadOf({ receipt, body, supplements }: Pick<HandOver, 'receipt' | 'body' | 'supplements'>): Buffer {
  return Buffer.from(JSON.stringify({ receipt: receipt.toString('base64'), dossier: body.toString('base64'), ...(supplements === null ? {} : { supplements }) }));
}

/** The receiver is there and works, but not for this delivery. */
export class Rejected extends Error {
  override readonly name = 'Rejected';
}

/** Its subscription is not one to be told now: neither the receiver's fault nor the delivery's, and no try. */
export class NotToBeTold extends Error {
  override readonly name = 'NotToBeTold';
}

/** A dossier is never given up because its agency is away, however long: that is the agency's outage. How long it is left alone is the breaker's business. */
export const dossierPolicy: Policy = {
  firstRetryMs: 500,
  slowestRetryMs: 60_000,
  firstRetryOfRejectedMs: 30_000,
  slowestRetryOfRejectedMs: 60 * 60_000,
  mostRejections: 5,
  mostAgeMs: Infinity,
};
