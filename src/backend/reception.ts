// What must be true of a dossier before the backend takes it: the octets are those of the digest, and a receipt signed by a gateway that
// this backend knows says that it accepted exactly them. Pure: bytes, digest, trust and time in; the case to store out. Every failed check
// is a `Rejection`; an unknown revocation state is `Unavailable` ("not now"), never a pass.
import { createHash } from 'node:crypto';

import { Refusal } from '../errors/outcomes.ts';
import { verifySignature } from '../signature/verify.ts';
import type { SignedContent } from '../signature/verify.ts';
import { parseCertificate } from '../trust/certificate.ts';
import type { TrustMaterial } from '../trust/material.ts';
import { trustSigner } from '../trust/path.ts';
import { elementAt } from '../xml/document.ts';
import { parse } from '../xml/parse.ts';
import { textOf } from '../xml/text.ts';
import { reject } from './rejection.ts';
import type { RejectionCode } from './rejection.ts';

/** Which gateways this backend takes dossiers from. */
export interface GatewayTrust {
  readonly trust: TrustMaterial;
  /** SHA-256 fingerprints of their signing certificates, lower-case hex. */
  readonly gatewayCertificates: ReadonlySet<string>;
}

export interface Delivery {
  readonly receipt: Buffer;
  readonly dossier: Buffer;
}

/** A dossier that passed every check, as it is stored. */
export interface ReceivedDossier extends Delivery {
  readonly digest: string;
  readonly dossierNumber: string;
  readonly transactionCode: string;
}

const ACCEPTED = 'TIEP_NHAN';

export function receive(digest: string, { receipt, dossier }: Delivery, gateways: GatewayTrust, at: Date): ReceivedDossier {
  if (createHash('sha256').update(dossier).digest('hex') !== digest) reject('dossier-digest-mismatch');
  const signed = verifyReceipt(receipt);
  checkSigner(signed, gateways, at);
  if (fieldAt(signed, 'BIENNHAN/LOAI') !== ACCEPTED) reject('receipt-kind');
  if (fieldAt(signed, 'BIENNHAN/SHA256') !== digest) reject('receipt-digest-mismatch');
  return {
    digest,
    receipt,
    dossier,
    dossierNumber: fieldAt(signed, 'XACNHAN_GDICH/TTGDICH/SO_HSO'),
    transactionCode: fieldAt(signed, 'XACNHAN_GDICH/TTGDICH/MA_GDICH'),
  };
}

function verifyReceipt(receipt: Buffer): SignedContent {
  return orReject('receipt-signature-invalid', () => verifySignature(parse(receipt), { path: ['BHXH'] }));
}

/** A trusted certificate is not enough: the same authorities issue those of every employer. */
function checkSigner({ certificate }: SignedContent, { trust, gatewayCertificates }: GatewayTrust, at: Date): void {
  orReject('receipt-signer-untrusted', () => {
    const signer = trustSigner(parseCertificate(certificate), trust, at, 'signature');
    if (!gatewayCertificates.has(signer.certificate.fingerprint)) reject('receipt-signer-unknown', signer.certificate.fingerprint);
  });
}

function orReject<Value>(code: RejectionCode, check: () => Value): Value {
  try {
    return check();
  } catch (error) {
    if (error instanceof Refusal) return reject(code, error.message);
    throw error;
  }
}

function fieldAt({ document, root }: SignedContent, path: string): string {
  const element = elementAt(root, path.split('/'));
  return element === undefined ? '' : textOf(document, element).trim();
}
