// Signed message → what it says, never one without the other. Two independent engines must agree on the signature; the certificate must lead to an
// anchor and be unrevoked at the instant asked for; a result's own agency answer is verified the same way and must be about the same
// dossier. Pure and offline. Any certificate under a trusted root can sign such a document, so the gateway's own has to be named; a caller that knows from
// elsewhere whose message it is, has to say so.
import { createHash } from 'node:crypto';

import { verifySignature } from '../signature/verify.ts';
import type { SignedContent } from '../signature/verify.ts';
import { messagePlace } from '../standard/kind.ts';
import { trustContent } from '../standard/signer.ts';
import { readAgencyFacts, readMessageFacts } from '../receipts/read.ts';
import type { AgencyFacts, MessageFacts } from '../receipts/read.ts';
import type { TrustMaterial } from '../trust/material.ts';
import type { Signer } from '../trust/path.ts';
import { canonicalDocument, inclusiveForm } from '../xml/canonical.ts';
import { parse } from '../xml/parse.ts';
import { ClientError } from './errors.ts';
import { confirmSignature } from './second-engine.ts';

declare const verifiedBrand: unique symbol;

export interface SignerFacts {
  readonly name: string;
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  readonly taxCodes: readonly string[];
  /** SHA-256 of the certificate, hex. */
  readonly fingerprint: string;
}

interface VerifiedFields extends MessageFacts {
  readonly signer: SignerFacts;
  /** The instant that the certificates were judged at. */
  readonly trustedAt: Date;
  /** Result: what the agency itself said and who signed it. */
  readonly agencyAnswer: (AgencyFacts & { readonly signer: SignerFacts }) | undefined;
}

/** Only `verifyMessage` makes one. */
export type VerifiedMessage = VerifiedFields & { readonly [verifiedBrand]: true };

/** A message whose signature holds, by whomever: for display until `verifyMessage` has been asked. */
export interface SealedMessage extends MessageFacts {
  /** Fingerprint of the certificate that signed, trusted or not. */
  readonly fingerprint: string;
}

export interface VerificationOptions {
  /** Absent: the instant that the message itself names. */
  readonly at?: Date;
  /** SHA-256 of the only certificate that may have signed, hex, with or without colons. */
  readonly fingerprint?: string;
  /** Whoever signed, so that their certificate is trusted: for a message that came straight from the gateway, or where the caller compares `signer` itself. */
  readonly anySigner?: true;
}

/** Throws `Refusal` (signature, certificate, content), `Unavailable` (revocation unknown) or `ClientError`. */
export async function verifyMessage(bytes: Buffer, material: TrustMaterial, options: VerificationOptions = {}): Promise<VerifiedMessage> {
  const signed = await openSealed(bytes, '/');
  const facts = await readMessageFacts(canonicalOctets(signed));
  const trustedAt = options.at ?? facts.at;
  const signer = factsOf(trustContent(signed, material, trustedAt));
  checkSigner(signer, options);
  const agencyAnswer = facts.agency && (await verifyAgencyAnswer(facts, facts.agency, material, trustedAt));
  const verified: VerifiedFields = { ...facts, signer, trustedAt, agencyAnswer };
  return verified as VerifiedMessage;
}

/** `verifyMessage`, and that the message is about exactly these bytes. */
export async function verifyReceiptFor(receipt: Buffer, dossier: Buffer, material: TrustMaterial, options: VerificationOptions = {}): Promise<VerifiedMessage> {
  const verified = await verifyMessage(receipt, material, options);
  checkDigest(verified, digestOf(dossier));
  return verified;
}

/** What a message says when its signature holds; whether to believe the signer is not decided. */
export async function readSealed(bytes: Buffer, place: string): Promise<SealedMessage> {
  const signed = await openSealed(bytes, place);
  const facts = await readMessageFacts(canonicalOctets(signed));
  return { ...facts, fingerprint: digestOf(signed.certificate) };
}

/** Throws unless the message is about this digest. */
export function checkDigest(message: Pick<MessageFacts, 'digest'>, digest: string): void {
  if (message.digest !== digest) throw new ClientError('OTHER_DOSSIER', '/', `${message.digest.slice(0, 12)} ≠ ${digest.slice(0, 12)}`);
}

/** SHA-256, hex: the name a dossier goes by, known before it is sent. */
export function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function factsOf({ certificate, commonName, subject, taxCodes }: Signer): SignerFacts {
  const { issuer, serialNumber, fingerprint } = certificate;
  return { name: commonName, subject, issuer, serialNumber, taxCodes, fingerprint };
}

async function openSealed(bytes: Buffer, place: string): Promise<SignedContent> {
  const signed = verifySignature(parse(bytes), messagePlace);
  await confirmSignature(bytes, signed.certificate, place);
  return signed;
}

function canonicalOctets({ document, root }: SignedContent): Buffer {
  return canonicalDocument(document, root, inclusiveForm);
}

async function verifyAgencyAnswer(result: MessageFacts, { answer, digest }: NonNullable<MessageFacts['agency']>, material: TrustMaterial, at: Date): Promise<VerifiedFields['agencyAnswer']> {
  const place = 'agency answer';
  if (digestOf(answer) !== digest) throw new ClientError('ANSWER_DIFFERS', place, 'SHA-256');
  const signed = await openSealed(answer, place);
  const facts = await readAgencyFacts(canonicalOctets(signed));
  const same = facts.digest === result.digest && facts.dossierNumber === result.dossierNumber && facts.code === result.result.code && facts.text.trim() === result.result.text.trim();
  if (!same) throw new ClientError('ANSWER_DIFFERS', place, `${facts.dossierNumber} ${facts.digest.slice(0, 12)}`);
  return { ...facts, signer: factsOf(trustContent(signed, material, at)) };
}

/** @throws ClientError SIGNER_UNEXPECTED, or SIGNER_UNSHOWN where nobody says whose the message has to be. */
export function checkSigner(signer: SignerFacts, { fingerprint, anySigner }: VerificationOptions): void {
  if (fingerprint === undefined && anySigner === undefined) throw new ClientError('SIGNER_UNSHOWN', '/', `${signer.subject}, ${signer.fingerprint}`);
  checkFingerprint(signer, fingerprint);
}

export function checkFingerprint({ fingerprint, subject }: SignerFacts, expected: string | undefined): void {
  if (expected === undefined || expected.replaceAll(':', '').toLowerCase() === fingerprint) return;
  throw new ClientError('SIGNER_UNEXPECTED', '/', `${subject}, ${fingerprint}`);
}
