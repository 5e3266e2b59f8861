// Octets → short texts. Names, namespaces and algorithms are the same in nearly every document: the strings made of them last are kept, and
// found again by comparing octets, so that no new ones are made. What is kept is bounded, and a text is the same whether it was kept or not.

/** In octets. A power of two slots, each with room for one text. */
const LONGEST = 80;
const SLOTS = 1024;
const kept = new Array<string>(SLOTS).fill('');

/** The text of the UTF-8 octets from `start` to `end`. */
export function textBetween(bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length <= 0) return '';
  if (length > LONGEST) return bytes.toString('utf8', start, end);
  const slot = ((bytes[start] as number) * 37 + (bytes[end - 1] as number) * 11 + (bytes[start + (length >> 1)] as number) * 5 + length * 59) & (SLOTS - 1);
  const known = kept[slot] as string;
  if (known.length === length && isAsciiAt(bytes, start, known)) return known;
  const text = bytes.toString('utf8', start, end);
  kept[slot] = text;
  return text;
}

/** Are the octets at `start` those of this text? Only ever true of ASCII, in which a character is an octet. They must all be there. */
export function isAsciiAt(bytes: Buffer, start: number, text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const octet = bytes[start + i] as number;
    if (octet !== text.charCodeAt(i) || octet >= 0x80) return false;
  }
  return true;
}
