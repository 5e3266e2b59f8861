// A unit that asks for its feed shows a certificate it registered: TLS has proved the key, the register says whose it is, and here it is said whether
// the certificate is believed at that instant – not expired, not revoked, and from an authority that is trusted.
import type { Rulebook } from '../standard/validate.ts';
import { parseCertificate } from '../trust/certificate.ts';
import { trustSigner } from '../trust/path.ts';

/** Throws `Refusal`, or `Unavailable` when the revocation state is not known. */
export function checkUnitCertificate(certificate: Buffer, { trust, answersFor }: Pick<Rulebook, 'trust' | 'answersFor'>, at: Date): void {
  const leaf = parseCertificate(certificate);
  const issuers = trust.intermediates.filter(({ subject }) => subject === leaf.issuer);
  trustSigner(leaf, trust, at, 'signature', { candidates: [], lists: [], responses: answersFor?.([leaf, ...issuers]) ?? [] });
}
