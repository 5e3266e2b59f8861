// What single octets mean to the scanner, as tables: one look-up in place of a row of comparisons. Octets of 0x80 and above are plain here
// (`parse` has made sure of UTF-8 before), except 0xEF, which may begin U+FFFE or U+FFFF.

/** Octets of character data that are more than themselves; 0 for the others. */
export const LESS = 1;
export const AMPERSAND = 2;
export const GREATER = 3;
export const RETURN = 4;
/** May begin a non-character. */
export const SUSPECT = 5;
/** A control character that production 2 of XML 1.0 leaves out. */
export const ILLEGAL = 6;

export const textClass = new Uint8Array(256);
for (let octet = 0; octet < 0x20; octet += 1) textClass[octet] = ILLEGAL;
textClass[0x09] = 0;
textClass[0x0a] = 0;
textClass[0x0d] = RETURN;
textClass[0x26] = AMPERSAND;
textClass[0x3c] = LESS;
textClass[0x3e] = GREATER;
textClass[0xef] = SUSPECT;

/** 1 for an octet that may stand in a quoted value and is the same in its canonical form. */
export const plainValue = new Uint8Array(256).fill(1);
for (let octet = 0; octet < 0x20; octet += 1) plainValue[octet] = 0;
for (const octet of [0x22, 0x26, 0x3c, 0xef]) plainValue[octet] = 0;

/** 1 for the ASCII letters, digits, `_`, `-` and `.` of a name, and for those of them that may begin one. */
export const asciiName = new Uint8Array(256);
export const asciiNameStart = new Uint8Array(256);
for (const [from, to] of [[0x41, 0x5a], [0x61, 0x7a], [0x5f, 0x5f]] as const) {
  asciiName.fill(1, from, to + 1);
  asciiNameStart.fill(1, from, to + 1);
}
asciiName.fill(1, 0x30, 0x3a);
asciiName.fill(1, 0x2d, 0x2f);
