// The one reader of ASN.1 in this room: distinguished encoding only (ITU-T X.690 §10), so that no second reader can see other values in the
// same bytes. Indefinite or padded lengths, trailing bytes and long tags are errors. Every element keeps its raw bytes, because names are
// compared and signatures verified over the encoding itself. Who has a hundred thousand elements to check asks where each lies and keeps none.
// It reads; it never writes, and what it throws never leaves `src/trust/`.

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

const CONSTRUCTED = 0x20;

/** What `checkDer` walks through at most. An OCSP answer nests 12 deep and has some 300 elements, a time stamp with its chain 600. */
export interface DerLimits {
  readonly depth: number;
  readonly elements: number;
}

const GENEROUS: DerLimits = { depth: 32, elements: 20_000 };

/** SEQUENCE and SET, EXTERNAL, EMBEDDED PDV: the universal types that are constructed; DER leaves no choice for any of them. */
const constructedTypes: ReadonlySet<number> = new Set([8, 11, 16, 17]);

const ZULU = 0x5a;
const ZERO = 0x30;

/** In bytes; leaves room for the 128-bit arcs of the 2.25 tree, and none for quadratic arithmetic. */
const LONGEST_OID = 64;

/** One element: its tag, its content, and the whole of it as received. */
export interface Der {
  readonly tag: number;
  readonly content: Buffer;
  readonly raw: Buffer;
}

/** Where the content of an element lies in the bytes it was read from; the element ends where its content does. */
export interface Place {
  readonly tag: number;
  readonly from: number;
  readonly end: number;
}

/** The elements of a constructed value, taken in order. `end` fails if any is left, so nothing unread is ever ignored. */
export interface Fields {
  next(tag?: number): Der;
  optional(...tags: readonly number[]): Der | undefined;
  rest(): readonly Der[];
  end(): void;
}

/** Exactly one element and nothing after it. */
export function readDer(bytes: Buffer): Der {
  const element = elementAt(bytes, 0);
  if (element.raw.length !== bytes.length) throw new Error('bytes after the end of the element');
  return element;
}

/**
 * Walks the whole of an encoding, to be asked before bytes are given to a reader that also takes BER. Throws unless every length, form and
 * basic value in it is the one that DER allows. The order inside a SET is left open: issuers get it wrong, and no two readers differ over it.
 */
export function checkDer(bytes: Buffer, limits: DerLimits = GENEROUS): void {
  let left = limits.elements;
  const walk = (element: Der, depth: number): void => {
    if (--left < 0 || depth > limits.depth) throw new Error('too many elements, or too deep');
    checkForm(element);
    if ((element.tag & CONSTRUCTED) === 0) return;
    for (let offset = 0; offset < element.content.length;) {
      const inner = elementAt(element.content, offset);
      walk(inner, depth + 1);
      offset += inner.raw.length;
    }
  };
  walk(readDer(bytes), 1);
}

export function elementsOf(parent: Der): readonly Der[] {
  const elements: Der[] = [];
  for (let offset = 0; offset < parent.content.length;) {
    const element = elementAt(parent.content, offset);
    elements.push(element);
    offset += element.raw.length;
  }
  return elements;
}

export function fieldsOf(parent: Der, tag: number = tags.sequence): Fields {
  expectTag(parent, tag);
  const elements = elementsOf(parent);
  let position = 0;
  return {
    next(wanted) {
      const element = elements[position++];
      if (element === undefined) throw new Error('an element is missing');
      if (wanted !== undefined) expectTag(element, wanted);
      return element;
    },
    optional(...wanted) {
      const element = elements[position];
      if (element === undefined || !wanted.includes(element.tag)) return undefined;
      position++;
      return element;
    },
    rest: () => elements.slice(position, (position = elements.length)),
    end() {
      if (position < elements.length) throw new Error('an element too many');
    },
  };
}

export function oidOf({ tag, content }: Pick<Der, 'tag' | 'content'>): string {
  expectTag({ tag }, tags.oid);
  checkOid(content, 0, content.length);
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const byte of content) {
    arc = arc * 128n + BigInt(byte & 0x7f);
    if (byte >= 0x80) continue;
    arcs.push(arc);
    arc = 0n;
  }
  const [first = 0n, ...others] = arcs;
  const root = first < 80n ? first / 40n : 2n;
  return [root, first - root * 40n, ...others].join('.');
}

export function checkOid(bytes: Buffer, from: number, end: number): void {
  if (end === from || end - from > LONGEST_OID || (bytes[end - 1] ?? 0x80) >= 0x80) throw new Error('object identifier empty, cut short or too long');
  let before = 0;
  for (let at = from; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (before < 0x80 && byte === 0x80) throw new Error('object identifier with a padded arc');
    before = byte;
  }
}

/** A non-negative INTEGER as lower-case hex without the sign byte. */
export function integerOf(element: Der, tag: number = tags.integer): string {
  expectTag(element, tag);
  const { content } = element;
  return content.toString('hex', magnitudeAt(content, 0, content.length));
}

/** Where a non-negative INTEGER begins without its sign byte. */
export function magnitudeAt(bytes: Buffer, from: number, end: number): number {
  const first = bytes[from] ?? 0;
  if (from === end || first > 0x7f) throw new Error('integer empty or negative');
  if (first !== 0 || end - from === 1) return from;
  if ((bytes[from + 1] ?? 0) < 0x80) throw new Error('integer with padding');
  return from + 1;
}

export function booleanOf({ tag, content }: Der): boolean {
  return booleanAt(content, { tag, from: 0, end: content.length });
}

