// Seeded changes of signed documents: of one part or another, harmless or not. Some keep what is signed and only write it otherwise; most do not.
import { descendants } from '../../src/xml/document.ts';
import type { XmlElement } from '../../src/xml/document.ts';
import { parse } from '../../src/xml/parse.ts';
import { mutate } from './mutations.ts';
import { once, pick } from './random.ts';
import type { Random } from './random.ts';

interface Original {
  readonly bytes: Buffer;
  /** Root first, in document order. */
  readonly elements: readonly XmlElement[];
}

export function readOriginal(bytes: Buffer): Original {
  return { bytes, elements: [...descendants(parse(bytes).root)] };
}

type Change = (random: Random, original: Original) => Buffer;

/** One change, by the name of its sort. */
export function changeSigned(random: Random, original: Original): { readonly sort: string; readonly bytes: Buffer } {
  const [sort, change] = pick(random, Object.entries(changes));
  return { sort, bytes: change(random, original) };
}

function spliced(bytes: Buffer, at: number, removed: number, inserted: Buffer | string): Buffer {
  return Buffer.concat([bytes.subarray(0, at), typeof inserted === 'string' ? Buffer.from(inserted) : inserted, bytes.subarray(at + removed)]);
}

const parts = ['NoiDung', 'SignedInfo', 'SignatureValue', 'DigestValue', 'KeyInfo', 'X509Certificate', 'Object', 'Reference', 'Transforms', 'Hoso'];
const base64Parts = ['SignatureValue', 'DigestValue', 'X509Certificate', 'Modulus', 'NoiDungFile'];

/** An element of one of these names; the root where there is none. */
function named(random: Random, { elements }: Original, names: readonly string[]): XmlElement {
  const name = pick(random, names);
  const found = elements.filter(({ local }) => local === name);
  return pick(random, found.length === 0 ? elements.slice(0, 1) : found);
}

/** Where the start tag ends: after its `>`, and before the `/` of an empty-element tag. */
function tagEnd(bytes: Buffer, { start }: XmlElement): { readonly inside: number; readonly after: number } {
  const after = bytes.indexOf('>', start) + 1;
  return { inside: bytes[after - 2] === 0x2f ? after - 2 : after - 1, after };
}

/** A position in the text of an element: after its start tag and before the next tag. */
function textPosition(random: Random, { bytes }: Original, element: XmlElement): number {
  const { after } = tagEnd(bytes, element);
  const next = bytes.indexOf('<', after);
  return after + random(Math.max(1, next - after + 1));
}

const boundary = (random: Random, { elements }: Original): number => {
  const element = pick(random, elements);
  return once(random, 2) ? element.start : element.end;
};

const declarations = [' xmlns:zz="urn:zz"', ' xmlns:xsi="urn:other"', ' xmlns:x="urn:x"', ' xmlns="urn:x"', ' xmlns=""', ' xmlns="http://www.w3.org/2000/09/xmldsig#"', ' xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'];
const attributes = [' Id="sigid"', ' Id="time-1"', ' Id="new"', ' xml:lang="vi"', ' xml:space="preserve"', ' URI=""', ' Algorithm="urn:x"', ' b="1"', ' xml:id="i"', ' Encoding="x"', ' Type="urn:x"', ' MimeType="text/plain"'];
const spaces = [' ', '\n', '\r\n', '\t', '&#13;', '&#10;', '&#32;', '&#xD;\n'];
const betweenTags = ['<!-- x -->', '<!---->', ' ', '\n', '<![CDATA[]]>', '<![CDATA[ ]]>', 'x', '&#32;', '<b/>', '<?x y?>'];

