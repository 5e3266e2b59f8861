// The seam to OCSP (RFC 6960): what a question looks like, and whether an answer to it may be kept. Decided by `trust/`; here is only what the
// worker needs of it.
import type { Certificate } from '../trust/certificate.ts';

export interface OcspResponse {
  readonly der: Buffer;
  /** SHA-256 of `der`, lower-case hex. */
  readonly fingerprint: string;
}

/** An answer that was checked when it came; `trust/` checks it again whenever it is used. */
export interface OcspAnswer {
  readonly response: OcspResponse;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | undefined;
}

export interface OcspTalk {
  ask(certificate: Certificate, issuer: Certificate, nonce: Buffer): Buffer;
  /** @throws Error when the answer is not one about this certificate, signed by whom it must be, and in force. */
  read(der: Buffer, about: { readonly certificate: Certificate; readonly issuer: Certificate; readonly nonce: Buffer; readonly at: Date }): OcspAnswer;
}