export function booleanAt(bytes: Buffer, place: Place): boolean {
  expectTag(place, tags.boolean);
  const value = bytes[place.from];
  if (place.end - place.from !== 1 || (value !== 0xff && value !== 0)) throw new Error('boolean neither true nor false');
  return value === 0xff;
}

/** The bytes of a BIT STRING whose length is a whole number of bytes. */
export function wholeBytesOf(element: Der): Buffer {
  expectTag(element, tags.bitString);
  if (element.content[0] !== 0) throw new Error('bit string is not a whole number of bytes');
  return element.content.subarray(1);
}

/** The numbers of the bits set, counted from the left as ASN.1 names them. */
export function namedBitsOf(element: Der): ReadonlySet<number> {
  expectTag(element, tags.bitString);
  const [unused, ...bytes] = element.content;
  if (unused === undefined || unused > 7) throw new Error('bit string without a length');
  const bits = bytes.flatMap((byte, index) => [...Array(8).keys()].filter((bit) => byte & (0x80 >> bit)).map((bit) => index * 8 + bit));
  return new Set(bits.filter((bit) => bit < bytes.length * 8 - unused));
}

/** UTCTime or GeneralizedTime in the only forms RFC 5280 §4.1.2.5 allows: seconds present, UTC, no fraction. */
export function timeOf({ tag, content }: Der): Date {
  checkTime(content, { tag, from: 0, end: content.length });
  const text = content.toString('latin1');
  const digits = tag === tags.generalizedTime ? text : `${Number(text.slice(0, 2)) >= 50 ? '19' : '20'}${text}`;
  return new Date(digits.replace(/^(.{4})(..)(..)(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6.000Z'));
}

export function checkTime(bytes: Buffer, { tag, from, end }: Place): void {
  const years = tag === tags.utcTime ? 2 : 4;
  if ((years === 4 && tag !== tags.generalizedTime) || end - from !== years + 11 || bytes[end - 1] !== ZULU) throw new Error('time in a form that RFC 5280 does not allow');
  const rest = from + years;
  // Two digits stand for 1950 to 2049. They leap as the same digits of this century do, which is all that is asked of the year here.
  const year = (years === 4 ? twoDigits(bytes, from) : 20) * 100 + twoDigits(bytes, rest - 2);
  const month = twoDigits(bytes, rest);
  const day = twoDigits(bytes, rest + 2);
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) throw new Error('day that does not exist');
  const hour = twoDigits(bytes, rest + 4);
  const minute = twoDigits(bytes, rest + 6);
  const second = twoDigits(bytes, rest + 8);
  if (hour > 23 || minute > 59 || second > 59) throw new Error('time that does not exist');
}

function twoDigits(bytes: Buffer, at: number): number {
  const tens = (bytes[at] ?? 0) - ZERO;
  const ones = (bytes[at + 1] ?? 0) - ZERO;
  if (tens < 0 || tens > 9 || ones < 0 || ones > 9) throw new Error('time in a form that RFC 5280 does not allow');
  return tens * 10 + ones;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Constructed where the type is, primitive otherwise, and the basic values in their one form. */
function checkForm(element: Der): void {
  const { tag, content } = element;
  if ((tag & 0xc0) !== 0) return;
  const isConstructed = (tag & CONSTRUCTED) !== 0;
  if (tag === 0 || isConstructed !== constructedTypes.has(tag & 0x1f)) throw new Error(`an element with tag ${tag} in the wrong form`);
  if (tag === tags.boolean) booleanOf(element);
  if (tag === tags.oid) oidOf(element);
  if ((tag === tags.integer || tag === tags.enumerated) && isPadded(content)) throw new Error('integer empty or with padding');
  if (tag === tags.null && content.length > 0) throw new Error('null with content');
  if (tag === tags.bitString) checkUnusedBits(content);
}

function isPadded([first, second]: Buffer): boolean {
  if (first === undefined) return true;
  return second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
}

function checkUnusedBits(content: Buffer): void {
  const [unused = 8] = content;
  const last = content.length > 1 ? content.at(-1) ?? 0 : 0;
  if (unused > 7 || (content.length === 1 && unused > 0) || (last & ((1 << unused) - 1)) !== 0) throw new Error('bit string with unused bits that are set');
}

export function expectTag(element: { readonly tag: number }, tag: number): void {
  if (element.tag !== tag) throw new Error(`element has tag ${element.tag}, expected ${tag}`);
}

function elementAt(bytes: Buffer, start: number): Der {
  const { tag, from, end } = placeAt(bytes, start, bytes.length);
  return { tag, content: bytes.subarray(from, end), raw: bytes.subarray(start, end) };
}

/** Of the element that begins at `start`; nothing at or after `limit`, where what it stands in ends, is looked at. */
export function placeAt(bytes: Buffer, start: number, limit: number): Place {
  if (start + 1 >= limit) throw new Error('an element is missing or without a length');
  const tag = bytes[start] ?? 0;
  if ((tag & 0x1f) === 0x1f) throw new Error('long tag');
  const first = bytes[start + 1] ?? 0;
  const from = first < 0x80 ? start + 2 : start + 2 + first - 0x80;
  const end = from + (first < 0x80 ? first : longLength(bytes, start + 2, from, limit));
  if (end > limit) throw new Error('element cut short');
  return { tag, from, end };
}

function longLength(bytes: Buffer, start: number, end: number, limit: number): number {
  const size = end - start;
  if (size === 0 || size > 4 || end > limit) throw new Error('length indefinite, too long or cut short');
  const length = bytes.readUIntBE(start, size);
  if (length < 0x80 || length < 2 ** (8 * (size - 1))) throw new Error('length with padding');
  return length;
}
