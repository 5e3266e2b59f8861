// What the three schemas accept and refuse, field by field. Everything wire-format marks [A] or [B] must pass.
import { afterAll, describe, expect, test } from '@jest/globals';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { at, cyberLotusRow, d02, ebhRow, el, fields, hoso, removeChild, setText, tk1, violationsOf } from './documents.ts';
import type { TestElement } from './documents.ts';

const schemas = createSchemas();
afterAll(() => {
  schemas.dispose();
});

const told = (root: TestElement): string[] =>
  violationsOf(schemas, root.name, root).map(({ code, params }) => `${code} ${Object.values(params).join(' ')}`);

describe('D02-TS', () => {
  test('both vendors’ rows, in both orders, in one document', () => {
    expect(told(d02([ebhRow]))).toEqual([]);
    expect(told(d02([cyberLotusRow]))).toEqual([]);
    expect(told(d02([ebhRow, cyberLotusRow]))).toEqual([]);
  });

  test('order does not matter', () => {
    expect(told(d02([Object.fromEntries(Object.entries(ebhRow).reverse())]))).toEqual([]);
  });

  test('indented as it was signed', () => {
    const root = d02([ebhRow]);
    for (const path of ['NoiDung', 'NoiDung/LaoDong', 'ThongTinKhac']) at(root, path).children.push(() => '\r\n\t  ');
    root.children.unshift(() => '\n');
    expect(told(root)).toEqual([]);
  });

  test('without ThongTinKhac, without Cky', () => {
    const root = d02([ebhRow]);
    removeChild(root, 'ThongTinKhac');
    removeChild(root, 'Cky');
    expect(told(root)).toEqual([]);
  });

  test.each(Object.keys(ebhRow).filter((name) => !['STT', 'HoTen', 'MasoBHXH', 'TienLuong', 'TuThang', 'PA'].includes(name)))('%s may be absent', (name) => {
    const root = d02([ebhRow]);
    removeChild(at(root, 'NoiDung/LaoDong'), name);
    expect(told(root)).toEqual([]);
  });

  test.each(Object.keys(ebhRow).filter((name) => name !== 'HoTen' && name !== 'PA'))('%s may be empty', (name) => {
    expect(told(d02([{ ...ebhRow, [name]: '' }]))).toEqual([]);
  });

  const accepted: [string, string][] = [
    ['TienLuong', '5008000'], ['TienLuong', '5000000.00'], ['TienLuong', '4.98'], ['TyleDong', '32.0'], ['PhuCapLuong', '-120000.5'],
    ['MasoBHXH', '0123456789'], ['MasoBHXH', '001090000001'], ['CMND', '012345678'], ['CMND', 'B1234567'], ['NgaySinh', '1990'], ['NgaySinh', '09/1990'],
    ['DenThang', '12/2026'], ['ID', '0000000622'], ['HoTen', 'H’Hen Niê'], ['MavungLTT', '04'], ['PA', 'XX'], ['Loai', '3'], ['NgayChet', '01/02/2023'],
  ];
  test.each(accepted)('%s %s', (name, value) => {
    expect(told(d02([{ ...ebhRow, [name]: value }]))).toEqual([]);
  });

  const refused: [string, string][] = [
    ['TienLuong', '5,008,000'], ['TienLuong', '5008000 đ'], ['TienLuong', '1e7'], ['TienLuong', '.5'], ['MasoBHXH', '01234567890123'], ['MasoBHXH', '01A'],
    ['NgaySinh', '2/9/1990'], ['NgaySinh', '1990-09-02'], ['TuThang', '00/2026'], ['TuThang', '2026/05'], ['GioiTinh', 'Nam'], ['TinhLai', '2'],
    ['MucHuong', 'một'], ['HoTen', ''], ['HoTen', ' \n '], ['PA', ''], ['STT', 'một'], ['STT', '١'], ['Ghichu', 'x'.repeat(2001)], ['ChucVu', 'x'.repeat(501)],
  ];
  test.each(refused)('%s "%s" is refused', (name, value) => {
    expect(told(d02([{ ...ebhRow, [name]: value }]))).toEqual([`VALUE_INVALID ${name}`]);
  });

  test('a list of nobody, and a signature left in its place, are refused', () => {
    expect(told(d02([]))).toEqual(['ELEMENT_MISSING NoiDung LaoDong']);
    const root = d02([ebhRow]);
    at(root, 'Cky').children = [el('Signature')];
    expect(told(root)).toEqual(['ELEMENT_UNKNOWN Signature']);
    setText(at(root, 'Cky'), 'x');
    expect(told(root)).toEqual(['VALUE_INVALID Cky']);
  });
});

