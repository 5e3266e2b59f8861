// Dossiers as three real clients write them (wire-format §1 and §2), octet by octet: order and extent of the fields, byte order mark, line ends,
// indentation, both meanings of DoDaiFile, codes and names of files. All people and companies are made up.
import type { Stage } from '../support/examples.ts';
import { cyberLotusRow, ebhRow } from './documents.ts';
import type { Fields } from './documents.ts';

export type Edit = (xml: string) => string;

/** A file of an envelope before it is encoded. */
export interface ClientFile {
  readonly code: string;
  readonly name: string;
  readonly extension: string;
  /** Of a form: its text, and where it is signed. Otherwise its octets. */
  readonly content: string | Buffer;
  readonly signedAt?: string;
}

export interface Client {
  readonly name: string;
  readonly ivan: readonly [code: string, name: string];
  readonly procedure: readonly [code: string, name: string];
  readonly period: string;
  /** What DoDaiFile counts: characters of the base64 text, or octets of the file. */
  readonly length: 'base64' | 'decoded';
  readonly files: readonly ClientFile[];
  /** How the envelope is written down, before it is signed. */
  readonly layout?: Edit;
  readonly namespaces: string;
}

const dotNet = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"';
const cyberLotusSpaces = 'xmlns:sig="http://www.w3.org/2000/09/xmldsig#" xmlns:pro="http://example.org/#signatureProperties" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
const mark = '\ufeff';
const pdf = Buffer.from('%PDF-1.4\n% chứng từ đính kèm thử nghiệm\n%%EOF\n');

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
/** One client leaves a blank before the slash of an empty element, another writes both tags. */
const withBlank = (fields: Fields): string => Object.entries(fields).map(([name, text]) => (text === '' ? `<${name} />` : `<${name}>${escaped(text)}</${name}>`)).join('');
const withoutBlank = (fields: Fields): string => withBlank(fields).replaceAll(' />', '/>');

const labourList2023 = (rows: readonly Fields[]): string =>
  `${mark}<?xml version="1.0" encoding="utf-8"?><D02-TS ${dotNet}><ThongTinKhac><SoToBiaSoBHXH>0</SoToBiaSoBHXH><SoToRoiSoBHXH /><SoTheBHYT>1</SoTheBHYT></ThongTinKhac>` +
  `<NoiDung>${rows.map((row) => `<LaoDong>${withBlank(row)}</LaoDong>`).join('')}</NoiDung><Cky /></D02-TS>`;

/** New, without a number; her TK1-TS is below. */
const newcomer: Fields = {
  ...ebhRow, STT: '2', HoTen: 'Lê Thị Mới', MasoBHXH: '', ID: '0000000622', TienLuong: '6500000.00', MavungSS: '', DaCoSo: '0', NgaySinh: '06/03/1985', GioiTinh: '0', CMND: '001185000001',
};

