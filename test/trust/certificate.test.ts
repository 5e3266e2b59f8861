// Guarantee: a certificate is read completely and in one way, or refused as CERTIFICATE_MALFORMED; no bytes make another error.
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parseCertificate, type Certificate } from '../../src/trust/certificate.ts';
import { elementsOf, readDer } from '../../src/trust/der.ts';
import { alternatives, der, general, issue, makeKeys, makeLeaf, makeRoot, nameOf, points, refusedWith, rsa, sha256, uid, x509, type Holder, type Shape } from './support.ts';

let root: Holder;
let leaf: Certificate;

beforeAll(async () => {
  root = await makeRoot();
  leaf = await makeLeaf(root, { serialNumber: '5401ff' });
});

const malformed = (bytes: Uint8Array): void => {
  expect(refusedWith(() => parseCertificate(bytes))).toEqual(['CERTIFICATE_MALFORMED']);
};
const malformedWhenIssued = async (shape: Shape): Promise<void> => {
  await expect(issue(root, shape)).rejects.toMatchObject({ findings: [{ code: 'CERTIFICATE_MALFORMED' }] });
};

describe('what is read', () => {
  it('agrees with OpenSSL', () => {
    const other = new X509Certificate(leaf.der);
    expect(leaf.fingerprint).toBe(other.fingerprint256.replaceAll(':', '').toLowerCase());
    expect(leaf.serialNumber).toBe(other.serialNumber.toLowerCase());
    expect(leaf.notBefore).toEqual(new Date(other.validFrom));
    expect(leaf.notAfter).toEqual(new Date(other.validTo));
    expect(leaf.publicKey.equals(other.publicKey)).toBe(true);
  });

  it('names subject and issuer, whatever commas and quotes they hold', () => {
    expect(leaf.commonName).toBe('CÔNG TY "ABC", CHI NHÁNH 1');
    expect(leaf.subject).toBe('UID=MST:0101300842, CN=CÔNG TY \\"ABC\\"\\, CHI NHÁNH 1, C=VN');
    expect(leaf.issuer).toBe('CN=Vietnam National Root CA, O=Thử nghiệm, C=VN');
    expect(leaf.issuerDer.equals(root.certificate.subjectDer)).toBe(true);
  });

  it('describes keys: bits of RSA, curve of EC', async () => {
    const other = await makeLeaf(root, { keys: await makeKeys(rsa(2048)) });
    expect([leaf.keyType, leaf.keyBits, leaf.curve]).toEqual(['ec', undefined, '1.2.840.10045.3.1.7']);
    expect([other.keyType, other.keyBits, other.curve]).toEqual(['rsa', 2048, undefined]);
  });

  it('describes extensions', async () => {
    const { certificate } = await issue(root, { ca: true, pathLength: 3, extensions: [new x509.ExtendedKeyUsageExtension(['1.2.3.4'], true)] });
    expect([certificate.isAuthority, certificate.pathLength]).toEqual([true, 3]);
    expect([...(certificate.keyUsage ?? [])]).toEqual(['keyCertSign', 'cRLSign']);
    expect(certificate.extendedKeyUsage).toEqual(['1.2.3.4']);
    expect(certificate.criticalExtensions).toEqual(['2.5.29.19', '2.5.29.15', '2.5.29.37']);
    expect(certificate.authorityKeyIdentifier).toBe(root.certificate.subjectKeyIdentifier);
    expect(certificate.authorityKeyIdentifier).toHaveLength(40);
  });

  it('says what is absent by undefined', async () => {
    const bare = await makeLeaf(root, { usages: 'absent', keyIdentifiers: false });
    expect([bare.keyUsage, bare.extendedKeyUsage, bare.subjectKeyIdentifier, bare.authorityKeyIdentifier, bare.pathLength]).toEqual(Array(5).fill(undefined));
    expect(bare.isAuthority).toBe(false);
  });
});

describe('tax codes', () => {
  const of = async (...subject: x509.JsonNameParams) => {
    const { taxCodes, otherUserIds } = await makeLeaf(root, { subject });
    return { taxCodes, otherUserIds };
  };

  it('are told from the other user ids of a person in an organisation', async () => {
    expect(await of(uid('CMND:012345678'), { CN: ['A'] }, uid('MST:0101300842'))).toEqual({ taxCodes: ['0101300842'], otherUserIds: ['CMND:012345678'] });
  });

  it('keep the branch suffix', async () => {
    expect(await of(uid('MST:0301519977-029'))).toEqual({ taxCodes: ['0301519977-029'], otherUserIds: [] });
  });

  it('are all there when a subject has several', async () => {
    expect((await of(uid('MST:1'), uid('MST:2'))).taxCodes).toEqual(['1', '2']);
  });

  it('are read from every string type', async () => {
    const oid = '0.9.2342.19200300.100.1.1';
    expect((await of({ [oid]: [{ printableString: 'MST:1' }] }, { [oid]: [{ ia5String: 'MST:2' }] }, { [oid]: [{ bmpString: 'MST:3' }] })).taxCodes).toEqual(['1', '2', '3']);
  });

  it('are never taken from another attribute, nor from the text of one', async () => {
    expect((await of({ CN: [{ utf8String: 'A, UID=MST:0101300842' }] }, { O: ['MST:0101300842'] })).taxCodes).toEqual([]);
  });

  it('need the prefix exactly', async () => {
    expect((await of(uid('0101300842'), uid('mst:0101300842'), uid(' MST:0101300842'))).taxCodes).toEqual([]);
  });

  it('do not end at a NUL', async () => {
    expect((await of(uid('MST:0101300842\0-001'))).taxCodes).toEqual(['0101300842\uFFFD-001']);
  });
});

