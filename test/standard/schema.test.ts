import { afterAll, describe, expect, test } from '@jest/globals';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { at, cyberLotusRow, d02, ebhRow, el, fields, hoso, removeChild, setText, tk1, violationsOf } from './documents.ts';
import type { FoundViolation, TestElement } from './documents.ts';

const schemas = createSchemas();
afterAll(() => {
  schemas.dispose();
});

const check = (root: TestElement): FoundViolation[] => violationsOf(schemas, root.name, root);
const told = (root: TestElement): string[] => check(root).map(({ code, params }) => `${code} ${Object.values(params).join(' ')}`);

describe('a wrong document is found wrong, and the element is the caller’s own', () => {
  test('a value', () => {
    const root = d02([ebhRow, ebhRow]);
    const wrong = at(root, 'NoiDung/LaoDong[2]/TienLuong');
    setText(wrong, '5.008.000');
    expect(check(root)).toEqual([{ code: 'VALUE_INVALID', element: wrong, params: { element: 'TienLuong' }, value: '5.008.000' }]);
    expect(check(root)[0]?.element).toBe(wrong);
  });

  test.each([501, 4096, 4097, 200_000])('%i blanks where at most 500 characters may stand', (count) => {
    const root = d02([ebhRow]);
    setText(at(root, 'NoiDung/LaoDong/ChucVu'), ' '.repeat(count));
    expect(told(root)).toEqual(['VALUE_INVALID ChucVu']);
  });

  test('a missing element: the parent, and what it lacks', () => {
    const root = d02([ebhRow, cyberLotusRow]);
    const row = at(root, 'NoiDung/LaoDong[2]');
    removeChild(row, 'PA');
    const [violation, ...others] = check(root);
    expect(others).toEqual([]);
    expect(violation).toMatchObject({ code: 'ELEMENT_MISSING', params: { element: 'LaoDong', expected: 'PA' } });
    expect(violation?.element).toBe(row);
  });

  test('an unknown element', () => {
    const root = d02([ebhRow]);
    const stranger = el('GhiChuMoi', 'x');
    at(root, 'NoiDung/LaoDong').children.splice(3, 0, stranger);
    expect(check(root)).toEqual([{ code: 'ELEMENT_UNKNOWN', element: stranger, params: { element: 'GhiChuMoi' } }]);
    expect(check(root)[0]?.element).toBe(stranger);
  });

  test('a repeated element: the second one', () => {
    const root = d02([ebhRow]);
    const second = el('HoTen', 'Người Khác');
    at(root, 'NoiDung/LaoDong').children.push(second);
    expect(check(root)[0]?.element).toBe(second);
    expect(told(root)).toEqual(['ELEMENT_UNKNOWN HoTen']);
  });

  test('a second content beside the first', () => {
    const root = hoso();
    const second = el('NoiDung');
    root.children.splice(1, 0, second);
    expect(told(root)).toEqual(['ELEMENT_UNKNOWN NoiDung']);
    expect(check(root)[0]?.element).toBe(second);
  });

  test('another root', () => {
    expect(violationsOf(schemas, 'D02-TS', tk1()).map(({ code, params }) => [code, params])).toEqual([['ELEMENT_UNKNOWN', { element: 'TK1-TS' }]]);
  });

  test('text between elements, and elements inside a text', () => {
    const root = d02([ebhRow]);
    at(root, 'NoiDung').children.push(() => 'chữ lạc');
    at(root, 'NoiDung/LaoDong/HoTen').children.push(el('b', 'x'));
    expect(told(root)).toEqual(['VALUE_INVALID NoiDung', 'ELEMENT_UNKNOWN b']);
  });

  test('an element at the wrong place of a sequence is named alone', () => {
    const root = hoso();
    root.children.reverse();
    expect(told(root)).toEqual(['ELEMENT_UNKNOWN CKy_Dvi']);
  });

  test('an element that is missing before another is reported as missing, not the other as unknown', () => {
    const root = hoso();
    removeChild(root, 'NoiDung');
    expect(told(root)).toEqual(['ELEMENT_MISSING Hoso NoiDung']);
  });
});

