// Whose feed? The client certificate decides: an I-VAN's, registered with an active contract, or a unit's, registered for the unit (form 04). Nobody
// without one has a feed, and nobody has a foreign one. Asked again whenever something is about to be handed out.
import type { Request } from 'express';

import { Problem, Refusal } from '../errors/outcomes.ts';
import { senderContract } from '../registers/sender-contract.ts';
import { findContract } from '../store/contracts.ts';
import type { Query } from '../store/database.ts';
import { ivanFeed, unitFeed } from '../store/feeds.ts';
import { unitsOfCertificate } from '../store/unit-certificates.ts';
import { peerCertificate } from './sender.ts';
import type { PeerCertificate } from './sender.ts';

/** Is the certificate, DER, believed now? TLS here proves the key alone. Throws `Refusal`, or `Unavailable` when its revocation state is not known. */
export type CheckCertificate = (certificate: Buffer) => Promise<void>;

/**
 * The name of the caller's feed. `unit`: `<agency>/<unit code>`, for a certificate that acts for several units, or for an I-VAN and a unit.
 * @throws Problem when it has none.
 */
export async function feedOf(request: Request, unit: string | undefined, query: Query, check: CheckCertificate, at: Date): Promise<string> {
  const peer = peerCertificate(request);
  if (peer === undefined) throw new Problem('FEED_CALLER');
  return (unit === undefined ? await feedOfIvan(peer, query, at) : undefined) ?? feedOfUnit(peer, unit, query, check, at);
}

/** Undefined when the certificate connects under no contract. */
async function feedOfIvan({ fingerprint }: PeerCertificate, query: Query, at: Date): Promise<string | undefined> {
  const row = await findContract(query, fingerprint, at);
  if (row === undefined || row.validFrom === null) return undefined;
  const { state, from, until } = senderContract(row);
  if (state !== 'active' || at < from || at >= until) throw new Problem('FEED_CONTRACT', { ivan: row.ivanCode });
  return ivanFeed(row.ivanCode);
}

async function feedOfUnit({ fingerprint, certificate }: PeerCertificate, wanted: string | undefined, query: Query, check: CheckCertificate, at: Date): Promise<string> {
  const units = await unitsOfCertificate(query, fingerprint, at);
  const names = units.map(({ agency, unitCode }) => `${agency}/${unitCode}`);
  const index = wanted === undefined ? 0 : names.indexOf(wanted);
  const unit = units[index];
  if (unit === undefined) throw new Problem(units.length === 0 ? 'FEED_CALLER' : 'FEED_FOREIGN', { units: names.join(', ') });
  if (wanted === undefined && units.length > 1) throw new Problem('FEED_AMBIGUOUS', { units: names.join(', ') });
  await check(certificate).catch(untrusted);
  return unitFeed({ ...unit, taxCode: '' });
}

/** A certificate that is not believed is the caller's fault; one of which nothing is known is not. */
export function untrusted(error: unknown): never {
  throw error instanceof Refusal ? new Problem('FEED_CERTIFICATE', { reason: error.message }) : error;
}
