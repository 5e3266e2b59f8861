// Base64 as RFC 4648 §4 writes it, strictly: Node's own decoder passes over stray characters, which would let two texts be one value.
// White space (as XML Schema's base64Binary allows) may stand anywhere; padding must be there and the last bits must be zero.

const alphabet = new Uint8Array(256).fill(0xff);
for (const [value, character] of Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/').entries()) alphabet[character.charCodeAt(0)] = value;

/** The decoded octets, or undefined when the text is not base64. */
export function decodeBase64(text: string): Buffer | undefined {
  const compact = /[\t\n\r ]/.test(text) ? text.replace(/[\t\n\r ]+/g, '') : text;
  if (compact.length % 4 !== 0) return undefined;
  const padding = compact.endsWith('==') ? 2 : compact.endsWith('=') ? 1 : 0;
  const end = compact.length - padding;
  let last = 0;
  for (let i = 0; i < end; i += 1) {
    const code = compact.charCodeAt(i);
    last = code < 256 ? (alphabet[code] ?? 0xff) : 0xff;
    if (last === 0xff) return undefined;
  }
  if ((padding === 1 && (last & 0x03) !== 0) || (padding === 2 && (last & 0x0f) !== 0)) return undefined;
  return Buffer.from(compact, 'base64');
}
