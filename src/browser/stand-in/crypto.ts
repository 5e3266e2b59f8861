// What stands in for node:crypto when the judge runs in a browser: exactly the calls that it makes, with the same answers. WebCrypto cannot do
// it, because it only answers later and knows no SHA-3. Verifies; signs nothing and holds no secret. The vectors prove that both give the same.
import { digestOf, hashNames, startDigest } from './digests.ts';
import { PublicKey } from './keys.ts';
import { verifiesPkcs1, verifiesPss } from './rsa.ts';

export { X509Certificate } from './keys.ts';

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

export function verify(name: string, octets: Uint8Array, how: PublicKey | KeyWithOptions, signature: Uint8Array): boolean {
  const { key, padding = constants.RSA_PKCS1_PADDING, saltLength = constants.RSA_PSS_SALTLEN_DIGEST, dsaEncoding = 'der' }: KeyWithOptions = how instanceof PublicKey ? { key: how } : how;
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