const changes: Readonly<Record<string, Change>> = {
  flip: (random, original) => {
    const { start, end } = named(random, original, parts);
    const flipped = Buffer.from(original.bytes);
    const at = start + random(end - start);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << random(7));
    return flipped;
  },
  'other letter in base64': (random, original) => {
    const at = textPosition(random, original, named(random, original, base64Parts));
    return original.bytes[at] === 0x3c ? original.bytes : spliced(original.bytes, at, 1, pick(random, Array.from('AQgw+/=09zZ-_*')));
  },
  'space in base64': (random, original) => spliced(original.bytes, textPosition(random, original, named(random, original, base64Parts)), 0, pick(random, spaces)),
  'base64 written otherwise': (random, original) => {
    const at = textPosition(random, original, named(random, original, base64Parts));
    const letter = original.bytes[at] ?? 0;
    if (letter === 0x3c) return original.bytes;
    return spliced(original.bytes, at, 1, pick(random, [`&#${letter};`, `&#x${letter.toString(16)};`, `<![CDATA[${String.fromCharCode(letter)}]]>`, `${String.fromCharCode(letter)}<!-- x -->`]));
  },
  'text written otherwise': (random, original) => {
    const at = textPosition(random, original, pick(random, original.elements));
    const letter = original.bytes[at] ?? 0;
    if (letter < 0x23 || letter > 0x7e || letter === 0x3c || letter === 0x26) return original.bytes;
    return spliced(original.bytes, at, 1, once(random, 2) ? `&#${letter};` : `<![CDATA[${String.fromCharCode(letter)}]]>`);
  },
  'tag written otherwise': (random, original) => {
    const element = pick(random, original.elements);
    const { inside, after } = tagEnd(original.bytes, element);
    if (once(random, 2)) return spliced(original.bytes, inside, 0, pick(random, [' ', '\n', '\r\n\t']));
    if (element.end !== after || inside === after - 1) return spliced(original.bytes, element.end - 1, 0, ' ');
    const name = original.bytes.toString('utf8', element.start + 1, inside).split(/\s/)[0] ?? '';
    return spliced(original.bytes, inside, 2, `></${name}>`);
  },
  'attributes in another order': (random, { bytes, elements }) => {
    const element = pick(random, elements);
    const { inside } = tagEnd(bytes, element);
    const tag = bytes.toString('utf8', element.start, inside);
    const found = [...tag.matchAll(/\s+[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*')/g)].map(([text]) => text);
    return found.length < 2 ? bytes : spliced(bytes, element.start, inside - element.start, `${tag.slice(0, tag.indexOf(found[0] ?? ''))}${found.toReversed().join('')}`);
  },
  'declaration added': (random, original) => spliced(original.bytes, tagEnd(original.bytes, pick(random, original.elements)).inside, 0, pick(random, declarations)),
  'declaration added above': (random, original) => spliced(original.bytes, tagEnd(original.bytes, named(random, original, ['Hoso', 'CKy_Dvi', 'Signature', 'SignedInfo'])).inside, 0, pick(random, declarations)),
  'attribute added': (random, original) => spliced(original.bytes, tagEnd(original.bytes, pick(random, original.elements)).inside, 0, pick(random, attributes)),
  'put between tags': (random, original) => spliced(original.bytes, boundary(random, original), 0, pick(random, betweenTags)),
  'element twice': (random, original) => {
    const { start, end } = pick(random, original.elements);
    return spliced(original.bytes, boundary(random, original), 0, original.bytes.subarray(start, end));
  },
  'element removed': (random, original) => {
    const { start, end } = pick(random, original.elements.slice(1));
    return spliced(original.bytes, start, end - start, '');
  },
  'element moved': (random, original) => {
    const { start, end } = pick(random, original.elements.slice(1));
    const to = boundary(random, original);
    if (to > start && to < end) return original.bytes;
    const without = spliced(original.bytes, start, end - start, '');
    return spliced(without, to >= end ? to - (end - start) : to, 0, original.bytes.subarray(start, end));
  },
  'element wrapped': (random, original) => {
    const { start, end } = pick(random, original.elements);
    const open = pick(random, [['<w>', '</w>'], ['<Object xmlns="http://www.w3.org/2000/09/xmldsig#">', '</Object>'], ['<NoiDung>', '</NoiDung>'], ['<CKy_iVan>', '</CKy_iVan>']] as const);
    return spliced(spliced(original.bytes, end, 0, open[1]), start, 0, open[0]);
  },
  'octets changed': (random, { bytes }) => mutate(random, bytes),
};
