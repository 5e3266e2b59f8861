// Guarantee: the parser says exactly where it stopped, keeps to its limits to the unit, and throws nothing but a Refusal.
import { describe, expect, it } from '@jest/globals';

import { Refusal } from '../../src/errors/outcomes.ts';
import { limits, positionAt } from '../../src/xml/faults.ts';
import { attributeNamed, childElements, descendants, elementAt, pathTo } from '../../src/xml/document.ts';
import { parse } from '../../src/xml/parse.ts';
import { placeOf } from '../../src/xml/place.ts';
import { textOf } from '../../src/xml/text.ts';

/** `CODE reason line:column`, or 'read'. */
function outcome(xml: string | Buffer): string {
  try {
    parse(Buffer.from(xml));
    return 'read';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.findings.map(({ code, params, place }) => `${code} ${params['reason'] ?? params['limit'] ?? params['entity'] ?? ''} ${place.line ?? '?'}:${place.column ?? '?'}`).join();
  }
}

describe('a fault', () => {
  it.each([
    ['at the first character', 'x', 'XML_MALFORMED NO_ROOT 1:1'],
    ['after a byte order mark, which is no character', '\ufeffx', 'XML_MALFORMED NO_ROOT 1:1'],
    ['at the end', '<a>\n<b>', 'XML_MALFORMED TRUNCATED 2:4'],
    ['on a later line', '<a>\n  <b>\n    <c></d>\n', 'XML_MALFORMED TAG_MISMATCH 3:8'],
    ['after CR LF', '<a>\r\n\t</b>', 'XML_MALFORMED TAG_MISMATCH 2:2'],
    ['after letters of several octets', '<a>Nguyễn Thị Ặ\u{1f600}</b>', 'XML_MALFORMED TAG_MISMATCH 1:17'],
    ['after a mark and letters of several octets', '\ufeff<đ>ă\nâ</b>', 'XML_MALFORMED TAG_MISMATCH 2:2'],
    ['a stray character', '<a>\n12\u00013</a>', 'XML_MALFORMED CHARACTER 2:3'],
    ['a non-character', '<a>ă\ufffe</a>', 'XML_MALFORMED CHARACTER 1:5'],
    ['a control character in an attribute', '<a b="\u0002"/>', 'XML_MALFORMED CHARACTER 1:7'],
    ['the second of two ampersands', '<a>x &amp; y\n& z</a>', 'XML_MALFORMED REFERENCE_SYNTAX 2:1'],
    ['an ampersand after line ends of two octets', '<a>x\r\n&amp;\r\n&amp;&</a>', 'XML_MALFORMED REFERENCE_SYNTAX 3:6'],
    ['an unknown entity after the same one escaped', '<a>&amp;b; &b;</a>', 'XML_ENTITY &b; 1:12'],
    ['a reference without an end', '<a>&lt</a>', 'XML_MALFORMED REFERENCE_SYNTAX 1:4'],
    ['a reference without a number', '<a>&#;</a>', 'XML_MALFORMED REFERENCE_SYNTAX 1:4'],
    ['a reference to nothing there is', '<a>&#x110000;</a>', 'XML_MALFORMED CHARACTER 1:4'],
    ['a reference with a huge number', `<a>&#${'9'.repeat(500)};</a>`, 'XML_MALFORMED CHARACTER 1:4'],
    ['a reference in an attribute', '<a\n b="&amp;"\n c="&c;"/>', 'XML_ENTITY &c; 3:5'],
    ['the end of a CDATA section in text', '<a>\nx]]>y</a>', 'XML_MALFORMED CDATA_END 2:2'],
    ['an open CDATA section', '<a><![CDATA[x]]', 'XML_MALFORMED TRUNCATED 1:4'],
    ['a CDATA section outside', '<a/><![CDATA[x]]>', 'XML_MALFORMED TEXT_OUTSIDE 1:5'],
    ['an open comment', '<a>\n<!-- x ->', 'XML_MALFORMED TRUNCATED 2:1'],
    ['two dashes in a comment', '<a><!-- x -- y --></a>', 'XML_MALFORMED COMMENT_SYNTAX 1:11'],
    ['text after the root', '<a/>\n\nx', 'XML_MALFORMED TEXT_OUTSIDE 3:1'],
    ['a second root', '<a/>\n<b/>', 'XML_MALFORMED TEXT_OUTSIDE 2:1'],
    ['an end tag alone', '</a>', 'XML_MALFORMED TAG_MISMATCH 1:1'],
    ['an end tag too much', '<a></a></a>', 'XML_MALFORMED TAG_MISMATCH 1:8'],
    ['an end tag that begins like the start', '<ab></a>', 'XML_MALFORMED TAG_MISMATCH 1:5'],
    ['an end tag longer than the start', '<a></ab>', 'XML_MALFORMED TAG_MISMATCH 1:4'],
    ['an end tag with an attribute', '<a></a b="1">', 'XML_MALFORMED TAG_MISMATCH 1:4'],
    ['an end tag cut off', '<a></a', 'XML_MALFORMED TRUNCATED 1:4'],
    ['white space before a name', '<a>< b/></a>', 'XML_MALFORMED NAME 1:5'],
    ['a name that begins with a digit', '<a><1/></a>', 'XML_MALFORMED NAME 1:4'],
    ['a name with two colons', '<a><x:y:z/></a>', 'XML_MALFORMED NAME 1:4'],
    ['a name that ends with a colon', '<a><x:/></a>', 'XML_MALFORMED NAME 1:4'],
    ['no white space between attributes', '<a b="1"c="2"/>', 'XML_MALFORMED ATTRIBUTE_SYNTAX 1:9'],
    ['an attribute without quotes', '<a b=1/>', 'XML_MALFORMED ATTRIBUTE_SYNTAX 1:6'],
    ['an attribute without a value', '<a b/>', 'XML_MALFORMED ATTRIBUTE_SYNTAX 1:5'],
    ['an attribute that is not closed', '<a\n b="1/>', 'XML_MALFORMED TRUNCATED 2:2'],
    ['< in an attribute', '<a b="<"/>', 'XML_MALFORMED ATTRIBUTE_SYNTAX 1:6'],
    ['an attribute twice', '<a b="1"\n b="1"/>', 'XML_MALFORMED ATTRIBUTE_REPEATED 2:2'],
    ['a prefix that is not declared', '<a>\n<p:b/></a>', 'XML_MALFORMED PREFIX_UNBOUND 2:1'],
    ['a prefix declared for a sibling', '<a><b xmlns:p="u"/><p:c/></a>', 'XML_MALFORMED PREFIX_UNBOUND 1:20'],
    ['the prefix xmlns', '<xmlns:a/>', 'XML_MALFORMED PREFIX_UNBOUND 1:1'],
    ['xml bound to another namespace', '<a xmlns:xml="u"/>', 'XML_MALFORMED NAMESPACE_RESERVED 1:4'],
    ['a processing instruction', '<a>\n<?x?></a>', 'XML_PROCESSING_INSTRUCTION  2:1'],
    ['an XML declaration that is not first', ' <?xml version="1.0"?><a/>', 'XML_PROCESSING_INSTRUCTION  1:2'],
    ['an XML declaration with something else', '<?xml version="1.0" x="1"?><a/>', 'XML_MALFORMED XML_DECLARATION 1:1'],
    ['an XML declaration that is not closed', '<?xml version="1.0"', 'XML_MALFORMED XML_DECLARATION 1:1'],
    ['a DOCTYPE', '<?xml version="1.0"?>\n<!DOCTYPE a><a/>', 'XML_DOCTYPE  2:1'],
    ['a DOCTYPE inside', '<a><!DOCTYPE a></a>', 'XML_DOCTYPE  1:4'],
    ['a markup declaration', '<a><!ENTITY b "c"></a>', 'XML_MALFORMED TAG_SYNTAX 1:4'],
    ['a lone <', '<a><', 'XML_MALFORMED TRUNCATED 1:5'],
    ['a slash in a tag', '<a/ >', 'XML_MALFORMED TAG_SYNTAX 1:3'],
    ['the illegal character of a run before its earlier bad reference', '<a>& \u0001</a>', 'XML_MALFORMED CHARACTER 1:6'],
    ['the non-character of a run before its earlier ]]>', '<a>]]> \uffff</a>', 'XML_MALFORMED CHARACTER 1:8'],
    ['the ]]> of a run before its earlier bad reference', '<a>& ]]></a>', 'XML_MALFORMED CDATA_END 1:6'],
    ['a control character far into a run', `<a>${'A'.repeat(70_000)}\u0002</a>`, 'XML_MALFORMED CHARACTER 1:70004'],
    ['a non-character far into a run', `<a>${'A'.repeat(40_000)}\ufffe</a>`, 'XML_MALFORMED CHARACTER 1:40004'],
    ['an ampersand far into a run', `<a>${'A'.repeat(33_000)}& </a>`, 'XML_MALFORMED REFERENCE_SYNTAX 1:33004'],
    ['a run that is not closed', `<a>${'A'.repeat(33_000)}`, 'XML_MALFORMED TRUNCATED 1:33004'],
    ['a CDATA section cut off after an illegal character', '<a><![CDATA[\u0001', 'XML_MALFORMED TRUNCATED 1:4'],
    ['an illegal character in a CDATA section', '<a><![CDATA[>\u0001]]></a>', 'XML_MALFORMED CHARACTER 1:14'],
    ['an illegal character in a comment', '<a><!-- \u0001 --></a>', 'XML_MALFORMED CHARACTER 1:9'],
    ['two dashes in a comment before an illegal character', '<a><!-- \u0001 -- --></a>', 'XML_MALFORMED COMMENT_SYNTAX 1:11'],
    ['an end tag of the same length', '<ab></ac>', 'XML_MALFORMED TAG_MISMATCH 1:5'],
    ['an end tag that differs in its fifth letter', '<abcdef></abcdxf>', 'XML_MALFORMED TAG_MISMATCH 1:9'],
    ['an attribute twice among sorted ones', '<a b="1" b="2" c="3"/>', 'XML_MALFORMED ATTRIBUTE_REPEATED 1:10'],
    ['an attribute twice by two prefixes', '<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>', 'XML_MALFORMED ATTRIBUTE_REPEATED 1:36'],
    ['a declaration twice', '<a xmlns:p="u" xmlns:p="v"/>', 'XML_MALFORMED ATTRIBUTE_REPEATED 1:16'],
    ['a prefixed attribute that is not declared', '<a p:b="1"/>', 'XML_MALFORMED PREFIX_UNBOUND 1:4'],
  ])('%s is named with its line and column', (_name, xml, expected) => {
    expect(outcome(xml)).toBe(expected);
  });

  it('is found wherever the octets end, and never is anything but a refusal', () => {
    const whole = Buffer.from('\ufeff<?xml version="1.0" encoding="utf-8"?><!-- đ --><p:a xmlns:p="u" b="&lt;ă">x &#x1F600; <![CDATA[<]]><c/></p:a>\n');
    for (let length = 0; length < whole.length - 1; length += 1) expect([length, outcome(whole.subarray(0, length))]).toEqual([length, expect.stringMatching(/^XML_(?:MALFORMED|ENCODING|PROCESSING_INSTRUCTION)/)]);
    expect(outcome(whole)).toBe('read');
  });
});

