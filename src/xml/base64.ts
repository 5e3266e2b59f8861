// Base64 as RFC 4648 §4 writes it, strictly: Node's own decoder passes over stray characters, which would let two texts be one value.
// White space (as XML Schema's base64Binary allows) may stand anywhere; padding must be there and the last bits must be zero.

/** The decoded octets, or undefined when the text is not base64: every text that is one is what its own octets are written as. */
export function decodeBase64(text: string): Buffer | undefined {
  const compact = /[\t\n\r ]/.test(text) ? text.replace(/[\t\n\r ]+/g, '') : text;
  const octets = Buffer.from(compact, 'base64');
  return octets.toString('base64') === compact ? octets : undefined;
}

/**
 * The same of a text's octets, of which most are not made into anything else on the way. Node's decoder passes over what is not base64, so that
 * every stray octet makes the result shorter than the length says; besides it only takes the two letters of another alphabet.
 */
export function decodeBase64Octets(octets: Buffer): Buffer | undefined {
  const decoded = decodeWhole(octets);
  return decoded === undefined && BLANKS.some((blank) => octets.includes(blank)) ? decodeBase64(octets.toString('latin1')) : decoded;
}

/** Of letters without white space. */
function decodeWhole(octets: Buffer): Buffer | undefined {
  const { length } = octets;
  if (length % 4 !== 0 || octets.includes(DASH) || octets.includes(LOW_LINE)) return undefined;
  const padding = octets[length - 1] !== PAD ? 0 : octets[length - 2] === PAD ? 2 : 1;
  const decoded = Buffer.allocUnsafeSlow((length / 4) * 3 - padding);
  let written = 0;
  for (let at = 0; at < length; at += STEP) {
    written += decoded.write(octets.toString('latin1', at, at + STEP), written, 'base64');
    if (written !== Math.min(((at + STEP) / 4) * 3, decoded.length)) return undefined;
  }
  // Of the last four letters some bits may say nothing; they must be zero.
  return decoded.toString('base64', Math.max(0, (length / 4 - 1) * 3)) === octets.toString('latin1', Math.max(0, length - 4)) ? decoded : undefined;
}

/** What a digit of base64 stands for; 64 for every other octet. */
const digits = new Uint8Array(256).fill(64);
for (const [value, digit] of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/').entries()) digits[digit] = value;

/** The same of the octets from `start` to `end`, without white space. For short ones, where to call native code four times costs more. */
export function decodeBase64Between(bytes: Buffer, start: number, end: number): Buffer | undefined {
  if ((end - start) % 4 !== 0 || end - start < 4 || end > bytes.length) return undefined;
  const padding = bytes[end - 1] !== PAD ? 0 : bytes[end - 2] === PAD ? 2 : 1;
  const octets = Buffer.allocUnsafe(((end - start) / 4) * 3 - padding);
  const whole = padding === 0 ? end : end - 4;
  let stray = 0;
  let to = 0;
  for (let at = start; at < whole; at += 4) {
    const a = digits[bytes[at] as number] as number;
    const b = digits[bytes[at + 1] as number] as number;
    const c = digits[bytes[at + 2] as number] as number;
    const d = digits[bytes[at + 3] as number] as number;
    stray |= a | b | c | d;
    octets[to] = (a << 2) | (b >> 4);
    octets[to + 1] = (b << 4) | (c >> 2);
    octets[to + 2] = (c << 6) | d;
    to += 3;
  }
  if (padding !== 0) {
    const a = digits[bytes[whole] as number] as number;
    const b = digits[bytes[whole + 1] as number] as number;
    const c = padding === 2 ? 0 : digits[bytes[whole + 2] as number] as number;
    // The bits that no octet takes must be zero.
    stray |= a | b | c | (padding === 2 ? (b & 15) << 6 : (c & 3) << 6);
    octets[to] = (a << 2) | (b >> 4);
    if (padding === 1) octets[to + 1] = (b << 4) | (c >> 2);
  }
  return stray < 64 ? octets : undefined;
}

/** Letters at a time: a text of all of them would be one more copy of a large file. A multiple of four. */
const STEP = 64 * 1024;
const BLANKS = [0x09, 0x0a, 0x0d, 0x20];
const PAD = 0x3d;
const DASH = 0x2d;
const LOW_LINE = 0x5f;
