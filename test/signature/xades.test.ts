// Guarantee: XAdES properties count only where this signature's own reference covers them, and only when they name the certificate that
// verified it. Every signature here is good as XML Signature; one thing of its properties is changed.
import { X509Certificate } from 'node:crypto';

import { beforeAll, describe, expect, it } from '@jest/globals';

import { Refusal } from '../../src/errors/outcomes.ts';
import type { SigningIdentity } from '../../src/signature/sign.ts';
import { xadesRules } from '../../src/signature/xades-rules.ts';
import type { XadesRules } from '../../src/signature/xades-rules.ts';
import { parse } from '../../src/xml/parse.ts';
import { certDigest, certificateV2, dataObjectFormat, document, factsAlone, factsOf, makeSignerOf, place, propertiesMarkup, signedWith } from '../support/xades.ts';
import type { Properties } from '../support/xades.ts';
import { dsig, signWith, xmlenc } from '../support/signer.ts';
import { makeRoot, thrownBy } from '../trust/support.ts';
import { verifySignature } from '../../src/signature/verify.ts';

let signer: SigningIdentity;
let other: SigningIdentity;
let certificate: Buffer;
beforeAll(async () => {
  const root = await makeRoot();
  signer = await makeSignerOf(root);
  other = await makeSignerOf(root);
  [certificate = Buffer.alloc(0)] = signer.certificates;
});

function refusalOf(call: () => unknown): string {
  const error = thrownBy(call);
  if (!(error instanceof Refusal)) throw error instanceof Error ? error : new Error('nothing was refused');
  const [{ code, params } = { code: '', params: {} as Record<string, string> }] = error.findings;
  return [code, params['reason'] ?? params['property'] ?? params['algorithm'] ?? params['policy']].filter((part) => part !== undefined).join(' ');
}

const refused = (properties: Properties, rules?: XadesRules): string => refusalOf(() => factsOf(signedWith(signer, properties), rules));
const warnings = (properties: Properties, rules?: XadesRules): readonly unknown[] => factsOf(signedWith(signer, properties), rules)?.warnings.map(({ code, params }) => [code, ...Object.values(params)]) ?? [];
const der = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');

describe('a baseline signature', () => {
  it('gives level B and the instant that its signer claims', () => {
    expect(factsOf(signedWith(signer))).toMatchObject({ level: 'B', signingTime: new Date('2026-06-15T03:00:00Z'), timestamps: [], certificates: [], lists: [], responses: [], warnings: [] });
  });

  it('is none when there are no properties', () => {
    const plain = Buffer.from(signWith(document, { identity: { key: signer.key, certificate }, references: [{ uri: '' }] }));
    expect(factsOf(plain)).toBeUndefined();
  });

  it('has its properties covered by the reference: changed ones no longer verify', () => {
    const changed = Buffer.from(signedWith(signer).toString('utf8').replace('10:00:00+07:00', '10:00:01+07:00'));
    expect(refusalOf(() => factsOf(changed))).toBe('HASH_FAILURE');
  });
});

describe('where the properties stand', () => {
  it.each<readonly [string, Properties]>([
    ['they are about another signature', { target: '#another' }],
    ['they are about nothing', { target: '' }],
    ['there are two', { wrap: (properties) => `<Object>${properties}</Object><Object>${properties.replace(' Id="sp"', '')}</Object>` }],
    ['there are two in one Object', { wrap: (properties) => `<Object>${properties}${properties.replace(' Id="sp"', '')}</Object>` }],
    ['others stand beside them by reference', { wrap: (properties) => `<Object>${properties}<x:QualifyingPropertiesReference xmlns:x="http://uri.etsi.org/01903/v1.3.2#" URI="http://example.org/"/></Object>` }],
    ['they stand deeper than in an Object', { wrap: (properties) => `<Object><w:Wrapper xmlns:w="urn:w">${properties}</w:Wrapper></Object>` }],
    ['their Object is of no namespace', { wrap: (properties) => `<Object xmlns="">${properties}</Object>` }],
    ['they are of another namespace', { wrap: (properties) => `<Object>${properties.replaceAll('http://uri.etsi.org/01903/v1.3.2#', 'http://uri.etsi.org/01903/v1.1.1#')}</Object>` }],
  ])('refuses when %s', (_, properties) => {
    expect(refused(properties)).toBe('XADES_FORMAT XADES_PLACE');
  });

  it('refuses when the signature has no Id that they could name', () => {
    expect(refusalOf(() => factsOf(signedWith(signer, { target: '#' }, { attributes: '' })))).toBe('XADES_FORMAT XADES_PLACE');
  });

  it('refuses a reference to properties that are not there', () => {
    expect(refused({ wrap: () => '<Object Id="sp">nothing</Object>' })).toBe('XADES_FORMAT XADES_PLACE');
  });
});

