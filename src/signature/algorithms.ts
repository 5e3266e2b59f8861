// The one table of algorithms, by their identifiers in XML Signature. What is not here is refused for new dossiers: SHA-1, MD5, HMAC,
// RSA under 2048 bits (TT 15/2025/TT-BKHCN PL I 1.2-1.3; RSASSA-PKCS1-v1_5 stays admitted because the field signs with it).
import { constants } from 'node:crypto';
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
const XMLENC = 'http://www.w3.org/2001/04/xmlenc#';

export const SHA256 = `${XMLENC}sha256`;
export const RSA_SHA256 = `${MORE}rsa-sha256`;
export const ECDSA_SHA256 = `${MORE}ecdsa-sha256`;

export const digestMethods: ReadonlyMap<string, string> = new Map([
  [SHA256, 'sha256'],
  [`${MORE}sha384`, 'sha384'],
  [`${XMLENC}sha512`, 'sha512'],
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
  readonly keyType: 'rsa' | 'ec';
  readonly hash: string;
  /** How node:crypto is to use the key: padding for RSA, raw r‖s for ECDSA. */
  readonly options: SigningOptions;
}

function rsa(hash: string): SignatureMethod {
  return { keyType: 'rsa', hash, options: { padding: constants.RSA_PKCS1_PADDING } };
}

function pss(hash: string): SignatureMethod {
  return { keyType: 'rsa', hash, options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } };
}

function ecdsa(hash: string): SignatureMethod {
  return { keyType: 'ec', hash, options: { dsaEncoding: 'ieee-p1363' } };
}

export const signatureMethods: ReadonlyMap<string, SignatureMethod> = new Map([
  [RSA_SHA256, rsa('sha256')],
  [`${MORE}rsa-sha384`, rsa('sha384')],
  [`${MORE}rsa-sha512`, rsa('sha512')],
  [`${MORE_2007}sha256-rsa-MGF1`, pss('sha256')],
  [`${MORE_2007}sha384-rsa-MGF1`, pss('sha384')],
  [`${MORE_2007}sha512-rsa-MGF1`, pss('sha512')],
  [ECDSA_SHA256, ecdsa('sha256')],
  [`${MORE}ecdsa-sha384`, ecdsa('sha384')],
  [`${MORE}ecdsa-sha512`, ecdsa('sha512')],
]);

const curves: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

/** Why a key may not sign, or undefined when it may. */
export function keyWeakness(key: KeyObject): string | undefined {
  const { modulusLength = 0, publicExponent = 0n, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa') {
    // A large exponent makes every verification dear; nobody uses one.
    if (publicExponent < 3n || publicExponent >= 2n ** 33n) return `RSA e=${publicExponent.toString().slice(0, 20)}`;
    return modulusLength >= 2048 && modulusLength <= 8192 ? undefined : `RSA-${modulusLength}`;
  }
  if (key.asymmetricKeyType === 'ec') return curves.has(namedCurve ?? '') ? undefined : `EC ${namedCurve ?? '?'}`;
  return key.asymmetricKeyType ?? 'unknown key';
}

/** The method a key of ours signs with: RSA PKCS#1 v1.5 (which .NET, the JDK and xmlsec1 all verify) or ECDSA, with SHA-256. */
export function methodForKey(key: KeyObject): string {
  return key.asymmetricKeyType === 'ec' ? ECDSA_SHA256 : RSA_SHA256;
}
