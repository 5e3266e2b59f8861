// Guarantee: a time stamp is believed only when an authority for time stamping, trusted at the instant of judgement, signed this very digest.
// One good token, one change each, one outcome.
import { createHash, createPrivateKey } from 'node:crypto';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import * as cms from '@peculiar/asn1-cms';
import { TSTInfo } from '@peculiar/asn1-tsp';

import { Unavailable } from '../../src/errors/outcomes.ts';
import { issueCertificate } from '../../src/development/certificates.ts';
import { daysAfter } from '../../src/development/pki.ts';
import * as der from '../../src/development/der.ts';
import type { TokenRequest } from '../../src/development/time-stamp-authority.ts';
import { verifyTimeStamp } from '../../src/trust/timestamp.ts';
import type { TimeStamp } from '../../src/trust/timestamp.ts';
import { readValues } from '../../src/trust/embedded-values.ts';
import type { TrustMaterial } from '../../src/trust/material.ts';
import type { Extra } from '../../src/trust/path.ts';
import { loadPki, materialOf as developmentMaterial } from '../support/pki.ts';
import { issueAuthority, makeSite, octets, purposes, timeStampRefusal as refusalOf, TIME_STAMPING, tokenOf } from '../support/xades.ts';
import type { Site } from '../support/xades.ts';
import { at, days, makeList, makeRoot, makeSubordinate, materialOf, revoked, rsa, sha256, thrownBy } from './support.ts';

let site: Site;
let rsaTsa: Site['tsa'];
beforeAll(async () => {
  site = await makeSite();
  rsaTsa = await issueAuthority(site.root, {}, rsa(2048));
});

function verified(token: Buffer, changes: { readonly octets?: Buffer; readonly at?: Date; readonly material?: TrustMaterial; readonly extra?: Extra } = {}): TimeStamp {
  const { extra } = changes;
  return verifyTimeStamp({ token, octets: changes.octets ?? octets, ...(extra === undefined ? {} : { extra }) }, changes.material ?? site.material, changes.at ?? at);
}

/** The token with revocation lists where RFC 5652 §5.1 has a place for them. */
function withLists(token: Buffer, lists: readonly Buffer[]): Buffer {
  const whole = der.decode(token);
  const fields = der.itemsOf(der.itemsOf(der.itemsOf(whole)[1])[0]);
  (fields as der.Der[]).splice(4, 0, der.tagged(1, lists.map(der.decode)));
  return Buffer.from(der.encode(whole), 'latin1');
}

const refusedToken = (request: Partial<TokenRequest>): string => refusalOf(() => verified(tokenOf(site.tsa, request)));

describe('a good token', () => {
  it('gives the instant, its accuracy, the authority and the digest of the token', () => {
    const token = tokenOf(site.tsa, { accuracy: 1500, nonce: Buffer.from([5]) });
    expect(verified(token)).toMatchObject({ genTime: at, accuracyMs: 1500, serialNumber: '010203', digest: sha256(token), tsa: { commonName: 'TSA thử nghiệm' } });
  });

  it.each(['sha256', 'sha384', 'sha512'] as const)('may use %s throughout', (hash) => {
    expect(verified(tokenOf(site.tsa, { hash, imprintHash: hash })).genTime).toEqual(at);
    expect(verified(tokenOf(rsaTsa, { hash })).genTime).toEqual(at);
    expect(verified(tokenOf(rsaTsa, { hash, pss: true })).genTime).toEqual(at);
  });

  it('may name its signer by key identifier', () => {
    expect(verified(tokenOf(site.tsa, { signerName: 'key-identifier' })).genTime).toEqual(at);
  });

  it('may name the algorithm of RSA by the key alone (RFC 3370 §3.2)', () => {
    const editSignedData = (data: cms.SignedData): void => { for (const info of data.signerInfos) info.signatureAlgorithm.algorithm = '1.2.840.113549.1.1.1'; };
    expect(verified(tokenOf(rsaTsa, { editSignedData })).genTime).toEqual(at);
  });

  it('may leave its certificate out when that is among the others at hand', () => {
    const token = tokenOf(site.tsa, { embedded: [] });
    expect(refusalOf(() => verified(token))).toBe('TIMESTAMP_INVALID TOKEN_SIGNER');
    const { certificate } = site.tsa.holder;
    expect(verified(token, { extra: { candidates: [certificate], lists: [], responses: [] } }).tsa.certificate).toBe(certificate);
  });

  it('may bring the certificates of its path and the lists about them', async () => {
    const between = await makeSubordinate(site.root, 'TSA CA');
    const tsa = await issueAuthority(between);
    const lists = [await makeList(between), await makeList(site.root)];
    const material = await materialOf([site.root], []);
    const token = tokenOf(tsa, { embedded: [tsa.certificate, between.certificate.der] });
    const path = ['TSA thử nghiệm', 'TSA CA', 'Vietnam National Root CA'];
    expect(verified(token, { material, extra: readValues({ certificates: [], lists, responses: [] }) }).tsa.path.map(({ commonName }) => commonName)).toEqual(path);
    expect(verified(withLists(token, lists), { material }).tsa.path.map(({ commonName }) => commonName)).toEqual(path);
    expect(thrownBy(() => verified(withLists(token, lists.slice(1)), { material }))).toBeInstanceOf(Unavailable);
    expect(refusalOf(() => verified(tokenOf(tsa, { embedded: [tsa.certificate] }), { material }))).toBe('TIMESTAMP_UNTRUSTED NO_CERTIFICATE_CHAIN_FOUND');
  });

  it('may carry a SHA-1 digest of its certificate beside the other, never instead of it', () => {
    expect(verified(tokenOf(site.tsa, { olderReference: 'beside' })).genTime).toEqual(at);
    expect(refusedToken({ olderReference: 'instead' })).toBe('TIMESTAMP_INVALID TOKEN_SIGNER');
  });

  it('may have fractions of a second', () => {
    const genTime = new Date(at.getTime() - 1250);
    expect(verified(tokenOf(site.tsa, { genTime })).genTime).toEqual(genTime);
  });
});

