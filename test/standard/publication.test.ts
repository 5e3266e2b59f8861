// Guarantee: what the tables say is what is published, member by member, in two forms with one content, whatever the texts are; a day leaves out
// what is not in force on it; a schema's own words describe its elements.
import { describe, expect, test } from '@jest/globals';

import { findingTexts } from '../../src/errors/findings.ts';
import { readPublishedFiles } from '../../src/standard/publication/files.ts';
import { inForceOn, stretchAround } from '../../src/standard/publication/in-force.ts';
import { collectionNames, createPublication } from '../../src/standard/publication/publication.ts';
import type { Collection, CollectionName, Publication } from '../../src/standard/publication/publication.ts';
import { readSchemaReference } from '../../src/standard/publication/schema-reference.ts';
import { jsonOctets, membersOf, valueOf, xmlOctets } from '../../src/standard/publication/value.ts';
import type { Members } from '../../src/standard/publication/value.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { contentOf, sameAs } from '../support/published.ts';

const standard = loadStandard();
const files = readPublishedFiles();
const publication = createPublication(standard, files);

function rowsIn({ collections }: Publication, name: CollectionName, member: string = name): readonly Members[] {
  return (collections.get(name)?.whole[member] ?? []) as readonly Members[];
}

/** The publication of the same standard with one table changed. */
function withTable(name: string, change: (table: Record<string, unknown>) => void): Publication {
  const path = `src/standard/tables/${name}.json`;
  const table = JSON.parse(Buffer.from(files.get(path) ?? []).toString('utf8')) as Record<string, unknown>;
  change(table);
  return createPublication(standard, new Map([...files, [path, Buffer.from(JSON.stringify(table))]]));
}

const hostile = [
  '</name><evil a="1">&amp;<![CDATA[x]]>', ']]>', '"\'><script>alert(1)</script>', 'a\r\nb\tc', '\u0000\u0001\ufffe\uffff', '\ud800 lone', '%3Cb%3E ${x} {procedure}', '<?xml version="1.1"?><!DOCTYPE a>', 'Đ\u0323 ế 😀', ' blank ',
];

describe('a published value', () => {
  test.each(hostile)('with the text %j is well-formed XML that says what the JSON says', (text) => {
    const value = { text, list: [text, { text }], [text]: text };
    const read = JSON.parse(jsonOctets({ name: 'root', value }).toString('utf8')) as typeof value;
    expect(read).toEqual(value);
    const printable = (written: unknown): unknown => JSON.parse(JSON.stringify(written).replaceAll(/\\u0000|\\u0001|\ufffe|\uffff|\\ud800/g, '\ufffd')) as unknown;
    expect(contentOf(xmlOctets({ name: 'root', value }))).toEqual(sameAs(printable(value)));
  });

  test.each(['2026', 'a b', 'xml', 'xmlns', 'a:b', '', '-a', 'đ', '<'])('has the member "%s" as an element that names it', (name) => {
    expect(xmlOctets({ name: 'root', value: { [name]: 'x' } }).toString('utf8')).toContain('<member name="');
    expect(contentOf(xmlOctets({ name: 'root', value: { [name]: 'x' } }))).toEqual([[name, 'x']]);
  });

  test('is the same octets for the same value', () => {
    const value = { b: 1, a: [true, 'x'], c: {} };
    expect(xmlOctets({ name: 'root', value }).toString('utf8')).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<root><b>1</b><a><item>true</item><item>x</item></a><c></c></root>\n');
    expect(jsonOctets({ name: 'root', value }).toString('utf8')).toBe('{"b":1,"a":[true,"x"],"c":{}}\n');
  });

  test('has no member for what has no value; maps become rows and sets lists', () => {
    expect(membersOf({ a: null, b: undefined, c: 0, d: '', e: false })).toEqual({ c: 0, d: '', e: false });
    expect(valueOf(new Map<string, unknown>([['01', 'Hà Nội'], ['02', { name: 'x' }], ['03', undefined]]))).toEqual([{ code: '01', value: 'Hà Nội' }, { code: '02', name: 'x' }, { code: '03' }]);
    expect(valueOf(new Set(['a', null, 'b']))).toEqual(['a', 'b']);
    expect(valueOf([['a'], [], [['b', null]]])).toEqual([['a'], [], [['b']]]);
  });

  test('takes a member called __proto__ for a member', () => {
    const value = membersOf(JSON.parse('{"__proto__": {"polluted": true}}'));
    expect([Object.keys(value), ({} as { polluted?: unknown }).polluted]).toEqual([['__proto__'], undefined]);
    expect(contentOf(xmlOctets({ name: 'root', value }))).toEqual([['__proto__', [['polluted', 'true']]]]);
  });
});

