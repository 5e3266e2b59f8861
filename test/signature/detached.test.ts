// Guarantee: a signature over files verifies for exactly these files, each as it was and none besides; here, with xmlsec1, and nowhere else: no document of
// the wire may refer to anything outside itself. What is inside the signature file and could mislead is refused.
import { spawnSync } from 'node:child_process';
import { createHash, createSign, X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { Refusal } from '../../src/errors/outcomes.ts';
import { ASIC, verifyDetached } from '../../src/signature/detached.ts';
import { strictPolicy } from '../../src/signature/policy.ts';
import { signDetached } from '../../src/signature/sign-detached.ts';
import type { FileToSign } from '../../src/signature/sign-detached.ts';
import type { SigningIdentity } from '../../src/signature/sign.ts';
import { verifySignature } from '../../src/signature/verify.ts';
import { parse } from '../../src/xml/parse.ts';
import { itWith } from '../support/tools.ts';
import { makeSignerOf, makeSite, rsa2048 } from '../support/xades.ts';
import type { Site } from '../support/xades.ts';
import { at, thrownBy } from '../trust/support.ts';

const files: readonly FileToSign[] = [
  { name: 'dossier.xml', mimeType: 'text/xml', octets: Buffer.from('<?xml version="1.0"?>\r\n<Hoso a="1"/>') },
  { name: 'log/a proof & more.txt', mimeType: 'text/plain', octets: Buffer.from('log\n') },
  { name: 'empty.bin', mimeType: 'application/octet-stream', octets: Buffer.alloc(0) },
];
const folder = mkdtempSync(join(tmpdir(), 'detached-'));
let site: Site;
let ec: SigningIdentity;
let rsa: SigningIdentity;
let signed: Buffer;

beforeAll(async () => {
  site = await makeSite();
  ec = await makeSignerOf(site.root);
  rsa = await makeSignerOf(site.root, rsa2048);
  signed = await signDetached(files, rsa, at);
});
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

const mapOf = (list: readonly FileToSign[]): Map<string, Buffer> => new Map(list.map(({ name, octets }) => [name, octets]));
const verified = (signature: Buffer, given = mapOf(files)): ReturnType<typeof verifyDetached> => verifyDetached(parse(signature), given);

function refusalOf(call: () => unknown): string {
  const error = thrownBy(call);
  if (!(error instanceof Refusal)) throw error instanceof Error ? error : new Error('nothing was refused');
  const [found] = error.findings;
  return [found?.code, found?.params['reason'] ?? found?.params['name']].filter((part) => part !== undefined).join(' ');
}
const refused = (signature: Buffer, given?: Map<string, Buffer>): string => refusalOf(() => verified(signature, given));
const edited = (from: string | RegExp, to: string): Buffer => {
  const text = signed.toString('utf8');
  expect(text).toMatch(from);
  return Buffer.from(text.replace(from, () => to));
};

/** A signature file as somebody with a key writes it who does not go by the rules. */
function crafted(references: string, objects = ''): Buffer {
  const signedInfo = (spaces: string): string =>
    `<SignedInfo${spaces}><CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></CanonicalizationMethod>` +
    `<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></SignatureMethod>${references}</SignedInfo>`;
  const value = createSign('sha256').update(signedInfo(' xmlns="http://www.w3.org/2000/09/xmldsig#"')).sign(rsa.key, 'base64');
  const keyInfo = `<KeyInfo><X509Data>${rsa.certificates.map((der) => `<X509Certificate>${der.toString('base64')}</X509Certificate>`).join('')}</X509Data></KeyInfo>`;
  return Buffer.from(`<asic:XAdESSignatures xmlns:asic="${ASIC}"><Signature xmlns="http://www.w3.org/2000/09/xmldsig#" Id="s">${signedInfo('')}<SignatureValue>${value}</SignatureValue>${keyInfo}${objects}</Signature></asic:XAdESSignatures>`);
}

function reference(uri: string, octets: Buffer, hash = 'sha256', transforms = ''): string {
  const algorithm = hash === 'sha1' ? 'http://www.w3.org/2000/09/xmldsig#sha1' : `http://www.w3.org/2001/04/xmlenc#${hash}`;
  return `<Reference URI="${uri}">${transforms}<DigestMethod Algorithm="${algorithm}"></DigestMethod><DigestValue>${createHash(hash).update(octets).digest('base64')}</DigestValue></Reference>`;
}

describe('a signature over files', () => {
  it('says who signed and when, at level B, with nothing to warn of', () => {
    const { certificate, xades, warnings, method, candidates } = verified(signed);
    expect([certificate.equals(rsa.certificates[0] ?? Buffer.alloc(0)), candidates.length]).toEqual([true, rsa.certificates.length]);
    expect({ warnings, method, level: xades.level, signingTime: xades.signingTime }).toEqual({ warnings: [], method: 'RSASSA-PKCS1-v1_5 sha256', level: 'B', signingTime: new Date(Math.floor(at.getTime() / 1000) * 1000) });
  });

  it('is the same for the same files, identity and time, and another for any other', async () => {
    expect((await signDetached(files, rsa, at)).equals(signed)).toBe(true);
    expect((await signDetached(files, rsa, new Date(at.getTime() + 1000))).equals(signed)).toBe(false);
    expect((await signDetached(files.slice(1), rsa, at)).equals(signed)).toBe(false);
  });

  it('by an EC key verifies under the letter of TT 15/2025 too', async () => {
    const signature = await signDetached(files, ec, at);
    expect(verifyDetached(parse(signature), mapOf(files), strictPolicy)).toMatchObject({ method: 'ECDSA sha256', policy: 'strict' });
    expect(refusalOf(() => verifyDetached(parse(signed), mapOf(files), strictPolicy))).toBe('CRYPTO_CONSTRAINTS_FAILURE');
  });

  itWith('xmlsec1', 'verifies with xmlsec1 from the folder of the files, and not when one of them was changed', async () => {
    for (const { name, octets } of files) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), octets);
    }
    writeFileSync(join(folder, 'root.pem'), new X509Certificate(site.root.certificate.der).toString());
    const status = (): number | null => spawnSync('xmlsec1', ['--verify', '--trusted-pem', 'root.pem', '--verification-time', '2026-06-15 03:00:00', 'signatures.xml'], { cwd: folder }).status;
    for (const identity of [rsa, ec]) {
      writeFileSync(join(folder, 'signatures.xml'), await signDetached(files.map((file) => (file.name.includes(' ') ? { ...file, name: 'dossier.xml', octets: files[0]?.octets ?? Buffer.alloc(0) } : file)), identity, at));
      expect(status()).toBe(0);
      writeFileSync(join(folder, 'dossier.xml'), Buffer.from('<Hoso/>'));
      expect(status()).toBe(1);
      writeFileSync(join(folder, 'dossier.xml'), files[0]?.octets ?? Buffer.alloc(0));
    }
  });
});

