// Guarantee: one element is one object however it is reached; a pruned tree lacks what was removed, shares the rest, and never changes the
// tree it was made from; elements are found by name wherever they stand.
import { describe, expect, it } from '@jest/globals';

import { canonicalDocument, canonicalElement, digestCanonical, inclusiveForm } from '../../src/xml/canonical.ts';
import { childElements, childNamed, childrenNamed, descendants, elementAt, elementsNamed, pathTo, prune } from '../../src/xml/document.ts';
import type { XmlDocument, XmlElement, XmlNode } from '../../src/xml/document.ts';
import { parse } from '../../src/xml/parse.ts';
import { placeOf } from '../../src/xml/place.ts';
import { textOf } from '../../src/xml/text.ts';

const xml = '<r><a>1<!-- c --><![CDATA[2]]>3<s/>4</a><b><s xmlns="urn:s"><x/></s></b><p:s xmlns:p="urn:s" p:k="v" k="w">t</p:s><c><d/></c></r>';

function document(text = xml): XmlDocument {
  return parse(Buffer.from(text));
}

function at({ root }: XmlDocument, ...path: string[]): XmlElement {
  const element = elementAt(root, path);
  if (element === undefined) throw new Error(`no element at ${path.join('/')}`);
  return element;
}

describe('an element', () => {
  it('is the same object by children, names, descendants, path and search', () => {
    const read = document();
    const [a] = childElements(read.root);
    expect(childNamed(read.root, 'a')).toBe(a);
    expect(read.root.children[0]).toBe(a);
    expect([...descendants(read.root)][1]).toBe(a);
    expect(elementsNamed(read.root, 'a')[0]).toBe(a);
    expect(pathTo(read.root, at(read, 'a', 's'))[1]).toBe(a);
    expect(a?.children).toBe(a?.children);
  });

  it('has its parts as they are written', () => {
    const read = document();
    const [element] = childrenNamed(read.root, 's', 'urn:s');
    expect([element?.prefix, element?.local, element?.namespace, element?.declarations, element?.attributes]).toEqual([
      'p', 's', 'urn:s', [{ prefix: 'p', uri: 'urn:s' }],
      [{ prefix: 'p', local: 'k', namespace: 'urn:s', value: 'v' }, { prefix: '', local: 'k', namespace: '', value: 'w' }],
    ]);
    expect(at(read, 'a').children.map((node) => (node.kind === 'element' ? node.local : `${node.kind} ${read.bytes.toString('utf8', node.start, node.end)}`))).toEqual([
      'text 1', 'comment  c ', 'text 2', 'text 3', 's', 'text 4',
    ]);
    expect(textOf(read, at(read, 'a'))).toBe('1234');
  });

  it('has its namespace by the nearest declaration, through any depth', () => {
    const read = document('<p:a xmlns:p="1" xmlns="d"><p:b xmlns:p="2" p:k="v"><p:c p:k="v"/><e xmlns=""><p:f/></e></p:b><p:c/><g/></p:a>');
    expect([...descendants(read.root)].map(({ local, namespace, attributes }) => `${local} ${namespace} ${attributes[0]?.namespace ?? '-'}`)).toEqual(['a 1 -', 'b 2 2', 'c 2 2', 'e  -', 'f 2 -', 'c 1 -', 'g d -']);
  });
});

describe('a search by name', () => {
  it('finds every element of that name and namespace, whatever its prefix and place', () => {
    const read = document();
    expect(elementsNamed(read.root, 's', 'urn:s').map(({ start }) => start)).toEqual([xml.indexOf('<s xmlns'), xml.indexOf('<p:s')]);
    expect(elementsNamed(read.root, 's').map(({ start }) => start)).toEqual([xml.indexOf('<s/>')]);
    expect(elementsNamed(read.root, 'r')).toEqual([read.root]);
    expect([...elementsNamed(read.root, 's', 'urn:other'), ...elementsNamed(read.root, 'p:s', 'urn:s'), ...elementsNamed(read.root, ''), ...elementsNamed(read.root, 'ss')]).toEqual([]);
  });

  it('of a pruned tree does not find what was removed, of the document still does', () => {
    const read = document();
    const pruned = prune(read.root, new Set([at(read, 'b')]));
    expect([elementsNamed(pruned, 's', 'urn:s').length, elementsNamed(read.root, 's', 'urn:s').length]).toEqual([1, 2]);
  });
});