describe('TK1-TS', () => {
  test('with a household, with an empty one, with none', () => {
    const root = tk1();
    expect(told(root)).toEqual([]);
    at(root, 'NoiDung/LaoDong/PhuLuc').children = [];
    expect(told(root)).toEqual([]);
    removeChild(at(root, 'NoiDung/LaoDong'), 'PhuLuc');
    expect(told(root)).toEqual([]);
  });

  test('with the fields of the newer portal', () => {
    const root = tk1();
    at(root, 'NoiDung/LaoDong').children.push(...fields({ Nhan_BanDientu: '1', Nhan_Bangiay: '0', Tinh_NhanBangiay: '', DiachiNhanBangiay: '', hinhThucNhan: '' }));
    expect(told(root)).toEqual([]);
  });

  test('a wrong member of a household is named', () => {
    const root = tk1();
    setText(at(root, 'NoiDung/LaoDong/PhuLuc/DSThanhVien/ThanhVien/CCNS'), 'x');
    expect(violationsOf(schemas, 'TK1-TS', root)[0]?.element).toBe(at(root, 'NoiDung/LaoDong/PhuLuc/DSThanhVien/ThanhVien/CCNS'));
  });

  test('a household has at most 100 members', () => {
    const root = tk1();
    const members = at(root, 'NoiDung/LaoDong/PhuLuc/DSThanhVien');
    members.children.push(...Array.from({ length: 99 }, () => el('ThanhVien')));
    expect(told(root)).toEqual([]);
    members.children.push(el('ThanhVien'));
    expect(violationsOf(schemas, 'TK1-TS', root).map(({ element }) => element)).toEqual([at(root, 'NoiDung/LaoDong/PhuLuc/DSThanhVien/ThanhVien[101]')]);
  });

  test('name and date of birth are required', () => {
    const root = tk1();
    for (const name of ['HoTen', 'NgaySinh']) removeChild(at(root, 'NoiDung/LaoDong'), name);
    expect(told(root)).toEqual(['ELEMENT_MISSING LaoDong HoTen', 'ELEMENT_MISSING LaoDong NgaySinh']);
  });
});

describe('Hoso', () => {
  const withValue = (path: string, value: string): TestElement => {
    const root = hoso();
    setText(at(root, `NoiDung/${path}`), value);
    return root;
  };
  const FILE = 'ThongTinHoSo/ToKhais/FileToKhai';

  test('the envelope of an I-VAN, and its parts in another order', () => {
    const root = hoso();
    expect(told(root)).toEqual([]);
    for (const path of ['NoiDung', 'NoiDung/ThongTinDonVi', 'NoiDung/ThongTinHoSo', `NoiDung/${FILE}`]) at(root, path).children.reverse();
    expect(told(root)).toEqual([]);
  });

  test('an employer filing directly: I-VAN absent, or empty', () => {
    const root = hoso();
    setText(at(root, 'NoiDung/ThongTinIVAN/MaIVAN'), '');
    expect(told(root)).toEqual([]);
    at(root, 'NoiDung/ThongTinIVAN').children = [];
    expect(told(root)).toEqual([]);
    removeChild(at(root, 'NoiDung'), 'ThongTinIVAN');
    expect(told(root)).toEqual([]);
  });

  test('the I-VAN’s own signature slot, and white space in both', () => {
    const root = hoso();
    root.children.push(el('CKy_iVan', '\n'));
    setText(at(root, 'CKy_Dvi'), '\n    ');
    expect(told(root)).toEqual([]);
  });

  test('the case of CKy_iVan is exact, its place is last', () => {
    const root = hoso();
    root.children.push(el('CKy_IVan'));
    expect(told(root)).toEqual(['ELEMENT_UNKNOWN CKy_IVan']);
  });

  test.each(['NoiDung/ThongTinHoSo', 'NoiDung/ThongTinDonVi', 'CKy_Dvi', 'NoiDung/ThongTinHoSo/ToKhais', `NoiDung/${FILE}/NoiDungFile`])('%s is required', (path) => {
    const root = hoso();
    const steps = path.split('/');
    const name = steps.pop() ?? '';
    removeChild(steps.length === 0 ? root : at(root, steps.join('/')), name);
    expect(told(root)).toEqual([`ELEMENT_MISSING ${steps.at(-1) ?? 'Hoso'} ${name}`]);
  });

  test.each([
    ['ThongTinDonVi/MaSoThue', '0101300842'], ['ThongTinDonVi/MaSoThue', '0301519977029'], ['ThongTinDonVi/MaSoThue', '001090000001'],
    ['ThongTinDonVi/MaSoBHXH', 'TTP0009'], ['ThongTinIVAN/MaIVAN', '0101300842'], [`${FILE}/MaToKhai`, '.xml'], [`${FILE}/LoaiFile`, '.PDF'],
    ['ThongTinHoSo/MaThuTuc', '30101/HNO'], ['ThongTinHoSo/QuyTrinhISO', 'x'],
  ])('%s %s', (path, value) => {
    expect(told(withValue(path, value))).toEqual([]);
  });

  test.each([
    ['ThongTinHoSo/KyKeKhai', 'tháng năm'], ['ThongTinHoSo/NgayLap', '31/02/2026'], ['ThongTinHoSo/MaThuTuc', '999'], ['ThongTinDonVi/CoQuanQuanLy', '99999'],
  ])('%s "%s" passes: a rule with its own words judges it', (path, value) => {
    expect(told(withValue(path, value))).toEqual([]);
  });

  test.each([
    ['ThongTinHoSo/SoLuongFile', ''], ['ThongTinHoSo/SoLuongFile', '-1'], [`${FILE}/DoDaiFile`, '4 kB'], [`${FILE}/DoDaiFile`, '99999999999'],
    ['ThongTinDonVi/MaSoThue', '123456789'], ['ThongTinDonVi/MaSoThue', '0101300842-99'], ['ThongTinDonVi/MaSoBHXH', 'TZ 0001'], ['ThongTinDonVi/MaSoBHXH', ''],
    [`${FILE}/TenFile`, ''], [`${FILE}/MaToKhai`, ''], ['ThongTinHoSo/KyKeKhai', 'x'.repeat(101)], ['ThongTinDonVi/TenDoiTuong', 'x'.repeat(501)],
  ])('%s "%s" is refused', (path, value) => {
    expect(told(withValue(path, value))).toEqual([`VALUE_INVALID ${path.split('/').at(-1) ?? ''}`]);
  });
});
