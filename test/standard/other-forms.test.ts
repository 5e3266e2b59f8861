// Guarantee: the rules of the benefit, health, voluntary, unit, document and book forms speak at their boundary and not before it; none throws
// whatever stands in the fields; and their cost grows with the list.
import { afterAll, describe, expect, it } from '@jest/globals';

import { readEnvelope } from '../../src/standard/envelope.ts';
import { applyRules, rulesOfForms } from '../../src/standard/rules/apply.ts';
import { longestLeave } from '../../src/standard/rules/leave.ts';
import type { FormContent, RecordTable } from '../../src/standard/form-content.ts';
import type { RuleContext } from '../../src/standard/rules/rule.ts';
import { isWholeUse, PROPORTIONAL_FROM, usedMonths } from '../../src/standard/rules/used-months.ts';
import { plainNameOf } from '../../src/standard/rules/written.ts';
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

const rowsOf = (name: string, rows: readonly Row[]): string => rows.map((row) => `<${name}>${elements(row)}</${name}>`).join('');

function contextOf(form: string, xml: string, receivedAt = examplesReceivedAt): RuleContext {
  const document = parse(Buffer.from(sampleOf('Hoso')));
  const envelope = readUnsigned(document, { path: ['Hoso', 'CKy_Dvi'] });
  const read = judgeForm(schemas, form, readUnsigned(parse(Buffer.from(xml)), { path: [form, 'Cky'] }), receivedAt, `${form}.xml`)?.content;
  return {
    envelope: readEnvelope(envelope), procedure: undefined, standard, ruleSet: standard.ruleSetAt(receivedAt), receivedAt, signer: undefined, sender: { kind: 'direct' },
    formCodes: [form], files: [], forms: read === undefined ? [] : [read], placeOf: (field) => placeOf(document.bytes, envelope.root, field?.element ?? envelope.root),
  };
}

const found = (form: string, xml: string, receivedAt?: Date): string[] => applyRules(rulesOfForms, contextOf(form, xml, receivedAt)).map(({ code }) => code);

const benefitXml = (rows: readonly Row[], regime = 'CheDoOmDau', head: Row = {}, part = 'PhatSinh'): string =>
  `<M01B-HSB><ThongTinKhac>${elements(head)}</ThongTinKhac><NoiDung><${part}><${regime}>${rowsOf('LaoDong', rows)}</${regime}></${part}></NoiDung><Cky/></M01B-HSB>`;
const ill: Row = { MaNhomHuong: 'O1', SoBHXH: '7900000011', HoTen: 'Đỗ Văn Một', TuNgay: '05/10/2026', DenNgay: '09/10/2026', TongSoNgay: '5' };
const birth: Row = { MaNhomHuong: 'T12', SoBHXH: '7900000022', HoTen: 'B', TuNgay: '31/08/2026', DenNgay: '28/02/2027', SoCon: '1' };

