// The transport of notices by mail. A server that will not have this message (of this recipient, or with this text) makes a dead letter of it in a
// day and delays nobody else's; whatever else goes wrong, the message waits and is tried for three days. Nothing else of the gateway depends on it.
import { loadHandOvers } from '../store/hand-overs.ts';
import type { EventHandOver } from '../store/hand-overs.ts';
import { eventMessage } from '../mail/compose.ts';
import type { Letterhead } from '../mail/compose.ts';
import { Deferred, Refused } from '../mail/smtp.ts';
import type { Mailer } from '../mail/smtp.ts';
import { NotToBeTold, preparing, Rejected } from './hand-over.ts';
import type { LaneTransport, Policy } from './hand-over.ts';

export const mailPolicy: Policy = {
  firstRetryMs: 30_000,
  slowestRetryMs: 60 * 60_000,
  firstRetryOfRejectedMs: 30_000,
  slowestRetryOfRejectedMs: 60 * 60_000,
  mostRejections: 40, // within about a day: a mailbox may be full
  mostAgeMs: 3 * 24 * 60 * 60_000,
};

export function mailTransport(mailer: Mailer, head: Letterhead, leaseMs: number, now: () => Date): LaneTransport {
  return { kind: 'mail', leaseMs, policy: mailPolicy, prepare: preparing((query, claimed) => loadHandOvers(query, claimed, now()), (event) => send(mailer, head, event)) };
}

async function send(mailer: Mailer, head: Letterhead, event: EventHandOver): Promise<void> {
  const { subscription, target, endToken, state } = event;
  if (state !== 'active') throw new NotToBeTold(state);
  try {
    await mailer.send(eventMessage({ ...event, subscriptionId: subscription, address: target, endToken: endToken ?? '' }, head));
  } catch (error) {
    throw error instanceof Refused || error instanceof Deferred ? new Rejected(error.message, { cause: error }) : error;
  }
}