describe('everything that is wrong is said at once', () => {
  test('two errors in two places, in document order', () => {
    const root = d02([ebhRow, ebhRow, ebhRow]);
    setText(at(root, 'NoiDung/LaoDong[3]/TuThang'), '13/2026');
    setText(at(root, 'ThongTinKhac/SoTheBHYT'), 'hai');
    expect(told(root)).toEqual(['VALUE_INVALID SoTheBHYT', 'VALUE_INVALID TuThang']);
  });

  test('an unknown element hides nothing behind it', () => {
    const root = d02([ebhRow, ebhRow]);
    const row = at(root, 'NoiDung/LaoDong');
    row.children.unshift(el('La1'), el('La2'));
    setText(at(row, 'NgaySinh'), '1990-09-02');
    root.children.unshift(el('LaLuon'));
    setText(at(root, 'NoiDung/LaoDong[2]/HoTen'), '   ');
    expect(told(root)).toEqual(['ELEMENT_UNKNOWN LaLuon', 'ELEMENT_UNKNOWN La1', 'ELEMENT_UNKNOWN La2', 'VALUE_INVALID NgaySinh', 'VALUE_INVALID HoTen']);
  });

  test('every missing child, beside an unknown one', () => {
    const root = hoso();
    const unit = at(root, 'NoiDung/ThongTinDonVi');
    unit.children = [el('MaDonVi', 'x')];
    const missing = ['TenDoiTuong', 'MaSoBHXH', 'MaSoThue', 'CoQuanQuanLy'].map((name) => `ELEMENT_MISSING ThongTinDonVi ${name}`);
    expect(told(root)).toEqual([...missing, 'ELEMENT_UNKNOWN MaDonVi']);
  });

  test('two rules broken by one value are one violation', () => {
    const root = hoso();
    setText(at(root, 'NoiDung/ThongTinDonVi/MaSoThue'), 'x'.repeat(3000));
    expect(told(root)).toEqual(['VALUE_INVALID MaSoThue']);
  });

  test('at most 200 violations, the first ones', () => {
    const root = d02(Array.from({ length: 1000 }, (_, index) => ({ ...ebhRow, STT: String(index), PA: '' })));
    const found = check(root);
    expect(found).toHaveLength(200);
    expect(found[199]?.element).toBe(at(root, 'NoiDung/LaoDong[200]/PA'));
  });
});

describe('what is outside the form’s own names is never valid', () => {
  const foreign = (element: TestElement): TestElement => ({ ...element, namespace: 'urn:x' });

  test('an element in a namespace, even with a name of the form', () => {
    const root = d02([ebhRow]);
    const stranger = foreign(el('MaPhongBan'));
    at(root, 'NoiDung/LaoDong').children.push(stranger);
    expect(check(root)).toEqual([{ code: 'ELEMENT_UNKNOWN', element: stranger, params: { element: 'MaPhongBan' } }]);
  });

  test('a required element in a namespace is both strange and missing', () => {
    const root = hoso();
    root.children.splice(1, 1, foreign(el('CKy_Dvi')));
    expect(told(root)).toEqual(['ELEMENT_MISSING Hoso CKy_Dvi', 'ELEMENT_UNKNOWN CKy_Dvi']);
  });

  test('a root in a namespace', () => {
    expect(told(foreign(d02([ebhRow])))).toEqual(['ELEMENT_UNKNOWN D02-TS']);
  });

  test('an attribute', () => {
    const root = d02([ebhRow]);
    at(root, 'NoiDung').attributes.push({ name: 'loai', namespace: '' }, { name: 'a', namespace: 'urn:x' }, { name: 'Id', namespace: '' });
    expect(told(root)).toEqual(['ELEMENT_UNKNOWN NoiDung/@loai', 'ELEMENT_UNKNOWN NoiDung/@a']);
  });

  test('xsi attributes have no effect: no type is switched, no schema loaded, no requirement lifted', () => {
    const root = d02([{ ...ebhRow, PA: '' }]);
    const xsi = 'http://www.w3.org/2001/XMLSchema-instance';
    root.attributes.push({ name: 'noNamespaceSchemaLocation', namespace: xsi });
    at(root, 'NoiDung/LaoDong/PA').attributes.push({ name: 'nil', namespace: xsi }, { name: 'type', namespace: xsi });
    expect(told(root)).toEqual(['VALUE_INVALID PA']);
  });
});

