// The schema files themselves: described element by element, in the style the program can explain, and freed after use.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { XmlDocument, diag } from 'libxml2-wasm';
import { packageFile } from '../../src/paths.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { compileSchemas } from '../../src/standard/schema.ts';
import { d02, ebhRow, el, violationsOf } from './documents.ts';
import type { TestElement } from './documents.ts';

const XS = { xs: 'http://www.w3.org/2001/XMLSchema' };
const files = [...createSchemas().forms.values()].flat().map(({ path }) => packageFile(path));

describe('every element says what it means', () => {
  test.each(files)('%s', (path) => {
    const xsd = XmlDocument.fromBuffer(readFileSync(path));
    expect(xsd.find('//xs:element[not(xs:annotation/xs:documentation[string-length(.) > 1])]', XS)).toEqual([]);
    expect(xsd.find('//xs:simpleType[not(xs:annotation)]', XS)).toEqual([]);
    expect(xsd.find('//xs:element[not(@type) and not(xs:complexType)]', XS)).toEqual([]);
    xsd.dispose();
  });

  test.each(files)('%s bounds every text but the content of a file', (path) => {
    const xsd = XmlDocument.fromBuffer(readFileSync(path));
    const unbounded = xsd.find('//xs:simpleType[not(.//xs:maxLength) and not(.//xs:pattern)]/@name', XS);
    expect(unbounded.map((name) => name.content).filter((name) => name !== 'FileContent')).toEqual([]);
    expect(xsd.find('//@type[starts-with(., "xs:")]', XS)).toEqual([]);
    xsd.dispose();
  });
});

describe('a schema that this program cannot use stops the start with its name', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'schemas-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const write = (version: string, body: string): void => {
    mkdirSync(join(folder, 'F', version), { recursive: true });
    writeFileSync(join(folder, 'F', version, 'F.xsd'), `<xs:schema xmlns:xs="${XS.xs}">${body}<xs:simpleType name="T"><xs:restriction base="xs:string"><xs:maxLength value="9"/></xs:restriction></xs:simpleType></xs:schema>`);
  };
  const form = (content: string): string => `<xs:element name="F"><xs:complexType>${content}</xs:complexType></xs:element>`;
  const list = (name: string): string => `<xs:sequence><xs:element name="${name}" type="T" maxOccurs="unbounded"/></xs:sequence>`;

  test.each([
    ['not XML', '<'],
    ['not a schema', form('<xs:nonsense/>')],
    ['a wildcard', form('<xs:sequence><xs:any maxOccurs="unbounded"/></xs:sequence>')],
    ['an attribute', form(`${list('A')}<xs:attribute name="a"/>`)],
    ['a choice', form('<xs:choice><xs:element name="A" type="T"/></xs:choice>')],
    ['an include', `<xs:include schemaLocation="file:///etc/passwd"/>${form(list('A'))}`],
  ])('%s', (_, body) => {
    write('1', body);
    expect(() => createSchemas(folder)).toThrow(/F\.xsd cannot be used/);
  });

  test('the newest version is used, counted and not spelled', () => {
    write('9', form(list('A')));
    write('10', form(list('B')));
    const schemas = createSchemas(folder);
    expect(schemas.forms.get('F')?.map(({ version }) => version)).toEqual([10, 9]);
    expect(violationsOf(schemas, 'F', el('F', [el('B')]))).toEqual([]);
    expect(violationsOf(schemas, 'F', el('F', [el('A')])).map((violation) => violation.params['expected'] ?? violation.code)).toEqual(['B', 'ELEMENT_UNKNOWN']);
    schemas.dispose();
  });
});

