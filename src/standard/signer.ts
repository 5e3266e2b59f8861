// Signed content → trusted signer, with the finding at the signature when the certificate is not to be trusted.
import { finding } from '../errors/outcomes.ts';
import type { Finding, Place } from '../errors/outcomes.ts';
import type { SignedContent } from '../signature/verify.ts';
import { parseCertificate } from '../trust/certificate.ts';
import type { TrustMaterial } from '../trust/material.ts';
import { trustSigner } from '../trust/path.ts';
import type { Signer } from '../trust/path.ts';
import { at } from './attempt.ts';
import type { Field } from './envelope.ts';
import { maySignFor } from './tax-code.ts';

/** Throws `Refusal` (certificate codes) or `Unavailable` (revocation unknown). */
export function trustContent(signed: SignedContent, material: TrustMaterial, receivedAt: Date): Signer {
  return at(() => signed.place, () => trustSigner(parseCertificate(signed.certificate), material, receivedAt, 'signature'));
}

/** Is the certificate the unit's own? */
export function taxCodeFindings(signer: Signer | undefined, taxCode: Field | undefined, placeOfSignature: () => Place): Finding[] {
  if (signer === undefined || taxCode === undefined) return [];
  if (signer.taxCodes.some((code) => maySignFor(code, taxCode.text))) return [];
  const place = placeOfSignature();
  if (signer.taxCodes.length === 0) return [finding('TAX_CODE_MISSING', { place })];
  return [finding('TAX_CODE_MISMATCH', { place, value: taxCode.text, params: { certificate: signer.taxCodes.join(', '), declared: taxCode.text } })];
}
