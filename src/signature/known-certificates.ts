// Certificates that signatures have shown before, with what is dear to read of them, found by the base64 that they stand in: by its text, or
// at once by its octets where they lie in the document. What is kept is bounded; whether a certificate is trusted is never among it.
import { X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { BoundedMap } from '../bounded-map.ts';
import { decodeBase64 } from '../xml/base64.ts';
import { areOctets } from '../xml/runs.ts';
import { keyWeakness } from './algorithms.ts';

export interface KnownCertificate {
  readonly certificate: Buffer;
  readonly publicKey: KeyObject;
  /** What a KeyValue of the same key says, in octets without leading zeros. */
  readonly parts: KeyParts;
}

export type KeyParts =
  | { readonly kind: 'rsa'; readonly modulus: Buffer; readonly exponent: Buffer }
  | { readonly kind: 'ec'; readonly curve: string; readonly point: Buffer }
  | { readonly kind: 'other' };

/** As the octets of a document show it: all in base64 without white space. */
export interface SeenCertificate {
  readonly known: KnownCertificate;
  readonly text: Buffer;
  /** What stands in a KeyValue of the same key; absent when it is no RSA key. */
  readonly modulus?: Buffer;
  readonly exponent?: Buffer;
}

const byText = new BoundedMap<string, KnownCertificate>(2048);

/** Undefined when the text is no certificate. */
export function certificateOf(text: string): KnownCertificate | undefined {
  try {
    return byText.getOrCompute(text, () => {
      const certificate = decodeBase64(text);
      if (certificate === undefined) throw new Error('not base64');
      const { publicKey } = new X509Certificate(certificate);
      return { certificate, publicKey, parts: partsOf(publicKey) };
    });
  } catch {
    return undefined;
  }
}

/** A power of two, each with room for one certificate. */
const SLOTS = 1024;
const seen: (SeenCertificate | undefined)[] = new Array<undefined>(SLOTS).fill(undefined);

/** The certificate whose base64 without white space these octets are, when it is known: nothing new is read here. */
export function certificateIn(bytes: Buffer, start: number, end: number): SeenCertificate | undefined {
  const found = seen[slotOf(bytes, start, end)];
  return found?.text.length === end - start && areOctets(bytes, start, found.text) ? found : undefined;
}

/** From now on `certificateIn` finds it, until another takes its room. */
export function rememberCertificate(bytes: Buffer, start: number, end: number, known: KnownCertificate): void {
  const text = Buffer.from(known.certificate.toString('base64'), 'latin1');
  if (text.length !== end - start || !areOctets(bytes, start, text)) return;
  const { parts } = known;
  const written = (octets: Buffer): Buffer => Buffer.from(octets.toString('base64'), 'latin1');
  seen[slotOf(bytes, start, end)] = parts.kind === 'rsa' ? { known, text, modulus: written(parts.modulus), exponent: written(parts.exponent) } : { known, text };
}

/** From the length and some octets of the signature at the end, which differ from certificate to certificate. */
function slotOf(bytes: Buffer, start: number, end: number): number {
  let slot = end - start;
  for (let i = Math.max(start, end - 24); i < end - 3; i += 4) slot = (Math.imul(slot, 31) + (bytes[i] as number)) | 0;
  return slot & (SLOTS - 1);
}

function partsOf(key: KeyObject): KeyParts {
  // Node exports only RSA and the curves of the table; nothing else may sign anyway.
  if (key.asymmetricKeyType !== 'rsa' && keyWeakness(key) !== undefined) return { kind: 'other' };
  const { kty, n = '', e = '', x = '', y = '' } = key.export({ format: 'jwk' });
  const octets = (part: string): Buffer => Buffer.from(part, 'base64url');
  if (kty === 'RSA') return { kind: 'rsa', modulus: numberOf(octets(n)), exponent: numberOf(octets(e)) };
  return { kind: 'ec', curve: curveOids.get(octets(x).length) ?? '', point: numberOf(Buffer.concat([Buffer.from([4]), octets(x), octets(y)])) };
}

/** The octets of an unsigned number without leading zeros. */
export function numberOf(octets: Buffer): Buffer {
  const start = octets.findIndex((octet) => octet !== 0);
  return start <= 0 ? octets : octets.subarray(start);
}

const curveOids: ReadonlyMap<number, string> = new Map([
  [32, 'urn:oid:1.2.840.10045.3.1.7'],
  [48, 'urn:oid:1.3.132.0.34'],
  [66, 'urn:oid:1.3.132.0.35'],
]);
