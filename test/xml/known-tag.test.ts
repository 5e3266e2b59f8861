// Guarantee: a start tag that was read before is read as if it were read for the first time: the same rows, edits, canonical octets and cost,
// or the same refusal, in whatever context it stands the second time. The same is true of the start tags of apexes.
import { describe, expect, it } from '@jest/globals';

import { Refusal } from '../../src/errors/outcomes.ts';
import { canonicalDocument, canonicalElement, inclusiveForm } from '../../src/xml/canonical.ts';
import { elementsNamed, pathTo } from '../../src/xml/document.ts';
import { parse } from '../../src/xml/parse.ts';
import { EDIT, ROW } from '../../src/xml/tree.ts';

/** Everything that reading a document leaves behind, with the fresh name put back to `NAME`. */
function outcome(text: string, name: string): unknown {
  try {
    const read = parse(Buffer.from(text.replaceAll('NAME', name)));
    const { tree, root } = read;
    const numbers = [tree.rows.subarray(0, tree.count * ROW), tree.edits.subarray(0, tree.editCount * EDIT)].map((part) => [...part]);
    const names = Array.from({ length: tree.names.count }, (_none, index) => tree.names.nameOf(index));
    const canonical = [false, true].map((exclusive) => canonicalDocument(read, root, { ...inclusiveForm, exclusive }).toString().replaceAll(name, 'NAME'));
    return { numbers, names, canonical, steps: tree.steps, replaced: tree.replacements.toString().replaceAll(name, 'NAME') };
  } catch (error) {
    if (error instanceof Refusal) return JSON.stringify(error.findings);
    throw error;
  }
}

let fresh = 0;

/** A name of the same length that no document has had. */
function freshName(): string {
  fresh += 1;
  return `N${String(fresh).padStart(6, '0')}`;
}

const tags = [
  '<NAME xmlns="urn:x">', '<NAME xmlns="">', '<NAME xmlns:p="urn:p">', '<NAME xmlns:p="urn:x" xmlns:o="urn:o">', '<NAME Id="a" xmlns="urn:x">', '<NAME xmlns="urn:x" b="1" a="2">',
  '<NAME b="1" a="&lt;&#9;\'">', "<NAME a='1' >", '<NAME xmlns="urn:x" xmlns:p="urn:p" Id="1"\n>', '<NAME xmlns="urn:x" a="1"/>', '<NAME xmlns:xml="http://www.w3.org/XML/1998/namespace">', '<NAME xml:lang="vi" a="1">',
  '<NAME xmlns="urn:x" p:a="1">', '<NAME xmlns="urn:x" a="1" a="2">', '<NAME xmlns:p="">', '<NAME p:a="1" xmlns:p="urn:p">', `<NAME xmlns="urn:${'x'.repeat(600)}">`, '<NAME   >', '<NAME xmlns="urn:x" xmlns="urn:x">',
];

const contexts = [
  (tag: string, end: string): string => `${tag}text${end}`,
  (tag: string, end: string): string => `<r>${tag}<b/>${end}</r>`,
  (tag: string, end: string): string => `<r xmlns="urn:x">${tag}<b/>${end}<c/></r>`,
  (tag: string, end: string): string => `<r xmlns="urn:y" xmlns:p="urn:p">${tag}<p:b/>${end}<p:c/></r>`,
  (tag: string, end: string): string => `<r xmlns:p="urn:x" xmlns:o="urn:o">${tag}${tag}<p:b/>${end}${end}<p:c/></r>`,
  (tag: string, end: string): string => `<r>${tag}t${end}${tag}t${end}<b xmlns="urn:x">${tag}t${end}</b></r>`,
  (tag: string, end: string): string => `<r>${'<d>'.repeat(62)}${tag}${end}${'</d>'.repeat(62)}</r>`,
  (tag: string, end: string): string => `<r>${'<d>'.repeat(63)}${tag}${end}${'</d>'.repeat(63)}</r>`,
  (tag: string, end: string): string => `<r ${Array.from({ length: 63 }, (_none, index) => `xmlns:n${index}="urn:n"`).join(' ')}>${tag}${end}</r>`,
  (tag: string, end: string): string => `<r>${tag}${end}</r>${tag}`,
  (tag: string): string => `<r>${tag}`,
];

describe('a start tag that was read before', () => {
  it('is read as if it were read for the first time, whatever it stands in', () => {
    for (const tag of tags) {
      const known = freshName();
      for (const learned of contexts) {
        for (const context of contexts) {
          const end = tag.endsWith('/>') ? '' : '</NAME>';
          outcome(learned(tag, end), known);
          expect(outcome(context(tag, end), known)).toEqual(outcome(context(tag, end), freshName()));
        }
      }
    }
  });
});

describe('the start tag of an apex', () => {
  const apex = (xml: string, version11 = false): string => {
    const read = parse(Buffer.from(xml));
    const [element] = elementsNamed(read.root, 'b').concat(elementsNamed(read.root, 'b', 'urn:x'));
    return element === undefined ? '' : canonicalElement(read, pathTo(read.root, element), { ...inclusiveForm, version11 }).toString();
  };

  it('is made of the tags above it and its own, not of others made before', () => {
    const made: readonly (readonly [xml: string, expected: string, version11?: boolean])[] = [
      ['<a><b>1</b></a>', '<b>1</b>'],
      ['<a xmlns:p="urn:p"><b>1</b></a>', '<b xmlns:p="urn:p">1</b>'],
      ['<a xmlns:p="urn:p"><c xmlns:p="urn:q"><b>1</b></c></a>', '<b xmlns:p="urn:q">1</b>'],
      ['<a xmlns:p="urn:q"><c xmlns:p="urn:p"><b>1</b></c></a>', '<b xmlns:p="urn:p">1</b>'],
      ['<a xmlns:p="urn:p"><c><b>1</b></c></a>', '<b xmlns:p="urn:p">1</b>'],
      ['<a xmlns="urn:x"><b>1</b></a>', '<b xmlns="urn:x">1</b>'],
      ['<a xmlns="urn:x"><b xmlns="">1</b></a>', '<b>1</b>'],
      ['<a xml:lang="vi" xml:id="i"><b>1</b></a>', '<b xml:id="i" xml:lang="vi">1</b>'],
      ['<a xml:lang="vi" xml:id="i"><b>1</b></a>', '<b xml:lang="vi">1</b>', true],
      ['<a xml:lang="vi" xml:id="i"><b  >1</b></a>', '<b xml:lang="vi">1</b>', true],
      [`<a xmlns:p="urn:${'p'.repeat(600)}"><b>1</b></a>`, `<b xmlns:p="urn:${'p'.repeat(600)}">1</b>`],
    ];
    for (let again = 0; again < 3; again += 1) for (const [xml, expected, version11] of again === 1 ? made.toReversed() : made) expect(apex(xml, version11)).toBe(expected);
  });
});
