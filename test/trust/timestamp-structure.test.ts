// Guarantee: there is one form of a time-stamp token, in one encoding, with one hash; whatever else is sent is refused, and never with another
// error than a refusal. One good token, one change each.
import { createHash } from 'node:crypto';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import * as cms from '@peculiar/asn1-cms';
import { Accuracy } from '@peculiar/asn1-tsp';
import type { TSTInfo } from '@peculiar/asn1-tsp';
import { Extension, Extensions } from '@peculiar/asn1-x509';

import * as der from '../../src/development/der.ts';
import type { TokenRequest } from '../../src/development/time-stamp-authority.ts';
import { verifyTimeStamp } from '../../src/trust/timestamp.ts';
import type { TimeStamp } from '../../src/trust/timestamp.ts';
import { readTokenInfo } from '../../src/trust/token-info.ts';
import { issueAuthority, makeSite, octets, timeStampRefusal as refusalOf, tokenOf } from '../support/xades.ts';
import type { Site } from '../support/xades.ts';
import { at, rsa } from './support.ts';

let site: Site;
let rsaTsa: Site['tsa'];
beforeAll(async () => {
  site = await makeSite();
  rsaTsa = await issueAuthority(site.root, {}, rsa(2048));
});

const verified = (token: Buffer): TimeStamp => verifyTimeStamp({ token, octets }, site.material, at);
const refusedToken = (request: Partial<TokenRequest>): string => refusalOf(() => verified(tokenOf(site.tsa, request)));

describe('a token with another structure is refused:', () => {
  const malformed = 'TIMESTAMP_INVALID TOKEN_MALFORMED';
  const set = (edit: (data: cms.SignedData) => void): Partial<TokenRequest> => ({ editSignedData: edit });
  const info = (edit: (info: TSTInfo) => void): Partial<TokenRequest> => ({ editInfo: edit });

  it.each<readonly [string, Partial<TokenRequest>]>([
    ['two signers', set((data) => { data.signerInfos.push(...data.signerInfos); })],
    ['no signer', set((data) => { data.signerInfos.length = 0; })],
    ['no signed attributes', set((data) => { for (const signer of data.signerInfos) delete signer.signedAttrs; })],
    ['attributes in another order than they are signed in', set((data) => { for (const signer of data.signerInfos) signer.signedAttrs?.reverse(); })],
    ['no content', set((data) => { delete data.encapContentInfo.eContent; })],
    ['content of another type', set((data) => { data.encapContentInfo.eContentType = '1.2.840.113549.1.7.1'; })],
    ['an unknown version', set((data) => { Object.assign(data, { version: 9 }); })],
    ['a signer of an unknown version', set((data) => { for (const signer of data.signerInfos) signer.version = cms.CMSVersion.v2; })],
    ['a signer named in the way of the other version', set((data) => { for (const signer of data.signerInfos) signer.version = cms.CMSVersion.v3; })],
    ['17 certificates', set((data) => { const [one] = data.certificates ?? []; if (one) data.certificates?.push(...Array<typeof one>(16).fill(one)); })],
    ['no type of content among the attributes', { editAttributes: (attributes) => { attributes.splice(attributes.findIndex(({ attrType }) => attrType.endsWith('9.3')), 1); } }],
    ['no digest among the attributes', { editAttributes: (attributes) => { attributes.splice(attributes.findIndex(({ attrType }) => attrType.endsWith('9.4')), 1); } }],
    ['an attribute with two values', { editAttributes: ([first]) => { first?.attrValues.push(...first.attrValues); } }],
    ['an attribute twice', { editAttributes: (attributes) => { attributes.push(...attributes.slice(0, 1)); } }],
    ['a type of content that is not the content’s', { editAttributes: ([first]) => { if (first) first.attrValues = [AsnConvert.serialize(new cms.ContentInfo({ contentType: '1.2.3', content: new Uint8Array([5, 0]).buffer })).slice(2, 6)]; } }],
    ['content of a later version', info((tst) => { Object.assign(tst, { version: 2 }); })],
    ['a critical extension', info((tst) => { tst.extensions = new Extensions([new Extension({ extnID: '1.2.3', critical: true, extnValue: new OctetString([5, 0]) })]); })],
    ['an accuracy out of range', info((tst) => { tst.accuracy = new Accuracy({ seconds: 1, millis: 1000 }); })],
  ])('%s', (_, request) => {
    expect(refusedToken(request)).toBe(malformed);
  });

  it('an extension that is not critical does no harm', () => {
    const token = tokenOf(site.tsa, info((tst) => { tst.extensions = new Extensions([new Extension({ extnID: '1.2.3', critical: false, extnValue: new OctetString([5, 0]) })]); }));
    expect(verified(token).genTime).toEqual(at);
  });

  it('octets after the end', () => {
    expect(refusalOf(() => verified(Buffer.concat([tokenOf(site.tsa), Buffer.from([0])])))).toBe(malformed);
  });

  it('a length that is not the shortest, or indefinite', () => {
    const token = tokenOf(site.tsa);
    const body = token.subarray(4);
    expect(token[1]).toBe(0x82);
    const length = token.subarray(2, 4);
    expect(refusalOf(() => verified(Buffer.concat([Buffer.from([0x30, 0x83, 0]), length, body])))).toBe(malformed);
    expect(refusalOf(() => verified(Buffer.concat([Buffer.from([0x30, 0x80]), body, Buffer.from([0, 0])])))).toBe(malformed);
  });

  it('any one octet cut off or changed', () => {
    const token = tokenOf(site.tsa);
    for (let index = 0; index < token.length; index += 1) {
      const altered = Buffer.from(token);
      altered[index] = (altered[index] ?? 0) ^ 0x01;
      expect(refusalOf(() => verified(altered))).toMatch(/^TIMESTAMP_(?:INVALID|UNTRUSTED) /);
      expect(refusalOf(() => verified(token.subarray(0, index)))).toBe(malformed);
    }
  });

  it('more than 256 KiB', () => {
    const nonce = Buffer.alloc(257 * 1024, 1);
    expect(refusedToken({ nonce })).toBe(malformed);
    expect(verified(tokenOf(site.tsa, { nonce: nonce.subarray(0, 200 * 1024) })).genTime).toEqual(at);
  });
});

