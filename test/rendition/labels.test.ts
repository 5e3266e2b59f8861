// Labels and layout: a label is its element's, by path and version; every cell of a wide table stands in exactly one band.
import { describe, expect, test } from '@jest/globals';

import { bandsOf } from '../../src/rendition/bands.ts';
import { piecesOf } from '../../src/rendition/characters.ts';
import { createDictionary } from '../../src/rendition/labels.ts';
import type { Table } from '../../src/rendition/page.ts';
import { read } from './shown.ts';

const doc = (vi: string, en: string, unit = ''): string => `<xs:annotation><xs:documentation xml:lang="vi">${vi}</xs:documentation><xs:documentation xml:lang="en">${en}</xs:documentation><xs:appinfo>${unit === '' ? '' : `<std:unit>${unit}</std:unit>`}</xs:appinfo></xs:annotation>`;
const schema = (title: string, children: string, types = ''): Buffer =>
  Buffer.from(`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:std="urn:ivan-gateway:standard">${doc(title, title)}<xs:element name="R">${doc('Gốc', 'Root')}<xs:complexType><xs:sequence>${children}</xs:sequence></xs:complexType></xs:element>${types}</xs:schema>`);
const leaf = (name: string, annotation: string, attributes = 'type="T"'): string => `<xs:element name="${name}" ${attributes}>${annotation}</xs:element>`;
const find = (files: readonly (readonly [string, Buffer])[], xml: string): ReturnType<ReturnType<typeof createDictionary>['find']> => {
  const document = read(xml);
  return createDictionary(new Map(files)).find({ document, root: document.root });
};

describe('labels', () => {
  test('are the first sentence in each language, with the unit; by path', () => {
    const group = `<xs:element name="G">${doc('Nhóm', 'Group')}<xs:complexType><xs:all>${leaf('A', doc('Khác. Nữa.', 'Other. More.'))}</xs:all></xs:complexType></xs:element>`;
    const labels = find([['schemas/F/1/F.xsd', schema('Mẫu F', leaf('A', doc('Số tiền theo QĐ 595. Không phân nhóm.', 'Amount. No grouping.', 'đồng'), 'type="T" maxOccurs="unbounded"') + group)]], '<R/>')?.root;
    expect(labels?.children.get('A')).toMatchObject({ label: { vi: 'Số tiền theo QĐ 595', en: 'Amount', unit: 'đồng' }, isList: true });
    expect(labels?.children.get('G')?.children.get('A')?.label).toEqual({ vi: 'Khác', en: 'Other' });
  });

  test('an element that is not annotated in both languages is called by its name', () => {
    const half = '<xs:annotation><xs:documentation>Only one.</xs:documentation></xs:annotation>';
    expect(find([['schemas/F/1/F.xsd', schema('F', leaf('A', half))]], '<R/>')?.root.children.get('A')?.label).toEqual({ vi: 'A', en: 'A' });
  });

  test('of several schemas with one root the one that fits is taken, and what fits none has no title of theirs', () => {
    const word = (value: string): string => `<xs:simpleType name="T"><xs:restriction base="xs:token"><xs:pattern value="${value}"/></xs:restriction></xs:simpleType>`;
    const files = [
      ['schemas/F/1/F.xsd', schema('một', leaf('A', doc('A một', 'A one')), word('MOT'))],
      ['schemas/F/2/F.xsd', schema('hai', leaf('B', doc('B hai', 'B two')), word('HAI'))],
      ['schemas/G/1/G.xsd', schema('ba', leaf('A', doc('A ba', 'A three')), word('BA'))],
    ] as const;
    expect(find(files, '<R><A>MOT</A></R>')?.title.vi).toBe('một');
    expect(find(files, '<R><A>BA</A></R>')?.title.vi).toBe('ba');
    expect(find(files, '<R><B>HAI</B></R>')?.title.vi).toBe('hai');
    expect(find(files, '<R><A>HAI</A></R>')?.title.vi).toBe('R');
    expect(find(files, '<S/>')).toBeUndefined();
    expect(find(files, '<R xmlns="urn:n"/>')).toBeUndefined();
  });
});

describe('bands', () => {
  const table = (columns: number, text: (column: number) => string): Table => ({
    kind: 'table', label: { vi: 'D', en: 'D' }, empty: [],
    columns: Array.from({ length: columns }, (_, column) => ({ vi: `C${column}`, en: `C${column}` })),
    rows: [Array.from({ length: columns }, (_, column) => text(column))],
  });

  test.each([1, 8, 44, 300])('%d columns: each in one band, in order; widths make up the line', (columns) => {
    const bands = bandsOf(table(columns, (column) => (column === 1 ? 'NGUYỄN VĂN MỘT' : 'x'.repeat(column % 40))));
    expect(bands.flatMap((band) => band.columns)).toEqual(Array.from({ length: columns }, (_, column) => column));
    for (const band of bands) expect(band.widths.reduce((sum, width) => sum + width, 0)).toBeCloseTo(1);
  });

  test('the name is repeated where it does not stand itself', () => {
    const bands = bandsOf(table(44, (column) => (column === 1 ? 'NGUYỄN VĂN MỘT' : '12345678')));
    expect(bands.length).toBeGreaterThan(1);
    expect(bands.map(({ key }) => key)).toEqual([undefined, ...bands.slice(1).map(() => 1)]);
  });
});

test('a text is its pieces, one after the other', () => {
  const text = 'a\u202eb\u0000\u{e0041}\nc';
  const back = piecesOf(text).map((piece) => (piece.isCode ? String.fromCodePoint(Number.parseInt(piece.text.slice(2), 16)) : piece.text));
  expect(back.join('')).toBe(text);
  expect(piecesOf(text).filter(({ isCode }) => isCode).map((piece) => piece.text)).toEqual(['U+202E', 'U+0000', 'U+E0041']);
});
