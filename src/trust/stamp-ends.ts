// What a time stamp proves by itself, and until when: certificates and algorithms end (RFC 4998 §5), and another stamp has to cover it before. Pure: nothing
// but the arguments counts.
import { createHash } from 'node:crypto';
import { finding, Refusal } from '../errors/outcomes.ts';
import { earliestEnd, strengthsOf, type Strength } from './algorithm-ends.ts';
import { readSignedMessage } from './cms.ts';
import type { TrustMaterial } from './material.ts';
import { verifyTimeStamp, type TimeStamp, type TimeStampClaim } from './timestamp.ts';
import { readTokenInfo } from './token-info.ts';

export interface StampWithEnd {
  readonly stamp: TimeStamp;
  /** Until then it proves by itself: certificates of the authority's path, its keys and its hashes. */
  readonly endsAt: Date;
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