describe('what cannot be read', () => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('not a certificate')],
    ['an empty sequence', Buffer.from('3000', 'hex')],
    ['zeros', Buffer.alloc(500)],
    ['too much', Buffer.alloc(17 * 1024, 0x30)],
  ])('%s', (_, bytes) => {
    malformed(bytes);
  });

  it('bytes after the certificate', () => {
    malformed(Buffer.concat([leaf.der, Buffer.from([0])]));
  });

  it('PEM: the caller decodes', () => {
    malformed(Buffer.from(new X509Certificate(leaf.der).toString()));
  });

  it('more than 16 KiB', async () => {
    await malformedWhenIssued({ extensions: [new x509.Extension('1.2.3.4', false, Buffer.alloc(16 * 1024))] });
  });

  it('an extension given twice', async () => {
    const policy = () => new x509.Extension('1.2.3.4', false, Buffer.from('0500', 'hex'));
    await malformedWhenIssued({ extensions: [policy(), policy()] });
  });

  it('an extension whose value has bytes after its end', async () => {
    await malformedWhenIssued({ extensions: [new x509.Extension('2.5.29.37', false, Buffer.from('3005060355040300', 'hex'))] });
  });

  it('two different signature algorithms, inside and outside of what is signed', () => {
    const outside = leaf.der.lastIndexOf(Buffer.from('06082a8648ce3d040302', 'hex'));
    const changed = Buffer.from(leaf.der);
    changed[outside + 9] = 0x03;
    malformed(changed);
  });

  it('a version that does not exist, or that has no extensions', () => {
    const version = leaf.der.indexOf(Buffer.from('a003020102', 'hex')) + 4;
    for (const other of [0, 1, 3]) {
      const changed = Buffer.from(leaf.der);
      changed[version] = other;
      malformed(changed);
    }
  });

  it('a version that does not exist, though there are no extensions to tell it by', () => {
    const sequence = (parts: readonly Buffer[]): Buffer => {
      const content = Buffer.concat(parts);
      return Buffer.concat([Buffer.from(content.length < 256 ? [0x30, 0x81, content.length] : [0x30, 0x82, content.length >> 8, content.length & 0xff]), content]);
    };
    const { toBeSigned, algorithm } = leaf.signed;
    const [, ...fields] = elementsOf(toBeSigned).map(({ raw }) => raw);
    const signature = elementsOf(readDer(leaf.der)).map(({ raw }) => raw)[2] ?? leaf.der;
    const withVersion = (version: number): Buffer =>
      sequence([sequence([Buffer.from([0xa0, 0x03, 0x02, 0x01, version]), ...fields.slice(0, -1)]), algorithm.raw, signature]);
    expect(parseCertificate(withVersion(2)).criticalExtensions).toEqual([]);
    malformed(withVersion(3));
  });

  it('a name that is not UTF-8', () => {
    const changed = Buffer.from(leaf.der);
    changed[changed.indexOf(Buffer.from('MST:'))] = 0xff;
    malformed(changed);
  });

  it('a name with a character outside its alphabet', () => {
    const changed = Buffer.from(leaf.der);
    changed[changed.indexOf(Buffer.from('1302564e', 'hex')) + 2] = 0xd6;
    malformed(changed);
  });

  it('a key of an algorithm nobody knows', async () => {
    await malformedWhenIssued({ publicKeyInfo: Buffer.from('300a300506032a03040301 00'.replaceAll(' ', ''), 'hex') });
  });

  it('any one byte changed or cut off gives a certificate or this refusal, never another error', () => {
    for (let position = 0; position < leaf.der.length; position++) {
      for (const mask of [0x01, 0x80]) {
        const changed = Buffer.from(leaf.der);
        changed[position] = (changed[position] ?? 0) ^ mask;
        try {
          expect(parseCertificate(changed).fingerprint).toBe(sha256(changed));
        } catch {
          malformed(changed);
        }
      }
      malformed(leaf.der.subarray(0, position));
    }
  });
});

