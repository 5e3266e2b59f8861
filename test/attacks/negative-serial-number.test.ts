// Attack: a certificate with a negative serial number, which OpenSSL reads and RFC 5280 §4.1.2.2 forbids, named by its number in a
// SigningCertificate of the older form. Whatever cannot be compared is a refusal, never an error of the gateway.
import { X509Certificate } from 'node:crypto';

import { afterAll, describe, expect, it } from '@jest/globals';

import { certDigest, xadesSpec } from '../support/xades.ts';
import { openStage } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const { key, certificate: positive } = stage.employer;

/** The employer's certificate with the first octet of its serial number changed; nothing has looked at the authority's signature yet. */
function withSerialNumber(first: number): Buffer {
  const certificate = Buffer.from(positive);
  const serial = Buffer.from(new X509Certificate(positive).serialNumber, 'hex');
  const at = certificate.indexOf(serial);
  certificate[certificate[at - 1] === 0 && (serial[0] ?? 0) > 0x7f ? at - 1 : at] = first;
  return certificate;
}

function judged(certificate: Buffer, serialNumber: string): string {
  const issuerSerial = `<x:IssuerSerial><d:X509IssuerName>CN=x</d:X509IssuerName><d:X509SerialNumber>${serialNumber}</d:X509SerialNumber></x:IssuerSerial>`;
  const older = `<x:SigningCertificate><x:Cert>${certDigest(certificate)}${issuerSerial}</x:Cert></x:SigningCertificate>`;
  return stage.judged(stage.dossier({ spec: xadesSpec({ key, certificates: [certificate] }, { certificate: older }) }));
}

describe('a serial number', () => {
  it('lives: the right one is accepted, another refused', () => {
    const right = BigInt(`0x${new X509Certificate(positive).serialNumber}`);
    expect(judged(positive, right.toString())).toBe('accepted');
    expect(judged(positive, (right + 1n).toString())).toBe('XADES_SIGNING_CERTIFICATE_MISMATCH');
  });

  it('that is negative is refused', () => {
    const negative = withSerialNumber(0x80);
    expect(new X509Certificate(negative).serialNumber.startsWith('-')).toBe(true);
    expect(judged(negative, '1')).toBe('XADES_SIGNING_CERTIFICATE_MISMATCH');
  });
});