describe('the reference to the properties', () => {
  const wrong = 'XADES_FORMAT XADES_REFERENCE';

  it('must say what it is', () => {
    expect(refused({ propertiesAttributes: '' })).toBe(wrong);
    expect(refused({ propertiesAttributes: 'Type="http://uri.etsi.org/01903/v1.1.1#SignedProperties"' })).toBe(wrong);
  });

  it('must be the only one that says so', () => {
    for (const references of [[{ uri: '' }, { uri: '#sp' }], [{ uri: '#sp' }, { uri: '' }]]) {
      const both = signedWith(signer, { contentAttributes: 'Id="r0" Type="http://uri.etsi.org/01903#SignedProperties"' }, { references });
      expect(refusalOf(() => factsOf(both))).toBe(wrong);
    }
  });

  it('must be there', () => {
    expect(refusalOf(() => factsOf(signedWith(signer, {}, { references: [{ uri: '' }] })))).toBe(wrong);
  });

  it('must lead to these properties and not to a swapped element', () => {
    expect(refused({ id: ' Id="swapped"', wrap: (properties) => `<Object Id="sp">${properties}</Object>` })).toBe(wrong);
    expect(refused({ id: '', wrap: (properties) => `<Object Id="sp">${properties}</Object>` })).toBe(wrong);
  });

  it('must lead to something that has a name', () => {
    const type = 'Type="http://uri.etsi.org/01903#SignedProperties"';
    const editSignedInfo = (xml: string): string => xml.replace('<Reference URI=""', '<Reference Id="r0" URI=""').replace('<Reference URI="#"', `<Reference ${type} URI="#"`);
    expect(refusalOf(() => factsOf(signedWith(signer, { id: ' Id=""' }, { references: [{ uri: '' }, { uri: '#' }], editSignedInfo })))).toBe(wrong);
  });

  it('must lead to an Id that no second element has', () => {
    const parsed = parse(signedWith(signer, { wrap: (properties) => `<Object Id="sp"/><Object>${properties}</Object>` }));
    expect(refusalOf(() => factsAlone(parsed, certificate))).toBe(wrong);
  });
});

