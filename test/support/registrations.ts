// Forms 04, 05 and 06 in today's shape, signed by an employer and counter-signed by an I-VAN. All people and companies are made up.
import { X509Certificate } from 'node:crypto';

import type { Credential } from '../../src/development/certificates.ts';
import { signEnveloped } from '../../src/signature/sign.ts';
import type { SigningIdentity } from '../../src/signature/sign.ts';
import { formatDay } from '../../src/standard/time.ts';
import { identityOf } from './pki.ts';

export type Edit = (xml: string) => string;

export interface Listed {
  readonly credential: Credential;
  readonly serial?: string;
  readonly from?: string;
  readonly until?: string;
  readonly change?: '1' | '2';
}

export interface FormVariation {
  readonly form?: '04-IVAN' | '05-IVAN' | '06-IVAN';
  readonly formCode?: string;
  readonly matter?: string;
  readonly ivan?: string;
  readonly unitCode?: string;
  readonly taxCode?: string;
  readonly agency?: string;
  readonly filedOn?: string;
  /** TuNgay of forms 04 and 05, NgayNgung of 06. */
  readonly effectiveOn?: string;
  readonly certificates?: readonly Listed[];
  readonly edit?: Edit;
  /** Changes it between the two signatures, and after both. */
  readonly editSigned?: Edit;
  readonly editAfter?: Edit;
  readonly signUnit?: boolean;
  readonly signIvan?: boolean;
}

const instances = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"';
const matters = { '04-IVAN': '1', '05-IVAN': '2', '06-IVAN': '3' } as const;

export function formXml(variation: FormVariation, now: Date): string {
  const { form = '04-IVAN', ivan = '00040', unitCode = 'TS12345', taxCode = '0101300842', agency = '00101', filedOn = formatDay(now), effectiveOn = formatDay(now), certificates = [] } = variation;
  const rows = certificates.map(({ credential, serial, from, until, change = '1' }, index) => {
    const certificate = new X509Certificate(credential.certificatePem);
    return (
      `<ChungThu><STT>${index + 1}</STT><Serial>${serial ?? certificate.serialNumber}</Serial><ChuThe>${certificate.subject.replaceAll('\n', ', ')}</ChuThe><ToChucCap>${certificate.issuer.replaceAll('\n', ', ')}</ToChucCap>` +
      `<TuNgay>${from ?? formatDay(new Date(certificate.validFrom))}</TuNgay><DenNgay>${until ?? formatDay(new Date(certificate.validTo))}</DenNgay><ThayDoi>${change}</ThayDoi></ChungThu>`
    );
  });
  const own = {
    '04-IVAN': `<ThuTuc>600</ThuTuc><TuNgay>${effectiveOn}</TuNgay>`,
    '05-IVAN': `<ThuTuc>600</ThuTuc><TuNgay>${effectiveOn}</TuNgay><NoiDungThayDoi>Thay chứng thư số</NoiDungThayDoi>`,
    '06-IVAN': `<NgayNgung>${effectiveOn}</NgayNgung><LyDo>Chuyển sang nộp trực tiếp</LyDo>`,
  }[form];
  return (
    `<?xml version="1.0" encoding="utf-8"?><Hoso ${instances}><NoiDung><ThongTinIVAN><MaIVAN>${ivan}</MaIVAN><TenIVAN>I-VAN (thử nghiệm)</TenIVAN></ThongTinIVAN>` +
    `<ThongTinDonVi><TenDoiTuong>CÔNG TY TNHH MỘT HAI BA (THỬ NGHIỆM)</TenDoiTuong><MaSoBHXH>${unitCode}</MaSoBHXH><LoaiDoiTuong>1</LoaiDoiTuong><MaSoThue>${taxCode}</MaSoThue>` +
    `<DienThoai>0240000000</DienThoai><Email>baohiem@vidu.vn</Email><CoQuanQuanLy>${agency}</CoQuanQuanLy></ThongTinDonVi>` +
    `<ThongTinDangKy><MaToKhai>${variation.formCode ?? form}</MaToKhai><LoaiDangKy>${variation.matter ?? matters[form]}</LoaiDangKy><NgayLap>${filedOn}</NgayLap>${own}` +
    `<DSChungThu>${rows.join('')}</DSChungThu></ThongTinDangKy></NoiDung><CKy_Dvi></CKy_Dvi><CKy_iVan></CKy_iVan></Hoso>`
  );
}

/** Signed by both; valid unless the variation says otherwise. Without a list of its own it lists the certificate that signs. */
export async function signedRegistration(employer: Credential, ivan: Credential, now: Date, variation: FormVariation = {}): Promise<Buffer> {
  const { edit = same, editSigned = same, editAfter = same, signUnit = true, signIvan = true, form } = variation;
  const certificates = variation.certificates ?? (form === '06-IVAN' ? [] : [{ credential: employer }]);
  const written = Buffer.from(edit(formXml({ ...variation, certificates }, now)));
  const byUnit = signUnit ? await sign(written, identityOf(employer), 'CKy_Dvi') : written;
  const between = Buffer.from(editSigned(byUnit.toString('utf8')));
  const byBoth = signIvan ? await sign(between, identityOf(ivan), 'CKy_iVan') : between;
  return Buffer.from(editAfter(byBoth.toString('utf8')));
}

function sign(bytes: Buffer, identity: SigningIdentity, slot: string): Promise<Buffer> {
  return signEnveloped(bytes, identity, { path: ['Hoso', slot], signingTime: new Date(0), keyValue: true });
}

function same(xml: string): string {
  return xml;
}