describe('a token is refused when', () => {
  it('it is about other octets', () => {
    expect(refusalOf(() => verified(tokenOf(site.tsa), { octets: Buffer.from('<SignatureValue>other</SignatureValue>') }))).toBe('TIMESTAMP_INVALID TOKEN_IMPRINT');
  });

  it('its digest is one of SHA-1', () => {
    expect(refusedToken({ imprintHash: 'sha1' })).toBe('TIMESTAMP_INVALID TOKEN_ALGORITHM');
  });

  it('it is signed with SHA-1', () => {
    expect(refusedToken({ hash: 'sha1' })).toBe('TIMESTAMP_INVALID TOKEN_ALGORITHM');
  });

  it('its instant was changed after signing', () => {
    const token = tokenOf(site.tsa);
    const written = Buffer.from('20260615030000Z');
    const index = token.indexOf(written);
    expect(index).toBeGreaterThan(0);
    const altered = Buffer.from(token);
    altered.write('20260614030000Z', index, 'latin1');
    expect(refusalOf(() => verified(altered))).toBe('TIMESTAMP_INVALID TOKEN_MALFORMED');
  });

  it('a signed attribute was changed after signing', () => {
    const token = tokenOf(site.tsa);
    const altered = Buffer.from(token);
    altered.write('260614', token.indexOf(Buffer.from('\x17\x0d260615', 'latin1')) + 2, 'latin1');
    expect(altered.equals(token)).toBe(false);
    expect(refusalOf(() => verified(altered))).toBe('TIMESTAMP_INVALID TOKEN_SIGNATURE');
  });

  it('somebody else made the signature', async () => {
    const other = await issueAuthority(site.root);
    expect(refusalOf(() => verified(tokenOf({ ...site.tsa, key: other.key })))).toBe('TIMESTAMP_INVALID TOKEN_SIGNATURE');
    expect(refusalOf(() => verified(tokenOf({ ...site.tsa, key: rsaTsa.key })))).toBe('TIMESTAMP_INVALID TOKEN_SIGNATURE');
  });

  it('the digest among its attributes is of another certificate', () => {
    const editAttributes = (attributes: cms.Attribute[]): void => {
      for (const { attrType, attrValues: [value] } of attributes) if (attrType.endsWith('.2.47') && value) new Uint8Array(value).set([0xff], value.byteLength - 1);
    };
    expect(refusedToken({ editAttributes })).toBe('TIMESTAMP_INVALID TOKEN_SIGNER');
  });

  it('the SHA-1 digest beside the other is of another certificate', () => {
    const editAttributes = (attributes: cms.Attribute[]): void => {
      for (const { attrType, attrValues: [value] } of attributes) if (attrType.endsWith('.2.12') && value) new Uint8Array(value).set([0xff, 0xfe], value.byteLength - 2);
    };
    expect(refusedToken({ olderReference: 'beside', editAttributes })).toBe('TIMESTAMP_INVALID TOKEN_SIGNER');
  });

  it('its signer is named as somebody else, though the digest fits', () => {
    const editSignedData = (data: cms.SignedData): void => {
      for (const { sid } of data.signerInfos) if (sid.issuerAndSerialNumber) sid.issuerAndSerialNumber.serialNumber = new Uint8Array([9]).buffer;
    };
    expect(refusedToken({ editSignedData })).toBe('TIMESTAMP_INVALID TOKEN_SIGNER');
    const editIdentifier = (data: cms.SignedData): void => {
      for (const { sid } of data.signerInfos) if (sid.subjectKeyIdentifier) sid.subjectKeyIdentifier = new OctetString(Buffer.from('other'));
    };
    expect(refusedToken({ signerName: 'key-identifier', editSignedData: editIdentifier })).toBe('TIMESTAMP_INVALID TOKEN_SIGNER');
  });

  it('its instant is later than the judgement allows', () => {
    expect(refusedToken({ genTime: new Date(at.getTime() + 61_000) })).toBe('TIMESTAMP_INVALID TOKEN_TIME');
    expect(verified(tokenOf(site.tsa, { genTime: new Date(at.getTime() + 59_000) })).genTime.getTime()).toBeGreaterThan(at.getTime());
  });

  it('its instant is outside the validity of the certificate', async () => {
    const young = await issueAuthority(site.root, { notBefore: days(-2) });
    expect(refusalOf(() => verified(tokenOf(young, { genTime: days(-3) })))).toBe('TIMESTAMP_INVALID TOKEN_TIME');
    expect(refusalOf(() => verified(tokenOf(site.tsa, { genTime: days(300) }), { at: days(301) }))).toBe('TIMESTAMP_INVALID TOKEN_TIME');
  });
});

