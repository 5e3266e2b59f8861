// Guarantee: trust material is exactly the authorities and lists of a folder; anything else in it stops the start and is named.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parseTrustMaterial, restoreTrustMaterial, serializeTrustMaterial, type TrustFile } from '../../src/trust/material.ts';
import { issue, makeKeys, makeLeaf, makeList, makeRoot, makeSubordinate, nameOf, oids, purposes, rsa, sha256, usage, type Holder } from './support.ts';

let root: Holder;
let subordinate: Holder;
let list: Buffer;

beforeAll(async () => {
  root = await makeRoot();
  subordinate = await makeSubordinate(root);
  list = await makeList(root, { number: 7 });
});

const pem = (label: string, der: Uint8Array): Buffer => Buffer.from(`-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64')}\n-----END ${label}-----\n`);
const anchorFile = (): TrustFile => ({ name: 'root.cer', bytes: root.certificate.der });
const parse = (...files: TrustFile[]) => parseTrustMaterial([anchorFile(), ...files]);

describe('what is taken', () => {
  it('self-signed authorities are anchors, other authorities intermediates, lists revocation lists', () => {
    const material = parse({ name: 'vnpt.CRT', bytes: subordinate.certificate.der }, { name: 'root.crl', bytes: list });
    expect(material.anchors).toEqual([root.certificate]);
    expect(material.intermediates).toEqual([subordinate.certificate]);
    expect(material.revocationLists.map(({ number, fingerprint }) => [number, fingerprint])).toEqual([['07', sha256(list)]]);
  });

  it('a bundle of PEM blocks with remarks between them', () => {
    const bundle = Buffer.concat([Buffer.from('# VNPT\n'), pem('CERTIFICATE', subordinate.certificate.der), Buffer.from('\nsubject=…\n'), pem('X509 CRL', list)]);
    const material = parse({ name: 'bundle.pem', bytes: bundle });
    expect([material.intermediates.length, material.revocationLists.length]).toEqual([1, 1]);
  });

  it('certificates of those who sign lists or OCSP answers for an authority are delegates, and no authorities', async () => {
    const signer = await issue(subordinate, { subject: subordinate.name, usages: [usage.cRLSign] });
    const responder = await issue(subordinate, { subject: nameOf('OCSP'), extensions: [purposes(oids.ocsp)] });
    const material = parse({ name: 'list.cer', bytes: signer.certificate.der }, { name: 'ocsp.cer', bytes: responder.certificate.der });
    expect(material.intermediates).toEqual([]);
    expect(new Set(material.delegates)).toEqual(new Set([signer.certificate, responder.certificate]));
    expect(restoreTrustMaterial(serializeTrustMaterial(material))).toEqual(material);
    const own = { name: nameOf('Own'), keys: await makeKeys() };
    const selfSigned = await issue(own, { subject: own.name, keys: own.keys, usages: [usage.cRLSign] });
    expect(parse({ name: 'own.cer', bytes: selfSigned.certificate.der }).anchors).toEqual([root.certificate]);
  });

  it('the README beside them is passed over', () => {
    expect(parse({ name: 'README.md', bytes: Buffer.from('-----BEGIN CERTIFICATE----- is how PEM begins') }).anchors).toHaveLength(1);
  });

  it('a certificate that names itself as issuer but is signed by another key is no anchor', async () => {
    const stranger = await makeKeys();
    const { certificate } = await issue({ name: nameOf('Root'), keys: stranger }, { ca: true, subject: nameOf('Root') });
    expect(parse({ name: 'forged.cer', bytes: certificate.der }).anchors).toEqual([root.certificate]);
  });

  it('an old root is recognised by its SHA-1 signature over itself', async () => {
    const old = await makeRoot('MIC National Root CA', { keys: await makeKeys(rsa(2048, 'SHA-1')) });
    expect(parse({ name: 'mic.cer', bytes: old.certificate.der }).anchors).toHaveLength(2);
  });
});

describe('what stops the start', () => {
  const leafFile = async (): Promise<TrustFile> => ({ name: 'unit.cer', bytes: (await makeLeaf(root)).der });
  const broken = 'not a certificate';

  it.each<[what: string, file: TrustFile, reason: RegExp]>([
    ['a private key', { name: 'root.pem', bytes: pem('EC PRIVATE KEY', Buffer.from([1])) }, /root\.pem: holds a private key/],
    ['a private key under another name', { name: 'README.md', bytes: pem('PRIVATE KEY', Buffer.from([1])) }, /README\.md: holds a private key/],
    ['an unreadable certificate', { name: 'a.cer', bytes: Buffer.from(broken) }, /a\.cer: a certificate that cannot be read/],
    ['an unreadable list', { name: 'a.crl', bytes: Buffer.from(broken) }, /a\.crl: /],
    ['another kind of file', { name: 'roots.p7b', bytes: Buffer.from(broken) }, /roots\.p7b: is neither/],
    ['another kind of PEM block', { name: 'a.pem', bytes: pem('PKCS7', Buffer.from([1])) }, /a\.pem: a PEM block of another kind: PKCS7/],
    ['a PEM block without an end', { name: 'a.pem', bytes: Buffer.from('-----BEGIN CERTIFICATE-----\nAAAA\n') }, /a\.pem: a PEM block that cannot be read/],
  ])('%s', (_, file, reason) => {
    expect(() => parse(file)).toThrow(reason);
  });

  it('a certificate that is not an authority’s', async () => {
    const file = await leafFile();
    expect(() => parse(file)).toThrow(/unit\.cer: not the certificate of an authority: UID=MST:0101300842/);
  });

  it('a folder without an anchor', () => {
    expect(() => parseTrustMaterial([{ name: 'vnpt.cer', bytes: subordinate.certificate.der }])).toThrow(/no trust anchor/);
  });

  it('all problems at once', async () => {
    const file = await leafFile();
    expect(() => parseTrustMaterial([file, { name: 'b.crl', bytes: Buffer.from(broken) }])).toThrow(/unit\.cer[^]*b\.crl[^]*no trust anchor/);
  });
});

describe('the digest and the stored form', () => {
  it('do not depend on the order, the names or the repetition of files', () => {
    const [a, b, c] = [anchorFile(), { name: 'x.cer', bytes: subordinate.certificate.der }, { name: 'x.crl', bytes: list }];
    const one = parseTrustMaterial([a, b, c]);
    const other = parseTrustMaterial([c, { name: 'y.pem', bytes: pem('CERTIFICATE', b.bytes) }, b, a]);
    expect(other.digest).toBe(one.digest);
    expect(serializeTrustMaterial(other).equals(serializeTrustMaterial(one))).toBe(true);
  });

  it('change with every certificate and every list', () => {
    const digests = [parse(), parse({ name: 'x.cer', bytes: subordinate.certificate.der }), parse({ name: 'x.crl', bytes: list })].map(({ digest }) => digest);
    expect(new Set(digests).size).toBe(3);
  });

  it('give back the same material', () => {
    const material = parse({ name: 'x.cer', bytes: subordinate.certificate.der }, { name: 'x.crl', bytes: list });
    expect(restoreTrustMaterial(serializeTrustMaterial(material))).toEqual(material);
  });
});
