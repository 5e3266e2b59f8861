// Attack: the key that verifies is taken from the document: the attacker signs with a key of his own and shows it in KeyInfo as KeyValue, as
// a second certificate, or by reference, beside the certificate of the unit he pretends to be (CVE-2021-40690 class; SAML "KeyInfo confusion").
import { generateKeyPairSync, X509Certificate } from 'node:crypto';

import { afterAll, describe, expect, it } from '@jest/globals';

import { issueCertificate } from '../../src/development/certificates.ts';
import { keyValueMarkup } from '../support/signer.ts';
import { identityOf, itWith, keyInfoMarkup, openStage, xmlsec1 } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const attacker = identityOf(issueCertificate({
  subject: { C: 'VN', L: 'Hà Nội', CN: new X509Certificate(stage.employer.certificate).subject.slice(0, 20) }, uids: ['MST:0101300842'], keyUsage: ['digitalSignature'], key,
  notBefore: new Date(stage.now.getTime() - 86_400_000), notAfter: new Date(stage.now.getTime() + 86_400_000),
}));
const x509 = (...certificates: readonly Buffer[]): string => `<X509Data>${certificates.map((der) => `<X509Certificate>${der.toString('base64')}</X509Certificate>`).join('')}</X509Data>`;
const own = keyValueMarkup(new X509Certificate(attacker.certificate).publicKey);
const signedBy = (keyInfo: string): string => stage.dossier({ spec: { identity: attacker, keyInfo: `<KeyInfo>${keyInfo}</KeyInfo>` } });

describe('a key of the attacker’s', () => {
  itWith('xmlsec1', 'lives: an engine that takes KeyValue holds it for good', () => {
    const bare = signedBy(own);
    expect([xmlsec1(stage.pki, bare), xmlsec1(stage.pki, bare, { anyKey: true })]).toEqual([false, true]);
  });

  it.each([
    ['as KeyValue alone', own, 'CERTIFICATE_MISSING'],
    ['as KeyValue beside the unit’s certificate', own + x509(stage.employer.certificate), 'KEY_MISMATCH'],
    ['as KeyValue behind the unit’s certificate', x509(stage.employer.certificate) + own, 'KEY_MISMATCH'],
    ['behind the unit’s certificate alone', x509(stage.employer.certificate), 'SIG_CRYPTO_FAILURE'],
    ['as second certificate', x509(stage.employer.certificate, attacker.certificate), 'SIG_CRYPTO_FAILURE'],
    ['as first certificate', x509(attacker.certificate, stage.employer.certificate), 'NO_CERTIFICATE_CHAIN_FOUND'],
    ['as second certificate named by KeyValue', own + x509(stage.employer.certificate, attacker.certificate), 'NO_CERTIFICATE_CHAIN_FOUND'],
    ['in an X509Data of its own', x509(stage.employer.certificate) + x509(attacker.certificate), 'SIG_CRYPTO_FAILURE'],
    ['by name', '<KeyName>employer</KeyName>', 'SIGNATURE_FORMAT'],
    ['by name beside the certificate', `<KeyName>employer</KeyName>${x509(stage.employer.certificate)}`, 'SIGNATURE_FORMAT'],
    ['by address', '<RetrievalMethod URI="http://attacker.example/key" Type="http://www.w3.org/2000/09/xmldsig#rawX509Certificate"></RetrievalMethod>', 'SIGNATURE_FORMAT'],
    ['by address in the document', `${x509(stage.employer.certificate)}<RetrievalMethod URI="#sigid"></RetrievalMethod>`, 'SIGNATURE_FORMAT'],
    ['as PGP data', `<PGPData></PGPData>${x509(stage.employer.certificate)}`, 'SIGNATURE_FORMAT'],
    ['nowhere', '', 'CERTIFICATE_MISSING'],
  ])('%s is refused', (_how, keyInfo, code) => {
    expect(stage.verified(signedBy(keyInfo))).toBe(code);
    expect(stage.judged(signedBy(keyInfo))).toBe(code);
  });

  it('put over a true signature changes whose it is said to be, and is refused', () => {
    const honest = stage.dossier();
    const over = (keyInfo: string): string => honest.replace(/<KeyInfo>.*<\/KeyInfo>/, () => `<KeyInfo>${keyInfo}</KeyInfo>`);
    expect(stage.judged(over(x509(stage.employer.certificate)))).toBe('accepted');
    expect(stage.judged(over(x509(attacker.certificate)))).toBe('SIG_CRYPTO_FAILURE');
    expect(stage.judged(over(own + x509(stage.employer.certificate)))).toBe('KEY_MISMATCH');
    expect(stage.judged(over(x509(stage.employer.certificate) + '<X509Data><X509SubjectName>CN=CÔNG TY CỦA KẺ GIAN</X509SubjectName></X509Data>'))).toBe('accepted');
  });

  it('does not become the unit’s by the subject name beside it', () => {
    expect(stage.judged(stage.dossier({ spec: { identity: attacker, keyInfo: keyInfoMarkup(attacker) } }))).toBe('NO_CERTIFICATE_CHAIN_FOUND');
  });
});