describe('a pruned tree', () => {
  it('shares what it did not touch and has new objects above what it lost', () => {
    const read = document();
    const pruned = prune(read.root, new Set([at(read, 'a', 's')]));
    expect(pruned).not.toBe(read.root);
    expect(childNamed(pruned, 'a')).not.toBe(at(read, 'a'));
    expect(childNamed(pruned, 'a')).toBe(childElements(pruned)[0]);
    expect(childNamed(pruned, 'c')).toBe(at(read, 'c'));
    expect(childElements(at(read, 'a'))).toHaveLength(1);
    expect(childElements(elementAt(pruned, ['a']) ?? pruned)).toHaveLength(0);
    expect(prune(read.root, new Set())).toBe(read.root);
    expect(prune(read.root, new Set<XmlNode>([read.root]))).toBe(read.root);
    expect(prune(read.root, new Set([at(document(), 'a')]))).toBe(read.root);
  });

  it('loses any kind of node, one by one and together, and then more', () => {
    const read = document();
    const { children } = at(read, 'a');
    const without = (...indices: number[]): XmlElement => prune(read.root, new Set(indices.flatMap((index) => children[index] ?? [])));
    const octets = (root: XmlElement): string => canonicalDocument(read, root, { ...inclusiveForm, comments: true }).toString().slice('<r><a>'.length).split('</a>')[0] ?? '';
    expect([without(0), without(1), without(2), without(3), without(4), without(5), without(0, 1, 2, 3, 4, 5)].map(octets)).toEqual([
      '<!-- c -->23<s></s>4', '123<s></s>4', '1<!-- c -->3<s></s>4', '1<!-- c -->2<s></s>4', '1<!-- c -->234', '1<!-- c -->23<s></s>', '',
    ]);
    const twice = prune(without(0, 2), new Set<XmlNode>([at(read, 'a', 's'), at(read, 'c', 'd')]));
    expect(canonicalDocument(read, twice, inclusiveForm).toString()).toContain('<r><a>34</a>');
    expect(canonicalDocument(read, twice, inclusiveForm).toString()).toContain('<c></c>');
    expect(textOf(read, elementAt(twice, ['a']) ?? twice)).toBe('34');
    expect(prune(twice, new Set<XmlNode>([at(read, 'a', 's')]))).toBe(twice);
  });

  it('leads to its own elements only, and names their places in itself', () => {
    const read = document('<r><a/><a><b/></a><a/></r>');
    const [first, second, third] = childElements(read.root);
    if (first === undefined || second === undefined || third === undefined) throw new Error('elements are missing');
    const pruned = prune(read.root, new Set([first]));
    expect(pathTo(pruned, first)).toEqual([]);
    expect(pathTo(pruned, second)).toEqual([pruned, second]);
    expect(pathTo(read.root, pruned)).toEqual([]);
    expect([placeOf(read.bytes, read.root, third).xpath, placeOf(read.bytes, pruned, third).xpath]).toEqual(['/r/a[3]', '/r/a[2]']);
    expect(canonicalElement(read, pathTo(pruned, second), inclusiveForm).toString()).toBe('<a><b></b></a>');
  });

  it('with elements of another document is a mistake that does not go unseen', () => {
    const [read, other] = [document(), document()];
    expect(() => canonicalDocument(read, other.root, inclusiveForm)).toThrow('another document');
    expect(() => canonicalDocument(read, at(read, 'a'), inclusiveForm)).toThrow('root');
    expect(() => canonicalElement(read, [], inclusiveForm)).toThrow('empty path');
  });
});

describe('memory', () => {
  it('of a long text is next to nothing beyond the text, of fields less than one and a half times the octets', () => {
    const size = ({ tree }: XmlDocument): number => tree.rows.byteLength + tree.edits.byteLength + tree.replacements.length;
    const text = document(`<r>${'QUJD'.repeat(500_000)}</r>`);
    expect(size(text)).toBeLessThan(1024);
    const fields = document(`<r>${'<MasoBHXH>0123456789</MasoBHXH><ChucVu>Nhân viên</ChucVu><NoiLamViec />'.repeat(15_000)}</r>`);
    expect(size(fields)).toBeLessThan(1.5 * fields.bytes.length);
  });

  it('of a document is not another document’s: parsing again leaves the first as it was', () => {
    const first = document();
    const octets = canonicalDocument(first, first.root, inclusiveForm);
    for (let index = 0; index < 20; index += 1) document(`<z>${'<q/>\r\n'.repeat(index * 40)}</z>`);
    expect(canonicalDocument(first, first.root, inclusiveForm).equals(octets)).toBe(true);
    expect([...descendants(first.root)].map(({ local }) => local).join('')).toBe('rasbsxscd');
    expect(digestCanonical(first, first.root, inclusiveForm, 'sha256')).toHaveLength(64);
  });
});