describe('where revocation data lie', () => {
  const access = (...entries: readonly (readonly [method: string, location: Buffer])[]): x509.Extension =>
    new x509.Extension('1.3.6.1.5.5.7.1.1', false, der(0x30, ...entries.map(([method, location]) => der(0x30, Buffer.from(method, 'hex'), location))));
  const [OCSP, ISSUERS] = ['06082b06010505073001', '06082b06010505073002'];

  it('is said by addresses in http and https, and no others', async () => {
    const certificate = await makeLeaf(root, {
      extensions: [
        points('http://crl.example/1.crl', 'ldap://dir.example/cn=1', 'HTTPS://crl.example/1.crl', 'file:///etc/passwd', 'http://', 'http://a b/'),
        access([OCSP, general.uri('http://ocsp.example/')], [ISSUERS, general.uri('http://crt.example/')], [OCSP, general.dns('ocsp.example')]),
      ],
    });
    expect(certificate.crlDistributionPoints).toEqual(['http://crl.example/1.crl', 'HTTPS://crl.example/1.crl']);
    expect(certificate.ocspResponders).toEqual(['http://ocsp.example/']);
  });

  it('is a hint: one that cannot be read is none, and refuses nobody', async () => {
    const odd = ['2.5.29.31', '1.3.6.1.5.5.7.1.1'].map((oid) => new x509.Extension(oid, false, Buffer.from('0500', 'hex')));
    const certificate = await makeLeaf(root, { extensions: odd });
    expect([certificate.crlDistributionPoints, certificate.ocspResponders, certificate.distributionPointNames.size]).toEqual([[], [], 0]);
  });

  it('is bounded', async () => {
    const certificate = await makeLeaf(root, { extensions: [points(...Array.from({ length: 20 }, (_, index) => `http://crl.example/${index}`))] });
    expect(certificate.crlDistributionPoints).toHaveLength(16);
    expect((await makeLeaf(root, { extensions: [points(`http://crl.example/${'x'.repeat(1024)}`)] })).crlDistributionPoints).toEqual([]);
  });
});

describe('what is listed in a certificate is bounded', () => {
  it.each([[64, false], [65, true]])('%d purposes', async (count, isExcess) => {
    const shape = { extensions: [new x509.ExtendedKeyUsageExtension(Array.from({ length: count }, (_, index) => `1.2.3.${index}`))] };
    if (isExcess) await malformedWhenIssued(shape);
    else expect((await makeLeaf(root, shape)).extendedKeyUsage).toHaveLength(count);
  });

  it('64 extensions', async () => {
    const shape = (count: number): Shape => ({ keyIdentifiers: false, usages: 'absent', extensions: Array.from({ length: count }, (_, index) => new x509.Extension(`1.2.3.${index}`, false, Buffer.from('0500', 'hex'))) });
    expect((await makeLeaf(root, shape(64))).criticalExtensions).toEqual([]);
    await malformedWhenIssued(shape(65));
  });

  it('and alternative names are of kinds that exist', async () => {
    await malformedWhenIssued({ extensions: [alternatives(Buffer.from('8b0141', 'hex'))] });
  });
});

describe('the memory of certificates', () => {
  it('does not hold large ones: a flood of certificates of 16 KiB leaves nothing behind', async () => {
    const padding = (size: number): Shape => ({ extensions: [new x509.Extension('1.2.3.4', false, der(0x04, Buffer.alloc(size)))] });
    const [large, small] = [await makeLeaf(root, padding(4 * 1024)), await makeLeaf(root, padding(3 * 1024))];
    expect(parseCertificate(small.der)).toBe(small);
    expect(parseCertificate(large.der)).not.toBe(large);
    expect(parseCertificate(large.der)).toEqual(large);
  });

  it('returns the same certificate for the same bytes', () => {
    expect(parseCertificate(new Uint8Array(leaf.der))).toBe(leaf);
  });

  it('is not changed by whoever owns the bytes', () => {
    const bytes = Buffer.from(root.certificate.der);
    const fresh = parseCertificate(bytes);
    bytes.fill(0);
    expect(sha256(fresh.der)).toBe(fresh.fingerprint);
  });

  it('is bounded: what was not asked for lately is forgotten', async () => {
    const { certificate } = await issue(root, { subject: nameOf('forgotten') });
    const serial = certificate.der.indexOf(Buffer.from(certificate.serialNumber, 'hex')) + 4;
    for (let count = 0; count < 1100; count++) {
      const other = Buffer.from(certificate.der);
      other.writeUInt32BE(count, serial);
      parseCertificate(other);
    }
    expect(parseCertificate(certificate.der)).not.toBe(certificate);
  });
});

it('takes explicit curve parameters for no curve at all, though they equal a named one', async () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1', paramEncoding: 'explicit' });
  const certificate = await makeLeaf(root, { publicKeyInfo: publicKey.export({ format: 'der', type: 'spki' }) });
  expect([certificate.keyType, certificate.curve]).toEqual(['ec', undefined]);
});