describe('the signing certificate', () => {
  it('must be the one that verified the signature', () => {
    const [foreign = Buffer.alloc(0)] = other.certificates;
    expect(refused({ certificate: certificateV2(foreign) })).toBe('XADES_SIGNING_CERTIFICATE_MISMATCH SigningCertificateV2');
  });

  it('may stand among others', () => {
    const [foreign = Buffer.alloc(0)] = other.certificates;
    const both = `<x:SigningCertificateV2><x:Cert>${certDigest(foreign)}</x:Cert><x:Cert>${certDigest(certificate)}</x:Cert></x:SigningCertificateV2>`;
    expect(warnings({ certificate: both })).toEqual([]);
  });

  it.each([['sha384', 'http://www.w3.org/2001/04/xmldsig-more#sha384'], ['sha512', `${xmlenc}sha512`]])('may be named with %s', (digest, method) => {
    expect(warnings({ certificate: certificateV2(certificate, { digest, method }) })).toEqual([]);
  });

  it('is not named by SHA-1, in either form', () => {
    expect(refused({ certificate: certificateV2(certificate, { digest: 'sha1', method: `${dsig}sha1` }) })).toBe(`CRYPTO_CONSTRAINTS_FAILURE ${dsig}sha1`);
    const older = `<x:SigningCertificate><x:Cert>${certDigest(certificate, 'sha1', `${dsig}sha1`)}</x:Cert></x:SigningCertificate>`;
    expect(refused({ certificate: older }, xadesRules.field)).toBe(`CRYPTO_CONSTRAINTS_FAILURE ${dsig}sha1`);
  });

  it('is named by issuer and number that must be its own, where they are given', () => {
    const { serialNumber, raw } = new X509Certificate(certificate);
    expect(raw).toEqual(certificate);
    const wrong = `<x:IssuerSerialV2>${der(`300730023000020101`)}</x:IssuerSerialV2>`;
    expect(refused({ certificate: certificateV2(certificate, { issuerSerial: wrong }) })).toBe('XADES_SIGNING_CERTIFICATE_MISMATCH SigningCertificateV2');
    expect(refused({ certificate: certificateV2(certificate, { issuerSerial: '<x:IssuerSerialV2>?</x:IssuerSerialV2>' }) })).toBe('SIGNATURE_FORMAT BASE64');
    const older = (number: string): string => `<x:SigningCertificate><x:Cert>${certDigest(certificate)}<x:IssuerSerial><d:X509IssuerName>CN=any</d:X509IssuerName><d:X509SerialNumber>${number}</d:X509SerialNumber></x:IssuerSerial></x:Cert></x:SigningCertificate>`;
    expect(warnings({ certificate: older(BigInt(`0x${serialNumber}`).toString()) }, xadesRules.field)).toEqual([]);
    for (const number of ['1', '', '0x10', '9'.repeat(60)]) expect(refused({ certificate: older(number) }, xadesRules.field)).toBe('XADES_SIGNING_CERTIFICATE_MISMATCH SigningCertificate');
  });

  it('in the older form is enough for policy field only', () => {
    const older = `<x:SigningCertificate><x:Cert>${certDigest(certificate)}</x:Cert></x:SigningCertificate>`;
    expect(refused({ certificate: older }, xadesRules.strict)).toBe('XADES_PROPERTIES_MISSING SigningCertificateV2');
    expect(warnings({ certificate: older }, xadesRules.field)).toEqual([]);
  });

  it('in both forms must fit in both', () => {
    const [foreign = Buffer.alloc(0)] = other.certificates;
    const both = `<x:SigningCertificate><x:Cert>${certDigest(foreign)}</x:Cert></x:SigningCertificate>${certificateV2(certificate)}`;
    expect(refused({ certificate: both })).toBe('XADES_SIGNING_CERTIFICATE_MISMATCH SigningCertificate');
  });

  it.each([
    ['no entry', '<x:SigningCertificateV2/>', 'XADES_SIGNING_CERTIFICATE_MISMATCH SigningCertificateV2'],
    ['no digest', '<x:SigningCertificateV2><x:Cert/></x:SigningCertificateV2>', 'XADES_FORMAT XADES_CHILDREN'],
    ['an empty digest', '<x:SigningCertificateV2><x:Cert><x:CertDigest/></x:Cert></x:SigningCertificateV2>', 'XADES_FORMAT XADES_CHILDREN'],
    ['11 entries', `<x:SigningCertificateV2>${'<x:Cert/>'.repeat(11)}</x:SigningCertificateV2>`, 'XADES_FORMAT XADES_TOO_MUCH'],
    ['a name in the older form', '<x:SigningCertificateV2><x:Cert><x:IssuerSerial/></x:Cert></x:SigningCertificateV2>', 'XADES_FORMAT XADES_CHILDREN'],
  ])('is refused with %s', (_, markup, code) => {
    expect(refused({ certificate: markup })).toBe(code);
  });
});

