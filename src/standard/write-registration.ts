// Forms 04, 05 and 06 as senders write them in today's shape (wire-format §1.6): English fields here, the element names and their order on the wire. The
// counterpart of `registration-form.ts`. Checks nothing but that the text can be written; what it says is for the gateway to judge.
import { envelopeForm } from './envelope.ts';
import { matterOf } from './registration-form.ts';
import type { RegistrationFormCode } from './registration-form.ts';
import { writeDocument } from './write.ts';
import type { WritingOptions, WrittenElement } from './write.ts';

export interface RegistrationFacts extends WritingOptions {
  readonly form: RegistrationFormCode;
  readonly ivan: { readonly code: string; readonly name: string };
  readonly unit: RegisteringUnit;
  /** dd/MM/yyyy. */
  readonly filedOn: string;
  /** dd/MM/yyyy: forms 04 and 05 from when on, form 06 the day of the stop. */
  readonly effectiveOn: string;
  /** Codes of the procedures, with semicolons between them; forms 04 and 05. */
  readonly procedures?: string;
  /** Form 05: what changes. */
  readonly change?: string;
  /** Form 06 must have one. */
  readonly reason?: string;
  readonly certificates: readonly RegisteredCertificate[];
}

export interface RegisteringUnit {
  readonly name: string;
  /** Unit code at the agency. */
  readonly code: string;
  readonly taxCode: string;
  readonly signatory?: string;
  readonly telephone?: string;
  readonly email: string;
  readonly address?: string;
  /** Agency code. */
  readonly agency: string;
}

export interface RegisteredCertificate {
  readonly serial: string;
  readonly subject: string;
  readonly issuer: string;
  /** dd/MM/yyyy, both. */
  readonly from: string;
  readonly until: string;
  /** It is taken out of use; otherwise it is put to use. */
  readonly isWithdrawn?: boolean;
}

/** The unsigned form; the employer's signature goes into CKy_Dvi, then the I-VAN's into CKy_iVan. */
export function writeRegistration(facts: RegistrationFacts): Buffer {
  const { ivan, unit } = facts;
  const content: WrittenElement = ['NoiDung', [
    ['ThongTinIVAN', [['MaIVAN', ivan.code], ['TenIVAN', ivan.name]]],
    ['ThongTinDonVi', [
      ['TenDoiTuong', unit.name], ['MaSoBHXH', unit.code], ['LoaiDoiTuong', '1'], ['MaSoThue', unit.taxCode], ...optional('NguoiKy', unit.signatory),
      ...optional('DienThoai', unit.telephone), ['Email', unit.email], ...optional('DiaChiLienHe', unit.address), ['CoQuanQuanLy', unit.agency],
    ]],
    ['ThongTinDangKy', matterBranch(facts)],
  ]];
  return writeDocument([envelopeForm, [content, ['CKy_Dvi', ''], ['CKy_iVan', '']]], facts);
}

function matterBranch({ form, filedOn, effectiveOn, procedures, change, reason, certificates }: RegistrationFacts): readonly WrittenElement[] {
  const head: readonly WrittenElement[] = [['MaToKhai', form], ['LoaiDangKy', matterOf[form]], ['NgayLap', filedOn]];
  const list: WrittenElement = ['DSChungThu', certificates.map(certificateBranch)];
  if (form === '06-IVAN') return [...head, ['NgayNgung', effectiveOn], ...optional('LyDo', reason), list];
  const start: readonly WrittenElement[] = [...head, ...optional('ThuTuc', procedures), ['TuNgay', effectiveOn]];
  return form === '04-IVAN' ? [...start, list] : [...start, ...optional('NoiDungThayDoi', change), ...optional('LyDo', reason), list];
}

function certificateBranch({ serial, subject, issuer, from, until, isWithdrawn = false }: RegisteredCertificate, index: number): WrittenElement {
  return ['ChungThu', [['STT', String(index + 1)], ['Serial', serial], ['ChuThe', subject], ['ToChucCap', issuer], ['TuNgay', from], ['DenNgay', until], ['ThayDoi', isWithdrawn ? '2' : '1']]];
}

function optional(name: string, text: string | undefined): readonly WrittenElement[] {
  return text === undefined ? [] : [[name, text]];
}
