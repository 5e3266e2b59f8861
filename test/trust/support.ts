// A small PKI made on the spot with @peculiar/x509, an encoder independent of the reader under test. Keys are P-256 unless a test needs RSA.
import 'reflect-metadata';
import { createHash, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { Refusal } from '../../src/errors/outcomes.ts';
import { parseCertificate, type Certificate } from '../../src/trust/certificate.ts';
import { parseTrustMaterial, type TrustMaterial } from '../../src/trust/material.ts';

export const at = new Date('2026-06-15T03:00:00Z');
const notBefore = new Date('2026-01-01T00:00:00Z');
const notAfter = new Date('2027-01-01T00:00:00Z');
export const days = (count: number): Date => new Date(at.getTime() + count * 86_400_000);

export const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
export const rsa = (modulusLength: number, hash = 'SHA-256') =>
  ({ name: 'RSASSA-PKCS1-v1_5', hash, publicExponent: new Uint8Array([1, 0, 1]), modulusLength });

export const ed25519 = { name: 'Ed25519' };
export type Algorithm = typeof ecdsa | typeof ed25519 | ReturnType<typeof rsa>;

/** Imported from here only, for it must come after reflect-metadata. */
export { x509 };

type KeyPair = webcrypto.CryptoKeyPair;

export function makeKeys(algorithm: Algorithm = ecdsa): Promise<KeyPair> {
  return webcrypto.subtle.generateKey(algorithm as webcrypto.EcKeyGenParams, true, ['sign', 'verify']);
}

export interface Shape {
  readonly subject?: x509.JsonNameParams;
  readonly keys?: KeyPair;
  /** Put in place of the public key of `keys`. */
  readonly publicKeyInfo?: Buffer;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly serialNumber?: string;
  readonly ca?: boolean;
  readonly pathLength?: number;
  readonly usages?: readonly number[] | 'absent';
  readonly extensions?: readonly x509.Extension[];
  readonly keyIdentifiers?: boolean;
}

/** Bits of keyUsage by their numbers. */
export const usage = { digitalSignature: 0, nonRepudiation: 1, keyEncipherment: 2, keyCertSign: 5, cRLSign: 6 };

function namedBits(bits: readonly number[]): Buffer {
  const value = bits.reduce((sum, bit) => sum | (0x8000 >> bit), 0);
  return Buffer.from([0x03, 0x03, 0x07, value >> 8, value & 0xff]);
}

export interface Holder {
  readonly name: x509.JsonNameParams;
  readonly keys: KeyPair;
  readonly certificate: Certificate;
}

export const nameOf = (commonName: string): x509.JsonNameParams => [{ CN: [commonName] }, { O: ['Thử nghiệm'] }, { C: ['VN'] }];
export const uid = (value: string) => ({ '0.9.2342.19200300.100.1.1': [{ utf8String: value }] });
export const unitName: x509.JsonNameParams = [uid('MST:0101300842'), { CN: [{ utf8String: 'CÔNG TY "ABC", CHI NHÁNH 1' }] }, { C: ['VN'] }];

/** A self-signed authority. */
export async function makeRoot(commonName = 'Vietnam National Root CA', shape: Shape = {}): Promise<Holder> {
  const keys = shape.keys ?? (await makeKeys());
  return issue({ name: nameOf(commonName), keys }, { ca: true, subject: nameOf(commonName), ...shape, keys });
}

export function makeSubordinate(issuer: Pick<Holder, 'name' | 'keys'>, commonName = 'VNPT-CA', shape: Shape = {}): Promise<Holder> {
  return issue(issuer, { ca: true, subject: nameOf(commonName), ...shape });
}

export async function makeLeaf(issuer: Pick<Holder, 'name' | 'keys'>, shape: Shape = {}): Promise<Certificate> {
  return (await issue(issuer, { subject: unitName, ...shape })).certificate;
}

export async function issue(issuer: Pick<Holder, 'name' | 'keys'>, shape: Shape): Promise<Holder> {
  const keys = shape.keys ?? (await makeKeys());
  const name = shape.subject ?? unitName;
  const made = await x509.X509CertificateGenerator.create({
    subject: new x509.Name(name),
    issuer: new x509.Name(issuer.name),
    publicKey: shape.publicKeyInfo ?? keys.publicKey,
    signingKey: issuer.keys.privateKey,
    signingAlgorithm: signingAlgorithm(issuer.keys),
    notBefore: shape.notBefore ?? notBefore,
    notAfter: shape.notAfter ?? notAfter,
    ...(shape.serialNumber === undefined ? {} : { serialNumber: shape.serialNumber }),
    extensions: await extensionsOf(shape, issuer.keys, keys),
  });
  return { name, keys, certificate: parseCertificate(new Uint8Array(made.rawData)) };
}

async function extensionsOf(shape: Shape, issuerKeys: KeyPair, keys: KeyPair): Promise<x509.Extension[]> {
  const ca = shape.ca ?? false;
  const usages = shape.usages ?? (ca ? [usage.keyCertSign, usage.cRLSign] : [usage.digitalSignature, usage.nonRepudiation]);
  return [
    ...(ca ? [new x509.BasicConstraintsExtension(true, shape.pathLength, true)] : []),
    ...(usages === 'absent' ? [] : [new x509.Extension('2.5.29.15', true, namedBits(usages))]),
    ...(shape.keyIdentifiers === false
      ? []
      : [await x509.SubjectKeyIdentifierExtension.create(keys.publicKey), await x509.AuthorityKeyIdentifierExtension.create(issuerKeys.publicKey)]),
    ...(shape.extensions ?? []),
  ];
}

function signingAlgorithm(keys: KeyPair): webcrypto.EcdsaParams {
  return { name: keys.privateKey.algorithm.name, hash: 'SHA-256' };
}

export interface ListShape {
  readonly thisUpdate?: Date;
  /** `null` leaves it out. */
  readonly nextUpdate?: Date | null;
  readonly number?: number;
  readonly entries?: x509.X509CrlEntryParams[];
  readonly extensions?: readonly x509.Extension[];
}

export const revoked = (certificate: Certificate, revocationDate: Date, rest: Partial<x509.X509CrlEntryParams> = {}): x509.X509CrlEntryParams =>
  ({ serialNumber: certificate.serialNumber, revocationDate, ...rest });

export async function makeList(issuer: Pick<Holder, 'name' | 'keys'>, shape: ListShape = {}): Promise<Buffer> {
  const made = await x509.X509CrlGenerator.create({
    issuer: new x509.Name(issuer.name),
    thisUpdate: shape.thisUpdate ?? days(-1),
    ...(shape.nextUpdate === null ? {} : { nextUpdate: shape.nextUpdate ?? days(1) }),
    entries: shape.entries ?? [],
    signingKey: issuer.keys.privateKey,
    signingAlgorithm: signingAlgorithm(issuer.keys),
    extensions: [new x509.Extension('2.5.29.20', false, Buffer.from([2, 1, shape.number ?? 1])), ...(shape.extensions ?? [])],
  });
  return Buffer.from(made.rawData);
}

/** The material of some authorities and lists. A list for each holder unless `lists` says otherwise. */
export async function materialOf(holders: readonly Holder[], lists?: readonly Uint8Array[]): Promise<TrustMaterial> {
  const all = lists ?? (await Promise.all(holders.map((holder) => makeList(holder))));
  return parseTrustMaterial([
    ...holders.map(({ certificate }, index) => ({ name: `${index}.cer`, bytes: certificate.der })),
    ...all.map((bytes, index) => ({ name: `${index}.crl`, bytes })),
  ]);
}

/** What a call threw, or undefined. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** The codes of the refusal a call ends with; a different end is itself the failure. */
export function refusedWith(call: () => unknown): readonly string[] {
  const error = thrownBy(call);
  if (error instanceof Refusal) return error.findings.map(({ code, params }) => (code === 'CHAIN_CONSTRAINTS_FAILURE' ? `${code} ${params['reason'] ?? ''}` : code));
  throw error instanceof Error ? error : new Error('nothing was refused');
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** One element of DER around its parts. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

export const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');
/** Raw GeneralNames. */
export const general = {
  mail: (address: string): Buffer => der(0x81, ascii(address)),
  dns: (host: string): Buffer => der(0x82, ascii(host)),
  uri: (uri: string): Buffer => der(0x86, ascii(uri)),
  ip: (...bytes: readonly number[]): Buffer => der(0x87, Buffer.from(bytes)),
  directory: (name: x509.JsonNameParams): Buffer => der(0xa4, Buffer.from(new x509.Name(name).toArrayBuffer())),
  other: (): Buffer => der(0xa0, Buffer.from('06032a0304', 'hex'), der(0xa0, der(0x0c, ascii('x')))),
};

export const alternatives = (...names: readonly Buffer[]): x509.Extension => new x509.Extension('2.5.29.17', false, der(0x30, ...names));
export const points = (...uris: readonly string[]): x509.Extension =>
  new x509.Extension('2.5.29.31', false, der(0x30, ...uris.map((uri) => der(0x30, der(0xa0, der(0xa0, general.uri(uri)))))));
export const purposes = (...oids: readonly string[]): x509.Extension => new x509.ExtendedKeyUsageExtension([...oids]);
export const oids = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2', mail: '1.3.6.1.5.5.7.3.4', time: '1.3.6.1.5.5.7.3.8', ocsp: '1.3.6.1.5.5.7.3.9' };