describe('a sickness benefit', () => {
  it.each<[string, Row, string[]]>([
    ['five days of five', {}, []],
    ['one day', { DenNgay: '05/10/2026', TongSoNgay: '1' }, []],
    ['six days of five', { TongSoNgay: '6' }, ['BENEFIT_DAYS_EXCEED']],
    ['half a day', { TongSoNgay: '0.5' }, []],
    ['days over new year', { TuNgay: '31/10/2026', DenNgay: '01/11/2026', TongSoNgay: '2' }, []],
    ['until the day of reception', { DenNgay: '20/11/2026' }, []],
    ['until the day after', { DenNgay: '21/11/2026' }, ['BENEFIT_DAYS_AHEAD']],
    ['seventy days', { TuNgay: '01/09/2026', DenNgay: '20/11/2026', TongSoNgay: '70' }, []],
    ['one more', { TuNgay: '01/09/2026', DenNgay: '20/11/2026', TongSoNgay: '71' }, ['BENEFIT_LENGTH']],
    ['one more of a long disease', { TuNgay: '01/09/2026', DenNgay: '20/11/2026', TongSoNgay: '71', MaBenhDaiNgay: 'C50' }, []],
    ['an ill child', { MaNhomHuong: 'O2', TuNgay: '15/10/2026', DenNgay: '10/11/2026', TongSoNgay: '21' }, ['BENEFIT_LENGTH']],
    ['two ill children', { MaNhomHuong: 'O2', TuNgay: '15/10/2026', DenNgay: '10/11/2026', TongSoNgay: '21', SoCon: '2' }, []],
    ['no last day', { DenNgay: '' }, ['BENEFIT_PERIOD_MISSING']],
    ['a day that is none is the schema’s matter', { DenNgay: '31/11/2026' }, []],
    ['nobody', { SoBHXH: '' }, ['BENEFIT_PERSON_UNKNOWN']],
    ['an identity number alone', { SoBHXH: '', SoCMND: '079090000011' }, []],
    ['an identity number of ten digits', { SoCMND: '0790900000' }, ['IDENTITY_NUMBER_UNLIKELY']],
    ['an account of the person, written by a bank', { HinhThucNhan: 'ATM', SoTaiKhoan: '1', MaNganHang: '1', TenChuTaiKhoan: 'DO  VAN MOT' }, []],
    ['an account of somebody else', { HinhThucNhan: 'ATM', SoTaiKhoan: '1', MaNganHang: '1', TenChuTaiKhoan: 'DO VAN HAI' }, ['ACCOUNT_HOLDER_DIFFERS']],
    ['DDCHI without any account, as a real client writes it', { HinhThucNhan: 'DDCHI' }, []],
    ['DDCHI with an account of no bank', { HinhThucNhan: 'DDCHI', SoTaiKhoan: '1' }, ['PAYMENT_ACCOUNT_INCOMPLETE']],
    ['a child ill before its birth', { NgaySinhCon: '21/11/2026' }, ['EVENT_IN_FUTURE']],
  ])('%s', (_what, row, expected) => {
    expect(found('M01B-HSB', benefitXml([{ ...ill, ...row }]))).toEqual(expected);
  });

  it('is late when 45 days and 7 working days have passed since its end, without a reason', () => {
    const late = (day: string, received: string, head: Row = {}): string[] => found('M01B-HSB', benefitXml([{ ...ill, TuNgay: '01/09/2026', DenNgay: day, TongSoNgay: '1' }], 'CheDoOmDau', head), new Date(`${received}T09:00:00+07:00`));
    // 11/09 + 45 days is Monday 26/10; the seventh working day after it is Wednesday 04/11.
    expect(late('11/09/2026', '2026-11-04')).toEqual([]);
    expect(late('11/09/2026', '2026-11-05')).toEqual(['LATE_WITHOUT_EXPLANATION']);
    expect(late('11/09/2026', '2026-11-05', { LyDoGiaiTrinh: 'Ốm nặng' })).toEqual([]);
  });

  it('is asked for once: the very same row refuses, overlapping days warn, days side by side are well', () => {
    const codes = (...rows: readonly Row[]): string[] => found('M01B-HSB', benefitXml(rows.map((row) => ({ ...ill, ...row }))));
    expect(codes({}, {})).toEqual(['BENEFIT_REPEATED']);
    expect(codes({}, { DenNgay: '10/10/2026' })).toEqual(['BENEFIT_OVERLAPS']);
    expect(codes({}, { MaNhomHuong: 'O2' })).toEqual(['BENEFIT_OVERLAPS']);
    expect(codes({}, { TuNgay: '10/10/2026', DenNgay: '14/10/2026' })).toEqual([]);
    expect(codes({}, { SoBHXH: '7900000033' })).toEqual([]);
    expect(found('M01B-HSB', benefitXml([{ ...ill, DotDaGiaiQuyet: '20261000001', LyDoDieuChinh: 'x' }, { ...ill, DotDaGiaiQuyet: '20261000001', LyDoDieuChinh: 'x', DenNgay: '10/10/2026' }], 'CheDoOmDau', {}, 'DieuChinh'))).toEqual([]);
  });
});