describe('files', () => {
  it.each(files.map(({ name }) => [name]))('%s, changed, missing or besides, are named', (name) => {
    const changed = mapOf(files).set(name, Buffer.from('other'));
    expect(refused(signed, changed)).toBe(`CONTAINER_FILE_CHANGED ${name}`);
    const missing = mapOf(files);
    missing.delete(name);
    expect(refused(signed, missing)).toBe(`CONTAINER_FILE_MISSING ${name}`);
    expect(refused(signed, mapOf(files).set(`${name}2`, Buffer.alloc(0)))).toBe(`CONTAINER_FILE_UNSIGNED ${name}2`);
  });

  it('are signed under one name each: named twice, or by another spelling of the name, they are not', async () => {
    const [file = { name: '', mimeType: '', octets: Buffer.alloc(0) }] = files;
    expect(refused(await signDetached([file, file], rsa, at), mapOf([file]))).toBe('SIGNATURE_FORMAT REFERENCE_COUNT');
    for (const name of ['./dossier.xml', 'DOSSIER.XML', '../dossier.xml', '/dossier.xml', 'file:///dossier.xml', 'http://example.org/dossier.xml', 'dossier.xml?', 'dossier%2Exml'])
      expect(refused(await signDetached([{ ...file, name }], rsa, at), mapOf([file]))).toMatch(/^CONTAINER_FILE_MISSING/);
  });

  it('that nothing names are none', async () => {
    expect(refused(await signDetached([{ name: '', mimeType: 'text/xml', octets: Buffer.alloc(0) }], rsa, at))).toBe('SIGNATURE_FORMAT TRANSFORM_ENVELOPED');
    expect(refused(edited('URI="dossier.xml"', 'URI="%"'))).toMatch(/^SIG_CRYPTO_FAILURE/);
    expect(refused(await signDetached([], rsa, at))).toBe('CONTAINER_FILE_UNSIGNED dossier.xml');
  });
});