describe('what is signed must say one thing only', () => {
  const bytes = (value: der.Der): ArrayBuffer => Uint8Array.from(Buffer.from(der.encode(value), 'latin1')).buffer;
  const signers = (edit: (signer: cms.SignerInfo) => void): Partial<TokenRequest> => ({ editSignedData: (data) => { data.signerInfos.forEach(edit); } });
  const sha = (bits: '256' | '384'): der.Der => der.sequence(der.oid(`2.16.840.1.101.3.4.2.${bits === '256' ? '1' : '2'}`));
  const algorithm = 'TIMESTAMP_INVALID TOKEN_ALGORITHM';

  it('issuer and serial number beside the digest are the certificate’s', () => {
    const { certificate } = site.tsa.holder;
    const naming = (serialNumber: string, issuerDer = certificate.issuerDer): Partial<TokenRequest> => ({
      editAttributes: (attributes) => {
        const issuerSerial = der.sequence(der.sequence(der.tagged(4, [der.decode(issuerDer)])), der.integer(serialNumber));
        const digest = der.octets(createHash('sha256').update(certificate.der).digest().toString('latin1'));
        for (const attribute of attributes) if (attribute.attrType.endsWith('.2.47')) attribute.attrValues = [bytes(der.sequence(der.sequence(der.sequence(digest, issuerSerial))))];
      },
    });
    expect(verified(tokenOf(site.tsa, naming(certificate.serialNumber))).genTime).toEqual(at);
    expect(refusedToken(naming('1'))).toBe('TIMESTAMP_INVALID TOKEN_SIGNER');
    expect(refusedToken(naming(certificate.serialNumber, certificate.subjectDer))).toBe('TIMESTAMP_INVALID TOKEN_SIGNER');
  });

  it('a signed message about something else is no token', () => {
    const data = '1.2.840.113549.1.7.1';
    const request: Partial<TokenRequest> = {
      editAttributes: ([contentType]) => { if (contentType) contentType.attrValues = [bytes(der.oid(data))]; },
      editSignedData: ({ encapContentInfo }) => { encapContentInfo.eContentType = data; },
    };
    expect(refusedToken(request)).toBe('TIMESTAMP_INVALID TOKEN_MALFORMED');
  });

  it('the hash is announced', () => {
    expect(refusedToken({ editSignedData: ({ digestAlgorithms: [first] }) => { if (first) first.algorithm = '2.16.840.1.101.3.4.2.3'; } })).toBe('TIMESTAMP_INVALID TOKEN_MALFORMED');
  });

  it('everything is in DER, even what nobody reads', () => {
    const padded = new cms.Attribute({ attrType: '1.2.3', attrValues: [Uint8Array.from([2, 2, 0, 1]).buffer] });
    const shortest = new cms.Attribute({ attrType: '1.2.3', attrValues: [Uint8Array.from([2, 1, 1]).buffer] });
    expect(verified(tokenOf(site.tsa, signers((signer) => { signer.unsignedAttrs = [shortest]; }))).genTime).toEqual(at);
    expect(refusedToken(signers((signer) => { signer.unsignedAttrs = [padded]; }))).toBe('TIMESTAMP_INVALID TOKEN_MALFORMED');
    expect(refusedToken({ nonce: Buffer.from([0, 1]) })).toBe('TIMESTAMP_INVALID TOKEN_MALFORMED');
  });

  it('one hash for content and signature', () => {
    expect(refusedToken(signers((signer) => { signer.signatureAlgorithm.algorithm = '1.2.840.10045.4.3.3'; }))).toBe(algorithm);
  });

  it('a signature of the kind that its key makes', () => {
    const asElliptic = tokenOf(rsaTsa, signers((signer) => { signer.signatureAlgorithm = new cms.SignatureAlgorithmIdentifier({ algorithm: '1.2.840.10045.4.3.2' }); }));
    expect(refusalOf(() => verified(asElliptic))).toBe('TIMESTAMP_INVALID TOKEN_SIGNATURE');
  });

  const mgf1 = '1.2.840.113549.1.1.8';
  it.each<readonly [string, readonly der.Der[]]>([
    ['nothing, which means SHA-1', []],
    ['another hash', [der.tagged(0, [sha('384')]), der.tagged(1, [der.sequence(der.oid(mgf1), sha('384'))]), der.tagged(2, [der.integer('20')])]],
    ['another hash in the mask', [der.tagged(0, [sha('256')]), der.tagged(1, [der.sequence(der.oid(mgf1), sha('384'))]), der.tagged(2, [der.integer('20')])]],
    ['another mask', [der.tagged(0, [sha('256')]), der.tagged(1, [der.sequence(der.oid('1.2.3'), sha('256'))]), der.tagged(2, [der.integer('20')])]],
    ['a short salt', [der.tagged(0, [sha('256')]), der.tagged(1, [der.sequence(der.oid(mgf1), sha('256'))]), der.tagged(2, [der.integer('14')])]],
    ['a salt that fits no key', [der.tagged(0, [sha('256')]), der.tagged(1, [der.sequence(der.oid(mgf1), sha('256'))]), der.tagged(2, [der.integer('401')])]],
    ['a trailer', [der.tagged(0, [sha('256')]), der.tagged(1, [der.sequence(der.oid(mgf1), sha('256'))]), der.tagged(2, [der.integer('20')]), der.tagged(3, [der.integer('2')])]],
  ])('RSASSA-PSS does not go with %s', (_, parameters) => {
    const token = tokenOf(rsaTsa, { pss: true, ...signers((signer) => { signer.signatureAlgorithm.parameters = bytes(der.sequence(...parameters)); }) });
    expect(refusalOf(() => verified(token))).toBe(algorithm);
  });

  it('RSASSA-PSS needs its parameters', () => {
    const token = tokenOf(rsaTsa, { pss: true, ...signers((signer) => { signer.signatureAlgorithm = new cms.SignatureAlgorithmIdentifier({ algorithm: signer.signatureAlgorithm.algorithm }); }) });
    expect(refusalOf(() => verified(token))).toBe(algorithm);
  });

  it.each(['20260615030000.Z', '20260615030000.10Z', '202606150300Z', '20260631030000Z', '20260615030000+0700'])('an instant is not written %s', (text) => {
    const rewritten = (content: Buffer): Buffer => {
      const tst = der.decode(content);
      const time = der.itemsOf(tst).find(({ value }) => value === '20260615030000Z');
      if (time === undefined) throw new Error('the token has no instant');
      time.value = text;
      return Buffer.from(der.encode(tst), 'latin1');
    };
    const { encapContentInfo } = AsnConvert.parse(AsnConvert.parse(tokenOf(site.tsa), cms.ContentInfo).content, cms.SignedData);
    const content = Buffer.from(encapContentInfo.eContent?.single?.buffer ?? new ArrayBuffer(0));
    expect(readTokenInfo(content).genTime).toEqual(at);
    expect(() => readTokenInfo(rewritten(content))).toThrow(/time /);
  });
});
