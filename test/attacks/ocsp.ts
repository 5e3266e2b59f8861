// OCSP answers (RFC 6960 §4.2.1) written octet by octet, so that the reader under test is not tested against its own writer: by any key, in any name,
// about any certificate, at any time.
import { createHash, KeyObject, sign } from 'node:crypto';

import type { Certificate } from '../../src/trust/certificate.ts';
import type { Holder } from './paths.ts';

export function tlv(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const sha1 = (bytes: Buffer): Buffer => createHash('sha1').update(bytes).digest();
const time = (at: Date): Buffer => tlv(0x18, Buffer.from(at.toISOString().replace(/[-:T]|\.\d+/g, '')));
const ecdsaWithSha256 = tlv(0x30, hex('06082a8648ce3d040302'));
const rsaWithSha256 = tlv(0x30, hex('06092a864886f70d01010b'), hex('0500'));
const withSha1 = tlv(0x30, hex('06052b0e03021a'), hex('0500'));

export interface Answer {
  /** Whose key signs. */
  readonly by: Pick<Holder, 'keys'>;
  /** Whom the answer says it is from; the signer's certificate unless said. */
  readonly as: Certificate;
  readonly about: Certificate;
  /** The issuer that the answer names by name and key. */
  readonly issuer: Certificate;
  /** Whose key it names, when not the issuer's. */
  readonly keyOf?: Certificate;
  readonly revokedAt?: Date;
  readonly unknown?: boolean;
  readonly thisUpdate: Date;
  readonly nextUpdate?: Date;
  readonly producedAt?: Date;
  readonly certificates?: readonly Certificate[];
  /** In place of a signature by `by`, as sha256WithRSAEncryption. */
  readonly rsaSignature?: Buffer;
}

export function ocspAnswer({ by, as, about, issuer, keyOf = issuer, revokedAt, unknown = false, thisUpdate, nextUpdate, producedAt = thisUpdate, certificates = [], rsaSignature }: Answer): Buffer {
  const serial = hex(Number.parseInt(about.serialNumber.slice(0, 2), 16) > 0x7f ? `00${about.serialNumber}` : about.serialNumber);
  const certId = tlv(0x30, withSha1, tlv(4, sha1(issuer.subjectDer)), tlv(4, sha1(bitsOf(keyOf))), tlv(2, serial));
  const status = unknown ? tlv(0x82) : revokedAt === undefined ? tlv(0x80) : tlv(0xa1, time(revokedAt));
  const single = tlv(0x30, certId, status, time(thisUpdate), ...(nextUpdate === undefined ? [] : [tlv(0xa0, time(nextUpdate))]));
  const data = tlv(0x30, tlv(0xa1, as.subjectDer), time(producedAt), tlv(0x30, single));
  const signature = rsaSignature ?? sign('sha256', data, KeyObject.from(by.keys.privateKey));
  const shown = certificates.length === 0 ? [] : [tlv(0xa0, tlv(0x30, ...certificates.map(({ der }) => der)))];
  const basic = tlv(0x30, data, rsaSignature === undefined ? ecdsaWithSha256 : rsaWithSha256, tlv(3, Buffer.from([0]), signature), ...shown);
  return tlv(0x30, hex('0a0100'), tlv(0xa0, tlv(0x30, hex('06092b0601050507300101'), tlv(4, basic))));
}

/** The octets of the public key's BIT STRING: for the keys of these tests, the uncompressed point. */
function bitsOf({ publicKey }: Certificate): Buffer {
  return publicKey.export({ type: 'spki', format: 'der' }).subarray(-65);
}
