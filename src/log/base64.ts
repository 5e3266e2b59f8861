// Base64 with nothing forgiven: one text for each octets (RFC 4648 §3.5), because what is signed or compared as text must have one form.

/** Undefined for any other text than the one that the octets are encoded as. */
export function decodeBase64(text: string): Buffer | undefined {
  const octets = Buffer.from(text, 'base64');
  return octets.toString('base64') === text ? octets : undefined;
}