describe('the publication', () => {
  test('has every collection, each with the digest of the rule set', () => {
    expect([...publication.collections.keys()].toSorted()).toEqual([...collectionNames].toSorted());
    for (const { whole, entries } of publication.collections.values()) {
      expect([whole, ...[...entries.values()].map((entry) => entry())].filter(({ digest }) => digest !== standard.digest)).toEqual([]);
    }
  });

  test('says of a procedure what the gateway judges by', () => {
    const codes = rowsIn(publication, 'procedures').map(({ code }) => code);
    expect(codes).toEqual([...standard.procedures.keys()]);
    for (const { code, versions } of rowsIn(publication, 'procedures')) {
      const judgedBy = standard.datedProcedures.get(code as string) ?? [];
      expect(versions).toMatchObject(judgedBy.map(({ from, nameEn, workingDays, workingDaysAssumed, requiredForms }) => ({ ...(from === undefined ? {} : { from }), nameEn, workingDays, workingDaysAssumed, requiredForms })));
    }
  });

  test('gains a member of a table without code', () => {
    const changed = withTable('procedures', ({ procedures }) => { Object.assign((procedures as object[])[0] ?? {}, { feeVi: 'Không', levels: [{ a: 1 }], nothing: null }); });
    const [version] = rowsIn(changed, 'procedures')[0]?.['versions'] as readonly Members[];
    expect(version).toMatchObject({ feeVi: 'Không', levels: [{ a: 1 }] });
    expect(Object.keys(version ?? {})).not.toContain('nothing');
  });

  test('carries hostile texts of tables whole', () => {
    const changed = withTable('ivans', ({ ivans }) => { (ivans as object[]).push(...hostile.slice(0, 3).map((name, index) => ({ code: `9${index}`, name }))); });
    const whole = changed.collections.get('ivans')?.whole ?? {};
    expect(contentOf(xmlOctets({ name: 'ivans', value: whole }))).toEqual(sameAs(JSON.parse(jsonOctets({ name: 'ivans', value: whole }).toString('utf8'))));
    expect(rowsIn(changed, 'ivans').slice(-3).map(({ name }) => name)).toEqual(hostile.slice(0, 3));
  });

  test('says of a rule what each set in force makes of it, and what it is by itself', () => {
    const stricter = standard.ruleSets.map((set) => (set.id === 'nd164-2025' ? { ...set, changed: new Map([['FORM_WITHOUT_SCHEMA', 'off'] as const]) } : set));
    const { underRuleSets = new Map<string, Collection>() } = createPublication({ ...standard, ruleSets: stricter }, files).collections.get('rules') ?? {};
    expect([...underRuleSets.keys()]).toEqual(standard.ruleSets.filter(({ inForce }) => inForce).map(({ id }) => id));
    const told = [...underRuleSets].map(([id, { entries }]) => [id, membersOf(entries.get('FORM_WITHOUT_SCHEMA')?.()['rule'])] as const);
    expect(told.map(([id, rule]) => [id, rule['severity'], rule['ruleSetInForce'], rule['severityInForce']])).toEqual([...underRuleSets.keys()].map((id) => [id, 'warn', id, id === 'nd164-2025' ? 'off' : 'warn']));
  });

  test('has every finding among the rules, under its code and its wire code', () => {
    const entries = publication.collections.get('rules')?.entries;
    expect(rowsIn(publication, 'rules').map(({ code }) => code)).toEqual(Object.keys(findingTexts));
    for (const [code, { wireCode }] of Object.entries(findingTexts)) expect([code, entries?.get(wireCode)?.()]).toEqual([code, entries?.get(code)?.()]);
  });

  test('knows every form that a procedure takes, and says who takes it', () => {
    const forms = new Map(rowsIn(publication, 'forms').map((row) => [row['code'], row]));
    expect([...standard.datedProcedures.values()].flat().flatMap(({ requiredForms, requiredOneOf, optionalForms }) => [...requiredForms, ...requiredOneOf.flat(), ...optionalForms]).filter((code) => !forms.has(code))).toEqual([]);
    expect(forms.get('D02-TS')?.['requiredBy']).toEqual(expect.arrayContaining(['600', '601']));
    expect(forms.get('D01-TS')?.['optionalIn']).toContain('600');
  });

  test('puts an agency in today’s province, whose digits of before it keeps', () => {
    const province = (code: string): unknown => rowsIn(publication, 'agencies').find((row) => row['code'] === code)?.['province'];
    expect([province('00101'), province('07906'), province('0003'), province('903')]).toEqual(['01', '79', undefined, undefined]);
  });

  test('has a calendar of years and code lists by name', () => {
    expect(publication.collections.get('calendar')?.entries.get('2026')?.()).toMatchObject({ calendarYear: { year: 2026, status: 'announced' } });
    expect(publication.collections.get('code-lists')?.entries.get('labourChange')?.()).toMatchObject({ codeList: { name: 'labourChange', codes: expect.arrayContaining([expect.objectContaining({ code: 'TM', name: 'Tăng mới' })]) as unknown } });
  });
});

