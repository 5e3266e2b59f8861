// Guarantee: every form says in both languages what each element means, where that comes from and how sure it is, names only checks and code
// lists that exist, and has a sample that its own schema accepts. The style that the reference, renditions and rules read.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { afterAll, describe, expect, it, test } from '@jest/globals';

import { packageFile } from '../../src/paths.ts';
import { readUnsigned } from '../../src/signature/verify.ts';
import { declarationPlace } from '../../src/standard/kind.ts';
import { judgeForm } from '../../src/standard/schema-findings.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { fullBudget } from '../../src/xml/faults.ts';
import { parse } from '../../src/xml/parse.ts';
import { labelOf, styleProblems } from '../support/schema-style.ts';

const folder = packageFile('schemas');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.xsd')).toSorted();
const lists = new Map([...loadStandard().codeLists].map(([name, codes]) => [name, new Set(codes.keys())]));
const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
const receivedAt = new Date('2026-11-20T02:00:00Z');
const sampleOf = (name: string): string => join(dirname(name), 'sample.xml');

describe('a form of the standard', () => {
  it.each(files)('%s lies in its folder, numbered, with a sample', (name) => {
    const [form = '', version = '', file = '', ...deeper] = name.split('/');
    expect([file, deeper]).toEqual([`${form}.xsd`, []]);
    expect(version).toMatch(/^[1-9]\d*$/);
    expect(text(name)).toContain(`version="${version}"`);
    expect(existsSync(join(folder, sampleOf(name)))).toBe(true);
  });

  it.each(files)('%s keeps to the style, and its sample passes', (name) => {
    expect(styleProblems(text(name), text(sampleOf(name)), lists)).toEqual([]);
  });

  const schemas = createSchemas();
  afterAll(() => {
    schemas.dispose();
  });

  it('is loaded by the program', () => {
    expect([...schemas.forms.keys()].toSorted()).toEqual([...new Set(files.map((name) => name.split('/')[0]))].toSorted());
  });

  const findingsIn = (form: string, sample: string): string[] => {
    const document = parse(Buffer.from(sample), fullBudget());
    const judged = judgeForm(schemas, form, readUnsigned(document, declarationPlace(document.root.local)), receivedAt);
    const doubtful = judged?.content.doubtful.map((value) => `${value.kind} ${value.list} ${value.field().text}`) ?? [];
    return [...(judged?.findings ?? []).map(({ code, params }) => [code, ...Object.values(params)].join(' ')), ...doubtful];
  };

  it.each(files)('%s: the program finds nothing in its sample', (name) => {
    expect(findingsIn(name.split('/')[0] ?? '', text(sampleOf(name)))).toEqual([]);
  });

  it.each([['PhatSinh', 'CheDoOmDau'], ['PhatSinh', 'CheDoThaiSan'], ['DieuChinh', 'CheDoThaiSan']])('M01B-HSB: the program finds a fault in %s/%s', (part, regime) => {
    const row = new RegExp(`(<${part}>[^]*?<${regime}>[^]*?)<SoBHXH>\\d+</SoBHXH>([^]*?<TuNgay>)`);
    const broken = text('M01B-HSB/1/sample.xml').replace(row, '$1$2x');
    expect(findingsIn('M01B-HSB', broken)).toEqual(['ELEMENT_MISSING LaoDong SoBHXH', 'VALUE_INVALID TuNgay']);
  });
});

test('every form an employer files is there', () => {
  const filed = ['Hoso', 'Hoso-DKLanDau', 'TK1-TS', 'TK3-TS', 'D01-TS', 'D02-TS', 'D02-LT', 'D03-TS', 'D05-TS', 'M01B-HSB', 'M05A-HSB', 'M01-320', 'M01a-320', 'M02-320', 'PGNHS-320', 'C02-TS'];
  const both = ['04-IVAN', '05-IVAN', '06-IVAN'].flatMap((form) => [`${form}/1/${form}.xsd`, `${form}/2/${form}.xsd`]);
  expect(files).toEqual(expect.arrayContaining([...filed.map((form) => `${form}/1/${form}.xsd`), ...both]));
});

describe('the check of the style finds', () => {
  const xsd = text('D02-TS/1/D02-TS.xsd');
  const sample = text('D02-TS/1/sample.xml');
  const swapped = (from: string | RegExp, to: string, where = xsd): string => {
    const changed = where.replace(from, to);
    expect(changed).not.toBe(where);
    return changed;
  };

  const faults: readonly (readonly [string, string | RegExp, string, RegExp])[] = [
    ['a language left out', '<xs:documentation xml:lang="en">Full name</xs:documentation>', '', /HoTen says nothing in en/],
    ['a label too long', 'xml:lang="vi">Họ và tên<', `xml:lang="vi">${'Họ và tên '.repeat(7)}. Thêm.<`, /HoTen has a label of 69 characters in vi/],
    ['a source left out', /(?<=Full name<\/xs:documentation>\s*)<xs:appinfo>.*?<\/xs:appinfo>/, '', /HoTen names no source/],
    ['a confidence that is none', /(?<=Full name<\/xs:documentation>\s*<xs:appinfo><std:source confidence=")A/, 'D', /HoTen has confidence "D"/],
    ['an element of ours without its legal text', /(?<=Full name<\/xs:documentation>\s*<xs:appinfo><std:source confidence=")A/, 'L', /HoTen is ours without a legal text/],
    ['an unknown check', 'kind="day"', 'kind="hour"', /type Day has the unknown check "hour"/],
    ['an unknown code list', 'list="labourChange"', 'list="labourChanges"', /type LabourChange wants the unknown list "labourChanges"/],
    ['a severity that is none', 'list="labourChange" severity="refuse"', 'list="labourChange" severity="perhaps"', /LabourChange has the severity "perhaps"/],
    ['a type that nothing uses', '<xs:simpleType name="Text">', '<xs:simpleType name="Idle"><xs:restriction base="xs:token"/></xs:simpleType><xs:simpleType name="Text">', /type Idle is not used/],
    ['a schema that does not say what it is', /(?<=version="1">\s*)<xs:annotation>[^]*?<\/xs:annotation>/, '', /the schema says nothing in vi/],
    ['a construct outside the style', /(name="ThongTinKhac"[^]*?)<xs:all>([^]*?)<\/xs:all>/, '$1<xs:choice>$2</xs:choice>', /choice is outside the style/],
  ];
  it.each(faults)('%s', (_, from, to, problem) => {
    expect(styleProblems(swapped(from, to), sample, lists).filter((found) => problem.test(found))).toHaveLength(1);
  });

  const samples: readonly (readonly [string, string | RegExp, string, RegExp])[] = [
    ['a sample the schema refuses', '<HoTen>NGUYỄN VĂN MỘT</HoTen>', '', /^sample: .*Missing child element/],
    ['a sample with a code outside its list', '<PA>TM</PA>', '<PA>XX</PA>', /^sample: PA "XX" fails its check$/],
    ['a sample with a day that does not exist', '02/09/1990', '31/02/1990', /^sample: NgaySinh "31\/02\/1990" fails its check$/],
  ];
  it.each(samples)('%s', (_, from, to, problem) => {
    const found = styleProblems(xsd, swapped(from, to, sample), lists);
    expect([found.length, found.every((entry) => problem.test(entry))]).toEqual([1, true]);
  });

  it('the label before the explanation', () => {
    expect(['Họ và tên', 'Mã số. Viết là Maso.', 'Từ 1.5 đến 2. Hết'].map(labelOf)).toEqual(['Họ và tên', 'Mã số', 'Từ 1.5 đến 2']);
  });
});
