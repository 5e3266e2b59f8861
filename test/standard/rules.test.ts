// Guarantee: a rule speaks at its boundary and not before it; whatever stands in the fields, no rule throws; a rule that fails for a whole list
// is reported a hundred times and counted, with a place for each that is shown.
import { afterAll, describe, expect, it } from '@jest/globals';

import { finding } from '../../src/errors/outcomes.ts';
import type { Finding } from '../../src/errors/outcomes.ts';
import { readEnvelope } from '../../src/standard/envelope.ts';
import { applyRules, rules, rulesOfForms } from '../../src/standard/rules/apply.ts';
import { formRule } from '../../src/standard/rules/rule.ts';
import type { RuleContext } from '../../src/standard/rules/rule.ts';
import { judgeForm } from '../../src/standard/schema-findings.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { readUnsigned } from '../../src/signature/verify.ts';
import { parse } from '../../src/xml/parse.ts';
import { placeOf } from '../../src/xml/place.ts';
import { examplesReceivedAt, sampleOf } from '../support/examples.ts';
import { elements, escaped } from './documents.ts';
import type { Row } from './documents.ts';

const standard = loadStandard();
const schemas = createSchemas();
afterAll(() => { schemas.dispose(); });

function contextOf(forms: Readonly<Record<string, string>>, envelopeXml = sampleOf('Hoso')): RuleContext {
  const document = parse(Buffer.from(envelopeXml));
  const envelope = readUnsigned(document, { path: ['Hoso', 'CKy_Dvi'] });
  const read = Object.entries(forms).flatMap(([form, xml]) => judgeForm(schemas, form, readUnsigned(parse(Buffer.from(xml)), { path: [form, 'Cky'] }), examplesReceivedAt, `${form}.xml`)?.content ?? []);
  return {
    envelope: readEnvelope(envelope), procedure: undefined, standard, ruleSet: standard.ruleSetAt(examplesReceivedAt), receivedAt: examplesReceivedAt, signer: undefined, sender: { kind: 'direct' },
    formCodes: Object.keys(forms), files: [], forms: read, placeOf: (field) => placeOf(document.bytes, envelope.root, field?.element ?? envelope.root),
  };
}

const labourXml = (rows: readonly Row[], head = ''): string => `<D02-TS>${head}<NoiDung>${rows.map((row) => `<LaoDong>${elements(row)}</LaoDong>`).join('')}</NoiDung><Cky/></D02-TS>`;
const personXml = (rows: readonly string[]): string => `<TK1-TS><NoiDung>${rows.map((row) => `<LaoDong>${row}</LaoDong>`).join('')}</NoiDung><Cky/></TK1-TS>`;
const codes = (findings: readonly Finding[]): string[] => findings.map(({ code }) => code);
const ofLabour = (...rows: readonly Row[]): string[] => codes(applyRules(rulesOfForms, contextOf({ 'D02-TS': labourXml(rows.map((row, index) => ({ STT: String(index + 1), HoTen: `Người ${index}`, MasoBHXH: String(7_900_000_000 + index), ...row }))) })));
const ofPerson = (row: Row, inner = ''): string[] => codes(applyRules(rulesOfForms, contextOf({ 'TK1-TS': personXml([elements({ STT: '1', HoTen: 'A', MasoBHXH: '7900000000', Noidung_Thaydoi: 'x', ...row }) + inner]) })));

