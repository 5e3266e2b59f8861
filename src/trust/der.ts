// The one reader of ASN.1 in this room: distinguished encoding only (ITU-T X.690 §10), so that no second reader can see other values in the
// same bytes. Indefinite or padded lengths, trailing bytes and long tags are errors. Every element keeps its raw bytes, because names are
// compared and signatures verified over the encoding itself. It reads; it never writes, and what it throws never leaves `src/trust/`.

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

/** In bytes; leaves room for the 128-bit arcs of the 2.25 tree, and none for quadratic arithmetic. */
const LONGEST_OID = 64;

/** One element: its tag, its content, and the whole of it as received. */
export interface Der {
  readonly tag: number;
  readonly content: Buffer;
  readonly raw: Buffer;
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

export function oidOf(element: Der): string {
  expectTag(element, tags.oid);
  const { content } = element;
  if (content.length > LONGEST_OID || (content.at(-1) ?? 0x80) >= 0x80) throw new Error('object identifier empty, cut short or too long');
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const byte of content) {
    if (arc === 0n && byte === 0x80) throw new Error('object identifier with a padded arc');
    arc = arc * 128n + BigInt(byte & 0x7f);
    if (byte >= 0x80) continue;
    arcs.push(arc);
    arc = 0n;
  }
  const [first = 0n, ...others] = arcs;
  const root = first < 80n ? first / 40n : 2n;
  return [root, first - root * 40n, ...others].join('.');
}

/** A non-negative INTEGER as lower-case hex without the sign byte. */
export function integerOf(element: Der, tag: number = tags.integer): string {
  expectTag(element, tag);
  const [first, second] = element.content;
  if (first === undefined || first > 0x7f) throw new Error('integer empty or negative');
  if (first !== 0 || second === undefined) return element.content.toString('hex');
  if (second < 0x80) throw new Error('integer with padding');
  return element.content.subarray(1).toString('hex');
}

export function booleanOf(element: Der): boolean {
  expectTag(element, tags.boolean);
  const hex = element.content.toString('hex');
  if (hex !== 'ff' && hex !== '00') throw new Error('boolean neither true nor false');
  return hex === 'ff';
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
export function timeOf(element: Der): Date {
  const pattern = { [tags.utcTime]: /^\d{12}Z$/, [tags.generalizedTime]: /^\d{14}Z$/ }[element.tag];
  const text = element.content.toString('latin1');
  if (pattern?.test(text) !== true) throw new Error('time in a form that RFC 5280 does not allow');
  const digits = element.tag === tags.generalizedTime ? text : `${Number(text.slice(0, 2)) >= 50 ? '19' : '20'}${text}`;
  const iso = digits.replace(/^(.{4})(..)(..)(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6.000Z');
  const time = new Date(iso);
  if (Number.isNaN(time.getTime()) || time.toISOString() !== iso) throw new Error('time that does not exist');
  return time;
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

function expectTag(element: Der, tag: number): void {
  if (element.tag !== tag) throw new Error(`element has tag ${element.tag}, expected ${tag}`);
}

function elementAt(bytes: Buffer, start: number): Der {
  const tag = bytes[start];
  if (tag === undefined) throw new Error('an element is missing');
  if ((tag & 0x1f) === 0x1f) throw new Error('long tag');
  const { from, length } = lengthAt(bytes, start + 1);
  const end = from + length;
  if (end > bytes.length) throw new Error('element cut short');
  return { tag, content: bytes.subarray(from, end), raw: bytes.subarray(start, end) };
}

function lengthAt(bytes: Buffer, start: number): { from: number; length: number } {
  const first = bytes[start];
  if (first === undefined) throw new Error('element without a length');
  if (first < 0x80) return { from: start + 1, length: first };
  const size = first - 0x80;
  if (size === 0 || size > 4 || start + 1 + size > bytes.length) throw new Error('length indefinite, too long or cut short');
  const length = bytes.readUIntBE(start + 1, size);
  if (length < 0x80 || length < 2 ** (8 * (size - 1))) throw new Error('length with padding');
  return { from: start + 1 + size, length };
}
