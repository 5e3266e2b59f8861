// Inputs too big to commit, made when the test runs. None can carry a trusted signature, whose key is gone.
import { labourList } from './kit.ts';

const people = (count: number): string => labourList.replace(/<LaoDong>.*<\/LaoDong>/, (row) => row.replace('5008000', 'năm triệu').repeat(count));
const repeated = (count: number, markup: (index: number) => string): string => Array.from({ length: count }, (_none, index) => markup(index)).join('');

function envelope(files: string, count: number): string {
  return (
    '<Hoso><NoiDung><ThongTinIVAN><MaIVAN>00040</MaIVAN></ThongTinIVAN><ThongTinDonVi><TenDoiTuong>Đơn vị</TenDoiTuong><MaSoBHXH>TS12345</MaSoBHXH><MaSoThue>0101300842</MaSoThue>' +
    '<CoQuanQuanLy>00101</CoQuanQuanLy></ThongTinDonVi><ThongTinHoSo><MaThuTuc>600</MaThuTuc><KyKeKhai>11/2026</KyKeKhai><NgayLap>20/11/2026</NgayLap>' +
    `<SoLuongFile>${count}</SoLuongFile><ToKhais>${files}</ToKhais></ThongTinHoSo></NoiDung><CKy_Dvi /></Hoso>`
  );
}

function file(form: string, extension: string, content: string, length?: number): string {
  const base64 = Buffer.from(content).toString('base64');
  return (
    `<FileToKhai><MaToKhai>${form}</MaToKhai><TenFile>f</TenFile><LoaiFile>${extension}</LoaiFile>` +
    `<DoDaiFile>${length ?? Buffer.byteLength(content)}</DoDaiFile><NoiDungFile>${base64}</NoiDungFile></FileToKhai>`
  );
}

export const recipes = {
  'depth-10000': () => `<Hoso>${'<a>'.repeat(10_000)}`,
  'attributes-1000000': () => `<Hoso ${repeated(1_000_000, (index) => `a${index}="" `)}/>`,
  'declarations-1000000': () => `<Hoso ${repeated(1_000_000, (index) => `xmlns:a${index}="u" `)}/>`,
  'name-of-10-megabytes': () => `<${'a'.repeat(10_000_000)}/>`,
  'text-of-50-megabytes': () => `<Hoso>${'a'.repeat(50_000_000)}`,
  'ampersands-2000000': () => `<Hoso>${'&amp;'.repeat(2_000_000)}& </Hoso>`,
  'files-10000': () => envelope(`${file('D02-TS', '.xml', people(1))}${file('CT-DK', '.pdf', 'a').repeat(10_000)}`, 10_001),
  'files-50000-of-wrong-length': () => envelope(file('CT-DK', '.pdf', 'aa', 1).repeat(50_000), 50_000),
  'people-20000-all-wrong': () => envelope(file('D02-TS', '.xml', people(20_000)), 1),
  'files-wrong-3-times-200': () => envelope(file('D02-TS', '.xml', people(300)).repeat(3), 3),
  'elements-unknown-200000': () => `<Hoso>${repeated(200_000, (index) => `<a${index}/>`)}<CKy_Dvi/></Hoso>`,
  'signatures-20000': () => `<Hoso><CKy_Dvi>${'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>'.repeat(20_000)}</CKy_Dvi></Hoso>`,
  'ivan-slots-20000': () => envelope(file('CT-DK', '.pdf', 'a'), 1).replace('</Hoso>', () => `${'<CKy_iVan><a/></CKy_iVan>'.repeat(20_000)}</Hoso>`),
} as const satisfies Record<string, () => string>;

export type RecipeName = keyof typeof recipes;