describe('mandatory properties', () => {
  it('SigningTime and SigningCertificateV2 are missed', () => {
    expect(refused({ signingTime: '' })).toBe('XADES_PROPERTIES_MISSING SigningTime');
    expect(refused({ certificate: '' })).toBe('XADES_PROPERTIES_MISSING SigningCertificateV2');
    expect(refused({ certificate: '' }, xadesRules.field)).toBe('XADES_PROPERTIES_MISSING SigningCertificateV2');
  });

  it('the containers are missed', () => {
    const without = (name: string): Properties => ({ wrap: (properties) => `<Object Id="sp">${properties.replace(new RegExp(`<x:${name}.*</x:${name}>`), '')}</Object>` });
    expect(refused(without('SignedProperties'))).toBe('XADES_PROPERTIES_MISSING SignedProperties');
    expect(refused({ wrap: (properties) => `<Object>${properties.replace(/<x:SignedSignatureProperties.*<\/x:SignedSignatureProperties>/, '')}</Object>` })).toBe('XADES_PROPERTIES_MISSING SignedSignatureProperties');
  });

  it.each([
    ['2026-06-15T10:00:00Z', '2026-06-15T10:00:00.000Z'],
    [' 2026-06-15T10:00:00.25-05:30\n', '2026-06-15T15:30:00.250Z'],
    ['2028-02-29T00:00:00+14:00', '2028-02-28T10:00:00.000Z'],
  ])('SigningTime %j is an instant', (text, instant) => {
    expect(factsOf(signedWith(signer, { signingTime: `<x:SigningTime>${text}</x:SigningTime>` }))?.signingTime.toISOString()).toBe(instant);
  });

  it.each(['2026-06-15T10:00:00', '2026-06-15', '2026-02-30T10:00:00Z', '2026-06-15T25:00:00Z', '2026-06-15T10:00:00+15:00', '15/06/2026 10:00:00', ''])('SigningTime %j is none', (text) => {
    expect(refused({ signingTime: `<x:SigningTime>${text}</x:SigningTime>` })).toBe('XADES_FORMAT XADES_TIME');
  });
});

describe('other properties', () => {
  const children = 'XADES_FORMAT XADES_CHILDREN';
  const time = '<x:SigningTime>2026-06-15T10:00:00Z</x:SigningTime>';

  it.each<readonly [string, Properties]>([
    ['a property twice', { signingTime: time + time }],
    ['an element of XAdES out of place', { more: '<x:SignatureTimeStamp/>' }],
    ['an element that XAdES does not know', { more: '<x:Unknown/>' }],
    ['a third part', { wrap: (properties) => `<Object>${properties.replace('</x:QualifyingProperties>', '<x:UnsignedProperties/><x:UnsignedProperties/></x:QualifyingProperties>')}</Object>` }],
    ['a second part that is not UnsignedProperties', { wrap: (properties) => `<Object>${properties.replace('</x:QualifyingProperties>', '<x:SignedProperties/></x:QualifyingProperties>')}</Object>` }],
    ['something foreign beside the parts of SignedProperties', { wrap: (properties) => `<Object>${properties.replace('</x:SignedProperties>', '<o:a xmlns:o="urn:o"/></x:SignedProperties>')}</Object>` }],
  ])('refuse with %s', (_, properties) => {
    expect(refused(properties)).toBe(children);
  });

  it('of the schema that decide nothing are passed over', () => {
    expect(warnings({ more: '<x:SignatureProductionPlaceV2><x:City>Hà Nội</x:City></x:SignatureProductionPlaceV2><x:SignerRoleV2/>' })).toEqual([]);
  });

  it('of other namespaces are said', () => {
    expect(warnings({ more: '<o:Odd xmlns:o="urn:odd"/>' })).toEqual([['XADES_PROPERTY_UNKNOWN', 'Odd']]);
  });

  it('an implied policy asks for nothing', () => {
    expect(warnings({ more: '<x:SignaturePolicyIdentifier><x:SignaturePolicyImplied/></x:SignaturePolicyIdentifier>' })).toEqual([]);
  });

  it('an explicit policy is refused by policy strict and said by policy field', () => {
    const more = '<x:SignaturePolicyIdentifier><x:SignaturePolicyId><x:SigPolicyId><x:Identifier>urn:oid:1.2.3</x:Identifier></x:SigPolicyId></x:SignaturePolicyId></x:SignaturePolicyIdentifier>';
    expect(refused({ more })).toBe('XADES_POLICY urn:oid:1.2.3');
    expect(warnings({ more }, xadesRules.field)).toEqual([['XADES_POLICY_NOT_APPLIED', 'urn:oid:1.2.3']]);
  });

  it.each(['', '<x:SignaturePolicyImplied/><x:SignaturePolicyId/>'])('a policy identifier that holds %j is refused', (content) => {
    expect(refused({ more: `<x:SignaturePolicyIdentifier>${content}</x:SignaturePolicyIdentifier>` })).toBe(children);
  });
});

