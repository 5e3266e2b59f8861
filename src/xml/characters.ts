// Character classes of XML 1.0 (fifth edition, productions 2, 3, 4, 4a) and of Namespaces in XML 1.0, over code points.

type Range = readonly [from: number, to: number];

const nameStart: readonly Range[] = [
  [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a], [0xc0, 0xd6], [0xd8, 0xf6], [0xf8, 0x2ff], [0x370, 0x37d], [0x37f, 0x1fff],
  [0x200c, 0x200d], [0x2070, 0x218f], [0x2c00, 0x2fef], [0x3001, 0xd7ff], [0xf900, 0xfdcf], [0xfdf0, 0xfffd], [0x10000, 0xeffff],
];

const nameMore: readonly Range[] = [[0x2d, 0x2e], [0x30, 0x39], [0xb7, 0xb7], [0x300, 0x36f], [0x203f, 0x2040]];

function within(ranges: readonly Range[], point: number): boolean {
  return ranges.some(([from, to]) => point >= from && point <= to);
}

/** May `name` be an NCName (a name without colon)? */
export function isNcName(name: string): boolean {
  if (/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name)) return true;
  let first = true;
  for (const character of name) {
    const point = character.codePointAt(0) ?? 0;
    if (!within(nameStart, point) && (first || !within(nameMore, point))) return false;
    first = false;
  }
  return !first;
}

/** May this code point stand in a document at all (production 2)? */
export function isXmlCharacter(point: number): boolean {
  if (point < 0x20) return point === 0x9 || point === 0xa || point === 0xd;
  return point <= 0xd7ff || (point >= 0xe000 && point <= 0xfffd) || (point >= 0x10000 && point <= 0x10ffff);
}

export function isWhitespace(octet: number): boolean {
  return octet === 0x20 || octet === 0xa || octet === 0xd || octet === 0x9;
}

/** Octets that end a name in markup. Every octet of a longer UTF-8 sequence counts as part of the name until `isNcName` judges it. */
export function endsName(octet: number): boolean {
  return isWhitespace(octet) || octet === 0x3e || octet === 0x2f || octet === 0x3d || octet === 0x3c || octet === 0x22 || octet === 0x27;
}
