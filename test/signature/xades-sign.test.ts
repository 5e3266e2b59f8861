// Guarantee: the XAdES signatures written here are baseline B, T and LT as others understand them, and what is embedded unsigned is read back
// raw, bounded, and only in its place.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import * as der from '../../src/development/der.ts';
import { packageFile } from '../../src/paths.ts';
import { Refusal } from '../../src/errors/outcomes.ts';
import { signXades } from '../../src/signature/sign-xades.ts';
import type { XadesSigningOptions } from '../../src/signature/sign-xades.ts';
import type { SigningIdentity } from '../../src/signature/sign.ts';
import { issuerSerialOf } from '../../src/signature/xades-certificate.ts';
import { parseCertificate } from '../../src/trust/certificate.ts';
import { verifyTimeStamp } from '../../src/trust/timestamp.ts';
import { certificateV2, document, factsOf, makeSignerOf, makeSite, place, rsa2048, signedWith, tokenOf } from '../support/xades.ts';
import type { Site } from '../support/xades.ts';
import { itWith } from '../support/tools.ts';
import { at, makeList, sha256, thrownBy } from '../trust/support.ts';

let site: Site;
let ec: SigningIdentity;
let rsa: SigningIdentity;
beforeAll(async () => {
  site = await makeSite();
  ec = await makeSignerOf(site.root);
  rsa = await makeSignerOf(site.root, rsa2048);
});

const stamped = (octets: Buffer): Promise<Buffer> => Promise.resolve(tokenOf(site.tsa, { octets }));
const sign = (identity: SigningIdentity, changes: Partial<XadesSigningOptions> = {}): Promise<Buffer> => signXades(Buffer.from(document), identity, { ...place, signingTime: at, ...changes });

function refusalOf(call: () => unknown): string {
  const error = thrownBy(call);
  if (!(error instanceof Refusal)) throw error instanceof Error ? error : new Error('nothing was refused');
  const [{ code, params } = { code: '', params: {} as Record<string, string> }] = error.findings;
  return [code, params['reason'] ?? params['algorithm']].filter((part) => part !== undefined).join(' ');
}

