// Documents for the schema tests: both vendors' shapes as wire-format marks them, with invented people. Built as trees, written as markup and
// read again, so that what is found stands at the tree's own elements.
import type { Content } from '../../src/signature/verify.ts';
import type { Schemas, SchemaViolation } from '../../src/standard/schema.ts';
import { parse } from '../../src/xml/parse.ts';

export interface TestElement {
  name: string;
  namespace: string;
  attributes: { name: string; namespace: string }[];
  children: (TestElement | (() => string))[];
}

export type Inside = string | readonly (TestElement | string)[];

export function el(name: string, content: Inside = ''): TestElement {
  const children = typeof content === 'string' ? (content === '' ? [] : [content]) : content;
  return { name, namespace: '', attributes: [], children: children.map((child) => (typeof child === 'string' ? () => child : child)) };
}

/** A record of a list: element name → text. */
export type Row = Readonly<Record<string, string>>;

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

export function elements(row: Row): string {
  return Object.entries(row).map(([name, text]) => `<${name}>${escaped(text)}</${name}>`).join('');
}

const ENTITIES: ReadonlyMap<string, string> = new Map([['&', '&amp;'], ['<', '&lt;'], ['>', '&gt;'], ['\r', '&#13;']]);

/** Appends every element to `elements`, in document order. */
export function markupOf(root: TestElement, elements: TestElement[] = []): string {
  const parts: string[] = [];
  const write = (element: TestElement): void => {
    elements.push(element);
    const prefix = element.namespace === '' ? '' : 'n:';
    const declared = element.namespace === '' ? '' : ` xmlns:n="${element.namespace}"`;
    const attributes = element.attributes.map(({ name, namespace }, index) => (namespace === '' ? ` ${name}="v"` : ` xmlns:a${index}="${namespace}" a${index}:${name}="v"`)).join('');
    parts.push(`<${prefix}${element.name}${declared}${attributes}>`);
    for (const child of element.children) {
      if (typeof child === 'function') parts.push(child().replace(/[&<>\r]/g, (character) => ENTITIES.get(character) ?? ''));
      else write(child);
    }
    parts.push(`</${prefix}${element.name}>`);
  };
  write(root);
  return parts.join('');
}

export function contentOf(markup: string): Content {
  const document = parse(Buffer.from(markup));
  return { document, root: document.root };
}

/** A violation at an element of the tree. */
export interface FoundViolation extends Omit<SchemaViolation, 'element'> {
  readonly element: TestElement;
}

/** By the newest version of the form. */
export function violationsOf(schemas: Schemas, form: string, root: TestElement): FoundViolation[] {
  const [version] = schemas.forms.get(form) ?? [];
  if (version === undefined) throw new Error(`No schema for form ${form}`);
  const elements: TestElement[] = [];
  const { violations } = schemas.judge(version, contentOf(markupOf(root, elements)), new Date('2026-11-20T02:00:00Z'));
  return violations.map(({ element, ...violation }) => {
    const found = elements[element.row];
    if (found === undefined) throw new Error('an element of another document');
    return { ...violation, element: found };
  });
}

export type Fields = Record<string, string>;

export function fields(values: Fields): TestElement[] {
  return Object.entries(values).map(([name, value]) => el(name, value));
}

