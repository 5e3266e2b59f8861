// Who signed a dossier or a form, and whether the certificate is to be trusted at an instant. Our own engine and the trust material only: the second
// engine cannot take signatures that stand deeper than the root's children. Says nothing about what the document declares.
import { verifySignature } from '../signature/verify.ts';
import { documentKind, signaturePlaceOf } from '../standard/kind.ts';
import type { DocumentKind } from '../standard/kind.ts';
import { trustContent } from '../standard/signer.ts';
import type { TrustMaterial } from '../trust/material.ts';
import type { Finding } from '../errors/outcomes.ts';
import { parse } from '../xml/parse.ts';
import { ClientError } from './errors.ts';
import { digestOf, factsOf } from './verify-message.ts';
import type { SignerFacts } from './verify-message.ts';

export interface SignedDocument {
  readonly kind: DocumentKind;
  /** SHA-256 of the bytes. */
  readonly digest: string;
  readonly signer: SignerFacts;
  readonly trustedAt: Date;
  readonly warnings: readonly Finding[];
}

/** What the bytes are; throws `Refusal` or `ClientError` (FORM_UNKNOWN). */
export function documentKindOf(bytes: Buffer): DocumentKind {
  const document = parse(bytes);
  const name = document.root.local;
  const kind = documentKind(document);
  if (kind === undefined) throw new ClientError('FORM_UNKNOWN', `/${name}`, name);
  return kind;
}

/** Throws `Refusal`, `Unavailable` (revocation unknown) or `ClientError` (FORM_UNKNOWN). */
export function verifySigned(bytes: Buffer, material: TrustMaterial, at: Date): SignedDocument {
  const kind = documentKindOf(bytes);
  const document = parse(bytes);
  const place = signaturePlaceOf(document);
  if (place === undefined) throw new Error('a kind of document without a place for its signature');
  const signed = verifySignature(document, place);
  const signer = factsOf(trustContent(signed, material, at));
  return { kind, digest: digestOf(bytes), signer, trustedAt: at, warnings: signed.warnings };
}
