// What stands in for node:crypto when the judge runs in a browser: exactly the calls that it makes, with the same answers. WebCrypto cannot do
// it, because it only answers later and knows no SHA-3; it is the second engine's, which asks for it by name. Verifies; signs nothing and holds no secret. The vectors prove that both give the same.
import { ed25519 } from '@noble/curves/ed25519.js';
import { hmac } from '@noble/hashes/hmac.js';

import { digestOf, hashFunction, hashNames, startDigest } from './digests.ts';
import { PublicKey } from './keys.ts';
import { verifiesPkcs1, verifiesPss } from './rsa.ts';

export { X509Certificate } from './keys.ts';

export const webcrypto = globalThis.crypto;

export const constants = { RSA_PKCS1_PADDING: 1, RSA_PKCS1_PSS_PADDING: 6, RSA_PSS_SALTLEN_DIGEST: -1 } as const;

export function getHashes(): readonly string[] {
  return hashNames;
}

type Encoding = 'hex' | 'base64';

class Hash {
  readonly #state: ReturnType<typeof startDigest>;

  constructor(name: string) {
    this.#state = startDigest(name);
  }

  update(data: Uint8Array | string): this {
    this.#state.update(typeof data === 'string' ? Buffer.from(data) : data);
    return this;
  }

  digest(): Buffer;
  digest(encoding: Encoding): string;
  digest(encoding?: Encoding): Buffer | string {
    const octets = Buffer.from(this.#state.digest());
    return encoding === undefined ? octets : octets.toString(encoding);
  }
}

export function createHash(name: string): Hash {
  return new Hash(name);
}

class Hmac {
  readonly #state: ReturnType<typeof hmac.create>;

  constructor(name: string, key: Uint8Array) {
    this.#state = hmac.create(hashFunction(name), key);
  }

  update(data: Uint8Array | string): this {
    this.#state.update(typeof data === 'string' ? Buffer.from(data) : data);
    return this;
  }

  digest(): Buffer {
    return Buffer.from(this.#state.digest());
  }
}

export function createHmac(name: string, key: Uint8Array): Hmac {
  return new Hmac(name, key);
}

/** A browser holds no key to sign with. */
export function sign(): never {
  throw new Error('nothing is signed here');
}

/** As `crypto.hash`. */
export function hash(name: string, data: Uint8Array, encoding: Encoding | 'buffer' = 'hex'): Buffer | string {
  const octets = Buffer.from(digestOf(name, data));
  return encoding === 'buffer' ? octets : octets.toString(encoding);
}

/** Only `{ format: 'der', type: 'spki' }`. */
export function createPublicKey({ key }: { readonly key: Uint8Array }): PublicKey {
  return new PublicKey(key);
}

interface KeyWithOptions {
  readonly key: PublicKey;
  readonly padding?: number;
  readonly saltLength?: number;
  readonly dsaEncoding?: 'der' | 'ieee-p1363';
}

/** `name` is null for Ed25519 alone. */
export function verify(name: string | null, octets: Uint8Array, how: PublicKey | KeyWithOptions, signature: Uint8Array): boolean {
  const { key, padding = constants.RSA_PKCS1_PADDING, saltLength = constants.RSA_PSS_SALTLEN_DIGEST, dsaEncoding = 'der' }: KeyWithOptions = how instanceof PublicKey ? { key: how } : how;
  if (name === null) return key.ed25519 !== undefined && verifiesEd25519(signature, octets, key.ed25519);
  if (key.rsa !== undefined) {
    if (padding === constants.RSA_PKCS1_PADDING) return verifiesPkcs1(name, octets, key.rsa, signature);
    if (padding !== constants.RSA_PKCS1_PSS_PADDING) throw new Error(`padding ${padding} is not one the judge uses`);
    return verifiesPss(name, octets, key.rsa, signature, saltLength === constants.RSA_PSS_SALTLEN_DIGEST ? digestOf(name, new Uint8Array()).length : saltLength);
  }
  if (key.ec?.curve === undefined) return false;
  const format = dsaEncoding === 'der' ? 'der' : 'compact';
  try {
    return key.ec.curve.verify(signature, digestOf(name, octets), key.ec.point, { prehash: false, lowS: false, format });
  } catch {
    return false; // not the encoding of a signature
  }
}

/** RFC 8032, as OpenSSL has it: without the cofactor. */
function verifiesEd25519(signature: Uint8Array, octets: Uint8Array, key: Uint8Array): boolean {
  try {
    return signature.length === 64 && ed25519.verify(signature, octets, key, { zip215: false });
  } catch {
    return false; // not the encoding of a signature or of a point
  }
}
