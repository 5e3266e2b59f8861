// Whose feed? The client certificate decides: an I-VAN's, registered with an active contract, or a unit's, registered for the unit (form 04). Nobody
// without one has a feed, and nobody has a foreign one. Asked again whenever something is about to be handed out.
import type { Request } from 'express';

import { Problem, Refusal } from '../errors/outcomes.ts';
import type { Query } from '../store/database.ts';
import { grantsOfCertificate } from '../store/feed-grants.ts';
import type { FeedGrant } from '../store/feed-grants.ts';
import { peerCertificate } from './sender.ts';

/** Is the certificate, DER, believed now? TLS here proves the key alone. Throws `Refusal`, or `Unavailable` when its revocation state is not known. */
export type CheckCertificate = (certificate: Buffer) => Promise<void>;

/**
 * The name of the caller's feed. `unit`: `<agency>/<unit code>`, for a certificate that acts for several units, or for an I-VAN and a unit.
 * @throws Problem when it has none.
 */
export async function feedOf(request: Request, unit: string | undefined, query: Query, check: CheckCertificate, at: Date): Promise<string> {
  const peer = peerCertificate(request);
  if (peer === undefined) throw new Problem('FEED_CALLER');
  const grants = await grantsOfCertificate(query, peer.fingerprint, at);
  const ofIvan = unit === undefined ? grants.find(({ ivan }) => ivan !== null) : undefined;
  if (ofIvan?.holds === false) throw new Problem('FEED_CONTRACT', { ivan: ofIvan.ivan ?? '' });
  if (ofIvan !== undefined) return ofIvan.feed;
  const feed = feedOfUnit(grants.filter((grant) => grant.unit !== null), unit);
  await check(peer.certificate).catch(untrusted);
  return feed;
}

function feedOfUnit(grants: readonly FeedGrant[], wanted: string | undefined): string {
  const grant = wanted === undefined ? grants[0] : grants.find(({ unit }) => unit === wanted);
  const units = grants.map(({ unit }) => unit).join(', ');
  if (grant === undefined) throw new Problem(grants.length === 0 ? 'FEED_CALLER' : 'FEED_FOREIGN', { units });
  if (wanted === undefined && grants.length > 1) throw new Problem('FEED_AMBIGUOUS', { units });
  return grant.feed;
}

/** A certificate that is not believed is the caller's fault; one of which nothing is known is not. */
export function untrusted(error: unknown): never {
  throw error instanceof Refusal ? new Problem('FEED_CERTIFICATE', { reason: error.message }) : error;
}
