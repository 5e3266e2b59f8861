// Seeded changes of a document's octets, from one bit to a piece of markup in a place where it may or may not stand.
import { once, pick } from './random.ts';
import type { Random } from './random.ts';

const LONGEST_PIECE = 24;

/** Whatever a parser has a rule about, good and bad. */
const tokens = [
  '<', '>', '/', '/>', '</', '=', '"', "'", '&', ';', ':', ' ', '\n', '\r', '\t', '<a>', '</a>', '<a/>', 'a:', ':a', '-', '--', '-->', '<!--', '<!-- x -->', '<!--x--y-->', '<!--x--->',
  '<![CDATA[', ']]>', '<![CDATA[x]]>', '<![cdata[x]]>', '&amp;', '&amp', '&#0;', '&#x1;', '&#xD800;', '&#xFFFE;', '&#x110000;', '&#99999999999;', '&#x41;', '&#X41;', '&#65', '&# 65;', '&nosuch;', '&lt ;',
  ' xmlns=""', ' xmlns="urn:x"', ' xmlns:p=""', ' xmlns:p="urn:p"', ' xmlns:xml="urn:x"', ' xmlns:xmlns="urn:x"', ' xmlns="http://www.w3.org/XML/1998/namespace"',
  ' xmlns:q="http://www.w3.org/2000/xmlns/"', ' xmlns:xml="http://www.w3.org/XML/1998/namespace"', ' xml:id="1"', ' a="1"', " a='1'", ' p:a="1"', ' a="<"', ' a="1"b="2"', ' a=1', ' a', ' xmlns:a:b="urn:x"', ' xmlns:="urn:x"',
  '<?x?>', '<?xml version="1.0"?>', '<?xml-stylesheet href="x"?>', '<?XML x?>', '<!DOCTYPE a>', '<!DOCTYPE a [<!ENTITY b "c">]>', '<!ELEMENT a ANY>', '\ufeff', '\ufffe', '\uffff', '\u0001', '\u0000', '\u007f', '\u0085', 'ă', '\u{1f600}', '\u00d7', '\u0300', '\u00b7', '0', '.',
];

const raw = [[0x80], [0xc0, 0x80], [0xc3], [0xe0, 0x80, 0xaf], [0xed, 0xa0, 0x80], [0xef, 0xbf, 0xbe], [0xf0, 0x82, 0x82, 0xac], [0xf4, 0x90, 0x80, 0x80], [0xff], [0xfe, 0xff], [0x00]].map((octets) => Buffer.from(octets));

const declarations = [
  '<?xml version="1.0"?>', '<?xml version="1.1"?>', '<?xml version="1.2"?>', '<?xml version="2.0"?>', '<?xml version="1.0" encoding="UTF-16"?>', '<?xml version="1.0" encoding="ISO-8859-1"?>', '<?xml version="1.0" encoding="utf8"?>',
  '<?xml encoding="UTF-8"?>', '<?xml version="1.0" standalone="maybe"?>', '<?xml version="1.0" standalone="yes" encoding="UTF-8"?>', '<?xml?>', '<?xml version="1.0">', '<?xml version=1.0?>', '<?xml version="1.0"encoding="UTF-8"?>', '<?xml version="1.0" encoding=""?>',
  '<?xml version="1.0" encoding="-utf-8"?>', ' <?xml version="1.0"?>', '<?xml version=\'1.0"?>', '<?xml version="1.0" other="x"?>', '<?xml version="1.0" ?', '<?XML version="1.0"?>', '<?xml\u00a0version="1.0"?>',
];

export function mutate(random: Random, bytes: Buffer): Buffer {
  let changed = bytes;
  for (let left = once(random, 3) ? 1 + random(3) : 1; left > 0; left -= 1) changed = pick(random, mutations)(random, changed);
  return changed;
}

type Mutation = (random: Random, bytes: Buffer) => Buffer;

function spliced(bytes: Buffer, at: number, removed: number, inserted: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + removed)]);
}

const position = (random: Random, bytes: Buffer): number => random(bytes.length + 1);
const piece = (random: Random): Buffer => (once(random, 10) ? pick(random, raw) : Buffer.from(pick(random, tokens)));

const mutations: readonly Mutation[] = [
  (random, bytes) => {
    const flipped = Buffer.from(bytes);
    const at = random(Math.max(1, bytes.length));
    if (at < flipped.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << random(8));
    return flipped;
  },
  (random, bytes) => spliced(bytes, position(random, bytes), 1 + random(2), Buffer.alloc(0)),
  (random, bytes) => spliced(bytes, position(random, bytes), 1 + random(LONGEST_PIECE), Buffer.alloc(0)),
  (random, bytes) => spliced(bytes, position(random, bytes), 0, piece(random)),
  (random, bytes) => spliced(bytes, position(random, bytes), 0, piece(random)),
  (random, bytes) => spliced(bytes, position(random, bytes), 1, piece(random)),
  // Where a tag begins, ends, or has a space: most of the grammar's decisions are there.
  (random, bytes) => {
    const places = [...bytes.toString('latin1').matchAll(/[<>\s="']/g)].map(({ index }) => index + random(2));
    return spliced(bytes, places.length === 0 ? 0 : pick(random, places), random(2), piece(random));
  },
  (random, bytes) => {
    const from = position(random, bytes);
    return spliced(bytes, position(random, bytes), 0, bytes.subarray(from, from + 1 + random(LONGEST_PIECE)));
  },
  (random, bytes) => {
    const tags = [...bytes.toString('latin1').matchAll(/<[^>]*>/g)];
    if (tags.length === 0) return bytes;
    const [one, other] = [pick(random, tags), pick(random, tags)];
    return spliced(bytes, one.index, one[0].length, Buffer.from(other[0], 'latin1'));
  },
  (random, bytes) => (once(random, 3) ? spliced(bytes, 0, 0, Buffer.from(pick(random, declarations))) : bytes.subarray(0, position(random, bytes))),
];
