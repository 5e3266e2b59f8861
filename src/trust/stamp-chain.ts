// Tokens → what they prove together, years later (as the archive time stamps of RFC 4998 §5): each was covered by the next before it lost its force, so that it
// is judged at the instant of the next, and the last one at the instant asked about, each with the material given for it. Pure: nothing but the arguments
// counts.
import { createHash } from 'node:crypto';
import { finding, Refusal } from '../errors/outcomes.ts';
import { earliestEnd, strengthsOf, type Strength } from './algorithm-ends.ts';
import { readSignedMessage } from './cms.ts';
import type { TrustMaterial } from './material.ts';
import { verifyTimeStamp, type TimeStamp, type TimeStampClaim } from './timestamp.ts';
import { readTokenInfo } from './token-info.ts';

/** The octets of each after the first have the token before it among them: whoever links them has shown it (a log's checkpoint by a proof). */
export type StampLink = TimeStampClaim;

export interface StampWithEnd {
  readonly stamp: TimeStamp;
  /** Until then it proves by itself: certificates of the authority's path, its keys and its hashes. */
  readonly endsAt: Date;
}

/** How the material for the token at a place is known: one for all, or each its own (that of the day on which it was covered). */
export type MaterialFor = TrustMaterial | ((place: number) => TrustMaterial);

/**
 * In the order of the links, the oldest first; the first one's instant is when its octets were there.
 * @throws Refusal when one of them is not what it has to be, Unavailable when the material does not say.
 */
export function verifyStampChain(links: readonly StampLink[], material: MaterialFor, at: Date, strengths?: readonly Strength[]): readonly StampWithEnd[] {
  if (links.length === 0) throw new Error('no time stamp is given');
  const verified: StampWithEnd[] = [];
  let instant = at;
  for (const [back, link] of links.toReversed().entries()) {
    const one = verifyStamp(link, typeof material === 'function' ? material(links.length - 1 - back) : material, instant, strengths);
    verified.unshift(one);
    instant = one.stamp.genTime;
  }
  return verified;
}

/** As `verifyTimeStamp`, and not by an algorithm that had ended. */
export function verifyStamp(claim: TimeStampClaim, material: TrustMaterial, at: Date, strengths?: readonly Strength[]): StampWithEnd {
  const stamp = verifyTimeStamp(claim, material, at);
  if (strengthEndOf(stamp, claim.token, strengths) < at) throw new Refusal([finding('TIMESTAMP_INVALID', { params: { reason: 'TOKEN_ALGORITHM' } })]);
  return { stamp, endsAt: endOfStamp(stamp, claim.token, strengths) };
}

/** When the first of the certificates and algorithms that it hangs on comes to its end. */
export function endOfStamp(stamp: TimeStamp, token: Buffer, strengths?: readonly Strength[]): Date {
  return new Date(Math.min(strengthEndOf(stamp, token, strengths).getTime(), pathEndOf(stamp).getTime()));
}

export function pathEndOf({ tsa: { path } }: TimeStamp): Date {
  return new Date(Math.min(...path.map(({ notAfter }) => notAfter.getTime())));
}

function strengthEndOf({ tsa: { path } }: TimeStamp, token: Buffer, strengths?: readonly Strength[]): Date {
  const { content, proof } = readSignedMessage(token);
  const { imprintHash } = readTokenInfo(content);
  return earliestEnd([...path.flatMap((certificate) => strengthsOf(certificate)), proof.hash, imprintHash], strengths);
}

/** SHA-256, lower-case hex: the name of a token, or of what one covers. */
export function digestOf(octets: Buffer): string {
  return createHash('sha256').update(octets).digest('hex');
}
