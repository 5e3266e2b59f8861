// The schema files themselves: described element by element, in the style the program can explain, and freed after use.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { XmlDocument, diag } from 'libxml2-wasm';
import { createSchemas } from '../../src/standard/schema.ts';
import { d02, ebhRow, el } from './documents.ts';

const XS = { xs: 'http://www.w3.org/2001/XMLSchema' };
const files = [...createSchemas().forms.values()].map((file) => file.path);

describe('every element says what it means', () => {
  test.each(files)('%s', (path) => {
    const xsd = XmlDocument.fromBuffer(readFileSync(path));
    expect(xsd.find('//xs:element[not(xs:annotation/xs:documentation[string-length(.) > 10])]', XS)).toEqual([]);
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
    writeFileSync(join(folder, 'F', version, 'F.xsd'), `<xs:schema xmlns:xs="${XS.xs}">${body}</xs:schema>`);
  };
  const form = (content: string): string => `<xs:element name="F"><xs:complexType>${content}</xs:complexType></xs:element>`;
  const list = (name: string): string => `<xs:sequence><xs:element name="${name}" type="xs:string" maxOccurs="unbounded"/></xs:sequence>`;

  test.each([
    ['not XML', '<'],
    ['not a schema', form('<xs:nonsense/>')],
    ['a wildcard', form('<xs:sequence><xs:any maxOccurs="unbounded"/></xs:sequence>')],
    ['an attribute', form(`${list('A')}<xs:attribute name="a"/>`)],
    ['no list', form('<xs:sequence><xs:element name="A" type="xs:string"/></xs:sequence>')],
    ['an include', `<xs:include schemaLocation="file:///etc/passwd"/>${form(list('A'))}`],
  ])('%s', (_, body) => {
    write('1', body);
    expect(() => createSchemas(folder)).toThrow(/F\.xsd cannot be used/);
  });

  test('the newest version is used, counted and not spelled', () => {
    write('9', form(list('A')));
    write('10', form(list('B')));
    const schemas = createSchemas(folder);
    expect(schemas.forms.get('F')?.version).toBe(10);
    expect(schemas.validate('F', el('F', [el('B')]))).toEqual([]);
    expect(schemas.validate('F', el('F', [el('A')])).map((violation) => violation.params['expected'] ?? violation.code)).toEqual(['B', 'ELEMENT_UNKNOWN']);
    schemas.dispose();
  });
});

test('no document or schema outlives its use in the engine’s memory', () => {
  diag.configure({ enabled: true });
  const schemas = createSchemas();
  const compiled = JSON.stringify(diag.report());
  for (const root of [d02([ebhRow]), d02([]), d02([{ ...ebhRow, PA: '' }])]) schemas.validate('D02-TS', root);
  expect(JSON.stringify(diag.report())).toBe(compiled);
  schemas.dispose();
  expect(diag.report()).toEqual({});
  diag.configure({ enabled: false });
});