describe('the authority is not believed when', () => {
  const noPath = (call: () => unknown): string => refusalOf(call);

  it.each([
    ['for nothing in particular', []],
    ['for other purposes', [purposes(true, '1.3.6.1.5.5.7.3.4')]],
    ['for time stamping besides others', [purposes(true, TIME_STAMPING, '1.3.6.1.5.5.7.3.4')]],
    ['for time stamping, but not critically', [purposes(false, TIME_STAMPING)]],
  ])('its certificate is %s', async (_, extensions) => {
    const tsa = await issueAuthority(site.root, { extensions });
    expect(noPath(() => verified(tokenOf(tsa)))).toMatch(/^TIMESTAMP_UNTRUSTED CHAIN_CONSTRAINTS_FAILURE extKeyUsage = /);
  });

  it('no path leads to an anchor', async () => {
    const stranger = await issueAuthority(await makeRoot('Somebody'));
    expect(noPath(() => verified(tokenOf(stranger)))).toBe('TIMESTAMP_UNTRUSTED NO_CERTIFICATE_CHAIN_FOUND');
  });

  it('it is revoked at the instant of judgement, though not when the token was made', async () => {
    const list = await makeList(site.root, { entries: [revoked(site.tsa.holder.certificate, days(-1))] });
    const material = await materialOf([site.root], [list]);
    expect(noPath(() => verified(tokenOf(site.tsa, { genTime: days(-2) }), { material }))).toMatch(/^TIMESTAMP_UNTRUSTED REVOKED/);
  });

  it('its revocation state is unknown: then not now, neither yes nor no', async () => {
    const material = await materialOf([site.root], []);
    expect(thrownBy(() => verified(tokenOf(site.tsa), { material }))).toBeInstanceOf(Unavailable);
  });
});

describe('an independent reader', () => {
  it('reads the same in every token that passes', () => {
    const token = tokenOf(site.tsa, { accuracy: 2001 });
    const data = AsnConvert.parse(AsnConvert.parse(token, cms.ContentInfo).content, cms.SignedData);
    const read = AsnConvert.parse(data.encapContentInfo.eContent?.single?.buffer ?? new ArrayBuffer(0), TSTInfo);
    const stamp = verified(token);
    expect([read.genTime, Buffer.from(read.serialNumber).toString('hex'), (read.accuracy?.seconds ?? 0) * 1000 + (read.accuracy?.millis ?? 0)]).toEqual([stamp.genTime, stamp.serialNumber, stamp.accuracyMs]);
    expect(Buffer.from(read.messageImprint.hashedMessage.buffer)).toEqual(createHash('sha256').update(octets).digest());
  });
});

describe('the development PKI', () => {
  it('can have an authority for time stamping', async () => {
    const pki = await loadPki();
    const now = new Date();
    const { certificatePem, privateKeyPem } = issueCertificate({
      subject: { C: 'VN', CN: 'TSA (Development)' }, issuer: pki.subordinate, notBefore: daysAfter(now, -1), notAfter: daysAfter(now, 1), keyUsage: ['digitalSignature'], extendedKeyUsage: ['timeStamping'],
    });
    const token = tokenOf({ key: createPrivateKey(privateKeyPem), certificate: der.fromPem(certificatePem) }, { genTime: now });
    expect(verified(token, { material: developmentMaterial(pki), at: now }).tsa.commonName).toBe('TSA (Development)');
  });
});