describe('a maternity or convalescence benefit', () => {
  it.each<[string, Row, string[]]>([
    ['six months from the last of August', {}, []],
    ['a week more', { DenNgay: '08/03/2027' }, ['BENEFIT_LENGTH']],
    ['a month more for twins', { DenNgay: '31/03/2027', SoCon: '2' }, []],
    ['not begun', { TuNgay: '21/11/2026', DenNgay: '20/05/2027' }, ['BENEFIT_DAYS_AHEAD']],
    ['no days, as of an allowance', { TuNgay: '', DenNgay: '' }, []],
    ['a group of sickness', { MaNhomHuong: 'O1' }, ['BENEFIT_GROUP_REGIME']],
    ['a child that died on the day of its birth', { NgaySinhCon: '31/08/2026', NgayConChet: '31/08/2026' }, []],
  ])('%s', (_what, row, expected) => {
    expect(found('M01B-HSB', benefitXml([{ ...birth, ...row }], 'CheDoThaiSan'))).toEqual(expected);
  });

  it('of convalescence is ten days at most', () => {
    const days = (count: string): string[] => found('M01B-HSB', benefitXml([{ ...ill, MaNhomHuong: 'D1', TuNgay: '01/11/2026', DenNgay: '14/11/2026', TongSoNgay: count }], 'CheDoDuongSuc'));
    expect([days('10'), days('11')]).toEqual([[], ['BENEFIT_LENGTH']]);
  });

  it('knows the longest leave in days of the calendar', () => {
    const days = (from: string, children = 1): number | undefined => longestLeave({ regime: 'maternity', group: 'T12', from, children });
    expect([days('01/10/2026'), days('01/10/2026', 2), days('31/13/2026')]).toEqual([183, 213, undefined]);
  });

  it.each([['20261101', []], ['20261201', ['BENEFIT_BATCH_UNLIKELY']], ['20260001', ['BENEFIT_BATCH_UNLIKELY']], ['202611', ['BENEFIT_BATCH_UNLIKELY']], ['', []]])('batch %s', (batch, expected) => {
    expect(found('M01B-HSB', benefitXml([ill], 'CheDoOmDau', { DotXetDuyet: batch }))).toEqual(expected);
  });
});

describe('a voluntary contribution', () => {
  const xml = (...rows: readonly Row[]): string => `<D05-TS><NoiDung>${rowsOf('LaoDong', rows)}</NoiDung><Cky/></D05-TS>`;
  const row: Row = { HoTen: 'A', MasoBHXH: '7900000011', MucTien: '1500000', Tuthang: '11/2026', Sothang: '6', Tongtien: '1980000', PA: 'TM', Tyle: '22' };
  it.each<[string, Row, string[]]>([
    ['income times months times rate', {}, []],
    ['the contribution of a month instead of the income', { MucTien: '330000' }, []],
    ['rounded by the month', { Tongtien: '1980006' }, []],
    ['not rounded', { Tongtien: '1980007' }, ['VOLUNTARY_TOTAL']],
    ['with a factor', { Tongtien: '1900000', Heso: '0.95' }, []],
    ['the greatest income', { MucTien: '46800000', Tongtien: '61776000' }, []],
    ['a đồng more', { MucTien: '46800001', Tongtien: '' }, ['VOLUNTARY_INCOME_RANGE']],
    ['an income before the line was drawn', { MucTien: '700000', Tuthang: '12/2021', Tongtien: '' }, []],
    ['parts that make the whole', { TienTudong: '1584000', TienHotro: '396000', TyleNSNN: '20' }, []],
    ['support above its share', { TienTudong: '1583993', TienHotro: '396007', TyleNSNN: '20' }, ['SUPPORT_EXCEEDS_SHARE']],
    ['all of it support', { TyleNSNN: '50', TyleNSDP: '30', TyleHotroKhac: '20' }, []],
    ['more than all', { TyleNSNN: '50', TyleNSDP: '30', TyleHotroKhac: '20.01' }, ['SUPPORT_ABOVE_WHOLE']],
  ])('%s', (_what, changed, expected) => {
    expect(found('D05-TS', xml({ ...row, ...changed }))).toEqual(expected);
  });

  it('is for a month once', () => {
    expect(found('D05-TS', xml(row, { ...row, Tuthang: '04/2027' }))).toEqual(['VOLUNTARY_PERSON_REPEATED']);
    expect(found('D05-TS', xml(row, { ...row, Tuthang: '05/2027' }))).toEqual([]);
    expect(found('D05-TS', xml(row, { ...row, PA: 'DC' }))).toEqual([]);
  });
});