describe('a signature written here', () => {
  it.each([['RSASSA-PSS', 'pss', 'sha256-rsa-MGF1'], ['PKCS #1 v1.5', 'pkcs1', 'rsa-sha256']] as const)('is of level B with %s', async (_, padding, method) => {
    const signed = await sign(rsa, { padding });
    expect(signed.toString('utf8')).toContain(`#${method}"`);
    expect(factsOf(signed)).toMatchObject({ level: 'B', signingTime: at, warnings: [] });
  });

  it('is of level B with ECDSA, and PSS is what RSA does unasked', async () => {
    expect(factsOf(await sign(ec))).toMatchObject({ level: 'B', signingTime: at, warnings: [] });
    expect((await sign(rsa)).toString('utf8')).toContain('#sha256-rsa-MGF1"');
  });

  it('changes nothing else of the document', async () => {
    const signed = (await sign(ec)).toString('utf8');
    expect(signed.replace(/<Signature .*<\/Signature>/, '').replace('<CKy_Dvi></CKy_Dvi>', '<CKy_Dvi/>')).toBe(document);
  });

  it('never shares an Id with another of the same document', async () => {
    const ids = await Promise.all([sign(ec), sign(rsa), sign(ec, { signingTime: new Date(at.getTime() + 1000) })]);
    expect(new Set(ids.map((signed) => /Id="(xades-[0-9a-f]{24})"/.exec(signed.toString('utf8'))?.[1])).size).toBe(3);
  });

  it('is of level T with a token that an authority gives over its value', async () => {
    const facts = factsOf(await sign(rsa, { timeStamp: stamped }));
    expect(facts?.level).toBe('T');
    const [{ token, canonicalSignatureValue } = { token: Buffer.alloc(0), canonicalSignatureValue: Buffer.alloc(0) }] = facts?.timestamps ?? [];
    expect(verifyTimeStamp({ token, octets: canonicalSignatureValue }, site.material, at).genTime).toEqual(at);
    expect(() => verifyTimeStamp({ token, octets: Buffer.from('another value') }, site.material, at)).toThrow(Refusal);
  });

  it('is of level LT with revocation values besides, which are read back octet for octet', async () => {
    const values = { certificates: [site.root.certificate.der, site.tsa.certificate], lists: [await makeList(site.root)], responses: [Buffer.from('an OCSP answer')] };
    const facts = factsOf(await sign(rsa, { timeStamp: stamped, values }));
    expect(facts).toMatchObject({ level: 'LT', ...values });
  });

  it('is of level T when certificates alone are embedded', async () => {
    const values = { certificates: [site.root.certificate.der], lists: [], responses: [] };
    expect(factsOf(await sign(rsa, { timeStamp: stamped, values }))?.level).toBe('T');
    expect(factsOf(await sign(rsa, { values: { ...values, lists: [await makeList(site.root)] } }))?.level).toBe('B');
  });

  it('names issuer and serial number as another encoder writes them', () => {
    for (const certificate of [...ec.certificates, ...rsa.certificates, site.root.certificate.der]) {
      const { issuerDer, serialNumber } = parseCertificate(certificate);
      const written = der.encode(der.sequence(der.sequence(der.tagged(4, [der.decode(issuerDer)])), der.integer(serialNumber)));
      expect(issuerSerialOf(certificate)?.toString('latin1')).toBe(written);
    }
    expect(issuerSerialOf(Buffer.from('not a certificate'))).toBeUndefined();
  });

  it('names them so that a changed one is refused', () => {
    const [certificate = Buffer.alloc(0)] = ec.certificates;
    const right = issuerSerialOf(certificate) ?? Buffer.alloc(0);
    const wrong = Buffer.from(right);
    wrong[wrong.length - 1] = (wrong.at(-1) ?? 0) ^ 1;
    const naming = (value: Buffer): Buffer => signedWith(ec, { certificate: certificateV2(certificate, { issuerSerial: `<x:IssuerSerialV2>${value.toString('base64')}</x:IssuerSerialV2>` }) });
    expect(factsOf(naming(right))?.warnings).toEqual([]);
    expect(refusalOf(() => factsOf(naming(wrong)))).toBe('XADES_SIGNING_CERTIFICATE_MISMATCH');
  });
});