describe('a limit', () => {
  const nested = (depth: number): string => `${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}`;
  const attributes = (count: number): string => `<a ${Array.from({ length: count }, (_none, index) => `b${index}=""`).join(' ')}/>`;
  const named = (octets: number): string => `<a><${'b'.repeat(octets)}/></a>`;

  it('of depth holds to the unit', () => {
    expect([outcome(nested(limits.depth)), outcome(nested(limits.depth + 1))]).toEqual(['read', `XML_LIMIT LIMIT_DEPTH 1:${3 * limits.depth + 1}`]);
    const last = `${'<a>'.repeat(limits.depth - 1)}<b/>`;
    expect(outcome(`${last}${'</a>'.repeat(limits.depth - 1)}`)).toBe('read');
  });

  it('of attributes holds to the unit, namespace declarations counted', () => {
    expect([outcome(attributes(limits.attributes)), outcome(attributes(limits.attributes + 1))]).toEqual(['read', expect.stringMatching(/^XML_LIMIT LIMIT_ATTRIBUTES 1:\d+$/)]);
    const declared = attributes(limits.attributes - 1);
    expect(outcome(declared.replace('<a ', '<a xmlns:p="u" '))).toBe('read');
    expect(outcome(declared.replace('<a ', '<a xmlns:p="u" xmlns:q="u" '))).toMatch(/^XML_LIMIT LIMIT_ATTRIBUTES/);
  });

  it('of names holds to the octet', () => {
    expect([outcome(named(limits.nameOctets)), outcome(named(limits.nameOctets + 1))]).toEqual(['read', 'XML_LIMIT LIMIT_NAME 1:5']);
    expect([outcome(`<${'ă'.repeat(limits.nameOctets / 2)}/>`), outcome(`<${'ă'.repeat(limits.nameOctets / 2 + 1)}/>`)]).toEqual(['read', 'XML_LIMIT LIMIT_NAME 1:2']);
    expect(outcome(`<a ${'b'.repeat(limits.nameOctets + 1)}=""/>`)).toBe('XML_LIMIT LIMIT_NAME 1:4');
    expect(outcome(`<${'b'.repeat(limits.nameOctets)}></${'b'.repeat(limits.nameOctets)}>`)).toBe('read');
  });

  it('of nodes holds to the unit', () => {
    const comments = (count: number): Buffer => Buffer.concat([Buffer.alloc(7 * count, '<!---->'), Buffer.from('<a/>')]);
    expect(outcome(comments(limits.nodes - 1))).toBe('read');
    expect(outcome(comments(limits.nodes))).toBe(`XML_LIMIT LIMIT_NODES 1:${7 * limits.nodes + 1}`);
  });
});