/** The element at a path of names below `root`; `LaoDong[3]` is the third of that name. */
export function at(root: TestElement, path: string): TestElement {
  return path.split('/').reduce((element, step) => {
    const [, name, index = '1'] = /^([^[]+)(?:\[(\d+)\])?$/.exec(step) ?? [];
    const found = element.children.filter((child): child is TestElement => typeof child !== 'function' && child.name === name);
    const child = found[Number(index) - 1];
    if (child === undefined) throw new Error(`${step} is not in ${element.name}`);
    return child;
  }, root);
}

export function setText(element: TestElement, text: string): void {
  element.children = [() => text];
}

export function removeChild(parent: TestElement, name: string): void {
  parent.children = parent.children.filter((child) => typeof child === 'function' || child.name !== name);
}

/** A row as eBH wrote it in 2023, in its order. */
export const ebhRow: Fields = {
  STT: '1', HoTen: 'Nguyễn Văn Thử', MasoBHXH: '0100000001', ChucVu: 'Kỹ sư', NoiLamViec: 'Hà Nội', TienLuong: '5008000',
  PhuCapCV: '0', PhuCapTNVK: '0', PhuCapTNNghe: '0', PhuCapLuong: '0', PhuCapBosung: '0', TuThang: '05/2023', DenThang: '',
  Ghichu: 'HĐLĐ số 12 & phụ lục <1>', PA: 'TM', TyleDong: '32.0', TinhLai: '0', DaCoSo: '1', MucHuong: '4', MaPhongBan: '', MavungSS: '01',
  MavungLTT: '01', ID: '0100000001', Loai: '1', CoGiamChet: '0', NgayChet: '', NgaySinh: '02/09/1990', GioiTinh: '1', CMND: '001090000001',
  Vtvl_nql_tungay: '', Vtvl_nql_denngay: '', Vtvl_cmktbc_tungay: '01/05/2023', Vtvl_cmktbc_denngay: '', Vtvl_cmktbt_tungay: '',
  Vtvl_cmktbt_denngay: '', Vtvl_khac_tungay: '', Vtvl_khac_denngay: '', Nndh_tungay: '', Nndh_denngay: '', Hdld_tungay: '01/05/2023',
  Hdld_xdth_tungay: '', Hdld_xdth_denngay: '', Hdld_khac_tungay: '', Hdld_khac_denngay: '',
};

/** A row as CyberLotus wrote it in 2020: another order, and nothing after Loai. */
export const cyberLotusRow: Fields = {
  STT: '1', HoTen: 'Trần Thị Mẫu', MasoBHXH: '', ChucVu: 'Nhân viên', NoiLamViec: '', TienLuong: '5000000.00', PhuCapCV: '0.00',
  PhuCapTNVK: '0.00', PhuCapTNNghe: '0.00', PhuCapLuong: '', PhuCapBosung: '', TuThang: '07/2020', DenThang: '', Ghichu: '', PA: 'TM',
  TyleDong: '30.00', TinhLai: '0', DaCoSo: '0', NgayChet: '', CoGiamChet: '0', MucHuong: '', MaPhongBan: 'PB1', MavungSS: '', MavungLTT: '02',
  ID: '0000000622', Loai: '1',
};

export function d02(rows: readonly Fields[]): TestElement {
  return el('D02-TS', [
    el('ThongTinKhac', fields({ SoToBiaSoBHXH: '0', SoToRoiSoBHXH: '', SoTheBHYT: '1' })),
    el('NoiDung', rows.map((row) => el('LaoDong', fields(row)))),
    el('Cky', '\n  '),
  ]);
}

export function tk1(): TestElement {
  const member = {
    STT: '1', HoTen: 'Lê Thị Mẫu', MasoBHXH: '', NgaySinh: '1962', GioiTinh: '0', Matinh_KS: '01', Mahuyen_KS: '', Maxa_KS: '00001', MoiQuanHe: '04',
    CMND: '', Ghichu: '', CCNS: '2', NguoiThamGia: '0', DanToc: '01', QuocTich: 'VN', DiachiDK_KS: '',
  };
  const household = fields({
    Hoten_Chuho: 'Lê Văn Chủ', DienThoai: '', SoGiayTo: '', LoaiGiayTo: '', MaTinh: '01', MaHuyen: '', MaXa: '', MaThon: '', Maso_HoGiadinh: '',
    Diachi_HK: 'Số 1, phố Mẫu',
  });
  const person = fields({
    STT: '1', HoTen: 'Lê Văn Mới', NgaySinh: '06/1985', GioiTinh: '1', QuocTich: 'VN', DanToc: '01', Matinh_KS: '01', Mahuyen_KS: '001', Maxa_KS: '00001',
    Diachi_NN: 'Số 1', Matinh_NN: '01', Mahuyen_NN: '', Maxa_NN: '00001', Ten_ChaMe_Giamho: '', MasoBHXH: '', Dienthoai_LH: '0900000000',
    CMND: '001085000001', Maho_Giadinh: '', Mucdong: '', Phuongthuc: '', MaTinhBenhVien: '01', MaBenhVien: '010', Noidung_Thaydoi: '',
    HosoKemtheo: '', CCNS: '1', ID: '', Diachi_KS: '', Email_LH: '',
  });
  const appendix = el('PhuLuc', [...household, el('DSThanhVien', [el('ThanhVien', fields(member))])]);
  return el('TK1-TS', [el('NoiDung', [el('LaoDong', [...person, appendix])]), el('Cky')]);
}

export function hoso(): TestElement {
  const file = fields({
    MaToKhai: 'D02-TS', MoTaToKhai: 'Danh sách lao động', TenFile: 'D02-TS-595.xml', LoaiFile: '.xml', DoDaiFile: '4007', NoiDungFile: 'PEQwMi1UUy8+',
  });
  return el('Hoso', [
    el('NoiDung', [
      el('ThongTinIVAN', fields({ MaIVAN: '00040', TenIVAN: 'Công ty THái Sơn' })),
      el('ThongTinDonVi', fields({
        TenDoiTuong: 'Công ty Mẫu', MaSoBHXH: 'TZ0001L', LoaiDoiTuong: '1', MaSoThue: '0101300842-999', NguoiKy: 'Người Ký', DienThoai: '0240000000', CoQuanQuanLy: '01903',
      })),
      el('ThongTinHoSo', [
        ...fields({ TenThuTuc: 'Báo tăng', MaThuTuc: '600', KyKeKhai: '05/2026', NgayLap: '14/05/2026', SoLuongFile: '1', QuyTrinhISO: '' }),
        el('ToKhais', [el('FileToKhai', file)]),
      ]),
    ]),
    el('CKy_Dvi'),
  ]);
}