describe('a unit and its documents', () => {
  const unit = (row: Row, changes: readonly Row[] = []): string[] => found('TK3-TS', `<TK3-TS><NoiDung>${elements({ NoiDungYeuCau: 'x', ...row })}<DSThayDoi>${rowsOf('ThayDoi', changes)}</DSThayDoi></NoiDung><Cky/></TK3-TS>`);
  const document = (row: Row): string[] => found('D01-TS', `<D01-TS><NoiDung><BangKe>${rowsOf('ThongTin', [{ HoTen: 'A', TenLoaiVanBan: 'HĐLĐ', SoVanBan: '1', CoQuanBanHanh: 'B', NgayBanHanh: '01/11/2026', ...row }])}</BangKe></NoiDung><Cky/></D01-TS>`);

  it('compares codes as they are meant', () => {
    expect(unit({ MaDonVi: 'ts12345', MaSoThue: '0101300842' })).toEqual([]);
    expect(unit({ MaSoThue: '0101300842-001' })).toEqual(['UNIT_TAX_CODE_DIFFERS']);
    expect(unit({ MaSoThue: '0101300843' }, [{ ChiTieu: 'Mã số thuế', NoiDungCu: '1', NoiDungMoi: '2' }])).toEqual([]);
    expect(unit({ MaDonVi: '', MaSoThue: '' })).toEqual([]);
  });

  it('takes an emptied item for a change, but not one that stays as it is', () => {
    expect(unit({}, [{ ChiTieu: 'Email', NoiDungCu: 'a@b.vn', NoiDungMoi: '' }])).toEqual([]);
    expect(unit({}, [{ ChiTieu: 'Email', NoiDungCu: '', NoiDungMoi: '' }])).toEqual(['UNIT_CHANGE_WITHOUT_CONTENT']);
    expect(unit({ MaDonVi: 'TS12345', NoiDungYeuCau: '' })).toEqual(['UNIT_REQUEST_MISSING']);
    expect(unit({ NoiDungYeuCau: '' })).toEqual([]);
  });

  it('reads both ways of writing a day', () => {
    expect(document({ NgayBanHanh: '2026-11-20T23:59:59', NgayHieuLuc: '20/11/2026' })).toEqual([]);
    expect(document({ NgayBanHanh: '2026-11-21', NgayHieuLuc: '' })).toEqual(['DOCUMENT_DAY_IN_FUTURE']);
    expect(document({ NgayHieuLuc: '2026-10-31' })).toEqual(['DOCUMENT_RETROACTIVE']);
    expect(document({ NgayBanHanh: '2026-13-45' })).toEqual([]);
    expect(document({ SoVanBan: '', CoQuanBanHanh: '' })).toEqual(['DOCUMENT_INCOMPLETE']);
  });
});