describe('a rule of the labour list', () => {
  it.each<[string, Row, string[]]>([
    ['one month is a span', { TuThang: '11/2026', DenThang: '11/2026' }, []],
    ['December comes before January', { TuThang: '12/2025', DenThang: '01/2026' }, []],
    ['January does not come before December', { TuThang: '01/2026', DenThang: '12/2025' }, ['MONTHS_REVERSED']],
    ['a month that is none is the schema’s matter', { TuThang: '13/2026', DenThang: '00/2020' }, []],
    ['a year ahead', { TuThang: '11/2027' }, []],
    ['more than a year ahead', { TuThang: '12/2027' }, ['MONTH_FAR_AHEAD']],
    ['the minimum of the zone', { PA: 'TM', TuThang: '11/2026', MavungLTT: '01', TienLuong: '5310000' }, []],
    ['a đồng less', { PA: 'TM', TuThang: '11/2026', MavungLTT: '01', TienLuong: '5309999' }, ['SALARY_BELOW_MINIMUM']],
    ['the minimum before it was raised', { PA: 'TM', TuThang: '12/2025', MavungLTT: '01', TienLuong: '4960000' }, []],
    ['a zone nobody knows', { PA: 'TM', TuThang: '11/2026', MavungLTT: '09', TienLuong: '3000000' }, []],
    ['a decrease tells of pay that was', { PA: 'GH', TuThang: '11/2026', MavungLTT: '01', TienLuong: '3000000' }, []],
    ['a coefficient', { PA: 'TM', TuThang: '11/2026', MavungLTT: '01', TienLuong: '2.34' }, []],
    ['a coefficient below one', { PA: 'TM', TuThang: '11/2026', TienLuong: '0.99' }, ['SALARY_BELOW_REFERENCE']],
    ['the ceiling', { PA: 'DC', TuThang: '11/2026', TienLuong: '46800000' }, []],
    ['a coefficient above the ceiling', { PA: 'DC', TuThang: '11/2026', TienLuong: '20.01' }, ['SALARY_ABOVE_CEILING']],
    ['months before the table', { PA: 'TM', TuThang: '06/2019', MavungLTT: '01', TienLuong: '101' }, []],
    ['zero where pay is set', { PA: 'ON', TuThang: '11/2026', TienLuong: '0.00' }, ['SALARY_MISSING']],
    ['zero where it is not', { PA: 'TS', TuThang: '11/2026', TienLuong: '0' }, []],
    ['a rate of nothing', { TyleDong: '0' }, []],
    ['a rate of a hundred', { TyleDong: '100.00' }, ['RATE_UNUSUAL']],
    ['rates of the laws', { TyleDong: '31.5' }, []],
    ['the rate with little for accidents', { TyleDong: '31.8' }, []],
    ['a decrease marked as adjustment', { PA: 'GH', Loai: '3' }, ['CHANGE_SECTION']],
    ['a change whose name does not tell', { PA: 'AD', Loai: '2', DenThang: '11/2026' }, []],
    ['a section nobody knows', { PA: 'TM', Loai: '7', TienLuong: '9000000' }, []],
    ['death on the day of reception', { PA: 'GH', CoGiamChet: '1', NgayChet: '20/11/2026' }, []],
    ['death the day after', { PA: 'GH', CoGiamChet: '1', NgayChet: '21/11/2026' }, ['DEATH_IN_FUTURE']],
    ['death in the month of birth', { PA: 'GH', CoGiamChet: '1', NgayChet: '20/11/1990', NgaySinh: '02/11/1990' }, []],
    ['the same day from and until', { Nndh_tungay: '01/11/2026', Nndh_denngay: '01/11/2026' }, []],
    ['an end without a beginning', { Nndh_denngay: '01/11/2026' }, []],
    ['fifteen in that month', { NgaySinh: '30/11/2011', TuThang: '11/2026' }, []],
    ['a month short of it', { NgaySinh: '01/12/2011', TuThang: '11/2026' }, ['AGE_UNLIKELY']],
    ['a hundred and one', { NgaySinh: '1925', TuThang: '11/2026' }, ['AGE_UNLIKELY']],
    ['a birth after the month', { NgaySinh: '12/2026', TuThang: '11/2026' }, []],
    ['an old identity number', { CMND: '012345678' }, []],
    ['a passport', { CMND: 'B1234567' }, []],
    ['ten digits', { CMND: '0123456789' }, ['IDENTITY_NUMBER_UNLIKELY']],
    ['a woman born since 2000', { CMND: '001305000001', GioiTinh: '0', NgaySinh: '2005' }, []],
    ['a number of the last century', { CMND: '001105000001', GioiTinh: '0', NgaySinh: '2005' }, ['IDENTITY_NUMBER_BIRTH']],
  ])('%s', (_what, row, expected) => {
    expect(ofLabour(row)).toEqual(expected);
  });

  it('takes two rows of one person for one when change, rate and months are the same', () => {
    const row = { MasoBHXH: '7900000000', PA: 'CD', TyleDong: '32', TuThang: '10/2026', DenThang: '11/2026' };
    expect(ofLabour(row, { ...row, TyleDong: '32.0', TuThang: '11/2026', DenThang: '' })).toEqual(['PERSON_REPEATED']);
    expect(ofLabour({ ...row, DenThang: '' }, { ...row, TuThang: '11/2026', DenThang: '' })).toEqual([]);
    expect(ofLabour(row, { ...row, TyleDong: '4.5' })).toEqual([]);
    expect(ofLabour(row, { ...row, PA: 'DN' })).toEqual([]);
    // A long span takes in a later short one, with others between.
    expect(ofLabour({ ...row, TuThang: '01/2026', DenThang: '12/2026' }, { ...row, TuThang: '02/2026', DenThang: '02/2026' }, { ...row, TuThang: '10/2026' })).toEqual(['PERSON_REPEATED', 'PERSON_REPEATED']);
  });

  it('knows a person without a number by identity number, or by name and birth', () => {
    const row = { MasoBHXH: '', PA: 'CD', TuThang: '11/2026' };
    expect(ofLabour({ ...row, CMND: '001090000001' }, { ...row, CMND: '001090000001' })).toEqual(['PERSON_REPEATED']);
    expect(ofLabour({ ...row, HoTen: 'Lê  Văn Ba', NgaySinh: '1990' }, { ...row, HoTen: 'LÊ VĂN BA', NgaySinh: '1990' })).toEqual(['PERSON_REPEATED']);
    expect(ofLabour({ ...row, HoTen: 'Lê Văn Ba' }, { ...row, HoTen: 'Lê Văn Ba' })).toEqual([]);
  });
});

