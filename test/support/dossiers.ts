// Dossiers as the clients of the field write them (wire-format §1-3), written out by hand so that they do not depend on the client kit.
// All people and companies are made up.
import { signEnveloped } from '../../src/signature/sign.ts';
import type { SigningIdentity } from '../../src/signature/sign.ts';

export type Edit = (xml: string) => string;

export interface Variation {
  /** Who signs the forms, and who the envelope; the same identity unless said. */
  readonly formIdentity?: SigningIdentity;
  readonly ivan?: string;
  readonly taxCode?: string;
  readonly unitCode?: string;
  readonly agency?: string;
  readonly procedure?: string;
  readonly period?: string;
  readonly lengthMeaning?: 'decoded' | 'base64';
  readonly bom?: boolean;
  readonly indented?: boolean;
  /** Text that makes one dossier differ from another. */
  readonly mark?: string;
  readonly formXml?: string;
  /** Changes the form before it is signed, and after. */
  readonly editForm?: Edit;
  readonly editSignedForm?: Edit;
  readonly signForm?: boolean;
  /** Changes the envelope before it is signed, and after. */
  readonly editEnvelope?: Edit;
  readonly editSigned?: Edit;
  readonly attachment?: Buffer;
}

const instances = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"';

/** A D02-TS in the extent and order of the 2023 desktop client. */
export function d02Xml(mark = ''): string {
  const rows = ['Nguyễn Thị Thử', 'Trần Văn Nghiệm'].map(
    (name, index) =>
      `<LaoDong><STT>${index + 1}</STT><HoTen>${name}</HoTen><MasoBHXH>012345678${index}</MasoBHXH><ChucVu>Nhân viên</ChucVu><NoiLamViec /><TienLuong>5008000</TienLuong>` +
      `<PhuCapCV /><PhuCapTNVK /><PhuCapTNNghe /><PhuCapLuong /><PhuCapBosung /><TuThang>11/2026</TuThang><DenThang /><Ghichu>${mark}</Ghichu><PA>TM</PA><TyleDong>32.0</TyleDong>` +
      `<TinhLai>0</TinhLai><DaCoSo>1</DaCoSo><MucHuong /><MaPhongBan /><MavungSS /><MavungLTT>02</MavungLTT><ID>012345678${index}</ID><Loai>1</Loai><CoGiamChet>0</CoGiamChet><NgayChet />` +
      `<NgaySinh>0${index + 1}/02/1990</NgaySinh><GioiTinh>${index}</GioiTinh><CMND>001${1 - index}9000000${index}</CMND></LaoDong>`,
  );
  return (
    `<?xml version="1.0" encoding="utf-8"?><D02-TS ${instances}><ThongTinKhac><SoToBiaSoBHXH>0</SoToBiaSoBHXH><SoToRoiSoBHXH /><SoTheBHYT /></ThongTinKhac>` +
    `<NoiDung>${rows.join('')}</NoiDung><Cky /></D02-TS>`
  );
}

const pdf = Buffer.from('%PDF-1.4\n% chứng từ đính kèm thử nghiệm\n%%EOF\n');

export async function signedForm(identity: SigningIdentity, variation: Variation = {}): Promise<Buffer> {
  const { bom = true, signForm = true, editForm = same, editSignedForm = same } = variation;
  const written = editForm(variation.formXml ?? d02Xml(variation.mark));
  const root = /<([\w-]+)[\s>]/.exec(written.replace(/<\?[^>]*>/, ''))?.[1] ?? '';
  const bytes = Buffer.from(`${bom ? '\ufeff' : ''}${written}`);
  const signed = signForm ? await signEnveloped(bytes, identity, { path: [root, 'Cky'], signingTime: new Date(0), keyValue: true }) : bytes;
  return Buffer.from(editSignedForm(signed.toString('utf8')));
}

export function envelopeXml(form: Buffer, variation: Variation = {}): string {
  const { ivan = '00040', taxCode = '0101300842', unitCode = 'TS12345', agency = '00101', procedure = '600', period = '11/2026', attachment = pdf } = variation;
  const file = (code: string, name: string, extension: string, bytes: Buffer): string => {
    const base64 = bytes.toString('base64');
    const length = variation.lengthMeaning === 'base64' ? base64.length : bytes.length;
    return `<FileToKhai><MaToKhai>${code}</MaToKhai><MoTaToKhai>Danh sách lao động tham gia</MoTaToKhai><TenFile>${name}</TenFile><LoaiFile>${extension}</LoaiFile><DoDaiFile>${length}</DoDaiFile><NoiDungFile>${base64}</NoiDungFile></FileToKhai>`;
  };
  const xml =
    `<?xml version="1.0" encoding="utf-8"?><Hoso ${instances}><NoiDung><ThongTinIVAN><MaIVAN>${ivan}</MaIVAN><TenIVAN>Công ty THái Sơn</TenIVAN></ThongTinIVAN>` +
    `<ThongTinDonVi><TenDoiTuong>CÔNG TY TNHH MỘT HAI BA (THỬ NGHIỆM)</TenDoiTuong><MaSoBHXH>${unitCode}</MaSoBHXH><LoaiDoiTuong>1</LoaiDoiTuong><MaSoThue>${taxCode}</MaSoThue>` +
    `<NguoiKy>Lê Thị Mẫu</NguoiKy><DienThoai>0240000000</DienThoai><CoQuanQuanLy>${agency}</CoQuanQuanLy></ThongTinDonVi>` +
    `<ThongTinHoSo><TenThuTuc>Báo tăng, báo giảm</TenThuTuc><MaThuTuc>${procedure}</MaThuTuc><KyKeKhai>${period}</KyKeKhai><NgayLap>20/11/2026</NgayLap><SoLuongFile>2</SoLuongFile><QuyTrinhISO />` +
    `<ToKhais>${file('D02-TS', 'D02-TS-595.xml', '.xml', form)}${file('CT-DK', 'chung-tu.pdf', '.pdf', attachment)}</ToKhais></ThongTinHoSo></NoiDung><CKy_Dvi /></Hoso>`;
  return variation.indented === true ? xml.replace(/></g, '>\r\n  <') : xml;
}

/** A whole signed dossier for procedure 600: valid unless the variation says otherwise. */
export async function signedDossier(identity: SigningIdentity, variation: Variation = {}): Promise<Buffer> {
  const { editEnvelope = same, editSigned = same } = variation;
  const form = await signedForm(variation.formIdentity ?? identity, variation);
  const envelope = Buffer.from(editEnvelope(envelopeXml(form, variation)));
  const signed = await signEnveloped(envelope, identity, { path: ['Hoso', 'CKy_Dvi'], signingTime: new Date(0), keyValue: true });
  return Buffer.from(editSigned(signed.toString('utf8')));
}

function same(xml: string): string {
  return xml;
}
