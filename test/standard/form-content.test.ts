// Guarantee: a rule reads of a form exactly what its schema has at that place, however it is written; what is missing, repeated or holds elements
// is absent; a record within a record knows the one around it.
import { afterAll, describe, expect, it } from '@jest/globals';

import type { FormContent } from '../../src/standard/form-content.ts';
import { judgeForm } from '../../src/standard/schema-findings.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { contentOf } from './documents.ts';

const schemas = createSchemas();
afterAll(() => { schemas.dispose(); });

function read(form: string, markup: string): FormContent {
  const judged = judgeForm(schemas, form, contentOf(markup), new Date('2026-11-20T02:00:00Z'), 'f.xml');
  if (judged === undefined) throw new Error(`no schema for ${form}`);
  return judged.content;
}

const column = (markup: string, name = 'HoTen'): readonly string[] | undefined => read('D02-TS', `<D02-TS><NoiDung>${markup}</NoiDung></D02-TS>`).lists.get('NoiDung/LaoDong')?.column(name);

describe('a column', () => {
  it('has one trimmed text for each record, however it is written', () => {
    const names = ['A', ' B\n', '<![CDATA[C&D]]>', 'E&amp;F', 'G<!-- x -->H', '&#x48;', 'Nguyễn\r\nVăn', 'x'.repeat(9000), 'A', '', '\u00a0Z'];
    expect(column(names.map((name) => `<LaoDong><HoTen>${name}</HoTen></LaoDong>`).join(''))).toEqual(['A', 'B', 'C&D', 'E&F', 'GH', 'H', 'Nguyễn\nVăn', 'x'.repeat(9000), 'A', '', '\u00a0Z']);
  });

  it('is the same in a list of thousands, where values come again', () => {
    const names = Array.from({ length: 3000 }, (_, index) => (index % 3 === 0 ? 'Trần Văn Mẫu' : `Người ${index % 700}`));
    expect(column(names.map((name) => `<LaoDong><HoTen>${name}</HoTen></LaoDong>`).join(''))).toEqual(names);
  });

  it('is empty where the field is absent, repeated, written as one tag, or holds elements; and for a name the schema does not have', () => {
    const rows = '<LaoDong/><LaoDong><HoTen>A</HoTen><HoTen>B</HoTen></LaoDong><LaoDong><HoTen/></LaoDong><LaoDong><HoTen>A<b/></HoTen></LaoDong><LaoDong><x:HoTen xmlns:x="urn:x">A</x:HoTen></LaoDong><LaoDong><La>A</La></LaoDong>';
    expect(column(rows)).toEqual(['', '', '', '', '', '']);
    expect(column(rows, 'La')).toEqual(['', '', '', '', '', '']);
  });

  it('is of no record when nobody can say which list is meant', () => {
    const list = '<NoiDung><LaoDong><HoTen>A</HoTen></LaoDong></NoiDung>';
    expect(read('D02-TS', `<D02-TS>${list}${list}</D02-TS>`).lists.get('NoiDung/LaoDong')?.size).toBe(0);
  });
});

describe('a record within a record', () => {
  const member = (name: string): string => `<ThanhVien><HoTen>${name}</HoTen></ThanhVien>`;
  const person = (name: string, ...members: readonly string[]): string => `<LaoDong><HoTen>${name}</HoTen><PhuLuc><Hoten_Chuho>Chủ ${name}</Hoten_Chuho><DSThanhVien>${members.map(member).join('')}</DSThanhVien></PhuLuc></LaoDong>`;
  const form = read('TK1-TS', `<TK1-TS><NoiDung>${person('A', 'a', 'b')}${person('B')}${person('C', 'c')}</NoiDung></TK1-TS>`);
  const members = form.lists.get('NoiDung/LaoDong/PhuLuc/DSThanhVien/ThanhVien');

  it('belongs to the one around it', () => {
    expect(members?.column('HoTen')).toEqual(['a', 'b', 'c']);
    expect([0, 1, 2].map((row) => members?.owner(row))).toEqual([0, 0, 2]);
    expect(form.lists.get('NoiDung/LaoDong')?.column('PhuLuc/Hoten_Chuho')).toEqual(['Chủ A', 'Chủ B', 'Chủ C']);
  });

  it('is placed by its own path', () => {
    expect(members?.place(2, 'HoTen').xpath).toBe('/TK1-TS/NoiDung/LaoDong[3]/PhuLuc/DSThanhVien/ThanhVien/HoTen');
    expect(members?.place(1).xpath).toBe('/TK1-TS/NoiDung/LaoDong[1]/PhuLuc/DSThanhVien/ThanhVien[2]');
    expect(() => members?.place(3)).toThrow(RangeError);
  });
});

it('a single field is read by its path', () => {
  const form = read('D02-TS', '<D02-TS><ThongTinKhac><SoTheBHYT> 3 </SoTheBHYT><SoToRoiSoBHXH/></ThongTinKhac></D02-TS>');
  expect(form.field('ThongTinKhac/SoTheBHYT')?.text).toBe('3');
  expect(form.field('ThongTinKhac/SoToRoiSoBHXH')?.text).toBe('');
  expect(form.field('ThongTinKhac/SoToBiaSoBHXH')).toBeUndefined();
});