describe('a rule of a person', () => {
  it.each<[string, Row, string[]]>([
    ['the number on record', {}, []],
    ['the personal number instead', { MasoBHXH: '001090000001' }, ['INSURANCE_NUMBER_PERSONAL']],
    ['eleven digits', { MasoBHXH: '00109000001' }, ['INSURANCE_NUMBER_INVALID']],
    ['no number and nothing else', { MasoBHXH: '' }, ['PERSON_DATA_MISSING', 'PERSON_DATA_MISSING', 'PERSON_DATA_MISSING', 'PERSON_DATA_MISSING']],
    ['a child needs no card', { MasoBHXH: '', NgaySinh: '01/12/2010', GioiTinh: '1', QuocTich: 'VN' }, []],
    ['a person of sixteen does', { MasoBHXH: '', NgaySinh: '01/11/2010', GioiTinh: '1', QuocTich: 'VN' }, ['PERSON_DATA_MISSING']],
    ['a foreigner’s passport of digits', { QuocTich: 'US', CMND: '5123456789' }, []],
    ['a citizen’s card of ten digits', { QuocTich: 'VN', CMND: '5123456789' }, ['IDENTITY_NUMBER_INVALID']],
    ['a birth written more exactly than said', { NgaySinh: '01/01/1985', CCNS: '2' }, []],
    ['a birth written less exactly than said', { NgaySinh: '1985', CCNS: '1' }, ['BIRTH_EXACTNESS']],
    ['hospital of five digits with its province', { MaTinhBenhVien: '01', MaBenhVien: '01010' }, []],
    ['hospital of another province', { MaTinhBenhVien: '01', MaBenhVien: '79010' }, ['HOSPITAL_CODE']],
    ['hospital without province', { MaBenhVien: '01010' }, []],
    ['a telephone number with blanks', { Dienthoai_LH: '+84 (0)90-000.0000'.replace('(0)', '') }, []],
    ['letters for a telephone number', { Dienthoai_LH: 'gọi sau' }, ['TELEPHONE_SHAPE']],
    ['an address without a dot', { Email_LH: 'a@b' }, ['EMAIL_SHAPE']],
    ['an address with two at signs', { Email_LH: 'a@b@c.vn' }, ['EMAIL_SHAPE']],
  ])('%s', (_what, row, expected) => {
    expect(ofPerson(row)).toEqual(expected);
  });

  it('counts heads for each household by itself', () => {
    const household = (...relations: readonly string[]): string =>
      `<PhuLuc><DSThanhVien>${relations.map((relation, index) => `<ThanhVien><HoTen>N${index}</HoTen><MoiQuanHe>${relation}</MoiQuanHe></ThanhVien>`).join('')}</DSThanhVien></PhuLuc>`;
    const two = (first: string, second: string): string[] => codes(applyRules(rulesOfForms, contextOf({ 'TK1-TS': personXml([first, second].map((inner, index) => elements({ STT: String(index + 1), HoTen: 'A', MasoBHXH: String(7_900_000_000 + index), Noidung_Thaydoi: 'x' }) + inner)) })));
    expect(two(household('00', '08'), household('00'))).toEqual([]);
    expect(two(household('00', '08', '00'), household('01'))).toEqual(['HOUSEHOLD_HEADS', 'HOUSEHOLD_HEAD_MISSING']);
    expect(two('<PhuLuc/>', household())).toEqual([]);
  });
});

