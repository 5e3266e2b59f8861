// Guarantee: canonical octets are those of libxml2 (xmllint), for documents with everything that makes canonicalization hard.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { canonicalDocument, canonicalElement, digestCanonical, hashCanonicalElement, inclusiveForm } from '../../src/xml/canonical.ts';
import { childElements, descendants, pathTo, prune } from '../../src/xml/document.ts';
import type { XmlDocument } from '../../src/xml/document.ts';
import { parse } from '../../src/xml/parse.ts';
import { itWith } from '../support/tools.ts';
import { generatedDocument, generator } from './generated.ts';

const documents: readonly [name: string, xml: string][] = [
  ['plain', '<a><b/>text<c x="1"/></a>'],
  ['namespaces at odd places', '<p:a xmlns:p="urn:p" xmlns="urn:d"><b xmlns=""><p:c xmlns:p="urn:q" xmlns:z="urn:z"><z:d p:x="1" z:x="2" x="3"/></p:c></b></p:a>'],
  ['redundant declarations', '<a xmlns="urn:d" xmlns:x="urn:x"><b xmlns="urn:d" xmlns:x="urn:x"><c xmlns=""><d xmlns=""/></c></b></a>'],
  ['attribute order', '<a xmlns:b="urn:z" xmlns:y="urn:a" b:attr="1" y:attr="2" attr2="x" attr="y" ặ="v" zz="1"/>'],
  ['CDATA and references', '<a><![CDATA[<&>]]>&lt;&#38;&#x1F600;&gt;&quot;]]&gt;<b x="&lt;&#9;&#xA;&#13;&quot;&apos;"/></a>'],
  ['CR LF and tabs', '<?xml version="1.0"?>\r\n<a\r\n  x="1\r\n2\t3">\r\n\t<b>&#13;</b>\r</a>\r\n'],
  ['comments', '<!-- before --><a><!-- inside\r\n -->1<!--x-->2</a><!-- after -->'],
  ['astral attribute names', '<a \u{10000}="1" \uFDF0="2"/>'],
  ['xml attributes', '<a xml:lang="vi" xml:space="preserve"><b xml:lang="en"/></a>'],
  ['Vietnamese text', '<Hoso><TenDoiTuong>CÔNG TY TNHH ĐẠI PHÁT &amp; CỘNG SỰ</TenDoiTuong></Hoso>'],
];

function document(xml: string): XmlDocument {
  return parse(Buffer.from(xml));
}

function xmllint(mode: '--c14n' | '--exc-c14n', xml: string): string {
  const run = spawnSync('xmllint', ['--nonet', mode, '-'], { input: xml });
  return run.stdout.toString('utf8');
}

