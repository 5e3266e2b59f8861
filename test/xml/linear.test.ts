// Guarantee: reading costs a stated constant times the octets, whatever they are, counted in steps (octets, octets read again, nodes, edits,
// bindings looked at, octets written anew); and writing costs no more calls than octets allow.
import { describe, expect, it } from '@jest/globals';

import { Refusal } from '../../src/errors/outcomes.ts';
import { canonicalDocument, inclusiveForm, writeDocument } from '../../src/xml/canonical.ts';
import { limits } from '../../src/xml/faults.ts';
import { parse } from '../../src/xml/parse.ts';

/** Steps for an octet at most: 64 bindings may be looked at for a tag of seven octets. */
const MOST_STEPS = 12;
const MOST_STEPS_HONEST = 1.5;
const SIZE = 60_000;

const filled = (piece: string, size = SIZE): string => piece.repeat(Math.floor(size / piece.length));
const inside = (text: string, attributes = ''): string => `<r${attributes}>${text}</r>`;
const numbered = (count: number, write: (index: number) => string): string => Array.from({ length: count }, (_none, index) => write(index)).join('');
const longName = 'u'.repeat(SIZE / 4);

const honest: readonly [name: string, xml: string][] = [
  ['fields', inside(filled('<HoTen>Nguyễn Văn Mẫu</HoTen><ChucVu /><PA>TM</PA>'))],
  ['base64', inside(filled('QUJD'))],
  ['indented lines', inside(filled('\r\n  <a>text</a>'))],
];

const hostile: readonly [name: string, xml: string][] = [
  ['empty elements', inside(filled('<a/>'))],
  ['end tags with white space', inside(filled('<a></a >'))],
  ['64 attributes', inside(filled(`<a ${numbered(64, (index) => `b${index}="" `)}/>`))],
  ['attributes in single quotes', inside(filled("<a b=''/>"))],
  ['attributes with quotes to escape', inside(filled(`<a b='""""""""'/>`))],
  ['one attribute of nothing but quotes', inside(`<a b='${filled('"')}'/>`)],
  ['a declaration at every tag', inside(filled('<a xmlns:p="u"/>'))],
  ['a default namespace on and off', inside(filled('<a xmlns=""/>'), ' xmlns="u"')],
  ['a declaration at every level', inside(filled(`${numbered(62, (index) => `<a xmlns:p${index}="u">`)}${filled('</a>', 62 * 4)}`))],
  ['prefixes under 63 declarations', inside(filled('<q0:a/>'), numbered(63, (index) => ` xmlns:q${index}="u"`))],
  ['prefixed attributes under 63 declarations', inside(filled('<a q0:b=""/>'), numbered(63, (index) => ` xmlns:q${index}="u"`))],
  ['long namespace names that differ at their ends', inside(filled('<a p:b="" q:c=""/>', SIZE / 2), ` xmlns:p="${longName}" xmlns:q="${longName}x"`)],
  ['references', inside(filled('&quot;'))],
  ['numbered references', inside(filled('&#65;'))],
  ['one reference with many zeros', inside(`&#${filled('0')}65;`)],
  ['greater-than signs', inside(filled('>'))],
  ['brackets', inside(filled(']'))],
  ['brackets and greater-than signs', inside(filled(']>'))],
  ['carriage returns', inside(filled('\r'))],
  ['CDATA sections of one octet', inside(filled('<![CDATA[x]]>'))],
  ['a CDATA section of brackets', inside(`<![CDATA[${filled(']')}]]>`)],
  ['a CDATA section of markup', inside(`<![CDATA[${filled('<&>')}]]>`)],
  ['comments', inside(filled('<!---->'))],
  ['a comment of dashes', inside(`<!--${filled('- ')}-->`)],
  ['comments before the root', `${filled('<!---->')}<r/>`],
  ['letters that begin with 0xEF', inside(filled('\ufb00'))],
  ['runs that end just beyond the near look', inside(filled(`${'A'.repeat(33)}>`))],
  ['deep nesting', inside(filled(`${filled('<a>', 62 * 3)}${filled('</a>', 62 * 4)}`))],
  ['names that are not ASCII', inside(filled('<ặ/>'))],
];

describe('the steps of reading', () => {
  it.each(honest)('%s are few', (_name, xml) => {
    expect(parse(Buffer.from(xml)).steps / Buffer.byteLength(xml)).toBeLessThanOrEqual(MOST_STEPS_HONEST);
  });

  it.each(hostile)('%s are bounded', (_name, xml) => {
    expect(parse(Buffer.from(xml)).steps / Buffer.byteLength(xml)).toBeLessThanOrEqual(MOST_STEPS);
  });

  it.each([...honest, ...hostile])('%s are no more than double for twice the octets', (_name, xml) => {
    const root = xml.indexOf('<r');
    const twice = `${xml.slice(0, root)}${xml.slice(0, root)}<d>${xml.slice(root)}${xml.slice(root)}</d>`;
    expect(parse(Buffer.from(twice)).steps).toBeLessThanOrEqual(2 * parse(Buffer.from(xml)).steps + 100);
  });
});

describe('writing', () => {
  it.each([...honest, ...hostile])('%s takes few calls of the sink', (_name, xml) => {
    const document = parse(Buffer.from(xml));
    let calls = 0;
    let octets = 0;
    writeDocument(document, document.root, { ...inclusiveForm, comments: true }, (run) => {
      calls += 1;
      octets += run.length;
    });
    expect(calls).toBeLessThanOrEqual(2 + octets / 2048);
    expect(octets).toBeLessThanOrEqual(7 * document.bytes.length);
  });

  it('an exclusive form that repeats a long namespace name without end is refused', () => {
    const xml = inside(filled('<p:a/>', 20_000), ` xmlns:p="${'u'.repeat(20_000)}"`).replace('<r', '<q');
    const document = parse(Buffer.from(xml.replace('</r>', '</q>')));
    const write = (): Buffer => canonicalDocument(document, document.root, { ...inclusiveForm, exclusive: true });
    expect(write).toThrow(Refusal);
    try {
      write();
    } catch (error) {
      expect(error instanceof Refusal && error.findings).toMatchObject([{ code: 'XML_LIMIT', params: { limit: 'LIMIT_EXCLUSIVE', maximum: String(limits.exclusiveGrowth) } }]);
    }
  });
});
