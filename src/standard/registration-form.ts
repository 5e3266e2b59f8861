// The dictionary of forms 04, 05 and 06 in today's shape (root Hoso; wire-format §1.6, NĐ 140/2018/NĐ-CP): Vietnamese element names on the wire, English
// fields here, each with the element it came from. The shape of 2015 (root BHXH) names neither agency nor tax code and is out of use since 2018.
import type { Content } from '../signature/verify.ts';
import { childrenNamed } from '../xml/document.ts';
import type { XmlElement } from '../xml/document.ts';
import { fieldOf, onlyChild as only } from './fields.ts';
import type { Field } from './fields.ts';

/** Registers, changes, ends the use of an I-VAN. */
export const registrationForms = ['04-IVAN', '05-IVAN', '06-IVAN'] as const;
export type RegistrationFormCode = (typeof registrationForms)[number];

export const registrationNames: Readonly<Record<RegistrationFormCode, string>> = {
  '04-IVAN': 'Đăng ký sử dụng dịch vụ I-VAN',
  '05-IVAN': 'Sửa đổi, bổ sung đăng ký sử dụng dịch vụ I-VAN',
  '06-IVAN': 'Ngừng sử dụng dịch vụ I-VAN',
};

export interface RegistrationFields {
  /** As it is written; `formOf` says which form that is. */
  readonly formCode: Field | undefined;
  readonly matter: Field | undefined;
  readonly ivanCode: Field | undefined;
  readonly unitName: Field | undefined;
  readonly unitCode: Field | undefined;
  readonly taxCode: Field | undefined;
  readonly agency: Field | undefined;
  readonly email: Field | undefined;
  readonly filedOn: Field | undefined;
  /** Forms 04 and 05: from when on. */
  readonly from: Field | undefined;
  /** Form 06. */
  readonly stopOn: Field | undefined;
  readonly reason: Field | undefined;
  readonly certificates: readonly ListedCertificate[];
}

export interface ListedCertificate {
  readonly element: XmlElement;
  readonly serial: Field | undefined;
  readonly from: Field | undefined;
  readonly until: Field | undefined;
  /** The form takes it out of use; otherwise it puts it to use. */
  readonly isWithdrawn: boolean;
}

export function readRegistration(content: Content): RegistrationFields {
  const body = only(content.root, 'NoiDung');
  const [ivan, unit, matter] = ['ThongTinIVAN', 'ThongTinDonVi', 'ThongTinDangKy'].map((name) => only(body, name));
  const field = (parent: XmlElement | undefined, name: string): Field | undefined => fieldOf(content, only(parent, name));
  const certificates = only(matter, 'DSChungThu');
  return {
    formCode: field(matter, 'MaToKhai'),
    matter: field(matter, 'LoaiDangKy'),
    ivanCode: field(ivan, 'MaIVAN'),
    unitName: field(unit, 'TenDoiTuong'),
    unitCode: field(unit, 'MaSoBHXH'),
    taxCode: field(unit, 'MaSoThue'),
    agency: field(unit, 'CoQuanQuanLy'),
    email: field(unit, 'Email'),
    filedOn: field(matter, 'NgayLap'),
    from: field(matter, 'TuNgay'),
    stopOn: field(matter, 'NgayNgung'),
    reason: field(matter, 'LyDo'),
    certificates: certificates === undefined ? [] : childrenNamed(certificates, 'ChungThu').map((element) => readCertificate(content, element)),
  };
}

function readCertificate(content: Content, element: XmlElement): ListedCertificate {
  const field = (name: string): Field | undefined => fieldOf(content, only(element, name));
  return { element, serial: field('Serial'), from: field('TuNgay'), until: field('DenNgay'), isWithdrawn: field('ThayDoi')?.text === '2' };
}

/** Clients write `04-IVAN`, `04_ĐK-IVAN`, `04/ĐK-IVAN` and the like. */
export function formOf(written: string): RegistrationFormCode | undefined {
  const digit = /^0([456])[-_/](?:[ĐD]K-|S[ĐD]-|NG-)?IVAN$/u.exec(written.normalize('NFC'))?.[1];
  return registrationForms.find((form) => form[1] === digit);
}

/** LoaiDangKy of each form. */
export const matterOf: Readonly<Record<RegistrationFormCode, string>> = { '04-IVAN': '1', '05-IVAN': '2', '06-IVAN': '3' };

/** A serial number as certificates have it: lower-case hex without separators, leading zeros or a sign octet. */
export function normalSerial(written: string): string {
  return written.replace(/[\s:]/g, '').toLowerCase().replace(/^0+(?=.)/, '');
}