describe('a review of books', () => {
  const list = (head: Row, rows: readonly Row[], receivedAt?: Date): string[] => found('M01-320', `<M01-320><ThongTinKhac>${elements({ DenThang: '12/2025', NgayLap: '20/11/2026', SoNguoi: String(rows.length), ...head })}</ThongTinKhac><NoiDung>${rowsOf('NguoiLaoDong', rows)}</NoiDung><Cky/></M01-320>`, receivedAt);
  const books: readonly Row[] = [{ MasoBHXH: '0296000001', LoaiSo: 'BIA', SoToRoi: '2' }, { MasoBHXH: '0296000002', LoaiSo: 'S24', SoToRoi: '0' }];

  it('counts covers among the books or beside them', () => {
    expect(list({ SoSo: '2', SoBia: '1', SoToRoi: '2' }, books)).toEqual([]);
    expect(list({ SoSo: '1', SoBia: '1', SoToRoi: '2' }, books)).toEqual([]);
    expect(list({ SoSo: '3', SoBia: '2', SoToRoi: '1' }, books)).toEqual(['BOOK_COUNTS', 'BOOK_COUNTS', 'BOOK_COUNTS']);
    expect(list({ SoSo: '9', SoBia: '9', SoToRoi: '9' }, books.map(({ MasoBHXH = '' }) => ({ MasoBHXH })))).toEqual([]);
  });

  it('goes up to December of the year before, that of the list when it arrives after new year', () => {
    const january = new Date('2027-01-04T09:00:00+07:00');
    expect(list({ DenThang: '12/2026' }, books, january)).toEqual([]);
    expect(list({ DenThang: '12/2025' }, books, january)).toEqual([]);
    expect(list({ DenThang: '12/2025', NgayLap: '04/01/2027' }, books, january)).toEqual(['BOOK_CUTOFF']);
    expect(list({ DenThang: '12/2024' }, books)).toEqual(['BOOK_CUTOFF']);
  });

  const person: Row = { MasoBHXH: '0296000001', HoTen: 'A', XacNhan: 'TT' };
  const period: Row = { MasoBHXH: '0296000001', Quy: 'BHTN', TuThang: '01/2016', DenThang: '12/2016', DaHuong: '1' };
  const data = (option: string, ...periods: readonly Row[]): string[] => found('M01a-320', `<M01a-320><ThongTinKhac><DenThang>12/2025</DenThang></ThongTinKhac><NoiDung><DSNguoi>${rowsOf('Nguoi', [{ ...person, XacNhan: option }])}</DSNguoi><DSQuaTrinh>${rowsOf('QuaTrinh', periods)}</DSQuaTrinh></NoiDung><Cky/></M01a-320>`);

  it('wants time before 1995 confirmed, and periods of one fund apart', () => {
    expect(data('TX', { ...period, Quy: 'BHXH', TuThang: '12/1994', DaHuong: '0' })).toEqual(['BOOK_UNCONFIRMED']);
    expect(data('TX', { ...period, Quy: 'BHXH', TuThang: '12/1994', DaHuong: '0', CoXacNhan: '1' })).toEqual([]);
    expect(data('TX', { ...period, Quy: 'BHXH', TuThang: '01/1995', DaHuong: '0' })).toEqual([]);
    expect(data('TX', period, { ...period, TuThang: '12/2016', DenThang: '12/2017' })).toEqual(['BOOK_PERIODS_OVERLAP']);
    expect(data('TX', period, { ...period, Quy: 'BHXH' })).toEqual([]);
  });

  it('wants a cut to be of something, and of twelve months for each of benefit since 2015', () => {
    expect(data('TT', period)).toEqual([]);
    expect(data('TT', { ...period, DenThang: '11/2016' })).toEqual(['BOOK_USED_MONTHS']);
    expect(data('TT', { ...period, TuThang: '01/2010', DenThang: '07/2014' })).toEqual([]);
    expect(data('CT', period)).toEqual(['BOOK_CUT_WITHOUT_PERIOD']);
    expect(data('TX', { ...period, DenThang: '11/2016' })).toEqual([]);
  });

  it('uses twelve months for each month of unemployment benefit since 2015, and all before', () => {
    expect([usedMonths(3, 40, PROPORTIONAL_FROM), usedMonths(3, 30, PROPORTIONAL_FROM), usedMonths(0, 40, PROPORTIONAL_FROM)]).toEqual([36, 30, 0]);
    expect([usedMonths(3, 40, PROPORTIONAL_FROM - 1), usedMonths(1, 0, PROPORTIONAL_FROM - 1)]).toEqual([40, 0]);
    expect([0, 11, 12, 13, 36, -12].map(isWholeUse)).toEqual([true, false, true, false, true, false]);
  });

  const slip = (form: string, row: Row): string[] => found(form, `<${form}><NoiDung>${elements(row)}</NoiDung><Cky/></${form}>`);

  it('counts the working days of its slips by the calendar', () => {
    // 24/11 is a holiday since 2026.
    expect(slip('C02-TS', { NgayGui: '23/11/2026', HanTraLoi: '26/11/2026', NoiGui: 'SO_THE', NoiNhan: 'THU' })).toEqual([]);
    expect(slip('C02-TS', { NgayGui: '23/11/2026', HanTraLoi: '25/11/2026' })).toEqual(['SLIP_DUE_DAY']);
    expect(slip('C02-TS', { NgayGui: '23/11/2026', HanTraLoi: '20/11/2026' })).toEqual(['SLIP_DAYS_REVERSED']);
    expect(slip('PGNHS-320', { NgayNhan: '05/01/2026', NgayHenTra: '06/01/2026' })).toEqual(['SLIP_DUE_DAY']);
    expect(slip('PGNHS-320', { NgayNhan: '23/11/2026', NgayHenTra: '24/11/2026' })).toEqual([]);
  });
});