describe('a day', () => {
  const value = {
    digest: 'x',
    rows: [
      { code: 'a', from: '2020-01-01', until: '2026-05-01' },
      { code: 'b', validFrom: '2026-05-01' },
      { code: 'c', versions: [{ version: 1, from: '2017-01-01', until: '2020-01-01' }, { version: 2, from: '2020-01-01' }] },
      { code: 'd', versions: [{ version: 1, from: '2027-01-01' }] },
      { code: 'e', versions: [], from: 'whenever' },
      'f',
    ],
  };
  const codes = (day: string): unknown[] => (inForceOn(value, day)?.['rows'] as readonly (string | { code: string })[]).map((row) => (typeof row === 'string' ? row : row.code));

  test('leaves out what is not in force: from is in, until is out', () => {
    expect(codes('2026-04-30')).toEqual(['a', 'c', 'e', 'f']);
    expect(codes('2026-05-01')).toEqual(['b', 'c', 'e', 'f']);
    expect(codes('2027-01-01')).toEqual(['b', 'c', 'd', 'e', 'f']);
    expect(codes('2016-12-31')).toEqual(['e', 'f']);
    expect(inForceOn({ rows: [{ code: 'a', inForce: false }, { code: 'b', inForce: true }] }, '2026-01-01')).toEqual({ rows: [{ code: 'b', inForce: true }] });
  });

  test('keeps of versions those in force', () => {
    expect(inForceOn(value, '2018-01-01')?.['rows']).toContainEqual({ code: 'c', versions: [{ version: 1, from: '2017-01-01', until: '2020-01-01' }] });
  });

  test('is nothing where the value itself is not in force', () => {
    expect([inForceOn({ from: '2026-01-01' }, '2025-12-31'), inForceOn({ until: '2026-01-01' }, '2026-01-01')]).toEqual([undefined, undefined]);
  });

  test('lies in a stretch within which nothing changes', () => {
    expect(stretchAround(value, '2026-04-30')).toEqual({ from: '2020-01-01', until: '2026-05-01' });
    expect(stretchAround(value, '2026-05-01')).toEqual({ from: '2026-05-01', until: '2027-01-01' });
    expect(stretchAround(value, '1900-01-01')).toEqual({ from: '', until: '2017-01-01' });
    expect(stretchAround(value, '2100-01-01')).toEqual({ from: '2027-01-01', until: '' });
  });
});

