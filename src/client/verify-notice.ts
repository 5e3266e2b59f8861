// A signed message that is no receipt, result or decision: a slip, a request to supplement, an apology, a statement of an outage, or what an agency said of
// its own. Who signed it, and whether that certificate was to be trusted when it says that it was signed.
import { readNoticeFacts } from '../receipts/notice-facts.ts';
import type { NoticeFacts } from '../receipts/notice-facts.ts';
import { messagePlace } from '../standard/kind.ts';
import { verifySignature } from '../signature/verify.ts';
import { trustContent } from '../standard/signer.ts';
import type { TrustMaterial } from '../trust/material.ts';
import { parse } from '../xml/parse.ts';
import { confirmSignature } from './second-engine.ts';
import { checkSigner, factsOf } from './verify-message.ts';
import type { SignerFacts, VerificationOptions } from './verify-message.ts';

export interface VerifiedNotice extends NoticeFacts {
  readonly signer: SignerFacts;
  /** The instant that the certificates were judged at: what it says itself, or else `now`. */
  readonly trustedAt: Date;
}

/** Undefined when it is for `verifyMessage`. Throws as that does. */
export async function verifyNotice(bytes: Buffer, material: TrustMaterial, now: Date, options: VerificationOptions = {}): Promise<VerifiedNotice | undefined> {
  const signed = verifySignature(parse(bytes), messagePlace);
  const facts = readNoticeFacts(signed);
  if (facts === undefined) return undefined;
  await confirmSignature(bytes, signed.certificate, '/');
  const trustedAt = options.at ?? facts.at ?? now;
  const signer = factsOf(trustContent(signed, material, trustedAt));
  checkSigner(signer, options);
  return { ...facts, signer, trustedAt };
}