describe('a signature file', () => {
  it.each([
    ['a reference', 'URI="dossier.xml"', 'URI="receipt.xml"', 'SIG_CRYPTO_FAILURE'],
    ['a digest', /<DigestValue>[^<]+/, `<DigestValue>${'A'.repeat(43)}=`, 'SIG_CRYPTO_FAILURE'],
    ['the time of signing', /SigningTime>\d{4}/, 'SigningTime>2001', 'HASH_FAILURE'],
    ['the format of a file', 'MimeType>text/plain', 'MimeType>text/html', 'HASH_FAILURE'],
    ['the certificates that come along', '</X509Data>', ' </X509Data>', 'HASH_FAILURE'],
  ] as const)('changed in %s is refused', (_what, from, to, code) => {
    expect(refused(edited(from, to))).toBe(code);
  });

  it('must be one of ASiC, with one signature', () => {
    expect(refused(Buffer.from(signed.toString('utf8').replaceAll('02918/v1.2.1', '02918/v9')))).toBe('SIGNATURE_MISSING');
    expect(refused(Buffer.from(`<asic:XAdESSignatures xmlns:asic="${ASIC}"/>`))).toBe('SIGNATURE_MISSING');
    expect(refused(edited('</asic:XAdESSignatures>', `${/<Signature [\s\S]*<\/Signature>/.exec(signed.toString('utf8'))?.[0] ?? ''}</asic:XAdESSignatures>`))).toBe('SIGNATURE_MULTIPLE');
    expect(refused(edited('<Signature ', '<Fake xmlns=""/><Signature '))).toBe('SIGNATURE_MISSING');
  });

  it('without XAdES properties is refused, though its value is right', () => {
    const [file = { name: '', octets: Buffer.alloc(0) }] = files;
    const plain = crafted(reference('dossier.xml', file.octets));
    expect(refused(plain, new Map([[file.name, file.octets]]))).toBe('XADES_PROPERTIES_MISSING');
  });

  it('with a digest that is no longer sound, or a transform of a file, is refused', () => {
    const octets = files[0]?.octets ?? Buffer.alloc(0);
    expect(refused(crafted(reference('dossier.xml', octets, 'sha1')))).toBe('CRYPTO_CONSTRAINTS_FAILURE');
    const base64 = '<Transforms><Transform Algorithm="http://www.w3.org/2000/09/xmldsig#base64"></Transform></Transforms>';
    const canonical = '<Transforms><Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></Transform></Transforms>';
    for (const transforms of [base64, canonical]) expect(refused(crafted(reference('dossier.xml', octets, 'sha256', transforms)))).toBe('TRANSFORM_FORBIDDEN');
  });

  it('with more references than a container may have files is refused before anything is computed', () => {
    expect(refused(crafted(reference('dossier.xml', Buffer.alloc(0)).repeat(2_051)))).toBe('SIGNATURE_FORMAT REFERENCE_COUNT');
  });
});

describe('a document of the wire', () => {
  it('may not refer to a file, whoever signed', () => {
    const inner = /<Signature [\s\S]*<\/Signature>/.exec(signed.toString('utf8'))?.[0] ?? '';
    expect(refusalOf(() => verifySignature(parse(Buffer.from(`<Hoso><NoiDung/><CKy_Dvi>${inner}</CKy_Dvi></Hoso>`)), { path: ['Hoso', 'CKy_Dvi'] }))).toMatch(/^(?:REFERENCE_EXTERNAL|SIGNATURE_FORMAT REFERENCE_COUNT)/);
    const one = crafted(reference('dossier.xml', Buffer.alloc(0))).toString('utf8').replace(/^<asic[^>]*>|<\/asic[^>]*>$/g, '');
    expect(refusalOf(() => verifySignature(parse(Buffer.from(`<Hoso><NoiDung/><CKy_Dvi>${one}</CKy_Dvi></Hoso>`)), { path: ['Hoso', 'CKy_Dvi'] }))).toBe('REFERENCE_EXTERNAL');
  });
});
