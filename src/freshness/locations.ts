// Where a certificate says that revocation data about it is to be had: HTTP and HTTPS addresses only. What they are worth depends on who signed
// the certificate, which whoever uses them must have checked.
import { AsnConvert } from '@peculiar/asn1-schema';
import { AuthorityInfoAccessSyntax, Certificate as AsnCertificate, CRLDistributionPoints, id_ad_ocsp, id_ce_cRLDistributionPoints, id_pe_authorityInfoAccess } from '@peculiar/asn1-x509';

import type { Certificate } from '../trust/certificate.ts';

export function listLocationsOf(certificate: Certificate): readonly string[] {
  const value = extensionOf(certificate, id_ce_cRLDistributionPoints);
  if (value === undefined) return [];
  return AsnConvert.parse(value, CRLDistributionPoints).flatMap(({ distributionPoint }) => (distributionPoint?.fullName ?? []).map((name) => name.uniformResourceIdentifier ?? '')).filter(isHttp);
}

export function respondersOf(certificate: Certificate): readonly string[] {
  const value = extensionOf(certificate, id_pe_authorityInfoAccess);
  if (value === undefined) return [];
  return AsnConvert.parse(value, AuthorityInfoAccessSyntax).filter(({ accessMethod }) => accessMethod === id_ad_ocsp).map(({ accessLocation }) => accessLocation.uniformResourceIdentifier ?? '').filter(isHttp);
}

function extensionOf({ der }: Certificate, oid: string): ArrayBuffer | undefined {
  return AsnConvert.parse(der, AsnCertificate).tbsCertificate.extensions?.find(({ extnID }) => extnID === oid)?.extnValue.buffer;
}

function isHttp(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}