describe('what is read', () => {
  it('has its text, attributes and places', () => {
    const bytes = Buffer.from('\ufeff<a>\r\n <b x="1\n2&#10;3">ă&lt;<!-- c --><![CDATA[&]]>\r</b><b/>\n  <b> </b></a>');
    const document = parse(bytes);
    const [first, , third] = childElements(document.root);
    if (first === undefined || third === undefined) throw new Error('elements are missing');
    expect([textOf(document, first), attributeNamed(first, 'x')]).toEqual(['ă<&\n', '1 2\n3']);
    expect(placeOf(bytes, document.root, first)).toEqual({ xpath: '/a/b[1]', line: 2, column: 2 });
    expect(placeOf(bytes, document.root, third)).toEqual({ xpath: '/a/b[3]', line: 4, column: 3 });
    expect(placeOf(bytes, document.root, document.root)).toEqual({ xpath: '/a', line: 1, column: 1 });
  });

  it('leads from the root to every element, and to none that is elsewhere', () => {
    const document = parse(Buffer.from('<a>x<b><c/>y<c><d/></c></b><!-- z --><e/></a>'));
    const other = parse(document.bytes);
    for (const element of descendants(document.root)) expect(pathTo(document.root, element).at(-1)).toBe(element);
    expect(pathTo(document.root, elementAt(other.root, ['b', 'c']) ?? other.root)).toEqual([]);
  });

  it('has places that do not depend on the order in which they are asked for', () => {
    const text = `<a>${'dòng thứ\n<b/>'.repeat(20_000)}</a>`;
    const offsets = Array.from({ length: 200 }, (_none, index) => (index * 7919 * 31) % Buffer.byteLength(text));
    const plain = (offset: number): string => {
      const lines = Buffer.from(text).subarray(0, offset).toString('utf8').replace(/\ufffd+$/, '?').split('\n');
      return `${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`;
    };
    const bytes = Buffer.from(text);
    const starts = offsets.map((offset) => { let at = offset; while (((bytes[at] ?? 0) & 0xc0) === 0x80) at -= 1; return at; });
    expect(starts.map((offset) => { const { line, column } = positionAt(bytes, offset); return `${line}:${column}`; })).toEqual(starts.map(plain));
  });
});
