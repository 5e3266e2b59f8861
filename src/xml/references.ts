// Character and entity references as octets (XML 1.0 §4.1): of the entities only the five predefined ones exist, since a DOCTYPE is refused.
import { isXmlCharacter } from './characters.ts';

const SEMICOLON = 0x3b;
const BEYOND = 0x110000;

/** The code point that the reference at `at` stands for, or -1 when it is not well-formed, not known or names no XML character. */
export function referencedPoint(bytes: Buffer, at: number): number {
  const letter = bytes[at + 1];
  if (letter === 0x23) return numberedPoint(bytes, at + 2);
  if (letter === 0x6c) return spells(bytes, at + 2, 't;') ? 0x3c : -1;
  if (letter === 0x67) return spells(bytes, at + 2, 't;') ? 0x3e : -1;
  if (letter === 0x71) return spells(bytes, at + 2, 'uot;') ? 0x22 : -1;
  if (letter !== 0x61) return -1;
  return spells(bytes, at + 2, 'mp;') ? 0x26 : spells(bytes, at + 2, 'pos;') ? 0x27 : -1;
}

/** The offset after the `;` of a reference that is well-formed. */
export function afterReference(bytes: Buffer, at: number): number {
  let end = at + 1;
  while (end < bytes.length && bytes[end] !== SEMICOLON) end += 1;
  return end + 1;
}

function spells(bytes: Buffer, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

function numberedPoint(bytes: Buffer, from: number): number {
  const base = bytes[from] === 0x78 ? 16 : 10;
  const first = base === 16 ? from + 1 : from;
  let point = 0;
  let at = first;
  for (; at < bytes.length; at += 1) {
    const digit = digitOf(bytes[at] ?? 0);
    if (digit >= base) break;
    point = Math.min(point * base + digit, BEYOND);
  }
  return at > first && bytes[at] === SEMICOLON && isXmlCharacter(point) ? point : -1;
}

function digitOf(octet: number): number {
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const letter = octet | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : 16;
}
