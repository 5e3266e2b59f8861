// What a transport is: something that hands deliveries of one lane over and says of each what became of it. One file for each transport.
import type { ClaimedDelivery } from '../store/deliveries.ts';

export interface HandOver extends ClaimedDelivery {
  readonly body: Buffer;
  readonly receipt: Buffer;
}

/**
 * Resolves when the receiver has stored it, now or before.
 * @throws Rejected when the receiver answered that it will not have this one; anything else is the receiver being away.
 */
export type Transport = (delivery: HandOver) => Promise<void>;

/** The receiver is there and works, but not for this delivery. */
export class Rejected extends Error {
  override readonly name = 'Rejected';
}
