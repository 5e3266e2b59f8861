// A key comes only with its own certificate; whatever else a file holds is one error that says so.
import { createPrivateKey, X509Certificate } from 'node:crypto';

import forge from 'node-forge';
import { beforeAll, describe, expect, it } from '@jest/globals';

import { readPem, readPkcs12 } from '../../src/client/identity.ts';
import { generateKeyFiles } from '../../src/client/key-files.ts';
import { signDeclaration } from '../../src/client/sign.ts';
import { buildD02 } from '../../src/client/build.ts';
import { verifySignature } from '../../src/signature/verify.ts';
import { parseCertificate } from '../../src/trust/certificate.ts';
import { parse } from '../../src/xml/parse.ts';
import type { Credential } from '../../src/development/certificates.ts';
import { createWorld, employee } from './support.ts';
import type { World } from './support.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

function pkcs12(key: string | null, certificates: readonly string[], password: string): Buffer {
  const asn1 = forge.pkcs12.toPkcs12Asn1(key === null ? null : forge.pki.privateKeyFromPem(key), certificates.map((pem) => forge.pki.certificateFromPem(pem)), password, { algorithm: '3des' });
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'latin1');
}

describe('a PKCS #12 file', () => {
  it('gives the key with its own certificate first, whatever their order in the file', async () => {
    const { employer, subordinate } = world.pki;
    const identity = readPkcs12(pkcs12(employer.privateKeyPem, [subordinate.certificatePem, employer.certificatePem], 'mật khẩu'), 'mật khẩu');
    expect(identity.certificates.map((der) => new X509Certificate(der).raw)).toEqual([employer, subordinate].map(({ certificatePem }) => new X509Certificate(certificatePem).raw));
    const signed = await signDeclaration(buildD02({ employees: [employee] }), identity, world.now);
    expect(parseCertificate(verifySignature(parse(signed), { path: ['D02-TS', 'Cky'] }).certificate).taxCodes).toEqual(['0101300842']);
  });

  it('with a wrong password, without a key, or with another’s certificate is an error that says so', () => {
    const { employer, ivan }: Record<'employer' | 'ivan', Credential> = world.pki;
    const whole = pkcs12(employer.privateKeyPem, [employer.certificatePem], 'right');
    expect(() => readPkcs12(whole, 'wrong')).toThrow(/PKCS #12: The key or certificate cannot be read \(.*[Pp]assword/);
    expect(() => readPkcs12(pkcs12(null, [employer.certificatePem], 'right'), 'right')).toThrow('holds no private key');
    expect(() => readPkcs12(pkcs12(employer.privateKeyPem, [ivan.certificatePem], 'right'), 'right')).toThrow('no certificate of its private key');
    expect(() => readPkcs12(Buffer.from('no such thing'), 'right')).toThrow('cannot be read');
  });
});

describe('PEM', () => {
  it('is refused when key and certificate do not belong together', () => {
    const { employer, ivan } = world.pki;
    expect(readPem({ certificatePem: employer.chainPem, keyPem: employer.privateKeyPem }).certificates).toHaveLength(2);
    expect(() => readPem({ certificatePem: employer.certificatePem, keyPem: ivan.privateKeyPem })).toThrow('not that of the first certificate');
    expect(() => readPem({ certificatePem: '', keyPem: employer.privateKeyPem })).toThrow('cannot be read');
  });

  it('with a password on the key needs that password', () => {
    const { certificatePem, privateKeyPem } = world.pki.employer;
    const keyPem = createPrivateKey(privateKeyPem).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'right' }).toString();
    expect(readPem({ certificatePem, keyPem, passphrase: 'right' }).certificates).toHaveLength(1);
    expect(() => readPem({ certificatePem, keyPem, passphrase: 'wrong' })).toThrow('cannot be read');
  });
});

describe('a new key', () => {
  it('comes with a request that carries name and tax code as Vietnam’s certificates do, signed by that key', async () => {
    const { key, request, certificate } = await generateKeyFiles({ name: 'Công ty Sao Khuê', taxCode: '0101300842-001' }, world.now);
    const csr = forge.pki.certificationRequestFromPem(request);
    expect(csr.verify()).toBe(true);
    const trial = parseCertificate(new X509Certificate(certificate).raw);
    expect(trial).toMatchObject({ commonName: 'Công ty Sao Khuê', taxCodes: ['0101300842-001'], keyBits: 2048, isAuthority: false });
    expect(new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(Buffer.from(request.replace(/-----[^-]+-----|\s/g, ''), 'base64').includes(Buffer.from('MST:0101300842-001'))).toBe(true);
    expect(readPem({ certificatePem: certificate, keyPem: key }).certificates).toHaveLength(1);
  });
});
