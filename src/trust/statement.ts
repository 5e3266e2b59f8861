// What a source of revocation data states about one certificate, and whom it may have been signed by if not by the issuer's key itself: a
// certificate that the path's own authorities issued, that satisfies every constraint for the role, and that is not revoked. Shared by lists
// and OCSP answers; how their statements are weighed is in `revocation.ts`.
import type { Certificate } from './certificate.ts';
import { findingsOfPath } from './constraints.ts';
import type { RevocationList } from './crl.ts';
import type { OcspResponse } from './ocsp.ts';
import type { Role } from './purposes.ts';
import { isSignedBy } from './signed.ts';

/** Is this certificate revoked at this instant, by what is at hand? */
export interface Question {
  readonly certificate: Certificate;
  /** From the certificate's issuer to the anchor; every one of them satisfies the path's constraints. */
  readonly issuers: readonly [issuer: Certificate, ...others: Certificate[]];
  readonly lists: readonly RevocationList[];
  readonly responses: readonly OcspResponse[];
  /** Certificates that may turn out to be delegates; not believed for being here. */
  readonly delegates: readonly Certificate[];
  readonly at: Date;
}

export interface Statement {
  readonly kind: 'crl' | 'ocsp';
  readonly revokedAt: Date | undefined;
  /** CRLReason (RFC 5280 §5.3.1). */
  readonly reason: number | undefined;
  readonly thisUpdate: Date;
  /** From when on it is stale. */
  readonly until: Date;
  /** cRLNumber of a list. */
  readonly number: string | undefined;
  /** Whose key signed it. */
  readonly signer: Certificate;
  /** SHA-256 of the list or answer. */
  readonly digest: string;
}

export function isFresh({ until }: Statement, at: Date): boolean {
  return until > at;
}

/** Revoked at the instant; a hold counts, for whoever is suspended at reception cannot sign then. */
export function isRevoked({ revokedAt }: Statement, at: Date): boolean {
  return revokedAt !== undefined && revokedAt <= at;
}

/** Names that a delegate may have been certified under: the issuer's certificate or one above it, whose keys the path has proved. */
export function authoritiesOf(delegate: Certificate, issuers: readonly Certificate[]): readonly Certificate[] | undefined {
  const index = issuers.findIndex((issuer) => issuer.subjectDer.equals(delegate.issuerDer) && isSignedBy(delegate, issuer));
  return index < 0 ? undefined : issuers.slice(index);
}

/** Whoever signed later than the instant must have been valid then. */
export function isSoundDelegate(delegate: Certificate, issuers: readonly Certificate[], role: Role, at: Date, signedAt: Date): boolean {
  return findingsOfPath([delegate, ...issuers], signedAt > at ? signedAt : at, role).length === 0;
}
