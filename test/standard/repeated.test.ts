// Guarantee: what a list says again is judged as if it were said for the first time: every record of a list has the findings that it has alone,
// each at its own place, however its fields are written, whatever stood in the record before, and on whichever day another list was judged.
import { afterAll, describe, expect, it } from '@jest/globals';

import type { Finding } from '../../src/errors/outcomes.ts';
import { applyRules, rules } from '../../src/standard/rules/apply.ts';
import type { RuleContext } from '../../src/standard/rules/rule.ts';
import { typeFindings } from '../../src/standard/rules/type-checks.ts';
import { judgeForm } from '../../src/standard/schema-findings.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { examplesReceivedAt, sampleOf } from '../support/examples.ts';
import { contentOf } from './documents.ts';

const standard = loadStandard();
const schemas = createSchemas();
afterAll(() => { schemas.dispose(); });

const rowRules = rules.filter((rule) => rule.kind === 'row');

function contextOf(forms: RuleContext['forms'], receivedAt: Date): RuleContext {
  return {
    envelope: { files: [] } as unknown as RuleContext['envelope'], procedure: undefined, standard, ruleSet: standard.ruleSetAt(receivedAt), receivedAt, signer: undefined, sender: { kind: 'direct' },
    formCodes: forms.map(({ form }) => form), files: [], forms, placeOf: () => ({}),
  };
}

/** What is found in records by themselves: by the schema, by the types of its fields, by every rule over records. */
function findingsOf(form: string, records: readonly string[], receivedAt = examplesReceivedAt): readonly Finding[] {
  const judged = judgeForm(schemas, form, contentOf(`<${form}><NoiDung>${records.join('')}</NoiDung></${form}>`), receivedAt, 'f.xml');
  if (judged === undefined) throw new Error(`no schema for ${form}`);
  return [...judged.findings, ...typeFindings([judged.content]), ...applyRules(rowRules, contextOf([judged.content], receivedAt))];
}

/** The findings of each record, as sentences that do not name which record it is. */
function byRecord(findings: readonly Finding[], count: number): readonly (readonly string[])[] {
  const of = Array.from({ length: count }, (): string[] => []);
  for (const { code, place, params, value } of findings) {
    const [, number = '1'] = /^\/[\w-]+\/NoiDung\/LaoDong(?:\[(\d+)\])?/.exec(place.xpath ?? '') ?? [];
    of[Number(number) - 1]?.push([code, (place.xpath ?? '').replace(/LaoDong\[\d+\]/, 'LaoDong'), JSON.stringify(params), value].join(' '));
  }
  return of.map((sentences) => sentences.toSorted());
}

const required: Readonly<Record<string, string>> = { STT: '1', HoTen: 'A', MasoBHXH: '7900000011', TienLuong: '5808000', TuThang: '11/2026', PA: 'TM' };

/** A record with these fields, and with those besides that must be there. */
const labour = (fields: string, attributes = ''): string =>
  `<LaoDong${attributes}>${fields}${Object.entries(required).map(([name, text]) => (fields.includes(`<${name}`) ? '' : `<${name}>${text}</${name}>`)).join('')}</LaoDong>`;
const codesOf = (findings: readonly Finding[]): string[] => findings.map(({ code, place }) => `${code} ${place.xpath ?? ''}`);

describe('a record that says what another says', () => {
  const texts: Readonly<Record<string, readonly string[]>> = {
    PA: ['TM', 'GH', 'ZZ', 'tm'], Loai: ['1', '2', '9'], TienLuong: ['5808000', '100000', '-5', '2.34', 'x'], TuThang: ['11/2026', '12/2029', '13/2026'], DenThang: ['', '11/2026', '01/2020'],
    MavungLTT: ['01', '04', '99'], TyleDong: ['32.0', '7', '-1'], MasoBHXH: ['7900000011', '79', '001090000001'], CMND: ['001090567001', '001190567001', '5123456789'], GioiTinh: ['0', '1'],
    NgaySinh: ['02/02/1990', '1990', '31/02/1990', '20/11/2026', '21/11/2026'], CoGiamChet: ['0', '1'], NgayChet: ['', '01/01/1980', '01/01/2030'],
  };
  const writings: readonly ((name: string, text: string) => string)[] = [
    ...Array.from({ length: 6 }, () => (name: string, text: string) => (text === '' ? `<${name} />` : `<${name}>${text}</${name}>`)),
    (name, text) => `<${name}> ${text}\n</${name}>`,
    (name, text) => `<${name}><![CDATA[${text}]]></${name}>`,
    (name, text) => `\n\t<${name}><!-- -->${text}</${name} >`,
    (name, text) => `<${name} la="1">${text}</${name}>`,
    (name, text) => `<${name} xmlns="urn:x">${text}</${name}>`,
    (name, text) => `<${name}>${text}<b/></${name}>`,
    (name, text) => `x<${name}>${text}</${name}>`,
  ];
  let seed = 20_261_120;
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const field = (name: string): string => (random(12) === 0 ? '' : pick(writings.slice(0, random(3) === 0 ? writings.length : 1))(name, pick(texts[name] ?? [''])));
  const record = (): string => labour(Object.keys(texts).map(field).join(''));

  it('has the findings that it has alone, at its own place', () => {
    const codes = new Set<string>();
    for (let round = 0; round < 60; round += 1) {
      const pool = [record(), record(), record()];
      const records = Array.from({ length: 8 }, () => pick(pool));
      const alone = new Map(pool.map((one) => [one, byRecord(findingsOf('D02-TS', [one]), 1)[0]]));
      const found = findingsOf('D02-TS', records);
      for (const { code } of found) codes.add(code);
      expect(byRecord(found, records.length)).toEqual(records.map((one) => alone.get(one)));
    }
    expect(codes.size).toBeGreaterThan(20); // so that it is a test of them
  });

  it('is found wrong again, with its own place, right after the other and with good ones between', () => {
    const [good, bad] = [labour('<PA>TM</PA><Loai>1</Loai><TienLuong>5808000</TienLuong>'), labour('<PA>GH</PA><Loai>1</Loai><TienLuong>5808000</TienLuong>')];
    const at = (number: number): string => `CHANGE_NOT_INCREASE /D02-TS/NoiDung/LaoDong[${number}]/PA`;
    expect(codesOf(findingsOf('D02-TS', [bad, bad, good, bad, good, good]))).toEqual([at(1), at(2), at(4)]);
    expect(codesOf(findingsOf('D02-TS', [bad, bad, bad]))).toEqual([at(1), at(2), at(3)]);
  });

  it('is read by its own field where another field says the same', () => {
    expect(codesOf(findingsOf('D02-TS', [labour('<GioiTinh>1</GioiTinh><MasoBHXH>1</MasoBHXH>'), labour('<GioiTinh>1</GioiTinh><MasoBHXH>1</MasoBHXH>')]))).toEqual([
      'INSURANCE_NUMBER_INVALID /D02-TS/NoiDung/LaoDong[1]/MasoBHXH', 'INSURANCE_NUMBER_INVALID /D02-TS/NoiDung/LaoDong[2]/MasoBHXH',
    ]);
  });
});

