// A new key for a sender: RSA-2048, a certificate request for a licensed authority with the tax code where Vietnam's certificates carry it (UID=MST:…),
// and a self-signed certificate to try the tools with, which no gateway trusts. Writes no files; the instant is an argument.
import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

import forge from 'node-forge';

export interface KeyOwner {
  readonly name: string;
  readonly taxCode: string;
}

/** PEM each. */
export interface KeyFiles {
  readonly key: string;
  readonly request: string;
  readonly certificate: string;
}

const UID = '0.9.2342.19200300.100.1.1';
const TRIAL_DAYS = 30;
const DAY_MS = 86_400_000;
const generate = promisify(generateKeyPair);

export async function generateKeyFiles(owner: KeyOwner, now: Date): Promise<KeyFiles> {
  const { privateKey } = await generate('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const signing = forge.pki.privateKeyFromPem(key);
  const publicKey = forge.pki.setRsaPublicKey(signing.n, signing.e);
  return {
    key,
    request: unixLines(forge.pki.certificationRequestToPem(requestFor(owner, signing, publicKey))),
    certificate: unixLines(forge.pki.certificateToPem(certificateFor(owner, signing, publicKey, now))),
  };
}

type Keys = [key: forge.pki.rsa.PrivateKey, publicKey: forge.pki.rsa.PublicKey];

function requestFor(owner: KeyOwner, ...[key, publicKey]: Keys): forge.pki.CertificateSigningRequest {
  const request = forge.pki.createCertificationRequest();
  request.publicKey = publicKey;
  request.setSubject(subjectOf(owner));
  request.sign(key, forge.md.sha256.create());
  return request;
}

function certificateFor(owner: KeyOwner, key: Keys[0], publicKey: Keys[1], now: Date): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = publicKey;
  certificate.serialNumber = `54${randomBytes(15).toString('hex')}`;
  certificate.validity.notBefore = now;
  certificate.validity.notAfter = new Date(now.getTime() + TRIAL_DAYS * DAY_MS);
  certificate.setSubject(subjectOf(owner));
  certificate.setIssuer(subjectOf(owner));
  certificate.setExtensions([{ name: 'basicConstraints', cA: false, critical: true }, { name: 'keyUsage', critical: true, digitalSignature: true, nonRepudiation: true }]);
  certificate.sign(key, forge.md.sha256.create());
  return certificate;
}

/** The package's types ask for a tag class where the package itself wants a type of string. */
function subjectOf({ name, taxCode }: KeyOwner): forge.pki.CertificateField[] {
  const valueTagClass = forge.asn1.Type.UTF8 as unknown as forge.asn1.Class;
  return [
    { name: 'countryName', value: 'VN' },
    { name: 'commonName', value: name, valueTagClass },
    { type: UID, value: `MST:${taxCode}`, valueTagClass },
  ];
}

function unixLines(pem: string): string {
  return pem.replaceAll('\r\n', '\n');
}
