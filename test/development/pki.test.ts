// What is issued for development is what RFC 5280 says, judged by other implementations: Node (OpenSSL), @peculiar/x509, the openssl command.
import 'reflect-metadata';
import { execFileSync } from 'node:child_process';
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BasicConstraintsExtension, ExtendedKeyUsageExtension, KeyUsageFlags, KeyUsagesExtension, X509Certificate as PeculiarCertificate, X509Crl } from '@peculiar/x509';
import { createAuthority, generateEllipticKey, generateKeys, issueCertificate, subjectOf } from '../../src/development/certificates.ts';
import { encode } from '../../src/development/der.ts';
import { ensureDevelopmentPki } from '../../src/development/pki-folder.ts';
import { type DevelopmentPki, createDevelopmentPki, daysAfter, parties } from '../../src/development/pki.ts';
import { issueCrl, nextUpdateOf } from '../../src/development/revocation-lists.ts';
import { itWith } from '../support/tools.ts';

const now = new Date('2026-03-02T08:00:00Z');

let pki: DevelopmentPki;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ivan-pki-'));
  pki = await createDevelopmentPki({ now, names: ['gateway.test', '10.0.0.7', 'fe80::1:2'] });
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('the development PKI', () => {
  test('every certificate is issued by the subordinate authority, and that by the root', () => {
    const root = new X509Certificate(pki.root.certificatePem);
    const subordinate = new X509Certificate(pki.subordinate.certificatePem);
    expect(root.subject).toContain('CN=Vietnam National Root CA (Development)');
    expect(root.checkIssued(root) && root.verify(root.publicKey)).toBe(true);
    expect(subordinate.checkIssued(root) && subordinate.verify(root.publicKey)).toBe(true);
    expect([root.ca, subordinate.ca]).toEqual([true, true]);
    for (const party of parties) {
      const certificate = new X509Certificate(pki[party].certificatePem);
      expect(certificate.checkIssued(subordinate) && certificate.verify(subordinate.publicKey)).toBe(true);
      expect(certificate.checkPrivateKey(createPrivateKey(pki[party].privateKeyPem))).toBe(true);
      expect(certificate.ca).toBe(false);
      expect(certificate.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
    }
  });

  test('the employer is named by tax code and in Vietnamese', () => {
    const { subject } = new X509Certificate(pki.employer.certificatePem);
    expect(subject.split('\n')).toEqual(expect.arrayContaining(['UID=MST:0101300842', 'CN=CÔNG TY TNHH PHẦN MỀM SAO KHUÊ (THỬ NGHIỆM)', 'C=VN']));
    const certificate = new PeculiarCertificate(pki.employer.certificatePem);
    expect(certificate.getExtension(KeyUsagesExtension)?.usages).toBe(KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation);
    expect(certificate.getExtension(ExtendedKeyUsageExtension)?.usages).toEqual(['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.4']);
    expect(certificate.getExtension(BasicConstraintsExtension)).toMatchObject({ ca: false, critical: true });
  });

  test('the TLS servers answer to the local names and to those asked for', () => {
    const certificate = new X509Certificate(pki.gatewayTls.certificatePem);
    expect(certificate.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:gateway.test, IP Address:10.0.0.7, IP Address:FE80:0:0:0:0:0:1:2');
    expect(certificate.checkIP('::1')).toBe('::1');
    expect(pki.gatewayTls.chainPem).toBe(pki.gatewayTls.certificatePem + pki.subordinate.certificatePem);
  });

  itWith('openssl', 'openssl accepts the path, strictly and with revocation lists', async () => {
    const path = (name: string): string => join(folder, name);
    await writeFile(path('root.pem'), pki.root.certificatePem);
    await writeFile(path('subordinate.pem'), pki.subordinate.certificatePem);
    await writeFile(path('crls.pem'), pki.rootCrlPem + pki.subordinateCrlPem);
    const at = String(now.getTime() / 1000 + 60);
    for (const [party, purpose] of [['employer', 'smimesign'], ['gatewayTls', 'sslserver'], ['ivan', 'sslclient']] as const) {
      await writeFile(path('leaf.pem'), pki[party].certificatePem);
      const flags = ['-x509_strict', '-crl_check_all', '-purpose', purpose, '-attime', at];
      const files = ['-CAfile', path('root.pem'), '-untrusted', path('subordinate.pem'), '-CRLfile', path('crls.pem'), path('leaf.pem')];
      expect(execFileSync('openssl', ['verify', ...flags, ...files], { encoding: 'utf8' })).toContain('OK');
    }
  });
});

describe('a revocation list', () => {
  test('names the revoked certificates and verifies under its authority only', async () => {
    const serial = new X509Certificate(pki.employer.certificatePem).serialNumber;
    const revokedAt = new Date('2026-02-01T00:00:00Z');
    const revoked = [{ serial, revokedAt, reason: 'keyCompromise' }, { serial: '80', revokedAt }] as const;
    const pem = issueCrl({ issuer: pki.subordinate, thisUpdate: now, nextUpdate: daysAfter(now, 30), revoked });
    const crl = new X509Crl(pem);
    expect(crl.thisUpdate).toEqual(now);
    expect([crl.nextUpdate, nextUpdateOf(pem)]).toEqual([daysAfter(now, 30), daysAfter(now, 30)]);
    expect(crl.entries.map((entry) => [entry.serialNumber.toUpperCase(), entry.revocationDate, entry.reason])).toEqual([[serial, revokedAt, 1], ['80', revokedAt, undefined]]);
    expect(await crl.verify({ publicKey: new PeculiarCertificate(pki.subordinate.certificatePem).publicKey })).toBe(true);
    expect(await crl.verify({ publicKey: new PeculiarCertificate(pki.root.certificatePem).publicKey })).toBe(false);
  });

  test('is empty when nothing is revoked', () => {
    expect(new X509Crl(pki.rootCrlPem).entries).toEqual([]);
  });

  itWith('openssl', 'is read and verified by openssl, number and key identifier included', async () => {
    const [list, authority] = [join(folder, 'list.pem'), join(folder, 'authority.pem')];
    await writeFile(list, issueCrl({ issuer: pki.root, thisUpdate: now, nextUpdate: new Date('2051-01-01T00:00:00Z'), number: 200, revoked: [{ serial: 'ff01', revokedAt: now, reason: 'superseded' }] }));
    await writeFile(authority, pki.root.certificatePem);
    const text = execFileSync('openssl', ['crl', '-in', list, '-CAfile', authority, '-noout', '-text'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    for (const part of ['Version 2', 'Serial Number: FF01', 'Superseded', 'X509v3 CRL Number', '200', 'Authority Key Identifier', '2051']) expect(text).toContain(part);
  });
});

describe('what tests ask for', () => {
  const validity = { notBefore: daysAfter(now, -1), notAfter: daysAfter(now, 1) };

  test('an elliptic key is certified', () => {
    const { certificatePem } = issueCertificate({ subject: { CN: 'EC' }, issuer: pki.subordinate, key: generateEllipticKey(), ...validity });
    const certificate = new X509Certificate(certificatePem);
    expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(certificate.verify(new X509Certificate(pki.subordinate.certificatePem).publicKey)).toBe(true);
  });

  test('an elliptic authority signs certificates and lists', async () => {
    const issuer = createAuthority({ subject: { CN: 'EC root' }, key: generateEllipticKey(), ...validity });
    const { publicKey } = new X509Certificate(issuer.certificatePem);
    const leaf = issueCertificate({ subject: { CN: 'leaf' }, issuer, key: pki.employer.privateKeyPem, ...validity });
    expect(new X509Certificate(leaf.certificatePem).verify(publicKey)).toBe(true);
    const crl = new X509Crl(issueCrl({ issuer, thisUpdate: now, nextUpdate: daysAfter(now, 1) }));
    expect(await crl.verify({ publicKey: new PeculiarCertificate(issuer.certificatePem).publicKey })).toBe(true);
  });

  test('every bad field appears as asked', async () => {
    const [key = ''] = await generateKeys(1);
    const { certificatePem } = issueCertificate({
      subject: { CN: 'bad' }, uids: ['MST:1', 'MST:2'], issuer: pki.subordinate, key, ...validity, ca: true, pathLength: 3, keyUsage: ['dataEncipherment'],
      unknownCriticalExtension: '1.2.3.4', serial: '00', hash: 'sha1', crlUrl: 'http://crl.test/a.crl', subjectAlternativeNames: ['a@b.test'],
    });
    const certificate = new PeculiarCertificate(certificatePem);
    expect(certificate.subjectName.getField('0.9.2342.19200300.100.1.1')).toEqual(['MST:1', 'MST:2']);
    expect(certificate.getExtension(BasicConstraintsExtension)).toMatchObject({ ca: true, pathLength: 3 });
    expect(certificate.getExtension('1.2.3.4')?.critical).toBe(true);
    expect(certificate.getExtension(KeyUsagesExtension)?.usages).toBe(KeyUsageFlags.dataEncipherment);
    expect(certificate.signatureAlgorithm).toMatchObject({ hash: { name: 'SHA-1' } });
    expect(certificate.serialNumber).toBe('00');
    expect(certificate.getExtension('2.5.29.31')).not.toBeNull();
    expect(new X509Certificate(certificatePem).subjectAltName).toBe('email:a@b.test');
    // The issuer's name is copied byte for byte, whatever its encoding.
    expect(Buffer.from(new X509Certificate(certificatePem).raw).includes(Buffer.from(encode(subjectOf(pki.subordinate.certificatePem)), 'latin1'))).toBe(true);
  });
});

describe('the folder', () => {
  const at = (name: string): string => join(folder, 'pki', name);
  const serialOf = (credential: { certificatePem: string }): string => new X509Certificate(credential.certificatePem).serialNumber;

  test('holds the trust anchors alone in trust/, keys for the owner only, and gives the same PKI again', async () => {
    const made = await ensureDevelopmentPki(at(''), now);
    expect((await readdir(at('trust'))).sort()).toEqual(['root.crl.pem', 'root.pem', 'subordinate.crl.pem', 'subordinate.pem']);
    for (const key of ['employer.key', 'gateway-signing.key', 'agency-tls.key', 'authorities/root.key']) expect((await stat(at(key))).mode & 0o777).toBe(0o600);
    expect(await readFile(at('gateway-tls.chain.pem'), 'utf8')).toBe(made.gatewayTls.chainPem);
    expect(await ensureDevelopmentPki(at(''), daysAfter(now, 1))).toEqual(made);
  });

  test('renews the revocation lists shortly before they end, and nothing else', async () => {
    const before = await ensureDevelopmentPki(at(''), now);
    const later = daysAfter(now, 26);
    const after = await ensureDevelopmentPki(at(''), later);
    expect(nextUpdateOf(after.subordinateCrlPem)).toEqual(daysAfter(later, 30));
    expect(parties.map((party) => serialOf(after[party]))).toEqual(parties.map((party) => serialOf(before[party])));
  });

  test('renews what is missing, does not match its key, lacks a name or is about to end; keeps the authorities', async () => {
    const before = await ensureDevelopmentPki(at(''), now);
    await rm(at('ivan.key'));
    await writeFile(at('employer.key'), before.agencySigning.privateKeyPem);
    const repaired = await ensureDevelopmentPki(at(''), now, ['other.test']);
    const changed = parties.filter((party) => serialOf(before[party]) !== serialOf(repaired[party]));
    expect(changed).toEqual(['employer', 'ivan', 'gatewayTls', 'agencyTls']);
    const renewed = await ensureDevelopmentPki(at(''), daysAfter(now, 710), ['other.test']);
    expect(parties.filter((party) => serialOf(renewed[party]) === serialOf(repaired[party]))).toEqual([]);
    expect(renewed.root).toEqual(before.root);
  });

  test('begins anew when the authorities would end before a new certificate', async () => {
    const before = await ensureDevelopmentPki(at(''), now);
    const after = await ensureDevelopmentPki(at(''), daysAfter(now, 3000));
    expect(serialOf(after.root)).not.toBe(serialOf(before.root));
  });
});
