// Guarantee: the days, months and codes of every form that its types have checked by the standard are found wrong at their element, once, by codes
// that no form needs for itself; what the schema refuses, and what is empty, is left alone; a list that is wrong throughout stays readable.
import { afterAll, describe, expect, it } from '@jest/globals';

import { typeFindings } from '../../src/standard/rules/type-checks.ts';
import { judgeForm } from '../../src/standard/schema-findings.ts';
import { compileSchemas } from '../../src/standard/schema.ts';
import { contentOf } from './documents.ts';

const STD = 'urn:ivan-gateway:standard';
const checked = (name: string, check: string): string =>
  `<xs:simpleType name="${name}"><xs:annotation><xs:appinfo><std:check ${check}/></xs:appinfo></xs:annotation><xs:restriction base="xs:token"><xs:maxLength value="20"/></xs:restriction></xs:simpleType>`;
const xsd = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:std="${STD}"><xs:element name="F"><xs:complexType><xs:sequence><xs:element name="R" maxOccurs="unbounded"><xs:complexType><xs:all>
  ${['Day', 'Month', 'Birth', 'Code', 'Loose'].map((name) => `<xs:element name="${name}" type="${name}" minOccurs="0"/>`).join('')}
  </xs:all></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>
  ${checked('Day', 'kind="day"')}${checked('Month', 'kind="month"')}${checked('Birth', 'kind="birth"')}${checked('Code', 'kind="code" list="L" severity="refuse"')}${checked('Loose', 'kind="code" list="L" severity="warn"')}</xs:schema>`;
const files = new Map<string, Uint8Array>([['schemas/F/1/F.xsd', Buffer.from(xsd)], ['src/standard/tables/codes.json', Buffer.from('{"lists":{"L":[{"code":"01"},{"code":"Đ1"}]}}')]]);
const schemas = compileSchemas(files);
afterAll(() => { schemas.dispose(); });

/** 23:30 of 20 November at +07:00, when elsewhere it still is so for hours. */
const receivedAt = new Date('2026-11-20T16:30:00Z');
const judged = (markup: string): ReturnType<typeof typeFindings> => {
  const form = judgeForm(schemas, 'F', contentOf(markup), receivedAt, 'f.xml');
  return typeFindings(form === undefined ? [] : [form.content]);
};
const found = (name: string, value: string): string[] => judged(`<F><R><${name}>${value}</${name}></R></F>`).map(({ code }) => code);

describe('a value with a check', () => {
  it.each([
    ['Day', '29/02/2024'], ['Day', ''], ['Day', ' 01/01/2026\n'], ['Day', '31/12/0100'], ['Day', '01/0<!-- -->1/2026'], ['Day', '&#48;1/01/2026'], ['Day', '<![CDATA[01/01/2026]]>'],
    ['Month', '01/1995'], ['Month', '12/2100'], ['Month', '  '],
    ['Birth', '20/11/2026'], ['Birth', '11/2026'], ['Birth', '2026'], ['Birth', '01/01/1900'],
    ['Code', '01'], ['Code', ' Đ1 '], ['Code', '&#x110;1'], ['Loose', '01'],
  ])('%s %j is fine', (name, value) => {
    expect(found(name, value)).toEqual([]);
  });

  it.each([
    ['Day', '29/02/2026', 'DATE_INVALID'], ['Day', '29/02/2100', 'DATE_INVALID'], ['Day', '31/04/2026', 'DATE_INVALID'], ['Day', '00/01/2026', 'DATE_INVALID'], ['Day', '1/01/2026', 'DATE_INVALID'],
    ['Day', '01-01-2026', 'DATE_INVALID'], ['Day', '01/13/2026', 'DATE_INVALID'], ['Day', '0١/01/26', 'DATE_INVALID'], ['Day', '<![CDATA[32/01/2026]]>', 'DATE_INVALID'],
    ['Month', '12/1994', 'PERIOD_INVALID'], ['Month', '01/2101', 'PERIOD_INVALID'], ['Month', '13/2026', 'PERIOD_INVALID'], ['Month', '00/2026', 'PERIOD_INVALID'], ['Month', '2026', 'PERIOD_INVALID'],
    ['Birth', '21/11/2026', 'DATE_INVALID'], ['Birth', '12/2026', 'DATE_INVALID'], ['Birth', '2027', 'DATE_INVALID'], ['Birth', '31/02/1990', 'DATE_INVALID'], ['Birth', '0000', 'DATE_INVALID'], ['Birth', '199', 'DATE_INVALID'],
    ['Code', '1', 'CODE_UNKNOWN'], ['Code', '0 1', 'CODE_UNKNOWN'], ['Loose', '02', 'CODE_NOT_LISTED'],
  ])('%s %j is not: %s', (name, value, code) => {
    expect(found(name, value)).toEqual([code]);
  });

  it('is not found wrong twice when the schema refuses it', () => {
    const markup = `<F><R><Code>${'x'.repeat(21)}</Code></R></F>`;
    expect(judged(markup)).toEqual([]);
    expect(judgeForm(schemas, 'F', contentOf(markup), receivedAt, 'f.xml')?.findings.map(({ code }) => code)).toEqual(['VALUE_INVALID']);
  });

  it('is named with file, place and what it is, also beside faults of the schema', () => {
    const [finding, ...others] = judged('<F>\n<R><Code>01</Code></R>\n<R><La/><Code>7</Code></R></F>');
    expect(others).toEqual([]);
    expect(finding).toEqual({ code: 'CODE_UNKNOWN', place: { file: 'f.xml', xpath: '/F/R[2]/Code', line: 3, column: 9 }, value: '7', params: { code: '7', element: 'Code', list: 'L' } });
  });

  it('is listed a hundred times and then counted', () => {
    const findings = judged(`<F>${'<R><Day>x</Day><Code>x</Code></R>'.repeat(2000)}</F>`);
    expect(findings.filter(({ code }) => code === 'DATE_INVALID')).toHaveLength(100);
    expect(findings.filter(({ code }) => code === 'CODE_UNKNOWN')).toHaveLength(100);
    expect(findings.at(-1)).toMatchObject({ code: 'FINDINGS_OMITTED', params: { count: '3800' } });
  });
});

describe('a check that the standard does not have stops the start', () => {
  it.each([
    ['a list that is none', 'kind="code" list="M"', /M is no list of codes.json/], ['an unknown kind', 'kind="week"', /std:check is none that the standard has/],
    ['a code without a list', 'kind="code"', /std:check is none/], ['an unknown severity', 'kind="code" list="L" severity="maybe"', /std:check is none/],
  ])('%s', (_, check, reason) => {
    const broken = new Map([...files, ['schemas/F/1/F.xsd', Buffer.from(xsd.replace('kind="day"', check))]]);
    let cause: unknown;
    try {
      compileSchemas(broken);
    } catch (error) {
      cause = error instanceof Error ? error.cause : undefined;
    }
    expect(String(cause)).toMatch(reason);
  });
});