describe('names', () => {
  it('are compared with a bank’s spelling', () => {
    expect(plainNameOf('Đỗ  Thị Bưởi')).toBe('DO THI BUOI');
    expect(plainNameOf('Nguyễn Văn A'.normalize('NFD'))).toBe('NGUYEN VAN A');
  });
});

describe('whatever stands in the fields', () => {
  const forms = ['M01B-HSB', 'M05A-HSB', 'D03-TS', 'D05-TS', 'TK3-TS', 'D01-TS', 'M01-320', 'M01a-320', 'M02-320', 'PGNHS-320', 'C02-TS'];
  const texts = ['', ' ', '0', '1', '-1', '99999999999999', 'TT', 'TM', 'ATM', 'DDCHI', '12/2026', '99/9999', '31/02/2026', '01/01/2027', '2026-13-01', '2027-01-01T00:00:00', '1e400', 'NaN', '__proto__', '7900000011', '9'.repeat(400), '\u{1F468}‍\u{1F469}', '\u202e12/2026', '𝟙𝟚/𝟚𝟘𝟚𝟞', '20269901'];
  let seed = 20_261_120;
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const shaken = (xml: string): string => xml.replace(/(?<=<(\w+)>)[^<>]*(?=<\/\1>)/g, (text) => (random(3) === 0 ? escaped(texts[random(texts.length)] ?? '') : text));

  it.each(forms)('no rule of %s throws, and every finding has a place', (form) => {
    const seen = new Set<string>();
    for (let round = 0; round < 60; round += 1) {
      for (const { code, place } of applyRules(rulesOfForms, contextOf(form, shaken(sampleOf(form))))) {
        seen.add(code);
        expect([code, place.xpath !== undefined || code === 'FINDINGS_OMITTED']).toEqual([code, true]);
      }
    }
    // The texts reach some of the rules, so that this is a test of them.
    expect(seen.size).toBeGreaterThan(0);
    for (const xml of [`<${form}/>`, `<${form}><NoiDung/><NoiDung/><ThongTinKhac/><ThongTinKhac/></${form}>`]) {
      expect(found(form, xml).filter((code) => code !== 'BENEFIT_LIST_EMPTY')).toEqual([]);
    }
  });

  it('a long list of one person costs as its length', () => {
    const reads = (size: number): number => {
      let count = 0;
      const counted = (texts: readonly string[]): readonly string[] => new Proxy(texts, { get: (target, name) => { count += 1; return Reflect.get(target, name) as unknown; } });
      const context = contextOf('M01B-HSB', benefitXml(Array.from({ length: size }, (_, row) => ({ ...ill, SoSeriCT: String(row) }))));
      const forms = context.forms.map((form): FormContent => ({
        ...form,
        lists: new Map([...form.lists].map(([path, list]): [string, RecordTable] => [path, {
          path, size: list.size, column: (name) => counted(list.column(name)), isConstant: (name) => list.isConstant(name), place: (row, name) => list.place(row, name), owner: (row) => list.owner(row),
        }])),
      }));
      expect(applyRules(rulesOfForms, { ...context, forms }).at(-1)?.params).toEqual({ count: String(size - 1 - 100) });
      return count;
    };
    // Eight times the rows; quadratic would be 64 times the reads.
    expect(reads(16_000) / reads(2000)).toBeLessThan(9);
  });
});