const person: Fields = {
  STT: '1', HoTen: 'Lê Thị Mới', NgaySinh: '06/03/1985', GioiTinh: '0', QuocTich: 'VN', DanToc: '01', Matinh_KS: '01', Mahuyen_KS: '', Maxa_KS: '00001', Diachi_NN: 'Số 1', Matinh_NN: '01',
  Mahuyen_NN: '', Maxa_NN: '00001', Ten_ChaMe_Giamho: '', MasoBHXH: '', Dienthoai_LH: '0900000000', CMND: '001185000001', Maho_Giadinh: '', Mucdong: '', Phuongthuc: '', MaTinhBenhVien: '01',
  MaBenhVien: '010', Noidung_Thaydoi: '', HosoKemtheo: '', CCNS: '0', ID: '0000000622', Diachi_KS: '', Email_LH: '',
};
const household: Fields = { Hoten_Chuho: 'Lê Văn Chủ', DienThoai: '', SoGiayTo: '', LoaiGiayTo: '', MaTinh: '01', MaHuyen: '', MaXa: '', MaThon: '', Maso_HoGiadinh: '', Diachi_HK: 'Số 1, phố Mẫu' };
const member: Fields = {
  STT: '1', HoTen: 'Lê Văn Chủ', MasoBHXH: '', NgaySinh: '1959', GioiTinh: '1', Matinh_KS: '01', Mahuyen_KS: '', Maxa_KS: '00001', MoiQuanHe: '00', CMND: '', Ghichu: '', CCNS: '2',
  NguoiThamGia: '0', DanToc: '01', QuocTich: 'VN', DiachiDK_KS: '',
};
const declaration =
  `${mark}<?xml version="1.0" encoding="utf-8"?><TK1-TS ${dotNet}><NoiDung><LaoDong>${withBlank(person)}<PhuLuc>${withBlank(household)}<DSThanhVien><ThanhVien>${withBlank(member)}</ThanhVien>` +
  `<ThanhVien>${withBlank({ ...member, STT: '2', HoTen: 'Lê Thị Mới', NgaySinh: '06/03/1985', GioiTinh: '0', MoiQuanHe: '08', CMND: '001185000001', CCNS: '0', NguoiThamGia: '1' })}</ThanhVien>` +
  '</DSThanhVien></PhuLuc></LaoDong></NoiDung><Cky /></TK1-TS>';

const benefitFields: Fields = {
  STT: '1', MaNhomHuong: 'T12', SoBHXH: '0100000001', SoCMND: '001190000001', HoTen: 'Nguyễn Thị Thử', TuNgay: '05/09/2023', DenNgay: '09/09/2023', TongSoNgay: '5', DotDaGiaiQuyet: '20230900001',
  HinhThucNhan: 'DDCHI', SoTaiKhoan: '', TenChuTaiKhoan: '', MaNganHang: '', MaNhanVien: '', GhiChu: '', LyDoDieuChinh: 'Điều chỉnh số ngày', TuNgayDuyetTruoc: '04/09/2023',
};
const benefitHead: Fields = {
  MaDonVi: 'TS12345', SoDienThoai: '0240000000', SoTaiKhoan: '', MoTai: '', ChiNhanh: '', DotXetDuyet: '20231101', ThuTruongDonVi: 'Lê Thị Mẫu', KemHoSoGiay: '1', LyDoGiaiTrinh: '',
};
const none = '<CheDoOmDau /><CheDoThaiSan /><CheDoDuongSuc />';
/** Byte order mark, CR LF and tabs, as the unsigned file of the 2024 client. */
const benefitList =
  `${mark}<?xml version="1.0" encoding="utf-8"?>${`<M01B-HSB ${dotNet}><ThongTinKhac>${withBlank(benefitHead)}</ThongTinKhac><NoiDung><PhatSinh>${none}</PhatSinh><DieuChinh><CheDoOmDau /><CheDoThaiSan>` +
  `<LaoDong>${withBlank(benefitFields)}</LaoDong></CheDoThaiSan><CheDoDuongSuc /></DieuChinh></NoiDung><Cky /></M01B-HSB>`}`.replace(/></g, '>\r\n\t<');

const thaiSon: Pick<Client, 'ivan' | 'length' | 'namespaces'> = { ivan: ['00040', 'Công ty THái Sơn'], length: 'base64', namespaces: dotNet };