describe('many lists, and many versions', () => {
  const xsd = (body: string): Buffer => Buffer.from(`<xs:schema xmlns:xs="${XS.xs}">${body}<xs:simpleType name="T"><xs:restriction base="xs:string"><xs:maxLength value="3"/></xs:restriction></xs:simpleType></xs:schema>`);
  const holder = (name: string, content: string, occurs = ''): string => `<xs:element name="${name}"${occurs}><xs:complexType><xs:sequence>${content}</xs:sequence></xs:complexType></xs:element>`;
  const many = ' minOccurs="0" maxOccurs="unbounded"';
  const leaf = (name: string, occurs = ''): string => `<xs:element name="${name}" type="T"${occurs}/>`;

  test('lists beside and within each other, and one name for two structures', () => {
    const body = holder('F', holder('A', `${leaf('X')}${holder('B', leaf('Y'), many)}`, ' maxOccurs="unbounded"') + holder('B', `${leaf('Z')}${leaf('A', many)}`));
    const schemas = compileSchemas(new Map([['schemas/F/1/F.xsd', xsd(body)]]));
    expect(schemas.listsOf('F')).toEqual(['A', 'A/B', 'B/A']);
    const told = (root: TestElement): unknown[] => violationsOf(schemas, 'F', root).map(({ code, params }) => [code, ...Object.values(params)]);
    const inner = (y: string): TestElement => el('B', [el('Y', y)]);
    const rows = (y: string): TestElement[] => Array.from({ length: 450 }, () => el('A', [el('X', 'x'), inner('1'), inner(y)]));
    const tail = el('B', [el('Z', 'z'), ...Array.from({ length: 450 }, () => el('A', 'a'))]);
    expect(told(el('F', [...rows('2'), tail]))).toEqual([]);
    expect(told(el('F', [...rows('2'), el('A', [el('X', 'x'), inner('long')]), el('B', [el('Z', 'z'), el('A', 'long')])]))).toEqual([['VALUE_INVALID', 'Y'], ['VALUE_INVALID', 'A']]);
    expect(told(el('F', [el('A', [el('X', 'x'), el('B', [el('Z', 'z')])]), tail]))).toEqual([['ELEMENT_MISSING', 'B', 'Y'], ['ELEMENT_UNKNOWN', 'Z']]);
    schemas.dispose();
  });

  const version = (root: string, number: number, from: string, until: string | null = null): object => ({ version: number, root, from, until, basis: 'F' });

  test('the newest version in force with the document’s root judges', () => {
    const forms = { code: 'F', kind: 'declaration', nameVi: 'F', nameEn: 'F', basis: 'F', versions: [version('R1', 1, '2015-01-01', '2018-10-08'), version('R2', 2, '2018-10-08'), version('R2', 3, '2027-01-01')] };
    const files = new Map<string, Uint8Array>([['schemas/F/1/F.xsd', xsd(leaf('R1'))], ['schemas/F/2/F.xsd', xsd(leaf('R2'))], ['schemas/F/3/F.xsd', xsd(leaf('R2'))]]);
    const table = Buffer.from(JSON.stringify({ forms: [forms] }));
    const schemas = compileSchemas(new Map([...files, ['src/standard/tables/forms.json', table]]));
    const judging = (root: string, at: string): number | undefined => schemas.versionAt('F', root, new Date(at))?.version;
    expect(judging('R1', '2018-10-07T16:59:59.999Z')).toBe(1);
    expect(judging('R1', '2018-10-07T17:00:00Z')).toBeUndefined();
    expect(judging('R2', '2018-10-07T17:00:00Z')).toBe(2);
    expect(judging('R2', '2026-12-31T16:59:59Z')).toBe(2);
    expect(judging('R2', '2026-12-31T17:00:00Z')).toBe(3);
    expect(judging('R3', '2027-06-01T00:00:00Z')).toBeUndefined();
    schemas.dispose();
    const timeless = compileSchemas(files);
    expect(timeless.versionAt('F', 'R2', new Date(0))?.version).toBe(3);
    timeless.dispose();
  });
});

test('no document or schema outlives its use in the engine’s memory', () => {
  diag.configure({ enabled: true });
  const schemas = createSchemas();
  const compiled = JSON.stringify(diag.report());
  for (const root of [d02([ebhRow]), d02([]), d02([{ ...ebhRow, PA: '' }])]) violationsOf(schemas, 'D02-TS', root);
  expect(JSON.stringify(diag.report())).toBe(compiled);
  schemas.dispose();
  expect(diag.report()).toEqual({});
  diag.configure({ enabled: false });
});