describe('the format of what is signed', () => {
  const missing = [['XADES_OBJECT_FORMAT_MISSING', '']];

  it.each([
    ['no DataObjectFormat', ''],
    ['no MimeType', '<x:DataObjectFormat ObjectReference="#r0"><x:Description>text</x:Description></x:DataObjectFormat>'],
    ['an empty MimeType', '<x:DataObjectFormat ObjectReference="#r0"><x:MimeType> </x:MimeType></x:DataObjectFormat>'],
  ])('is said to be missing with %s', (_, objects) => {
    expect(warnings({ objects })).toEqual(missing);
  });

  it.each([
    ['nothing', dataObjectFormat.replace('#r0', '#r1')],
    ['an address without #', dataObjectFormat.replace('#r0', 'r0')],
    ['the empty Id', dataObjectFormat.replace('#r0', '#')],
    ['one reference twice', dataObjectFormat + dataObjectFormat],
  ])('is refused when it points to %s', (_, objects) => {
    expect(refused({ objects })).toBe('XADES_FORMAT XADES_OBJECT_REFERENCE');
  });

  it('is refused when it points to a reference without a name, or to one of two of the same name', () => {
    expect(refused({ contentAttributes: '', objects: dataObjectFormat.replace('#r0', '#') })).toBe('XADES_FORMAT XADES_OBJECT_REFERENCE');
    const parsed = parse(signedWith(signer));
    const twice = (): unknown => factsAlone(parsed, certificate, xadesRules.strict, (references) => [...references, ...references.filter(({ uri }) => uri === '')]);
    expect(refusalOf(twice)).toBe('XADES_FORMAT XADES_OBJECT_REFERENCE');
  });

  it('is refused when it points to the properties themselves', () => {
    const type = 'Type="http://uri.etsi.org/01903#SignedProperties"';
    expect(refused({ objects: dataObjectFormat.replace('#r0', '#r1'), propertiesAttributes: `${type} Id="r1"` })).toBe('XADES_FORMAT XADES_OBJECT_REFERENCE');
  });
});

describe('properties copied from another signature', () => {
  it('do not name its certificate', () => {
    const theirs = propertiesMarkup(other, {});
    expect(refused({ wrap: () => theirs })).toBe('XADES_SIGNING_CERTIFICATE_MISMATCH SigningCertificateV2');
  });

  it('added beside a signature that does not refer to them are refused', () => {
    const plain = signWith(document, { identity: { key: signer.key, certificate }, attributes: ' Id="sig"', references: [{ uri: '' }], objects: '' });
    const added = parse(Buffer.from(plain.replace('</Signature>', `${propertiesMarkup(signer, {})}</Signature>`)));
    expect(refusalOf(() => verifySignature(added, place))).toBe('XADES_FORMAT XADES_REFERENCE');
    expect(refusalOf(() => factsAlone(added, certificate))).toBe('XADES_FORMAT XADES_REFERENCE');
  });
});