describe('unsigned properties', () => {
  const exclusive = '<CanonicalizationMethod xmlns="http://www.w3.org/2000/09/xmldsig#" Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>';
  const token = (text: string, attributes = ''): string => `<x:EncapsulatedTimeStamp${attributes}>${Buffer.from(text).toString('base64')}</x:EncapsulatedTimeStamp>`;
  const stamp = (content: string): string => `<x:SignatureTimeStamp>${content}</x:SignatureTimeStamp>`;
  const read = (unsigned: string) => factsOf(signedWith(ec, { unsigned }));
  const refused = (unsigned: string): string => refusalOf(() => read(unsigned));

  it('give the octets that a token must be about: the value’s element in the form named, inclusive when none is', () => {
    const octetsOf = (unsigned: string): string => read(unsigned)?.timestamps[0]?.canonicalSignatureValue.toString('utf8') ?? '';
    const start = '<SignatureValue xmlns="http://www.w3.org/2000/09/xmldsig#"';
    expect(octetsOf(stamp(exclusive + token('1')))).toMatch(new RegExp(`^${start}>[A-Za-z0-9+/=]+</SignatureValue>$`));
    expect(octetsOf(stamp(token('1')))).toMatch(new RegExp(`^${start} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">`));
  });

  it('may hold several tokens', () => {
    expect(read(stamp(token('1') + token('2')) + stamp(token('3')))?.timestamps.map((one) => one.token.toString())).toEqual(['1', '2', '3']);
  });

  it('that belong to other levels are passed over', () => {
    expect(read('<x:CompleteCertificateRefs/><x:SigAndRefsTimeStamp/><o:a xmlns:o="urn:o"/>')).toMatchObject({ level: 'B', timestamps: [] });
  });

  it('may hold the values of the time stamps’ certificates apart', () => {
    const values = '<x:CertificateValues><x:EncapsulatedX509Certificate>QUJD</x:EncapsulatedX509Certificate></x:CertificateValues>';
    const apart = `<y:TimeStampValidationData xmlns:y="http://uri.etsi.org/01903/v1.4.1#">${values}</y:TimeStampValidationData>`;
    expect(read(values + apart)?.certificates.map(String)).toEqual(['ABC', 'ABC']);
  });

  it('in DER are taken by either name of it, and in nothing else', () => {
    expect(read(stamp(token('1', ' Encoding="http://uri.etsi.org/01903/v1.2.2#DER"')))?.timestamps).toHaveLength(1);
    expect(refused(stamp(token('1', ' Encoding="http://uri.etsi.org/01903/v1.2.2#BER"')))).toBe('XADES_FORMAT XADES_ENCODING');
    expect(refused(stamp('<x:EncapsulatedTimeStamp><x:a/></x:EncapsulatedTimeStamp>'))).toBe('XADES_FORMAT XADES_ENCODING');
  });

  it.each([
    ['text that is not base64', stamp('<x:EncapsulatedTimeStamp>?</x:EncapsulatedTimeStamp>'), 'SIGNATURE_FORMAT BASE64'],
    ['something to include', stamp(`<x:Include URI="#sp"/>${token('1')}`), 'XADES_FORMAT XADES_CHILDREN'],
    ['a token in XML', stamp('<x:XMLTimeStamp/>'), 'XADES_FORMAT XADES_CHILDREN'],
    ['two canonical forms', stamp(exclusive + exclusive + token('1')), 'XADES_FORMAT XADES_CHILDREN'],
    ['a canonical form of another namespace', stamp(`<o:CanonicalizationMethod xmlns:o="urn:o" Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>${token('1')}`), 'XADES_FORMAT XADES_CHILDREN'],
    ['an unknown canonical form', stamp(`${exclusive.replace('exc-c14n#', 'else#')}${token('1')}`), 'CRYPTO_CONSTRAINTS_FAILURE http://www.w3.org/2001/10/xml-else#'],
    ['5 tokens', stamp(token('1').repeat(5)), 'XADES_FORMAT XADES_TOO_MUCH'],
    ['5 time stamps', stamp(token('1')).repeat(5), 'XADES_FORMAT XADES_TOO_MUCH'],
    ['33 certificates', `<x:CertificateValues>${'<x:EncapsulatedX509Certificate>QUJD</x:EncapsulatedX509Certificate>'.repeat(33)}</x:CertificateValues>`, 'XADES_FORMAT XADES_TOO_MUCH'],
    ['a certificate of more than 16 KiB', `<x:CertificateValues><x:EncapsulatedX509Certificate>${Buffer.alloc(16385).toString('base64')}</x:EncapsulatedX509Certificate></x:CertificateValues>`, 'XADES_FORMAT XADES_TOO_MUCH'],
    ['a certificate of much white space', `<x:CertificateValues><x:EncapsulatedX509Certificate>${' '.repeat(33_000)}</x:EncapsulatedX509Certificate></x:CertificateValues>`, 'XADES_FORMAT XADES_TOO_MUCH'],
    ['17 lists', `<x:RevocationValues><x:CRLValues>${'<x:EncapsulatedCRLValue>QUJD</x:EncapsulatedCRLValue>'.repeat(17)}</x:CRLValues></x:RevocationValues>`, 'XADES_FORMAT XADES_TOO_MUCH'],
    ['33 answers', `<x:RevocationValues><x:OCSPValues>${'<x:EncapsulatedOCSPValue>QUJD</x:EncapsulatedOCSPValue>'.repeat(33)}</x:OCSPValues></x:RevocationValues>`, 'XADES_FORMAT XADES_TOO_MUCH'],
    ['CertificateValues twice', '<x:CertificateValues/><x:CertificateValues/>', 'XADES_FORMAT XADES_CHILDREN'],
    ['RevocationValues twice', '<x:RevocationValues/><x:RevocationValues/>', 'XADES_FORMAT XADES_CHILDREN'],
    ['CRLValues twice', '<x:RevocationValues><x:CRLValues/><x:CRLValues/></x:RevocationValues>', 'XADES_FORMAT XADES_CHILDREN'],
    ['lists among the answers', '<x:RevocationValues><x:OCSPValues><x:EncapsulatedCRLValue>QUJD</x:EncapsulatedCRLValue></x:OCSPValues></x:RevocationValues>', 'XADES_FORMAT XADES_CHILDREN'],
    ['something else among the certificates', '<x:CertificateValues><x:Else/></x:CertificateValues>', 'XADES_FORMAT XADES_CHILDREN'],
  ])('are refused with %s', (_, unsigned, code) => {
    expect(refused(unsigned)).toBe(code);
  });

  it('may be exactly as large as the limit', () => {
    const largest = Buffer.alloc(16384, 1);
    expect(read(`<x:CertificateValues><x:EncapsulatedX509Certificate>${largest.toString('base64')}</x:EncapsulatedX509Certificate></x:CertificateValues>`)?.certificates.map(sha256)).toEqual([sha256(largest)]);
  });
});

