// What is asked of a time-stamp authority (TimeStampReq, RFC 3161 §2.4.1): the SHA-256 of the octets, a nonce so that no old answer passes for a new one,
// and the authority's certificate, so that the token can be checked without asking anybody.
import { createHash } from 'node:crypto';

export interface Asked {
  readonly octets: Buffer;
  /** Positive, and no longer than 16 octets. */
  readonly nonce: Buffer;
}

const VERSION_1 = Buffer.from([0x02, 0x01, 0x01]);
/** AlgorithmIdentifier of SHA-256, with NULL: some authorities know no other form. */
const SHA_256 = Buffer.from('300d06096086480165030402010500', 'hex');
const CERTIFICATE_WANTED = Buffer.from([0x01, 0x01, 0xff]);

/** DER. */
export function timeStampRequest({ octets, nonce }: Asked): Buffer {
  const imprint = sequence(SHA_256, element(0x04, createHash('sha256').update(octets).digest()));
  return sequence(VERSION_1, imprint, element(0x02, nonce), CERTIFICATE_WANTED);
}

/** As an INTEGER is encoded: positive, and without padding. */
export function nonceFrom(random: Buffer): Buffer {
  const nonce = Buffer.from(random);
  nonce[0] = ((nonce[0] ?? 0) & 0x3f) | 0x40;
  return nonce;
}

function sequence(...elements: readonly Buffer[]): Buffer {
  return element(0x30, Buffer.concat(elements));
}

/** Nothing here is longer than one octet of length can say. */
function element(tag: number, content: Buffer): Buffer {
  if (content.length >= 0x80) throw new Error('a request that is too long');
  return Buffer.concat([Buffer.from([tag, content.length]), content]);
}