describe('a field written as before', () => {
  const pa = '<PA>TM</PA>';

  it.each<[string, string, string[]]>([
    ['twice in one record', labour(pa + pa), ['ELEMENT_UNKNOWN /D02-TS/NoiDung/LaoDong[2]/PA[2]']],
    ['in a record of another namespace', labour(pa, ' xmlns="urn:x"'), ['ELEMENT_UNKNOWN /D02-TS/NoiDung']],
    ['in another namespace itself', labour('<PA xmlns="urn:x">TM</PA>'), ['ELEMENT_MISSING /D02-TS/NoiDung/LaoDong[2]', 'ELEMENT_UNKNOWN /D02-TS/NoiDung/LaoDong[2]']],
    ['with a stray text before it', labour(`x${pa}`), ['VALUE_INVALID /D02-TS/NoiDung/LaoDong[2]']],
    ['under the name of another', labour(`${pa}<Pa>TM</Pa>`), ['ELEMENT_UNKNOWN /D02-TS/NoiDung/LaoDong[2]/Pa']],
    ['as it was', labour(pa), []],
  ])('%s', (_what, second, expected) => {
    const found = codesOf(findingsOf('D02-TS', [labour(pa), second]));
    expect(found.map((entry) => entry.replace(/\/\*.*/, ''))).toEqual(expected);
  });

  it('twice in a record after one that had it twice', () => {
    const twice = labour('').replace(pa, pa + pa); // nothing follows, so that it is what came after it before
    const found = codesOf(findingsOf('D02-TS', [labour(''), twice, twice]));
    expect(found).toEqual(['ELEMENT_UNKNOWN /D02-TS/NoiDung/LaoDong[2]/PA[2]', 'ELEMENT_UNKNOWN /D02-TS/NoiDung/LaoDong[3]/PA[2]']);
  });

  it('with an attribute of a name that is bound otherwise there', () => {
    const xsi = 'http://www.w3.org/2001/XMLSchema-instance';
    const one = (namespace: string): string => labour('<PA x:y="1">TM</PA>', ` xmlns:x="${namespace}"`);
    expect(findingsOf('D02-TS', [one(xsi), one(xsi)])).toEqual([]);
    expect(codesOf(findingsOf('D02-TS', [one(xsi), one('urn:x')]))).toEqual([expect.stringContaining('/D02-TS/NoiDung/LaoDong[2]/PA')]);
  });
});

describe('a list judged on another day', () => {
  it('is judged by that day', () => {
    const records = [labour('<NgaySinh>20/11/2026</NgaySinh>'), labour('<NgaySinh>20/11/2026</NgaySinh>')];
    const on = (day: string): string[] => codesOf(findingsOf('D02-TS', records, new Date(`${day}T09:00:00+07:00`))).filter((entry) => entry.startsWith('DATE_INVALID'));
    const born = ['DATE_INVALID /D02-TS/NoiDung/LaoDong[1]/NgaySinh', 'DATE_INVALID /D02-TS/NoiDung/LaoDong[2]/NgaySinh'];
    expect([on('2026-11-19'), on('2026-11-20'), on('2026-11-19')]).toEqual([born, [], born]);
  });
});

describe('a rule over records', () => {
  const context = contextOf([], examplesReceivedAt);
  const texts = ['', '0', '1', 'TM', 'GH', '-5', '5808000', '12/2029', '11/2026', '01/2020', '31/12/2030', '02/02/1990', '1990', '79', '7900000011', '001090567001', 'VN', 'a@b'];

  it.each(rowRules.map((rule) => [rule.code, rule] as const))('%s says the same however often it is asked, whatever it was asked before', (_code, rule) => {
    const rows = Array.from({ length: 120 }, (_, row) => Object.freeze(rule.fields.map((_name, field) => texts[(row * (field + 1) + field * 7) % texts.length] ?? '')));
    const first = rows.map((row) => rule.wrong(row, context));
    const backwards = rows.toReversed().map((row) => rule.wrong([...row], context));
    expect(backwards.toReversed()).toEqual(first);
  });

  it('knows its forms by a sample', () => {
    expect(rowRules.flatMap(({ forms }) => forms).filter((form) => sampleOf(form) === '')).toEqual([]);
  });
});
