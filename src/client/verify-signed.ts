// Who signed a dossier or a form, and whether the certificate is to be trusted at an instant, judged as the gateway judges it (policy `field`,
// revocation values that came along included). Our own engine and the trust material only: the second engine cannot take signatures that stand
// deeper than the root's children. Says nothing about what the document declares, nor about the forms inside a dossier.
import { severityOf } from '../errors/findings.ts';
import { Refusal } from '../errors/outcomes.ts';
import { fieldPolicy } from '../signature/policy.ts';
import { judgeCounterSignature, judgeSignature } from '../standard/judge-signature.ts';
import { documentKind, signaturePlaceOf } from '../standard/kind.ts';
import type { DocumentKind } from '../standard/kind.ts';
import type { SignatureReport } from '../standard/signature-report.ts';
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
  /** Of the unit's signature, and of an I-VAN's beside it. */
  readonly signatures: readonly SignatureReport[];
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
  const context = { standard: { signaturePolicy: fieldPolicy }, trust: material, receivedAt: at };
  const own = judgeSignature(document, place, kind === 'declaration' ? 'declaration' : 'dossier', context);
  const counter = judgeCounterSignature(document, place, context);
  const findings = [...own.findings, ...counter.findings];
  if (own.signer === undefined || findings.some(({ code }) => severityOf(code) === 'refuse')) throw new Refusal(findings);
  const signatures = [own.report, counter.report].filter((report) => report !== undefined);
  return { kind, digest: digestOf(bytes), signer: factsOf(own.signer), trustedAt: at, warnings: findings, signatures };
}
