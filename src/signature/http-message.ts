// Signed HTTP requests (RFC 9421) with the digest of their body (RFC 9530): what the gateway writes on the events it posts, and what a receiver
// must find there before it believes one. Signed are method, whole address, body, type, event id and the instant. The package writes the
// signature base; keys, algorithms and time are judged here. Pure: time is given.
import { constants, createHash, sign, verify } from 'node:crypto';
import type { KeyObject, SigningOptions } from 'node:crypto';
import { promisify } from 'node:util';

import { httpbis } from 'http-message-signatures';

import type { SigningIdentity } from './sign.ts';

const signInPool = promisify(sign);

export const EVENT_ID = 'ivan-event-id';
export const LABEL = 'ivan';
const TAG = 'ivan-webhook';
const COVERED = ['@method', '@target-uri', 'content-digest', 'content-type', EVENT_ID];
const PARAMETERS = ['created', 'keyid', 'alg', 'tag'];

export interface UnsignedRequest {
  readonly url: string;
  readonly contentType: string;
  readonly eventId: string;
  readonly body: Buffer;
}

/** As it arrived; header names in lower case. */
export interface ReceivedRequest {
  readonly method: string;
  /** As the receiver registered it: behind a proxy, the public address. */
  readonly url: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

interface Algorithm {
  readonly hash: string;
  readonly options: SigningOptions;
}

/** RFC 9421 §3.3; the salt of RSASSA-PSS is as long as the hash, raw r‖s for ECDSA. */
const algorithms: ReadonlyMap<string, Algorithm> = new Map([
  ['rsa-pss-sha512', { hash: 'sha512', options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } }],
  ['ecdsa-p256-sha256', { hash: 'sha256', options: { dsaEncoding: 'ieee-p1363' } }],
  ['ecdsa-p384-sha384', { hash: 'sha384', options: { dsaEncoding: 'ieee-p1363' } }],
]);

function algorithmFor(key: KeyObject): readonly [name: string, algorithm: Algorithm] {
  const name = key.asymmetricKeyType === 'rsa' ? 'rsa-pss-sha512' : { prime256v1: 'ecdsa-p256-sha256', secp384r1: 'ecdsa-p384-sha384' }[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? '';
  const algorithm = algorithms.get(name);
  if (algorithm === undefined) throw new Error(`HTTP messages are not signed with a key of this kind: ${key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType ?? '?'}`);
  return [name, algorithm];
}

/** The certificate's name in `keyid`: its SHA-256, hex. */
export function keyIdOf(certificate: Buffer): string {
  return createHash('sha256').update(certificate).digest('hex');
}

export function contentDigest(body: Buffer): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
}

/** All headers to send with the request, which is a POST. */
export async function signRequest({ url, contentType, eventId, body }: UnsignedRequest, { key, certificates }: SigningIdentity, created: Date): Promise<Record<string, string>> {
  const [alg, { hash, options }] = algorithmFor(key);
  const headers = { 'content-type': contentType, 'content-digest': contentDigest(body), [EVENT_ID]: eventId };
  const signer = { id: keyIdOf(certificates[0] ?? Buffer.alloc(0)), alg, sign: (base: Buffer) => signInPool(hash, base, { ...options, key }) };
  const signed = await httpbis.signMessage({ key: signer, name: LABEL, fields: COVERED, params: PARAMETERS, paramValues: { created, tag: TAG } }, { method: 'POST', url, headers });
  return Object.fromEntries(Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), value]));
}

export type RequestFault = 'UNSIGNED' | 'BODY_ALTERED' | 'SIGNATURE' | 'TIME';

/** What is wrong with a request; undefined when everything it must say is signed by this key, within the time given. */
export async function faultOf(request: ReceivedRequest, { certificate, key }: { readonly certificate: Buffer; readonly key: KeyObject }, now: Date, windowMs: number): Promise<RequestFault | undefined> {
  const { headers } = request;
  if (!['signature', 'signature-input', 'content-digest', 'content-type', EVENT_ID].every((name) => headers.has(name))) return 'UNSIGNED';
  // Exactly one algorithm is ever written; a second one would let two receivers compare different things.
  if (headers.get('content-digest') !== contentDigest(request.body)) return 'BODY_ALTERED';
  const [alg, { hash, options }] = algorithmFor(key);
  const found = { isInTime: false };
  const verifier = {
    algs: [alg],
    verify: (base: Buffer, signature: Buffer, parameters: { created?: unknown } = {}) => {
      const created = parameters.created instanceof Date ? parameters.created.getTime() : NaN;
      found.isInTime = Math.abs(now.getTime() - created) <= windowMs;
      return Promise.resolve(verify(hash, base, { ...options, key }, signature));
    },
  };
  // A signature by another key, or for another purpose, is passed over; this key's counts only when it covers everything.
  const keyLookup = ({ keyid, tag }: { keyid?: string; tag?: string }) => Promise.resolve(keyid === keyIdOf(certificate) && tag === TAG ? verifier : null);
  const isSigned = await httpbis
    .verifyMessage({ keyLookup, requiredFields: COVERED, requiredParams: PARAMETERS, notAfter: Number.MAX_SAFE_INTEGER }, { method: request.method, url: request.url, headers: Object.fromEntries(headers) })
    .catch(() => false);
  if (isSigned !== true) return 'SIGNATURE';
  return found.isInTime ? undefined : 'TIME';
}
