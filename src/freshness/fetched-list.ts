// Bytes from a server → a revocation list that may take the place of the one at hand, or an Error that says why not. It must be readable,
// usable, signed by the authority it is for, in force, and no older than what is known: an old list, however well signed, would bring back
// certificates revoked since (RFC 5280 §5.2.3, §6.3).
import { createHash } from 'node:crypto';

import { parseRevocationList } from '../trust/crl.ts';
import type { RevocationList } from '../trust/crl.ts';
import type { TrustMaterial } from '../trust/material.ts';
import { isSignedBy, readSigned } from '../trust/signed.ts';
import { newestList, signersNamed, signersOf } from './authorities.ts';

/** How far a server's clock may be ahead of ours. */
const CLOCK_DIFFERENCE_MS = 5 * 60_000;
const pem = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]*)-----END X509 CRL-----/;

/** `name` is the authority's, as encoded. */
export function readFetchedList(bytes: Buffer, name: Buffer, material: TrustMaterial, at: Date): RevocationList {
  const der = derOf(bytes);
  const list = parse(der, name, material);
  if (list.unusable !== undefined) throw new Error(`a list that cannot be used: ${list.unusable}`);
  const signers = signersOf(list, name, material);
  if (signers.length === 0) throw new Error(`not a list of this authority: ${list.issuer}`);
  if (list.thisUpdate.getTime() > at.getTime() + CLOCK_DIFFERENCE_MS) throw new Error(`a list of the future: ${list.thisUpdate.toISOString()}`);
  if (!isInForce(list, at)) throw new Error(`a list that expired at ${list.nextUpdate?.toISOString() ?? ''}`);
  const known = newestList(signers, material, list);
  if (known !== undefined && isOlder(list, known)) throw new Error(`a list older than the one at hand: ${list.thisUpdate.toISOString()}`);
  return list;
}

export function isInForce(list: RevocationList | undefined, at: Date): boolean {
  return list?.nextUpdate !== undefined && list.nextUpdate > at;
}

function isOlder(list: RevocationList, known: RevocationList): boolean {
  return list.thisUpdate < known.thisUpdate || (list.number !== undefined && known.number !== undefined && valueOf(list.number) < valueOf(known.number));
}

function valueOf(hex: string): bigint {
  return BigInt(`0x${hex}`);
}

/** The signature is asked first: what nobody signed is not worth reading, and reading a large list takes the one thread that intake has. */
function parse(der: Buffer, name: Buffer, material: TrustMaterial): RevocationList {
  const subject = { fingerprint: createHash('sha256').update(der).digest('hex'), signed: attempt(() => readSigned(der)) };
  if (!signersNamed(name, material).some((signer) => isSignedBy(subject, signer))) throw new Error('not a list of this authority');
  return attempt(() => parseRevocationList(der));
}

function attempt<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw new Error(`not a revocation list: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** Lists are served as DER (RFC 5280 §4.2.1.13); some servers answer in PEM all the same. */
function derOf(bytes: Buffer): Buffer {
  const [, base64] = bytes[0] === 0x2d ? (pem.exec(bytes.toString('latin1')) ?? []) : [];
  return base64 === undefined ? bytes : Buffer.from(base64, 'base64');
}