describe('whatever stands in the fields', () => {
  const texts = ['', ' ', '0', '1', '-1', '00', 'TM', 'GH', '12/2026', '99/9999', '31/02/2026', '2026', '1e400', 'Infinity', 'NaN', '0x10', '__proto__', 'constructor', '7900000011', '001090000001', '١٢٣٤', 'é'.normalize('NFD'), '\u{1F468}‍\u{1F469}', 'a@b', '9'.repeat(400), '𝟙𝟚/𝟚𝟘𝟚𝟞', '\u202e12/2026'];
  const fieldsOf = (form: string): string[] => [...new Set([...sampleOf(form).matchAll(/<(\w+)>/g)].map(([, name = '']) => name))];

  it('no rule throws, and every finding has a place', () => {
    let seed = 20_261_120;
    const random = (below: number): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    const pick = (): string => texts[random(texts.length)] ?? '';
    const found = new Set<string>();
    for (let round = 0; round < 300; round += 1) {
      const row = (form: string): Row => Object.fromEntries(fieldsOf(form).filter((name) => random(4) > 0 && !/NoiDung|ThongTin|LaoDong|PhuLuc|DSThanhVien|ThanhVien$|Cky/.test(name)).map((name) => [name, pick()]));
      const member = `<PhuLuc><DSThanhVien><ThanhVien>${elements(row('TK1-TS'))}</ThanhVien><ThanhVien>${elements(row('TK1-TS'))}</ThanhVien></DSThanhVien></PhuLuc>`;
      const head = `<ThongTinKhac><SoTheBHYT>${escaped(pick())}</SoTheBHYT></ThongTinKhac>`;
      const forms = { 'D02-TS': labourXml([row('D02-TS'), row('D02-TS'), row('D02-TS')], head), 'TK1-TS': personXml([elements(row('TK1-TS')) + member, elements(row('TK1-TS'))]) };
      const envelope = sampleOf('Hoso').replace(/(?<=<(?:KyKeKhai|NguoiKy|NgayLap|MaThuTuc|SoLuongFile|CoQuanQuanLy|MaIVAN)>)[^<]*/g, () => escaped(pick()));
      for (const { code, place } of applyRules(rules, contextOf(forms, envelope))) {
        found.add(code);
        expect([code, place.xpath !== undefined || code === 'FINDINGS_OMITTED']).toEqual([code, true]);
      }
    }
    // The texts reach most of the rules, so that this is a test of them.
    expect(found.size).toBeGreaterThan(30);
  });

  it('a form without its list, or with two, is passed over', () => {
    for (const xml of ['<D02-TS/>', '<D02-TS><NoiDung/><NoiDung/></D02-TS>', '<D02-TS><NoiDung><LaoDong/></NoiDung></D02-TS>']) {
      expect(applyRules(rulesOfForms, contextOf({ 'D02-TS': xml, 'TK1-TS': '<TK1-TS/>' }))).toEqual([]);
    }
  });
});

describe('a rule that fails for a whole list', () => {
  const rows = Array.from({ length: 9_000 }, (_, index) => ({ STT: String(index + 1), HoTen: 'A', MasoBHXH: '79', PA: 'GH', Loai: '1', TuThang: '11/2026' }));

  it('is reported a hundred times, each with its place, and then counted, beside every other', () => {
    const findings = applyRules(rulesOfForms, contextOf({ 'D02-TS': labourXml(rows) }));
    const counted = new Map<string, number>();
    for (const { code } of findings) counted.set(code, (counted.get(code) ?? 0) + 1);
    expect(Object.fromEntries(counted)).toEqual({ CHANGE_NOT_INCREASE: 100, PERSON_REPEATED: 100, INSURANCE_NUMBER_INVALID: 100, FINDINGS_OMITTED: 1 });
    expect(findings.at(-1)?.params).toEqual({ count: String(3 * 9_000 - 1 - 300) });
    expect(findings.slice(0, -1).filter(({ place }) => place.line === undefined)).toEqual([]);
  });

  it('finds no more places than a verdict shows', () => {
    let places = 0;
    const many = Array.from({ length: 20 }, () => formRule('ROW_NUMBERS', ['D02-TS'], function* (form) {
      for (let row = 0; row < 100; row += 1) yield finding('ROW_NUMBERS', { place: form.lists.get('NoiDung/LaoDong')?.place(row) ?? {} });
    }));
    for (const { place } of applyRules(many, contextOf({ 'D02-TS': labourXml(rows.slice(0, 100)) }))) places += place.line === undefined ? 0 : 1;
    expect(places).toBe(500);
  });
});
