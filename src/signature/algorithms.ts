// The one table of algorithms, by their identifiers in XML Signature, each with the policies that admit it (TT 15/2025/TT-BKHCN PL I 1.2-1.3,
// 1.6). What is not here verifies nothing: MD5 and HMAC have no row at all; SHA-1 has one for the archive policy alone, which accepts nothing.
import { constants, getHashes } from 'node:crypto';
import type { KeyObject, SigningOptions } from 'node:crypto';

import type { CanonicalForm } from '../xml/canonical.ts';
import { inclusiveForm } from '../xml/canonical.ts';

export const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
export const DSIG11 = 'http://www.w3.org/2009/xmldsig11#';
export const ENVELOPED = `${DSIG}enveloped-signature`;
export const C14N = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
export const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
const MORE_2007 = 'http://www.w3.org/2007/05/xmldsig-more#';
const MORE_2021 = 'http://www.w3.org/2021/04/xmldsig-more#';
const XMLENC = 'http://www.w3.org/2001/04/xmlenc#';

export const SHA256 = `${XMLENC}sha256`;
const RSA_SHA256 = `${MORE}rsa-sha256`;
const ECDSA_SHA256 = `${MORE}ecdsa-sha256`;
export const PSS_SHA256 = `${MORE_2007}sha256-rsa-MGF1`;

/** `strict` and `field` judge dossiers, `archive` only reports on old ones. See `policy.ts`. */
export type PolicyName = 'strict' | 'field' | 'archive';

const always: ReadonlySet<PolicyName> = new Set(['strict', 'field', 'archive']);
const notStrict: ReadonlySet<PolicyName> = new Set(['field', 'archive']);
const archiveOnly: ReadonlySet<PolicyName> = new Set(['archive']);

export interface DigestMethod {
  /** Its name for node:crypto. */
  readonly hash: string;
  readonly admitted: ReadonlySet<PolicyName>;
}

// Not every OpenSSL that Node is built with has SHA-3; where it is missing the row is, and the algorithm is refused by name.
const sha3 = ['sha3-256', 'sha3-384', 'sha3-512'].filter((hash) => getHashes().includes(hash));

export const digestMethods: ReadonlyMap<string, DigestMethod> = new Map([
  [SHA256, { hash: 'sha256', admitted: always }],
  [`${MORE}sha384`, { hash: 'sha384', admitted: always }],
  [`${XMLENC}sha512`, { hash: 'sha512', admitted: always }],
  ...sha3.map((hash): [string, DigestMethod] => [`${MORE_2007}${hash}`, { hash, admitted: always }]),
  [`${DSIG}sha1`, { hash: 'sha1', admitted: archiveOnly }],
]);

export const canonicalForms: ReadonlyMap<string, CanonicalForm> = new Map([
  [C14N, inclusiveForm],
  [`${C14N}#WithComments`, { ...inclusiveForm, comments: true }],
  ['http://www.w3.org/2006/12/xml-c14n11', { ...inclusiveForm, version11: true }],
  ['http://www.w3.org/2006/12/xml-c14n11#WithComments', { ...inclusiveForm, version11: true, comments: true }],
  [EXCLUSIVE, { ...inclusiveForm, exclusive: true }],
  [`${EXCLUSIVE}WithComments`, { ...inclusiveForm, exclusive: true, comments: true }],
]);

export interface SignatureMethod {
  /** As in the algorithm's identifier, for reports. */
  readonly name: string;
  readonly keyType: 'rsa' | 'ec';
  readonly hash: string;
  /** How node:crypto is to use the key: padding for RSA, raw r‖s for ECDSA. */
  readonly options: SigningOptions;
  readonly admitted: ReadonlySet<PolicyName>;
}

function rsa(hash: string, admitted: ReadonlySet<PolicyName> = notStrict): SignatureMethod {
  return { name: `RSASSA-PKCS1-v1_5 ${hash}`, keyType: 'rsa', hash, options: { padding: constants.RSA_PKCS1_PADDING }, admitted };
}

function pss(hash: string): SignatureMethod {
  return { name: `RSASSA-PSS ${hash}`, keyType: 'rsa', hash, options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }, admitted: always };
}

function ecdsa(hash: string, admitted: ReadonlySet<PolicyName> = always): SignatureMethod {
  return { name: `ECDSA ${hash}`, keyType: 'ec', hash, options: { dsaEncoding: 'ieee-p1363' }, admitted };
}

export const signatureMethods: ReadonlyMap<string, SignatureMethod> = new Map([
  [RSA_SHA256, rsa('sha256')],
  [`${MORE}rsa-sha384`, rsa('sha384')],
  [`${MORE}rsa-sha512`, rsa('sha512')],
  [PSS_SHA256, pss('sha256')],
  [`${MORE_2007}sha384-rsa-MGF1`, pss('sha384')],
  [`${MORE_2007}sha512-rsa-MGF1`, pss('sha512')],
  [ECDSA_SHA256, ecdsa('sha256')],
  [`${MORE}ecdsa-sha384`, ecdsa('sha384')],
  [`${MORE}ecdsa-sha512`, ecdsa('sha512')],
  ...sha3.flatMap((hash): [string, SignatureMethod][] => [
    [`${MORE_2007}${hash}-rsa-MGF1`, pss(hash)],
    [`${MORE_2021}ecdsa-${hash}`, ecdsa(hash)],
  ]),
  [`${DSIG}rsa-sha1`, rsa('sha1', archiveOnly)],
  [`${MORE}ecdsa-sha1`, ecdsa('sha1', archiveOnly)],
]);

/** The curves that may sign: their order n (FIPS 186-5), which r and s must lie below. */
export const curveOrders: ReadonlyMap<string, bigint> = new Map([
  ['prime256v1', 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n],
  ['secp384r1', 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n],
  ['secp521r1', 0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n],
]);

/** In bits. Beyond the largest a key only costs time: verification grows with the square of its length. */
const SMALLEST_RSA = 2048;
const LARGEST_RSA = 8192;
/** A large exponent makes every verification dear; nobody uses one. */
const LARGEST_EXPONENT = 2n ** 33n;

/** Why a key may not sign, or undefined when it may. */
export function keyWeakness(key: KeyObject, smallestRsa: number = SMALLEST_RSA): string | undefined {
  const { modulusLength = 0, publicExponent = 0n, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa') {
    if (publicExponent < 3n || publicExponent >= LARGEST_EXPONENT) return `RSA e=${publicExponent.toString().slice(0, 20)}`;
    return modulusLength >= smallestRsa && modulusLength <= LARGEST_RSA ? undefined : `RSA-${modulusLength}`;
  }
  if (key.asymmetricKeyType === 'ec') return curveOrders.has(namedCurve ?? '') ? undefined : `EC ${namedCurve ?? '?'}`;
  return key.asymmetricKeyType ?? 'unknown key';
}

/** The method a key of ours signs with: RSA PKCS#1 v1.5 (which .NET, the JDK and xmlsec1 all verify) or ECDSA, with SHA-256. */
export function methodForKey(key: KeyObject): string {
  return key.asymmetricKeyType === 'ec' ? ECDSA_SHA256 : RSA_SHA256;
}