describe('other implementations', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xades-'));
  afterAll(() => { rmSync(folder, { recursive: true }); });

  const pem = (bytes: Buffer): string => execFileSync('openssl', ['x509', '-inform', 'DER'], { input: bytes, encoding: 'utf8' });
  const altered = (signed: Buffer): Buffer => Buffer.from(signed.toString('utf8').replace('<xades:SigningTime>2026', '<xades:SigningTime>2025'));

  itWith('xmlsec1', 'verify both references of PKCS #1 v1.5 and ECDSA signatures, and refuse changed properties', async () => {
    writeFileSync(join(folder, 'root.pem'), pem(site.root.certificate.der));
    const verify = (bytes: Buffer) => {
      writeFileSync(join(folder, 'signed.xml'), bytes);
      const ids = ['--id-attr:Id', 'http://uri.etsi.org/01903/v1.3.2#:SignedProperties'];
      return spawnSync('xmlsec1', ['--verify', '--enabled-key-data', 'x509', '--trusted-pem', join(folder, 'root.pem'), '--verification-time', '2026-06-15 03:00:00', ...ids, join(folder, 'signed.xml')], { encoding: 'utf8' });
    };
    for (const signed of [await sign(rsa, { padding: 'pkcs1', timeStamp: stamped }), await sign(ec)]) {
      const run = verify(signed);
      expect([run.status, run.stderr]).toEqual([0, expect.stringContaining('SignedInfo References (ok/all): 2/2')]);
      expect(verify(altered(signed)).status).not.toBe(0);
    }
  });

  itWith('java', 'verify both references of PSS signatures too, and refuse changed properties', async () => {
    const signed = [await sign(rsa), await sign(rsa, { timeStamp: stamped }), await sign(ec)];
    const files = [...signed, ...signed.map(altered)].map((bytes, index) => {
      writeFileSync(join(folder, `${index}.xml`), bytes);
      return join(folder, `${index}.xml`);
    });
    const run = spawnSync('java', [packageFile('test/support/VerifySignature.java'), ...files], { encoding: 'utf8' });
    expect([run.stderr, run.stdout.trim().split('\n')]).toEqual(['', [...Array<string>(3).fill('valid'), ...Array<string>(3).fill('invalid')]]);
  });

  itWith('openssl', 'believe the token over the canonical value', async () => {
    const [stampOf] = factsOf(await sign(rsa, { timeStamp: stamped }))?.timestamps ?? [];
    writeFileSync(join(folder, 'root.pem'), pem(site.root.certificate.der));
    writeFileSync(join(folder, 'token'), stampOf?.token ?? '');
    writeFileSync(join(folder, 'value'), stampOf?.canonicalSignatureValue ?? '');
    const run = spawnSync('openssl', ['ts', '-verify', '-data', join(folder, 'value'), '-in', join(folder, 'token'), '-token_in', '-CAfile', join(folder, 'root.pem'), '-attime', `${at.getTime() / 1000}`], { encoding: 'utf8' });
    expect([run.status, run.stdout + run.stderr]).toEqual([0, expect.stringContaining('Verification: OK')]);
  });
});
