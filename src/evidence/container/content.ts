// The content of one entry of a ZIP file, unpacked into no more room than it says it needs, and held against its size and check sum (CRC-32, ISO 3309). Pure.
import { inflateSync } from 'fflate';

/** Undefined when it is not what its header says. */
export function contentOf(packed: Buffer, isDeflated: boolean, { size, checkSum }: { readonly size: number; readonly checkSum: number }): Buffer | undefined {
  const content = isDeflated ? inflated(packed, size) : Buffer.from(packed);
  return content?.length === size && crc32(content) === checkSum ? content : undefined;
}

/** One octet more than it should be, if it is more: the room is given, and does not grow. */
function inflated(packed: Buffer, size: number): Buffer | undefined {
  try {
    const { buffer, byteOffset, byteLength } = inflateSync(packed, { out: new Uint8Array(size + 1) });
    return Buffer.from(buffer, byteOffset, byteLength);
  } catch {
    return undefined;
  }
}

const POLYNOMIAL = 0xedb88320;
const table = Uint32Array.from({ length: 256 }, (_value, octet) => {
  let remainder = octet;
  for (let bit = 0; bit < 8; bit += 1) remainder = remainder & 1 ? (remainder >>> 1) ^ POLYNOMIAL : remainder >>> 1;
  return remainder;
});

export function crc32(octets: Uint8Array): number {
  let sum = 0xffff_ffff;
  for (const octet of octets) sum = (sum >>> 8) ^ (table[(sum ^ octet) & 0xff] ?? 0);
  return (sum ^ 0xffff_ffff) >>> 0;
}