describe('canonical octets', () => {
  itWith('xmllint', 'equal libxml2’s inclusive form with comments', () => {
    for (const [name, xml] of documents) {
      const read = document(xml);
      expect([name, canonicalDocument(read, read.root, { ...inclusiveForm, comments: true }).toString()]).toEqual([name, xmllint('--c14n', xml)]);
    }
  });

  itWith('xmllint', 'equal libxml2’s exclusive form with comments', () => {
    for (const [name, xml] of documents) {
      const read = document(xml);
      const form = { ...inclusiveForm, exclusive: true, comments: true };
      expect([name, canonicalDocument(read, read.root, form).toString()]).toEqual([name, xmllint('--exc-c14n', xml)]);
    }
  });

  it('drop every comment in the form without comments', () => {
    const read = document('<!-- before --><a><!-- inside -->1<!--x-->2</a><!-- after -->');
    expect(canonicalDocument(read, read.root, inclusiveForm).toString()).toBe('<a>12</a>');
  });

  it('of an element inherit the namespaces and xml attributes of its ancestors, its own first', () => {
    const read = document('<a xmlns="urn:d" xmlns:x="urn:x" xml:lang="vi" xml:space="preserve"><b xml:lang="en" xmlns:y="urn:y"><c/></b></a>');
    const target = childElements(read.root)[0];
    if (target === undefined) throw new Error('no element');
    expect(canonicalElement(read, pathTo(read.root, target), inclusiveForm).toString()).toBe(
      '<b xmlns="urn:d" xmlns:x="urn:x" xmlns:y="urn:y" xml:lang="en" xml:space="preserve"><c></c></b>',
    );
    expect(canonicalElement(read, pathTo(read.root, target), { ...inclusiveForm, exclusive: true }).toString()).toBe('<b xmlns="urn:d" xml:lang="en"><c></c></b>');
  });

  it('of a pruned tree lack exactly what was pruned', () => {
    const read = document('<a><b>1</b> <c>2</c></a>');
    const removed = new Set(childElements(read.root).slice(1));
    expect(canonicalDocument(read, prune(read.root, removed), inclusiveForm).toString()).toBe('<a><b>1</b> </a>');
    expect(canonicalDocument(read, read.root, inclusiveForm).toString()).toBe('<a><b>1</b> <c>2</c></a>');
  });

  itWith('xmllint', 'equal libxml2’s for documents made at random, inclusive and exclusive', () => {
    const random = generator(0x2545f491);
    for (let index = 0; index < 120; index += 1) {
      const xml = generatedDocument(random);
      const read = document(xml);
      expect([xml, canonicalDocument(read, read.root, { ...inclusiveForm, comments: true }).toString()]).toEqual([xml, xmllint('--c14n', xml)]);
      expect([xml, canonicalDocument(read, read.root, { ...inclusiveForm, exclusive: true, comments: true }).toString()]).toEqual([xml, xmllint('--exc-c14n', xml)]);
    }
  });

  it('are hashed without being put together: a digest is that of the octets, in every form, of every element', () => {
    const random = generator(0x6c078965);
    const forms = [false, true].flatMap((exclusive) => [false, true].map((comments) => ({ ...inclusiveForm, exclusive, comments })));
    for (let index = 0; index < 60; index += 1) {
      const read = document(index % 10 === 0 ? `<r>${generatedDocument(random).replace(/^(?:<\?[^>]*>|<!--[^>]*>|\s)*/, '').replace(/(?:<!--[^>]*>|\s)*$/, '')}${'A'.repeat(50_000)}<b/>${'&amp;'.repeat(9_000)}</r>` : generatedDocument(random));
      for (const form of forms) {
        const sha = (octets: Buffer): string => createHash('sha256').update(octets).digest('hex');
        expect(digestCanonical(read, read.root, form, 'sha256')).toBe(sha(canonicalDocument(read, read.root, form)));
        for (const element of descendants(read.root)) {
          const path = pathTo(read.root, element);
          expect(hashCanonicalElement(read, path, form, 'sha256').toString('hex')).toBe(sha(canonicalElement(read, path, form)));
        }
      }
    }
  });

  it('are canonical: read and written again they stay as they are', () => {
    const random = generator(0x1b873593);
    for (let index = 0; index < 200; index += 1) {
      const read = document(generatedDocument(random));
      const once = canonicalDocument(read, read.root, { ...inclusiveForm, comments: true });
      const again = parse(once);
      expect(canonicalDocument(again, again.root, { ...inclusiveForm, comments: true }).equals(once)).toBe(true);
    }
  });

  it('of an element inside are those of the element alone when nothing is inherited', () => {
    const long = 'QUJD'.repeat(3000);
    const read = document(`<r>\r\n<a>${long}\r\n<b y="1" x='2'/>&#65;${long}<![CDATA[<]]></a></r>`);
    const [a] = childElements(read.root);
    if (a === undefined) throw new Error('no element');
    expect(canonicalElement(read, pathTo(read.root, a), inclusiveForm).toString()).toBe(`<a>${long}\n<b x="2" y="1"></b>A${long}&lt;</a>`);
  });

  it('of version 1.1 do not inherit xml:id, of 1.0 do', () => {
    const read = document('<a xml:id="i" xml:lang="vi"><b/></a>');
    const path = pathTo(read.root, childElements(read.root)[0] ?? read.root);
    expect([canonicalElement(read, path, inclusiveForm).toString(), canonicalElement(read, path, { ...inclusiveForm, version11: true }).toString()]).toEqual([
      '<b xml:id="i" xml:lang="vi"></b>', '<b xml:lang="vi"></b>',
    ]);
  });

  it('of the exclusive form keep the prefixes of the list as the inclusive form does', () => {
    const read = document('<a xmlns="urn:d" xmlns:p="urn:p" xmlns:q="urn:q"><b xmlns:q="urn:r"><q:c/></b><d/></a>');
    const form = { ...inclusiveForm, exclusive: true, inclusivePrefixes: new Set(['p', 'q', 'none']) };
    expect(canonicalDocument(read, read.root, form).toString()).toBe('<a xmlns="urn:d" xmlns:p="urn:p" xmlns:q="urn:q"><b xmlns:q="urn:r"><q:c></q:c></b><d></d></a>');
    expect(canonicalDocument(read, read.root, { ...form, inclusivePrefixes: new Set() }).toString()).toBe('<a xmlns="urn:d"><b><q:c xmlns:q="urn:r"></q:c></b><d></d></a>');
  });
});
