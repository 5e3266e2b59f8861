// Base64 as RFC 4648 §4 writes it, strictly: Node's own decoder passes over stray characters, which would let two texts be one value.
// White space (as XML Schema's base64Binary allows) may stand anywhere; padding must be there and the last bits must be zero.

/** The decoded octets, or undefined when the text is not base64: every text that is one is what its own octets are written as. */
export function decodeBase64(text: string): Buffer | undefined {
  const compact = /[\t\n\r ]/.test(text) ? text.replace(/[\t\n\r ]+/g, '') : text;
  const octets = Buffer.from(compact, 'base64');
  return octets.toString('base64') === compact ? octets : undefined;
}

/** The same of a text's octets, of which most are not made into anything else on the way. */
export function decodeBase64Octets(octets: Buffer): Buffer | undefined {
  if (BLANKS.some((blank) => octets.includes(blank))) return decodeBase64(octets.toString('latin1'));
  const decoded = Buffer.from(octets.toString('latin1'), 'base64');
  return Buffer.from(decoded.toString('base64'), 'latin1').equals(octets) ? decoded : undefined;
}

const BLANKS = [0x09, 0x0a, 0x0d, 0x20];
