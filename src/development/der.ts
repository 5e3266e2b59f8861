// The few DER values that certificates and revocation lists are made of, on node-forge's ASN.1: forge itself knows no revocation lists
// and cannot certify elliptic keys. Bytes are forge's binary strings in here, PEM outside.
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import forge from 'node-forge';

const { asn1 } = forge;
const { Class, Type } = asn1;

export type Der = forge.asn1.Asn1;
export type Hash = 'sha1' | 'sha256' | 'sha384' | 'sha512';

const SIGNATURE_OIDS: Record<'rsa' | 'ec', Record<Hash, string>> = {
  rsa: { sha1: '1.2.840.113549.1.1.5', sha256: '1.2.840.113549.1.1.11', sha384: '1.2.840.113549.1.1.12', sha512: '1.2.840.113549.1.1.13' },
  ec: { sha1: '1.2.840.10045.4.1', sha256: '1.2.840.10045.4.3.2', sha384: '1.2.840.10045.4.3.3', sha512: '1.2.840.10045.4.3.4' },
};

export const sequence = (...items: readonly Der[]): Der => asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, [...items]);
export const set = (...items: readonly Der[]): Der => asn1.create(Class.UNIVERSAL, Type.SET, true, [...items]);
export const oid = (dotted: string): Der => primitive(Type.OID, asn1.oidToDer(dotted).getBytes());
export const boolean = (value: boolean): Der => primitive(Type.BOOLEAN, value ? '\xff' : '\0');
export const nothing = (): Der => primitive(Type.NULL, '');
export const octets = (bytes: string): Der => primitive(Type.OCTETSTRING, bytes);
export const bits = (bytes: string, unused = 0): Der => primitive(Type.BITSTRING, String.fromCharCode(unused) + bytes);
export const enumerated = (value: number): Der => primitive(Type.ENUMERATED, String.fromCharCode(value));
export const utf8 = (text: string): Der => primitive(Type.UTF8, Buffer.from(text, 'utf8').toString('latin1'));
export const printable = (text: string): Der => primitive(Type.PRINTABLESTRING, text);
/** A context-specific tag: with items constructed (explicit, or an implicit sequence), with bytes an implicit primitive. */
export function tagged(tag: number, content: string | readonly Der[]): Der {
  // forge names its universal types in an enum and takes every tag number through the same parameter.
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
  const type: forge.asn1.Type = tag;
  return asn1.create(Class.CONTEXT_SPECIFIC, type, typeof content !== 'string', typeof content === 'string' ? content : [...content]);
}

/** A positive integer from hexadecimal digits, in as few bytes as DER wants. */
export function integer(hexadecimal: string): Der {
  const digits = BigInt(`0x${hexadecimal}`).toString(16);
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  return primitive(Type.INTEGER, Buffer.from(parseInt(even.slice(0, 2), 16) >= 0x80 ? `00${even}` : even, 'hex').toString('latin1'));
}

/** RFC 5280 4.1.2.5: UTCTime through 2049, GeneralizedTime after. */
export function time(at: Date): Der {
  const late = at.getUTCFullYear() >= 2050;
  return primitive(late ? Type.GENERALIZEDTIME : Type.UTCTIME, late ? asn1.dateToGeneralizedTime(at) : asn1.dateToUtcTime(at));
}

export function extension(id: string, critical: boolean, value: Der): Der {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(encode(value)));
}

export function encode(value: Der): string {
  return asn1.toDer(value).getBytes();
}

export function decode(der: Buffer): Der {
  return asn1.fromDer(der.toString('latin1'));
}

/** The items of a constructed value, e.g. the fields of a sequence. */
export function itemsOf(value: Der | undefined): readonly Der[] {
  if (value === undefined || typeof value.value === 'string') throw new Error('not a constructed DER value');
  return value.value;
}

/** SubjectPublicKeyInfo of a key, private or public, in PEM. */
export function publicKeyInfo(keyPem: string): Der {
  return decode(createPublicKey(keyPem).export({ type: 'spki', format: 'der' }));
}

/** RFC 5280 4.2.1.2 method 1: SHA-1 of the public key's bits. A name for the key, not a protection. */
export function keyIdentifier(keyPem: string): string {
  const spki = encode(publicKeyInfo(keyPem));
  // The package's types know only the older form of the second argument.
  const parsed = asn1.fromDer(spki, { decodeBitStrings: false } as unknown as boolean);
  const key = itemsOf(parsed)[1]?.value;
  if (typeof key !== 'string') throw new Error('not a SubjectPublicKeyInfo');
  return createHash('sha1').update(Buffer.from(key.slice(1), 'latin1')).digest().toString('latin1');
}

export function signatureAlgorithm(privateKeyPem: string, hash: Hash): Der {
  const kind = createPrivateKey(privateKeyPem).asymmetricKeyType;
  if (kind !== 'rsa' && kind !== 'ec') throw new Error(`no signature algorithm for ${kind ?? 'this key'}`);
  return kind === 'rsa' ? sequence(oid(SIGNATURE_OIDS.rsa[hash]), nothing()) : sequence(oid(SIGNATURE_OIDS.ec[hash]));
}

/** What X.509 calls SIGNED{…}: the content, the algorithm, the signature; as PEM. */
export function signedPem(label: 'CERTIFICATE' | 'X509 CRL', content: Der, privateKeyPem: string, hash: Hash): string {
  const signature = sign(hash, Buffer.from(encode(content), 'latin1'), privateKeyPem).toString('latin1');
  return toPem(label, encode(sequence(content, signatureAlgorithm(privateKeyPem, hash), bits(signature))));
}

export function fromPem(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');
}

function toPem(label: string, bytes: string): string {
  const lines = Buffer.from(bytes, 'latin1').toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

function primitive(type: forge.asn1.Type, bytes: string): Der {
  return asn1.create(Class.UNIVERSAL, type, false, bytes);
}
