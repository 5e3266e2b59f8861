// The run's development PKI, and signing identities made from its credentials.
import { readIdentity } from '../../src/signature/identity.ts';
import type { SigningIdentity } from '../../src/signature/sign.ts';
import { issueCertificate } from '../../src/development/certificates.ts';
import type { CertificateRequest, Credential } from '../../src/development/certificates.ts';
import { ensureDevelopmentPki } from '../../src/development/pki-folder.ts';
import { daysAfter } from '../../src/development/pki.ts';
import type { DevelopmentPki } from '../../src/development/pki.ts';
import { parseTrustMaterial } from '../../src/trust/material.ts';
import type { TrustMaterial } from '../../src/trust/material.ts';

export function pkiFolder(): string {
  const folder = process.env['TEST_PKI_FOLDER'];
  if (folder === undefined) throw new Error('the global set-up has not run');
  return folder;
}

export function loadPki(): Promise<DevelopmentPki> {
  return ensureDevelopmentPki(pkiFolder(), new Date());
}

export function identityOf({ certificatePem, privateKeyPem }: Credential): SigningIdentity {
  return readIdentity(certificatePem, privateKeyPem);
}

/** A certificate like an employer's, with what the test changes. */
export function employerLike(pki: DevelopmentPki, changes: Partial<CertificateRequest> = {}): Credential {
  const now = new Date();
  return issueCertificate({
    subject: { C: 'VN', L: 'Hà Nội', CN: 'CÔNG TY TNHH MỘT HAI BA (THỬ NGHIỆM)' },
    uids: ['MST:0101300842'],
    keyUsage: ['digitalSignature', 'nonRepudiation'],
    issuer: pki.subordinate,
    notBefore: daysAfter(now, -30),
    notAfter: daysAfter(now, 300),
    ...changes,
  });
}

export function materialOf(pki: DevelopmentPki, changes: { readonly rootCrlPem?: string; readonly subordinateCrlPem?: string } = {}): TrustMaterial {
  const pems = [pki.root.certificatePem, pki.subordinate.certificatePem, changes.rootCrlPem ?? pki.rootCrlPem, changes.subordinateCrlPem ?? pki.subordinateCrlPem];
  return parseTrustMaterial(pems.map((pem, index) => ({ name: `${index}.pem`, bytes: Buffer.from(pem) })));
}