describe('a schema’s own words', () => {
  const xsd = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:std="urn:ivan-gateway:standard">
  <xs:annotation><xs:documentation xml:lang="vi">Mẫu thử. Căn cứ: không.</xs:documentation><xs:documentation xml:lang="en">Trial form.</xs:documentation></xs:annotation>
  <xs:element name="F"><xs:complexType><xs:sequence>
    <xs:element name="Row" maxOccurs="unbounded" minOccurs="0"><xs:complexType><xs:all>
      <xs:element name="HoTen" type="Name"><xs:annotation>
        <xs:documentation xml:lang="vi">Họ và tên. Viết như trong giấy tờ; TP. viết tắt.</xs:documentation>
        <xs:documentation xml:lang="en">Full name</xs:documentation>
        <xs:appinfo><std:source confidence="A">ERS 2023</std:source><std:unit>đồng</std:unit></xs:appinfo>
      </xs:annotation></xs:element>
      <xs:element name="Kind" minOccurs="0"><xs:simpleType><xs:restriction base="xs:token"><xs:enumeration value="a"/><xs:enumeration value="b"/></xs:restriction></xs:simpleType></xs:element>
    </xs:all></xs:complexType></xs:element>
    <xs:element name="HoTen" type="xs:string"/>
  </xs:sequence></xs:complexType></xs:element>
  <xs:simpleType name="Name"><xs:annotation><xs:documentation>A name</xs:documentation><xs:appinfo><std:check kind="code" list="names" severity="warn"/></xs:appinfo></xs:annotation>
    <xs:restriction base="xs:string"><xs:minLength value="1"/><xs:maxLength value="100"/><xs:pattern value="[A-Z]&lt;*"/></xs:restriction></xs:simpleType>
</xs:schema>`;
  const reference = readSchemaReference(Buffer.from(xsd));

  test('describe its elements in document order, by path', () => {
    expect(reference.elements.map(({ path, required, repeats }) => [path, required, repeats])).toEqual([
      ['F', true, ''], ['F/Row', false, 'unbounded'], ['F/Row/HoTen', true, ''], ['F/Row/Kind', false, ''], ['F/HoTen', true, ''],
    ]);
  });

  test('give label, note, unit, source, confidence, type and check', () => {
    expect(reference.elements[2]).toEqual({
      path: 'F/Row/HoTen', labelVi: 'Họ và tên', labelEn: 'Full name', noteVi: 'Viết như trong giấy tờ; TP. viết tắt.', noteEn: '', required: true, repeats: '', type: 'Name', base: 'xs:string',
      facets: { pattern: '[A-Z]<*', minLength: '1', maxLength: '100' }, values: [], check: { kind: 'code', list: 'names', severity: 'warn' }, unit: 'đồng', source: 'ERS 2023', confidence: 'A',
    });
    expect(reference.elements[3]).toMatchObject({ type: '', base: 'xs:token', values: ['a', 'b'] });
    expect(reference.documentation).toEqual({ vi: 'Mẫu thử. Căn cứ: không.', en: 'Trial form.' });
  });

  test.each(publication.schemas.map(({ form, version, reference }) => [form, version, reference().elements] as const))('of %s version %d have a label for every element and type of a value', (_form, _version, elements) => {
    expect(elements.length).toBeGreaterThan(0);
    expect(elements.filter(({ labelEn, labelVi, path }) => labelEn === '' || labelVi === '' || path.includes('//')).map(({ path }) => path)).toEqual([]);
  });
});
