// The PKI behind the vectors, made in memory and forgotten: authorities, revocation lists and signers around one fixed instant. Only public
// certificates and lists are ever written.
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { createAuthority, generateEllipticKey, generateKeys, issueCertificate } from '../../src/development/certificates.ts';
import type { CertificateRequest, Credential } from '../../src/development/certificates.ts';
import { issueCrl } from '../../src/development/revocation-lists.ts';
import { parseTrustMaterial, serializeTrustMaterial } from '../../src/trust/material.ts';
import type { TestIdentity } from '../support/signer.ts';

/** When every vector is received. */
export const instant = '2026-11-20T09:00:00+07:00';

export interface Signers {
  readonly employer: TestIdentity;
  readonly otherUnit: TestIdentity;
  /** Branch 001 of the employer. */
  readonly branch: TestIdentity;
  readonly twoUids: TestIdentity;
  readonly elliptic: TestIdentity;
  readonly noTaxCode: TestIdentity;
  readonly expired: TestIdentity;
  readonly notYetValid: TestIdentity;
  readonly revoked: TestIdentity;
  readonly shortKey: TestIdentity;
  /** Issued by the employer's own certificate. */
  readonly issuedByLeaf: TestIdentity;
  /** Issued by an authority nobody here knows. */
  readonly unknownAuthority: TestIdentity;
  readonly selfSigned: TestIdentity;
  /** The subordinate authority itself. */
  readonly authority: TestIdentity;
  readonly signatureSha1: TestIdentity;
  readonly forServers: TestIdentity;
}

export interface Material {
  readonly signers: Signers;
  /** Certificates and revocation lists, PEM. */
  readonly trustPem: Buffer;
}

const begun = new Date('2026-01-05T00:00:00+07:00');
const ends = new Date('2027-12-31T00:00:00+07:00');
const unit = 'CÔNG TY TNHH MỘT HAI BA (THỬ NGHIỆM)';
const names = { C: 'VN', O: 'Vectors' };

export async function makeMaterial(): Promise<Material> {
  const [rootKey, subordinateKey, employerKey, attackerKey] = await generateKeys(4);
  const lifetime = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2045-01-01T00:00:00Z') };
  const root = createAuthority({ subject: { ...names, CN: 'Root CA (Vectors)' }, ...lifetime, key: rootKey ?? '', serial: '5401' });
  const subordinate = createAuthority({ subject: { ...names, CN: 'Subordinate CA (Vectors)' }, issuer: root, pathLength: 0, ...lifetime, key: subordinateKey ?? '', serial: '5402' });
  const stranger = createAuthority({ subject: { ...names, CN: 'Unknown CA (Vectors)' }, ...lifetime, key: attackerKey ?? '', serial: '5403' });

  let serial = 0x54010000;
  const leaf = (changes: Partial<CertificateRequest> = {}): Credential => {
    serial += 1;
    return issueCertificate({
      subject: { C: 'VN', L: 'Hà Nội', CN: unit },
      uids: ['MST:0101300842'],
      keyUsage: ['digitalSignature', 'nonRepudiation'],
      issuer: subordinate,
      key: employerKey ?? '',
      notBefore: begun,
      notAfter: ends,
      serial: serial.toString(16),
      ...changes,
    });
  };
  const employer = leaf();
  const revoked = leaf();
  const signers: Record<keyof Signers, Credential> = {
    employer,
    otherUnit: leaf({ uids: ['MST:0109999999'] }),
    branch: leaf({ uids: ['MST:0101300842-001'] }),
    twoUids: leaf({ uids: ['CMND:001190000001', 'MST:0101300842'] }),
    elliptic: leaf({ key: generateEllipticKey() }),
    noTaxCode: leaf({ uids: ['CMND:001190000001'] }),
    expired: leaf({ notAfter: new Date('2026-11-20T08:59:59+07:00') }),
    notYetValid: leaf({ notBefore: new Date('2026-11-20T09:00:01+07:00') }),
    revoked,
    shortKey: leaf({ key: rsa1024() }),
    issuedByLeaf: leaf({ issuer: employer, key: attackerKey ?? '' }),
    unknownAuthority: leaf({ issuer: stranger, key: attackerKey ?? '' }),
    selfSigned: issueCertificate(requestOfAttacker(attackerKey ?? '')),
    authority: subordinate,
    signatureSha1: leaf({ hash: 'sha1' }),
    forServers: leaf({ keyUsage: ['keyEncipherment'], extendedKeyUsage: ['serverAuth'] }),
  };
  const validity = { thisUpdate: new Date('2026-11-19T00:00:00+07:00'), nextUpdate: new Date('2026-12-19T00:00:00+07:00') };
  const lists = [
    issueCrl({ issuer: root, ...validity }),
    issueCrl({ issuer: subordinate, ...validity, revoked: [{ serial: new X509Certificate(revoked.certificatePem).serialNumber, revokedAt: new Date('2026-11-20T08:59:59+07:00') }] }),
  ];
  const pems = [root.certificatePem, subordinate.certificatePem, ...lists];
  const trust = parseTrustMaterial(pems.map((pem, index) => ({ name: `${index}.pem`, bytes: Buffer.from(pem) })));
  const identities = Object.fromEntries(Object.entries(signers).map(([name, credential]) => [name, identityOf(credential)]));
  return { signers: identities as Record<keyof Signers, TestIdentity>, trustPem: serializeTrustMaterial(trust) };
}

/** The very subject of the employer, signed by nobody but himself. */
function requestOfAttacker(key: string): CertificateRequest {
  return { subject: { C: 'VN', L: 'Hà Nội', CN: unit }, uids: ['MST:0101300842'], keyUsage: ['digitalSignature'], key, notBefore: begun, notAfter: ends, serial: '5499' };
}

function rsa1024(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  return pemOf(privateKey);
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function identityOf({ certificatePem, privateKeyPem }: Credential): TestIdentity {
  return { key: createPrivateKey(privateKeyPem), certificate: new X509Certificate(certificatePem).raw };
}
