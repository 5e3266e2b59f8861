// Guarantee: the table of algorithms decides under each policy what verifies; what is no longer admitted can be reported on and never accepted.
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { issueCertificate } from '../../src/development/certificates.ts';
import { Refusal } from '../../src/errors/outcomes.ts';
import { digestMethods, signatureMethods } from '../../src/signature/algorithms.ts';
import { examineArchived } from '../../src/signature/archive.ts';
import { archivePolicy, fieldPolicy, strictPolicy } from '../../src/signature/policy.ts';
import type { SignaturePolicy } from '../../src/signature/policy.ts';
import { earliestMeant } from '../../src/signature/signing-time.ts';
import { examineSignature } from '../../src/signature/verify.ts';
import { parse } from '../../src/xml/parse.ts';
import { dsig, more, more2007, signingTime, signWith, xmlenc } from '../support/signer.ts';
import type { SignatureSpec, TestIdentity } from '../support/signer.ts';

const place = { path: ['a', 'Cky'] };
const authority = issueCertificate({ subject: { CN: 'CA' }, ca: true, notBefore: new Date(0), notAfter: new Date('2040-01-01') });

function identity(key: KeyObject): TestIdentity {
  const { certificatePem, privateKeyPem } = issueCertificate({
    subject: { CN: 'Thử' }, key: key.export({ type: 'pkcs8', format: 'pem' }).toString(), issuer: authority, notBefore: new Date(0), notAfter: new Date('2040-01-01'),
  });
  return { key: createPrivateKey(privateKeyPem), certificate: new X509Certificate(certificatePem).raw };
}

const keys = {
  rsa: identity(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey),
  ec: identity(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
  small: identity(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey),
};

function signed(spec: Partial<SignatureSpec>): Buffer {
  return Buffer.from(signWith('<a><b>1</b><Cky/></a>', { identity: keys.rsa, slot: 'Cky', ...spec }));
}

function outcome(bytes: Buffer, policy: SignaturePolicy): string {
  try {
    return examineSignature(parse(bytes), place, policy).facts.method;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

const refused = 'CRYPTO_CONSTRAINTS_FAILURE';

describe('a signature method', () => {
  const identityFor = (keyType: 'rsa' | 'ec'): TestIdentity => (keyType === 'rsa' ? keys.rsa : keys.ec);

  it.each([...signatureMethods].filter(([uri]) => !uri.includes('sha1')))('%s verifies, and what is PKCS#1 v1.5 not under the strict policy', (uri, { keyType, name }) => {
    const bytes = signed({ identity: identityFor(keyType), method: uri });
    expect(outcome(bytes, fieldPolicy)).toBe(name);
    expect(outcome(bytes, archivePolicy)).toBe(name);
    // The letter of the circular: PSS or ECDSA, and XAdES besides.
    expect(outcome(bytes, strictPolicy)).toBe(name.includes('v1_5') ? refused : 'XADES_PROPERTIES_MISSING');
  });

  it.each([`${dsig}rsa-sha1`, `${more}ecdsa-sha1`])('%s is for the archive alone', (uri) => {
    const bytes = signed({ identity: identityFor(uri.includes('ecdsa') ? 'ec' : 'rsa'), method: uri });
    expect([strictPolicy, fieldPolicy].map((policy) => outcome(bytes, policy))).toEqual([refused, refused]);
    expect(outcome(bytes, archivePolicy)).toContain('sha1');
  });

  it.each([`${more}rsa-md5`, `${dsig}hmac-sha1`, `${more}hmac-sha256`, `${dsig}dsa-sha1`])('%s is nobody’s', (uri) => {
    expect([strictPolicy, fieldPolicy, archivePolicy].map((policy) => outcome(signed({ method: uri }), policy))).toEqual([refused, refused, refused]);
  });
});

describe('a digest method', () => {
  it.each([...digestMethods.keys()].filter((uri) => !uri.includes('sha1')))('%s verifies', (uri) => {
    expect(outcome(signed({ references: [{ uri: '', digestMethod: uri }] }), fieldPolicy)).toContain('PKCS1');
  });

  it('of SHA-3 is there, for the OpenSSL that Node is built with has it', () => {
    expect([...digestMethods.keys()].filter((uri) => uri.startsWith(`${more2007}sha3`))).toHaveLength(3);
  });

  it.each([[`${dsig}sha1`, 'RSASSA-PKCS1-v1_5 sha256'], [`${more}md5`, refused]])('%s is for no new dossier', (uri, archived) => {
    const bytes = signed({ references: [{ uri: '', digestMethod: uri }] });
    expect([strictPolicy, fieldPolicy, archivePolicy].map((policy) => outcome(bytes, policy))).toEqual([refused, refused, archived]);
  });

  it('decides over the octets: the same signature with another digest method fails', () => {
    const bytes = Buffer.from(signed({}).toString().replace(`<DigestMethod Algorithm="${xmlenc}sha256">`, `<DigestMethod Algorithm="${xmlenc}sha512">`));
    expect(outcome(bytes, fieldPolicy)).toBe('SIG_CRYPTO_FAILURE');
  });
});

describe('RSA of 1024 bits', () => {
  it('signs for the archive alone', () => {
    const bytes = signed({ identity: keys.small });
    expect([strictPolicy, fieldPolicy].map((policy) => outcome(bytes, policy))).toEqual([refused, refused]);
    expect(outcome(bytes, archivePolicy)).toContain('sha256');
  });
});

describe('the archive’s report', () => {
  const old = (time: string): Partial<SignatureSpec> => ({ identity: keys.small, method: `${dsig}rsa-sha1`, references: [{ uri: '', digestMethod: `${dsig}sha1` }], objects: signingTime(time) });

  it('says of an intact old signature that it is one, by its own claim', () => {
    expect(examineArchived(parse(signed(old('2019-12-31T16:59:59Z'))), place)).toEqual({ method: 'RSASSA-PKCS1-v1_5 sha1', isOld: true });
    expect(examineArchived(parse(signed(old('2020-01-01T00:00:00Z'))), place)).toEqual({ method: 'RSASSA-PKCS1-v1_5 sha1', isOld: false });
    expect(examineArchived(parse(signed({ ...old(''), objects: '' })), place)).toEqual({ method: 'RSASSA-PKCS1-v1_5 sha1', isOld: false });
  });

  it('says nothing of one that was altered', () => {
    expect(examineArchived(parse(Buffer.from(signed(old('2019-05-05T00:00:00Z')).toString().replace('<b>1', '<b>2'))), place)).toBeUndefined();
  });
});

describe('a claimed signing time', () => {
  it.each([
    ['2023-05-18T07:28:42Z', '2023-05-18T00:28:42.000Z'],
    ['2024-09-24T14:27:15', '2024-09-24T07:27:15.000Z'],
    ['2024-09-24 14:27:15', '2024-09-24T07:27:15.000Z'],
    ['2024-09-24T14:27:15.5+09:00', '2024-09-24T05:27:15.500Z'],
  ])('%s means at the earliest %s', (claim, instant) => {
    expect(earliestMeant(claim)?.toISOString()).toBe(instant);
  });

  it.each(['', 'yesterday', '2024-13-01T00:00:00Z', '18/05/2023 07:28'])('%j means nothing', (claim) => {
    expect(earliestMeant(claim)).toBeUndefined();
  });
});