export const clients = {
  desktop2023: {
    ...thaiSon, name: 'I-VAN 00040, 2023: labour list, declaration with household, paper', procedure: ['600', 'Báo tăng, báo giảm'], period: '05/2023',
    files: [
      { code: 'D02-TS', name: 'D02-TS-595.xml', extension: '.xml', content: labourList2023([{ ...ebhRow, MavungSS: '' }, newcomer]), signedAt: 'D02-TS/Cky' },
      { code: 'TK1-TS', name: 'TK1-TS-595.xml', extension: '.xml', content: declaration, signedAt: 'TK1-TS/Cky' },
      { code: 'CT-DK', name: 'test.pdf', extension: '.pdf', content: pdf },
    ],
  },
  cyberLotus2020: {
    name: 'I-VAN 00100, 2020: another order, fewer fields', ivan: ['00100', 'CÔNG TY CỔ PHẦN CYBERLOTUS'], length: 'decoded', namespaces: cyberLotusSpaces, period: '07/2020',
    procedure: ['600', 'Đăng ký, điều chỉnh đóng BHXH, BHYT, BHTN, BHTNLĐ, BNN; Cấp sổ BHXH, thẻ BHYT'],
    files: [
      {
        code: 'D02-TS', name: 'D02TS.xml', extension: '.xml', signedAt: 'D02-TS/Cky',
        content: `<D02-TS ${cyberLotusSpaces}><ThongTinKhac><SoToBiaSoBHXH/><SoToRoiSoBHXH>1</SoToRoiSoBHXH><SoTheBHYT>1</SoTheBHYT></ThongTinKhac><NoiDung><LaoDong>${withoutBlank(cyberLotusRow)}</LaoDong></NoiDung><Cky></Cky></D02-TS>`,
      },
    ],
  },
  remote2024: {
    ...thaiSon, name: 'I-VAN 00040, 2024: benefit list whose code is its extension, papers named by their file', procedure: ['630b', 'Giải quyết hưởng chế độ thai sản'], period: '11/2023',
    files: [
      { code: '.xml', name: 'M01B-HSB.xml', extension: '.xml', content: benefitList, signedAt: 'M01B-HSB/Cky' },
      { code: 'giay-chung-sinh', name: 'giay-chung-sinh.PDF', extension: '.PDF', content: pdf },
    ],
    layout: (xml) => xml.replace(/></g, '>\r\n  <'),
  },
} as const satisfies Record<string, Client>;

/** What is changed, and in which file (by its position) or, with none, in the envelope; always before signing. */
export interface Mutation {
  readonly file?: number;
  readonly edit: Edit;
}

export async function dossierOf(stage: Stage, client: Client, mutation?: Mutation): Promise<Buffer> {
  const { ivan, procedure, period, namespaces, layout = same } = client;
  const files = await Promise.all(client.files.map(async ({ code, name, extension, content, signedAt }, index) => {
    const edited = typeof content === 'string' ? (mutation?.file === index ? mutation.edit : same)(content) : content;
    const bytes = typeof edited === 'string' ? await stage.sign(edited, signedAt ?? '') : edited;
    const base64 = bytes.toString('base64');
    const length = client.length === 'base64' ? base64.length : bytes.length;
    return `<FileToKhai>${withBlank({ MaToKhai: code, MoTaToKhai: 'Tệp của hồ sơ', TenFile: name, LoaiFile: extension, DoDaiFile: String(length), NoiDungFile: base64 })}</FileToKhai>`;
  }));
  const unit = { TenDoiTuong: 'CÔNG TY TNHH MỘT HAI BA (THỬ NGHIỆM)', MaSoBHXH: 'TS12345', LoaiDoiTuong: '1', MaSoThue: '0101300842', NguoiKy: 'Lê Thị Mẫu', DienThoai: '0240000000', CoQuanQuanLy: '903' };
  const head = { TenThuTuc: procedure[1], MaThuTuc: procedure[0], KyKeKhai: period, NgayLap: '20/11/2026', SoLuongFile: String(files.length), QuyTrinhISO: '' };
  const written = layout(
    `<?xml version="1.0" encoding="UTF-8"?><Hoso ${namespaces}><NoiDung><ThongTinIVAN>${withBlank({ MaIVAN: ivan[0], TenIVAN: ivan[1] })}</ThongTinIVAN><ThongTinDonVi>${withBlank(unit)}</ThongTinDonVi>` +
    `<ThongTinHoSo>${withBlank(head)}<ToKhais>${files.join('')}</ToKhais></ThongTinHoSo></NoiDung><CKy_Dvi></CKy_Dvi></Hoso>`,
  );
  return stage.sign(mutation !== undefined && mutation.file === undefined ? mutation.edit(written) : written, 'Hoso/CKy_Dvi');
}

function same(xml: string): string {
  return xml;
}