describe('size costs time, not exactness', () => {
  const many = (count: number): TestElement => d02(Array.from({ length: count }, () => cyberLotusRow));

  test('the one error in a document of 70 000 elements is found at its element', () => {
    const root = many(2600);
    const wrong = at(root, 'NoiDung/LaoDong[2599]/TyleDong');
    setText(wrong, '30%');
    const found = check(root);
    expect(found).toHaveLength(1);
    expect(found[0]?.element).toBe(wrong);
    removeChild(at(root, 'NoiDung/LaoDong[2600]'), 'HoTen');
    expect(check(root)[1]?.element).toBe(at(root, 'NoiDung/LaoDong[2600]'));
  });

  test('a faulty frame is reported once, however many groups of records there are', () => {
    const root = many(450);
    setText(at(root, 'ThongTinKhac/SoTheBHYT'), 'x');
    removeChild(at(root, 'NoiDung/LaoDong[401]'), 'HoTen');
    expect(told(root)).toEqual(['VALUE_INVALID SoTheBHYT', 'ELEMENT_MISSING LaoDong HoTen']);
  });

  test('a record that is wrong in every field of every row stays within the bound', () => {
    const broken = Object.fromEntries(Object.keys(ebhRow).map((name) => [name, '']));
    const root = d02(Array.from({ length: 5000 }, () => ({ ...broken, TienLuong: 'x', TuThang: 'x' })));
    const before = process.cpuUsage();
    expect(check(root)).toHaveLength(200);
    expect(process.cpuUsage(before).user).toBeLessThan(20_000_000); // microseconds of work, not of waiting for a busy machine
  });

  test('elements repeated where one belongs, or nested without end, are one finding each and no flood of work', () => {
    const root = d02([ebhRow]);
    const row = at(root, 'NoiDung/LaoDong');
    row.children.push(...Array.from({ length: 50_000 }, () => el('STT', 'x')));
    expect(check(root)).toHaveLength(200);
    let deep = el('La');
    for (let depth = 0; depth < 60; depth += 1) deep = el('La', [deep]);
    expect(told(el('D02-TS', [el('NoiDung', [el('LaoDong', fields(ebhRow)), deep])]))).toEqual(['ELEMENT_UNKNOWN La']);
  });

  test('text of an opaque element is not judged, only whether there is some', () => {
    const root = hoso();
    const content = at(root, 'NoiDung/ThongTinHoSo/ToKhais/FileToKhai/NoiDungFile');
    setText(content, '&<>'.repeat(100_000));
    expect(check(root)).toEqual([]);
    content.children = [];
    expect(told(root)).toEqual(['VALUE_INVALID NoiDungFile']);
    expect(check(root)[0]?.value).toBeUndefined();
  });

  test('which elements are opaque is the caller’s choice', () => {
    const own = createSchemas(undefined, new Set(['HoTen']));
    const root = d02([ebhRow]);
    setText(at(root, 'NoiDung/LaoDong/HoTen'), 'x'.repeat(1000));
    expect(violationsOf(own, 'D02-TS', root)).toEqual([]);
    expect(told(root)).toEqual(['VALUE_INVALID HoTen']);
    own.dispose();
  });

  test('a text of 20 million characters is invalid, not a failure', () => {
    const root = d02([{ ...ebhRow, Ghichu: 'á'.repeat(20_000_000) }]);
    expect(told(root)).toEqual(['VALUE_INVALID Ghichu']);
    expect(check(root)[0]?.value?.length).toBe(4096);
  });

  test('a text too long to be passed on does not become valid by being cut', () => {
    const root = d02([{ ...ebhRow, MasoBHXH: `${' '.repeat(70_000)}x` }]);
    setText(at(root, 'Cky'), `${'\n'.repeat(70_000)}x`);
    expect(told(root)).toEqual(['VALUE_INVALID MasoBHXH', 'VALUE_INVALID Cky']);
  });

  test('indentation of any length is still only indentation', () => {
    const root = d02([ebhRow]);
    at(root, 'NoiDung').children.push(...Array.from({ length: 20_000 }, () => () => '\n\t'));
    expect(told(root)).toEqual([]);
  });
});

describe('what the caller relies on', () => {
  test('only forms with a schema are judged', () => {
    expect([...schemas.forms.keys()]).toEqual(expect.arrayContaining(['D02-TS', 'Hoso', 'TK1-TS']));
    expect(schemas.has('D02-TS')).toBe(true);
    expect(schemas.has('constructor')).toBe(false);
    expect(() => violationsOf(schemas, 'D07-TS', el('D07-TS'))).toThrow('No schema for form D07-TS');
  });

  test('characters that mean something in XML, or nothing at all, are only text', () => {
    const root = d02([{ ...ebhRow, Ghichu: ']]>&amp;<!--\r\n\t]]' }]);
    expect(check(root)).toEqual([]);
  });
});
